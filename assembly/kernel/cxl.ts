// drivers/cxl and drivers/dax/cxl.c: windows that are published, regions that assemble, and the
// dax regions that come of them.
//
// What the probes of CXL memory devices do is one thread of the kernel: it assembles the regions
// that the firmware has set up, one after the other. Of a region only its node and whether it is
// committed is modelled; decoders are not.
import {
  Assembles,
  Errno,
  Feature,
  Lock,
  Message,
  NAME_CXL_REGION,
  NAME_CXL_WINDOW,
  Pc,
  PUBLICATION_DAX,
  PUBLICATION_DISABLED,
  PUBLICATION_NOTIFIER,
  PUBLICATION_REGISTERED,
  PUBLICATION_ROW_ASSEMBLES_OFFSET,
  PUBLICATION_TRIED,
  Publication,
  RESOURCE_MEM,
  SLOT_PARENT_BASE,
  STAGE_ACPI_LEAVES,
  STAGE_BOOTED,
  STAGE_CXL_ACPI,
  STAGE_CXL_DRIVER,
  STAGE_CXL_LEAVES,
  STAGE_CXL_LIVE,
  STAGE_DAX_CXL,
  STAGE_ENUMERATED,
  STAGE_RELEASED,
  THREAD_ROW_KIND_OFFSET,
  THREAD_ROW_WORKER_OFFSET,
  ThreadKind,
  WORK_DEFER,
  WORK_DRIVER,
  WORK_PROBE,
  Worker,
} from '../layout';
import { observeMessage } from '../observe';
import { has } from '../scenario';
import { choose, goto, MOVED, threadRow, threads, wait } from '../state';
import { detachIfBound } from './hmem';
import { loadDaxHmem, noteProbed, probeRegion } from './hmemRegister';
import {
  asked,
  clearPublication,
  current,
  finishWork,
  insertExpanding,
  isAt,
  isQueued,
  leaveBeneath,
  moveTo,
  nodeSlot,
  publicationByte,
  publicationEnd,
  publicationIs,
  publicationKind,
  publicationStart,
  publications,
  queueWork,
  reach,
  regionOfPublication,
  setPublication,
} from './publication';
import { firstOverlap, insertUnder, isLinked, NOWHERE, ROOT, removeResource } from './resource';
import { addedRamBytes } from './resourceWalk';

/** The next publication of a kind from `first` on; `publications()` at the end. */
function nextOf(kind: Publication, first: u32): u32 {
  let index = first;
  while (index < publications() && publicationKind(index) != kind) index++;
  return index;
}

// ---- cxl_acpi ---------------------------------------------------------------------------

/** Begins to load cxl_acpi, whose driver probes at once. Source: drivers/cxl/acpi.c, v6.12. */
export function loadCxlAcpi(): i32 {
  if (isAt(STAGE_ACPI_LEAVES)) return asked() ? loadDaxHmem() : leaveBeneath(Errno.EBUSY);
  moveTo(nextOf(Publication.Window, 0));
  goto(Pc.cxl_acpi_probe__publish);
  return MOVED;
}

/**
 * Publishes the windows, one after the other, and lets the memory devices be probed again.
 * Source: drivers/cxl/acpi.c cxl_acpi_probe(), add_cxl_resources(), v6.12.
 */
export function cxlAcpiProbePublish(): i32 {
  const index = current();
  const done = isAt(STAGE_CXL_ACPI);
  if (!done && index < publications()) {
    const start = publicationStart(index);
    insertExpanding(nodeSlot(index), start, publicationEnd(index), NAME_CXL_WINDOW);
    moveTo(nextOf(Publication.Window, index + 1));
    if (current() < publications()) return MOVED;
  }
  reach(STAGE_CXL_ACPI);
  moveTo(0);
  if (!isAt(STAGE_BOOTED)) {
    goto(Pc.hmem_init__register);
    return MOVED;
  }
  return asked() ? loadDaxHmem() : leaveBeneath(0);
}

// ---- Regions of the firmware ------------------------------------------------------------

/**
 * With drivers/cxl in the kernel image: the memory devices are probed by PCI's asynchronous probes,
 * while the initcalls go on. Up to v6.11 the driver of ports is registered by the last of these;
 * a memory device that comes before it is refused, and nobody tries again.
 * Source: drivers/cxl/Makefile, drivers/cxl/mem.c cxl_mem_probe(), v6.8; drivers/cxl/port.c
 * cxl_port_init(), v6.12 (a subsys_initcall).
 */
export function cxlMemProbePorts(): i32 {
  if (!has(Feature.CxlPortFirst) && choose(2) == 1) {
    observeMessage(Message.CxlPortNotEnabled, 0, 0);
    reach(STAGE_ENUMERATED);
  }
  reach(STAGE_BOOTED);
  return leaveBeneath(0);
}

/** Whether the memory devices have still to be probed. */
export function hasToEnumerate(): bool {
  return isAt(STAGE_CXL_ACPI) && !isAt(STAGE_ENUMERATED);
}

/**
 * Assembles the region at hand, or fails to: then it stays incomplete, and nothing is said.
 * Source: drivers/cxl/core/region.c cxl_add_to_region(), construct_region(), v6.12: a node that
 * cannot be inserted is only warned of.
 */
export function cxlAddToRegionConstruct(): i32 {
  noteProbed();
  const index = nextOf(Publication.CxlRegion, current());
  if (index >= publications()) {
    reach(STAGE_ENUMERATED);
    return leaveBeneath(0);
  }
  const how: Assembles = publicationByte(index, PUBLICATION_ROW_ASSEMBLES_OFFSET);
  const isThere = !publicationIs(index, PUBLICATION_DISABLED);
  const assembles =
    isThere && (how == Assembles.Always || (how == Assembles.Maybe && choose(2) == 0));
  if (!assembles) {
    moveTo(index + 1);
    return MOVED;
  }
  moveTo(index);
  return registerRegion(index, Pc.construct_region__range);
}

/**
 * Registers a region that has no addresses yet. In v6.9 and v6.10 its memory notifier is registered
 * here, later when its driver probes, or it looks whether there are any.
 * Source: drivers/cxl/core/region.c devm_cxl_add_region(), v6.9 and v6.11.
 */
function registerRegion(index: u32, next: Pc): i32 {
  goto(next);
  const bare = has(Feature.CxlRegionNotifier) && !has(Feature.CxlNotifierChecksRange);
  if (bare) setPublication(index, PUBLICATION_NOTIFIER);
  else if (next == Pc.construct_region__range) return constructRegionRange();
  return MOVED;
}

export function constructRegionRange(): i32 {
  insertRegion(current());
  goto(Pc.cxl_region_probe__ram);
  return MOVED;
}

function insertRegion(index: u32): void {
  const start = publicationStart(index);
  const end = publicationEnd(index);
  const window = windowOf(index);
  const root = window == NOWHERE ? ROOT : window;
  if (!insertUnder(root, nodeSlot(index), start, end, RESOURCE_MEM, NAME_CXL_REGION))
    observeMessage(Message.CxlCannotInsert, index, 0);
  setPublication(index, PUBLICATION_REGISTERED);
}

/**
 * Makes the device dax_regionN, unless some of the region is System RAM already. With the driver
 * there it is probed at once, from v7.1 on by another thread.
 * Source: drivers/cxl/core/region.c cxl_region_probe(), devm_cxl_add_dax_region(), v6.12;
 * drivers/dax/cxl.c, v7.1 (PROBE_PREFER_ASYNCHRONOUS).
 */
export function cxlRegionProbeRam(): i32 {
  const index = current();
  goto(Pc.cxl_region_probe__probed);
  const used = addedRamBytes(publicationStart(index), publicationEnd(index)) != 0;
  if (used || !has(Feature.CxlDaxRegion)) return MOVED;
  setPublication(index, PUBLICATION_DAX);
  if (!isAt(STAGE_CXL_DRIVER)) return MOVED;
  if (has(Feature.HmemAwaitsCxl)) queueWork(WORK_PROBE);
  else probeRegion(index, Pc.cxl_region_probe__probed);
  return MOVED;
}

/** Goes on to the firmware's next region, or returns to who has created one. */
export function cxlRegionProbeProbed(): i32 {
  noteProbed();
  if (asked()) return leaveBeneath(0);
  moveTo(current() + 1);
  goto(Pc.cxl_add_to_region__construct);
  return MOVED;
}

// ---- dax_cxl ----------------------------------------------------------------------------

/** Loads dax_cxl. Source: drivers/dax/cxl.c, v6.12; cxl_dax_region_init(), v7.1 (queued). */
export function loadDaxCxl(): i32 {
  if (isAt(STAGE_CXL_LEAVES)) return leaveBeneath(Errno.EBUSY);
  if (isAt(STAGE_DAX_CXL)) return leaveBeneath(0);
  reach(STAGE_DAX_CXL);
  if (has(Feature.CxlDaxProbeFlushes)) {
    // Version 5 of the series: the driver is registered at once, and its probe waits for hmem.
    reach(STAGE_CXL_DRIVER);
    if (nextUntried() < publications()) queueWork(WORK_PROBE);
    reach(STAGE_CXL_LIVE);
    return leaveBeneath(0);
  }
  if (has(Feature.HmemAwaitsCxl)) {
    queueWork(WORK_DRIVER);
    reach(STAGE_CXL_LIVE);
    return leaveBeneath(0);
  }
  if (!has(Feature.CxlDaxRegion)) return leaveBeneath(Errno.ENOENT);
  goto(Pc.cxl_dax_region_init__attach);
  return MOVED;
}

/** A device dax_regionN that no probe has tried; `publications()` when there is none. */
function nextUntried(): u32 {
  for (let index: u32 = 0; index < publications(); index++) {
    if (!publicationIs(index, PUBLICATION_DAX) || publicationIs(index, PUBLICATION_TRIED)) continue;
    return index;
  }
  return publications();
}

/** Source: drivers/base/dd.c driver_attach(), v6.12. */
export function cxlDaxRegionInitAttach(): i32 {
  noteProbed();
  reach(STAGE_CXL_DRIVER);
  const index = nextUntried();
  if (index >= publications()) {
    reach(STAGE_CXL_LIVE);
    return leaveBeneath(0);
  }
  moveTo(index);
  probeRegion(index, Pc.cxl_dax_region_init__attach);
  return MOVED;
}

export function workersOf(role: Worker): u32 {
  let found: u32 = 0;
  for (let index: u32 = 0; index < threads(); index++) {
    if (load<u8>(threadRow(index), THREAD_ROW_KIND_OFFSET) != ThreadKind.Worker) continue;
    const which: Worker = load<u8>(threadRow(index), THREAD_ROW_WORKER_OFFSET);
    if (which == role) found |= 1 << index;
  }
  return found;
}

/**
 * Waits until hmem has decided, and registers the driver; its devices are probed by others.
 * Source: drivers/dax/cxl.c cxl_dax_region_driver_register(); drivers/dax/hmem/hmem.c
 * dax_hmem_flush_work(), v7.1.
 */
export function cxlDaxRegionDriverRegisterFlush(): i32 {
  if (isQueued(WORK_DEFER)) return wait(Lock.Workqueue, 0, workersOf(Worker.Hmem), false);
  reach(STAGE_CXL_DRIVER);
  if (nextUntried() < publications()) queueWork(WORK_PROBE);
  finishWork(WORK_DRIVER);
  return leaveBeneath(0);
}

/** Source: drivers/base/dd.c __device_attach_async_helper(), v7.1. */
export function cxlDaxRegionProbeAsync(): i32 {
  noteProbed();
  const index = nextUntried();
  if (index >= publications() || !isAt(STAGE_CXL_DRIVER)) {
    finishWork(WORK_PROBE);
    return leaveBeneath(0);
  }
  moveTo(index);
  if (has(Feature.CxlDaxProbeFlushes)) goto(Pc.cxl_dax_region_probe__flush);
  else probeRegion(index, Pc.cxl_dax_region_probe__async);
  return MOVED;
}

/**
 * Waits inside a probe for hmem's work, which waits until no probe is under way.
 * Source: drivers/dax/cxl.c cxl_dax_region_probe(), v7.1 (as posted, version 5 of the series).
 */
export function cxlDaxRegionProbeFlush(): i32 {
  if (isQueued(WORK_DEFER)) return wait(Lock.Workqueue, 0, workersOf(Worker.Hmem), false);
  probeRegion(current(), Pc.cxl_dax_region_probe__async);
  return MOVED;
}

// ---- Regions of the administrator -------------------------------------------------------

/** Does what `cxl create-region` asks for. The region is the firmware's, set up anew. */
export function createRegion(index: u32): i32 {
  if (!isAt(STAGE_CXL_ACPI)) return leaveBeneath(Errno.ENODEV);
  if (publicationIs(index, PUBLICATION_REGISTERED)) return leaveBeneath(Errno.EBUSY);
  if (publicationIs(index, PUBLICATION_DISABLED)) return leaveBeneath(Errno.ENXIO);
  moveTo(index);
  return registerRegion(index, Pc.create_region_store__alloc);
}

/** The window around a region; NOWHERE when none is published. */
function windowOf(index: u32): u32 {
  for (let other: u32 = 0; other < publications(); other++) {
    if (publicationKind(other) != Publication.Window || !isLinked(nodeSlot(other))) continue;
    const around =
      publicationStart(other) <= publicationStart(index) &&
      publicationEnd(other) >= publicationEnd(index);
    if (around) return SLOT_PARENT_BASE + nodeSlot(other);
  }
  return NOWHERE;
}

/**
 * Allocates the addresses: they must be free in the window, so that a node of any kind is in the
 * way.
 * Source: drivers/cxl/core/region.c alloc_hpa(); kernel/resource.c alloc_free_mem_region(), v6.12.
 */
export function createRegionStoreAlloc(): i32 {
  const index = current();
  const window = windowOf(index);
  if (window == NOWHERE) return leaveBeneath(Errno.ENXIO);
  const taken = firstOverlap(window, publicationStart(index), publicationEnd(index));
  if (taken != NOWHERE) {
    clearPublication(index, PUBLICATION_NOTIFIER);
    return leaveBeneath(Errno.ERANGE);
  }
  insertRegion(index);
  goto(Pc.cxl_region_probe__ram);
  return MOVED;
}

/**
 * Does what `cxl destroy-region` asks for: dax_regionN goes first, with all that is on it. Without
 * `force` the tool leaves an active region alone: every one here whose memory device is enabled.
 * Source: pmem/ndctl cxl/region.c destroy_region().
 */
export function destroyRegion(index: u32, force: bool): i32 {
  if (!publicationIs(index, PUBLICATION_REGISTERED)) return leaveBeneath(Errno.ENODEV);
  const isActive = !publicationIs(index, PUBLICATION_DISABLED);
  if (isActive && !force) return leaveBeneath(Errno.EBUSY);
  moveTo(index);
  reach(STAGE_RELEASED);
  goto(Pc.delete_region_store__release);
  return MOVED;
}

/** Source: drivers/cxl/core/region.c cxlr_dax_unregister(), v6.12: device_unregister(). */
export function deleteRegionStoreRelease(): i32 {
  return detachIfBound(regionOfPublication(current()), Pc.delete_region_store__delete);
}

/**
 * Removes the region: what lay beneath its node goes to the window.
 * Source: drivers/cxl/core/region.c delete_region_store(), cxl_region_iomem_release(), v6.12.
 */
export function deleteRegionStoreDelete(): i32 {
  noteProbed();
  forgetRegion(current());
  return leaveBeneath(0);
}

/** Takes a region's node away, with all that was said of the region. */
export function forgetRegion(index: u32): void {
  if (isLinked(nodeSlot(index))) removeResource(nodeSlot(index));
  clearPublication(
    index,
    PUBLICATION_REGISTERED | PUBLICATION_DAX | PUBLICATION_TRIED | PUBLICATION_NOTIFIER,
  );
}
