// Own properties: those that a model brings along, as a second module over the same memory.
//
// The module exports check(from, count, stride, to): bit n of the answer says whether any of
// `count` states, which begin at `from` and are `stride` bytes apart, violates own property n; `to`
// is not 0 when each state's bits are wanted, in a word from there on. It is called once for the
// new states of a batch, side by side.
import { CONTROL_OWN, CONTROL_OWN_VIOLATIONS, CONTROL_STATE_BYTES } from './layout';
import { noteDepths } from './level';

/** Imported: `own.check`. */
declare function check(from: usize, count: u32, stride: u32, to: usize): u32;

/** Checks new states, which lie side by side and were found at a depth. */
export function checkOwn(states: usize, count: u32, depth: u32): void {
  if (load<u32>(CONTROL_OWN) == 0 || count == 0) return;
  const violated = check(states, count, load<u32>(CONTROL_STATE_BYTES), 0);
  if (violated != 0) noteDepths(CONTROL_OWN_VIOLATIONS, violated, depth);
}

/** Returns the own properties that one state violates, wherever it lies. */
export function ownViolations(state: usize): u32 {
  if (load<u32>(CONTROL_OWN) == 0) return 0;
  return check(state, 1, load<u32>(CONTROL_STATE_BYTES), 0);
}
