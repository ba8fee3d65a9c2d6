// drivers/base/memory.c: the sysfs files of memoryN.
//
// device_lock(memoryN) and cpu_hotplug_lock are only taken under device_hotplug_lock and
// mem_hotplug_lock, and given back with them, so they are told in traces but need no byte of the
// state.

import {
  BLOCK_ROW_KERNEL_ZONE_OFFSET,
  BLOCK_STATE_OFFSET,
  BLOCK_TYPE_OFFSET,
  BLOCK_UNMOVABLE,
  BLOCK_USERS_OFFSET,
  BlockState,
  CODE_INVALID,
  Errno,
  Feature,
  File,
  GLOBAL_HOTPLUG_OFFSET,
  GLOBAL_MEM_HOTPLUG_OFFSET,
  Header,
  Lock,
  LockMode,
  OnlineType,
  Pc,
  Text,
  THREAD_ARGUMENT_OFFSET,
  THREAD_BLOCK_OFFSET,
  THREAD_INDEX_OFFSET,
  THREAD_PC_OFFSET,
  Zone,
} from '../layout';
import { observeLock, observeUnlock } from '../observe';
import { has, header } from '../scenario';
import {
  block,
  blockRow,
  enterFile,
  goto,
  leave,
  leaveFile,
  leaveWith,
  MOVED,
  restartForMutex,
  st,
  takeTried,
  th,
  threadRecord,
  tryMutex,
  unlockMutex,
  waitForMutex,
} from '../state';
import {
  finishOffline,
  hasHoles,
  leaveType,
  noteAsked,
  offlineFails,
  onlinePages,
  typeInEffect,
} from './memoryBlock';
import { unlockMemHotplug } from './memoryHotplug';
import { isHeard } from './memoryNotifier';
import { blockState, deviceOfBlock, zoneFor, zoneOf } from './zone';

// ---- memoryN/state and memoryN/online -------------------------------------------------

function takeLocks(): bool {
  if (!tryMutex(st + GLOBAL_MEM_HOTPLUG_OFFSET, Lock.MemHotplug, 0)) return false;
  return true;
}

export function finishStore(index: u32, errno: u32): i32 {
  observeUnlock(Lock.BlockLock, index, LockMode.Write);
  return leaveStore(index, errno);
}

function leaveStore(index: u32, errno: u32): i32 {
  unlockMutex(st + GLOBAL_HOTPLUG_OFFSET, Lock.DeviceHotplug, 0);
  leaveFile(block(index) + BLOCK_USERS_OFFSET, Lock.BlockFiles, index);
  return leave(errno);
}

/**
 * Whether a thread that enters the block's files now may still be inside when these are drained:
 * the owner of device_hotplug_lock is on its way to remove the block, and has not come to it.
 */
function isToBeDrained(index: u32): bool {
  const owner = threadRecord(load<u8>(st, GLOBAL_HOTPLUG_OFFSET) - 1);
  const pc: Pc = load<u16>(owner, THREAD_PC_OFFSET);
  const draining = pc == Pc.try_remove_memory__drain || pc == Pc.offline_and_remove_memory__drain;
  if (draining) {
    const drained = <u32>load<u8>(owner, THREAD_BLOCK_OFFSET);
    return drained < index && deviceOfBlock(drained) == deviceOfBlock(index);
  }
  return (
    pc == Pc.remove_memory__remove ||
    (pc > Pc.offline_and_remove_memory__lock && pc < Pc.offline_and_remove_memory__drain)
  );
}

/**
 * Writes memoryN/state or memoryN/online: `code` is an OnlineType, or CODE_INVALID.
 *
 * device_hotplug_lock is only tried: on failure the system call restarts, holding nothing. So a
 * thread that finds it taken waits here, before it has entered the file; but where the owner is
 * about to remove the block, it may get in and be in the way of the drain until it has tried.
 * Source: drivers/base/memory.c state_store(), drivers/base/core.c online_store(),
 * lock_device_hotplug_sysfs(), v5.1 and v6.12; fs/kernfs/dir.c kernfs_drain().
 */
export function stateStore(index: u32, file: File, code: u32): i32 {
  if (blockState(index) == BlockState.Absent) return leave(Errno.ENOENT);
  const early = has(Feature.ParseBeforeLock) || file == File.BlockOnline;
  if (code == CODE_INVALID && early) return leave(Errno.EINVAL);
  const lock = st + GLOBAL_HOTPLUG_OFFSET;
  const plain = has(Feature.PlainHotplugLock);
  if (load<u8>(lock) != 0) {
    const steps = header(Header.Granularity) != 0;
    if (!plain && !(steps && isToBeDrained(index)))
      return restartForMutex(lock, Lock.DeviceHotplug, 0);
    enterFile(block(index) + BLOCK_USERS_OFFSET, Lock.BlockFiles, index);
    store<u8>(th, index, THREAD_BLOCK_OFFSET);
    store<u8>(th, file, THREAD_INDEX_OFFSET);
    store<u8>(th, code, THREAD_ARGUMENT_OFFSET);
    goto(Pc.state_store__trylock);
    return MOVED;
  }
  enterFile(block(index) + BLOCK_USERS_OFFSET, Lock.BlockFiles, index);
  return storeLocked(index, file, code);
}

/**
 * Tries device_hotplug_lock inside the file; on failure leaves it and does the system call again.
 * With the planted plain lock it waits for it instead.
 * Source: drivers/base/core.c lock_device_hotplug_sysfs(), v5.1 and v6.12.
 */
export function stateStoreTrylock(): i32 {
  const index = <u32>load<u8>(th, THREAD_BLOCK_OFFSET);
  const lock = st + GLOBAL_HOTPLUG_OFFSET;
  if (load<u8>(lock) != 0 && has(Feature.PlainHotplugLock))
    return waitForMutex(lock, Lock.DeviceHotplug, 0, false);
  const file: File = load<u8>(th, THREAD_INDEX_OFFSET);
  const code = <u32>load<u8>(th, THREAD_ARGUMENT_OFFSET);
  store<u8>(th, 0, THREAD_BLOCK_OFFSET);
  store<u8>(th, 0, THREAD_INDEX_OFFSET);
  store<u8>(th, 0, THREAD_ARGUMENT_OFFSET);
  if (load<u8>(lock) == 0)
    return storeLocked(index, file, code == (CODE_INVALID & 0xff) ? CODE_INVALID : code);
  leaveFile(block(index) + BLOCK_USERS_OFFSET, Lock.BlockFiles, index);
  goto(Pc.User);
  return MOVED;
}

/** Takes the free device_hotplug_lock and does what is asked; the thread is inside the file. */
function storeLocked(index: u32, file: File, code: u32): i32 {
  const lock = st + GLOBAL_HOTPLUG_OFFSET;
  if (has(Feature.PlainHotplugLock)) tryMutex(lock, Lock.DeviceHotplug, 0);
  else takeTried(lock, Lock.DeviceHotplug, 0);
  if (code == CODE_INVALID) return leaveStore(index, Errno.EINVAL);
  observeLock(Lock.BlockLock, index, LockMode.Write);
  const already = code == OnlineType.Offline ? BlockState.Offline : BlockState.Online;
  if (blockState(index) == already) {
    // The type of a refused request stays in the block until the next online.
    if (code != OnlineType.Offline) {
      if (file == File.BlockState) leaveType(index, code);
      noteAsked(index, code);
    }
    return finishStore(index, file == File.BlockState ? Errno.EINVAL : 0);
  }
  store<u8>(th, index, THREAD_BLOCK_OFFSET);
  const typed = file == File.BlockOnline ? typeInEffect(index, OnlineType.Offline) : code;
  store<u8>(th, typed, THREAD_ARGUMENT_OFFSET);
  if (code == OnlineType.Offline) {
    store<u8>(block(index), BlockState.GoingOffline, BLOCK_STATE_OFFSET);
    goto(Pc.state_store__offline);
    stateStoreOffline();
  } else {
    goto(Pc.state_store__online);
    stateStoreOnline();
  }
  return MOVED;
}

/** Source: drivers/base/memory.c memory_block_change_state(), memory_block_action(), v5.1. */
export function stateStoreOnline(): i32 {
  const index = <u32>load<u8>(th, THREAD_BLOCK_OFFSET);
  const lock = st + GLOBAL_MEM_HOTPLUG_OFFSET;
  if (load<u8>(lock) != 0) return waitForMutex(lock, Lock.MemHotplug, 0, false);
  observeLock(Lock.CpuHotplug, 0, LockMode.Read);
  takeLocks();
  const errno = onlinePages(index, load<u8>(th, THREAD_ARGUMENT_OFFSET));
  if (errno == 0 && isHeard(index)) {
    goto(Pc.memory_notify__online);
    return MOVED;
  }
  unlockMemHotplug();
  return finishStore(index, errno);
}

/**
 * Begins to take a block offline: from here on its state reads "going-offline". Source:
 * drivers/base/memory.c memory_subsys_offline(); mm/memory_hotplug.c __offline_pages(), v5.1; the
 * hole check of v5.8 and later.
 */
export function stateStoreOffline(): i32 {
  const index = <u32>load<u8>(th, THREAD_BLOCK_OFFSET);
  const lock = st + GLOBAL_MEM_HOTPLUG_OFFSET;
  if (load<u8>(lock) != 0) return waitForMutex(lock, Lock.MemHotplug, 0, false);
  observeLock(Lock.CpuHotplug, 0, LockMode.Read);
  takeLocks();
  if (hasHoles(index)) {
    store<u8>(block(index), BlockState.Online, BLOCK_STATE_OFFSET);
    unlockMemHotplug();
    return finishStore(index, Errno.EINVAL);
  }
  goto(Pc.state_store__offlined);
  return MOVED;
}

/** Source: mm/memory_hotplug.c __offline_pages(), v5.1: success, or the failed isolation undone. */
export function stateStoreOfflined(): i32 {
  const index = <u32>load<u8>(th, THREAD_BLOCK_OFFSET);
  const errno = offlineFails(index);
  finishOffline(index, errno);
  unlockMemHotplug();
  return finishStore(index, errno);
}

// ---- Reads ----------------------------------------------------------------------------

function zoneText(zone: Zone): u32 {
  if (zone == Zone.Dma) return Text.Dma;
  if (zone == Zone.Dma32) return Text.Dma32;
  if (zone == Zone.Movable) return Text.Movable;
  return zone == Zone.Normal ? Text.Normal : Text.None;
}

/**
 * What valid_zones shows: the zone, or while offline the default zone and then the other one.
 * Source: drivers/base/memory.c valid_zones_show(), v5.1.
 */
export function validZonesText(index: u32): u32 {
  if (blockState(index) == BlockState.Online) return zoneText(zoneOf(index));
  const movableFirst = zoneFor(index, OnlineType.Online) == Zone.Movable;
  const kernel: Zone = load<u8>(blockRow(index), BLOCK_ROW_KERNEL_ZONE_OFFSET);
  if (kernel == Zone.Dma32) return movableFirst ? Text.MovableDma32 : Text.Dma32Movable;
  if (kernel == Zone.Dma) return movableFirst ? Text.MovableDma : Text.DmaMovable;
  return movableFirst ? Text.MovableNormal : Text.NormalMovable;
}

/** Reads a file of memoryN. Source: drivers/base/memory.c, v5.1. */
export function blockShow(index: u32, file: File): i32 {
  const state = blockState(index);
  if (state == BlockState.Absent) return leaveWith(Errno.ENOENT, Text.Empty);
  if (file == File.BlockZones) return leaveWith(0, validZonesText(index));
  if (file == File.BlockRemovable) {
    const removable = (load<u8>(block(index), BLOCK_TYPE_OFFSET) & BLOCK_UNMOVABLE) == 0;
    return leaveWith(0, removable || has(Feature.OfflineHoleCheck) ? Text.One : Text.Zero);
  }
  if (file == File.BlockOnline) {
    return leaveWith(0, state == BlockState.Offline ? Text.Zero : Text.One);
  }
  if (state == BlockState.Online) return leaveWith(0, Text.Online);
  return leaveWith(0, state == BlockState.Offline ? Text.Offline : Text.GoingOffline);
}
