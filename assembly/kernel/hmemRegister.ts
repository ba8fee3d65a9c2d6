// drivers/dax/hmem and drivers/acpi/numa/hmat.c: which ranges become hmem platform devices.
//
// Three generations. Up to v6.2 the initcalls of the HMAT and of hmem make a platform device of
// each range. From v6.3 they only note it, and the module dax_hmem makes the devices, but for
// ranges that touch a CXL window. From v7.1 it waits with those (hmemDefer.ts). The publication at
// hand stands in the thread's record beneath.
import {
  BENEATH_HMEM_LOCK_OFFSET,
  BENEATH_PLATFORM_LOCK_OFFSET,
  Errno,
  Feature,
  Header,
  Lock,
  Message,
  NAME_CXL_WINDOW,
  NAME_HMEM,
  NAME_SOFT_RESERVED,
  Pc,
  PUBLICATION_ACTIVE,
  PUBLICATION_REGISTERED,
  PUBLICATION_TOLD,
  PUBLICATION_TRIED,
  Publication,
  RESOURCE_MEM,
  SLOT_PARENT_BASE,
  STAGE_BOOTED,
  STAGE_DAX_HMEM,
  STAGE_DECIDED,
  STAGE_HMEM,
  STAGE_HMEM_LEAVES,
  STAGE_HMEM_LIVE,
  STAGE_PLATFORM,
  THREAD_ERROR_OFFSET,
  THREAD_REGION_OFFSET,
  WORK_DEFER,
} from '../layout';
import { observeMessage } from '../observe';
import { has, header } from '../scenario';
import { goto, MOVED, th, tryMutex, unlockMutex, waitForMutex } from '../state';
import { loadCxlAcpi } from './cxl';
import {
  beneath,
  comeBackTo,
  current,
  isAt,
  leaveBeneath,
  moveTo,
  nodeSlot,
  publicationEnd,
  publicationIs,
  publicationKind,
  publicationStart,
  publications,
  queueWork,
  reach,
  regionIntersects,
  regionOfPublication,
  setPublication,
} from './publication';
import { insertResource, isLinked, nodeParent, ROOT } from './resource';
import { REGION_DISJOINT, REGION_INTERSECTS, REGION_MIXED } from './resourceWalk';

export function hmemLock(): usize {
  return beneath() + BENEATH_HMEM_LOCK_OFFSET;
}

export function platformLock(): usize {
  return beneath() + BENEATH_PLATFORM_LOCK_OFFSET;
}

export function unlockWalk(): void {
  unlockMutex(hmemLock(), Lock.HmemResource, 0);
  unlockMutex(platformLock(), Lock.HmemPlatform, 0);
}

// ---- The initcalls ----------------------------------------------------------------------

/**
 * Whether some of a range is reserved for special purposes. From v7.0 those entries have a tree of
 * their own.
 * Source: kernel/resource.c region_intersects_soft_reserve(), v7.1.
 */
export function softReserved(index: u32): u32 {
  const start = publicationStart(index);
  const end = publicationEnd(index);
  if (!has(Feature.SoftReserveTree)) return regionIntersects(start, end, NAME_SOFT_RESERVED);
  let bytes: u64 = 0;
  for (let other: u32 = 0; other < publications(); other++) {
    if (publicationKind(other) != Publication.SoftReserved) continue;
    const first = max<u64>(publicationStart(other), start);
    const last = min<u64>(publicationEnd(other), end);
    if (first <= last) bytes += last - first + 1;
  }
  if (bytes == 0) return REGION_DISJOINT;
  return bytes == end - start + 1 ? REGION_INTERSECTS : REGION_MIXED;
}

function overlapsActive(index: u32): bool {
  for (let other: u32 = 0; other < publications(); other++) {
    if (other == index || !publicationIs(other, PUBLICATION_ACTIVE)) continue;
    const apart =
      publicationStart(other) > publicationEnd(index) ||
      publicationEnd(other) < publicationStart(index);
    if (!apart) return true;
  }
  return false;
}

/**
 * Makes a platform device of a range, up to v6.2: its node is inserted over or into the reserved
 * entry.
 * Source: drivers/dax/hmem/device.c hmem_register_device(), v5.10 and v6.1 (a private tree refuses
 * what overlaps an earlier range); drivers/base/platform.c platform_device_add().
 */
function hmemRegisterDevice(index: u32): void {
  if (softReserved(index) != REGION_INTERSECTS) return;
  if (has(Feature.HmemActiveTree)) {
    if (overlapsActive(index)) return;
    setPublication(index, PUBLICATION_ACTIVE);
  }
  const start = publicationStart(index);
  const end = publicationEnd(index);
  if (!insertResource(nodeSlot(index) + 1, start, end, RESOURCE_MEM, NAME_HMEM)) {
    observeMessage(Message.HmemClaimFailed, index, 0);
    setPublication(index, PUBLICATION_TOLD);
    return;
  }
  setPublication(index, PUBLICATION_REGISTERED);
}

/**
 * Notes a range for the module, from v6.3 on; the first one makes the device hmem_platform.
 * Source: drivers/dax/hmem/device.c hmem_register_resource(), v6.12.
 */
function hmemRegisterResource(index: u32): void {
  if (!overlapsActive(index)) setPublication(index, PUBLICATION_ACTIVE);
}

/**
 * Registers the ranges of the HMAT's memory targets.
 * Source: drivers/acpi/numa/hmat.c hmat_init(), hmat_register_target_devices(), v5.10 and v6.12.
 */
export function hmatInitRegister(): i32 {
  if (has(Feature.HmemRegion)) {
    for (let index: u32 = 0; index < publications(); index++) {
      if (publicationKind(index) != Publication.Hmat) continue;
      if (has(Feature.HmemPlatform)) hmemRegisterResource(index);
      else hmemRegisterDevice(index);
    }
  }
  if (header(Header.CxlBuiltIn) != 0) return loadCxlAcpi();
  goto(Pc.hmem_init__register);
  return MOVED;
}

/**
 * Registers what the HMAT did not name: each entry of the firmware's map. Up to v6.0 an entry
 * counts as claimed when it is not at the top of the tree any more.
 * Source: drivers/dax/hmem/device.c hmem_init(), hmem_register_one(), v5.10, v6.1 and v6.12.
 */
export function hmemInitRegister(): i32 {
  if (has(Feature.HmemRegion)) {
    for (let index: u32 = 0; index < publications(); index++) {
      if (publicationKind(index) == Publication.SoftReserved) registerEntry(index);
    }
  }
  if (header(Header.CxlBuiltIn) != 0) {
    goto(Pc.cxl_mem_probe__ports);
    return MOVED;
  }
  reach(STAGE_BOOTED);
  return leaveBeneath(0);
}

function registerEntry(index: u32): void {
  if (has(Feature.HmemPlatform)) {
    hmemRegisterResource(index);
    return;
  }
  const node = SLOT_PARENT_BASE + nodeSlot(index);
  const claimed = isLinked(nodeSlot(index)) && nodeParent(node) != ROOT;
  if (!has(Feature.HmemActiveTree) && claimed) {
    observeMessage(Message.HmemAlreadyClaimed, index, 0);
    return;
  }
  hmemRegisterDevice(index);
}

// ---- The module dax_hmem ----------------------------------------------------------------

/** Begins to load dax_hmem. Source: drivers/dax/hmem/hmem.c, v5.10; dax_hmem_init(), v6.12. */
export function loadDaxHmem(): i32 {
  if (isAt(STAGE_HMEM_LEAVES)) return leaveBeneath(Errno.EBUSY);
  if (isAt(STAGE_DAX_HMEM)) return leaveBeneath(0);
  reach(STAGE_DAX_HMEM);
  goto(has(Feature.HmemPlatform) ? Pc.dax_hmem_init__platform : Pc.dax_hmem_init__attach);
  return MOVED;
}

/** The first range from `first` on that the walk of hmem's private tree visits. */
export function nextActive(first: u32): u32 {
  let index = first;
  while (index < publications() && !publicationIs(index, PUBLICATION_ACTIVE)) index++;
  return index;
}

/**
 * Registers hmem_platform's driver, and probes: under device_lock(hmem_platform) and
 * hmem_resource_lock every range is looked at. A rebind comes here too.
 * Source: drivers/dax/hmem/hmem.c dax_hmem_platform_probe(); drivers/dax/hmem/device.c
 * walk_hmem_resources(), v6.12.
 */
export function daxHmemInitPlatform(): i32 {
  const first = nextActive(0);
  if (first >= publications()) {
    reach(STAGE_PLATFORM);
    goto(Pc.dax_hmem_init__attach);
    return MOVED;
  }
  if (!tryMutex(platformLock(), Lock.HmemPlatform, 0))
    return waitForMutex(platformLock(), Lock.HmemPlatform, 0, false);
  moveTo(first);
  goto(Pc.dax_hmem_platform_probe__lock);
  return MOVED;
}

export function daxHmemPlatformProbeLock(): i32 {
  if (!tryMutex(hmemLock(), Lock.HmemResource, 0))
    return waitForMutex(hmemLock(), Lock.HmemResource, 0, false);
  goto(Pc.dax_hmem_platform_probe__next);
  return MOVED;
}

/**
 * Makes the platform device of the range at hand, unless CXL says that it is its own: then it is
 * left to CXL, from v7.1 on until CXL has probed.
 * Source: drivers/dax/hmem/hmem.c hmem_register_device(), v6.12 and v7.1.
 */
export function daxHmemPlatformProbeNext(): i32 {
  const index = current();
  if (publicationIs(index, PUBLICATION_TRIED)) noteProbed();
  else if (takesNow(index)) {
    setPublication(index, PUBLICATION_REGISTERED);
    // A rebind: the driver is there, and probes under both locks.
    if (isAt(STAGE_HMEM)) {
      probeRegion(index, Pc.dax_hmem_platform_probe__next);
      return MOVED;
    }
  }
  const next = nextActive(index + 1);
  if (next < publications()) {
    moveTo(next);
    return MOVED;
  }
  moveTo(0);
  unlockWalk();
  reach(STAGE_PLATFORM);
  goto(Pc.dax_hmem_init__attach);
  return MOVED;
}

/** Whether hmem takes a range at its own probe. */
function takesNow(index: u32): bool {
  const window = regionIntersects(publicationStart(index), publicationEnd(index), NAME_CXL_WINDOW);
  if (has(Feature.CxlDaxRegion) && window != REGION_DISJOINT) {
    if (has(Feature.HmemAwaitsCxl) && !isAt(STAGE_DECIDED)) queueWork(WORK_DEFER);
    return false;
  }
  return softReserved(index) == REGION_INTERSECTS;
}

/** A range whose platform device waits for a driver; `publications()` when there is none. */
function nextUnprobed(): u32 {
  for (let index: u32 = 0; index < publications(); index++) {
    const tried = publicationIs(index, PUBLICATION_TRIED);
    if (publicationKind(index) > Publication.Hmat || tried) continue;
    if (publicationIs(index, PUBLICATION_REGISTERED)) return index;
  }
  return publications();
}

/** Probes the device of a publication's region, and then goes on at `after`. */
export function probeRegion(index: u32, after: Pc): void {
  setPublication(index, PUBLICATION_TRIED);
  store<u8>(th, regionOfPublication(index), THREAD_REGION_OFFSET);
  comeBackTo(after);
  goto(Pc.dax_hmem_probe__lock);
}

/**
 * Registers the driver hmem: it is offered every platform device.
 * Source: drivers/dax/hmem/hmem.c dax_hmem_init(), v6.12; drivers/base/dd.c driver_attach().
 */
export function daxHmemInitAttach(): i32 {
  noteProbed();
  // A rebind of hmem_platform comes here as well, also while the module is being unloaded.
  if (isAt(STAGE_HMEM_LEAVES)) return leaveBeneath(0);
  reach(STAGE_HMEM);
  const index = nextUnprobed();
  if (index >= publications()) {
    reach(STAGE_HMEM_LIVE);
    return leaveBeneath(0);
  }
  moveTo(index);
  probeRegion(index, Pc.dax_hmem_init__attach);
  return MOVED;
}

/** Takes the errno of the probe that was asked for last: a failed one has been told. */
export function noteProbed(): void {
  const errno = <u32>load<u8>(th, THREAD_ERROR_OFFSET);
  store<u8>(th, 0, THREAD_ERROR_OFFSET);
  if (errno == 0) return;
  observeMessage(Message.RegionProbeFailed, current(), errno);
  setPublication(current(), PUBLICATION_TOLD);
}
