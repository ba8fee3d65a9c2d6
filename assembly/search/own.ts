// Own properties: those that a model brings along, as a second module over the same memory.
//
// The module exports check(from, count, stride, to): bit n of the answer says whether any of
// `count` states, which begin at `from` and are `stride` bytes apart, violates own property n; `to`
// is not 0 when each state's bits are wanted, in a word from there on. It is called once for a
// batch of new states, which lie side by side in their worker's block of the arena.
import { CONTROL_OWN, CONTROL_OWN_VIOLATIONS, CONTROL_STATE_BYTES } from './layout';
import { noteDepths } from './level';
import { stateAt } from './visitedSet';

/** Imported: `own.check`. */
declare function check(from: usize, count: u32, stride: u32, to: usize): u32;

/** Checks new states, from index `from` up to and without `to`, which were found at a depth. */
export function checkOwn(from: u32, to: u32, depth: u32): void {
  if (load<u32>(CONTROL_OWN) == 0 || from == to) return;
  const bytes = load<u32>(CONTROL_STATE_BYTES);
  const violated = check(stateAt(from, bytes), to - from, bytes, 0);
  if (violated != 0) noteDepths(CONTROL_OWN_VIOLATIONS, violated, depth);
}

/** Returns the own properties that one state violates, wherever it lies. */
export function ownViolations(state: usize): u32 {
  if (load<u32>(CONTROL_OWN) == 0) return 0;
  return check(state, 1, load<u32>(CONTROL_STATE_BYTES), 0);
}
