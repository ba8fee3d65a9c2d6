// The one enumeration of a stored state's successors, for the search and every pass after it: so
// that all of them see the same graph. What a search leaves out (a reduction) is left out here.
//
// A state is unpacked into a buffer of the worker; successors are packed against it.

import { openedState, packedScratch, scratchState } from '../control';
import { must } from '../fail';
import { bounded, isWithinBound, openTail, tailBytes, writeTail } from './bound';
import { CONTROL_PARTS, CONTROL_STATE_BYTES, FAIL_STATE_BYTES, STATE_BYTES_MAX } from './layout';
import { levelEndOf } from './level';
import { NO_WORKER, pack, placeParts, unpack } from './parts';
import { find, NOT_FOUND, stateAt } from './visitedSet';

/** Tuple of the open state; private to the instance, good until closeState(). */
let tuple: usize = 0;
/** The open state itself. */
let opened: usize = 0;
/** Only one thread's successors are enumerated. */
let restricted: bool = false;
/** Enumerated so far, those left out by the bound included. */
let enumerated: u32 = 0;

/** Sets how wide a state is, as the search keeps it, and places the parts. Before any other. */
export function placeStates<S>(): void {
  const bytes = changetype<S>(0).stateBytes() + tailBytes();
  must(bytes > 0 && (bytes & 7) == 0 && bytes <= <u32>STATE_BYTES_MAX, FAIL_STATE_BYTES);
  store<u32>(CONTROL_STATE_BYTES, bytes);
  placeParts(bytes);
}

/**
 * Begins the enumeration of the successors of state number `index`.
 *
 * @returns its address, good until another state is opened.
 */
export function openState<S>(index: u32): usize {
  const system = changetype<S>(0);
  tuple = stateAt(index);
  opened = tuple;
  if (load<u32>(CONTROL_PARTS) != 0) {
    opened = openedState();
    unpack(tuple, opened);
  }
  enumerated = 0;
  openTail(opened);
  system.begin(opened);
  restricted = false;
  // Within a bound every step counts: what one thread's steps alone suffice for may need others'.
  const thread = bounded ? -1 : system.ample();
  if (thread >= 0) restrictTo<S>(thread, index);
  return opened;
}

/** Writes the next successor within the bound: its label, or -1 at the end. */
export function nextSuccessor<S>(to: usize): i32 {
  const system = changetype<S>(0);
  let label: i32;
  do {
    label = system.next(to);
    if (label < 0) break;
    ++enumerated;
    system.canonical(to);
  } while (bounded && !isWithinBound(opened, to, label));
  return label;
}

/** Ordinal of the last successor among all that the System enumerates. */
export function successorOrdinal(): u32 {
  return enumerated - 1;
}

/** Writes an initial state as the search keeps it. */
export function initialState<S>(number: u32, to: usize): void {
  const system = changetype<S>(0);
  system.writeInitial(number, to);
  system.canonical(to);
  writeTail(to, 0, 0);
}

/** Ends an enumeration: what the expansion says of the state (System.finish). */
export function closeState<S>(): u32 {
  return restricted ? 0 : changetype<S>(0).finish();
}

/**
 * Takes one thread's successors for all, unless one of them lies in the present level or before
 * it: along a cycle some state is then expanded in full, and no thread is put off for ever. Depths
 * alone decide, so the number of workers does not.
 */
function restrictTo<S>(thread: i32, index: u32): void {
  const system = changetype<S>(0);
  const end = levelEndOf(index);
  const scratch = scratchState(0);
  system.restrict(thread);
  restricted = true;
  while (nextSuccessor<S>(scratch) >= 0) {
    if (findSuccessor(scratch) >= end) continue;
    restricted = false;
    break;
  }
  enumerated = 0;
  system.begin(opened);
  if (restricted) system.restrict(thread);
}

/**
 * Packs a successor of the open state, or leaves it as it is.
 *
 * @param to where the packed state may be put.
 * @returns its address; 0 when the worker must take a block of parts first (parts.ts).
 */
export function packSuccessor(worker: u32, state: usize, to: usize): usize {
  if (load<u32>(CONTROL_PARTS) == 0) return state;
  return pack(worker, state, opened, tuple, to) ? to : 0;
}

/** The same for a state that is nobody's successor. */
export function packAlone(worker: u32, state: usize, to: usize): usize {
  if (load<u32>(CONTROL_PARTS) == 0) return state;
  return pack(worker, state, 0, 0, to) ? to : 0;
}

/** Looks up a successor of the open state: its index, or NOT_FOUND. */
export function findSuccessor(state: usize): u32 {
  const packed = packSuccessor(NO_WORKER, state, packedScratch());
  return packed == 0 ? NOT_FOUND : find(packed);
}

/** Looks up a state: its index, or NOT_FOUND. */
export function findState(state: usize): u32 {
  const packed = packAlone(NO_WORKER, state, packedScratch());
  return packed == 0 ? NOT_FOUND : find(packed);
}
