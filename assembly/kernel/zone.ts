// Memory blocks and the zones of mm/memory_hotplug.c: where a block lies, whose it is, and which
// zone it would come online in. Blocks of boot memory are not part of the state.

import {
  BLOCK_ROW_IN_KERNEL_OFFSET,
  BLOCK_ROW_KERNEL_ZONE_OFFSET,
  BLOCK_ROW_NODE_OFFSET,
  BLOCK_ROW_START_OFFSET,
  BLOCK_SPAN_KERNEL,
  BLOCK_SPAN_MOVABLE,
  BLOCK_STATE_OFFSET,
  BLOCK_ZONE_OFFSET,
  BlockState,
  DEVICE_RANGES_OFFSET,
  Feature,
  Header,
  OnlineType,
  RANGE_END_OFFSET,
  RANGE_START_OFFSET,
  Zone,
} from '../layout';
import { has, header, point } from '../scenario';
import { block, blockRow, blocks, device, devices, range } from '../state';
import { autoMovable, isAutoMovable } from './autoMovable';

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
export function setZone(index: u32, zone: Zone, spans: u32): void {
  store<u8>(block(index), <u8>zone | <u8>spans, BLOCK_ZONE_OFFSET);
}

/** Returns what a block adds to the spans of the zones. */
export function spansOf(index: u32): u32 {
  return load<u8>(block(index), BLOCK_ZONE_OFFSET) & (BLOCK_SPAN_KERNEL | BLOCK_SPAN_MOVABLE);
}

/** Returns the span bit of a zone. */
export function spanOf(zone: Zone): u32 {
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

/** What a page frame number of 32 bits can say. */
const SHORT_ADDRESS: u64 = ((<u64>1) << 44) - 1;

/** Whether the span of the kernel's zones (or of Movable) of the block's node covers it. */
function spanCovers(index: u32, movable: bool): bool {
  const row = blockRow(index);
  const node = load<u8>(row, BLOCK_ROW_NODE_OFFSET);
  const boot = movable ? 0 : load<u8>(row, BLOCK_ROW_IN_KERNEL_OFFSET);
  if ((boot & 1) != 0) return true;
  let below = (boot & 2) != 0;
  let above = (boot & 4) != 0;
  const count = blocks();
  const start = has(Feature.ZonePfnWidth) ? blockStart(index) : blockStart(index) & SHORT_ADDRESS;
  for (let other: u32 = 0; other < count; other++) {
    if (load<u8>(blockRow(other), BLOCK_ROW_NODE_OFFSET) != node) continue;
    if ((spansOf(other) & spanOf(movable ? Zone.Movable : Zone.Normal)) == 0) continue;
    if (blockStart(other) <= start) below = true;
    if (blockStart(other) >= start) above = true;
  }
  return below && above;
}

/**
 * Picks the zone that a block would come online in.
 * Source: mm/memory_hotplug.c zone_for_pfn_range(), v5.1 (from 16 TiB on it looks at another
 * address) and v6.12; contig-zones, or auto-movable.
 */
export function zoneFor(index: u32, type: OnlineType): Zone {
  const kernel: Zone = load<u8>(blockRow(index), BLOCK_ROW_KERNEL_ZONE_OFFSET);
  if (type == OnlineType.Kernel) return kernel;
  if (type == OnlineType.Movable) return Zone.Movable;
  if (isAutoMovable()) return autoMovable(index) ? Zone.Movable : kernel;
  const inKernel = spanCovers(index, false);
  const inMovable = spanCovers(index, true);
  if (inKernel != inMovable) return inKernel ? kernel : Zone.Movable;
  return header(Header.MovableNode) != 0 ? Zone.Movable : kernel;
}
