// The driver beneath a dynamic region (drivers/dax/hmem/hmem.c), its bind and unbind, and what
// devres does when it goes: mappings, devices, region. The same holds for a region of
// drivers/dax/cxl.c.
//
// The thread's REGION is the region, DEVICE the device at hand. The order in which devres undoes
// things is here device by device, the one with the highest id first, and of each device the
// mappings before the device; in the kernel a mapping that was added after a younger device goes
// before that one.

import { fail } from '../fail';
import {
  DEVICE_GONE,
  DEVICE_LATE,
  DEVICE_PRESENT,
  Errno,
  Feature,
  FILES_HMEM,
  GLOBAL_REGION_WRITER_OFFSET,
  HEAP_REGION,
  Header,
  Lock,
  Pc,
  Property,
  RANGE_FLAGS_OFFSET,
  RANGE_LATE,
  RANGE_MAPPING,
  REGION_ALIVE,
  REGION_BOUND,
  REGION_FILES,
  REGION_LEAVING,
  REGION_LEFTOVER,
  REGION_SEED_OFFSET,
  REGION_USERS_OFFSET,
  REGION_YOUNGEST_OFFSET,
  THREAD_DEVICE_OFFSET,
  THREAD_REGION_OFFSET,
} from '../layout';
import { filesDrained } from '../lockOrder';
import { has, header } from '../scenario';
import {
  allocated,
  BLOCKED,
  back,
  broken,
  call,
  devices,
  FAIL_PROGRAM_POINT,
  freed,
  goto,
  leave,
  MOVED,
  me,
  othersInside,
  range,
  region,
  st,
  th,
  tryMutex,
  unlockMutex,
  wait,
  waitForMutex,
} from '../state';
import { devmCreateDevDax, failsToBeMade, lowestFree } from './daxCreate';
import { unregisterDaxMapping } from './daxMapping';
import { setMemmapDefault } from './daxMemmap';
import {
  addRange,
  availableSize,
  clearRegionFlag,
  currentDevice,
  currentRegion,
  flagsOf,
  homeOf,
  isRegionBound,
  rangesOf,
  regionEnd,
  regionIs,
  regionStart,
  registerMapping,
  setRegionFlag,
} from './daxRange';
import {
  comeBackTo,
  endRegionCall,
  enterProvider,
  isCxlRegion,
  isDriverless,
  releasedByHand,
} from './publication';
import { lockOfRegion, tryRegionWrite, unlockRegionWrite, waitForRegion } from './regionLock';

function unlockRegionDevice(home: u32): void {
  unlockMutex(lockOfRegion(home), Lock.RegionLock, home);
}

/** Runs the step of a program point from device_driver_detach__lock on. */
export function hmemStep(pc: Pc): i32 {
  switch (pc) {
    case Pc.device_driver_detach__lock:
      return deviceDriverDetachLock();
    case Pc.device_driver_detach__released:
      return deviceDriverDetachReleased();
    case Pc.devres_release_all__next:
      return devresReleaseAllNext();
    case Pc.dax_region_unregister__drain:
      return daxRegionUnregisterDrain();
    case Pc.dax_hmem_probe__lock:
      return daxHmemProbeLock();
    case Pc.dax_hmem_probe__region:
      return daxHmemProbeRegion();
    case Pc.dax_hmem_probe__created:
      return daxHmemProbeCreated();
    default: {
      fail(FAIL_PROGRAM_POINT);
      return BLOCKED;
    }
  }
}

// ---- unbind ---------------------------------------------------------------------------

/**
 * Writes the unbind of a driver of dynamic regions; `code` is such a region.
 * Source: drivers/base/bus.c unbind_store(), v5.10 and v6.12.
 */
export function providerUnbind(code: u32): i32 {
  if (!isRegionBound(code)) return leave(Errno.ENODEV);
  if (isDriverless(code)) return leave(Errno.ENODEV);
  releasedByHand();
  enterProvider(FILES_HMEM);
  store<u8>(th, code, THREAD_REGION_OFFSET);
  goto(Pc.device_driver_detach__lock);
  return MOVED;
}

/** Takes the driver of a bound region away, and then goes on at `after`. */
export function detachRegion(home: u32, after: Pc): i32 {
  store<u8>(th, home, THREAD_REGION_OFFSET);
  comeBackTo(after);
  goto(Pc.device_driver_detach__lock);
  return MOVED;
}

/** Takes the driver of a region away, where one is bound, and then goes on at `after`. */
export function detachIfBound(home: u32, after: Pc): i32 {
  if (isRegionBound(home)) return detachRegion(home, after);
  goto(after);
  return MOVED;
}

/**
 * Takes device_lock(region) for the whole of it, and devres its list of actions: what comes later
 * survives.
 */
function deviceDriverDetachLock(): i32 {
  const home = currentRegion();
  const lock = lockOfRegion(home);
  if (!tryMutex(lock, Lock.RegionLock, home))
    return waitForMutex(lock, Lock.RegionLock, home, false);
  if (!isRegionBound(home)) {
    unlockRegionDevice(home);
    return endRegionCall(0);
  }
  setRegionFlag(home, REGION_LEAVING);
  call(Pc.devres_release_all__next, Pc.device_driver_detach__released);
  return MOVED;
}

/** The device of a region that devres undoes next; DEVICE_GONE when there is none. */
function youngest(home: u32): u32 {
  let found: u32 = DEVICE_GONE;
  const count = devices();
  for (let index: u32 = 0; index < count; index++) {
    if (homeOf(index) != home) continue;
    if ((flagsOf(index) & (DEVICE_PRESENT | DEVICE_LATE)) == DEVICE_PRESENT) found = index;
  }
  return found;
}

/**
 * The last of a device's mappings that devres knows of, + 1; 0 when there is none, as up to v5.9.
 */
function lastMapping(index: u32): u32 {
  if (!has(Feature.RegionSubdivision)) return 0;
  for (let r = rangesOf(index); r > 0; r--) {
    const flags = load<u8>(range(index, r - 1), RANGE_FLAGS_OFFSET);
    if ((flags & (RANGE_MAPPING | RANGE_LATE)) == RANGE_MAPPING) return r;
  }
  return 0;
}

/** Whether a mapping is taken away under dax_region_rwsem, or without it when anybody has it. */
function locksMappings(): bool {
  return has(Feature.DaxRwsems) && !has(Feature.DeleteDeviceLocks);
}

/**
 * Undoes the next thing that was done for the region device. Mappings go without any lock over
 * the books, but for v6.9.
 * Source: drivers/base/devres.c devres_release_all(); drivers/dax/bus.c unregister_dax_mapping(),
 * unregister_dev_dax(), dax_region_unregister(), v6.9 and v6.12.
 */
function devresReleaseAllNext(): i32 {
  const home = currentRegion();
  const mine = <u32>load<u8>(st, GLOBAL_REGION_WRITER_OFFSET) == me + 1;
  if (mine && locksMappings()) unlockRegionWrite(home);
  const index = youngest(home);
  if (index == DEVICE_GONE) {
    store<u8>(th, 0, THREAD_DEVICE_OFFSET);
    clearRegionFlag(home, REGION_FILES);
    goto(Pc.dax_region_unregister__drain);
    return MOVED;
  }
  store<u8>(th, index, THREAD_DEVICE_OFFSET);
  const mapping = lastMapping(index);
  if (mapping != 0) {
    if (locksMappings()) tryRegionWrite(home);
    unregisterDaxMapping(index, mapping - 1, Pc.devres_release_all__next);
  } else call(Pc.unregister_dev_dax__region, Pc.devres_release_all__next);
  return MOVED;
}

/**
 * Waits until nobody is inside dax_region/. Source: drivers/dax/bus.c dax_region_unregister(),
 * v5.10 and v6.12.
 */
function daxRegionUnregisterDrain(): i32 {
  const home = currentRegion();
  const inside = othersInside(region(home) + REGION_USERS_OFFSET);
  if (inside != 0) return wait(Lock.RegionFiles, home, inside, false);
  filesDrained(Lock.RegionFiles);
  back();
  return MOVED;
}

/** The region is without a driver now; an action that devres has not run has no owner any more. */
function deviceDriverDetachReleased(): i32 {
  forgetRegion(currentRegion());
  return endRegionCall(0);
}

function forgetRegion(home: u32): void {
  clearRegionFlag(home, REGION_BOUND | REGION_ALIVE | REGION_LEAVING);
  store<u8>(region(home), 0, REGION_SEED_OFFSET);
  store<u8>(region(home), 0, REGION_YOUNGEST_OFFSET);
  if (regionIs(home, REGION_LEFTOVER)) broken(Property.NoLeak, firstDevice(home));
  unlockRegionDevice(home);
}

/** What a finding about a region names. */
function firstDevice(home: u32): u32 {
  const count = devices();
  for (let index: u32 = 0; index < count; index++) {
    if (homeOf(index) == home) return index;
  }
  return 0;
}

// ---- bind -----------------------------------------------------------------------------

/**
 * Writes the bind of a driver of dynamic regions; `code` is such a region.
 * Source: drivers/base/bus.c bind_store(), v5.10 and v5.14.
 */
export function providerBind(code: u32): i32 {
  if (isDriverless(code)) return leave(Errno.ENODEV);
  if (!has(Feature.BindErrno) && isRegionBound(code)) return leave(Errno.ENODEV);
  // A region for which the scenario has no device cannot come back in this model.
  if (!isRegionBound(code) && lowestFree(code) == DEVICE_GONE) return leave(Errno.ENODEV);
  enterProvider(FILES_HMEM);
  store<u8>(th, code, THREAD_REGION_OFFSET);
  goto(Pc.dax_hmem_probe__lock);
  return MOVED;
}

/**
 * Takes device_lock(region) and makes the region. Actions that have survived an earlier unbind
 * refuse the probe, until a reboot.
 * Source: drivers/base/dd.c really_probe(); drivers/dax/hmem/hmem.c dax_hmem_probe();
 * drivers/dax/bus.c alloc_dax_region(), v6.12.
 */
function daxHmemProbeLock(): i32 {
  const home = currentRegion();
  const lock = lockOfRegion(home);
  if (!tryMutex(lock, Lock.RegionLock, home))
    return waitForMutex(lock, Lock.RegionLock, home, false);
  if (isRegionBound(home) || regionIs(home, REGION_LEFTOVER)) {
    unlockRegionDevice(home);
    return endRegionCall(has(Feature.BindErrno) ? Errno.EBUSY : Errno.ENODEV);
  }
  if (has(Feature.DaxRegionsTree) && isClaimed(home)) {
    unlockRegionDevice(home);
    return endRegionCall(Errno.ENOMEM);
  }
  setRegionFlag(home, REGION_BOUND | REGION_FILES | REGION_ALIVE);
  allocated(firstDevice(home), HEAP_REGION);
  goto(Pc.dax_hmem_probe__region);
  return MOVED;
}

/**
 * Whether another region has some of the range of a new one.
 * Source: drivers/dax/bus.c alloc_dax_region(), v7.1: a tree of all regions.
 */
function isClaimed(home: u32): bool {
  const count = header(Header.RegionCount);
  for (let other: u32 = 0; other < count; other++) {
    if (other == home || !regionIs(other, REGION_ALIVE)) continue;
    const apart = regionStart(other) > regionEnd(home) || regionEnd(other) < regionStart(home);
    if (!apart) return true;
  }
  return false;
}

/**
 * Makes the device that has the whole region, under the lock over the books (v6.12).
 * Source: drivers/dax/bus.c devm_create_dev_dax(), v6.12.
 */
function daxHmemProbeRegion(): i32 {
  const home = currentRegion();
  if (has(Feature.DaxRwsems) && !tryRegionWrite(home)) return waitForRegion(home, false);
  const index = lowestFree(home);
  // Since the semaphores a writer of create may have been faster than the region's own device.
  const taken = availableSize(home) != regionEnd(home) - regionStart(home) + 1;
  if (taken && !has(Feature.CreateErrorPut)) broken(Property.NoLeak, firstDevice(home));
  if (taken || index == DEVICE_GONE || failsToBeMade(index) != 0) return failProbe(home);
  addRange(index, regionStart(home), regionEnd(home));
  setMemmapDefault(index, isCxlRegion(home));
  devmCreateDevDax(index, Pc.dax_hmem_probe__created);
  return MOVED;
}

/**
 * Undoes the probe when its device could not be made: what devm knows of goes, also devices that
 * somebody has created meanwhile. Up to v6.4 the reference that the probe has from making the
 * region is never given back, so that the region is not freed.
 * Source: drivers/dax/hmem/hmem.c dax_hmem_probe(), v6.1 and v6.8; drivers/base/dd.c
 * really_probe(), v6.12.
 */
function failProbe(home: u32): i32 {
  if (has(Feature.RegionReferences)) freed(firstDevice(home), HEAP_REGION);
  if (has(Feature.DaxRwsems)) unlockRegionWrite(home);
  setRegionFlag(home, REGION_LEAVING);
  call(Pc.devres_release_all__next, Pc.dax_hmem_probe__failed);
  return MOVED;
}

/** Ends a probe that has failed, with -ENOMEM, after devres. */
export function daxHmemProbeFailed(): i32 {
  forgetRegion(currentRegion());
  return endRegionCall(has(Feature.BindErrno) ? Errno.ENOMEM : Errno.ENODEV);
}

function daxHmemProbeCreated(): i32 {
  const home = currentRegion();
  registerMapping(currentDevice(), 0);
  freed(firstDevice(home), HEAP_REGION);
  if (has(Feature.DaxRwsems)) unlockRegionWrite(home);
  unlockRegionDevice(home);
  return endRegionCall(0);
}
