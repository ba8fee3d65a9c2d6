// mm/memory-tiers.c: the memory type of the node with the boot memory, and how often it is counted.
//
// Other nodes are left out: they have no type but kmem's, and there every count is given back as it
// was taken. A count may fall below zero.
import {
  DEVICE_ROW_NODE_OFFSET,
  Feature,
  GLOBAL_EXTRA_TYPE_COUNT_OFFSET,
  GLOBAL_EXTRA_TYPE_OFFSET,
  Header,
  NODE_TYPE_DRAM,
  NODE_TYPE_KMEM,
  NODE_TYPE_NONE,
  Property,
} from '../layout';
import { has, header } from '../scenario';
import { broken, deviceRow, globalExtra } from '../state';

/** Whether the type of the node of a device is followed. */
function isFollowed(index: u32): bool {
  if (header(Header.GlobalExtraAt) == 0) return false;
  if (load<u8>(deviceRow(index), DEVICE_ROW_NODE_OFFSET) != 0) return false;
  return load<u8>(globalExtra(), GLOBAL_EXTRA_TYPE_OFFSET) != 0;
}

function setType(type: u32): void {
  store<u8>(globalExtra(), type, GLOBAL_EXTRA_TYPE_OFFSET);
}

function addCount(difference: i32): void {
  const count = <i32>load<i8>(globalExtra(), GLOBAL_EXTRA_TYPE_COUNT_OFFSET);
  store<i8>(globalExtra(), <i8>(count + difference), GLOBAL_EXTRA_TYPE_COUNT_OFFSET);
}

/** Uncounts; a type that nobody uses any more is taken off the node. */
function uncount(): void {
  addCount(-1);
  const isUnused = load<i8>(globalExtra(), GLOBAL_EXTRA_TYPE_COUNT_OFFSET) == 0;
  if (isUnused) setType(NODE_TYPE_NONE);
}

/**
 * Counts a device that kmem takes: only where the node has kmem's type, or none yet.
 * Source: mm/memory-tiers.c init_node_memory_type(), v6.1 to v6.19.
 */
export function initNodeMemoryType(index: u32): void {
  if (!isFollowed(index)) return;
  const type = load<u8>(globalExtra(), GLOBAL_EXTRA_TYPE_OFFSET);
  if (type == NODE_TYPE_DRAM) return;
  if (type == NODE_TYPE_NONE) setType(NODE_TYPE_KMEM);
  addCount(1);
}

/**
 * Uncounts a device whose probe fails: where the node has kmem's type.
 * Source: mm/memory-tiers.c clear_node_memory_type() with a type, v6.1 to v6.19.
 */
export function clearOwnMemoryType(index: u32): void {
  if (!isFollowed(index)) return;
  if (load<u8>(globalExtra(), GLOBAL_EXTRA_TYPE_OFFSET) == NODE_TYPE_KMEM) uncount();
}

/**
 * Uncounts a device that kmem lets go. From v6.7 no type is named, so it is uncounted from whatever
 * type the node has, and that need not be the one that it was counted for.
 * Source: drivers/dax/kmem.c dev_dax_kmem_remove(), v6.8; mm/memory-tiers.c
 * clear_node_memory_type() without a type, v6.8 to v6.19.
 */
export function clearMemoryType(index: u32): void {
  if (has(Feature.KmemTypePerDevice)) {
    clearOwnMemoryType(index);
    return;
  }
  if (!isFollowed(index)) return;
  if (load<u8>(globalExtra(), GLOBAL_EXTRA_TYPE_OFFSET) != NODE_TYPE_KMEM)
    broken(Property.Accounting, index);
  uncount();
}
