// The locks over a region's books and over one device's size and ranges, by generation.
//
// From v6.9 these are two semaphores for all regions, dax_region_rwsem and dax_dev_rwsem, whose
// waits a fatal signal ends; before, device_lock(region) and device_lock(dev), whose waits
// nothing ends.
// Source: drivers/dax/bus.c, v5.10 and v6.12.
import { faultAt } from '../actor/fault';
import {
  DEVICE_LOCK_OFFSET,
  FaultPoint,
  Feature,
  GLOBAL_DEV_WRITER_OFFSET,
  GLOBAL_REGION_WRITER_OFFSET,
  Lock,
  REGION_LOCK_OFFSET,
} from '../layout';
import { has } from '../scenario';
import {
  device,
  region,
  st,
  tryMutex,
  tryRead,
  tryWrite,
  unlockMutex,
  unlockRead,
  unlockWrite,
  wait,
  waitForMutex,
} from '../state';

/** Address of a region's device_lock. */
export function lockOfRegion(index: u32): usize {
  return region(index) + REGION_LOCK_OFFSET;
}

/** Address of a dax device's device_lock. */
export function lockOfDevice(index: u32): usize {
  return device(index) + DEVICE_LOCK_OFFSET;
}

/**
 * Whether a signal ends the wait that the running thread is about to begin; only semaphores hear
 * one.
 */
export function isInterrupted(): bool {
  return has(Feature.DaxRwsems) && faultAt(FaultPoint.Signal) != 0;
}

function waitForHolders(at: usize, lock: Lock, killable: bool): i32 {
  const writer = <u32>load<u8>(at);
  const readers = <u32>load<u8>(at, 1);
  return wait(lock, 0, writer != 0 ? 1 << (writer - 1) : readers, killable);
}

// ---- A region's books -----------------------------------------------------------------

/** Takes the lock over a region's books for writing; false when another thread has it. */
export function tryRegionWrite(index: u32): bool {
  if (has(Feature.DaxRwsems))
    return tryWrite(st + GLOBAL_REGION_WRITER_OFFSET, Lock.DaxRegionRwsem);
  return tryMutex(lockOfRegion(index), Lock.RegionLock, index);
}

/** Takes it for reading; before v6.9 readers exclude one another. */
export function tryRegionRead(index: u32): bool {
  if (has(Feature.DaxRwsems)) return tryRead(st + GLOBAL_REGION_WRITER_OFFSET, Lock.DaxRegionRwsem);
  return tryMutex(lockOfRegion(index), Lock.RegionLock, index);
}

/** Waits for it; `killable` where the kernel uses the killable form. */
export function waitForRegion(index: u32, killable: bool): i32 {
  if (!has(Feature.DaxRwsems))
    return waitForMutex(lockOfRegion(index), Lock.RegionLock, index, false);
  return waitForHolders(st + GLOBAL_REGION_WRITER_OFFSET, Lock.DaxRegionRwsem, killable);
}

/** Gives it back after writing. */
export function unlockRegionWrite(index: u32): void {
  if (has(Feature.DaxRwsems)) unlockWrite(st + GLOBAL_REGION_WRITER_OFFSET, Lock.DaxRegionRwsem);
  else unlockMutex(lockOfRegion(index), Lock.RegionLock, index);
}

/** Gives it back after reading. */
export function unlockRegionRead(index: u32): void {
  if (has(Feature.DaxRwsems)) unlockRead(st + GLOBAL_REGION_WRITER_OFFSET, Lock.DaxRegionRwsem);
  else unlockMutex(lockOfRegion(index), Lock.RegionLock, index);
}

// ---- A device's size and ranges -------------------------------------------------------

/** Takes the lock over a device's ranges for writing; false when another thread has it. */
export function tryRangesWrite(index: u32): bool {
  if (has(Feature.DaxRwsems)) return tryWrite(st + GLOBAL_DEV_WRITER_OFFSET, Lock.DaxDevRwsem);
  return tryMutex(lockOfDevice(index), Lock.DeviceLock, index);
}

/** Takes it for reading; before v6.9 readers exclude one another. */
export function tryRangesRead(index: u32): bool {
  if (has(Feature.DaxRwsems)) return tryRead(st + GLOBAL_DEV_WRITER_OFFSET, Lock.DaxDevRwsem);
  return tryMutex(lockOfDevice(index), Lock.DeviceLock, index);
}

/** Waits for it; `killable` where the kernel uses the killable form. */
export function waitForRanges(index: u32, killable: bool): i32 {
  if (!has(Feature.DaxRwsems))
    return waitForMutex(lockOfDevice(index), Lock.DeviceLock, index, false);
  return waitForHolders(st + GLOBAL_DEV_WRITER_OFFSET, Lock.DaxDevRwsem, killable);
}

/** Gives it back after writing. */
export function unlockRangesWrite(index: u32): void {
  if (has(Feature.DaxRwsems)) unlockWrite(st + GLOBAL_DEV_WRITER_OFFSET, Lock.DaxDevRwsem);
  else unlockMutex(lockOfDevice(index), Lock.DeviceLock, index);
}

/** Gives it back after reading. */
export function unlockRangesRead(index: u32): void {
  if (has(Feature.DaxRwsems)) unlockRead(st + GLOBAL_DEV_WRITER_OFFSET, Lock.DaxDevRwsem);
  else unlockMutex(lockOfDevice(index), Lock.DeviceLock, index);
}
