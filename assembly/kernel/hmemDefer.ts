// drivers/dax/hmem/hmem.c: the ranges that hmem leaves to CXL, from v7.1 on. When no probe is under
// way any more, it takes those that no CXL region covers.
import {
  Lock,
  NAME_CXL_WINDOW,
  Pc,
  PUBLICATION_REGISTERED,
  Publication,
  STAGE_DECIDED,
  STAGE_HMEM,
  STAGE_PLATFORM,
  THREAD_PC_OFFSET,
  THREAD_ROW_KIND_OFFSET,
  THREAD_ROW_WORKER_OFFSET,
  ThreadKind,
  WORK_DEFER,
  WORK_PROBE,
  Worker,
} from '../layout';
import {
  goto,
  MOVED,
  threadRecord,
  threadRow,
  threads,
  tryMutex,
  unlockMutex,
  wait,
  waitForMutex,
} from '../state';
import { isRegionBound } from './daxRange';
import {
  hmemLock,
  nextActive,
  noteProbed,
  platformLock,
  probeRegion,
  softReserved,
  unlockWalk,
} from './hmemRegister';
import {
  current,
  finishWork,
  isAt,
  isQueued,
  leaveBeneath,
  moveTo,
  publicationEnd,
  publicationIs,
  publicationKind,
  publicationStart,
  publications,
  reach,
  regionIntersects,
  regionOfPublication,
  setPublication,
} from './publication';
import { REGION_DISJOINT, REGION_INTERSECTS } from './resourceWalk';

/**
 * Whether hmem's work is queued and has not begun: one that is under way is not pending.
 * Source: include/linux/workqueue.h work_pending(); drivers/dax/hmem/hmem.c
 * dax_hmem_platform_probe(), v7.1.
 */
export function isDeferPending(): bool {
  if (!isQueued(WORK_DEFER)) return false;
  for (let index: u32 = 0; index < threads(); index++) {
    if (load<u8>(threadRow(index), THREAD_ROW_KIND_OFFSET) != ThreadKind.Worker) continue;
    const which: Worker = load<u8>(threadRow(index), THREAD_ROW_WORKER_OFFSET);
    const inside = load<u16>(threadRecord(index), THREAD_PC_OFFSET) != 0;
    if (which == Worker.Hmem && inside) return false;
  }
  return true;
}

/** Threads that probe devices: the memory devices of CXL, and asynchronous probes. */
function probing(): u32 {
  let found: u32 = 0;
  for (let index: u32 = 0; index < threads(); index++) {
    if (load<u8>(threadRow(index), THREAD_ROW_KIND_OFFSET) != ThreadKind.Worker) continue;
    const which: Worker = load<u8>(threadRow(index), THREAD_ROW_WORKER_OFFSET);
    const inside = load<u16>(threadRecord(index), THREAD_PC_OFFSET) != 0;
    if (which == Worker.Boot && inside) found |= 1 << index;
    if (which == Worker.Probe && (inside || isQueued(WORK_PROBE))) found |= 1 << index;
  }
  return found;
}

/**
 * Waits until no probe is under way or scheduled.
 * Source: drivers/base/dd.c wait_for_device_probe(); drivers/dax/hmem/hmem.c
 * process_defer_work(), v7.1.
 */
export function processDeferWorkWait(): i32 {
  const busy = probing();
  if (busy != 0) return wait(Lock.DeviceProbe, 0, busy, false);
  goto(Pc.process_defer_work__lock);
  return MOVED;
}

/**
 * Looks whether hmem_platform still has its driver, and has not decided yet.
 * Source: drivers/dax/hmem/hmem.c process_defer_work(), v7.1.
 */
export function processDeferWorkLock(): i32 {
  if (!tryMutex(platformLock(), Lock.HmemPlatform, 0))
    return waitForMutex(platformLock(), Lock.HmemPlatform, 0, false);
  if (isAt(STAGE_DECIDED) || !isAt(STAGE_PLATFORM)) {
    unlockMutex(platformLock(), Lock.HmemPlatform, 0);
    finishWork(WORK_DEFER);
    return leaveBeneath(0);
  }
  reach(STAGE_DECIDED);
  goto(Pc.process_defer_work__walk);
  return MOVED;
}

export function processDeferWorkWalk(): i32 {
  if (!tryMutex(hmemLock(), Lock.HmemResource, 0))
    return waitForMutex(hmemLock(), Lock.HmemResource, 0, false);
  moveTo(0);
  goto(Pc.process_defer_work__next);
  return MOVED;
}

/** Whether an assembled CXL region contains a range. */
function cxlContains(index: u32): bool {
  for (let other: u32 = 0; other < publications(); other++) {
    if (publicationKind(other) != Publication.CxlRegion) continue;
    if (!publicationIs(other, PUBLICATION_REGISTERED)) continue;
    const around =
      publicationStart(other) <= publicationStart(index) &&
      publicationEnd(other) >= publicationEnd(index);
    if (around) return true;
  }
  return false;
}

/** Whether hmem takes a range that it had left to CXL. */
function takesBack(index: u32): bool {
  if (publicationIs(index, PUBLICATION_REGISTERED)) return false;
  const start = publicationStart(index);
  const end = publicationEnd(index);
  if (regionIntersects(start, end, NAME_CXL_WINDOW) == REGION_DISJOINT) return false;
  return !cxlContains(index) && softReserved(index) == REGION_INTERSECTS;
}

/**
 * Takes each range that CXL has not claimed; with the driver there, the device is probed at once,
 * under both locks.
 * Source: drivers/dax/hmem/hmem.c hmem_register_cxl_device(), v7.1.
 */
export function processDeferWorkNext(): i32 {
  noteProbed();
  for (let index = nextActive(current()); index < publications(); index = nextActive(index + 1)) {
    if (!takesBack(index)) continue;
    setPublication(index, PUBLICATION_REGISTERED);
    moveTo(index);
    if (!isAt(STAGE_HMEM) || isRegionBound(regionOfPublication(index))) return MOVED;
    probeRegion(index, Pc.process_defer_work__next);
    return MOVED;
  }
  unlockWalk();
  finishWork(WORK_DEFER);
  return leaveBeneath(0);
}
