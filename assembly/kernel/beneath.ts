// What lies beneath drivers/dax: which function a program point stands for, what a command asks
// for, and what the kernel's own threads have to do.
import { fail } from '../fail';
import {
  Deed,
  Observation,
  Pc,
  STAGE_BOOTED,
  STAGE_CXL_ACPI,
  THREAD_ROW_WORKER_OFFSET,
  WORK_DEFER,
  WORK_DRIVER,
  WORK_PROBE,
  Worker,
} from '../layout';
import { observe } from '../observe';
import { BLOCKED, FAIL_PROGRAM_POINT, goto, MOVED, me, threadRow } from '../state';
import { unloadBeneath } from './beneathUnload';
import {
  constructRegionRange,
  createRegion,
  createRegionStoreAlloc,
  cxlAcpiProbePublish,
  cxlAddToRegionConstruct,
  cxlDaxRegionDriverRegisterFlush,
  cxlDaxRegionInitAttach,
  cxlDaxRegionProbeAsync,
  cxlDaxRegionProbeFlush,
  cxlMemProbePorts,
  cxlRegionProbeProbed,
  cxlRegionProbeRam,
  deleteRegionStoreDelete,
  deleteRegionStoreRelease,
  destroyRegion,
  hasToEnumerate,
  loadCxlAcpi,
  loadDaxCxl,
} from './cxl';
import {
  cxlRegionDetachLock,
  cxlRegionDetachRelease,
  cxlRegionDetachReleased,
  disableMemdev,
  enableMemdev,
} from './cxlMemdev';
import {
  processDeferWorkLock,
  processDeferWorkNext,
  processDeferWorkWait,
  processDeferWorkWalk,
} from './hmemDefer';
import {
  hmemPlatformBindLock,
  hmemPlatformUnbindLock,
  hmemPlatformUnbindNext,
} from './hmemPlatform';
import {
  daxHmemInitAttach,
  daxHmemInitPlatform,
  daxHmemPlatformProbeLock,
  daxHmemPlatformProbeNext,
  hmatInitRegister,
  hmemInitRegister,
  loadDaxHmem,
} from './hmemRegister';
import { memoryNotifyOnline } from './memoryNotifier';
import { namespaceCommonProbeFlush, uuidStoreDevice, uuidStoreIdle } from './nvdimm';
import { nvdimmWork } from './nvdimmDevices';
import { ask, hasBeneath, isAt, isQueued } from './publication';

/** Runs the step of a program point from hmat_init__register on. */
export function beneathStep(pc: Pc): i32 {
  if (pc >= Pc.cxl_acpi_probe__publish) return cxlStep(pc);
  switch (pc) {
    case Pc.hmat_init__register:
      return hmatInitRegister();
    case Pc.hmem_init__register:
      return hmemInitRegister();
    case Pc.dax_hmem_init__platform:
      return daxHmemInitPlatform();
    case Pc.dax_hmem_platform_probe__lock:
      return daxHmemPlatformProbeLock();
    case Pc.dax_hmem_platform_probe__next:
      return daxHmemPlatformProbeNext();
    case Pc.dax_hmem_init__attach:
      return daxHmemInitAttach();
    case Pc.process_defer_work__wait:
      return processDeferWorkWait();
    case Pc.process_defer_work__lock:
      return processDeferWorkLock();
    case Pc.process_defer_work__walk:
      return processDeferWorkWalk();
    case Pc.process_defer_work__next:
      return processDeferWorkNext();
    default: {
      fail(FAIL_PROGRAM_POINT);
      return BLOCKED;
    }
  }
}

function cxlStep(pc: Pc): i32 {
  switch (pc) {
    case Pc.cxl_acpi_probe__publish:
      return cxlAcpiProbePublish();
    case Pc.cxl_add_to_region__construct:
      return cxlAddToRegionConstruct();
    case Pc.cxl_region_probe__ram:
      return cxlRegionProbeRam();
    case Pc.cxl_region_probe__probed:
      return cxlRegionProbeProbed();
    case Pc.cxl_dax_region_init__attach:
      return cxlDaxRegionInitAttach();
    case Pc.cxl_dax_region_driver_register__flush:
      return cxlDaxRegionDriverRegisterFlush();
    case Pc.cxl_dax_region_probe__async:
      return cxlDaxRegionProbeAsync();
    case Pc.create_region_store__alloc:
      return createRegionStoreAlloc();
    case Pc.construct_region__range:
      return constructRegionRange();
    case Pc.nvdimm_namespace_common_probe__flush:
      return namespaceCommonProbeFlush();
    case Pc.uuid_store__device:
      return uuidStoreDevice();
    case Pc.uuid_store__idle:
      return uuidStoreIdle();
    case Pc.cxl_mem_probe__ports:
      return cxlMemProbePorts();
    case Pc.cxl_dax_region_probe__flush:
      return cxlDaxRegionProbeFlush();
    case Pc.memory_notify__online:
      return memoryNotifyOnline();
    case Pc.hmem_platform_bind__lock:
      return hmemPlatformBindLock();
    case Pc.hmem_platform_unbind__lock:
      return hmemPlatformUnbindLock();
    case Pc.hmem_platform_unbind__next:
      return hmemPlatformUnbindNext();
    case Pc.delete_region_store__release:
      return deleteRegionStoreRelease();
    case Pc.delete_region_store__delete:
      return deleteRegionStoreDelete();
    case Pc.cxl_region_detach__lock:
      return cxlRegionDetachLock();
    case Pc.cxl_region_detach__release:
      return cxlRegionDetachRelease();
    case Pc.cxl_region_detach__released:
      return cxlRegionDetachReleased();
    default: {
      fail(FAIL_PROGRAM_POINT);
      return BLOCKED;
    }
  }
}

/**
 * Whether the initcalls have still to run: no script, menu or rule does anything before.
 * Source: init/main.c kernel_init_freeable(), v6.12.
 */
export function isBooting(): bool {
  return hasBeneath() && !isAt(STAGE_BOOTED);
}

/**
 * Does what a command asks for; `object` is a publication. With `first`, cxl_acpi is loaded before
 * dax_hmem: modprobe heeds the module's soft dependency (v6.3 to v6.19), and from v7.1 on the
 * module asks for it itself.
 * Source: drivers/dax/hmem/hmem.c, v6.12 (MODULE_SOFTDEP); dax_hmem_init(), v7.1.
 */
export function beneathDeed(deed: Deed, object: u32, first: bool): i32 {
  switch (deed) {
    case Deed.LoadDaxHmem: {
      if (!first || isAt(STAGE_CXL_ACPI)) return loadDaxHmem();
      ask();
      return loadCxlAcpi();
    }
    case Deed.LoadCxlAcpi:
      return loadCxlAcpi();
    case Deed.LoadDaxCxl:
      return loadDaxCxl();
    case Deed.CreateRegion: {
      ask();
      return createRegion(object);
    }
    case Deed.DestroyRegion:
      return destroyRegion(object, first);
    case Deed.DisableMemdev:
      return disableMemdev(object, first);
    case Deed.EnableMemdev:
      return enableMemdev(object);
    default:
      return unloadBeneath(deed, first);
  }
}

/** Enters a path whose first step waits for nothing. */
function begin(pc: Pc): i32 {
  goto(pc);
  observe(Observation.Function, pc, me, 0);
  return beneathStep(pc);
}

/** Takes up what a thread of the kernel has to do; BLOCKED when there is nothing. */
export function workerStep(): i32 {
  const which: Worker = load<u8>(threadRow(me), THREAD_ROW_WORKER_OFFSET);
  if (which == Worker.Nvdimm) return nvdimmWork();
  if (which == Worker.Boot) {
    if (isBooting()) return begin(Pc.hmat_init__register);
    return hasToEnumerate() ? begin(Pc.cxl_add_to_region__construct) : BLOCKED;
  }
  if (which == Worker.Hmem && isQueued(WORK_DEFER)) goto(Pc.process_defer_work__wait);
  else if (which == Worker.Long && isQueued(WORK_DRIVER))
    goto(Pc.cxl_dax_region_driver_register__flush);
  else if (which == Worker.Probe && isQueued(WORK_PROBE)) goto(Pc.cxl_dax_region_probe__async);
  else return BLOCKED;
  return MOVED;
}
