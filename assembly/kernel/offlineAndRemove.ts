// mm/memory_hotplug.c: taking all memory of a device offline and removing it as one operation under
// device_hotplug_lock, or leaving it as it was. Called with the thread's DEVICE; every range that
// kmem has added is meant. INDEX and BLOCK are the range and the block at hand, ERROR the answer.
import {
  BLOCK_EXTRA_ADDED_OFFSET,
  BLOCK_STATE_OFFSET,
  BLOCK_WAS_KERNEL,
  BLOCK_WAS_MOVABLE,
  BlockState,
  DEVICE_RANGES_OFFSET,
  DEVICE_RESERVED_OFFSET,
  Errno,
  GLOBAL_HOTPLUG_OFFSET,
  GLOBAL_MEM_HOTPLUG_OFFSET,
  Lock,
  LockMode,
  OnlineType,
  Pc,
  THREAD_BLOCK_OFFSET,
  THREAD_DEVICE_OFFSET,
  THREAD_ERROR_OFFSET,
  THREAD_INDEX_OFFSET,
  Zone,
} from '../layout';
import { observeLock, observeUnlock } from '../observe';
import { block, blockExtra, device, goto, MOVED, st, th, tryMutex, waitForMutex } from '../state';
import {
  deviceOnline,
  deviceOnlineEnd,
  finishOffline,
  hasHoles,
  offlineFails,
} from './memoryBlock';
import {
  answer,
  firstBlock,
  isInRange,
  rangeBytes,
  rangeStart,
  unlockHotplug,
  unlockMemHotplug,
} from './memoryHotplug';
import { insideBlock, removeOn, removeRange, waitForBlockFiles } from './memoryRemove';
import { blockState, zoneOf } from './zone';

const WAS = BLOCK_WAS_KERNEL | BLOCK_WAS_MOVABLE;

/** Goes to the next range from `r` on that kmem has added; false when there is none. */
function toRange(r: u32): bool {
  const at = device(load<u8>(th, THREAD_DEVICE_OFFSET));
  const count = <u32>load<u8>(at, DEVICE_RANGES_OFFSET);
  for (; r < count; r++) {
    if (((<u32>load<u8>(at, DEVICE_RESERVED_OFFSET) >> r) & 1) == 0) continue;
    store<u8>(th, r, THREAD_INDEX_OFFSET);
    store<u8>(th, firstBlock(rangeStart()), THREAD_BLOCK_OFFSET);
    return true;
  }
  return false;
}

/** Goes to the block behind the one at hand; false behind the last one. */
function toNextBlock(): bool {
  const next = <u32>load<u8>(th, THREAD_BLOCK_OFFSET) + 1;
  if (!isInRange(next, rangeStart(), rangeBytes())) {
    return toRange(<u32>load<u8>(th, THREAD_INDEX_OFFSET) + 1);
  }
  store<u8>(th, next, THREAD_BLOCK_OFFSET);
  return true;
}

function finish(errno: u32): i32 {
  unlockHotplug();
  store<u8>(th, 0, THREAD_INDEX_OFFSET);
  return answer(errno);
}

/** Source: mm/memory_hotplug.c offline_and_remove_memory(), v6.19. */
export function offlineAndRemoveLock(): i32 {
  const lock = st + GLOBAL_HOTPLUG_OFFSET;
  if (!tryMutex(lock, Lock.DeviceHotplug, 0))
    return waitForMutex(lock, Lock.DeviceHotplug, 0, false);
  if (!toRange(0)) return finish(Errno.EINVAL);
  goto(Pc.offline_and_remove_memory__offline);
  return MOVED;
}

/**
 * Begins to take the next block offline that is not so already; behind the last one all of it is
 * removed. Source: mm/memory_hotplug.c try_offline_memory_block(), v6.19; drivers/base/core.c
 * device_offline().
 */
export function offlineAndRemoveOffline(): i32 {
  let more = true;
  while (more && blockState(load<u8>(th, THREAD_BLOCK_OFFSET)) != BlockState.Online) {
    more = toNextBlock();
  }
  if (!more) {
    toRange(0);
    goto(Pc.offline_and_remove_memory__remove);
    return offlineAndRemoveRemove();
  }
  const index = <u32>load<u8>(th, THREAD_BLOCK_OFFSET);
  observeLock(Lock.BlockLock, index, LockMode.Write);
  observeLock(Lock.CpuHotplug, 0, LockMode.Read);
  tryMutex(st + GLOBAL_MEM_HOTPLUG_OFFSET, Lock.MemHotplug, 0);
  store<u8>(block(index), BlockState.GoingOffline, BLOCK_STATE_OFFSET);
  goto(Pc.offline_and_remove_memory__offlined);
  return MOVED;
}

/** Ends with the block at hand: offline, or the way back begins. */
export function offlineAndRemoveOfflined(): i32 {
  const index = <u32>load<u8>(th, THREAD_BLOCK_OFFSET);
  const was: u32 = zoneOf(index) == Zone.Movable ? BLOCK_WAS_MOVABLE : BLOCK_WAS_KERNEL;
  const errno = hasHoles(index) ? <u32>Errno.EINVAL : offlineFails(index);
  finishOffline(index, errno);
  unlockMemHotplug();
  observeUnlock(Lock.BlockLock, index, LockMode.Write);
  if (errno != 0) {
    store<u8>(th, errno, THREAD_ERROR_OFFSET);
    toRange(0);
    goto(Pc.offline_and_remove_memory__reonline);
    return toTaken() ? MOVED : finish(errno);
  }
  const extra = blockExtra(index);
  store<u8>(extra, load<u8>(extra, BLOCK_EXTRA_ADDED_OFFSET) | was, BLOCK_EXTRA_ADDED_OFFSET);
  goto(Pc.offline_and_remove_memory__offline);
  return MOVED;
}

/** Goes from the block at hand to the next one that this operation took offline. */
function toTaken(): bool {
  let more = true;
  while (
    more &&
    (load<u8>(blockExtra(load<u8>(th, THREAD_BLOCK_OFFSET)), BLOCK_EXTRA_ADDED_OFFSET) & WAS) == 0
  ) {
    more = toNextBlock();
  }
  return more;
}

/**
 * Brings a block back online that had been taken offline, in the zone it had; a failure is passed
 * over. Source: mm/memory_hotplug.c try_reonline_memory_block(), v6.19.
 */
export function offlineAndRemoveReonline(): i32 {
  const index = <u32>load<u8>(th, THREAD_BLOCK_OFFSET);
  const extra = blockExtra(index);
  const flags = load<u8>(extra, BLOCK_EXTRA_ADDED_OFFSET);
  const type = (flags & BLOCK_WAS_MOVABLE) != 0 ? OnlineType.Movable : OnlineType.Kernel;
  store<u8>(extra, flags & ~WAS, BLOCK_EXTRA_ADDED_OFFSET);
  deviceOnline(index, type);
  deviceOnlineEnd(index);
  return toTaken() ? MOVED : finish(load<u8>(th, THREAD_ERROR_OFFSET));
}

/** Removes the ranges: every block is offline, and nobody can bring one online. */
export function offlineAndRemoveRemove(): i32 {
  return removeRange(Pc.offline_and_remove_memory__drain) ? toNextRemoval() : MOVED;
}

/** Goes on where a block's files were in use. */
export function offlineAndRemoveDrain(): i32 {
  const inside = insideBlock();
  if (inside != 0) return waitForBlockFiles(inside);
  return removeOn(Pc.offline_and_remove_memory__drain) ? toNextRemoval() : MOVED;
}

function toNextRemoval(): i32 {
  if (!toRange(<u32>load<u8>(th, THREAD_INDEX_OFFSET) + 1)) return finish(0);
  goto(Pc.offline_and_remove_memory__remove);
  return MOVED;
}
