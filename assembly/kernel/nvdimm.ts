// drivers/nvdimm: the lock of a namespace, and who waits until no probe is under way on its bus.
//
// Only models that write a namespace's uuid have this: a region's extra record holds
// device_lock(namespace) and the threads that probe on it. The thread's REGION is the region. That
// a namespace is claimed is here that its region has a driver.
import {
  Errno,
  Feature,
  Header,
  Lock,
  LockMode,
  Pc,
  REGION_EXTRA_BYTES,
  REGION_EXTRA_NAMESPACE_OFFSET,
  REGION_EXTRA_PROBES_OFFSET,
  THREAD_REGION_OFFSET,
} from '../layout';
import { observePair } from '../observe';
import { has, header } from '../scenario';
import {
  goto,
  leave,
  MOVED,
  me,
  st,
  th,
  tryMutex,
  unlockMutex,
  wait,
  waitForMutex,
} from '../state';
import { isRegionBound } from './daxRange';
import { claimAndAdd } from './pmem';

/** Whether the model asks for locks of nvdimm's. */
export function hasNvdimm(): bool {
  return header(Header.RegionExtraAt) != 0;
}

function extra(home: u32): usize {
  return st + <usize>header(Header.RegionExtraAt) + <usize>home * REGION_EXTRA_BYTES;
}

function lockOfNamespace(home: u32): usize {
  return extra(home) + REGION_EXTRA_NAMESPACE_OFFSET;
}

/** Threads other than the running one that probe a device of the bus. */
function othersProbing(): u32 {
  let found: u32 = 0;
  const count = header(Header.RegionCount);
  for (let home: u32 = 0; home < count; home++)
    found |= load<u8>(extra(home), REGION_EXTRA_PROBES_OFFSET);
  return found & ~(1 << me);
}

/** Notes that the running thread probes, or has probed, a region's device. */
export function noteProbing(home: u32, isProbing: bool): void {
  const kept = <u32>load<u8>(extra(home), REGION_EXTRA_PROBES_OFFSET) & ~(1 << me);
  const set = isProbing ? kept | (1 << me) : kept;
  store<u8>(extra(home), set, REGION_EXTRA_PROBES_OFFSET);
}

/**
 * Waits, inside the probe, until nobody holds the lock of the namespace that the device claims.
 * Source: drivers/nvdimm/bus.c nvdimm_bus_probe(); drivers/nvdimm/namespace_devs.c
 * nvdimm_namespace_common_probe(), v5.1.
 */
export function namespaceCommonProbeFlush(): i32 {
  const home = <u32>load<u8>(th, THREAD_REGION_OFFSET);
  const lock = lockOfNamespace(home);
  if (load<u8>(lock) != 0) return waitForMutex(lock, Lock.NamespaceLock, home, false);
  observePair(Lock.NamespaceLock, home, LockMode.Write);
  return claimAndAdd(home);
}

/** Writes a namespace's uuid. Source: drivers/nvdimm/namespace_devs.c uuid_store(), v5.1. */
export function uuidStore(home: u32): i32 {
  store<u8>(th, home, THREAD_REGION_OFFSET);
  goto(Pc.uuid_store__device);
  return MOVED;
}

export function uuidStoreDevice(): i32 {
  const home = <u32>load<u8>(th, THREAD_REGION_OFFSET);
  const lock = lockOfNamespace(home);
  if (!tryMutex(lock, Lock.NamespaceLock, home))
    return waitForMutex(lock, Lock.NamespaceLock, home, false);
  goto(Pc.uuid_store__idle);
  return MOVED;
}

/**
 * Waits until no probe is under way on the bus; from v5.3 on without the namespace's lock.
 * Source: drivers/nvdimm/bus.c wait_nvdimm_bus_probe_idle(), v5.1 and v5.3.
 */
export function uuidStoreIdle(): i32 {
  const home = <u32>load<u8>(th, THREAD_REGION_OFFSET);
  const lock = lockOfNamespace(home);
  const busy = othersProbing();
  if (busy != 0 && load<u8>(lock) == me + 1 && has(Feature.NvdimmIdleUnlocks)) {
    unlockMutex(lock, Lock.NamespaceLock, home);
    return MOVED;
  }
  if (busy != 0) return wait(Lock.DeviceProbe, home, busy, false);
  if (load<u8>(lock) != me + 1) {
    goto(Pc.uuid_store__device);
    return MOVED;
  }
  unlockMutex(lock, Lock.NamespaceLock, home);
  return leave(isRegionBound(home) ? Errno.EBUSY : 0);
}
