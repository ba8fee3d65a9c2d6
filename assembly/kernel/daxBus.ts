// drivers/dax/bus.c: which driver a device matches, dynamic ids, what the bus does before a probe.
//
// dax_bus_lock is taken and given back inside one step, so it is never part of a state.
import {
  CODE_INVALID,
  DEVICE_FLAGS_OFFSET,
  DEVICE_GHOST_OFFSET,
  DEVICE_ID,
  DEVICE_PRESENT,
  DEVICE_RANGES_OFFSET,
  DEVICE_ROW_COMPAT_OFFSET,
  DEVICE_ROW_NAME_OFFSET,
  DEVICE_ROW_REGION_OFFSET,
  DRIVER_FLAGS_OFFSET,
  DRIVER_IDS_OFFSET,
  DRIVER_LEAVING,
  DRIVER_REGISTERED,
  DRIVER_USERS_OFFSET,
  Driver,
  Errno,
  Feature,
  File,
  GHOST_KMEM_NAMED,
  GLOBAL_DEV_WRITER_OFFSET,
  Lock,
  LockMode,
  Pc,
  REGION_KMEM_TYPE,
  REGION_ROW_FLAGS_OFFSET,
  THREAD_DEVICE_OFFSET,
  THREAD_DRIVER_OFFSET,
  THREAD_ERROR_OFFSET,
} from '../layout';
import { observePair } from '../observe';
import { has } from '../scenario';
import {
  back,
  call,
  device,
  deviceRow,
  devices,
  driver,
  enterFile,
  goto,
  leave,
  leaveFile,
  MOVED,
  regionRow,
  st,
  th,
  tryRead,
  unlockRead,
  waitForSemaphore,
} from '../state';
import { isInterrupted } from './regionLock';

/**
 * Whether a device stands on /sys/bus/dax. Without the compat driver, which v5.1 brought and v5.17
 * took away, there is no other place for it.
 */
export function isOnBus(index: u32): bool {
  const compat = load<u8>(deviceRow(index), DEVICE_ROW_COMPAT_OFFSET) != 0;
  if (compat && has(Feature.ClassCompat) && !has(Feature.CompatGone)) return false;
  return (load<u8>(device(index), DEVICE_FLAGS_OFFSET) & DEVICE_PRESENT) != 0;
}

export function isRegistered(which: Driver): bool {
  const flags = load<u8>(driver(which), DRIVER_FLAGS_OFFSET);
  return (flags & (DRIVER_REGISTERED | DRIVER_LEAVING)) == DRIVER_REGISTERED;
}

/** Source: drivers/dax/bus.c dax_match_id(), v5.1 and v6.12. */
function matchesId(which: Driver, index: u32): bool {
  const name = load<u8>(deviceRow(index), DEVICE_ROW_NAME_OFFSET);
  return ((load<u16>(driver(which), DRIVER_IDS_OFFSET) >> name) & 1) != 0;
}

/**
 * Tells whether a driver takes a device.
 *
 * Up to v6.2 device_dax takes every device, any other driver only those named by id; from v6.3 a
 * device is taken by id or by the type of its region. Source: drivers/dax/bus.c dax_bus_match(),
 * v5.1; dax_match_type(), v6.12.
 */
export function matches(which: Driver, index: u32): bool {
  const asksIds = has(Feature.MatchByType) || which != Driver.DeviceDax;
  if (asksIds) observePair(Lock.DaxBus, 0, LockMode.Write);
  return wouldMatch(which, index);
}

/** The same answer, for who only wants to know: no lock is told of. */
export function wouldMatch(which: Driver, index: u32): bool {
  if (has(Feature.MatchByType)) {
    if (matchesId(which, index)) return true;
    const row = regionRow(load<u8>(deviceRow(index), DEVICE_ROW_REGION_OFFSET));
    const wantsKmem = (load<u8>(row, REGION_ROW_FLAGS_OFFSET) & REGION_KMEM_TYPE) != 0;
    return which == (wantsKmem ? Driver.Kmem : Driver.DeviceDax);
  }
  if (which == Driver.DeviceDax) return true;
  return matchesId(which, index);
}

/**
 * Writes new_id or remove_id; `code` is the number of a name, or CODE_INVALID.
 * Source: drivers/dax/bus.c do_id_store(), v5.1 (attach since attach-on-new-id) and v6.12.
 */
export function doIdStore(which: Driver, file: File, code: u32): i32 {
  if (!has(Feature.OverrideDriver)) return leave(Errno.EACCES);
  if (code == CODE_INVALID) return leave(Errno.EINVAL);
  const record = driver(which);
  enterFile(record + DRIVER_USERS_OFFSET, Lock.DriverFiles, which);
  observePair(Lock.DaxBus, 0, LockMode.Write);
  const ids = <u32>load<u16>(record, DRIVER_IDS_OFFSET);
  if (file == File.RemoveId) {
    store<u16>(record, ids & ~(1 << code), DRIVER_IDS_OFFSET);
    return leaveIdStore(which);
  }
  store<u16>(record, ids | (1 << code), DRIVER_IDS_OFFSET);
  if (which == Driver.Kmem) nameToKmem(code);
  if (!has(Feature.AttachOnNewId)) return leaveIdStore(which);
  store<u8>(th, which, THREAD_DRIVER_OFFSET);
  // The list is unlocked before the first match: a step of its own.
  call(Pc.driver_attach__next, Pc.do_id_store__attached);
  return MOVED;
}

/** Somebody has named a device to kmem: what follows is what they asked for. */
export function nameToKmem(name: u32): void {
  const count = devices();
  for (let index: u32 = 0; index < count; index++) {
    if (load<u8>(deviceRow(index), DEVICE_ROW_NAME_OFFSET) != name) continue;
    const at = device(index);
    store<u8>(at, load<u8>(at, DEVICE_GHOST_OFFSET) | GHOST_KMEM_NAMED, DEVICE_GHOST_OFFSET);
  }
}

export function doIdStoreAttached(): i32 {
  return leaveIdStore(load<u8>(th, THREAD_DRIVER_OFFSET));
}

function leaveIdStore(which: Driver): i32 {
  leaveFile(driver(which) + DRIVER_USERS_OFFSET, Lock.DriverFiles, which);
  return leave(0);
}

/**
 * Goes from the driver core into the driver's probe; the bus first refuses a device without size or
 * id. Source: drivers/dax/bus.c dax_bus_probe(), v6.12 (size read under dax_dev_rwsem); v5.1 has
 * none.
 */
export function daxBusProbe(): i32 {
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  if (has(Feature.RegionSubdivision)) {
    if (has(Feature.DaxRwsems)) {
      const lock = st + GLOBAL_DEV_WRITER_OFFSET;
      if (!tryRead(lock, Lock.DaxDevRwsem)) {
        if (!isInterrupted()) return waitForSemaphore(lock, Lock.DaxDevRwsem);
        store<u8>(th, Errno.EINTR, THREAD_ERROR_OFFSET);
        back();
        return MOVED;
      }
      unlockRead(lock, Lock.DaxDevRwsem);
    }
    const at = device(index);
    const hasId = (load<u8>(at, DEVICE_FLAGS_OFFSET) & DEVICE_ID) != 0;
    if (!hasId || load<u8>(at, DEVICE_RANGES_OFFSET) == 0) {
      store<u8>(th, Errno.ENXIO, THREAD_ERROR_OFFSET);
      back();
      return MOVED;
    }
  }
  const which: Driver = load<u8>(th, THREAD_DRIVER_OFFSET);
  if (which == Driver.Fsdev) goto(Pc.fsdev_dax_probe__request);
  else goto(which == Driver.Kmem ? Pc.dev_dax_kmem_probe__request : Pc.dev_dax_probe__request);
  return MOVED;
}
