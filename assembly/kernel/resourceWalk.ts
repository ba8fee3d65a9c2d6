// kernel/resource.c: the queries that ask which addresses are System RAM.
import {
  Feature,
  Header,
  Lock,
  LockMode,
  NAME_SYSTEM_RAM,
  NAME_SYSTEM_RAM_KMEM,
  RESOURCE_BUSY,
  RESOURCE_SYSRAM,
  SLOT_NAME_OFFSET,
  SLOT_PARENT_BASE,
} from '../layout';
import { observePair } from '../observe';
import { has, header } from '../scenario';
import { slot } from '../state';
import {
  firstOverlap,
  isLinked,
  NOWHERE,
  nodeEnd,
  nodeFlags,
  nodeParent,
  nodeStart,
  ROOT,
} from './resource';
import { alignDown, alignUp } from './section';

export const REGION_INTERSECTS: u32 = 0;
export const REGION_DISJOINT: u32 = 1;
export const REGION_MIXED: u32 = 2;

/** A walk reports whole pages only. */
const PAGE_BYTES: u64 = 4096;

/** What a walk over System RAM asks for; region_intersects asks without the busy bit. */
const BUSY_RAM: u32 = RESOURCE_BUSY | RESOURCE_SYSRAM;

function isMatch(node: u32, wanted: u32): bool {
  return (nodeFlags(node) & wanted) == wanted;
}

/** Bytes of [start, end] in a node that matches, in whole grains; none beneath another match. */
function outermostBytes(
  node: u32,
  start: u64,
  end: u64,
  nested: bool,
  wanted: u32,
  grain: u64,
): u64 {
  if (!isMatch(node, wanted)) return 0;
  const first = max<u64>(nodeStart(node), start);
  const last = min<u64>(nodeEnd(node), end);
  if (first > last) return 0;
  let above = nodeParent(node);
  if (above != ROOT && !nested) return 0;
  while (above != ROOT) {
    if (isMatch(above, wanted)) return 0;
    above = nodeParent(above);
  }
  const from = alignUp(first, grain);
  const to = alignDown(last + 1, grain);
  return to > from ? to - from : 0;
}

/** Bytes of [start, end] in the outermost nodes with these flags, each rounded to a grain. */
function outermostSum(start: u64, end: u64, nested: bool, flags: u32, grain: u64): u64 {
  let bytes: u64 = 0;
  const statics = header(Header.StaticCount);
  for (let node: u32 = 1; node <= statics; node++)
    bytes += outermostBytes(node, start, end, nested, flags, grain);
  const count = header(Header.SlotCount);
  for (let index: u32 = 0; index < count; index++) {
    if (!isLinked(index)) continue;
    bytes += outermostBytes(SLOT_PARENT_BASE + index, start, end, nested, flags, grain);
  }
  return bytes;
}

/**
 * Sums what walk_system_ram_range() reports for [start, end].
 *
 * @returns bytes; 0 is "no such range", for which the walk gives -1 (v5.0) or -EINVAL (v5.1).
 * Source: kernel/resource.c walk_system_ram_range(), v5.0 (top level only) and v5.1 (all levels).
 */
export function systemRamBytes(start: u64, end: u64): u64 {
  observePair(Lock.ResourceLock, 0, LockMode.Read);
  return outermostSum(start, end, has(Feature.WalkRamChildren), BUSY_RAM, PAGE_BYTES);
}

/**
 * Bytes of [start, end] that hot-add made System RAM, whatever the flags of other nodes and this
 * kernel's queries say. Devices never lie in boot memory: the model is refused.
 */
export function addedRamBytes(start: u64, end: u64): u64 {
  let bytes: u64 = 0;
  const count = header(Header.SlotCount);
  for (let index: u32 = 0; index < count; index++) {
    const name = load<u8>(slot(index), SLOT_NAME_OFFSET);
    if (name != NAME_SYSTEM_RAM && name != NAME_SYSTEM_RAM_KMEM) continue;
    if (!isLinked(index)) continue;
    const first = max<u64>(nodeStart(SLOT_PARENT_BASE + index), start);
    const last = min<u64>(nodeEnd(SLOT_PARENT_BASE + index), end);
    if (first <= last) bytes += last - first + 1;
  }
  return bytes;
}

/**
 * Tells whether [start, start + size - 1] is System RAM, is not, or is mixed. Source:
 * kernel/resource.c region_intersects(), v5.1 (direct children of the root only) and v6.12 (a node
 * that does not match counts as RAM as far as its descendants cover it).
 */
export function regionIntersectsRam(start: u64, size: u64): u32 {
  observePair(Lock.ResourceLock, 0, LockMode.Read);
  const end = start + size - 1;
  const nested = has(Feature.RegionIntersectsNested);
  let matching = false;
  let other = false;
  let cursor = start;
  while (true) {
    const node = firstOverlap(ROOT, cursor, end);
    if (node == NOWHERE) break;
    const first = max<u64>(nodeStart(node), start);
    const last = min<u64>(nodeEnd(node), end);
    if (isMatch(node, RESOURCE_SYSRAM)) matching = true;
    else {
      const ram = nested ? outermostSum(first, last, true, RESOURCE_SYSRAM, 1) : 0;
      if (ram > 0) matching = true;
      if (ram != last - first + 1) other = true;
    }
    if (nodeEnd(node) >= end) break;
    cursor = nodeEnd(node) + 1;
  }
  if (!matching) return REGION_DISJOINT;
  return other ? REGION_MIXED : REGION_INTERSECTS;
}
