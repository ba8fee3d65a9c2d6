// A bound of context switches: only behaviours with at most so many are followed.
//
// A step by another thread than the one before it is a context switch, also when that thread had
// ended or had to wait (the contexts of Qadeer and Rehof, TACAS 2005). A successor equal to its
// state is no step. With a bound, the search keeps eight bytes behind those of the System, so that
// states reached by different threads or after more switches are different:
//
//   System's bytes | thread of the last step + 1 (0: none) | switches so far |   u32 each

import { isEqual } from './fingerprint';
import { BOUND_MAX, CONTROL_STATE_BYTES, NO_BOUND, TAIL_BYTES } from './layout';

// Of the state whose successors are enumerated; private to the instance.
/** Whether there is a bound. */
export let bounded: bool = false;
let bytes: u32 = 0;
let last: u32 = 0;
let switches: u32 = 0;

/** Tells how many bytes the search keeps behind a state. */
export function tailBytes(): u32 {
  return load<u32>(BOUND_MAX) == <u32>NO_BOUND ? 0 : TAIL_BYTES;
}

/** Writes what is kept behind a state. */
export function writeTail(state: usize, thread: u32, count: u32): void {
  if (tailBytes() == 0) return;
  const at = state + load<u32>(CONTROL_STATE_BYTES) - TAIL_BYTES;
  store<u32>(at, thread);
  store<u32>(at, count, 4);
}

/** Reads what is kept behind a state whose successors are to be enumerated. */
export function openTail(state: usize): void {
  bounded = tailBytes() != 0;
  if (!bounded) return;
  bytes = load<u32>(CONTROL_STATE_BYTES) - TAIL_BYTES;
  last = load<u32>(state + bytes);
  switches = load<u32>(state + bytes, 4);
}

/** Thread of the last step to the open state + 1, 0 for none. */
export function lastThread(): u32 {
  return last;
}

/** Context switches on the way to the open state. */
export function switchesSoFar(): u32 {
  return switches;
}

/** Completes a successor of the open state; false when the bound leaves it out. */
export function isWithinBound(opened: usize, to: usize, label: i32): bool {
  const thread = (<u32>label & 0xff) + 1;
  if (isEqual(opened, to, bytes)) {
    writeTail(to, last, switches);
    return true;
  }
  const count = switches + u32(last != 0 && last != thread);
  if (count > load<u32>(BOUND_MAX)) return false;
  writeTail(to, thread, count);
  return true;
}
