// mm/memory_hotplug.c: adding and removing memory. Called by kmem for one range of one device: the
// running thread's DEVICE and INDEX name it, ERROR carries the answer back.

import { ueventOfBlock } from '../actor/event';
import { faultAt } from '../actor/fault';
import {
  BLOCK_ALTMAP,
  BLOCK_ROW_NODE_OFFSET,
  BLOCK_SECTIONS,
  BLOCK_STATE_OFFSET,
  BLOCK_TYPE_OFFSET,
  BlockState,
  DEVICE_RANGES_OFFSET,
  Errno,
  EVENT_ADD,
  EVENT_REMOVE,
  FaultPoint,
  Feature,
  GLOBAL_HOTPLUG_OFFSET,
  GLOBAL_MEM_HOTPLUG_OFFSET,
  GLOBAL_POLICY_OFFSET,
  Header,
  Lock,
  LockMode,
  NAME_SYSTEM_RAM,
  NAME_SYSTEM_RAM_KMEM,
  OnlineType,
  Pc,
  Property,
  RANGE_END_OFFSET,
  RANGE_START_OFFSET,
  RESOURCE_BUSY,
  RESOURCE_DRIVER_MANAGED,
  RESOURCE_MEM,
  RESOURCE_SYSRAM,
  SLOT_PARENT_BASE,
  THREAD_ARGUMENT_OFFSET,
  THREAD_BLOCK_OFFSET,
  THREAD_DEVICE_OFFSET,
  THREAD_ERROR_OFFSET,
  THREAD_INDEX_OFFSET,
} from '../layout';
import { observeLock, observePair, observeUnlock } from '../observe';
import { blockBytes, has, header, memoryLimit, point } from '../scenario';
import {
  back,
  block,
  blockExtra,
  blockRow,
  blocks,
  broken,
  choose,
  device,
  goto,
  kmemSlot,
  MOVED,
  oops,
  ramSlot,
  range,
  st,
  th,
  tryMutex,
  unlockMutex,
  waitForMutex,
} from '../state';
import { wantsMemmap } from './daxMemmap';
import { deviceOnline, deviceOnlineEnd } from './memoryBlock';
import { hearInAdd, isHeard } from './memoryNotifier';
import { freeSlot, isLinked, nodeEnd, nodeStart, requestRegion, requestTopLevel } from './resource';
import { isBeyondSections, kmemBytes, kmemStart } from './section';
import { blockStart, blockState } from './zone';

function reservation(): u32 {
  return kmemSlot(load<u8>(th, THREAD_DEVICE_OFFSET), load<u8>(th, THREAD_INDEX_OFFSET));
}

/**
 * First address and bytes that kmem asks for of the thread's range. What it has reserved it keeps
 * in locals, whatever becomes of the device's ranges meanwhile.
 * Source: drivers/dax/kmem.c dev_dax_kmem_remove(), v5.10.
 */
export function rangeStart(): u64 {
  if (isLinked(reservation())) return nodeStart(SLOT_PARENT_BASE + reservation());
  const at = range(load<u8>(th, THREAD_DEVICE_OFFSET), load<u8>(th, THREAD_INDEX_OFFSET));
  return kmemStart(point(load<u16>(at, RANGE_START_OFFSET)));
}

export function rangeBytes(): u64 {
  if (isLinked(reservation())) return nodeEnd(SLOT_PARENT_BASE + reservation()) - rangeStart() + 1;
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  const count = <u32>load<u8>(device(index), DEVICE_RANGES_OFFSET);
  if (<u32>load<u8>(th, THREAD_INDEX_OFFSET) >= count) return 0;
  const at = range(load<u8>(th, THREAD_DEVICE_OFFSET), load<u8>(th, THREAD_INDEX_OFFSET));
  return kmemBytes(
    point(load<u16>(at, RANGE_START_OFFSET)),
    point(load<u16>(at, RANGE_END_OFFSET)),
  );
}

/** Returns the first block at or above an address; blocks() when there is none. */
export function firstBlock(start: u64): u32 {
  const count = blocks();
  for (let index: u32 = 0; index < count; index++) {
    if (blockStart(index) >= start) return index;
  }
  return count;
}

/** Whether a block exists at this number and begins in the range. */
export function isInRange(index: u32, start: u64, bytes: u64): bool {
  return index < blocks() && blockStart(index) < start + bytes;
}

function ownRamSlot(): u32 {
  return ramSlot(load<u8>(th, THREAD_DEVICE_OFFSET), load<u8>(th, THREAD_INDEX_OFFSET));
}

/** Gives device_hotplug_lock back. */
export function unlockHotplug(): void {
  unlockMutex(st + GLOBAL_HOTPLUG_OFFSET, Lock.DeviceHotplug, 0);
}

/** mem_hotplug_done(): gives mem_hotplug_lock back, and cpu_hotplug_lock. */
export function unlockMemHotplug(): void {
  unlockMutex(st + GLOBAL_MEM_HOTPLUG_OFFSET, Lock.MemHotplug, 0);
  observeUnlock(Lock.CpuHotplug, 0, LockMode.Read);
}

/** Comes back to the caller with an errno. */
export function answer(errno: u32): i32 {
  store<u8>(th, 0, THREAD_BLOCK_OFFSET);
  store<u8>(th, errno, THREAD_ERROR_OFFSET);
  back();
  return MOVED;
}

/**
 * Claims System RAM for the range: nested in what is not busy since v5.1, at the top level only
 * before.
 * @returns 0 or an errno.
 * Source: mm/memory_hotplug.c register_memory_resource(), v5.0, v5.1 and v6.12.
 */
function registerMemoryResource(start: u64, bytes: u64): u32 {
  const fault = faultAt(FaultPoint.AddMemory);
  if (fault != 0) return fault;
  const nested = has(Feature.MemoryResourceChildren);
  // From v5.8 on mem= limits only what is added while booting.
  if (has(Feature.RangePrevalidated) && isBeyondSections(start, bytes)) return Errno.E2BIG;
  const limited = nested && !has(Feature.DriverManaged);
  if (limited && start + bytes > memoryLimit()) return Errno.E2BIG;
  const managed = has(Feature.DriverManaged);
  const flags =
    RESOURCE_MEM | RESOURCE_SYSRAM | RESOURCE_BUSY | (managed ? RESOURCE_DRIVER_MANAGED : 0);
  const name = managed ? NAME_SYSTEM_RAM_KMEM : NAME_SYSTEM_RAM;
  if (nested) return requestRegion(ownRamSlot(), start, bytes, name, flags) ? 0 : Errno.EEXIST;
  return requestTopLevel(ownRamSlot(), start, bytes, name, flags) ? 0 : Errno.EEXIST;
}

/** Source: mm/memory_hotplug.c add_memory(), v5.1; add_memory_driver_managed(), v6.12. */
export function addMemoryLock(): i32 {
  const lock = st + GLOBAL_HOTPLUG_OFFSET;
  if (!tryMutex(lock, Lock.DeviceHotplug, 0))
    return waitForMutex(lock, Lock.DeviceHotplug, 0, false);
  const errno = registerMemoryResource(rangeStart(), rangeBytes());
  if (errno != 0) {
    unlockHotplug();
    return answer(errno);
  }
  goto(Pc.add_memory_resource__begin);
  return MOVED;
}

/** A failed add gives the System RAM node back; sections that are present already stay. */
function failAdd(errno: u32): i32 {
  unlockMemHotplug();
  observePair(Lock.ResourceLock, 0, LockMode.Write);
  freeSlot(ownRamSlot());
  unlockHotplug();
  return answer(errno);
}

/**
 * Whether the memory map of the range comes to lie in it: of one block alone, until v6.8. What was
 * asked for more was refused up to v6.5, and is passed over after.
 * Source: mm/memory_hotplug.c add_memory_resource(), v5.15 and v6.8.
 */
function keepsMap(): bool {
  if (!wantsMemmap(load<u8>(th, THREAD_DEVICE_OFFSET))) return false;
  return has(Feature.BlocksRemovedInsideLock) || rangeBytes() == blockBytes();
}

/** Notes which device brought a block, and whether its memory map lies in the block itself. */
function noteAdded(index: u32): void {
  const extra = blockExtra(index);
  if (extra == 0) return;
  const owner = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  const altmap: u32 = keepsMap() ? BLOCK_ALTMAP : 0;
  store<u8>(extra, (owner + 1) | altmap);
}

/**
 * Adds the sections of the range; their memory block devices appear, offline.
 * @returns 0 or an errno; on a fault the sections before it stay.
 * Source: mm/memory_hotplug.c __add_pages(), v5.1 (a section that is present is passed over); v5.3
 * and later (-EEXIST); drivers/base/memory.c hotplug_memory_register(), v5.1,
 * create_memory_block_devices(), v6.12.
 */
function archAddMemory(start: u64, bytes: u64): u32 {
  const first = firstBlock(start);
  const batch = has(Feature.BlocksAsBatch);
  const mutex = !has(Feature.NoMemSysfsMutex);
  let last = first;
  while (isInRange(last, start, bytes)) {
    const record = block(last);
    const present =
      blockState(last) != BlockState.Absent ||
      (load<u8>(record, BLOCK_TYPE_OFFSET) & BLOCK_SECTIONS) != 0;
    if (present && batch) return Errno.EEXIST;
    last++;
  }
  const unmade = createBlockFails(start, bytes);
  if (unmade != 0) return unmade;
  const fault = faultAt(FaultPoint.ArchAddMemory);
  const stopped = fault != 0 ? first + choose(last - first) : last;
  // Blocks with their own memory map are added one by one, and taken back so.
  const perBlock = fault != 0 && keepsMap();
  const end = perBlock ? first : stopped;
  for (let index = first; index < end; index++) {
    const record = block(index);
    if (fault != 0 && batch) store<u8>(record, BLOCK_SECTIONS, BLOCK_TYPE_OFFSET);
    else if (blockState(index) == BlockState.Absent) {
      if (mutex) observeLock(Lock.MemSysfs, 0, LockMode.Write);
      observePair(Lock.BlockLock, index, LockMode.Write);
      if (mutex) observeUnlock(Lock.MemSysfs, 0, LockMode.Write);
      store<u8>(record, BlockState.Offline, BLOCK_STATE_OFFSET);
      noteAdded(index);
      ueventOfBlock(index, EVENT_ADD);
    }
  }
  return fault;
}

/**
 * Whether making the block devices of the range fails, at any of them: those that were made before
 * are taken back, and so are the sections.
 *
 * From v5.8 to v5.18 a block that cannot be entered in the index loses two references for the one
 * that it has. Where the memory map lies in the block itself, the way back of v5.13 to v6.6, and
 * that of v6.8 and later, does not say so, and gives its pages to the page allocator. Source:
 * drivers/base/memory.c create_memory_block_devices(), v5.3; register_memory(), v5.8;
 * __add_memory_block(), v6.1; mm/memory_hotplug.c add_memory_resource(), v5.15;
 * create_altmaps_and_memory_blocks(), v6.8.
 */
function createBlockFails(start: u64, bytes: u64): u32 {
  const errno = has(Feature.BlocksAsBatch) ? faultAt(FaultPoint.CreateMemoryBlock) : 0;
  if (errno == 0) return 0;
  const first = firstBlock(start);
  let last = first;
  while (isInRange(last, start, bytes)) last++;
  const failed = first + choose(last - first);
  for (let index = first; index < failed; index++) {
    ueventOfBlock(index, EVENT_ADD);
    ueventOfBlock(index, EVENT_REMOVE);
  }
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  const putTwice = has(Feature.BlocksInXarray) && !has(Feature.BlockSinglePut);
  const perBlock = has(Feature.BlocksRemovedInsideLock);
  const told = perBlock ? has(Feature.BlockErrorAltmap) : has(Feature.AddErrorAltmap);
  const forgotten = keepsMap() && !told;
  if (putTwice || forgotten) broken(Property.NoCrash, index);
  return errno;
}

/**
 * Online type of an add: what its caller gave, or the policy of the machine. The former is the
 * thread's ARGUMENT - 1. Source: mm/memory_hotplug.c __add_memory_driver_managed(), v7.3.
 */
function typeOfAdd(): OnlineType {
  const given = load<u8>(th, THREAD_ARGUMENT_OFFSET);
  return given != 0 ? given - 1 : load<u8>(st, GLOBAL_POLICY_OFFSET);
}

/** Whether the firmware has told of the node that a block would join. */
function isPossible(index: u32): bool {
  if (index >= blocks()) return true;
  const node = <u32>load<u8>(blockRow(index), BLOCK_ROW_NODE_OFFSET);
  return node >= 32 || ((header(Header.PossibleNodes) >> node) & 1) != 0;
}

/**
 * Adds memory to a node that cannot exist: refused from v5.8 on; before, the node is made, and
 * whatever has a place for each possible node is overrun.
 * Source: mm/memory_hotplug.c add_memory_resource(), v5.3 and v5.8.
 */
function addToNoNode(): i32 {
  if (has(Feature.NodePossibleCheck)) return failAdd(Errno.EINVAL);
  broken(Property.NoCrash, load<u8>(th, THREAD_DEVICE_OFFSET));
  oops();
  return MOVED;
}

/**
 * Adds a range that no section can describe: refused late from v5.5 on, and up to v5.4 the table of
 * sections is overrun. Source: mm/memory_hotplug.c __add_pages(), v5.3; v5.8, by
 * check_hotplug_memory_addressable(); mhp_range_allowed(), v5.15.
 */
function addBeyond(): i32 {
  if (has(Feature.AddressBoundsCheck)) return failAdd(Errno.E2BIG);
  broken(Property.NoCrash, load<u8>(th, THREAD_DEVICE_OFFSET));
  oops();
  return MOVED;
}

/** Source: mm/memory_hotplug.c add_memory_resource(), v5.1 and v6.12. */
export function addMemoryResourceBegin(): i32 {
  const lock = st + GLOBAL_MEM_HOTPLUG_OFFSET;
  if (load<u8>(lock) != 0) return waitForMutex(lock, Lock.MemHotplug, 0, false);
  observeLock(Lock.CpuHotplug, 0, LockMode.Read);
  tryMutex(lock, Lock.MemHotplug, 0);
  const start = rangeStart();
  if (!isPossible(firstBlock(start))) return addToNoNode();
  if (isBeyondSections(start, rangeBytes())) return addBeyond();
  const wanted = wantsMemmap(load<u8>(th, THREAD_DEVICE_OFFSET));
  const refused = wanted && !keepsMap() && !has(Feature.MemmapFallsBack);
  const errno = refused ? <u32>Errno.EINVAL : archAddMemory(start, rangeBytes());
  if (errno != 0) return failAdd(errno);
  unlockMemHotplug();
  if (typeOfAdd() == OnlineType.Offline) {
    unlockHotplug();
    return answer(0);
  }
  store<u8>(th, firstBlock(start), THREAD_BLOCK_OFFSET);
  goto(Pc.add_memory_resource__online);
  return MOVED;
}

/**
 * Brings the new blocks online, ascending, one a step; stops at the first that fails; nobody hears
 * of it. Source: mm/memory_hotplug.c add_memory_resource(), online_memory_block(), v5.1 (policy
 * read once, before) and v5.7 and later (the type is read for each block).
 */
export function addMemoryResourceOnline(): i32 {
  const lock = st + GLOBAL_MEM_HOTPLUG_OFFSET;
  if (load<u8>(lock) != 0) return waitForMutex(lock, Lock.MemHotplug, 0, false);
  const index = <u32>load<u8>(th, THREAD_BLOCK_OFFSET);
  const policy = typeOfAdd();
  let stop = blockState(index) == BlockState.Online;
  let heard = false;
  if (!stop) {
    const type =
      has(Feature.TypedAutoOnline) && policy != OnlineType.Offline ? policy : OnlineType.Online;
    stop = deviceOnline(index, type) != 0;
    heard = !stop && isHeard(index);
    if (!heard) deviceOnlineEnd(index);
  }
  const more = !stop && isInRange(index + 1, rangeStart(), rangeBytes());
  if (heard) return hearInAdd(index, more);
  if (more) {
    store<u8>(th, index + 1, THREAD_BLOCK_OFFSET);
    return MOVED;
  }
  unlockHotplug();
  return answer(0);
}
