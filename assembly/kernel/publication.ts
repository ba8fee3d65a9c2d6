// What lies beneath drivers/dax in the state: publications of ranges, stages since boot, and what
// kernel/resource.c answers about their nodes.
//
// A publication is what the firmware or a bus says about a range: an EFI "Soft Reserved" entry, a
// memory target of the HMAT, a CXL window, a CXL region. Its nodes in the tree are slots; which
// descriptor a node has follows from its name.
import {
  ASKER_ASKED_OFFSET,
  ASKER_AT_OFFSET,
  ASKER_BYTES,
  BENEATH_BYTES,
  BENEATH_HMEM_USERS_OFFSET,
  BENEATH_PLATFORM_USERS_OFFSET,
  BENEATH_STAGES_OFFSET,
  BENEATH_THREADS_OFFSET,
  BENEATH_WORK_OFFSET,
  Feature,
  FILES_HMEM,
  FILES_HMEM_PLATFORM,
  Header,
  Lock,
  LockMode,
  NAME_HMEM,
  NAME_SOFT_RESERVED,
  PUBLICATION_REGISTERED,
  PUBLICATION_ROW_BYTES,
  PUBLICATION_ROW_END_OFFSET,
  PUBLICATION_ROW_KIND_OFFSET,
  PUBLICATION_ROW_REGION_OFFSET,
  PUBLICATION_ROW_SLOT_OFFSET,
  PUBLICATION_ROW_START_OFFSET,
  Publication,
  RESOURCE_MEM,
  SLOT_NAME_OFFSET,
  SLOT_PARENT_BASE,
  STAGE_HMEM,
  STAGE_RELEASED,
  THREAD_ERROR_OFFSET,
} from '../layout';
import { observePair } from '../observe';
import { has, header, table } from '../scenario';
import { enterFile, goto, leave, leaveFile, MOVED, me, othersInside, slot, st, th } from '../state';
import {
  firstOverlap,
  insertResource,
  isLinked,
  NOWHERE,
  nodeEnd,
  nodeParent,
  nodeStart,
  ROOT,
} from './resource';
import { REGION_DISJOINT, REGION_INTERSECTS, REGION_MIXED } from './resourceWalk';

// ---- Where it lies ----------------------------------------------------------------------

/** Whether the machine of this scenario names firmware ranges. */
export function hasBeneath(): bool {
  return header(Header.BeneathAt) != 0;
}

export function beneath(): usize {
  return st + <usize>header(Header.BeneathAt);
}

export function publications(): u32 {
  return header(Header.PublicationCount);
}

/** The flags of a publication: a byte of the state. */
function flagsAt(index: u32): usize {
  return beneath() + BENEATH_BYTES + <usize>index;
}

export function publicationIs(index: u32, flag: u32): bool {
  return (load<u8>(flagsAt(index)) & flag) != 0;
}

export function setPublication(index: u32, flag: u32): void {
  store<u8>(flagsAt(index), load<u8>(flagsAt(index)) | flag);
}

export function clearPublication(index: u32, flag: u32): void {
  store<u8>(flagsAt(index), load<u8>(flagsAt(index)) & ~flag);
}

function rowOf(index: u32): usize {
  return table(Header.PublicationTable) + <usize>index * PUBLICATION_ROW_BYTES;
}

export function publicationStart(index: u32): u64 {
  return load<u64>(rowOf(index), PUBLICATION_ROW_START_OFFSET);
}

export function publicationEnd(index: u32): u64 {
  return load<u64>(rowOf(index), PUBLICATION_ROW_END_OFFSET);
}

export function publicationKind(index: u32): Publication {
  return load<u8>(rowOf(index), PUBLICATION_ROW_KIND_OFFSET);
}

/** The dax region that can come of a publication; REGION_NONE for a window. */
export function regionOfPublication(index: u32): u32 {
  return load<u8>(rowOf(index), PUBLICATION_ROW_REGION_OFFSET);
}

/** A byte of a publication's row. */
export function publicationByte(index: u32, offset: usize): u32 {
  return load<u8>(rowOf(index) + offset);
}

/** Slot of a publication's own node. */
export function nodeSlot(index: u32): u32 {
  return load<u16>(rowOf(index), PUBLICATION_ROW_SLOT_OFFSET);
}

/** The publication of a dax region; `publications()` for a region that the model declares. */
export function publicationOf(home: u32): u32 {
  const count = publications();
  for (let index: u32 = 0; index < count; index++) {
    if (regionOfPublication(index) == home) return index;
  }
  return count;
}

/** Whether a dax region is one that CXL has published. */
export function isCxlRegion(home: u32): bool {
  const index = publicationOf(home);
  return index < publications() && publicationKind(index) == Publication.CxlRegion;
}

// ---- Stages and work --------------------------------------------------------------------

export function isAt(stage: u32): bool {
  return (load<u16>(beneath(), BENEATH_STAGES_OFFSET) & stage) != 0;
}

export function withdraw(stage: u32): void {
  store<u16>(
    beneath(),
    load<u16>(beneath(), BENEATH_STAGES_OFFSET) & ~stage,
    BENEATH_STAGES_OFFSET,
  );
}

export function reach(stage: u32): void {
  store<u16>(beneath(), load<u16>(beneath(), BENEATH_STAGES_OFFSET) | stage, BENEATH_STAGES_OFFSET);
}

export function isQueued(work: u32): bool {
  return (load<u8>(beneath(), BENEATH_WORK_OFFSET) & work) != 0;
}

export function queueWork(work: u32): void {
  store<u8>(beneath(), load<u8>(beneath(), BENEATH_WORK_OFFSET) | work, BENEATH_WORK_OFFSET);
}

export function finishWork(work: u32): void {
  store<u8>(beneath(), load<u8>(beneath(), BENEATH_WORK_OFFSET) & ~work, BENEATH_WORK_OFFSET);
}

// ---- The running thread -----------------------------------------------------------------

function mine(): usize {
  return beneath() + BENEATH_THREADS_OFFSET + <usize>me * ASKER_BYTES;
}

/** The publication at hand. */
export function current(): u32 {
  return load<u8>(mine(), ASKER_AT_OFFSET);
}

export function moveTo(index: u32): void {
  store<u8>(mine(), index, ASKER_AT_OFFSET);
}

/** Notes that the thread has still to do what it was asked for. */
export function ask(): void {
  store<u8>(mine(), load<u8>(mine(), ASKER_ASKED_OFFSET) | 1, ASKER_ASKED_OFFSET);
}

/** Whether it has: to load the module after the one at hand, or to return to a script. */
export function asked(): bool {
  return (load<u8>(mine(), ASKER_ASKED_OFFSET) & 1) != 0;
}

const ASKED_MORE: u8 = 2;

const ASKED_UNUSED: u8 = 4;

/** Notes that the modules which the one at hand was loaded for are to be unloaded after it. */
export function askUnused(): void {
  store<u8>(mine(), load<u8>(mine(), ASKER_ASKED_OFFSET) | ASKED_UNUSED, ASKER_ASKED_OFFSET);
}

/** Whether they are; the note is gone then. */
export function takeUnused(): bool {
  const asks = load<u8>(mine(), ASKER_ASKED_OFFSET);
  store<u8>(mine(), asks & ~ASKED_UNUSED, ASKER_ASKED_OFFSET);
  return (asks & ASKED_UNUSED) != 0;
}

/** Notes whether a hot-add has more blocks to bring online. */
export function setMore(more: bool): void {
  const kept = load<u8>(mine(), ASKER_ASKED_OFFSET) & ~ASKED_MORE;
  store<u8>(mine(), more ? kept | ASKED_MORE : kept, ASKER_ASKED_OFFSET);
}

/** Whether it has; the note is gone then. */
export function takeMore(): bool {
  const more = (load<u8>(mine(), ASKER_ASKED_OFFSET) & ASKED_MORE) != 0;
  setMore(false);
  return more;
}

/** Where a thread goes on when what it does to a region has ended; 0 when it does nothing. */
export function comesBackTo(thread: u32): u32 {
  return load<u16>(beneath() + BENEATH_THREADS_OFFSET + <usize>thread * ASKER_BYTES);
}

/** Where the thread goes on when a region's probe or unbinding has ended. */
export function comeBackTo(pc: u32): void {
  store<u16>(mine(), pc);
}

// ---- Files of the region drivers ----------------------------------------------------------

function usersOf(files: u32): usize {
  const platform = files == <u32>FILES_HMEM_PLATFORM;
  return beneath() + (platform ? BENEATH_PLATFORM_USERS_OFFSET : BENEATH_HMEM_USERS_OFFSET);
}

/** Notes that the running thread is inside bind or unbind of a region driver. */
export function enterProvider(files: u32): void {
  if (hasBeneath()) enterFile(usersOf(files), Lock.DriverFiles, files);
}

function leaveProvider(files: u32): void {
  if ((load<u8>(usersOf(files)) & (1 << me)) == 0) return;
  leaveFile(usersOf(files), Lock.DriverFiles, files);
}

/** Waits, as the removal of these files does, until nobody else is inside; 0 when nobody is. */
export function othersInProvider(files: u32): u32 {
  return othersInside(usersOf(files));
}

/** Ends the running thread's call, with nothing left of it. */
export function leaveBeneath(errno: u32): i32 {
  leaveProvider(FILES_HMEM_PLATFORM);
  store<u32>(mine(), 0);
  return leave(errno);
}

/**
 * Ends a region's probe or unbinding: it goes on where that was asked for, with the errno; a write
 * of the driver's bind or unbind returns.
 */
export function endRegionCall(errno: u32): i32 {
  const after: u32 = hasBeneath() ? load<u16>(mine()) : 0;
  if (after == 0) {
    if (hasBeneath()) leaveProvider(FILES_HMEM);
    return leave(errno);
  }
  store<u16>(mine(), 0);
  store<u8>(th, errno, THREAD_ERROR_OFFSET);
  goto(after);
  return MOVED;
}

/**
 * Whether a region's device is not there, or its driver hmem is not, so that no bind reaches it.
 */
export function isDriverless(home: u32): bool {
  if (!hasBeneath()) return false;
  const index = publicationOf(home);
  if (index >= publications()) return false;
  // The driver cxl_dax_region has no bind and unbind files.
  if (publicationKind(index) > Publication.Hmat) return true;
  return !isAt(STAGE_HMEM) || !publicationIs(index, PUBLICATION_REGISTERED);
}

/** An administrator gives a range back: nobody need own it from here on. */
export function releasedByHand(): void {
  if (hasBeneath()) reach(STAGE_RELEASED);
}

// ---- The tree ---------------------------------------------------------------------------

/**
 * The descriptor of a node, as the name of who has it by right. The node of an hmem platform
 * device had none up to v5.19.
 * Source: drivers/dax/hmem/device.c hmem_register_device(), v5.10 and v6.1.
 */
function descriptorOf(index: u32): u32 {
  const name = <u32>load<u8>(slot(index), SLOT_NAME_OFFSET);
  if (name != NAME_HMEM) return name;
  return has(Feature.HmemKeepsDescriptor) ? NAME_SOFT_RESERVED : NAME_HMEM;
}

/** Whether a node is another one, or lies beneath it. */
function isWithin(node: u32, above: u32): bool {
  let at = node;
  while (at != ROOT && at != above) at = nodeParent(at);
  return at == above;
}

function isDescribed(node: u32, descriptor: u32): bool {
  return node >= <u32>SLOT_PARENT_BASE && descriptorOf(node - SLOT_PARENT_BASE) == descriptor;
}

/** Bytes of [start, end] that nodes of a descriptor cover beneath `above`, itself included. */
export function describedBytes(above: u32, start: u64, end: u64, descriptor: u32): u64 {
  let bytes: u64 = 0;
  const count = header(Header.SlotCount);
  for (let index: u32 = 0; index < count; index++) {
    const node = SLOT_PARENT_BASE + index;
    if (!isLinked(index) || !isDescribed(node, descriptor) || !isWithin(node, above)) continue;
    let nested = false;
    let parent = nodeParent(node);
    while (parent != ROOT) {
      if (isDescribed(parent, descriptor)) nested = true;
      parent = nodeParent(parent);
    }
    const first = max<u64>(nodeStart(node), start);
    const last = min<u64>(nodeEnd(node), end);
    if (!nested && first <= last) bytes += last - first + 1;
  }
  return bytes;
}

/**
 * Tells whether [start, end] has a descriptor, has it not, or is mixed.
 * Source: kernel/resource.c region_intersects(), v5.10 and v6.8 (direct children of the root
 * alone) and v6.12 (what lies beneath a node counts).
 */
export function regionIntersects(start: u64, end: u64, descriptor: u32): u32 {
  observePair(Lock.ResourceLock, 0, LockMode.Read);
  return intersects(start, end, descriptor);
}

/** The same answer, for who only wants to know: no lock is told of. */
export function intersects(start: u64, end: u64, descriptor: u32): u32 {
  let matching = false;
  let other = false;
  let cursor = start;
  while (true) {
    const node = firstOverlap(ROOT, cursor, end);
    if (node == NOWHERE) break;
    const first = max<u64>(nodeStart(node), start);
    const last = min<u64>(nodeEnd(node), end);
    if (isDescribed(node, descriptor)) matching = true;
    else {
      const nested = has(Feature.RegionIntersectsNested);
      const bytes = nested ? describedBytes(node, first, last, descriptor) : 0;
      if (bytes > 0) matching = true;
      if (bytes != last - first + 1) other = true;
    }
    if (nodeEnd(node) >= end) break;
    cursor = nodeEnd(node) + 1;
  }
  if (!matching) return REGION_DISJOINT;
  return other ? REGION_MIXED : REGION_INTERSECTS;
}

/**
 * Inserts a node and, while something overlaps it in part, makes it larger.
 * Source: kernel/resource.c insert_resource_expand_to_fit(), v6.12.
 */
export function insertExpanding(index: u32, start: u64, end: u64, name: u32): void {
  let first = start;
  let last = end;
  while (!insertResource(index, first, last, RESOURCE_MEM, name)) {
    let cursor = first;
    while (cursor <= last) {
      const node = firstOverlap(ROOT, cursor, last);
      if (node == NOWHERE) break;
      first = min<u64>(first, nodeStart(node));
      last = max<u64>(last, nodeEnd(node));
      cursor = nodeEnd(node) + 1;
    }
  }
}
