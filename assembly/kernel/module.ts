// Loading and unloading device_dax and kmem: drivers/base/driver.c, drivers/base/bus.c,
// drivers/dax/bus.c. The thread's DRIVER is the driver at hand, DEVICE the device being detached.
import {
  DEVICE_LOCK_OFFSET,
  DEVICE_OPENS_OFFSET,
  DRIVER_BEHIND_DAX,
  DRIVER_BEHIND_KMEM,
  DRIVER_FIRST,
  DRIVER_FLAGS_OFFSET,
  DRIVER_IDS_OFFSET,
  DRIVER_LEAVING,
  DRIVER_REGISTERED,
  DRIVER_USERS_OFFSET,
  Driver,
  Errno,
  Feature,
  GLOBAL_FLAGS_OFFSET,
  GLOBAL_HOTREMOVE_FAILED,
  Header,
  Lock,
  LockMode,
  NAME_SYSTEM_RAM_KMEM,
  Pc,
  SLOT_NAME_OFFSET,
  THREAD_DEVICE_OFFSET,
  THREAD_DRIVER_OFFSET,
} from '../layout';
import { filesDrained } from '../lockOrder';
import { observePair } from '../observe';
import { has, header } from '../scenario';
import {
  call,
  device,
  devices,
  driver,
  goto,
  leave,
  MOVED,
  othersInside,
  slot,
  st,
  th,
  tryMutex,
  unlockMutex,
  wait,
  waitForMutex,
} from '../state';
import { driverOf, endRelease, release } from './driverCore';
import { leaveNameDangling } from './resource';

/**
 * Loads a module: its driver registers and is offered every device.
 * Source: drivers/base/driver.c driver_register(), drivers/base/bus.c bus_add_driver(), v5.1.
 */
export function loadModule(which: Driver): i32 {
  const record = driver(which);
  const flags = load<u8>(record, DRIVER_FLAGS_OFFSET);
  if ((flags & DRIVER_REGISTERED) != 0)
    return leave((flags & DRIVER_LEAVING) != 0 ? Errno.EBUSY : 0);
  noteRegistered(which);
  store<u8>(th, which, THREAD_DRIVER_OFFSET);
  call(Pc.driver_attach__next, Pc.init_module__attached);
  return MOVED;
}

export function initModuleAttached(): i32 {
  return leave(0);
}

/** Notes a driver's place in the order of registration: behind those that are on the bus. */
function noteRegistered(which: Driver): void {
  if (which == Driver.Fsdev) {
    const behind =
      (isOnList(Driver.DeviceDax) ? DRIVER_BEHIND_DAX : 0) |
      (isOnList(Driver.Kmem) ? DRIVER_BEHIND_KMEM : 0);
    store<u8>(driver(which), DRIVER_REGISTERED | behind, DRIVER_FLAGS_OFFSET);
    return;
  }
  const other = which == Driver.Kmem ? Driver.DeviceDax : Driver.Kmem;
  const second = isOnList(other);
  store<u8>(driver(which), DRIVER_REGISTERED | (second ? 0 : DRIVER_FIRST), DRIVER_FLAGS_OFFSET);
  if (second) {
    const kept = load<u8>(driver(other), DRIVER_FLAGS_OFFSET);
    store<u8>(driver(other), kept | DRIVER_FIRST, DRIVER_FLAGS_OFFSET);
  }
}

function isOnList(which: Driver): bool {
  return (load<u8>(driver(which), DRIVER_FLAGS_OFFSET) & DRIVER_REGISTERED) != 0;
}

/** Takes a driver out of the order of registration. */
function noteUnregistered(which: Driver): void {
  if (which == Driver.Fsdev) return;
  const other = which == Driver.Kmem ? Driver.DeviceDax : Driver.Kmem;
  const flags = load<u8>(driver(other), DRIVER_FLAGS_OFFSET);
  if ((flags & DRIVER_REGISTERED) != 0)
    store<u8>(driver(other), flags | DRIVER_FIRST, DRIVER_FLAGS_OFFSET);
  if (!has(Feature.FsdevDax)) return;
  const mark: u8 = which == Driver.Kmem ? <u8>DRIVER_BEHIND_KMEM : <u8>DRIVER_BEHIND_DAX;
  const kept = load<u8>(driver(Driver.Fsdev), DRIVER_FLAGS_OFFSET) & ~mark;
  store<u8>(driver(Driver.Fsdev), kept, DRIVER_FLAGS_OFFSET);
}

/**
 * Unloads a module: its ids go, then its files (waiting for writers inside), then every device it
 * has. A device of device_dax that a process holds open keeps the module. Source: drivers/dax/bus.c
 * dax_driver_unregister(); drivers/base/bus.c bus_remove_driver(), v5.1.
 */
export function unloadModule(which: Driver): i32 {
  const record = driver(which);
  const flags = load<u8>(record, DRIVER_FLAGS_OFFSET);
  if ((flags & DRIVER_REGISTERED) == 0 || (flags & DRIVER_LEAVING) != 0) return leave(Errno.ENOENT);
  const count = devices();
  for (let index: u32 = 0; which != Driver.Kmem && index < count; index++) {
    // A device that is on fsdev_dax was opened by its operations, any other by device_dax's.
    if ((driverOf(index) == Driver.Fsdev) != (which == Driver.Fsdev)) continue;
    if (load<u8>(device(index), DEVICE_OPENS_OFFSET) != 0) return leave(Errno.EAGAIN);
  }
  observePair(Lock.DaxBus, 0, LockMode.Write);
  store<u16>(record, 0, DRIVER_IDS_OFFSET);
  store<u8>(record, flags | DRIVER_LEAVING, DRIVER_FLAGS_OFFSET);
  store<u8>(th, which, THREAD_DRIVER_OFFSET);
  goto(Pc.delete_module__drain);
  return MOVED;
}

export function deleteModuleDrain(): i32 {
  const which: Driver = load<u8>(th, THREAD_DRIVER_OFFSET);
  const inside = othersInside(driver(which) + DRIVER_USERS_OFFSET);
  if (inside != 0) return wait(Lock.DriverFiles, which, inside, false);
  filesDrained(Lock.DriverFiles);
  // Off the bus's list: from here on it is offered no device.
  store<u8>(driver(which), DRIVER_LEAVING, DRIVER_FLAGS_OFFSET);
  return detachNext(which);
}

/**
 * Goes on to the last device that the driver has. Source: drivers/base/dd.c driver_detach(), v5.1.
 */
function detachNext(which: Driver): i32 {
  for (let index: i32 = devices() - 1; index >= 0; index--) {
    if (driverOf(index) != which) continue;
    store<u8>(th, index, THREAD_DEVICE_OFFSET);
    goto(Pc.driver_detach__lock);
    return MOVED;
  }
  store<u8>(driver(which), 0, DRIVER_FLAGS_OFFSET);
  store<u16>(driver(which), 0, DRIVER_IDS_OFFSET);
  if (which == Driver.Kmem && has(Feature.DriverManaged)) freeKmemName();
  noteUnregistered(which);
  return leave(0);
}

/**
 * Frees the name of the System RAM that kmem has added, unless a removal has failed.
 * Source: drivers/dax/kmem.c dax_kmem_exit(), v5.8 and v6.12.
 */
function freeKmemName(): void {
  if ((load<u8>(st, GLOBAL_FLAGS_OFFSET) & GLOBAL_HOTREMOVE_FAILED) != 0) return;
  const count = header(Header.SlotCount);
  for (let index: u32 = 0; index < count; index++) {
    const named = <u32>load<u8>(slot(index), SLOT_NAME_OFFSET) == <u32>NAME_SYSTEM_RAM_KMEM;
    if (named) leaveNameDangling(index);
  }
}

export function driverDetachLock(): i32 {
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  const which: Driver = load<u8>(th, THREAD_DRIVER_OFFSET);
  if (!tryMutex(device(index) + DEVICE_LOCK_OFFSET, Lock.DeviceLock, index)) {
    return waitForMutex(device(index) + DEVICE_LOCK_OFFSET, Lock.DeviceLock, index, false);
  }
  if (driverOf(index) == which && release(index, Pc.driver_detach__removed)) return MOVED;
  unlockMutex(device(index) + DEVICE_LOCK_OFFSET, Lock.DeviceLock, index);
  return detachNext(which);
}

export function driverDetachRemoved(): i32 {
  endRelease(load<u8>(th, THREAD_DEVICE_OFFSET));
  return detachNext(load<u8>(th, THREAD_DRIVER_OFFSET));
}
