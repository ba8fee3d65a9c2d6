// Goes on from a checkpoint: memory that a driver has filled with states, parts and numbers becomes
// a search between two levels again.
//
// The tables are made anew: a state's slot depends on nothing but the state and its index. The
// limits are looked at again as if the level had just been found, for they may be others now.
import { enter } from '../control';
import { enlarge, setTable } from './barrier';
import {
  CONTROL_BUCKETS,
  CONTROL_CAPACITY,
  CONTROL_GROW_AT,
  CONTROL_LEVEL,
  CONTROL_LEVEL_FROM,
  CONTROL_LEVEL_TO,
  CONTROL_PARTS,
  CONTROL_RESERVED,
} from './layout';
import { beginLevel } from './level';
import { fitParts, refillPartTable } from './parts';
import { placeStates } from './successors';

/**
 * Lays the memory out for so many states and places for parts, over zeroed memory with settings.
 *
 * @returns false when they do not fit.
 */
export function resumeBegin<S>(states: u32, parts: u32): bool {
  enter(0);
  placeStates<S>();
  setTable(load<u32>(CONTROL_BUCKETS));
  if (load<u32>(CONTROL_PARTS) != 0 && !fitParts(parts)) return false;
  store<u32>(CONTROL_RESERVED, states);
  // Ends: it doubles the table, or fills it further, or takes the room for all there is.
  while (states > load<u32>(CONTROL_GROW_AT) && states < load<u32>(CONTROL_CAPACITY)) enlarge();
  return states <= load<u32>(CONTROL_GROW_AT) && states <= load<u32>(CONTROL_CAPACITY);
}

/** Makes the table of the parts, and begins the level once more. */
export function resumeEnd(): void {
  if (load<u32>(CONTROL_PARTS) != 0) refillPartTable();
  beginLevel(load<u32>(CONTROL_LEVEL), load<u32>(CONTROL_LEVEL_FROM), load<u32>(CONTROL_LEVEL_TO));
}
