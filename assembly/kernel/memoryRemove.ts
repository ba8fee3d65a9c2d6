// mm/memory_hotplug.c: removing memory. Called by kmem for one range of one device: the running
// thread's DEVICE and INDEX name it, ERROR carries the answer back.
import { ueventOfBlock } from '../actor/event';
import {
  BLOCK_ADDED_MASK,
  BLOCK_ALTMAP,
  BLOCK_ROW_NODE_OFFSET,
  BLOCK_STATE_OFFSET,
  BLOCK_TYPE_OFFSET,
  BLOCK_USERS_OFFSET,
  BLOCK_ZONE_OFFSET,
  BlockState,
  Errno,
  EVENT_REMOVE,
  Feature,
  GLOBAL_HOTPLUG_OFFSET,
  GLOBAL_MEM_HOTPLUG_OFFSET,
  Header,
  Lock,
  LockMode,
  Pc,
  Property,
  THREAD_BLOCK_OFFSET,
  THREAD_DEVICE_OFFSET,
} from '../layout';
import { observeLock, observePair, observeUnlock } from '../observe';
import { blockBytes, has, header } from '../scenario';
import {
  block,
  blockExtra,
  blockRow,
  blocks,
  broken,
  goto,
  MOVED,
  oops,
  othersInside,
  st,
  th,
  tryMutex,
  wait,
  waitForMutex,
} from '../state';
import {
  answer,
  firstBlock,
  isInRange,
  rangeBytes,
  rangeStart,
  unlockHotplug,
  unlockMemHotplug,
} from './memoryHotplug';
import { releaseMemRegionAdjustable } from './resource';
import { blockState, spansOf } from './zone';

/**
 * Whether block devices go away while mem_hotplug_lock is held: up to v5.5, and again since v6.8.
 * Source: mm/memory_hotplug.c try_remove_memory(), v5.3, v5.8 and v6.8.
 */
function removesInsideLock(): bool {
  return !has(Feature.BlocksRemovedOutsideLock) || has(Feature.BlocksRemovedInsideLock);
}

function beginMemHotplug(): void {
  observeLock(Lock.CpuHotplug, 0, LockMode.Read);
  tryMutex(st + GLOBAL_MEM_HOTPLUG_OFFSET, Lock.MemHotplug, 0);
}

/** Whether every block that stands in a range is offline. */
export function allBlocksOffline(start: u64, bytes: u64): bool {
  for (let index = firstBlock(start); isInRange(index, start, bytes); index++) {
    const state = blockState(index);
    if (state == BlockState.Online || state == BlockState.GoingOffline) return false;
  }
  return true;
}

/**
 * What a block that is not offline makes of remove_memory().
 *
 * A BUG up to v5.2, with mem_hotplug_lock held. From v5.3 an errno; in v5.6 to v5.8 the way out
 * gives back mem_hotplug_lock, which was not taken. Source: mm/memory_hotplug.c __remove_memory(),
 * v5.1; try_remove_memory(), v5.3, v5.8 and v5.9.
 */
function refuseRemoval(): i32 {
  if (!has(Feature.RemoveMemoryErrno)) {
    beginMemHotplug();
    broken(Property.NoCrash, load<u8>(th, THREAD_DEVICE_OFFSET));
    oops();
    return MOVED;
  }
  if (!has(Feature.BlocksRemovedOutsideLock)) {
    beginMemHotplug();
    unlockMemHotplug();
  } else if (!has(Feature.PairedMemHotplugDone)) unlockMemHotplug();
  unlockHotplug();
  return answer(Errno.EBUSY);
}

/**
 * Looks whether every block of the range is offline; if not, nothing is removed.
 * Source: mm/memory_hotplug.c remove_memory(), try_remove_memory(), v5.1 and v6.12.
 */
export function removeMemoryLock(): i32 {
  const lock = st + GLOBAL_HOTPLUG_OFFSET;
  if (!tryMutex(lock, Lock.DeviceHotplug, 0))
    return waitForMutex(lock, Lock.DeviceHotplug, 0, false);
  if (!allBlocksOffline(rangeStart(), rangeBytes())) return refuseRemoval();
  goto(Pc.remove_memory__remove);
  return MOVED;
}

/**
 * Whether the blocks of a range cannot go together: some have their own memory map and some have
 * not; up to v6.7, one has and is not alone. Source: mm/memory_hotplug.c try_remove_memory(),
 * v5.15; memory_blocks_have_altmaps(), v6.8.
 */
function hasMixedMaps(start: u64, bytes: u64): bool {
  if (header(Header.MemmapOnMemory) == 0 || header(Header.BlockExtraAt) == 0) return false;
  let maps: u64 = 0;
  for (let index = firstBlock(start); isInRange(index, start, bytes); index++) {
    if ((load<u8>(blockExtra(index)) & BLOCK_ALTMAP) != 0) maps++;
  }
  if (maps == 0) return false;
  const count = bytes / blockBytes();
  return has(Feature.BlocksRemovedInsideLock) ? maps != count : count != 1;
}

/** Begins to remove a range: the blocks, their sections, the System RAM node. */
export function removeMemoryRemove(): i32 {
  if (hasMixedMaps(rangeStart(), rangeBytes())) {
    unlockHotplug();
    return answer(Errno.EINVAL);
  }
  return removeRange(Pc.try_remove_memory__drain) ? endRemoveMemory() : MOVED;
}

/** Goes on where a block's files were in use. */
export function tryRemoveMemoryDrain(): i32 {
  const inside = insideBlock();
  if (inside != 0) return waitForBlockFiles(inside);
  return removeOn(Pc.try_remove_memory__drain) ? endRemoveMemory() : MOVED;
}

function endRemoveMemory(): i32 {
  unlockHotplug();
  return answer(0);
}

/** Threads inside the files of the thread's block. */
export function insideBlock(): u32 {
  return othersInside(block(load<u8>(th, THREAD_BLOCK_OFFSET)) + BLOCK_USERS_OFFSET);
}

/** Waits until they have left them. Source: fs/kernfs/dir.c kernfs_drain(), v5.10. */
export function waitForBlockFiles(inside: u32): i32 {
  return wait(Lock.BlockFiles, load<u8>(th, THREAD_BLOCK_OFFSET), inside, false);
}

/**
 * Removes the thread's range; device_hotplug_lock is held. Nobody else takes mem_hotplug_lock
 * without it, so it is never waited for.
 *
 * @returns whether all of it is gone; else the thread is at `drain`, to wait for a block's files.
 * Source: mm/memory_hotplug.c try_remove_memory(), v5.3, v5.8 and v6.12.
 */
export function removeRange(drain: Pc): bool {
  if (removesInsideLock()) beginMemHotplug();
  if (!has(Feature.NoMemSysfsMutex)) observeLock(Lock.MemSysfs, 0, LockMode.Write);
  store<u8>(th, firstBlock(rangeStart()), THREAD_BLOCK_OFFSET);
  return removeOn(drain);
}

/** Removes blocks from the thread's one on; see removeRange(). */
export function removeOn(drain: Pc): bool {
  const start = rangeStart();
  const bytes = rangeBytes();
  let index = <u32>load<u8>(th, THREAD_BLOCK_OFFSET);
  for (; isInRange(index, start, bytes); index++) {
    if (blockState(index) == BlockState.Absent) continue;
    store<u8>(th, index, THREAD_BLOCK_OFFSET);
    if (insideBlock() != 0) {
      goto(drain);
      return false;
    }
    removeBlock(index);
  }
  store<u8>(th, 0, THREAD_BLOCK_OFFSET);
  if (!has(Feature.NoMemSysfsMutex)) observeUnlock(Lock.MemSysfs, 0, LockMode.Write);
  if (!removesInsideLock()) beginMemHotplug();
  releaseMemRegionAdjustable(start, bytes);
  tryOfflineNode(firstBlock(start));
  unlockMemHotplug();
  return true;
}

/**
 * Takes the node of removed memory offline when nothing seems to be left of it. Up to v5.3 that is
 * asked of the node's span alone, in which memory that was never online does not count. Boot memory
 * and the processors are on node 0. Source: mm/memory_hotplug.c try_offline_node(), v5.3 and v5.8.
 */
function tryOfflineNode(removed: u32): void {
  if (removed >= blocks()) return;
  const node = load<u8>(blockRow(removed), BLOCK_ROW_NODE_OFFSET);
  if (node == 0) return;
  let left = false;
  const count = blocks();
  for (let index: u32 = 0; index < count; index++) {
    if (blockState(index) == BlockState.Absent) continue;
    if (load<u8>(blockRow(index), BLOCK_ROW_NODE_OFFSET) != node) continue;
    if (has(Feature.TryOfflineNodeBlocks) || spansOf(index) != 0) return;
    left = true;
  }
  if (left) broken(Property.Node, load<u8>(th, THREAD_DEVICE_OFFSET));
}

/**
 * Removes a block of the thread's range, whoever added it.
 * Source: drivers/base/memory.c remove_memory_block_devices(), v5.3 and v6.12.
 */
export function removeBlock(index: u32): void {
  const remover = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  const extra = blockExtra(index);
  if (extra != 0 && <u32>(load<u8>(extra) & BLOCK_ADDED_MASK) != remover + 1)
    broken(Property.OwnerRemoval, remover);
  observePair(Lock.BlockFiles, index, LockMode.Write);
  store<u8>(block(index), BlockState.Absent, BLOCK_STATE_OFFSET);
  store<u8>(block(index), 0, BLOCK_ZONE_OFFSET);
  store<u8>(block(index), 0, BLOCK_TYPE_OFFSET);
  if (extra != 0) store<u16>(extra, 0);
  ueventOfBlock(index, EVENT_REMOVE);
}
