// Unloading the modules beneath drivers/dax: dax_hmem, dax_cxl, cxl_acpi. Each driver first leaves
// its bus, so that nobody is offered to it any more, and then loses what it is bound to, one
// device after the other; who probes or writes its files meanwhile is waited for.
//
// Of several devices the one with the highest number goes first.
import { fail } from '../fail';
import {
  Deed,
  Errno,
  Feature,
  FILES_HMEM,
  FILES_HMEM_PLATFORM,
  Lock,
  Pc,
  PUBLICATION_REGISTERED,
  PUBLICATION_TRIED,
  Publication,
  STAGE_ACPI_LEAVES,
  STAGE_CXL_ACPI,
  STAGE_CXL_DRIVER,
  STAGE_CXL_LEAVES,
  STAGE_CXL_LIVE,
  STAGE_DAX_CXL,
  STAGE_DAX_HMEM,
  STAGE_HMEM,
  STAGE_HMEM_LEAVES,
  STAGE_HMEM_LIVE,
  STAGE_RELEASED,
  THREAD_PC_OFFSET,
  WORK_DEFER,
  WORK_DRIVER,
  WORK_PROBE,
  Worker,
} from '../layout';
import { filesDrained } from '../lockOrder';
import { has } from '../scenario';
import {
  BLOCKED,
  FAIL_PROGRAM_POINT,
  goto,
  MOVED,
  me,
  threadRecord,
  threads,
  wait,
} from '../state';
import { forgetRegion, workersOf } from './cxl';
import { isRegionBound } from './daxRange';
import { detachRegion } from './hmem';
import { noteProbed } from './hmemRegister';
import {
  ask,
  askUnused,
  clearPublication,
  comesBackTo,
  current,
  isAt,
  isQueued,
  leaveBeneath,
  moveTo,
  nodeSlot,
  othersInProvider,
  publicationIs,
  publicationKind,
  publications,
  reach,
  regionOfPublication,
  takeUnused,
  withdraw,
} from './publication';
import { isLinked, removeResource } from './resource';

/** Whether a program point is one of an unloading. */
export function isUnloadPoint(pc: Pc): bool {
  return pc >= Pc.dax_hmem_exit__drain && pc <= Pc.cxl_acpi_exit__window;
}

/** Runs the step of a program point from dax_hmem_exit__drain on. */
export function unloadStep(pc: Pc): i32 {
  switch (pc) {
    case Pc.dax_hmem_exit__drain:
      return daxHmemExitDrain();
    case Pc.dax_hmem_exit__detach:
      return daxHmemExitDetach();
    case Pc.dax_hmem_exit__platform:
      return daxHmemExitPlatform();
    case Pc.dax_hmem_exit__flush:
      return daxHmemExitFlush();
    case Pc.cxl_dax_region_exit__flush:
      return cxlDaxRegionExitFlush();
    case Pc.cxl_dax_region_exit__detach:
      return cxlDaxRegionExitDetach();
    case Pc.cxl_acpi_exit__drain:
      return cxlAcpiExitDrain();
    case Pc.cxl_acpi_exit__region:
      return cxlAcpiExitRegion();
    case Pc.cxl_acpi_exit__unregister:
      return cxlAcpiExitUnregister();
    case Pc.cxl_acpi_exit__window:
      return cxlAcpiExitWindow();
    default: {
      fail(FAIL_PROGRAM_POINT);
      return BLOCKED;
    }
  }
}

/**
 * Begins to unload a module; with `tool` as modprobe -r does it, for which one that is not loaded
 * is no failure, and which goes on with what the module was loaded for, where nobody else uses it:
 * after dax_hmem its soft dependency cxl_acpi (v6.3 to v6.19), after dax_cxl dax_hmem (v7.1).
 * Source: kernel/module/main.c delete_module(), v6.12: refused while another module uses it
 * (EAGAIN), and while its init or its exit runs (EBUSY); from v7.1 on dax_cxl uses dax_hmem.
 */
export function unloadBeneath(deed: Deed, tool: bool): i32 {
  if (deed == Deed.UnloadDaxHmem) {
    if (!isAt(STAGE_DAX_HMEM)) return leaveBeneath(tool ? 0 : Errno.ENOENT);
    if (has(Feature.HmemAwaitsCxl) && isAt(STAGE_DAX_CXL)) return leaveBeneath(Errno.EAGAIN);
    if (!isAt(STAGE_HMEM_LIVE) || isAt(STAGE_HMEM_LEAVES)) return leaveBeneath(Errno.EBUSY);
    reach(STAGE_HMEM_LEAVES | STAGE_RELEASED);
    if (tool) askUnused();
    goto(Pc.dax_hmem_exit__drain);
    return MOVED;
  }
  if (deed == Deed.UnloadDaxCxl) {
    if (!isAt(STAGE_DAX_CXL)) return leaveBeneath(tool ? 0 : Errno.ENOENT);
    if (!isAt(STAGE_CXL_LIVE) || isAt(STAGE_CXL_LEAVES)) return leaveBeneath(Errno.EBUSY);
    reach(STAGE_CXL_LEAVES | STAGE_RELEASED);
    if (tool) askUnused();
    goto(Pc.cxl_dax_region_exit__flush);
    return MOVED;
  }
  if (isAt(STAGE_ACPI_LEAVES)) return leaveBeneath(Errno.EBUSY);
  if (!isAt(STAGE_CXL_ACPI)) return leaveBeneath(tool ? 0 : Errno.ENOENT);
  reach(STAGE_ACPI_LEAVES | STAGE_RELEASED);
  goto(Pc.cxl_acpi_exit__drain);
  return MOVED;
}

/** The last publication of `first` to `last` whose region has a driver; `publications()`: none. */
function lastBound(first: Publication, last: Publication): u32 {
  for (let index = publications(); index > 0; index--) {
    const kind = publicationKind(index - 1);
    if (kind < first || kind > last) continue;
    if (isRegionBound(regionOfPublication(index - 1))) return index - 1;
  }
  return publications();
}

/** Takes the driver of a publication's region away, and then goes on at `after`. */
function detach(index: u32, after: Pc): i32 {
  moveTo(index);
  return detachRegion(regionOfPublication(index), after);
}

/** The next loading of the driver offers it every device again. */
function forgetProbes(first: Publication, last: Publication): void {
  for (let index: u32 = 0; index < publications(); index++) {
    const kind = publicationKind(index);
    if (kind >= first && kind <= last) clearPublication(index, PUBLICATION_TRIED);
  }
}

/** Other threads inside a probe of hmem's, or of cxl_dax_region's. */
function probersOf(isCxl: bool): u32 {
  let found: u32 = 0;
  for (let other: u32 = 0; other < threads(); other++) {
    if (other == me) continue;
    const after = comesBackTo(other);
    const hmem =
      after == <u32>Pc.dax_hmem_platform_probe__next || after == <u32>Pc.process_defer_work__next;
    const cxl =
      after == <u32>Pc.cxl_region_probe__probed || after == <u32>Pc.cxl_dax_region_probe__async;
    if (isCxl ? cxl : hmem) found |= 1 << other;
  }
  return found;
}

// ---- dax_hmem ---------------------------------------------------------------------------

/**
 * Takes the files of the driver hmem away, waiting for who is inside, and the driver off its bus.
 * Source: drivers/base/bus.c bus_remove_driver(), v5.10 and v6.12.
 */
function daxHmemExitDrain(): i32 {
  const inside = othersInProvider(FILES_HMEM);
  if (inside != 0) return wait(Lock.DriverFiles, FILES_HMEM, inside, false);
  filesDrained(Lock.DriverFiles);
  withdraw(STAGE_HMEM);
  goto(Pc.dax_hmem_exit__detach);
  return MOVED;
}

/**
 * Takes hmem off each of its platform devices, once no probe of it is under way. Up to v6.2 these
 * stay, from v6.3 on they go with hmem_platform.
 * Source: lib/klist.c klist_remove(); drivers/base/dd.c driver_detach(); drivers/dax/hmem/hmem.c,
 * v5.10 and dax_hmem_exit(), v6.12.
 */
function daxHmemExitDetach(): i32 {
  const probing = probersOf(false);
  if (probing != 0) return wait(Lock.DeviceProbe, 0, probing, false);
  noteProbed();
  const index = lastBound(Publication.SoftReserved, Publication.Hmat);
  if (index < publications()) return detach(index, Pc.dax_hmem_exit__detach);
  goto(has(Feature.HmemPlatform) ? Pc.dax_hmem_exit__platform : Pc.dax_hmem_exit__flush);
  return MOVED;
}

/** Source: drivers/base/bus.c bus_remove_driver(), v6.12. */
function daxHmemExitPlatform(): i32 {
  const inside = othersInProvider(FILES_HMEM_PLATFORM);
  if (inside != 0) return wait(Lock.DriverFiles, FILES_HMEM_PLATFORM, inside, false);
  filesDrained(Lock.DriverFiles);
  ask();
  goto(Pc.hmem_platform_unbind__lock);
  return MOVED;
}

/**
 * Waits for the work that is queued, from v7.1 on: it finds no driver, and decides nothing. That it
 * has decided once stays known to the device hmem_platform, which outlives the module.
 * Source: drivers/dax/hmem/hmem.c dax_hmem_exit(), process_defer_work(), v7.1; kernel/workqueue.c
 * destroy_workqueue().
 */
function daxHmemExitFlush(): i32 {
  if (isQueued(WORK_DEFER)) return wait(Lock.Workqueue, 0, workersOf(Worker.Hmem), false);
  forgetProbes(Publication.SoftReserved, Publication.Hmat);
  withdraw(STAGE_DAX_HMEM | STAGE_HMEM_LIVE | STAGE_HMEM_LEAVES);
  const soft = has(Feature.HmemPlatform) && !has(Feature.HmemAwaitsCxl);
  if (takeUnused() && soft && isAt(STAGE_CXL_ACPI) && !isAt(STAGE_ACPI_LEAVES))
    return unloadBeneath(Deed.UnloadCxlAcpi, true);
  return leaveBeneath(0);
}

// ---- dax_cxl ----------------------------------------------------------------------------

/**
 * Waits until the driver has been registered, and takes it off its bus; probes that are under way,
 * and (v7.1) those that are scheduled, are waited for.
 * Source: drivers/dax/cxl.c cxl_dax_region_exit(), v6.12 and v7.1; drivers/base/dd.c
 * driver_detach() (async_synchronize_full()).
 */
function cxlDaxRegionExitFlush(): i32 {
  if (isQueued(WORK_DRIVER)) return wait(Lock.Workqueue, 0, workersOf(Worker.Long), false);
  withdraw(STAGE_CXL_DRIVER);
  goto(Pc.cxl_dax_region_exit__detach);
  return MOVED;
}

/** Source: drivers/base/dd.c driver_detach(), v6.12. */
function cxlDaxRegionExitDetach(): i32 {
  const probing = probersOf(true) | (isQueued(WORK_PROBE) ? workersOf(Worker.Probe) : 0);
  if (probing != 0) return wait(Lock.DeviceProbe, 0, probing, false);
  noteProbed();
  const index = lastBound(Publication.CxlRegion, Publication.CxlRegion);
  if (index < publications()) return detach(index, Pc.cxl_dax_region_exit__detach);
  forgetProbes(Publication.CxlRegion, Publication.CxlRegion);
  withdraw(STAGE_DAX_CXL | STAGE_CXL_LIVE | STAGE_CXL_LEAVES);
  const unused = isAt(STAGE_HMEM_LIVE) && !isAt(STAGE_HMEM_LEAVES);
  if (takeUnused() && has(Feature.HmemAwaitsCxl) && unused)
    return unloadBeneath(Deed.UnloadDaxHmem, true);
  return leaveBeneath(0);
}

// ---- cxl_acpi ---------------------------------------------------------------------------

/** Other threads that assemble, create or destroy a CXL region. */
export function busyInCxl(): u32 {
  let found: u32 = 0;
  for (let other: u32 = 0; other < threads(); other++) {
    if (other == me) continue;
    const pc = <u32>load<u16>(threadRecord(other), THREAD_PC_OFFSET);
    if (isRegionPoint(pc) || isRegionPoint(comesBackTo(other))) found |= 1 << other;
  }
  return found;
}

function isRegionPoint(pc: u32): bool {
  if (pc >= <u32>Pc.create_region_store__alloc && pc <= <u32>Pc.construct_region__range)
    return true;
  return pc >= <u32>Pc.cxl_add_to_region__construct && pc <= <u32>Pc.cxl_region_probe__probed;
}

/** From here on nothing assembles a region; who is at it is waited for. */
function cxlAcpiExitDrain(): i32 {
  const busy = busyInCxl();
  if (busy != 0) return wait(Lock.DeviceProbe, 0, busy, false);
  withdraw(STAGE_CXL_ACPI);
  goto(Pc.cxl_acpi_exit__region);
  return MOVED;
}

/**
 * Unregisters the regions, the last one first, each with the dax region that came of it. Their
 * decoders are reset, so that nothing assembles them again.
 * Source: drivers/cxl/core/region.c unregister_region(), cxl_region_detach(), v6.12;
 * drivers/base/devres.c devres_release_all().
 */
function cxlAcpiExitRegion(): i32 {
  for (let index = publications(); index > 0; index--) {
    if (publicationKind(index - 1) != Publication.CxlRegion) continue;
    if (!publicationIs(index - 1, PUBLICATION_REGISTERED)) continue;
    moveTo(index - 1);
    goto(Pc.cxl_acpi_exit__unregister);
    if (isRegionBound(regionOfPublication(index - 1)))
      return detach(index - 1, Pc.cxl_acpi_exit__unregister);
    return MOVED;
  }
  moveTo(0);
  goto(Pc.cxl_acpi_exit__window);
  return MOVED;
}

/** Source: drivers/cxl/core/region.c cxl_region_iomem_release(), v6.12. */
function cxlAcpiExitUnregister(): i32 {
  noteProbed();
  forgetRegion(current());
  goto(Pc.cxl_acpi_exit__region);
  return MOVED;
}

/**
 * Takes the windows off the tree; what lay beneath one goes to where the window was.
 * Source: drivers/cxl/acpi.c remove_cxl_resources(), v6.12.
 */
function cxlAcpiExitWindow(): i32 {
  for (let index = current(); index < publications(); index++) {
    const published = publicationKind(index) == Publication.Window && isLinked(nodeSlot(index));
    if (!published) continue;
    removeResource(nodeSlot(index));
    moveTo(index + 1);
    return MOVED;
  }
  withdraw(STAGE_ACPI_LEAVES);
  return leaveBeneath(0);
}
