// One predicate for each built-in property that a state shows. They are looked at where no system
// call is under way, so that nothing half done is judged; what only a step can see is noted by the
// step (state.ts broken()).

import { hasRangeAround, homeOf, regionBooksAreWrong, regionIs } from '../kernel/daxRange';
import { isLinked, nodeEnd, nodeFlags, nodeParent, nodeStart } from '../kernel/resource';
import { addedRamBytes } from '../kernel/resourceWalk';
import { usableBytes } from '../kernel/section';
import { blockStart, blockState, deviceOfBlock, NO_DEVICE, zoneOf } from '../kernel/zone';
import {
  BLOCK_ASKED_KERNEL,
  BLOCK_ASKED_MOVABLE,
  BLOCK_ROW_NODE_OFFSET,
  BLOCK_TYPE_OFFSET,
  BLOCK_USERS_OFFSET,
  BlockState,
  DEVICE_DRIVER_OFFSET,
  DEVICE_EXTRA_DATA_LOCK_OFFSET,
  DEVICE_EXTRA_STATE_USERS_OFFSET,
  DEVICE_FLAGS_OFFSET,
  DEVICE_GHOST_OFFSET,
  DEVICE_LOCK_OFFSET,
  DEVICE_MEMORY_OFFSET,
  DEVICE_PRESENT,
  DEVICE_RANGES_OFFSET,
  DEVICE_RESERVED_OFFSET,
  DEVICE_ROW_FIRMWARE_NODE_OFFSET,
  DEVICE_ROW_REGION_OFFSET,
  DEVICE_STUCK_OFFSET,
  DEVICE_USERS_OFFSET,
  DRIVER_FLAGS_OFFSET,
  DRIVER_USERS_OFFSET,
  Driver,
  Feature,
  GHOST_KMEM_NAMED,
  GHOST_KMEM_UNBOUND,
  GLOBAL_BROKEN_OFFSET,
  GLOBAL_FLAGS_OFFSET,
  GLOBAL_HOTPLUG_OFFSET,
  GLOBAL_HOTREMOVE_FAILED,
  GLOBAL_MEM_HOTPLUG_OFFSET,
  GLOBAL_REGION_WRITER_OFFSET,
  HEAP_REGION,
  Header,
  MEMORY_OVERWRITTEN,
  MEMORY_POISON,
  NAME_SYSTEM_RAM_KMEM,
  PARENT_GONE,
  Property,
  RANGE_END_OFFSET,
  RANGE_START_OFFSET,
  RANGE_USERS_OFFSET,
  REGION_BOUND,
  REGION_ENCRYPTED,
  REGION_FLAGS_OFFSET,
  REGION_KMEM_TYPE,
  REGION_LOCK_OFFSET,
  REGION_ROW_FLAGS_OFFSET,
  REGION_STATIC,
  REGION_USERS_OFFSET,
  RESOURCE_BUSY,
  RESOURCE_LEAKED,
  RESOURCE_NAME_DANGLING,
  RESOURCE_PRESENT,
  SLOT_FLAGS_OFFSET,
  SLOT_NAME_OFFSET,
  SLOT_PARENT_BASE,
  THREAD_PC_OFFSET,
  Zone,
} from '../layout';
import { blockBytes, has, header, point } from '../scenario';
import {
  block,
  blockRow,
  blocks,
  daxSlot,
  device,
  deviceExtra,
  deviceRow,
  devices,
  driver,
  heapOf,
  kmemSlot,
  lookAt,
  ramSlot,
  range,
  region,
  regionRow,
  slot,
  spareCount,
  spareSlot,
  st,
  threadRecord,
  threads,
} from '../state';
import { ofPublications } from './ownership';

function bit(property: Property): u32 {
  return 1 << property;
}

/** Whether no thread is inside the kernel. */
export function isQuiet(): bool {
  const count = threads();
  for (let thread: u32 = 0; thread < count; thread++) {
    if (load<u16>(threadRecord(thread), THREAD_PC_OFFSET) != 0) return false;
  }
  return true;
}

/** Bit set of the properties that a state violates on the face of its bytes. */
export function violations(state: usize): u32 {
  lookAt(state);
  let found = load<u32>(st, GLOBAL_BROKEN_OFFSET);
  const checked = header(Header.Properties);
  if (!isQuiet()) return found & checked;
  found |= ofResources() | ofDevices() | ofBlocks() | ofRegions() | ofLocks() | ofPublications();
  return found & checked;
}

// ---- Locks and books ------------------------------------------------------------------

/** lock-pairing: nobody is inside the kernel, so nothing is held. */
function ofLocks(): u32 {
  let held = <u32>load<u8>(st, GLOBAL_HOTPLUG_OFFSET) | load<u8>(st, GLOBAL_MEM_HOTPLUG_OFFSET);
  // Writer and readers of dax_region_rwsem and of dax_dev_rwsem are four bytes in a row.
  held |= load<u32>(st, GLOBAL_REGION_WRITER_OFFSET);
  for (let which: Driver = Driver.DeviceDax; which <= Driver.Kmem; which++) {
    held |= load<u8>(driver(which), DRIVER_USERS_OFFSET);
  }
  if (has(Feature.FsdevDax)) held |= load<u8>(driver(Driver.Fsdev), DRIVER_USERS_OFFSET);
  for (let index: u32 = 0; index < devices(); index++) {
    const at = device(index);
    if (has(Feature.KmemState)) {
      const extra = deviceExtra(index);
      held |=
        <u32>load<u8>(extra, DEVICE_EXTRA_DATA_LOCK_OFFSET) |
        load<u8>(extra, DEVICE_EXTRA_STATE_USERS_OFFSET);
    }
    held |= <u32>load<u8>(at, DEVICE_LOCK_OFFSET) | load<u8>(at, DEVICE_USERS_OFFSET);
    const ranges = <u32>load<u8>(at, DEVICE_RANGES_OFFSET);
    for (let r: u32 = 0; r < ranges; r++) held |= load<u8>(range(index, r), RANGE_USERS_OFFSET);
  }
  const count = header(Header.RegionCount);
  for (let index: u32 = 0; index < count; index++) {
    held |=
      <u32>load<u8>(region(index), REGION_LOCK_OFFSET) |
      load<u8>(region(index), REGION_USERS_OFFSET);
  }
  for (let index: u32 = 0; index < blocks(); index++)
    held |= load<u8>(block(index), BLOCK_USERS_OFFSET);
  return held != 0 ? bit(Property.LockPairing) : 0;
}

/**
 * accounting: a region's ranges are disjoint, inside it, and no more than it has; and memory that a
 * device has not given back lies in that device's ranges.
 */
function ofRegions(): u32 {
  if (!has(Feature.RegionSubdivision)) return 0;
  const count = header(Header.RegionCount);
  for (let index: u32 = 0; index < count; index++) {
    if (regionBooksAreWrong(index)) return bit(Property.Accounting);
  }
  for (let index: u32 = 0; index < devices(); index++) {
    if (regionIs(homeOf(index), REGION_BOUND) && leavesMemoryOutside(index)) {
      return bit(Property.Accounting);
    }
  }
  return 0;
}

/** Whether kmem's reservations under a device's name lie where the books say it has nothing. */
function leavesMemoryOutside(index: u32): bool {
  const count = header(Header.RangeMax);
  for (let r: u32 = 0; r < count; r++) {
    if (isOutside(index, kmemSlot(index, r))) return true;
  }
  for (let number: u32 = 0; number < spareCount(index); number++) {
    if (isOutside(index, spareSlot(index, number))) return true;
  }
  return false;
}

function isOutside(index: u32, at: u32): bool {
  const node = SLOT_PARENT_BASE + at;
  return isLinked(at) && !hasRangeAround(index, nodeStart(node), nodeEnd(node));
}

// ---- Resources ------------------------------------------------------------------------

/** resource-tree: no dangling parent or name, each child inside its parent. no-leak: no orphan. */
function ofResources(): u32 {
  let found: u32 = isKmemNameLeaked() ? bit(Property.NoLeak) : 0;
  const count = header(Header.SlotCount);
  for (let index: u32 = 0; index < count; index++) {
    const flags = <u32>load<u8>(slot(index), SLOT_FLAGS_OFFSET);
    if ((flags & RESOURCE_PRESENT) == 0) continue;
    if ((flags & RESOURCE_LEAKED) != 0) {
      found |= bit(Property.NoLeak);
      continue;
    }
    if ((flags & RESOURCE_NAME_DANGLING) != 0) found |= bit(Property.ResourceTree);
    const node = SLOT_PARENT_BASE + index;
    const parent = nodeParent(node);
    const inside =
      parent != PARENT_GONE &&
      nodeStart(node) >= nodeStart(parent) &&
      nodeEnd(node) <= nodeEnd(parent);
    if (!inside) found |= bit(Property.ResourceTree);
    if (overlapsAnother(index, node)) found |= bit(Property.NoOverlap);
  }
  return found;
}

/**
 * Whether kmem has been unloaded and its string "System RAM (kmem)" is kept, though no resource has
 * that name: its exit frees it only when no removal has ever failed. Source: drivers/dax/kmem.c
 * dax_kmem_exit(), v5.8.
 */
function isKmemNameLeaked(): bool {
  if (!has(Feature.DriverManaged)) return false;
  if ((load<u8>(st, GLOBAL_FLAGS_OFFSET) & GLOBAL_HOTREMOVE_FAILED) == 0) return false;
  if (load<u8>(driver(Driver.Kmem), DRIVER_FLAGS_OFFSET) != 0) return false;
  const count = header(Header.SlotCount);
  for (let index: u32 = 0; index < count; index++) {
    const present = (load<u8>(slot(index), SLOT_FLAGS_OFFSET) & RESOURCE_PRESENT) != 0;
    if (present && load<u8>(slot(index), SLOT_NAME_OFFSET) == NAME_SYSTEM_RAM_KMEM) return false;
  }
  return true;
}

/** Whether a node lies in the tree somewhere below another one. */
function isBeneath(node: u32, above: u32): bool {
  let parent = nodeParent(node);
  while (parent != 0 && parent != PARENT_GONE) {
    if (parent == above) return true;
    parent = nodeParent(parent);
  }
  return false;
}

/** Two busy claims that share an address, neither beneath the other. */
function overlapsAnother(index: u32, node: u32): bool {
  if ((nodeFlags(node) & RESOURCE_BUSY) == 0) return false;
  const count = header(Header.SlotCount);
  for (let other = index + 1; other < count; other++) {
    if (!isLinked(other)) continue;
    const second = SLOT_PARENT_BASE + other;
    if ((nodeFlags(second) & RESOURCE_BUSY) == 0) continue;
    if (isBeneath(second, node) || isBeneath(node, second)) continue;
    if (nodeStart(second) <= nodeEnd(node) && nodeEnd(second) >= nodeStart(node)) return true;
  }
  return false;
}

// ---- Devices --------------------------------------------------------------------------

function ofDevices(): u32 {
  let found: u32 = 0;
  const count = devices();
  for (let index: u32 = 0; index < count; index++) {
    const at = device(index);
    const which: Driver = load<u8>(at, DEVICE_DRIVER_OFFSET);
    const ghost = <u32>load<u8>(at, DEVICE_GHOST_OFFSET);
    const byType = isKmemByType(index);
    const named = byType || (ghost & GHOST_KMEM_NAMED) != 0;
    if (which == Driver.Kmem && !named) found |= bit(Property.ExplicitKmem);
    const written = (load<u8>(at, DEVICE_MEMORY_OFFSET) & MEMORY_OVERWRITTEN) != 0;
    if (written && !named) found |= bit(Property.NoDataLoss);
    // A device that is gone, and that a driver still believes to have.
    const present = (load<u8>(at, DEVICE_FLAGS_OFFSET) & DEVICE_PRESENT) != 0;
    if (!present && which != Driver.None) found |= bit(Property.NoLeak);
    // Who makes a region keeps its reference for no longer than that takes.
    if ((heapOf(index) & (present ? HEAP_REGION : 0xff)) != 0) found |= bit(Property.NoLeak);
    const rebound = which != Driver.None && (ghost & GHOST_KMEM_UNBOUND) != 0;
    if (rebound && !has(Feature.KmemHotRemove)) found |= bit(Property.NoRebindAfterKmem);
    const ranges = <u32>load<u8>(at, DEVICE_RANGES_OFFSET);
    for (let r: u32 = 0; r < ranges; r++) found |= ofRange(index, r, which);
    for (let r = ranges; r < header(Header.RangeMax); r++) {
      if (has(Feature.MultiRange) && isOwnedByNobody(index, r, which))
        found |= bit(Property.NoLeak);
    }
  }
  return found;
}

function isKmemByType(index: u32): bool {
  if (!has(Feature.MatchByType)) return false;
  const row = regionRow(load<u8>(deviceRow(index), DEVICE_ROW_REGION_OFFSET));
  return (load<u8>(row, REGION_ROW_FLAGS_OFFSET) & REGION_KMEM_TYPE) != 0;
}

/** Whether kmem's memory lies where the device has no range any more, and no message says so. */
function isOwnedByNobody(index: u32, r: u32, which: Driver): bool {
  const stuck = ((<u32>load<u8>(device(index), DEVICE_STUCK_OFFSET) >> r) & 1) != 0;
  return isLinked(kmemSlot(index, r)) && !stuck && which != Driver.Kmem;
}

/** no-leak, no-overlap, aligned and capacity of one range. */
function ofRange(index: u32, r: u32, which: Driver): u32 {
  const dax = daxSlot(index, r);
  const kmem = kmemSlot(index, r);
  const ram = ramSlot(index, r);
  const at = range(index, r);
  const first = point(load<u16>(at, RANGE_START_OFFSET));
  const last = point(load<u16>(at, RANGE_END_OFFSET));
  let found: u32 = 0;
  const maps = which == Driver.DeviceDax || which == Driver.Fsdev;
  if (maps && addedRamBytes(first, last) != 0) found |= bit(Property.NoOverlap);
  const claims = maps || which == Driver.Compat;
  if (isLinked(dax) && !claims && has(Feature.CommonPinning)) found |= bit(Property.NoLeak);
  const stuck = ((<u32>load<u8>(device(index), DEVICE_STUCK_OFFSET) >> r) & 1) != 0;
  const declared = stuck || which == Driver.Kmem || !has(Feature.KmemHotRemove);
  if (isLinked(kmem) && !isLinked(ram)) found |= bit(Property.NoLeak);
  if (isLinked(ram) && !declared) found |= bit(Property.NoLeak);
  if (!isLinked(ram)) return found;
  const start = nodeStart(SLOT_PARENT_BASE + ram);
  const end = nodeEnd(SLOT_PARENT_BASE + ram);
  const whole = start % blockBytes() == 0 && (end + 1) % blockBytes() == 0;
  // What an unbound device left behind may lie outside once it has shrunk: see accounting.
  const added = ((<u32>load<u8>(device(index), DEVICE_RESERVED_OFFSET) >> r) & 1) != 0;
  const outside = which == Driver.Kmem && added && (start < first || end > last);
  if (!whole || outside) found |= bit(Property.Aligned);
  if (which == Driver.Kmem && usableBytes(first, last) != last - first + 1)
    found |= bit(Property.Capacity);
  return found;
}

// ---- Blocks ---------------------------------------------------------------------------

function ofBlocks(): u32 {
  let found: u32 = 0;
  const count = blocks();
  for (let index: u32 = 0; index < count; index++) {
    const state = blockState(index);
    if (state == BlockState.Absent) continue;
    const first = blockStart(index);
    if (addedRamBytes(first, first + blockBytes() - 1) != blockBytes())
      found |= bit(Property.Covered);
    const owner = deviceOfBlock(index);
    if (owner != NO_DEVICE) found |= ofOwnedBlock(index, owner);
    if (state != BlockState.Online) continue;
    const asked = load<u8>(block(index), BLOCK_TYPE_OFFSET);
    const movable = zoneOf(index) == Zone.Movable;
    if ((asked & BLOCK_ASKED_MOVABLE) != 0 && !movable) found |= bit(Property.Zone);
    if ((asked & BLOCK_ASKED_KERNEL) != 0 && movable) found |= bit(Property.Zone);
  }
  return found;
}

/** node, and the policies on what may come online. */
function ofOwnedBlock(index: u32, owner: u32): u32 {
  let found: u32 = 0;
  const row = deviceRow(owner);
  const node = load<u8>(row, DEVICE_ROW_FIRMWARE_NODE_OFFSET);
  if (load<u8>(blockRow(index), BLOCK_ROW_NODE_OFFSET) != node) found |= bit(Property.Node);
  if (blockState(index) != BlockState.Online) return found;
  const poisoned = (load<u8>(device(owner), DEVICE_MEMORY_OFFSET) & MEMORY_POISON) != 0;
  if (poisoned) found |= bit(Property.NoPoisonOnline);
  const home = <u32>load<u8>(row, DEVICE_ROW_REGION_OFFSET);
  const persistent = (load<u8>(regionRow(home), REGION_ROW_FLAGS_OFFSET) & REGION_STATIC) != 0;
  const encrypted = (load<u8>(region(home), REGION_FLAGS_OFFSET) & REGION_ENCRYPTED) != 0;
  if (persistent && !encrypted) found |= bit(Property.Encrypted);
  return found;
}
