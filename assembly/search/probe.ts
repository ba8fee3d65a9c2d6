// Exports for the tests of the visited set alone; no part of the engine.
import { setTable } from './barrier';
import { fingerprint } from './fingerprint';
import { CONTROL_ARENA, CONTROL_PACKED_BYTES, CONTROL_TOP } from './layout';
import { find, insert, stateAt } from './visitedSet';

/**
 * Lays out an empty set for states of so many bytes, with a table of so many buckets before `top`.
 */
export function probeReset(arena: u32, top: u32, bytes: u32, buckets: u32): void {
  store<u32>(CONTROL_ARENA, arena);
  store<u32>(CONTROL_TOP, top);
  store<u32>(CONTROL_PACKED_BYTES, bytes);
  setTable(buckets);
  memory.fill(top - buckets * 64, 0, buckets * 64);
}

/** Inserts the state that stands at an arena place: 1 when it was new. */
export function probeInsert(index: u32): i32 {
  const bytes = load<u32>(CONTROL_PACKED_BYTES);
  const state = stateAt(index);
  return insert(state, fingerprint(state, bytes), index, bytes) ? 1 : 0;
}

/** Looks up the state that stands at an arena place: the place of its equal, or -1. */
export function probeFind(index: u32): i32 {
  return <i32>find(stateAt(index));
}
