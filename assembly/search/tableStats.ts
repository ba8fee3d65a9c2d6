// How far lookups go in the table of states: counted after a search, over some of the states, so
// that no search pays for it.
import { enter } from '../control';
import { fingerprint } from './fingerprint';
import { CONTROL_FOUND, CONTROL_PACKED_BYTES } from './layout';
import { stateAt, stepsTo } from './visitedSet';

/** Slots looked at until the one that speaks of a state, that one included. */
function probesOf(index: u32): u32 {
  return stepsTo(fingerprint(stateAt(index), load<u32>(CONTROL_PACKED_BYTES)), index) + 1;
}

/**
 * Counts states by the slots looked at to find them: every `step`-th one, from index `first` on.
 *
 * @param to room for `lengths` words, zeroed: number n for n slots, the last for all longer ways.
 */
export function countProbes(first: u32, step: u32, to: usize, lengths: u32): void {
  enter(0);
  const found = load<u32>(CONTROL_FOUND);
  for (let index = first; index < found; index += step) {
    const at = to + ((<usize>min(probesOf(index), lengths - 1)) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
}
