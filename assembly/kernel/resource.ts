// kernel/resource.c: the tree of physical address ranges.
//
// The boot tree is static (the scenario's table); what drivers claim are slots of the state. A node
// is named by a number: 0 the root, 1.. a static node, SLOT_PARENT_BASE.. a slot. Sibling order is
// not stored: it is the order of addresses. All arithmetic is exact 64-bit with the kernel's
// wraparound; ends are inclusive. resource_lock is taken and given back inside each operation, so
// it is never part of a state.

import { fail } from '../fail';
import {
  Feature,
  Header,
  Lock,
  LockMode,
  PARENT_GONE,
  RESOURCE_BUSY,
  RESOURCE_LEAKED,
  RESOURCE_MEM,
  RESOURCE_NAME_DANGLING,
  RESOURCE_PRESENT,
  RESOURCE_SYSRAM,
  SLOT_END_OFFSET,
  SLOT_FLAGS_OFFSET,
  SLOT_NAME_OFFSET,
  SLOT_PARENT_BASE,
  SLOT_PARENT_OFFSET,
  SLOT_START_OFFSET,
  STATIC_BYTES,
  STATIC_CHILD_OFFSET,
  STATIC_END_OFFSET,
  STATIC_FLAGS_OFFSET,
  STATIC_NEXT_OFFSET,
  STATIC_PARENT_OFFSET,
  STATIC_START_OFFSET,
} from '../layout';
import { observePair } from '../observe';
import { has, header, point, table } from '../scenario';
import { FAIL_POINT, FAIL_RESOURCE, slot } from '../state';

export const ROOT: u32 = 0;
/** No node. */
export const NOWHERE: u32 = 0xfffffff;

function staticNode(node: u32): usize {
  return table(Header.StaticTable) + <usize>(node - 1) * STATIC_BYTES;
}

export function nodeStart(node: u32): u64 {
  if (node == ROOT) return 0;
  if (node < <u32>SLOT_PARENT_BASE) return load<u64>(staticNode(node), STATIC_START_OFFSET);
  return point(load<u16>(slot(node - SLOT_PARENT_BASE), SLOT_START_OFFSET));
}

export function nodeEnd(node: u32): u64 {
  if (node == ROOT) return u64.MAX_VALUE;
  if (node < <u32>SLOT_PARENT_BASE) return load<u64>(staticNode(node), STATIC_END_OFFSET);
  return point(load<u16>(slot(node - SLOT_PARENT_BASE), SLOT_END_OFFSET));
}

export function nodeFlags(node: u32): u32 {
  if (node == ROOT) return RESOURCE_PRESENT | RESOURCE_MEM;
  if (node < <u32>SLOT_PARENT_BASE) return load<u8>(staticNode(node), STATIC_FLAGS_OFFSET);
  return load<u8>(slot(node - SLOT_PARENT_BASE), SLOT_FLAGS_OFFSET);
}

export function nodeParent(node: u32): u32 {
  if (node < <u32>SLOT_PARENT_BASE) return load<u16>(staticNode(node), STATIC_PARENT_OFFSET);
  return load<u16>(slot(node - SLOT_PARENT_BASE), SLOT_PARENT_OFFSET);
}

/** Whether a slot is in the tree. */
export function isLinked(index: u32): bool {
  const flags = load<u8>(slot(index), SLOT_FLAGS_OFFSET);
  return (flags & (RESOURCE_PRESENT | RESOURCE_LEAKED)) == RESOURCE_PRESENT;
}

/**
 * Returns the place of an address in the boundary table; an address that is not there stops the
 * run.
 */
export function pointIndex(address: u64): u32 {
  let low: u32 = 0;
  let high: u32 = header(Header.PointCount);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (point(middle) < address) low = middle + 1;
    else high = middle;
  }
  if (low >= header(Header.PointCount) || point(low) != address) fail(FAIL_POINT);
  return low;
}

/** Returns the child of `parent` with the lowest address that overlaps [start, end], or NOWHERE. */
export function firstOverlap(parent: u32, start: u64, end: u64): u32 {
  let found = NOWHERE;
  let foundStart: u64 = u64.MAX_VALUE;
  let node: u32 = NOWHERE;
  if (header(Header.StaticCount) > 0) {
    if (parent == ROOT) node = 1;
    else if (parent < <u32>SLOT_PARENT_BASE)
      node = load<u16>(staticNode(parent), STATIC_CHILD_OFFSET);
  }
  while (node != NOWHERE && node != 0) {
    const at = staticNode(node);
    const nodeFirst = load<u64>(at, STATIC_START_OFFSET);
    if (nodeFirst > end) break;
    if (load<u64>(at, STATIC_END_OFFSET) >= start) {
      found = node;
      foundStart = nodeFirst;
      break;
    }
    node = load<u16>(at, STATIC_NEXT_OFFSET);
  }
  const count = header(Header.SlotCount);
  for (let index: u32 = 0; index < count; index++) {
    const at = slot(index);
    if (load<u16>(at, SLOT_PARENT_OFFSET) != parent || !isLinked(index)) continue;
    const slotStart = point(load<u16>(at, SLOT_START_OFFSET));
    if (slotStart > end || point(load<u16>(at, SLOT_END_OFFSET)) < start) continue;
    if (found != NOWHERE && slotStart >= foundStart) continue;
    found = SLOT_PARENT_BASE + index;
    foundStart = slotStart;
  }
  return found;
}

/**
 * Finds what is in the way of [start, end] beneath `root`: NOWHERE, a child, or the root itself
 * when the range is empty, wraps, or does not fit inside. Source: kernel/resource.c
 * __request_resource(), v5.0 to v6.12.
 */
export function requestResource(root: u32, start: u64, end: u64): u32 {
  if (end < start) return root;
  if (start < nodeStart(root)) return root;
  if (end > nodeEnd(root)) return root;
  return firstOverlap(root, start, end);
}

function place(index: u32, parent: u32, start: u64, end: u64, flags: u32, name: u32): void {
  const at = slot(index);
  store<u16>(at, pointIndex(start), SLOT_START_OFFSET);
  store<u16>(at, pointIndex(end), SLOT_END_OFFSET);
  store<u16>(at, parent, SLOT_PARENT_OFFSET);
  store<u8>(at, flags | RESOURCE_PRESENT, SLOT_FLAGS_OFFSET);
  store<u8>(at, name, SLOT_NAME_OFFSET);
}

/** The name that a linked node shows has been freed. */
export function leaveNameDangling(index: u32): void {
  if (!isLinked(index)) return;
  const at = slot(index);
  store<u8>(at, load<u8>(at, SLOT_FLAGS_OFFSET) | RESOURCE_NAME_DANGLING, SLOT_FLAGS_OFFSET);
}

/** Empties a slot: its resource has been freed. */
export function freeSlot(index: u32): void {
  store<u64>(slot(index), 0);
}

/**
 * Requests [start, start + n - 1], descending into nodes that are not busy.
 *
 * @returns whether the slot now lies in the tree. n = 0 fails, but for start = 0, where it is
 * everything.
 * Source: kernel/resource.c __request_region(), v5.0 to v6.12.
 */
export function requestRegion(index: u32, start: u64, n: u64, name: u32, flags: u32): bool {
  observePair(Lock.ResourceLock, 0, LockMode.Write);
  const end = start + n - 1;
  let parent = ROOT;
  while (true) {
    const inherited = nodeFlags(parent) & (RESOURCE_MEM | RESOURCE_SYSRAM);
    const conflict = requestResource(parent, start, end);
    if (conflict == NOWHERE) {
      place(index, parent, start, end, inherited | RESOURCE_BUSY | flags, name);
      return true;
    }
    if (conflict == parent || (nodeFlags(conflict) & RESOURCE_BUSY) != 0) return false;
    parent = conflict;
  }
}

/**
 * Requests [start, end] at the top level only.
 * Source: kernel/resource.c request_resource_conflict(), v5.0.
 */
export function requestTopLevel(index: u32, start: u64, n: u64, name: u32, flags: u32): bool {
  observePair(Lock.ResourceLock, 0, LockMode.Write);
  const end = start + n - 1;
  if (requestResource(ROOT, start, end) != NOWHERE) return false;
  place(index, ROOT, start, end, flags, name);
  return true;
}

/** Children of a freed node keep pointing at it: they are in no tree and owned by nobody. */
function orphanChildren(node: u32): void {
  const count = header(Header.SlotCount);
  for (let index: u32 = 0; index < count; index++) {
    const at = slot(index);
    if (!isLinked(index) || load<u16>(at, SLOT_PARENT_OFFSET) != node) continue;
    orphanChildren(SLOT_PARENT_BASE + index);
    store<u16>(at, PARENT_GONE, SLOT_PARENT_OFFSET);
    store<u8>(at, load<u8>(at, SLOT_FLAGS_OFFSET) | RESOURCE_LEAKED, SLOT_FLAGS_OFFSET);
  }
}

/**
 * Frees the busy node that is exactly [start, start + n - 1], descending through nodes that are not
 * busy.
 *
 * @returns whether one was freed; false stands for the message about a nonexistent resource.
 * Source: kernel/resource.c __release_region(), v5.1.
 */
export function releaseRegion(start: u64, n: u64): bool {
  observePair(Lock.ResourceLock, 0, LockMode.Write);
  const end = start + n - 1;
  let parent = ROOT;
  while (true) {
    const node = firstOverlap(parent, start, end);
    if (node == NOWHERE || nodeStart(node) > start || nodeEnd(node) < end) return false;
    if ((nodeFlags(node) & RESOURCE_BUSY) == 0) {
      parent = node;
      continue;
    }
    if (nodeStart(node) != start || nodeEnd(node) != end || node < <u32>SLOT_PARENT_BASE)
      return false;
    orphanChildren(node);
    freeSlot(node - SLOT_PARENT_BASE);
    return true;
  }
}

/**
 * Unlinks a slot with its whole subtree and frees it: what lay beneath is leaked.
 * Source: kernel/resource.c release_resource() and the kfree() of its callers, v5.1 to v6.2.
 */
export function releaseResource(index: u32): void {
  observePair(Lock.ResourceLock, 0, LockMode.Write);
  orphanChildren(SLOT_PARENT_BASE + index);
  freeSlot(index);
}

/**
 * Unlinks a slot and gives its children to its parent.
 * Source: kernel/resource.c remove_resource(), used by kmem since v6.3.
 */
export function removeResource(index: u32): void {
  observePair(Lock.ResourceLock, 0, LockMode.Write);
  const parent = load<u16>(slot(index), SLOT_PARENT_OFFSET);
  const count = header(Header.SlotCount);
  for (let child: u32 = 0; child < count; child++) {
    const at = slot(child);
    if (!isLinked(child) || load<u16>(at, SLOT_PARENT_OFFSET) != SLOT_PARENT_BASE + index) continue;
    store<u16>(at, parent, SLOT_PARENT_OFFSET);
  }
  freeSlot(index);
}

/**
 * Gives a slot new bounds; false, and nothing changed, when a child would stick out.
 * Source: kernel/resource.c __adjust_resource(), v5.1; bounds only ever shrink here.
 */
function adjust(index: u32, start: u64, end: u64): bool {
  const count = header(Header.SlotCount);
  for (let child: u32 = 0; child < count; child++) {
    const node = SLOT_PARENT_BASE + child;
    if (!isLinked(child) || nodeParent(node) != SLOT_PARENT_BASE + index) continue;
    if (nodeStart(node) < start || nodeEnd(node) > end) return false;
  }
  store<u16>(slot(index), pointIndex(start), SLOT_START_OFFSET);
  store<u16>(slot(index), pointIndex(end), SLOT_END_OFFSET);
  return true;
}

/** Takes [start, end] out of the middle of a slot: what lies above it becomes a node of its own. */
function split(index: u32, start: u64, end: u64): bool {
  const at = slot(index);
  const last = nodeEnd(SLOT_PARENT_BASE + index);
  const parent = load<u16>(at, SLOT_PARENT_OFFSET);
  let spare: u32 = 0;
  while ((load<u8>(slot(spare), SLOT_FLAGS_OFFSET) & RESOURCE_PRESENT) != 0) {
    if (++spare >= header(Header.SlotCount)) fail(FAIL_RESOURCE);
  }
  if (!adjust(index, nodeStart(SLOT_PARENT_BASE + index), start - 1)) return false;
  place(
    spare,
    parent,
    end + 1,
    last,
    load<u8>(at, SLOT_FLAGS_OFFSET),
    load<u8>(at, SLOT_NAME_OFFSET),
  );
  return true;
}

/**
 * Takes [start, start + size - 1] out of the System RAM node around it at hot-removal: frees,
 * trims or splits it. Up to v6.2 it gives up at the first containing node that is not System RAM,
 * and so never reaches one that is nested.
 *
 * @returns whether it did.
 * Source: kernel/resource.c release_mem_region_adjustable(), v5.1 and v6.3.
 */
export function releaseMemRegionAdjustable(start: u64, size: u64): bool {
  observePair(Lock.ResourceLock, 0, LockMode.Write);
  const end = start + size - 1;
  let parent = ROOT;
  while (true) {
    const node = firstOverlap(parent, start, end);
    if (node == NOWHERE || nodeStart(node) > start || nodeEnd(node) < end) return false;
    const flags = nodeFlags(node);
    if (!has(Feature.RemoveResource) && (flags & RESOURCE_SYSRAM) == 0) return false;
    if ((flags & RESOURCE_MEM) == 0) return false;
    if ((flags & RESOURCE_BUSY) == 0) {
      parent = node;
      continue;
    }
    if (node < <u32>SLOT_PARENT_BASE) return false;
    const index = node - SLOT_PARENT_BASE;
    if (nodeStart(node) != start) {
      if (nodeEnd(node) == end) return adjust(index, nodeStart(node), start - 1);
      return split(index, start, end);
    }
    if (nodeEnd(node) != end) return adjust(index, end + 1, nodeEnd(node));
    orphanChildren(node);
    freeSlot(index);
    return true;
  }
}

/**
 * Inserts a node, taking over children that lie inside it; busy or not does not matter.
 *
 * @returns whether it lies in the tree; false for a partial overlap.
 * Source: kernel/resource.c __insert_resource(), v5.1. Only slots can be taken over: the boot tree
 * is fixed.
 */
export function insertResource(index: u32, start: u64, end: u64, flags: u32, name: u32): bool {
  return insertUnder(ROOT, index, start, end, flags, name);
}

/** Inserts a node beneath a given one, whatever lies above that. */
export function insertUnder(
  root: u32,
  index: u32,
  start: u64,
  end: u64,
  flags: u32,
  name: u32,
): bool {
  observePair(Lock.ResourceLock, 0, LockMode.Write);
  let parent = root;
  let conflict = requestResource(parent, start, end);
  while (conflict != NOWHERE) {
    if (conflict == parent) return false;
    if (nodeStart(conflict) > start || nodeEnd(conflict) < end) break;
    if (nodeStart(conflict) == start && nodeEnd(conflict) == end) break;
    parent = conflict;
    conflict = requestResource(parent, start, end);
  }
  if (conflict != NOWHERE && !adopt(index, parent, start, end)) return false;
  place(index, parent, start, end, flags, name);
  return true;
}

function adopt(index: u32, parent: u32, start: u64, end: u64): bool {
  const count = header(Header.SlotCount);
  for (let child: u32 = 0; child < count; child++) {
    if (!isLinked(child) || nodeParent(SLOT_PARENT_BASE + child) != parent) continue;
    const node = SLOT_PARENT_BASE + child;
    if (nodeStart(node) > end || nodeEnd(node) < start) continue;
    if (nodeStart(node) < start || nodeEnd(node) > end) return false;
  }
  for (let child: u32 = 0; child < count; child++) {
    if (!isLinked(child) || nodeParent(SLOT_PARENT_BASE + child) != parent) continue;
    const node = SLOT_PARENT_BASE + child;
    if (nodeStart(node) > end || nodeEnd(node) < start) continue;
    store<u16>(slot(child), SLOT_PARENT_BASE + index, SLOT_PARENT_OFFSET);
  }
  return true;
}
