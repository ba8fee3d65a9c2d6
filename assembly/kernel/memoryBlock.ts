// Memory blocks going online and offline: drivers/base/memory.c and online_pages(), offline_pages()
// of mm/memory_hotplug.c.

import { ueventOfBlock } from '../actor/event';
import { faultAt } from '../actor/fault';
import {
  BLOCK_ASKED_KERNEL,
  BLOCK_ASKED_MOVABLE,
  BLOCK_STATE_OFFSET,
  BLOCK_TYPE_OFFSET,
  BLOCK_UNMOVABLE,
  BlockState,
  DEVICE_MEMORY_OFFSET,
  Errno,
  EVENT_OFFLINE,
  EVENT_ONLINE,
  FaultPoint,
  Feature,
  Lock,
  LockMode,
  MEMORY_OVERWRITTEN,
  OnlineType,
  Property,
  Zone,
} from '../layout';
import { observeLock, observeUnlock } from '../observe';
import { blockBytes, has } from '../scenario';
import { block, broken, choose, device } from '../state';
import { isAutoMovable, shouldBeMovable } from './autoMovable';
import { noteKcore } from './resourceIterate';
import { addedRamBytes, systemRamBytes } from './resourceWalk';
import {
  blockStart,
  deviceOfBlock,
  NO_DEVICE,
  setZone,
  spanOf,
  spansOf,
  zoneFor,
  zoneOf,
} from './zone';

/** A refused request leaves its type; plain "online" the unset one, which is stored as 0. */
export function leaveType(index: u32, type: OnlineType): void {
  const record = block(index);
  const rest = load<u8>(record, BLOCK_TYPE_OFFSET) & 0xf0;
  const left: u8 = type > OnlineType.Online ? <u8>type : 0;
  store<u8>(record, <u8>rest | left, BLOCK_TYPE_OFFSET);
}

/** Notes for the property `zone` what the last request to bring a block online asked for. */
export function noteAsked(index: u32, type: OnlineType): void {
  const record = block(index);
  const rest = load<u8>(record, BLOCK_TYPE_OFFSET) & ~(BLOCK_ASKED_KERNEL | BLOCK_ASKED_MOVABLE);
  let asked: u8 = 0;
  if (type == OnlineType.Kernel) asked = <u8>BLOCK_ASKED_KERNEL;
  if (type == OnlineType.Movable) asked = <u8>BLOCK_ASKED_MOVABLE;
  store<u8>(record, <u8>rest | asked, BLOCK_TYPE_OFFSET);
}

/**
 * The errno of a walk that has found no System RAM in a block: in v5.0 a bare -1, which userland
 * reads as a missing permission. Source: kernel/resource.c walk_system_ram_range(), v5.0 and v5.1.
 */
function walkFails(index: u32): u32 {
  const first = blockStart(index);
  if (addedRamBytes(first, first + blockBytes() - 1) != 0) broken(Property.QuerySound, index);
  return has(Feature.WalkErrorCodes) ? Errno.EINVAL : Errno.EPERM;
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
  const asked = has(Feature.MemPrepareOnline) && !has(Feature.MemPrepareGone);
  const unprepared = asked ? faultAt(FaultPoint.PrepareOnline) : 0;
  if (unprepared != 0) return unprepared;
  if (!has(Feature.ZoneShrinkAtOffline)) setZone(index, Zone.None, spansOf(index) | spanOf(zone));
  const vetoed = faultAt(FaultPoint.GoingOnline);
  if (vetoed != 0) return vetoed;
  if (!has(Feature.OnlineTrustsBlock)) {
    const first = blockStart(index);
    if (systemRamBytes(first, first + blockBytes() - 1) == 0) return walkFails(index);
  }
  if (type == OnlineType.Online && isAutoMovable()) {
    if (shouldBeMovable(index) != (zone == Zone.Movable)) broken(Property.Zone, index);
  }
  setZone(index, zone, spansOf(index) | spanOf(zone));
  store<u8>(record, BlockState.Online, BLOCK_STATE_OFFSET);
  noteAsked(index, type);
  const owner = deviceOfBlock(index);
  if (owner != NO_DEVICE) {
    const at = device(owner);
    store<u8>(at, load<u8>(at, DEVICE_MEMORY_OFFSET) | MEMORY_OVERWRITTEN, DEVICE_MEMORY_OFFSET);
  }
  noteKcore();
  ueventOfBlock(index, EVENT_ONLINE);
  return 0;
}

/**
 * Online type that takes effect: what the request asked, or what an earlier request left in the
 * block. Source: drivers/base/memory.c memory_subsys_online(), v5.1: an unset type means
 * MMOP_ONLINE_KEEP.
 */
export function typeInEffect(index: u32, asked: OnlineType): OnlineType {
  if (asked != OnlineType.Offline) return asked;
  const left: OnlineType = load<u8>(block(index), BLOCK_TYPE_OFFSET) & 15;
  return left == OnlineType.Offline ? OnlineType.Online : left;
}

/**
 * Whether System RAM does not cover a block that is to go offline.
 * Source: mm/memory_hotplug.c offline_pages(), v5.8: a walk of the resource tree counts its pages.
 */
export function hasHoles(index: u32): bool {
  if (!has(Feature.OfflineHoleCheck)) return false;
  const first = blockStart(index);
  return systemRamBytes(first, first + blockBytes() - 1) != blockBytes();
}

/** Whether this pass of offlining a block fails, and why: 0, or an errno. */
export function offlineFails(index: u32): u32 {
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

/**
 * Ends a pass of offlining a block: it is offline, or the failed isolation is undone.
 * Source: mm/memory_hotplug.c __offline_pages(), v5.1.
 */
export function finishOffline(index: u32, errno: u32): void {
  const record = block(index);
  if (errno != 0) {
    store<u8>(record, BlockState.Online, BLOCK_STATE_OFFSET);
    return;
  }
  const kept = has(Feature.ZoneShrinkAtOffline) ? 0 : spansOf(index);
  store<u8>(record, BlockState.Offline, BLOCK_STATE_OFFSET);
  setZone(index, Zone.None, kept);
  const flags = load<u8>(record, BLOCK_TYPE_OFFSET);
  store<u8>(record, flags & ~(BLOCK_ASKED_KERNEL | BLOCK_ASKED_MOVABLE), BLOCK_TYPE_OFFSET);
  noteKcore();
  ueventOfBlock(index, EVENT_OFFLINE);
}

/**
 * Brings a new block online by policy; the caller holds device_hotplug_lock, and calls
 * deviceOnlineEnd() when the notifiers have heard.
 * Source: mm/memory_hotplug.c online_memory_block(), drivers/base/core.c device_online(), v5.1.
 */
export function deviceOnline(index: u32, type: OnlineType): u32 {
  observeLock(Lock.BlockLock, index, LockMode.Write);
  observeLock(Lock.CpuHotplug, 0, LockMode.Read);
  observeLock(Lock.MemHotplug, 0, LockMode.Write);
  return onlinePages(index, type);
}

/** Gives back what deviceOnline() has taken. */
export function deviceOnlineEnd(index: u32): void {
  observeUnlock(Lock.MemHotplug, 0, LockMode.Write);
  observeUnlock(Lock.CpuHotplug, 0, LockMode.Read);
  observeUnlock(Lock.BlockLock, index, LockMode.Write);
}
