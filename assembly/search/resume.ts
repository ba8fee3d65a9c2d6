// Goes on from a checkpoint: memory that a driver has filled with states, parts and numbers becomes
// a search between two levels again.
//
// The tables are made anew: a state's slot depends on nothing but the state and its index. The
// limits are looked at again as if the level had just been found, for they may be others now.
import { enter } from '../control';
import { enlarge, setTable } from './barrier';
import { fingerprint } from './fingerprint';
import {
  CONTROL_BUCKETS,
  CONTROL_CAPACITY,
  CONTROL_GROW_AT,
  CONTROL_LEVEL,
  CONTROL_LEVEL_FROM,
  CONTROL_LEVEL_TO,
  CONTROL_PACKED_BYTES,
  CONTROL_PARTS,
  CONTROL_RESERVED,
  CONTROL_STATE_BYTES,
} from './layout';
import { beginLevel } from './level';
import { fitParts, placeParts, refillPartTable } from './parts';
import { insert, stateAt } from './visitedSet';

/**
 * Lays the memory out for so many states and places for parts, over zeroed memory with settings.
 *
 * @returns false when they do not fit.
 */
export function resumeBegin<S>(states: u32, parts: u32): bool {
  enter(0);
  const bytes = changetype<S>(0).stateBytes();
  store<u32>(CONTROL_STATE_BYTES, bytes);
  placeParts(bytes);
  setTable(load<u32>(CONTROL_BUCKETS));
  if (load<u32>(CONTROL_PARTS) != 0 && !fitParts(parts)) return false;
  store<u32>(CONTROL_RESERVED, states);
  // Ends: it doubles the table, or fills it further, or takes the room for all there is.
  while (states > load<u32>(CONTROL_GROW_AT) && states < load<u32>(CONTROL_CAPACITY)) enlarge();
  return states <= load<u32>(CONTROL_GROW_AT) && states <= load<u32>(CONTROL_CAPACITY);
}

/** Puts states into the table, from index `from` up to and without `to`. */
export function resumeFill(from: u32, to: u32): void {
  const bytes = load<u32>(CONTROL_PACKED_BYTES);
  for (let index = from; index < to; ++index) {
    const state = stateAt(index);
    insert(state, fingerprint(state, bytes), index, bytes);
  }
}

/** Makes the table of the parts, and begins the level once more. */
export function resumeEnd(): void {
  if (load<u32>(CONTROL_PARTS) != 0) refillPartTable();
  beginLevel(load<u32>(CONTROL_LEVEL), load<u32>(CONTROL_LEVEL_FROM), load<u32>(CONTROL_LEVEL_TO));
}
