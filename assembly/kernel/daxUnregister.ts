// drivers/dax/bus.c unregister_dev_dax() and device_del() beneath it: how a device of a dynamic
// region goes, by delete or with its region's driver.
//
// The thread's DEVICE is the device.

import { ueventOfDevice } from '../actor/event';
import { fail } from '../fail';
import {
  DEVICE_ALIGN_OFFSET,
  DEVICE_DEAD,
  DEVICE_FILES_GONE,
  DEVICE_FLAGS_OFFSET,
  DEVICE_GONE,
  DEVICE_ID,
  DEVICE_LATE,
  DEVICE_USERS_OFFSET,
  EVENT_REMOVE,
  Feature,
  GLOBAL_REGION_WRITER_OFFSET,
  Lock,
  LockMode,
  Pc,
  Property,
  RANGE_USERS_OFFSET,
  THREAD_DEPTH_OFFSET,
  THREAD_DEVICE_OFFSET,
  THREAD_PC_OFFSET,
  THREAD_STACK_OFFSET,
} from '../layout';
import { filesDrained } from '../lockOrder';
import { observePair } from '../observe';
import { has } from '../scenario';
import {
  BLOCKED,
  back,
  broken,
  call,
  device,
  FAIL_PROGRAM_POINT,
  goto,
  MOVED,
  me,
  othersInside,
  range,
  st,
  th,
  threadRecord,
  threads,
  tryMutex,
  unlockMutex,
  wait,
  waitForMutex,
} from '../state';
import { mappingObject, orphanMappings } from './daxMapping';
import { currentDevice, flagsOf, freeDevDaxRanges, homeOf, rangesOf } from './daxRange';
import { killDevDax } from './deviceDax';
import { endRelease, forget, release } from './driverCore';
import {
  isInterrupted,
  lockOfDevice,
  tryRangesWrite,
  tryRegionWrite,
  unlockRangesWrite,
  unlockRegionWrite,
  waitForRanges,
  waitForRegion,
} from './regionLock';

/** Runs the step of a program point of unregister_dev_dax. */
export function unregisterStep(pc: Pc): i32 {
  switch (pc) {
    case Pc.unregister_dev_dax__region:
      return unregisterDevDaxRegion();
    case Pc.unregister_dev_dax__dead:
      return unregisterDevDaxDead();
    case Pc.unregister_dev_dax__drain:
      return unregisterDevDaxDrain();
    case Pc.unregister_dev_dax__release:
      return unregisterDevDaxRelease();
    case Pc.unregister_dev_dax__released:
      return unregisterDevDaxReleased();
    case Pc.unregister_dev_dax__gone:
      return unregisterDevDaxGone();
    case Pc.unregister_dev_dax__put:
      return unregisterDevDaxPut();
    case Pc.dev_dax_release__id:
      return devDaxReleaseId();
    default: {
      fail(FAIL_PROGRAM_POINT);
      return BLOCKED;
    }
  }
}

// ---- unregister_dev_dax ---------------------------------------------------------------

/**
 * Takes the lock over the books and kills the device: nothing maps it any more. From v5.10 to v6.2
 * its ranges are freed already here, so that kmem finds none to remove.
 * v6.9 goes on without the semaphore when anybody at all has it.
 * Source: drivers/dax/bus.c unregister_dev_dax(), v5.8 (no list of ranges), v5.10, v6.3, v6.9 and
 * v6.12 (dax_region_rwsem, no signal heard).
 */
function unregisterDevDaxRegion(): i32 {
  const index = currentDevice();
  const home = homeOf(index);
  if (has(Feature.DaxRwsems) && !tryRegionWrite(home) && has(Feature.DeleteDeviceLocks))
    return waitForRegion(home, false);
  killDevDax(index);
  if (has(Feature.MultiRange) && !has(Feature.RemoveResource)) freeDevDaxRanges(index);
  goto(Pc.unregister_dev_dax__dead);
  return MOVED;
}

/**
 * Marks the device dead, so that no probe begins, and its files as gone, so that nobody enters one.
 * Source: drivers/base/core.c device_del(), v6.12.
 */
function unregisterDevDaxDead(): i32 {
  const index = currentDevice();
  const lock = lockOfDevice(index);
  if (!tryMutex(lock, Lock.DeviceLock, index))
    return waitForMutex(lock, Lock.DeviceLock, index, false);
  store<u8>(device(index), flagsOf(index) | DEVICE_DEAD | DEVICE_FILES_GONE, DEVICE_FLAGS_OFFSET);
  unlockMutex(lock, Lock.DeviceLock, index);
  goto(Pc.unregister_dev_dax__drain);
  return MOVED;
}

/**
 * Waits until nobody is inside a file of the device.
 * Source: drivers/base/core.c device_del(), device_remove_attrs(); fs/kernfs/dir.c
 * kernfs_drain(), v6.12.
 */
function unregisterDevDaxDrain(): i32 {
  const index = currentDevice();
  const inside = othersInside(device(index) + DEVICE_USERS_OFFSET);
  if (inside != 0) return wait(Lock.DeviceFiles, index, inside, false);
  filesDrained(Lock.DeviceFiles);
  goto(Pc.unregister_dev_dax__release);
  return MOVED;
}

/**
 * Source: drivers/base/bus.c bus_remove_device(), drivers/base/dd.c device_release_driver(),
 * v6.12.
 */
function unregisterDevDaxRelease(): i32 {
  const index = currentDevice();
  const lock = lockOfDevice(index);
  if (!tryMutex(lock, Lock.DeviceLock, index))
    return waitForMutex(lock, Lock.DeviceLock, index, false);
  if (release(index, Pc.unregister_dev_dax__released)) return MOVED;
  return unregisterDevDaxReleased();
}

function unregisterDevDaxReleased(): i32 {
  endRelease(currentDevice());
  goto(Pc.unregister_dev_dax__gone);
  unregisterDevDaxGone();
  return MOVED;
}

/**
 * Takes the device's directory away, with a mappingN that came too late to be unregistered
 * before, and frees what the device had.
 * Source: drivers/base/core.c device_del(), kobject_del(); drivers/dax/bus.c
 * unregister_dev_dax(), v6.12.
 */
function unregisterDevDaxGone(): i32 {
  const index = currentDevice();
  for (let r: u32 = 0; r < rangesOf(index); r++) {
    const inside = othersInside(range(index, r) + RANGE_USERS_OFFSET);
    if (inside != 0) return wait(Lock.MappingFiles, mappingObject(index, r), inside, false);
    filesDrained(Lock.MappingFiles);
  }
  // delete has taken the id, and keeps a reference.
  const hasId = (flagsOf(index) & DEVICE_ID) != 0;
  freeDevDaxRanges(index);
  forget(index);
  store<u8>(
    device(index),
    flagsOf(index) & ~(DEVICE_FILES_GONE | DEVICE_ID | DEVICE_LATE),
    DEVICE_FLAGS_OFFSET,
  );
  store<u8>(device(index), 0, DEVICE_ALIGN_OFFSET);
  forgetVictim(index);
  orphanMappings(index);
  ueventOfDevice(index, EVENT_REMOVE);
  const byDevice = has(Feature.RegionSubdivision) && !has(Feature.DaxRwsems);
  if (hasId && byDevice) freeIdUnderLock(index);
  if (hasId && has(Feature.DaxRwsems)) {
    call(Pc.dev_dax_release__id, Pc.unregister_dev_dax__put);
    return MOVED;
  }
  return unregisterDevDaxPut();
}

/**
 * Frees the id with the last reference, so that nobody can hold the lock.
 * Source: drivers/dax/bus.c dev_dax_release(), v5.8 (no id); free_dev_dax_id(), v5.10 and v6.8.
 */
export function freeIdUnderLock(index: u32): void {
  observePair(Lock.DeviceLock, index, LockMode.Write);
}

/**
 * Whether unregister_dev_dax() has taken the semaphore itself: in v6.9 it may go without, and
 * delete has taken it before.
 */
function isSemaphoreOwn(): bool {
  if (has(Feature.DeleteDeviceLocks)) return true;
  const mine = <u32>load<u8>(st, GLOBAL_REGION_WRITER_OFFSET) == me + 1;
  return mine && returnPoint() != <u32>Pc.delete_store__removed;
}

/** Where the path at hand goes back to. */
function returnPoint(): u32 {
  const top = th + ((<usize>(load<u8>(th, THREAD_DEPTH_OFFSET) - 1)) << 1);
  return load<u16>(top, THREAD_STACK_OFFSET);
}

/** Gives the lock over the books back, after the last reference. */
function unregisterDevDaxPut(): i32 {
  if (has(Feature.DaxRwsems) && isSemaphoreOwn()) unlockRegionWrite(homeOf(currentDevice()));
  back();
  return MOVED;
}

/**
 * Drops the last reference to a device: its id is freed under dax_dev_rwsem, or, when a signal ends
 * that wait, is not.
 * Source: drivers/dax/bus.c dev_dax_release(), free_dev_dax_id(), v6.12.
 */
function devDaxReleaseId(): i32 {
  const index = currentDevice();
  if (tryRangesWrite(index)) unlockRangesWrite(index);
  else if (!isInterrupted()) return waitForRanges(index, true);
  // Nobody hears of it: the id stays taken, with the reference to the region that it holds. Only
  // delete has freed the id before.
  else if (returnPoint() == <u32>Pc.unregister_dev_dax__put) broken(Property.NoLeak, index);
  back();
  return MOVED;
}

/** Writers of delete who found the device and wait keep a reference to what is now gone. */
function forgetVictim(index: u32): void {
  const count = threads();
  for (let other: u32 = 0; other < count; other++) {
    const at = threadRecord(other);
    const waits = load<u16>(at, THREAD_PC_OFFSET) == Pc.delete_store__region;
    if (other == me || !waits || load<u8>(at, THREAD_DEVICE_OFFSET) != index) continue;
    store<u8>(at, DEVICE_GONE, THREAD_DEVICE_OFFSET);
  }
}
