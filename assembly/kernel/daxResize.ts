// drivers/dax/bus.c: size of a device of a dynamic region, and how a file of such a device is
// entered and left.
//
// A writer is inside its file (kernfs active reference), then takes the lock over the region's
// books, then the one over the device's ranges. The thread's DEVICE is the device, VALUE the
// place of the size, align or first address written, OTHER that of a mapping's last address,
// INDEX the number of the mapping that is read.

import { fail } from '../fail';
import {
  CODE_INVALID,
  CODE_NO_SUCH,
  DEVICE_FILES_GONE,
  DEVICE_FLAGS_OFFSET,
  DEVICE_USERS_OFFSET,
  Driver,
  Errno,
  Feature,
  Lock,
  Pc,
  Property,
  REGION_LEAVING,
  THREAD_DEVICE_OFFSET,
  THREAD_VALUE_OFFSET,
} from '../layout';
import { has, point } from '../scenario';
import {
  BLOCKED,
  back,
  broken,
  call,
  device,
  enterFile,
  FAIL_PROGRAM_POINT,
  goto,
  leave,
  leaveFile,
  MOVED,
  th,
} from '../state';
import { unregisterDaxMapping } from './daxMapping';
import {
  adjustLastRange,
  availableSize,
  currentDevice,
  deviceSize,
  firstOf,
  homeOf,
  isAllocAligned,
  isRegionBound,
  lastOf,
  rangesOf,
  regionIs,
  takeFirstGap,
  trimDevDaxRange,
} from './daxRange';
import { leaveWithBytes } from './daxRegion';
import { driverOf } from './driverCore';
import {
  isInterrupted,
  tryRangesRead,
  tryRangesWrite,
  tryRegionWrite,
  unlockRangesRead,
  unlockRangesWrite,
  unlockRegionWrite,
  waitForRanges,
  waitForRegion,
} from './regionLock';

export function valueWritten(): u64 {
  return point(load<u16>(th, THREAD_VALUE_OFFSET));
}

/** Whether device_del() has begun to take the device's files away; who comes now finds none. */
export function areFilesGone(index: u32): bool {
  return (load<u8>(device(index), DEVICE_FLAGS_OFFSET) & DEVICE_FILES_GONE) != 0;
}

/** Enters a file of a device. */
export function enterAttribute(index: u32, code: u32): void {
  store<u8>(th, index, THREAD_DEVICE_OFFSET);
  store<u16>(th, code, THREAD_VALUE_OFFSET);
  enterFile(device(index) + DEVICE_USERS_OFFSET, Lock.DeviceFiles, index);
}

export function leaveAttribute(errno: u32): i32 {
  leaveFile(device(currentDevice()) + DEVICE_USERS_OFFSET, Lock.DeviceFiles, currentDevice());
  return leave(errno);
}

/** Gives both locks back and ends the write. */
export function leaveLocked(errno: u32): i32 {
  unlockRangesWrite(currentDevice());
  unlockRegionWrite(homeOf(currentDevice()));
  return leaveAttribute(errno);
}

/** Gives back the lock over the books, the only one held, and ends the write. */
function leaveBooks(errno: u32): i32 {
  unlockRegionWrite(homeOf(currentDevice()));
  return leaveAttribute(errno);
}

/**
 * Takes the lock over the books, and goes on to `next` when the region device has a driver; else
 * the answer is `unbound`, where 0 is the mapping file of v6.12, which writes no byte and reports
 * no error. A fatal signal ends the wait.
 */
export function lockBooks(next: Pc, unbound: u32): i32 {
  const home = homeOf(currentDevice());
  if (!tryRegionWrite(home)) {
    return isInterrupted() ? leaveAttribute(Errno.EINTR) : waitForRegion(home, true);
  }
  if (isRegionBound(home)) {
    goto(next);
    return MOVED;
  }
  unlockRegionWrite(home);
  if (unbound == 0) broken(Property.ReportTruth, currentDevice());
  return leaveAttribute(unbound);
}

/** Runs the step of a program point of size. */
export function resizeStep(pc: Pc): i32 {
  switch (pc) {
    case Pc.size_store__region:
      return sizeStoreRegion();
    case Pc.size_store__device:
      return sizeStoreDevice();
    case Pc.size_store__resized:
      return sizeStoreResized();
    case Pc.dev_dax_shrink__range:
      return devDaxShrinkRange();
    case Pc.dev_dax_shrink__trim:
      return devDaxShrinkTrim();
    case Pc.size_show__device:
      return sizeShowDevice();
    case Pc.size_show__unlock:
      return sizeShowUnlock();
    default: {
      fail(FAIL_PROGRAM_POINT);
      return BLOCKED;
    }
  }
}

// ---- size -----------------------------------------------------------------------------

/**
 * Shows a device's size.
 * Source: drivers/dax/bus.c size_show(), v5.10 (device_lock) and v6.12 (dax_dev_rwsem,
 * interruptible).
 */
export function sizeShow(index: u32): i32 {
  enterAttribute(index, 0);
  goto(Pc.size_show__device);
  sizeShowDevice();
  return MOVED;
}

function sizeShowDevice(): i32 {
  const index = currentDevice();
  if (!tryRangesRead(index)) {
    return isInterrupted() ? leaveAttribute(Errno.EINTR) : waitForRanges(index, true);
  }
  goto(Pc.size_show__unlock);
  return MOVED;
}

function sizeShowUnlock(): i32 {
  const index = currentDevice();
  const bytes = deviceSize(index);
  unlockRangesRead(index);
  leaveFile(device(index) + DEVICE_USERS_OFFSET, Lock.DeviceFiles, index);
  return leaveWithBytes(bytes);
}

/**
 * Writes a device's size; `code` is the place of the number of bytes. A misaligned one is refused
 * before any lock is taken.
 * Source: drivers/dax/bus.c size_store(), v5.10 and v6.12.
 */
export function sizeStore(index: u32, code: u32): i32 {
  if (code == CODE_INVALID) return leave(Errno.EINVAL);
  if (code == CODE_NO_SUCH) return leave(Errno.ERANGE);
  if (!isAllocAligned(index, point(code))) return leave(Errno.EINVAL);
  enterAttribute(index, code);
  goto(Pc.size_store__region);
  sizeStoreRegion();
  return MOVED;
}

function sizeStoreRegion(): i32 {
  return lockBooks(Pc.size_store__device, Errno.ENXIO);
}

/**
 * Takes the lock over the ranges and resizes. When a signal ends this wait, the way out gives back
 * dax_dev_rwsem, which the thread does not hold.
 * Source: drivers/dax/bus.c size_store(), dev_dax_resize(), v6.12; its way out as in "dax/bus.c:
 * Fix a locking bug" (posted 2026-02-23).
 */
function sizeStoreDevice(): i32 {
  const index = currentDevice();
  if (!tryRangesWrite(index)) {
    if (!isInterrupted()) return waitForRanges(index, true);
    return has(Feature.SizeStoreUnlocksHeld) ? leaveBooks(Errno.EINTR) : leaveLocked(Errno.EINTR);
  }
  if (driverOf(index) != Driver.None) return leaveLocked(Errno.EBUSY);
  const size = deviceSize(index);
  const wanted = valueWritten();
  if (wanted == size) return leaveLocked(0);
  if (wanted < size) {
    call(Pc.dev_dax_shrink__range, Pc.size_store__resized);
    return MOVED;
  }
  if (wanted - size > availableSize(homeOf(index))) return leaveLocked(Errno.ENOSPC);
  return leaveLocked(grow(index, wanted - size));
}

/**
 * Gives a device so many bytes more, from the first gaps of its region.
 * @returns 0 or an errno; ENXIO with a warning for bytes that do not fit its align.
 */
function grow(index: u32, bytes: u64): u32 {
  if (!isAllocAligned(index, bytes)) {
    broken(Property.NoCrash, index);
    return Errno.ENXIO;
  }
  let left = bytes;
  while (left > 0) {
    const taken = takeFirstGap(index, left);
    if (taken == 0) return Errno.ENOSPC;
    left -= taken;
  }
  return 0;
}

/**
 * Takes bytes away from the end of a device, one range a step. A range that goes as a whole takes
 * its mappingN with it, while both locks are held; when the region's driver is being unbound the
 * devm action is no longer found, and the kernel warns.
 * Source: drivers/dax/bus.c dev_dax_shrink(), v6.12.
 */
function devDaxShrinkRange(): i32 {
  const index = currentDevice();
  const excess = deviceSize(index) - valueWritten();
  if (excess == 0) {
    back();
    return MOVED;
  }
  const r = rangesOf(index) - 1;
  const last = lastOf(index, r);
  if (excess < last - firstOf(index, r) + 1) {
    adjustLastRange(index, last - excess);
    back();
    return MOVED;
  }
  if (regionIs(homeOf(index), REGION_LEAVING)) {
    broken(Property.NoCrash, index);
    trimDevDaxRange(index);
    return MOVED;
  }
  unregisterDaxMapping(index, r, Pc.dev_dax_shrink__trim);
  return MOVED;
}

function devDaxShrinkTrim(): i32 {
  trimDevDaxRange(currentDevice());
  goto(Pc.dev_dax_shrink__range);
  return devDaxShrinkRange();
}

function sizeStoreResized(): i32 {
  return leaveLocked(0);
}
