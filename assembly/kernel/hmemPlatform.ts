// The bind and unbind files of the driver hmem_platform: a rebind walks every range again, and this
// time the driver hmem is there, so that each device is probed under hmem_resource_lock.
import {
  Errno,
  FILES_HMEM_PLATFORM,
  Lock,
  Pc,
  PUBLICATION_REGISTERED,
  PUBLICATION_TRIED,
  Publication,
  STAGE_DAX_HMEM,
  STAGE_PLATFORM,
  STAGE_RELEASED,
} from '../layout';
import { goto, MOVED, tryMutex, unlockMutex, waitForMutex } from '../state';
import { isRegionBound } from './daxRange';
import { detachRegion } from './hmem';
import { isDeferPending } from './hmemDefer';
import { noteProbed, platformLock } from './hmemRegister';
import {
  asked,
  clearPublication,
  enterProvider,
  hasBeneath,
  isAt,
  leaveBeneath,
  moveTo,
  publicationIs,
  publicationKind,
  publications,
  reach,
  regionOfPublication,
  withdraw,
} from './publication';

/** Writes a file of the driver; without the module it is not there. */
export function platformStore(bind: bool, isPlatform: bool): i32 {
  if (!hasBeneath() || !isAt(STAGE_DAX_HMEM)) return leaveBeneath(Errno.ENOENT);
  if (!isPlatform || (!bind && !isAt(STAGE_PLATFORM))) return leaveBeneath(Errno.ENODEV);
  enterProvider(FILES_HMEM_PLATFORM);
  goto(bind ? Pc.hmem_platform_bind__lock : Pc.hmem_platform_unbind__lock);
  return MOVED;
}

/**
 * Source: drivers/base/bus.c bind_store(); drivers/dax/hmem/hmem.c dax_hmem_platform_probe(), v6.8
 * and v7.1 (EBUSY while work is pending).
 */
export function hmemPlatformBindLock(): i32 {
  if (load<u8>(platformLock()) != 0)
    return waitForMutex(platformLock(), Lock.HmemPlatform, 0, false);
  if (isAt(STAGE_PLATFORM) || isDeferPending()) return leaveBeneath(Errno.EBUSY);
  goto(Pc.dax_hmem_init__platform);
  return MOVED;
}

export function hmemPlatformUnbindLock(): i32 {
  if (!tryMutex(platformLock(), Lock.HmemPlatform, 0))
    return waitForMutex(platformLock(), Lock.HmemPlatform, 0, false);
  if (!isAt(STAGE_PLATFORM)) {
    unlockMutex(platformLock(), Lock.HmemPlatform, 0);
    return unbound();
  }
  reach(STAGE_RELEASED);
  goto(Pc.hmem_platform_unbind__next);
  return MOVED;
}

/** Ends a write of unbind, or goes on with the unloading that asked for it. */
function unbound(): i32 {
  if (!asked()) return leaveBeneath(0);
  goto(Pc.dax_hmem_exit__flush);
  return MOVED;
}

/** The last range whose platform device exists; `publications()` when there is none. */
function lastRegistered(): u32 {
  for (let index = publications(); index > 0; index--) {
    if (publicationKind(index - 1) > Publication.Hmat) continue;
    if (publicationIs(index - 1, PUBLICATION_REGISTERED)) return index - 1;
  }
  return publications();
}

/**
 * Unregisters the platform devices, the last one first, each with all that is on it.
 * Source: drivers/base/devres.c devres_release_all(); drivers/dax/hmem/hmem.c release_hmem(), v6.8.
 */
export function hmemPlatformUnbindNext(): i32 {
  noteProbed();
  const index = lastRegistered();
  if (index >= publications()) {
    withdraw(STAGE_PLATFORM);
    unlockMutex(platformLock(), Lock.HmemPlatform, 0);
    return unbound();
  }
  moveTo(index);
  const home = regionOfPublication(index);
  if (isRegionBound(home)) return detachRegion(home, Pc.hmem_platform_unbind__next);
  clearPublication(index, PUBLICATION_REGISTERED | PUBLICATION_TRIED);
  return MOVED;
}
