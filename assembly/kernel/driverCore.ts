// drivers/base/{bus,dd}.c: bind, unbind, attach, probe and release of dax devices, with
// device_lock(dev).
//
// The thread's DRIVER is the driver at work, DEVICE the device at hand. ERROR carries a probe's
// errno.
import { ueventOfDriver } from '../actor/event';
import {
  CODE_NO_SUCH,
  DEVICE_ALIVE,
  DEVICE_DATA,
  DEVICE_DEAD,
  DEVICE_DRIVER_OFFSET,
  DEVICE_FLAGS_OFFSET,
  DEVICE_PRESENT,
  DEVICE_ROW_NAME_OFFSET,
  DRIVER_USERS_OFFSET,
  Driver,
  Errno,
  EVENT_BIND,
  EVENT_UNBIND,
  Feature,
  HEAP_NAME,
  Lock,
  Message,
  Pc,
  Property,
  THREAD_DEVICE_OFFSET,
  THREAD_DRIVER_OFFSET,
  THREAD_ERROR_OFFSET,
} from '../layout';
import { observeMessage } from '../observe';
import { has } from '../scenario';
import {
  back,
  broken,
  call,
  device,
  deviceRow,
  devices,
  driver,
  enterFile,
  freed,
  goto,
  leave,
  leaveFile,
  MOVED,
  th,
  tryMutex,
  unlockMutex,
  waitForMutex,
} from '../state';
import { daxBusProbe, isOnBus, matches, nameToKmem } from './daxBus';
import { seedIsBound } from './daxRegion';
import { deviceAttachNext, isBeingAdded, isTaken } from './deviceAdd';
import { killDevDax, releaseClaims } from './deviceDax';
import { fsdevForgets } from './fsdev';
import { removeStateFile } from './kmemState';
import { lockOfDevice } from './regionLock';

export function driverOf(index: u32): Driver {
  return load<u8>(device(index), DEVICE_DRIVER_OFFSET);
}

function setDriver(index: u32, which: Driver): void {
  store<u8>(device(index), which, DEVICE_DRIVER_OFFSET);
}

/** Whether device_del() has begun, or ended: a thread may still hold a reference. */
function isDead(index: u32): bool {
  const flags = load<u8>(device(index), DEVICE_FLAGS_OFFSET);
  return (flags & (DEVICE_DEAD | DEVICE_PRESENT)) != DEVICE_PRESENT;
}

function atDevice(index: u32): void {
  store<u8>(th, index, THREAD_DEVICE_OFFSET);
}

/**
 * Calls the probe of the thread's driver: dev->driver is set before it and cleared when it fails.
 */
export function probe(index: u32, after: Pc): void {
  setDriver(index, load<u8>(th, THREAD_DRIVER_OFFSET));
  call(Pc.dax_bus_probe__size, after);
  daxBusProbe();
}

/**
 * Takes the errno of a probe: a failed one leaves no driver, and a message unless the device is
 * only said to be absent. Source: drivers/base/dd.c really_probe(), v5.1 and v6.12.
 */
export function takeAnswer(index: u32): u32 {
  const errno = <u32>load<u8>(th, THREAD_ERROR_OFFSET);
  store<u8>(th, 0, THREAD_ERROR_OFFSET);
  if (errno == 0) {
    seedIsBound(index);
    ueventOfDriver(index, EVENT_BIND);
    return 0;
  }
  if (errno != Errno.ENODEV && errno != Errno.ENXIO) {
    observeMessage(Message.ProbeFailed, index, errno | (driverOf(index) << 8));
  }
  setDriver(index, Driver.None);
  return errno;
}

/** Ends a probe under device_lock: its errno, the lock given back. */
function endProbe(index: u32): u32 {
  const errno = takeAnswer(index);
  unlockMutex(lockOfDevice(index), Lock.DeviceLock, index);
  return errno;
}

// ---- bind -----------------------------------------------------------------------------

/**
 * Looks for the device, without its lock. Source: drivers/base/bus.c bind_store(), v5.0 to v5.13
 * (ENODEV when it has a driver) and v5.14 and later.
 */
export function bindStore(which: Driver, code: u32): i32 {
  enterFile(driver(which) + DRIVER_USERS_OFFSET, Lock.DriverFiles, which);
  store<u8>(th, which, THREAD_DRIVER_OFFSET);
  if (code >= <u32>CODE_NO_SUCH || !isOnBus(code)) return leaveBind(Errno.ENODEV);
  if (!has(Feature.BindErrno) && driverOf(code) != Driver.None) return leaveBind(Errno.ENODEV);
  if (!matches(which, code)) return leaveBind(Errno.ENODEV);
  if (which == Driver.Kmem) nameToKmem(load<u8>(deviceRow(code), DEVICE_ROW_NAME_OFFSET));
  atDevice(code);
  goto(Pc.bind_store__lock);
  return MOVED;
}

function leaveBind(errno: u32): i32 {
  const which: Driver = load<u8>(th, THREAD_DRIVER_OFFSET);
  leaveFile(driver(which) + DRIVER_USERS_OFFSET, Lock.DriverFiles, which);
  return leave(errno);
}

/**
 * Takes the device's lock and probes. Source: drivers/base/dd.c device_driver_attach(), v5.1 and
 * v5.14; driver_probe_device() without the second look, v5.0.
 */
export function bindStoreLock(): i32 {
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  if (!tryMutex(lockOfDevice(index), Lock.DeviceLock, index)) {
    return waitForMutex(lockOfDevice(index), Lock.DeviceLock, index, false);
  }
  const taken = driverOf(index) != Driver.None;
  const gone = isDead(index) || !isOnBus(index);
  if (gone || (taken && has(Feature.BindRecheck))) {
    unlockMutex(lockOfDevice(index), Lock.DeviceLock, index);
    return leaveBind(!gone && has(Feature.BindErrno) ? Errno.EBUSY : Errno.ENODEV);
  }
  if (taken) return undoTheWinner(index);
  if (isBeingAdded(index)) {
    unlockMutex(lockOfDevice(index), Lock.DeviceLock, index);
    return leaveBind(Errno.EAGAIN);
  }
  probe(index, Pc.bind_store__probed);
  return MOVED;
}

/**
 * A second bind that finds the device bound under its lock: the link of the driver exists already,
 * and the failure path undoes what the first bind did. Source: drivers/base/dd.c really_probe(),
 * driver_sysfs_add() failing, v5.0.
 */
function undoTheWinner(index: u32): i32 {
  const at = device(index);
  if (driverOf(index) == Driver.DeviceDax) {
    killDevDax(index);
    releaseClaims(index);
  }
  store<u8>(at, load<u8>(at, DEVICE_FLAGS_OFFSET) & ~DEVICE_DATA, DEVICE_FLAGS_OFFSET);
  setDriver(index, Driver.None);
  broken(Property.Rollback, index);
  unlockMutex(lockOfDevice(index), Lock.DeviceLock, index);
  return leaveBind(Errno.ENODEV);
}

/**
 * Source: drivers/base/bus.c bind_store(), v5.1: any failed probe is ENODEV; v5.14: its own errno.
 */
export function bindStoreProbed(): i32 {
  const errno = endProbe(load<u8>(th, THREAD_DEVICE_OFFSET));
  if (errno == 0) return leaveBind(0);
  if (!has(Feature.BindErrno)) return leaveBind(Errno.ENODEV);
  return leaveBind(errno == Errno.EPROBE_DEFER ? Errno.EAGAIN : errno);
}

/**
 * Writes drivers_probe: every driver that matches, in the order of registration, until one takes
 * it. Source: drivers/base/bus.c drivers_probe_store(), bus_rescan_devices_helper(), v5.1;
 * drivers/base/dd.c __device_attach(), v5.8 and v5.10.
 */
export function driversProbeStore(code: u32): i32 {
  if (code >= <u32>CODE_NO_SUCH || !isOnBus(code)) return leave(Errno.ENODEV);
  if (driverOf(code) != Driver.None) return leave(0);
  atDevice(code);
  goto(Pc.drivers_probe_store__lock);
  return MOVED;
}

export function driversProbeLock(): i32 {
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  if (!tryMutex(lockOfDevice(index), Lock.DeviceLock, index)) {
    return waitForMutex(lockOfDevice(index), Lock.DeviceLock, index, false);
  }
  // Up to v5.8 a driver that matches asks whether the device is registered, and nobody whether it
  // is dead; from v5.9 a dead one is left alone, which is no error.
  const left = has(Feature.AttachSkipsDead) && isDead(index);
  const refused = !left && (!isOnBus(index) || isBeingAdded(index)) && isTaken(index);
  if (left || refused) {
    unlockMutex(lockOfDevice(index), Lock.DeviceLock, index);
    return leave(refused ? Errno.EINVAL : 0);
  }
  store<u8>(th, 0, THREAD_DRIVER_OFFSET);
  call(Pc.device_add__next, Pc.drivers_probe_store__probed);
  deviceAttachNext();
  return MOVED;
}

export function driversProbeProbed(): i32 {
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  unlockMutex(lockOfDevice(index), Lock.DeviceLock, index);
  return leave(0);
}

// ---- unbind ---------------------------------------------------------------------------

/**
 * Writes unbind: the driver is compared without the lock, and whatever is bound later is released.
 * Source: drivers/base/bus.c unbind_store(), v5.1 and v6.12.
 */
export function unbindStore(which: Driver, code: u32): i32 {
  enterFile(driver(which) + DRIVER_USERS_OFFSET, Lock.DriverFiles, which);
  store<u8>(th, which, THREAD_DRIVER_OFFSET);
  const mine = code < <u32>CODE_NO_SUCH && isOnBus(code) && driverOf(code) == which;
  if (!mine) return leaveBind(Errno.ENODEV);
  atDevice(code);
  goto(Pc.unbind_store__lock);
  return MOVED;
}

/**
 * Calls the remove of whatever driver has the device; its lock is held. False when there is none.
 */
export function release(index: u32, after: Pc): bool {
  const which = driverOf(index);
  if (which == Driver.None) return false;
  if (which == Driver.Kmem && has(Feature.KmemState)) {
    removeStateFile(index);
    call(Pc.device_remove_groups__drain, after);
  } else
    call(which == Driver.Kmem ? Pc.dev_dax_kmem_remove__range : Pc.dev_dax_remove__kill, after);
  return true;
}

export function unbindStoreLock(): i32 {
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  if (!tryMutex(lockOfDevice(index), Lock.DeviceLock, index)) {
    return waitForMutex(lockOfDevice(index), Lock.DeviceLock, index, false);
  }
  if (release(index, Pc.unbind_store__removed)) return MOVED;
  return unbindStoreRemoved();
}

/** Source: drivers/base/dd.c __device_release_driver(), v5.1: what remove() says is not heard. */
export function endRelease(index: u32): void {
  const at = device(index);
  setDriver(index, Driver.None);
  store<u8>(
    at,
    load<u8>(at, DEVICE_FLAGS_OFFSET) & ~(DEVICE_DATA | DEVICE_ALIVE),
    DEVICE_FLAGS_OFFSET,
  );
  ueventOfDriver(index, EVENT_UNBIND);
  unlockMutex(lockOfDevice(index), Lock.DeviceLock, index);
}

export function unbindStoreRemoved(): i32 {
  endRelease(load<u8>(th, THREAD_DEVICE_OFFSET));
  return leaveBind(0);
}

// ---- driver_attach: every device for one driver ---------------------------------------

/**
 * Goes on to the next device that the thread's driver matches, or returns. The lock is taken for
 * every match, bound or not. Source: drivers/base/dd.c driver_attach(), __driver_attach(), v5.1.
 */
function driverAttachFrom(first: u32): i32 {
  const which: Driver = load<u8>(th, THREAD_DRIVER_OFFSET);
  const count = devices();
  for (let index = first; index < count; index++) {
    if (!isOnBus(index) || !matches(which, index)) continue;
    atDevice(index);
    goto(Pc.driver_attach__lock);
    return MOVED;
  }
  atDevice(0);
  back();
  return MOVED;
}

export function driverAttachLock(): i32 {
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  if (!tryMutex(lockOfDevice(index), Lock.DeviceLock, index)) {
    return waitForMutex(lockOfDevice(index), Lock.DeviceLock, index, false);
  }
  const probes = driverOf(index) == Driver.None && !isDead(index) && isOnBus(index);
  if (probes && !isBeingAdded(index)) {
    probe(index, Pc.driver_attach__probed);
    return MOVED;
  }
  unlockMutex(lockOfDevice(index), Lock.DeviceLock, index);
  return driverAttachAfter(index);
}

export function driverAttachProbed(): i32 {
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  endProbe(index);
  return driverAttachAfter(index);
}

/** Ends with the last device; else the next match is a step: ids may change before it. */
function driverAttachAfter(index: u32): i32 {
  if (index + 1 >= devices()) {
    atDevice(0);
    back();
    return MOVED;
  }
  atDevice(index + 1);
  goto(Pc.driver_attach__next);
  return MOVED;
}

/** Where driver_attach is called, and where it goes on to another device. */
export function driverAttachNext(): i32 {
  return driverAttachFrom(load<u8>(th, THREAD_DEVICE_OFFSET));
}

/** A device that is gone has no flags left but its lock. */
export function forget(index: u32): void {
  fsdevForgets(index);
  freed(index, HEAP_NAME);
  const at = device(index);
  const flags = load<u8>(at, DEVICE_FLAGS_OFFSET);
  store<u8>(
    at,
    flags & ~(DEVICE_PRESENT | DEVICE_ALIVE | DEVICE_DATA | DEVICE_DEAD),
    DEVICE_FLAGS_OFFSET,
  );
}
