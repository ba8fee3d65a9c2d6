// Reads the compiled scenario: the header's words and the tables behind them. Nothing here changes.
import { asked } from './asked';
import { Feature, Header, SCENARIO_OFFSET } from './layout';

/** Returns a word of the scenario's header. */
export function header(word: i32): u32 {
  return load<u32>(SCENARIO_OFFSET + ((<usize>word) << 2));
}

/** Returns the address of a table whose offset stands in a header word. */
export function table(word: i32): usize {
  return SCENARIO_OFFSET + <usize>header(word);
}

/** Returns whether this kernel has a feature. */
export function has(feature: Feature): bool {
  asked(feature);
  return ((header(Header.Features + (feature >> 5)) >> (feature & 31)) & 1) != 0;
}

/** Returns the address that stands at a place of the boundary table: exact, 64 bits. */
export function point(index: u32): u64 {
  return load<u64>(table(Header.PointTable) + ((<usize>index) << 3));
}

/** Returns memory_block_size_bytes(). */
export function blockBytes(): u64 {
  return load<u64>(SCENARIO_OFFSET + ((<usize>Header.BlockBytesLow) << 2));
}

/** Returns the bytes of System RAM that the machine boots with. */
export function earlyBytes(): u64 {
  return load<u64>(SCENARIO_OFFSET + ((<usize>Header.EarlyBytesLow) << 2));
}

/** Returns the mem= limit, all ones without one. */
export function memoryLimit(): u64 {
  return load<u64>(SCENARIO_OFFSET + ((<usize>Header.MemoryLimitLow) << 2));
}
