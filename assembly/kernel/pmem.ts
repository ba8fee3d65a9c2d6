// drivers/dax/pmem*.c beneath a static region: the namespace's driver makes the dax device and
// takes it away.
//
// The thread's REGION is the region, DEVICE its one dax device.
import { ueventOfDevice } from '../actor/event';
import {
  DEVICE_DEAD,
  DEVICE_FLAGS_OFFSET,
  DEVICE_ID,
  DEVICE_LOCK_OFFSET,
  DEVICE_PRESENT,
  DEVICE_RANGES_OFFSET,
  DEVICE_ROW_COMPAT_OFFSET,
  DEVICE_ROW_REGION_OFFSET,
  Errno,
  EVENT_ADD,
  EVENT_REMOVE,
  Feature,
  HEAP_RANGES,
  Lock,
  NAME_NAMESPACE,
  Pc,
  Provider,
  REGION_BOUND,
  REGION_FLAGS_OFFSET,
  REGION_HAS_NAMESPACE,
  REGION_ROW_END_OFFSET,
  REGION_ROW_FLAGS_OFFSET,
  REGION_ROW_METADATA_OFFSET,
  REGION_ROW_NAMESPACE_SLOT_OFFSET,
  REGION_ROW_START_OFFSET,
  THREAD_DEVICE_OFFSET,
  THREAD_DRIVER_OFFSET,
  THREAD_REGION_OFFSET,
} from '../layout';
import { has } from '../scenario';
import {
  allocated,
  call,
  daxSlot,
  device,
  deviceRow,
  devices,
  freed,
  goto,
  kmemSlot,
  leave,
  MOVED,
  region,
  regionRow,
  spareCount,
  spareSlot,
  th,
  tryMutex,
  unlockMutex,
  waitForMutex,
} from '../state';
import { failsToBeMade } from './daxCreate';
import { deviceAttachNext } from './deviceAdd';
import { killDevDax } from './deviceDax';
import { endRelease, forget, release } from './driverCore';
import { hasNvdimm, noteProbing } from './nvdimm';
import { canProbeClaim, goesOnInNvdimm } from './nvdimmDevices';
import { lockOfRegion } from './regionLock';
import { freeSlot, leaveNameDangling, requestRegion } from './resource';

/** Returns the dax device of a static region. */
export function deviceOf(index: u32): u32 {
  const count = devices();
  for (let d: u32 = 0; d < count; d++) {
    if (load<u8>(deviceRow(d), DEVICE_ROW_REGION_OFFSET) == index) return d;
  }
  return 0;
}

function isBound(index: u32): bool {
  return (load<u8>(region(index), REGION_FLAGS_OFFSET) & REGION_BOUND) != 0;
}

function setBound(index: u32, bound: bool): void {
  const at = region(index);
  const flags = load<u8>(at, REGION_FLAGS_OFFSET) & ~REGION_BOUND;
  store<u8>(at, bound ? flags | REGION_BOUND : flags, REGION_FLAGS_OFFSET);
}

/** Ends the bind or unbind: of a system call, or of a device of nvdimm that comes or goes. */
function endOfPath(index: u32, errno: u32): i32 {
  return goesOnInNvdimm(index) ? MOVED : leave(errno);
}

/** Names that kmem's nodes borrowed from the device are freed with it. */
function freeDeviceName(index: u32): void {
  if (has(Feature.KmemPrivateName)) return;
  leaveNameDangling(kmemSlot(index, 0));
  for (let number: u32 = 0; number < spareCount(index); number++) {
    leaveNameDangling(spareSlot(index, number));
  }
}

/**
 * Writes bind or unbind of the driver of nvdimm's dax devices, or of its compat twin; `index` is
 * the region of the device named.
 * Source: drivers/dax/pmem/pmem.c, compat.c, v5.1; drivers/dax/pmem.c dax_pmem_driver, v6.12.
 */
export function daxPmemStore(isBind: bool, driver: Provider, index: u32): i32 {
  const row = deviceRow(deviceOf(index));
  const isCompat = load<u8>(row, DEVICE_ROW_COMPAT_OFFSET) != 0;
  if (driver != (isCompat ? Provider.PmemCompat : Provider.Pmem)) return leave(Errno.ENODEV);
  return isBind ? namespaceEnable(index) : namespaceDisable(index);
}

// ---- Disable --------------------------------------------------------------------------

/** Unbinds the namespace's driver. Source: drivers/base/bus.c unbind_store(), v5.1. */
export function namespaceDisable(index: u32): i32 {
  if (!isBound(index)) return leave(Errno.ENODEV);
  store<u8>(th, index, THREAD_REGION_OFFSET);
  store<u8>(th, deviceOf(index), THREAD_DEVICE_OFFSET);
  goto(Pc.dax_pmem_remove__lock);
  return MOVED;
}

/**
 * Kills the device. From v5.10 to v6.2 its range goes from its list here, so that kmem finds none
 * to remove; the namespace's next driver makes it again.
 * Source: drivers/dax/bus.c unregister_dev_dax(), v5.1, v5.10 and v6.3.
 */
export function daxPmemRemoveLock(): i32 {
  const index = <u32>load<u8>(th, THREAD_REGION_OFFSET);
  if (!tryMutex(lockOfRegion(index), Lock.RegionLock, index)) {
    return waitForMutex(lockOfRegion(index), Lock.RegionLock, index, false);
  }
  if (!isBound(index)) {
    unlockMutex(lockOfRegion(index), Lock.RegionLock, index);
    return endOfPath(index, 0);
  }
  const d = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  killDevDax(d);
  if (has(Feature.MultiRange)) {
    if (has(Feature.RangeArrayFreed)) freed(d, HEAP_RANGES);
    if (!has(Feature.RemoveResource)) store<u8>(device(d), 0, DEVICE_RANGES_OFFSET);
  }
  goto(Pc.unregister_dev_dax__lock);
  return MOVED;
}

/**
 * Marks the device dead, so that no bind begins; its attributes take no lock and are gone at once.
 * Source: drivers/base/core.c device_del(), v5.1.
 */
export function unregisterDevDaxLock(): i32 {
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  const at = device(index);
  const lock = at + DEVICE_LOCK_OFFSET;
  if (!tryMutex(lock, Lock.DeviceLock, index))
    return waitForMutex(lock, Lock.DeviceLock, index, false);
  store<u8>(at, load<u8>(at, DEVICE_FLAGS_OFFSET) | DEVICE_DEAD, DEVICE_FLAGS_OFFSET);
  unlockMutex(lock, Lock.DeviceLock, index);
  goto(Pc.unregister_dev_dax__drop);
  return MOVED;
}

/** Source: drivers/base/bus.c bus_remove_device(); drivers/base/dd.c, v5.1. */
export function unregisterDevDaxDrop(): i32 {
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  const lock = device(index) + DEVICE_LOCK_OFFSET;
  if (!tryMutex(lock, Lock.DeviceLock, index))
    return waitForMutex(lock, Lock.DeviceLock, index, false);
  if (release(index, Pc.unregister_dev_dax__removed)) return MOVED;
  return unregisterDevDaxRemoved();
}

export function unregisterDevDaxRemoved(): i32 {
  endRelease(load<u8>(th, THREAD_DEVICE_OFFSET));
  goto(Pc.unregister_dev_dax__forget);
  return MOVED;
}

/**
 * Takes the device off sysfs, after its lock was given back: a drivers_probe of v5.1, which asks
 * only whether the device is registered, may have bound it in between.
 * Source: drivers/base/core.c device_del(), kobject_del(), v5.1; drivers/dax/pmem/core.c, v5.1.
 */
export function unregisterDevDaxForget(): i32 {
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  const which = <u32>load<u8>(th, THREAD_REGION_OFFSET);
  forget(index);
  ueventOfDevice(index, EVENT_REMOVE);
  freeDeviceName(index);
  // Before common-pinning the namespace's driver holds the device's range itself.
  if (!has(Feature.CommonPinning)) freeSlot(daxSlot(index, 0));
  const row = regionRow(which);
  if ((load<u8>(row, REGION_ROW_FLAGS_OFFSET) & REGION_HAS_NAMESPACE) != 0) {
    freeSlot(load<u16>(row, REGION_ROW_NAMESPACE_SLOT_OFFSET));
  }
  setBound(which, false);
  unlockMutex(lockOfRegion(which), Lock.RegionLock, which);
  return endOfPath(which, 0);
}

// ---- Enable ---------------------------------------------------------------------------

/**
 * Binds the namespace's driver. Source: drivers/base/bus.c bind_store(), v5.1 and v5.14: the later
 * one asks under the lock whether there is a driver.
 */
export function namespaceEnable(index: u32): i32 {
  if (!has(Feature.BindErrno) && isBound(index)) return endOfPath(index, Errno.ENODEV);
  store<u8>(th, index, THREAD_REGION_OFFSET);
  store<u8>(th, deviceOf(index), THREAD_DEVICE_OFFSET);
  goto(Pc.dax_pmem_probe__lock);
  return MOVED;
}

/**
 * Claims the whole namespace for a moment (from v5.5 on its first 8K, which are metadata) and then
 * its metadata, and registers the dax device. Memory that an earlier kmem left behind lies in the
 * namespace, so that a claim of all of it fails; later kernels register a device that no driver can
 * have.
 * Source: drivers/dax/pmem/core.c __dax_pmem_probe(), drivers/nvdimm/claim.c devm_nsio_enable(),
 * v5.1 and v5.5.
 */
export function daxPmemProbeLock(): i32 {
  const index = <u32>load<u8>(th, THREAD_REGION_OFFSET);
  const lock = lockOfRegion(index);
  if (!tryMutex(lock, Lock.RegionLock, index))
    return waitForMutex(lock, Lock.RegionLock, index, false);
  if (isBound(index)) {
    unlockMutex(lock, Lock.RegionLock, index);
    const isBusy = has(Feature.BindErrno) && canProbeClaim(index);
    return endOfPath(index, isBusy ? Errno.EBUSY : Errno.ENODEV);
  }
  if (hasNvdimm()) {
    noteProbing(index, true);
    goto(Pc.nvdimm_namespace_common_probe__flush);
    return MOVED;
  }
  return claimAndAdd(index);
}

/**
 * Source: drivers/dax/pmem/core.c __dax_pmem_probe(), v5.1; dax_pmem_probe(), v5.18.
 */
export function claimAndAdd(index: u32): i32 {
  const lock = lockOfRegion(index);
  if (!canProbeClaim(index)) {
    unlockProbed(lock, index);
    return endOfPath(index, Errno.ENODEV);
  }
  if (!claimNamespace(index)) {
    unlockProbed(lock, index);
    return endOfPath(index, has(Feature.BindErrno) ? Errno.EBUSY : Errno.ENODEV);
  }
  const d = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  const errno = has(Feature.RegionSubdivision) ? failsToBeMade(d) : 0;
  if (errno != 0) {
    const row = regionRow(index);
    freeSlot(load<u16>(row, REGION_ROW_NAMESPACE_SLOT_OFFSET));
    unlockProbed(lock, index);
    return endOfPath(index, has(Feature.BindErrno) ? errno : Errno.ENODEV);
  }
  const at = device(d);
  store<u8>(at, DEVICE_PRESENT | DEVICE_ID, DEVICE_FLAGS_OFFSET);
  store<u8>(at, 1, DEVICE_RANGES_OFFSET);
  allocated(d, HEAP_RANGES);
  setBound(index, true);
  ueventOfDevice(d, EVENT_ADD);
  goto(has(Feature.ReadyToProbe) ? Pc.device_add__ready : Pc.device_add__attach);
  return MOVED;
}

/** Ends the probe of a namespace's device. */
function unlockProbed(lock: usize, index: u32): void {
  if (hasNvdimm()) noteProbing(index, false);
  unlockMutex(lock, Lock.RegionLock, index);
}

function claimNamespace(index: u32): bool {
  const row = regionRow(index);
  if ((load<u8>(row, REGION_ROW_FLAGS_OFFSET) & REGION_HAS_NAMESPACE) == 0) return true;
  const at = <u32>load<u16>(row, REGION_ROW_NAMESPACE_SLOT_OFFSET);
  const start = load<u64>(row, REGION_ROW_START_OFFSET);
  const end = load<u64>(row, REGION_ROW_END_OFFSET);
  const metadata = load<u64>(row, REGION_ROW_METADATA_OFFSET);
  if (!has(Feature.NamespaceHeaderClaim)) {
    if (!requestRegion(at, start, end - start + 1, NAME_NAMESPACE, 0)) return false;
    if (!has(Feature.CommonPinning)) return true;
    freeSlot(at);
  }
  return requestRegion(at, start, metadata, NAME_NAMESPACE, 0);
}

/** Source: drivers/base/core.c device_add(), drivers/base/dd.c device_initial_probe(), v5.1. */
export function deviceAddAttach(): i32 {
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  const lock = device(index) + DEVICE_LOCK_OFFSET;
  if (!tryMutex(lock, Lock.DeviceLock, index))
    return waitForMutex(lock, Lock.DeviceLock, index, false);
  store<u8>(th, 0, THREAD_DRIVER_OFFSET);
  call(Pc.device_add__next, Pc.provider_probe__done);
  deviceAttachNext();
  return MOVED;
}

export function providerProbeDone(): i32 {
  const index = <u32>load<u8>(th, THREAD_REGION_OFFSET);
  const d = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  unlockMutex(device(d) + DEVICE_LOCK_OFFSET, Lock.DeviceLock, d);
  unlockProbed(lockOfRegion(index), index);
  return endOfPath(index, 0);
}
