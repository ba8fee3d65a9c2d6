// drivers/dax/kmem.c: a dax device's ranges become System RAM.
//
// Both generations in one: up to v5.9 a device has one range and unbind gives nothing back before
// v5.3; from v5.10 each range is handled on its own. The thread's DEVICE is the device, INDEX the
// range at hand.
import { faultAt } from '../actor/fault';
import {
  DEVICE_DATA,
  DEVICE_FLAGS_OFFSET,
  DEVICE_GHOST_OFFSET,
  DEVICE_RES_COUNT_OFFSET,
  DEVICE_RESERVED_OFFSET,
  DEVICE_ROW_NODE_OFFSET,
  DEVICE_STUCK_OFFSET,
  Errno,
  FaultPoint,
  Feature,
  GHOST_ALL_OFFLINE,
  GHOST_KMEM_BOUND,
  GHOST_KMEM_UNBOUND,
  GHOST_MESSAGE,
  GLOBAL_FLAGS_OFFSET,
  GLOBAL_HOTREMOVE_FAILED,
  GLOBAL_POLICY_OFFSET,
  Header,
  Message,
  NODE_NONE,
  Pc,
  Property,
  RESOURCE_MEM,
  RESOURCE_PRESENT,
  RESOURCE_SYSRAM,
  SLOT_BYTES,
  SLOT_FLAGS_OFFSET,
  SLOT_NONE,
  SLOT_PARENT_BASE,
  SLOT_PARENT_OFFSET,
  THREAD_ARGUMENT_OFFSET,
  THREAD_DEVICE_OFFSET,
  THREAD_ERROR_OFFSET,
  THREAD_INDEX_OFFSET,
} from '../layout';
import { observeMessage } from '../observe';
import { has, header } from '../scenario';
import {
  back,
  broken,
  call,
  device,
  deviceRow,
  goto,
  kmemSlot,
  MOVED,
  oops,
  ramSlot,
  slot,
  spareCount,
  spareSlot,
  st,
  th,
} from '../state';
import { noteMemmapWritten } from './daxMemmap';
import { rangesOf } from './daxRange';
import { removeByState } from './kmemState';
import { beginPasses, initResourcesRange } from './kmemTwoPass';
import { rangeBytes, rangeStart } from './memoryHotplug';
import { allBlocksOffline } from './memoryRemove';
import { clearMemoryType, clearOwnMemoryType, initNodeMemoryType } from './memoryTiers';
import {
  freeSlot,
  isLinked,
  leaveNameDangling,
  releaseResource,
  removeResource,
  requestRegion,
} from './resource';

/**
 * Says of each range without a whole block that it is too small, and whether there is another.
 * Source: drivers/dax/kmem.c dev_dax_kmem_probe(), v5.15 and v6.12: before it adds any of them.
 */
function hasUsable(index: u32): bool {
  let usable = false;
  for (let r: u32 = 0; r < rangesOf(index); r++) {
    if (atRange(r) != 0) usable = true;
    else observeMessage(Message.TooSmall, index, r);
  }
  store<u8>(th, 0, THREAD_INDEX_OFFSET);
  return usable;
}

/**
 * Bytes of the thread's range that the kernel of v5.10 and later would add; 0 when it is too small.
 */
export function atRange(r: u32): u64 {
  store<u8>(th, r, THREAD_INDEX_OFFSET);
  return rangeBytes();
}

export function setBit(at: usize, offset: usize, bit: u32): void {
  store<u8>(at + offset, load<u8>(at + offset) | bit);
}

export function fails(errno: u32): i32 {
  store<u8>(th, 0, THREAD_INDEX_OFFSET);
  if (has(Feature.KmemPolicyAtProbe)) store<u8>(th, 0, THREAD_ARGUMENT_OFFSET);
  store<u8>(th, errno, THREAD_ERROR_OFFSET);
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  for (let r: u32 = 0; r < rangesOf(index); r++) {
    const kept = isLinked(kmemSlot(index, r)) && !isLinked(ramSlot(index, r));
    if (kept) broken(Property.Rollback, index);
  }
  back();
  return MOVED;
}

/** Fails a probe that has counted its device for the type of its node. */
export function failsCounted(index: u32, errno: u32): i32 {
  clearOwnMemoryType(index);
  return fails(errno);
}

export function succeeds(index: u32): i32 {
  store<u8>(th, 0, THREAD_INDEX_OFFSET);
  if (has(Feature.KmemPolicyAtProbe)) store<u8>(th, 0, THREAD_ARGUMENT_OFFSET);
  store<u8>(th, 0, THREAD_ERROR_OFFSET);
  const at = device(index);
  setBit(at, DEVICE_FLAGS_OFFSET, DEVICE_DATA);
  if (has(Feature.RegionSubdivision)) store<u8>(at, rangesOf(index), DEVICE_RES_COUNT_OFFSET);
  setBit(at, DEVICE_GHOST_OFFSET, GHOST_KMEM_BOUND);
  if (load<u8>(at, DEVICE_RESERVED_OFFSET) == 0) broken(Property.NoSilentLoss, index);
  back();
  return MOVED;
}

/**
 * Reserves the next usable range, or ends the probe.
 *
 * v5.1 has no test for a range without a whole block: its request fails, with EBUSY. Between the
 * request and the change of its flags the node is busy; that window is only seen by readers of the
 * tree and is not a step of its own. Source: drivers/dax/kmem.c dev_dax_kmem_probe(), v5.1 and
 * v6.12.
 */
export function kmemProbeRequest(): i32 {
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  let r = <u32>load<u8>(th, THREAD_INDEX_OFFSET);
  const at = device(index);
  const multi = has(Feature.MultiRange);
  if (r == 0) {
    if (load<u8>(deviceRow(index), DEVICE_ROW_NODE_OFFSET) == NODE_NONE) {
      observeMessage(Message.RejectedNode, index, 0);
      return fails(Errno.EINVAL);
    }
    if (multi && has(Feature.KmemRejectsEmpty) && !hasUsable(index)) {
      observeMessage(Message.RejectedEmpty, index, 0);
      return fails(Errno.EINVAL);
    }
    initNodeMemoryType(index);
    const policy = load<u8>(st, GLOBAL_POLICY_OFFSET);
    if (has(Feature.KmemTwoPass)) {
      beginPasses(policy + 1);
      return initResourcesRange();
    }
    if (has(Feature.KmemPolicyAtProbe)) store<u8>(th, policy + 1, THREAD_ARGUMENT_OFFSET);
  }
  for (; r < rangesOf(index); r++) {
    const bytes = atRange(r);
    if (multi && bytes == 0) {
      if (!has(Feature.KmemRejectsEmpty)) observeMessage(Message.TooSmall, index, r);
      continue;
    }
    if (reserve(index, r, bytes)) {
      call(Pc.add_memory__lock, Pc.dev_dax_kmem_probe__added);
      return MOVED;
    }
    observeMessage(Message.CouldNotReserveRegion, index, r);
    if (!multi || load<u8>(at, DEVICE_RESERVED_OFFSET) == 0)
      return failsCounted(index, Errno.EBUSY);
  }
  return succeeds(index);
}

/**
 * A slot for a reservation. Before v5.3 a failed add leaves its node behind, and a retry nests
 * inside it: it needs another slot. SLOT_NONE when there is none.
 */
function freeReservation(index: u32, r: u32): u32 {
  const own = kmemSlot(index, r);
  if ((load<u8>(slot(own), SLOT_FLAGS_OFFSET) & RESOURCE_PRESENT) == 0) return own;
  return has(Feature.KmemAddRollback) ? SLOT_NONE : freeSpare(index, SLOT_NONE);
}

/** A spare slot of the device that nothing lies in, and that is not `taken`; or SLOT_NONE. */
function freeSpare(index: u32, taken: u32): u32 {
  for (let number: u32 = 0; number < spareCount(index); number++) {
    const spare = spareSlot(index, number);
    if (spare == taken) continue;
    if ((load<u8>(slot(spare), SLOT_FLAGS_OFFSET) & RESOURCE_PRESENT) == 0) return spare;
  }
  return SLOT_NONE;
}

/**
 * Moves what a failed hot-removal leaves behind out of the range's slots, so that another range may
 * come to have the same number. Without spares (the model divides no region) it stays and the
 * range is noted as stuck.
 */
export function leaveBehind(index: u32, r: u32): void {
  const kmem = freeSpare(index, SLOT_NONE);
  const ram = freeSpare(index, kmem);
  if (kmem == SLOT_NONE || ram == SLOT_NONE) {
    setBit(device(index), DEVICE_STUCK_OFFSET, 1 << r);
    return;
  }
  memory.copy(slot(kmem), slot(kmemSlot(index, r)), SLOT_BYTES);
  memory.copy(slot(ram), slot(ramSlot(index, r)), SLOT_BYTES);
  store<u16>(slot(ram), SLOT_PARENT_BASE + kmem, SLOT_PARENT_OFFSET);
  freeSlot(kmemSlot(index, r));
  freeSlot(ramSlot(index, r));
}

export function reserve(index: u32, r: u32, bytes: u64): bool {
  if (faultAt(FaultPoint.RequestRegion) != 0) return false;
  const at = freeReservation(index, r);
  if (at == SLOT_NONE || !requestRegion(at, rangeStart(), bytes, index, 0)) return false;
  store<u8>(slot(at), RESOURCE_PRESENT | RESOURCE_MEM | RESOURCE_SYSRAM, SLOT_FLAGS_OFFSET);
  return true;
}

/**
 * Gives a reservation back; what came to lie inside goes to the line above, or is lost with it.
 * Source: drivers/dax/kmem.c dev_dax_kmem_probe() and dev_dax_kmem_remove(), v5.10 and v6.8.
 */
function giveBack(at: u32): void {
  if (has(Feature.RemoveResource)) removeResource(at);
  else releaseResource(at);
}

/**
 * Takes add_memory's answer for the range at hand. Source: drivers/dax/kmem.c dev_dax_kmem_probe(),
 * v5.1 (a failure leaves the reservation) and v6.12.
 */
export function kmemProbeAdded(): i32 {
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  const r = <u32>load<u8>(th, THREAD_INDEX_OFFSET);
  const errno = <u32>load<u8>(th, THREAD_ERROR_OFFSET);
  const at = device(index);
  if (errno == 0) {
    setBit(at, DEVICE_RESERVED_OFFSET, 1 << r);
    noteMemmapWritten(index);
  } else {
    if (has(Feature.MultiRange)) observeMessage(Message.AddMemoryFailed, index, r);
    if (has(Feature.KmemAddRollback)) giveBack(kmemSlot(index, r));
    if (load<u8>(at, DEVICE_RESERVED_OFFSET) == 0) return failsCounted(index, errno);
  }
  store<u8>(th, 0, THREAD_ERROR_OFFSET);
  if (r + 1 >= rangesOf(index)) return succeeds(index);
  store<u8>(th, r + 1, THREAD_INDEX_OFFSET);
  goto(Pc.dev_dax_kmem_probe__request);
  return kmemProbeRequest();
}

/** Notes for the property `recoverable` how kmem let the device go. */
function noteUnbound(index: u32): void {
  let offline = true;
  for (let r: u32 = 0; r < rangesOf(index); r++) {
    const bytes = atRange(r);
    if (bytes != 0 && !allBlocksOffline(rangeStart(), bytes)) offline = false;
  }
  store<u8>(th, 0, THREAD_INDEX_OFFSET);
  const at = device(index);
  const kept = load<u8>(at, DEVICE_GHOST_OFFSET) & ~(GHOST_ALL_OFFLINE | GHOST_MESSAGE);
  store<u8>(at, kept | GHOST_KMEM_UNBOUND | (offline ? GHOST_ALL_OFFLINE : 0), DEVICE_GHOST_OFFSET);
}

/**
 * Removes the next range, or ends. Before v5.3 nothing is given back: the memory stays until
 * reboot. Source: drivers/dax/kmem.c dev_dax_kmem_remove(), v5.1 and v6.12.
 */
export function kmemRemoveRange(): i32 {
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  let r = <u32>load<u8>(th, THREAD_INDEX_OFFSET);
  if (r == 0) {
    noteUnbound(index);
    if (has(Feature.KmemStateV5)) return removeByState(index);
  }
  const at = device(index);
  if (has(Feature.KmemHotRemove)) {
    for (; r < rangesOf(index); r++) {
      const bytes = atRange(r);
      if (bytes == 0) continue;
      if (has(Feature.RegionSubdivision) && r >= <u32>load<u8>(at, DEVICE_RES_COUNT_OFFSET)) {
        // A mapping was added while kmem was bound: res[r] lies behind the table that probe made.
        broken(Property.NoCrash, index);
        continue;
      }
      const held = (<u32>load<u8>(at, DEVICE_RESERVED_OFFSET) >> r) & 1;
      if (held == 0 && (has(Feature.KmemSkipsNullSlot) || has(Feature.KmemTwoPass))) continue;
      call(Pc.remove_memory__lock, Pc.dev_dax_kmem_remove__removed);
      return MOVED;
    }
  }
  return endRemove(index);
}

/**
 * Source: drivers/dax/kmem.c dev_dax_kmem_remove(), v6.12: one range after the other; a failure is
 * final.
 */
export function kmemRemoveRemoved(): i32 {
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  const r = <u32>load<u8>(th, THREAD_INDEX_OFFSET);
  const errno = <u32>load<u8>(th, THREAD_ERROR_OFFSET);
  const at = device(index);
  const held = (<u32>load<u8>(at, DEVICE_RESERVED_OFFSET) >> r) & 1;
  if (errno != 0) {
    observeMessage(Message.RemoveFailedOnlined, index, r);
    observeMessage(Message.CannotBeHotremoved, index, r);
    if (isLinked(kmemSlot(index, r))) leaveBehind(index, r);
    // What was offline when unbind began may have come online since: the kernel has said so.
    const ghost = load<u8>(at, DEVICE_GHOST_OFFSET) & ~GHOST_ALL_OFFLINE;
    store<u8>(at, ghost | GHOST_MESSAGE, DEVICE_GHOST_OFFSET);
    setBit(st, GLOBAL_FLAGS_OFFSET, GLOBAL_HOTREMOVE_FAILED);
  } else if (held == 0) {
    observeMessage(Message.NullDereference, index, r);
    broken(Property.NoCrash, index);
    oops();
    return MOVED;
  } else {
    giveBack(kmemSlot(index, r));
    const left = <u32>load<u8>(at, DEVICE_RESERVED_OFFSET) & ~(1 << r);
    store<u8>(at, left, DEVICE_RESERVED_OFFSET);
  }
  store<u8>(th, 0, THREAD_ERROR_OFFSET);
  store<u8>(th, r + 1, THREAD_INDEX_OFFSET);
  goto(Pc.dev_dax_kmem_remove__range);
  if (r + 1 >= rangesOf(index)) return endRemove(index);
  return kmemRemoveRange();
}

/**
 * Frees what probe allocated, if as many ranges were removed as the device has: none of none, when
 * its ranges were freed before, so that what is still in the tree loses its name. A range without a
 * whole block is not counted, so a device with one keeps everything, and no message says so.
 * Source: drivers/dax/kmem.c dev_dax_kmem_remove(), v5.10, v5.15 (the memory group too) and v6.12.
 */
function freeData(index: u32): void {
  const failed = load<u8>(device(index), DEVICE_RESERVED_OFFSET) != 0;
  const isWhole = rangesOf(index) == 0 || has(Feature.KmemTwoPass) || areAllUsable(index);
  if (!failed && isWhole) clearMemoryType(index);
  if (rangesOf(index) == 0) {
    const count = header(Header.RangeMax);
    for (let r: u32 = 0; r < count; r++) leaveNameDangling(kmemSlot(index, r));
  } else if (!failed && !isWhole) broken(Property.NoLeak, index);
}

function areAllUsable(index: u32): bool {
  let usable = true;
  for (let r: u32 = 0; r < rangesOf(index); r++) usable = atRange(r) != 0 && usable;
  return usable;
}

export function endRemove(index: u32): i32 {
  const at = device(index);
  if (has(Feature.MultiRange)) freeData(index);
  store<u8>(th, 0, THREAD_INDEX_OFFSET);
  store<u8>(at, 0, DEVICE_RESERVED_OFFSET);
  store<u8>(at, 0, DEVICE_RES_COUNT_OFFSET);
  store<u8>(at, load<u8>(at, DEVICE_FLAGS_OFFSET) & ~DEVICE_DATA, DEVICE_FLAGS_OFFSET);
  back();
  return MOVED;
}
