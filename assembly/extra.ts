// Records of the state that only some scenarios have (src/compile/extras.ts).
import { BLOCK_EXTRA_BYTES, DEVICE_EXTRA_BYTES, DEVICE_EXTRA_HEAP_OFFSET, Header } from './layout';
import { header } from './scenario';
import { st } from './state';

/** The extra globals; only where a scenario has them. */
export function globalExtra(): usize {
  return st + <usize>header(Header.GlobalExtraAt);
}

/** A block's extra record; 0 in a scenario without them. */
export function blockExtra(index: u32): usize {
  const at = header(Header.BlockExtraAt);
  return at == 0 ? 0 : st + <usize>at + <usize>index * BLOCK_EXTRA_BYTES;
}

/** A device's extra record; only where the scenario has these records. */
export function deviceExtra(index: u32): usize {
  return st + <usize>header(Header.DeviceExtraAt) + <usize>index * DEVICE_EXTRA_BYTES;
}

/** Whether the scenario's devices have extra records. */
export function hasDeviceExtra(): bool {
  return header(Header.DeviceExtraAt) != 0;
}

/** What is allocated for a device: HEAP_ bits; none in a scenario that does not tell. */
export function heapOf(index: u32): u32 {
  return hasDeviceExtra() ? load<u8>(deviceExtra(index), DEVICE_EXTRA_HEAP_OFFSET) : 0;
}

/** Notes that something is allocated for a device. */
export function allocated(index: u32, what: u32): void {
  if (!hasDeviceExtra()) return;
  store<u8>(deviceExtra(index), <u8>(heapOf(index) | what), DEVICE_EXTRA_HEAP_OFFSET);
}

/** Notes that it is freed. */
export function freed(index: u32, what: u32): void {
  if (!hasDeviceExtra()) return;
  store<u8>(deviceExtra(index), <u8>(heapOf(index) & ~what), DEVICE_EXTRA_HEAP_OFFSET);
}
