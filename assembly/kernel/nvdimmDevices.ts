// drivers/nvdimm/bus.c: the device that claims a namespace for dax comes and goes by works of its
// own, and with the driver of its region.
//
// Only models that write a claim's `namespace`, or bind or unbind nd_region, have this. A region
// has one such device, which is no seed; REGION_LOCK is its device_lock. Works of nd_async_domain
// run one after the other here. The thread's REGION is the region.
import { faultAt } from '../actor/fault';
import {
  CLAIM_COMING,
  CLAIM_DEAD,
  CLAIM_DELETED,
  CLAIM_DETACHED,
  CLAIM_GONE,
  CLAIM_REGION_OFF,
  CODE_INVALID,
  CODE_NO_SUCH,
  Errno,
  FaultPoint,
  Feature,
  Header,
  Lock,
  Message,
  Pc,
  Property,
  REGION_EXTRA_BYTES,
  REGION_EXTRA_CLAIM_OFFSET,
  REGION_EXTRA_REGION_OFFSET,
  REGION_EXTRA_USERS_OFFSET,
  REGION_EXTRA_WORKS_OFFSET,
  REGION_LOCK_OFFSET,
  THREAD_ARGUMENT_OFFSET,
  THREAD_DEVICE_OFFSET,
  THREAD_REGION_OFFSET,
  THREAD_ROW_KIND_OFFSET,
  THREAD_ROW_WORKER_OFFSET,
  ThreadKind,
  Worker,
} from '../layout';
import { observeMessage } from '../observe';
import { has, header } from '../scenario';
import {
  BLOCKED,
  broken,
  enterFile,
  goto,
  leave,
  leaveFile,
  MOVED,
  me,
  oops,
  othersInside,
  region,
  st,
  th,
  threadRow,
  threads,
  tryMutex,
  unlockMutex,
  wait,
  waitForMutex,
} from '../state';
import { isRegionBound } from './daxRange';
import { deviceOf, namespaceEnable } from './pmem';

/** What a string means to a claim's `namespace`: THREAD_ARGUMENT. */
const CLAIM_NOTHING: u32 = 0;
const CLAIM_OWN: u32 = 1;
const CLAIM_OTHER: u32 = 2;
const CLAIM_MALFORMED: u32 = 3;

function extra(home: u32): usize {
  return st + <usize>header(Header.RegionExtraAt) + <usize>home * REGION_EXTRA_BYTES;
}

function home(): u32 {
  return load<u8>(th, THREAD_REGION_OFFSET);
}

function claimIs(index: u32, flags: u32): bool {
  return (<u32>load<u8>(extra(index), REGION_EXTRA_CLAIM_OFFSET) & flags) != 0;
}

function setClaim(index: u32, flags: u32): void {
  const at = extra(index);
  store<u8>(at, <u32>load<u8>(at, REGION_EXTRA_CLAIM_OFFSET) | flags, REGION_EXTRA_CLAIM_OFFSET);
}

function clearClaim(index: u32, flags: u32): void {
  const at = extra(index);
  store<u8>(at, <u32>load<u8>(at, REGION_EXTRA_CLAIM_OFFSET) & ~flags, REGION_EXTRA_CLAIM_OFFSET);
}

function works(index: u32): u32 {
  return load<u8>(extra(index), REGION_EXTRA_WORKS_OFFSET);
}

function setWorks(index: u32, count: u32): void {
  store<u8>(extra(index), count, REGION_EXTRA_WORKS_OFFSET);
}

function claimLock(index: u32): usize {
  return region(index) + REGION_LOCK_OFFSET;
}

function regionDeviceLock(index: u32): usize {
  return extra(index) + REGION_EXTRA_REGION_OFFSET;
}

/** Whether a claim's device is there, with a namespace, and no one takes it away. */
export function canProbeClaim(index: u32): bool {
  if (header(Header.RegionExtraAt) == 0) return true;
  return !claimIs(index, CLAIM_DETACHED | CLAIM_DEAD | CLAIM_GONE);
}

function isWorker(index: u32): bool {
  return load<u8>(threadRow(index), THREAD_ROW_KIND_OFFSET) == ThreadKind.Worker;
}

/**
 * Whether a probe or removal that ends was asked for by a device of nvdimm that comes or goes; the
 * thread is at what follows then.
 */
export function goesOnInNvdimm(index: u32): bool {
  if (header(Header.RegionExtraAt) == 0) return false;
  if (!isWorker(me) && load<u8>(regionDeviceLock(index)) != me + 1) return false;
  const gone = claimIs(index, CLAIM_DELETED);
  goto(gone ? Pc.device_del__released : Pc.nd_async_device_register__probed);
  return true;
}

// ---- A claim's namespace ----------------------------------------------------------------

/** Writes it; `code` is the region of the namespace named, CODE_NO_SUCH for an empty name. */
export function claimStore(index: u32, code: u32): i32 {
  if (claimIs(index, CLAIM_GONE)) return leave(Errno.ENOENT);
  let what = code == index ? CLAIM_OWN : CLAIM_OTHER;
  if (code == CODE_NO_SUCH) what = CLAIM_NOTHING;
  else if (code == CODE_INVALID) what = CLAIM_MALFORMED;
  store<u8>(th, index, THREAD_REGION_OFFSET);
  store<u8>(th, what, THREAD_ARGUMENT_OFFSET);
  enterFile(extra(index) + REGION_EXTRA_USERS_OFFSET, Lock.ClaimFiles, index);
  goto(Pc.namespace_store__lock);
  return MOVED;
}

/**
 * Names or forgets the namespace under device_lock(claim); who forgets it asks for the device's
 * end.
 * Source: drivers/nvdimm/pfn_devs.c namespace_store(); drivers/nvdimm/claim.c nd_namespace_store(),
 * v5.1.
 */
function namespaceStoreLock(): i32 {
  const index = home();
  const lock = claimLock(index);
  if (!tryMutex(lock, Lock.RegionLock, index))
    return waitForMutex(lock, Lock.RegionLock, index, false);
  const errno = nameNamespace(index, load<u8>(th, THREAD_ARGUMENT_OFFSET));
  unlockMutex(lock, Lock.RegionLock, index);
  leaveFile(extra(index) + REGION_EXTRA_USERS_OFFSET, Lock.ClaimFiles, index);
  return leave(errno);
}

function nameNamespace(index: u32, what: u32): u32 {
  if (isRegionBound(index)) return Errno.EBUSY;
  if (what == CLAIM_MALFORMED) return Errno.EINVAL;
  if (what == CLAIM_NOTHING) {
    setClaim(index, CLAIM_DETACHED);
    queueUnregister(index);
    return 0;
  }
  if (!claimIs(index, CLAIM_DETACHED)) return Errno.EBUSY;
  if (what == CLAIM_OTHER) return Errno.ENODEV;
  clearClaim(index, CLAIM_DETACHED);
  return 0;
}

/**
 * Queues the work that unregisters the device; from v5.3 on only who marks it dead does.
 * Source: drivers/nvdimm/bus.c nd_device_unregister() with ND_ASYNC, v5.1 and v5.3.
 */
function queueUnregister(index: u32): void {
  if (has(Feature.NvdimmKillsOnce)) {
    if (claimIs(index, CLAIM_DEAD)) return;
    setClaim(index, CLAIM_DEAD);
  }
  setWorks(index, works(index) + 1);
}

// ---- Works ------------------------------------------------------------------------------

/** Takes up a work of the domain; BLOCKED when there is none. */
export function nvdimmWork(): i32 {
  const count = header(Header.RegionCount);
  for (let index: u32 = 0; index < count; index++) {
    const leaving = works(index) != 0;
    if (!leaving && !claimIs(index, CLAIM_COMING)) continue;
    store<u8>(th, index, THREAD_REGION_OFFSET);
    goto(leaving ? Pc.nd_async_device_unregister__lock : Pc.nd_async_device_register__add);
    return MOVED;
  }
  return BLOCKED;
}

/**
 * Begins to take the device away, under its lock. It is off its parent's list then: a second time
 * there is no list to take it off.
 * Source: drivers/base/core.c device_del(), v5.1; lib/klist.c klist_del(), v5.1.
 */
function deviceDelLock(): i32 {
  const index = home();
  const lock = claimLock(index);
  if (!tryMutex(lock, Lock.RegionLock, index))
    return waitForMutex(lock, Lock.RegionLock, index, false);
  unlockMutex(lock, Lock.RegionLock, index);
  if (claimIs(index, CLAIM_DELETED)) return crash(Message.NdDeletedTwice);
  setClaim(index, CLAIM_DEAD | CLAIM_DELETED);
  goto(Pc.device_del__drain);
  return MOVED;
}

function crash(message: Message): i32 {
  observeMessage(message, home(), 0);
  broken(Property.NoCrash, deviceOf(home()));
  oops();
  return MOVED;
}

/**
 * Waits until nobody is inside its files, and then releases its driver.
 * Source: drivers/base/core.c device_remove_attrs(); drivers/base/bus.c bus_remove_device(), v5.1.
 */
function deviceDelDrain(): i32 {
  const index = home();
  const inside = othersInside(extra(index) + REGION_EXTRA_USERS_OFFSET);
  if (inside != 0) return wait(Lock.ClaimFiles, index, inside, false);
  setClaim(index, CLAIM_GONE);
  if (!isRegionBound(index)) return deviceDelReleased();
  store<u8>(th, deviceOf(index), THREAD_DEVICE_OFFSET);
  goto(Pc.dax_pmem_remove__lock);
  return MOVED;
}

/** Source: drivers/nvdimm/bus.c nd_async_device_unregister(), v5.1. */
function deviceDelReleased(): i32 {
  const index = home();
  if (!isWorker(me)) {
    goto(Pc.nd_region_remove__end);
    return MOVED;
  }
  setWorks(index, works(index) - 1);
  return leave(0);
}

/**
 * Registers the device and probes it. Where that fails, the last reference to it goes; up to v6.19
 * its parent is then read from it.
 * Source: drivers/nvdimm/bus.c nd_async_device_register(), v5.1 and v7.0.
 */
function ndAsyncDeviceRegisterAdd(): i32 {
  const index = home();
  if (faultAt(FaultPoint.DeviceAdd) != 0) {
    if (!has(Feature.NvdimmKeepsParent)) return crash(Message.NdParentFreed);
    clearClaim(index, CLAIM_COMING);
    return leave(0);
  }
  clearClaim(index, CLAIM_DETACHED | CLAIM_DEAD | CLAIM_DELETED | CLAIM_GONE);
  return namespaceEnable(index);
}

function ndAsyncDeviceRegisterProbed(): i32 {
  clearClaim(home(), CLAIM_COMING);
  return leave(0);
}

// ---- The region's driver ----------------------------------------------------------------

/** Binds or unbinds nd_region; `code` is a region. Source: drivers/base/bus.c, v5.1. */
export function ndRegionStore(bind: bool, code: u32): i32 {
  if (code >= <u32>CODE_NO_SUCH || claimIs(code, CLAIM_REGION_OFF) != bind)
    return leave(Errno.ENODEV);
  store<u8>(th, code, THREAD_REGION_OFFSET);
  goto(bind ? Pc.nd_region_probe__lock : Pc.nd_region_remove__lock);
  return MOVED;
}

/**
 * Queues what registers the namespace and its claim.
 * Source: drivers/nvdimm/region.c nd_region_probe(), v5.1.
 */
function ndRegionProbeLock(): i32 {
  const index = home();
  const lock = regionDeviceLock(index);
  if (!tryMutex(lock, Lock.NdRegionLock, index))
    return waitForMutex(lock, Lock.NdRegionLock, index, false);
  const off = claimIs(index, CLAIM_REGION_OFF);
  if (off) {
    clearClaim(index, CLAIM_REGION_OFF);
    setClaim(index, CLAIM_COMING);
  }
  unlockMutex(lock, Lock.NdRegionLock, index);
  if (off) return leave(0);
  return leave(has(Feature.BindErrno) ? Errno.EBUSY : Errno.ENODEV);
}

/**
 * Goes to the region's children, under device_lock(region): of them the claim matters. One that is
 * still to be registered is waited for, as its sisters' unregistration does.
 * Source: drivers/nvdimm/region.c nd_region_remove(), v5.1.
 */
function ndRegionRemoveLock(): i32 {
  const index = home();
  const lock = regionDeviceLock(index);
  if (claimIs(index, CLAIM_COMING)) return wait(Lock.NdAsync, index, workersOfDomain(), false);
  if (!tryMutex(lock, Lock.NdRegionLock, index))
    return waitForMutex(lock, Lock.NdRegionLock, index, false);
  if (claimIs(index, CLAIM_REGION_OFF)) {
    unlockMutex(lock, Lock.NdRegionLock, index);
    return leave(0);
  }
  const kills = has(Feature.NvdimmKillsOnce);
  if (claimIs(index, CLAIM_DELETED)) goto(Pc.nd_region_remove__end);
  else goto(kills ? Pc.nd_device_unregister__kill : Pc.nd_device_unregister__flush);
  return MOVED;
}

/**
 * Marks the device dead; who comes second leaves it to the first.
 * Source: drivers/nvdimm/bus.c nd_device_unregister() with ND_SYNC, v5.3.
 */
function ndDeviceUnregisterKill(): i32 {
  const index = home();
  const lock = claimLock(index);
  if (!tryMutex(lock, Lock.RegionLock, index))
    return waitForMutex(lock, Lock.RegionLock, index, false);
  goto(claimIs(index, CLAIM_DEAD) ? Pc.nd_region_remove__end : Pc.nd_device_unregister__flush);
  setClaim(index, CLAIM_DEAD);
  unlockMutex(lock, Lock.RegionLock, index);
  return MOVED;
}

function workersOfDomain(): u32 {
  let found: u32 = 0;
  for (let index: u32 = 0; index < threads(); index++) {
    const role: Worker = load<u8>(threadRow(index), THREAD_ROW_WORKER_OFFSET);
    if (isWorker(index) && role == Worker.Nvdimm) found |= 1 << index;
  }
  return found;
}

/** Waits for the works of the domain. Source: drivers/nvdimm/bus.c nd_synchronize(), v5.1. */
function ndDeviceUnregisterFlush(): i32 {
  const count = header(Header.RegionCount);
  for (let index: u32 = 0; index < count; index++) {
    if (works(index) == 0 && !claimIs(index, CLAIM_COMING)) continue;
    return wait(Lock.NdAsync, index, workersOfDomain(), false);
  }
  goto(Pc.device_del__lock);
  return MOVED;
}

function ndRegionRemoveEnd(): i32 {
  const index = home();
  setClaim(index, CLAIM_REGION_OFF);
  unlockMutex(regionDeviceLock(index), Lock.NdRegionLock, index);
  return leave(0);
}

/** Runs the step of a program point from namespace_store__lock on. */
export function nvdimmStep(pc: Pc): i32 {
  switch (pc) {
    case Pc.namespace_store__lock:
      return namespaceStoreLock();
    case Pc.nd_async_device_unregister__lock:
    case Pc.device_del__lock:
      return deviceDelLock();
    case Pc.device_del__drain:
      return deviceDelDrain();
    case Pc.device_del__released:
      return deviceDelReleased();
    case Pc.nd_async_device_register__add:
      return ndAsyncDeviceRegisterAdd();
    case Pc.nd_async_device_register__probed:
      return ndAsyncDeviceRegisterProbed();
    case Pc.nd_region_probe__lock:
      return ndRegionProbeLock();
    case Pc.nd_region_remove__lock:
      return ndRegionRemoveLock();
    case Pc.nd_device_unregister__kill:
      return ndDeviceUnregisterKill();
    case Pc.nd_device_unregister__flush:
      return ndDeviceUnregisterFlush();
    default:
      return ndRegionRemoveEnd();
  }
}
