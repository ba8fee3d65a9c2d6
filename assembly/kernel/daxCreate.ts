// drivers/dax/bus.c, create and delete of a dynamic region, and how a device of one is registered.
//
// The thread's REGION is the region, DEVICE the device at hand.

import { ueventOfDevice } from '../actor/event';
import { faultAt } from '../actor/fault';
import { fail } from '../fail';
import {
  CODE_INVALID,
  CODE_NO_SUCH,
  DEVICE_FLAGS_OFFSET,
  DEVICE_GONE,
  DEVICE_ID,
  DEVICE_LATE,
  DEVICE_PRESENT,
  DEVICE_ROW_ID_OFFSET,
  Driver,
  Errno,
  EVENT_ADD,
  FaultPoint,
  Feature,
  HEAP_NAME,
  Lock,
  Pc,
  Property,
  REGION_LEAVING,
  REGION_LEFTOVER,
  REGION_SEED_OFFSET,
  REGION_YOUNGEST_OFFSET,
  THREAD_DEVICE_OFFSET,
  THREAD_DRIVER_OFFSET,
} from '../layout';
import { has } from '../scenario';
import {
  allocated,
  BLOCKED,
  back,
  broken,
  call,
  device,
  deviceRow,
  devices,
  FAIL_PROGRAM_POINT,
  freed,
  goto,
  leave,
  MOVED,
  region,
  th,
  tryMutex,
  unlockMutex,
  waitForMutex,
} from '../state';
import { setMemmapDefault } from './daxMemmap';
import {
  availableSize,
  currentDevice,
  currentRegion,
  deviceSize,
  homeOf,
  regionIs,
  setRegionFlag,
} from './daxRange';
import { enterRegionFile, leaveRegionFile } from './daxRegion';
import { freeIdUnderLock } from './daxUnregister';
import { deviceAttachNext } from './deviceAdd';
import { driverOf } from './driverCore';
import {
  isInterrupted,
  lockOfDevice,
  lockOfRegion,
  tryRangesWrite,
  tryRegionWrite,
  unlockRangesWrite,
  unlockRegionWrite,
  waitForRanges,
  waitForRegion,
} from './regionLock';

/** Runs the step of a program point of create and delete. */
export function createStep(pc: Pc): i32 {
  switch (pc) {
    case Pc.create_store__region:
      return createStoreRegion();
    case Pc.create_store__added:
      return createStoreAdded();
    case Pc.delete_store__region:
      return deleteStoreRegion();
    case Pc.delete_store__victim:
      return deleteStoreVictim();
    case Pc.delete_store__device:
      return deleteStoreDevice();
    case Pc.delete_store__removed:
      return deleteStoreRemoved();
    case Pc.delete_store__released:
      return deleteStoreReleased();
    case Pc.devm_create_dev_dax__attach:
      return devmCreateDevDaxAttach();
    case Pc.devm_create_dev_dax__attached:
      return devmCreateDevDaxAttached();
    default: {
      fail(FAIL_PROGRAM_POINT);
      return BLOCKED;
    }
  }
}

// ---- create ---------------------------------------------------------------------------

/**
 * Writes create; `code` is the number written.
 * Source: drivers/dax/bus.c create_store(), v5.10 and v6.12: neither device_lock(region) (v6.12)
 * nor whether the region still has a driver.
 */
export function createStore(home: u32, code: u32): i32 {
  if (code == CODE_NO_SUCH) return leave(Errno.ERANGE);
  if (code == CODE_INVALID || code != 1) return leave(Errno.EINVAL);
  enterRegionFile(home);
  goto(Pc.create_store__region);
  createStoreRegion();
  return MOVED;
}

/**
 * Number of the device with the lowest free id of a region; DEVICE_GONE when the model has room
 * for no more.
 */
export function lowestFree(home: u32): u32 {
  let found: u32 = DEVICE_GONE;
  const count = devices();
  for (let index: u32 = 0; index < count; index++) {
    if (homeOf(index) != home) continue;
    if ((load<u8>(device(index), DEVICE_FLAGS_OFFSET) & DEVICE_ID) != 0) continue;
    if (found != DEVICE_GONE && idOf(found) < idOf(index)) continue;
    found = index;
  }
  return found;
}

function idOf(index: u32): u32 {
  return load<u8>(deviceRow(index), DEVICE_ROW_ID_OFFSET);
}

/**
 * Registers a device that its region's lock is held for, and probes it. While the region's driver
 * is being unbound its devm action comes too late to be run, and survives.
 * Source: drivers/dax/bus.c __devm_create_dev_dax(), v5.10 and v6.12.
 */
export function devmCreateDevDax(index: u32, after: Pc): void {
  const home = homeOf(index);
  const late = regionIs(home, REGION_LEAVING);
  if (late) setRegionFlag(home, REGION_LEFTOVER);
  store<u8>(
    device(index),
    DEVICE_PRESENT | DEVICE_ID | (late ? DEVICE_LATE : 0),
    DEVICE_FLAGS_OFFSET,
  );
  store<u8>(th, index, THREAD_DEVICE_OFFSET);
  ueventOfDevice(index, EVENT_ADD);
  const ready = has(Feature.ReadyToProbe);
  call(ready ? Pc.device_add__ready : Pc.devm_create_dev_dax__attach, after);
}

/**
 * Whether a device fails to be made. Its name, which it has by then, stays allocated, since the
 * device is freed and not put.
 *
 * @returns 0 or an errno.
 * Source: drivers/dax/bus.c devm_create_dev_dax(), v5.10 and v6.12; put as posted in April 2026.
 */
export function failsToBeMade(index: u32): u32 {
  const errno = faultAt(FaultPoint.CreateDevDax);
  allocated(index, HEAP_NAME);
  if (errno != 0 && has(Feature.CreateErrorPut)) freed(index, HEAP_NAME);
  return errno;
}

/** Source: drivers/base/dd.c device_initial_probe(), v6.12. */
function devmCreateDevDaxAttach(): i32 {
  const index = currentDevice();
  const lock = lockOfDevice(index);
  if (!tryMutex(lock, Lock.DeviceLock, index))
    return waitForMutex(lock, Lock.DeviceLock, index, false);
  store<u8>(th, 0, THREAD_DRIVER_OFFSET);
  call(Pc.device_add__next, Pc.devm_create_dev_dax__attached);
  return deviceAttachNext();
}

function devmCreateDevDaxAttached(): i32 {
  const index = currentDevice();
  unlockMutex(lockOfDevice(index), Lock.DeviceLock, index);
  back();
  return MOVED;
}

/**
 * Makes a device without memory. An id that delete has freed while its device is still registered
 * is given out again, and the second device of that name is refused.
 */
function createStoreRegion(): i32 {
  const home = currentRegion();
  if (!tryRegionWrite(home)) {
    return isInterrupted() ? leaveRegionFile(Errno.EINTR) : waitForRegion(home, true);
  }
  const index = lowestFree(home);
  let errno: u32 = 0;
  if (availableSize(home) == 0) errno = Errno.ENOSPC;
  else if (index == DEVICE_GONE) errno = Errno.ENOMEM;
  else if ((load<u8>(device(index), DEVICE_FLAGS_OFFSET) & DEVICE_PRESENT) != 0)
    errno = Errno.EEXIST;
  else errno = failsToBeMade(index);
  if (errno != 0) {
    unlockRegionWrite(home);
    return leaveRegionFile(errno);
  }
  setMemmapDefault(index, false);
  devmCreateDevDax(index, Pc.create_store__added);
  return MOVED;
}

function createStoreAdded(): i32 {
  const home = currentRegion();
  const at = region(home);
  const shown = currentDevice() + 1;
  if (load<u8>(at, REGION_SEED_OFFSET) == 0) store<u8>(at, shown, REGION_SEED_OFFSET);
  store<u8>(at, shown, REGION_YOUNGEST_OFFSET);
  unlockRegionWrite(home);
  return leaveRegionFile(0);
}

// ---- delete ---------------------------------------------------------------------------

/**
 * Writes delete; `code` is a device. The device is looked for without a lock, and a reference to
 * it kept.
 * Source: drivers/dax/bus.c delete_store(), v5.10 and v6.12.
 */
export function deleteStore(home: u32, code: u32): i32 {
  if (code >= <u32>CODE_NO_SUCH || homeOf(code) != home) return leave(Errno.ENXIO);
  if ((load<u8>(device(code), DEVICE_FLAGS_OFFSET) & DEVICE_PRESENT) == 0)
    return leave(Errno.ENXIO);
  enterRegionFile(home);
  store<u8>(th, code, THREAD_DEVICE_OFFSET);
  goto(Pc.delete_store__region);
  return MOVED;
}

/** Whether delete takes the semaphores, and no device_lock. */
function deletesUnderSemaphores(): bool {
  return has(Feature.DaxRwsems) && !has(Feature.DeleteDeviceLocks);
}

/**
 * Takes dax_region_rwsem and goes on to dax_dev_rwsem; a fatal signal ends the wait, and leaves the
 * reference to the victim behind. Source: drivers/dax/bus.c delete_store(), v6.9.
 */
function deleteStoreSemaphore(): i32 {
  const home = currentRegion();
  if (!tryRegionWrite(home)) {
    return isInterrupted() ? interruptDelete() : waitForRegion(home, true);
  }
  if (currentDevice() == DEVICE_GONE) {
    unlockRegionWrite(home);
    return leaveRegionFile(Errno.EBUSY);
  }
  goto(Pc.delete_store__device);
  return MOVED;
}

function interruptDelete(): i32 {
  broken(Property.NoLeak, currentDevice());
  return leaveRegionFile(Errno.EINTR);
}

/**
 * Takes device_lock(region), and not even a fatal signal ends the wait; only v6.9 takes the
 * semaphore instead. Source: drivers/dax/bus.c delete_store(), v5.10, v6.8, v6.9 and v6.12.
 */
function deleteStoreRegion(): i32 {
  if (deletesUnderSemaphores()) return deleteStoreSemaphore();
  const home = currentRegion();
  const lock = lockOfRegion(home);
  if (!tryMutex(lock, Lock.RegionLock, home))
    return waitForMutex(lock, Lock.RegionLock, home, false);
  if (currentDevice() == DEVICE_GONE) {
    unlockMutex(lock, Lock.RegionLock, home);
    return leaveRegionFile(Errno.EBUSY);
  }
  goto(Pc.delete_store__victim);
  return MOVED;
}

function deleteStoreVictim(): i32 {
  const index = currentDevice();
  const lock = lockOfDevice(index);
  if (!tryMutex(lock, Lock.DeviceLock, index))
    return waitForMutex(lock, Lock.DeviceLock, index, false);
  goto(Pc.delete_store__device);
  return MOVED;
}

/**
 * Makes the device invalid, so that no probe takes it any more, and unregisters it. Device 0
 * always stays.
 */
function deleteStoreDevice(): i32 {
  const home = currentRegion();
  const index = currentDevice();
  const semaphore = has(Feature.DaxRwsems);
  const bare = deletesUnderSemaphores();
  if (semaphore && !tryRangesWrite(index)) {
    if (!bare || !isInterrupted()) return waitForRanges(index, bare);
    unlockRegionWrite(home);
    return interruptDelete();
  }
  const flags = <u32>load<u8>(device(index), DEVICE_FLAGS_OFFSET);
  const idle = driverOf(index) == Driver.None && deviceSize(index) == 0;
  const removed = idle && (flags & DEVICE_ID) != 0 && idOf(index) > 0;
  if (removed) {
    store<u8>(device(index), flags & ~DEVICE_ID, DEVICE_FLAGS_OFFSET);
    forgetShown(home, REGION_SEED_OFFSET, index);
    forgetShown(home, REGION_YOUNGEST_OFFSET, index);
  }
  if (semaphore) unlockRangesWrite(index);
  if (!bare) unlockMutex(lockOfDevice(index), Lock.DeviceLock, index);
  if (removed && bare && regionIs(home, REGION_LEAVING)) return warnOfMissingAction(home, index);
  if (removed) {
    call(Pc.unregister_dev_dax__region, Pc.delete_store__removed);
    return MOVED;
  }
  unlockDelete(home);
  return leaveRegionFile(Errno.EBUSY);
}

/**
 * The region's driver is being unbound, which nothing keeps away here: the devm action of the
 * victim is no longer found, and the kernel warns. Source: drivers/base/devres.c
 * devm_release_action(), v6.9.
 */
function warnOfMissingAction(home: u32, index: u32): i32 {
  broken(Property.NoCrash, index);
  unlockDelete(home);
  return leaveRegionFile(0);
}

function unlockDelete(home: u32): void {
  if (deletesUnderSemaphores()) unlockRegionWrite(home);
  else unlockMutex(lockOfRegion(home), Lock.RegionLock, home);
}

function forgetShown(home: u32, offset: usize, index: u32): void {
  const at = region(home) + offset;
  if (<u32>load<u8>(at) == index + 1) store<u8>(at, 0);
}

/** Drops the reference to the victim, the last one, outside all locks. */
function deleteStoreRemoved(): i32 {
  const home = currentRegion();
  unlockDelete(home);
  if (!has(Feature.DaxRwsems)) {
    freeIdUnderLock(currentDevice());
    return leaveRegionFile(0);
  }
  call(Pc.dev_dax_release__id, Pc.delete_store__released);
  return MOVED;
}

function deleteStoreReleased(): i32 {
  return leaveRegionFile(0);
}
