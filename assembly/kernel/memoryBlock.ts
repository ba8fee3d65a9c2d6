// drivers/base/memory.c: memory block devices, their sysfs files, online and offline; with the
// zones of mm/memory_hotplug.c. Blocks of boot memory are not part of the state.
//
// device_lock(memoryN) and cpu_hotplug_lock are only taken under device_hotplug_lock and
// mem_hotplug_lock, and given back with them, so they are told in traces but need no byte of the
// state.

import { ueventOfBlock } from '../actor/event';
import { faultAt } from '../actor/fault';
import {
  BLOCK_ASKED_KERNEL,
  BLOCK_ASKED_MOVABLE,
  BLOCK_ROW_IN_KERNEL_OFFSET,
  BLOCK_ROW_KERNEL_ZONE_OFFSET,
  BLOCK_ROW_NODE_OFFSET,
  BLOCK_ROW_START_OFFSET,
  BLOCK_SPAN_KERNEL,
  BLOCK_SPAN_MOVABLE,
  BLOCK_STATE_OFFSET,
  BLOCK_TYPE_OFFSET,
  BLOCK_UNMOVABLE,
  BLOCK_USERS_OFFSET,
  BLOCK_ZONE_OFFSET,
  BlockState,
  CODE_INVALID,
  DEVICE_MEMORY_OFFSET,
  DEVICE_RANGES_OFFSET,
  Errno,
  EVENT_OFFLINE,
  EVENT_ONLINE,
  FaultPoint,
  Feature,
  File,
  GLOBAL_HOTPLUG_OFFSET,
  GLOBAL_MEM_HOTPLUG_OFFSET,
  Header,
  Lock,
  LockMode,
  MEMORY_OVERWRITTEN,
  OnlineType,
  Pc,
  RANGE_END_OFFSET,
  RANGE_START_OFFSET,
  Text,
  THREAD_ARGUMENT_OFFSET,
  THREAD_BLOCK_OFFSET,
  Zone,
} from '../layout';
import { observeLock, observeUnlock } from '../observe';
import { blockBytes, has, header, point } from '../scenario';
import {
  block,
  blockRow,
  blocks,
  choose,
  device,
  devices,
  enterFile,
  goto,
  leave,
  leaveFile,
  leaveWith,
  MOVED,
  range,
  restartForMutex,
  st,
  th,
  tryMutex,
  unlockMutex,
  waitForMutex,
} from '../state';
import { systemRamBytes } from './resourceWalk';

export const NO_DEVICE: u32 = 0xff;

export function blockState(index: u32): BlockState {
  return load<u8>(block(index), BLOCK_STATE_OFFSET);
}

export function blockStart(index: u32): u64 {
  return load<u64>(blockRow(index), BLOCK_ROW_START_OFFSET);
}

export function zoneOf(index: u32): Zone {
  return load<u8>(block(index), BLOCK_ZONE_OFFSET) & 15;
}

/** Sets the zone and what the block adds to the spans of the zones. */
function setZone(index: u32, zone: Zone, spans: u32): void {
  store<u8>(block(index), <u8>zone | <u8>spans, BLOCK_ZONE_OFFSET);
}

function spansOf(index: u32): u32 {
  return load<u8>(block(index), BLOCK_ZONE_OFFSET) & (BLOCK_SPAN_KERNEL | BLOCK_SPAN_MOVABLE);
}

function spanOf(zone: Zone): u32 {
  return zone == Zone.Movable ? BLOCK_SPAN_MOVABLE : BLOCK_SPAN_KERNEL;
}

/** Returns the device whose range a block lies in, or NO_DEVICE. */
export function deviceOfBlock(index: u32): u32 {
  const first = blockStart(index);
  const count = devices();
  for (let d: u32 = 0; d < count; d++) {
    const ranges = <u32>load<u8>(device(d), DEVICE_RANGES_OFFSET);
    for (let r: u32 = 0; r < ranges; r++) {
      const at = range(d, r);
      if (point(load<u16>(at, RANGE_START_OFFSET)) > first) continue;
      if (point(load<u16>(at, RANGE_END_OFFSET)) >= first) return d;
    }
  }
  return NO_DEVICE;
}

// ---- Zones ----------------------------------------------------------------------------

/** Whether the span of the kernel's zones (or of Movable) of the block's node covers it. */
function spanCovers(index: u32, movable: bool): bool {
  const row = blockRow(index);
  const node = load<u8>(row, BLOCK_ROW_NODE_OFFSET);
  const boot = movable ? 0 : load<u8>(row, BLOCK_ROW_IN_KERNEL_OFFSET);
  if ((boot & 1) != 0) return true;
  let below = (boot & 2) != 0;
  let above = (boot & 4) != 0;
  const count = blocks();
  for (let other: u32 = 0; other < count; other++) {
    if (load<u8>(blockRow(other), BLOCK_ROW_NODE_OFFSET) != node) continue;
    if ((spansOf(other) & spanOf(movable ? Zone.Movable : Zone.Normal)) == 0) continue;
    if (other <= index) below = true;
    if (other >= index) above = true;
  }
  return below && above;
}

/**
 * Picks the zone that a block would come online in.
 * Source: mm/memory_hotplug.c zone_for_pfn_range(), v5.1 and v6.12 (contig-zones policy).
 */
export function zoneFor(index: u32, type: OnlineType): Zone {
  const kernel: Zone = load<u8>(blockRow(index), BLOCK_ROW_KERNEL_ZONE_OFFSET);
  if (type == OnlineType.Kernel) return kernel;
  if (type == OnlineType.Movable) return Zone.Movable;
  const inKernel = spanCovers(index, false);
  const inMovable = spanCovers(index, true);
  if (inKernel != inMovable) return inKernel ? kernel : Zone.Movable;
  return header(Header.MovableNode) != 0 ? Zone.Movable : kernel;
}

/** A refused request leaves its type; plain "online" the unset one, which is stored as 0. */
function leaveType(index: u32, type: OnlineType): void {
  const record = block(index);
  const rest = load<u8>(record, BLOCK_TYPE_OFFSET) & 0xf0;
  const left: u8 = type > OnlineType.Online ? <u8>type : 0;
  store<u8>(record, <u8>rest | left, BLOCK_TYPE_OFFSET);
}

/** Notes for the property `zone` what the last request to bring a block online asked for. */
function noteAsked(index: u32, type: OnlineType): void {
  const record = block(index);
  const rest = load<u8>(record, BLOCK_TYPE_OFFSET) & ~(BLOCK_ASKED_KERNEL | BLOCK_ASKED_MOVABLE);
  let asked: u8 = 0;
  if (type == OnlineType.Kernel) asked = <u8>BLOCK_ASKED_KERNEL;
  if (type == OnlineType.Movable) asked = <u8>BLOCK_ASKED_MOVABLE;
  store<u8>(record, <u8>rest | asked, BLOCK_TYPE_OFFSET);
}

// ---- online_pages, offline_pages ------------------------------------------------------

/**
 * Brings a block online; mem_hotplug_lock is held by the caller's step.
 *
 * @returns 0 or an errno. On failure of v5.1 the zone keeps the span it grew.
 * Source: mm/memory_hotplug.c online_pages(), v5.1 and v6.12.
 */
export function onlinePages(index: u32, type: OnlineType): u32 {
  const zone = zoneFor(index, type);
  const record = block(index);
  // The type of this attempt is spent, whatever comes of it.
  store<u8>(record, load<u8>(record, BLOCK_TYPE_OFFSET) & 0xf0, BLOCK_TYPE_OFFSET);
  if (!has(Feature.ZoneShrinkAtOffline)) setZone(index, Zone.None, spansOf(index) | spanOf(zone));
  const vetoed = faultAt(FaultPoint.GoingOnline);
  if (vetoed != 0) return vetoed;
  if (!has(Feature.OnlineTrustsBlock)) {
    const first = blockStart(index);
    if (systemRamBytes(first, first + blockBytes() - 1) == 0) {
      return has(Feature.WalkErrorCodes) ? Errno.EINVAL : Errno.EPERM;
    }
  }
  setZone(index, zone, spansOf(index) | spanOf(zone));
  store<u8>(record, BlockState.Online, BLOCK_STATE_OFFSET);
  noteAsked(index, type);
  const owner = deviceOfBlock(index);
  if (owner != NO_DEVICE) {
    const at = device(owner);
    store<u8>(at, load<u8>(at, DEVICE_MEMORY_OFFSET) | MEMORY_OVERWRITTEN, DEVICE_MEMORY_OFFSET);
  }
  ueventOfBlock(index, EVENT_ONLINE);
  return 0;
}

/**
 * Online type that takes effect: what the request asked, or what an earlier request left in the
 * block. Source: drivers/base/memory.c memory_subsys_online(), v5.1: an unset type means
 * MMOP_ONLINE_KEEP.
 */
function typeInEffect(index: u32, asked: OnlineType): OnlineType {
  if (asked != OnlineType.Offline) return asked;
  const left: OnlineType = load<u8>(block(index), BLOCK_TYPE_OFFSET) & 15;
  return left == OnlineType.Offline ? OnlineType.Online : left;
}

// ---- memoryN/state and memoryN/online -------------------------------------------------

function takeLocks(): bool {
  if (!tryMutex(st + GLOBAL_MEM_HOTPLUG_OFFSET, Lock.MemHotplug, 0)) return false;
  return true;
}

function finishStore(index: u32, errno: u32): i32 {
  observeUnlock(Lock.BlockLock, index, LockMode.Write);
  return leaveStore(index, errno);
}

function leaveStore(index: u32, errno: u32): i32 {
  unlockMutex(st + GLOBAL_HOTPLUG_OFFSET, Lock.DeviceHotplug, 0);
  leaveFile(block(index) + BLOCK_USERS_OFFSET, Lock.BlockFiles, index);
  return leave(errno);
}

function dropMemHotplug(): void {
  unlockMutex(st + GLOBAL_MEM_HOTPLUG_OFFSET, Lock.MemHotplug, 0);
  observeUnlock(Lock.CpuHotplug, 0, LockMode.Read);
}

/**
 * Writes memoryN/state or memoryN/online: `code` is an OnlineType, or CODE_INVALID.
 *
 * device_hotplug_lock is only tried: on failure the system call restarts, holding nothing, so a
 * thread waits here before it has entered the file. Source: drivers/base/memory.c state_store(),
 * drivers/base/core.c online_store(), lock_device_hotplug_sysfs(), v5.1 and v6.12.
 */
export function stateStore(index: u32, file: File, code: u32): i32 {
  if (blockState(index) == BlockState.Absent) return leave(Errno.ENOENT);
  const early = has(Feature.ParseBeforeLock) || file == File.BlockOnline;
  if (code == CODE_INVALID && early) return leave(Errno.EINVAL);
  const lock = st + GLOBAL_HOTPLUG_OFFSET;
  if (load<u8>(lock) != 0) return restartForMutex(lock, Lock.DeviceHotplug, 0);
  enterFile(block(index) + BLOCK_USERS_OFFSET, Lock.BlockFiles, index);
  tryMutex(lock, Lock.DeviceHotplug, 0);
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
  dropMemHotplug();
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
  if (has(Feature.OfflineHoleCheck)) {
    const first = blockStart(index);
    if (systemRamBytes(first, first + blockBytes() - 1) != blockBytes()) {
      store<u8>(block(index), BlockState.Online, BLOCK_STATE_OFFSET);
      dropMemHotplug();
      return finishStore(index, Errno.EINVAL);
    }
  }
  goto(Pc.state_store__offlined);
  return MOVED;
}

/** Whether this pass of offlining a block fails, and why: 0, or an errno. */
function offlineFails(index: u32): u32 {
  const record = block(index);
  const flags = load<u8>(record, BLOCK_TYPE_OFFSET);
  if ((flags & BLOCK_UNMOVABLE) != 0) return Errno.EBUSY;
  const vetoed = faultAt(FaultPoint.GoingOffline);
  if (vetoed != 0) return vetoed;
  if (faultAt(FaultPoint.Signal) != 0) return Errno.EINTR;
  // A kernel allocation may have come to lie in a kernel zone, and stays.
  if (zoneOf(index) == Zone.Movable || choose(2) == 0) return 0;
  store<u8>(record, flags | BLOCK_UNMOVABLE, BLOCK_TYPE_OFFSET);
  return Errno.EBUSY;
}

/** Source: mm/memory_hotplug.c __offline_pages(), v5.1: success, or the failed isolation undone. */
export function stateStoreOfflined(): i32 {
  const index = <u32>load<u8>(th, THREAD_BLOCK_OFFSET);
  const errno = offlineFails(index);
  const record = block(index);
  if (errno != 0) {
    store<u8>(record, BlockState.Online, BLOCK_STATE_OFFSET);
  } else {
    const kept = has(Feature.ZoneShrinkAtOffline) ? 0 : spansOf(index);
    store<u8>(record, BlockState.Offline, BLOCK_STATE_OFFSET);
    setZone(index, Zone.None, kept);
    const flags = load<u8>(record, BLOCK_TYPE_OFFSET);
    store<u8>(record, flags & ~(BLOCK_ASKED_KERNEL | BLOCK_ASKED_MOVABLE), BLOCK_TYPE_OFFSET);
    ueventOfBlock(index, EVENT_OFFLINE);
  }
  dropMemHotplug();
  return finishStore(index, errno);
}

/**
 * Brings a new block online by policy; the caller holds device_hotplug_lock.
 * Source: mm/memory_hotplug.c online_memory_block(), drivers/base/core.c device_online(), v5.1.
 */
export function deviceOnline(index: u32, type: OnlineType): u32 {
  observeLock(Lock.BlockLock, index, LockMode.Write);
  observeLock(Lock.CpuHotplug, 0, LockMode.Read);
  observeLock(Lock.MemHotplug, 0, LockMode.Write);
  const errno = onlinePages(index, type);
  observeUnlock(Lock.MemHotplug, 0, LockMode.Write);
  observeUnlock(Lock.CpuHotplug, 0, LockMode.Read);
  observeUnlock(Lock.BlockLock, index, LockMode.Write);
  return errno;
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
