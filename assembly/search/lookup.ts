// One state by its bytes: which of those found it is. For questions about single states after a
// search, such as those of a trace; sets of states are told by their indices.
import { enter, scratchState } from '../control';
import { CONTROL_STATE_BYTES } from './layout';
import { find } from './visitedSet';

/** Returns the address at which a state is put before indexOf() is asked. */
export function lookupState(): usize {
  enter(0);
  return scratchState(2);
}

/** Returns the index of the state put there, NOT_FOUND when the search did not find it. */
export function indexOf<S>(): u32 {
  enter(0);
  changetype<S>(0).stateBytes();
  return find(scratchState(2), load<u32>(CONTROL_STATE_BYTES));
}
