// drivers/base/core.c device_add(), drivers/base/dd.c device_attach(): a new device is made ready
// for a probe, and offered to every driver.
//
// The thread's DEVICE is the device at hand, DRIVER the driver that is tried.
import {
  DRIVER_BEHIND_DAX,
  DRIVER_BEHIND_KMEM,
  DRIVER_FIRST,
  DRIVER_FLAGS_OFFSET,
  DRIVER_REGISTERED,
  Driver,
  Feature,
  Lock,
  Pc,
  Property,
  THREAD_DEVICE_OFFSET,
  THREAD_DRIVER_OFFSET,
  THREAD_PC_OFFSET,
} from '../layout';
import { has } from '../scenario';
import {
  back,
  broken,
  driver,
  goto,
  MOVED,
  th,
  threadRecord,
  threads,
  tryMutex,
  unlockMutex,
  waitForMutex,
} from '../state';
import { matches, wouldMatch } from './daxBus';
import { homeOf } from './daxRange';
import { isStaticRegion } from './daxRegion';
import { driverOf, probe, takeAnswer } from './driverCore';
import { lockOfDevice } from './regionLock';

// ---- device_add -----------------------------------------------------------------------

/** Whether device_add() has announced a device and not yet made it ready for a probe. */
export function isBeingAdded(index: u32): bool {
  if (!has(Feature.ReadyToProbe)) return false;
  const count = threads();
  for (let other: u32 = 0; other < count; other++) {
    const at = threadRecord(other);
    if (<u32>load<u16>(at, THREAD_PC_OFFSET) != <u32>Pc.device_add__ready) continue;
    if (<u32>load<u8>(at, THREAD_DEVICE_OFFSET) == index) return true;
  }
  return false;
}

/**
 * Makes a new device ready for a probe; its own comes next, and finds out whether another was
 * faster. Source: drivers/base/core.c device_add(), v6.1.192 and v6.12.117.
 */
export function deviceAddReady(): i32 {
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  if (!tryMutex(lockOfDevice(index), Lock.DeviceLock, index)) {
    return waitForMutex(lockOfDevice(index), Lock.DeviceLock, index, false);
  }
  unlockMutex(lockOfDevice(index), Lock.DeviceLock, index);
  const fixed = isStaticRegion(homeOf(index));
  goto(fixed ? Pc.device_add__attach : Pc.devm_create_dev_dax__attach);
  return MOVED;
}

// ---- device_attach: every driver for one device ---------------------------------------

/** The one of device_dax and kmem that registered first, or second. */
function firstOfTwo(second: bool): Driver {
  const daxFirst = (load<u8>(driver(Driver.DeviceDax), DRIVER_FLAGS_OFFSET) & DRIVER_FIRST) != 0;
  return daxFirst != second ? Driver.DeviceDax : Driver.Kmem;
}

/** How many of the other two drivers registered before fsdev_dax. */
function placeOfFsdev(): u32 {
  const flags = load<u8>(driver(Driver.Fsdev), DRIVER_FLAGS_OFFSET);
  return ((flags & DRIVER_BEHIND_DAX) != 0 ? 1 : 0) + ((flags & DRIVER_BEHIND_KMEM) != 0 ? 1 : 0);
}

/** The driver at a place of the order of registration; None behind the last one. */
function driverAt(place: u32): Driver {
  if (!has(Feature.FsdevDax)) return place < 2 ? firstOfTwo(place == 1) : Driver.None;
  const own = placeOfFsdev();
  if (place == own) return Driver.Fsdev;
  const among = place < own ? place : place - 1;
  return among < 2 ? firstOfTwo(among == 1) : Driver.None;
}

/** The driver tried after `previous`, in the order of registration; None at the end. */
function nextDriver(previous: Driver): Driver {
  if (previous == Driver.None) return driverAt(0);
  for (let place: u32 = 0; place < 2; place++) {
    if (driverAt(place) == previous) return driverAt(place + 1);
  }
  return Driver.None;
}

/** Whether a driver is on the bus and takes a device. */
function isOffered(which: Driver, index: u32): bool {
  return isListed(which) && matches(which, index);
}

/** Whether some driver on the bus takes a device. */
export function isTaken(index: u32): bool {
  if (has(Feature.FsdevDax) && isOffered(Driver.Fsdev, index)) return true;
  return isOffered(Driver.DeviceDax, index) || isOffered(Driver.Kmem, index);
}

/** Whether a driver is on the bus's list. */
function isListed(which: Driver): bool {
  return (load<u8>(driver(which), DRIVER_FLAGS_OFFSET) & DRIVER_REGISTERED) != 0;
}

/** Whether a driver would take a device, as far as ids and types say. */
function wouldTake(which: Driver, index: u32): u32 {
  return isListed(which) && wouldMatch(which, index) ? 1 : 0;
}

/** Whether two drivers would take a device: then the order of registration decides. */
function isContested(index: u32): bool {
  const third = has(Feature.FsdevDax) ? wouldTake(Driver.Fsdev, index) : 0;
  return wouldTake(Driver.DeviceDax, index) + wouldTake(Driver.Kmem, index) + third > 1;
}

/**
 * Tries the next driver for the thread's device, whose lock is held, or returns.
 * Source: drivers/base/dd.c __device_attach(), bus_probe_device(), v5.1.
 */
export function deviceAttachNext(): i32 {
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  let which: Driver = load<u8>(th, THREAD_DRIVER_OFFSET);
  if (which == Driver.None && isContested(index)) broken(Property.Matching, index);
  while (driverOf(index) == Driver.None) {
    which = nextDriver(which);
    if (which == Driver.None) break;
    if (!isOffered(which, index)) continue;
    store<u8>(th, which, THREAD_DRIVER_OFFSET);
    probe(index, Pc.device_add__probed);
    return MOVED;
  }
  store<u8>(th, 0, THREAD_DRIVER_OFFSET);
  back();
  return MOVED;
}

export function deviceAttachProbed(): i32 {
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  takeAnswer(index);
  goto(Pc.device_add__next);
  return MOVED;
}
