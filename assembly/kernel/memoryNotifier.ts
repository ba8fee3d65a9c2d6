// What lies beneath drivers/dax hears when a node gets its first memory: the notifiers of the HMAT
// and of CXL regions. They run while the block goes online, with device_hotplug_lock and
// mem_hotplug_lock held.
//
// The thread's BLOCK is the block.
import {
  BENEATH_HMEM_LOCK_OFFSET,
  BLOCK_ROW_NODE_OFFSET,
  BlockState,
  Feature,
  GLOBAL_MEM_HOTPLUG_OFFSET,
  Lock,
  LockMode,
  Message,
  Pc,
  Property,
  PUBLICATION_NOTIFIER,
  PUBLICATION_REGISTERED,
  PUBLICATION_ROW_NODE_OFFSET,
  Publication,
  THREAD_BLOCK_OFFSET,
  THREAD_DEPTH_OFFSET,
} from '../layout';
import { observeMessage, observePair, observeUnlock } from '../observe';
import { has } from '../scenario';
import {
  blockRow,
  blocks,
  broken,
  goto,
  MOVED,
  me,
  oops,
  st,
  th,
  unlockMutex,
  waitForMutex,
} from '../state';
import { finishStore } from './memoryBlockFiles';
import { answer, unlockHotplug } from './memoryHotplug';
import {
  beneath,
  hasBeneath,
  publicationByte,
  publicationIs,
  publicationKind,
  publications,
  setMore,
  takeMore,
} from './publication';
import { blockState } from './zone';

const NODE_OF_BOOT: u32 = 0;

function nodeOf(index: u32): u32 {
  return load<u8>(blockRow(index), BLOCK_ROW_NODE_OFFSET);
}

/** Whether a block that has just come online is the first memory of its node. */
function isFirstOfNode(index: u32): bool {
  const node = nodeOf(index);
  if (node == NODE_OF_BOOT) return false;
  for (let other: u32 = 0; other < blocks(); other++) {
    if (other == index || nodeOf(other) != node) continue;
    if (blockState(other) == BlockState.Online) return false;
  }
  return true;
}

/** Whether the HMAT's notifier registers the ranges of a node's target once more. */
function registersAgain(index: u32): bool {
  if (!has(Feature.HmemPlatform) || has(Feature.HmatOnlyUpdates)) return false;
  for (let other: u32 = 0; other < publications(); other++) {
    if (publicationKind(other) != Publication.Hmat) continue;
    if (publicationByte(other, PUBLICATION_ROW_NODE_OFFSET) == nodeOf(index)) return true;
  }
  return false;
}

/** Whether a CXL region has registered its notifier and has no addresses yet. */
function hasBareRegion(): bool {
  for (let index: u32 = 0; index < publications(); index++) {
    if (!publicationIs(index, PUBLICATION_NOTIFIER)) continue;
    if (!publicationIs(index, PUBLICATION_REGISTERED)) return true;
  }
  return false;
}

/**
 * Whether somebody beneath hears that a block has come online, in a way that another thread could
 * tell. Source: mm/memory_hotplug.c online_pages(), node_states_check_changes_online(), v6.8.
 */
export function isHeard(index: u32): bool {
  if (!hasBeneath() || !isFirstOfNode(index)) return false;
  return registersAgain(index) || hasBareRegion();
}

/**
 * Goes to the notifiers from a hot-add that brings its blocks online; `more`: there is another.
 * Source: mm/memory_hotplug.c add_memory_resource(), online_memory_block(), v6.8.
 */
export function hearInAdd(index: u32, more: bool): i32 {
  store<u8>(st + GLOBAL_MEM_HOTPLUG_OFFSET, me + 1);
  setMore(more);
  store<u8>(th, index, THREAD_BLOCK_OFFSET);
  goto(Pc.memory_notify__online);
  return MOVED;
}

/**
 * Calls the notifiers: the HMAT's takes hmem_resource_lock, to register ranges that it has
 * registered before; a CXL region's reads the first address of its region.
 * Source: drivers/acpi/numa/hmat.c hmat_callback(), hmat_register_target(), v6.8 and v6.19 (updates
 * only); drivers/cxl/core/region.c cxl_region_perf_attrs_callback(), v6.9 and v6.11.
 */
export function memoryNotifyOnline(): i32 {
  const index = <u32>load<u8>(th, THREAD_BLOCK_OFFSET);
  if (hasBareRegion() && !has(Feature.CxlNotifierChecksRange)) {
    observeMessage(Message.NullRegion, 0, 0);
    broken(Property.NoCrash, 0);
    oops();
    return MOVED;
  }
  if (registersAgain(index)) {
    const lock = beneath() + BENEATH_HMEM_LOCK_OFFSET;
    if (load<u8>(lock) != 0) return waitForMutex(lock, Lock.HmemResource, 0, false);
    observePair(Lock.HmemResource, 0, LockMode.Write);
  }
  unlockMutex(st + GLOBAL_MEM_HOTPLUG_OFFSET, Lock.MemHotplug, 0);
  observeUnlock(Lock.CpuHotplug, 0, LockMode.Read);
  if (load<u8>(th, THREAD_DEPTH_OFFSET) == 0) return finishStore(index, 0);
  observeUnlock(Lock.BlockLock, index, LockMode.Write);
  if (takeMore()) {
    store<u8>(th, index + 1, THREAD_BLOCK_OFFSET);
    goto(Pc.add_memory_resource__online);
    return MOVED;
  }
  unlockHotplug();
  return answer(0);
}
