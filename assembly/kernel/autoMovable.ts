// mm/memory_hotplug.c: the online policy auto-movable. Plain "online" goes to Movable as long as
// the ratio of movable memory to early kernel memory allows it, for the whole of a memory group.
import {
  BLOCK_ADDED_MASK,
  BLOCK_ROW_NODE_OFFSET,
  BlockState,
  DEVICE_RANGES_OFFSET,
  Feature,
  Header,
  RANGE_END_OFFSET,
  RANGE_START_OFFSET,
  Zone,
} from '../layout';
import { blockBytes, earlyBytes, has, header, point } from '../scenario';
import { blockExtra, blockRow, blocks, device, range } from '../state';
import { kmemBytes } from './section';
import { blockState, zoneOf } from './zone';

/** A node number that stands for all nodes. */
const ANY_NODE: u32 = 0xff;
const PAGE_BYTES: u64 = 4096;

function isOnline(index: u32): bool {
  const state = blockState(index);
  return state == BlockState.Online || state == BlockState.GoingOffline;
}

/** Bytes online in Movable, of one node or of all. */
function movableBytes(node: u32): u64 {
  let bytes: u64 = 0;
  const count = blocks();
  for (let index: u32 = 0; index < count; index++) {
    if (!isOnline(index) || zoneOf(index) != Zone.Movable) continue;
    if (node == ANY_NODE || <u32>load<u8>(blockRow(index), BLOCK_ROW_NODE_OFFSET) == node)
      bytes += blockBytes();
  }
  return bytes;
}

/** Whether so many bytes more in Movable keep the ratio. Boot memory lies on node 0. */
function ratioAllows(node: u32, bytes: u64): bool {
  const early = node == ANY_NODE || node == 0 ? earlyBytes() : 0;
  if (early == 0) return false;
  const allowed = (early / 100) * <u64>header(Header.AutoMovableRatio);
  return bytes <= allowed && movableBytes(node) <= allowed - bytes;
}

/** The device whose memory group a block is in, + 1; 0 when it is in none. */
function groupOf(index: u32): u32 {
  if (!has(Feature.KmemMemoryGroup) || blockExtra(index) == 0) return 0;
  return <u32>load<u8>(blockExtra(index)) & BLOCK_ADDED_MASK;
}

/** Bytes that the kmem of a device would add. */
function groupBytes(owner: u32): u64 {
  const count = <u32>load<u8>(device(owner), DEVICE_RANGES_OFFSET);
  let bytes: u64 = 0;
  for (let r: u32 = 0; r < count; r++) {
    const at = range(owner, r);
    const first = point(load<u16>(at, RANGE_START_OFFSET));
    bytes += kmemBytes(first, point(load<u16>(at, RANGE_END_OFFSET)));
  }
  return bytes;
}

/** Bytes of a device's blocks that are online in Movable, or elsewhere. */
function onlineOf(owner: u32, movable: bool): u64 {
  let bytes: u64 = 0;
  const count = blocks();
  for (let index: u32 = 0; index < count; index++) {
    if (!isOnline(index) || groupOf(index) != owner + 1) continue;
    if ((zoneOf(index) == Zone.Movable) == movable) bytes += blockBytes();
  }
  return bytes;
}

/**
 * Whether plain "online" brings a block to Movable; `counted` as the group's size was registered.
 *
 * Source: mm/memory_hotplug.c auto_movable_zone_for_pfn(), v6.1; a static group is meant as a
 * whole: one block of it in a kernel zone, and the others follow.
 */
function goesToMovable(index: u32, counted: bool): bool {
  let bytes = blockBytes();
  const group = groupOf(index);
  if (group != 0) {
    if (onlineOf(group - 1, false) != 0) return false;
    const size = groupBytes(group - 1);
    const inPages = has(Feature.MemoryGroupInPages);
    bytes = (counted && !inPages ? size * PAGE_BYTES : size) - onlineOf(group - 1, true);
  }
  if (!ratioAllows(ANY_NODE, bytes)) return false;
  const node = <u32>load<u8>(blockRow(index), BLOCK_ROW_NODE_OFFSET);
  return header(Header.AutoMovableNuma) == 0 || ratioAllows(node, bytes);
}

/** Whether the policy is on. */
export function isAutoMovable(): bool {
  return header(Header.AutoMovableRatio) != 0 && has(Feature.AutoMovable);
}

/**
 * Whether plain "online" brings a block to Movable. Up to v6.4 kmem registers its group's size in
 * bytes where pages are meant. Source: drivers/dax/kmem.c dev_dax_kmem_probe(), v5.15.
 */
export function autoMovable(index: u32): bool {
  return goesToMovable(index, true);
}

/** Whether it would if every group had its true size: what the policy is documented to do. */
export function shouldBeMovable(index: u32): bool {
  return goesToMovable(index, false);
}
