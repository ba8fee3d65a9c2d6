// Every transition of a complete search, for what is said of behaviours and not of states. The
// search keeps no edges: each state is expanded once more, in the order of the arena.
import { enter, scratchState } from '../control';
import { CONTROL_FOUND } from './layout';
import { closeState, findSuccessor, nextSuccessor, openState } from './successors';

/**
 * Writes the successors of states from index `first` on: how many a state has (u32), then for each
 * its index, NOT_FOUND after an incomplete search, and its label (u32 each).
 *
 * @param to room for `room` words; a state whose successors do not fit is left for the next call.
 * @returns the number of states done; 0 when not even the first one fits.
 */
export function edges<S>(first: u32, to: usize, room: u32): u32 {
  enter(0);
  changetype<S>(0).stateBytes();
  const found = load<u32>(CONTROL_FOUND);
  const scratch = scratchState(0);
  const end = to + ((<usize>room) << 2);
  let at = to;
  let index = first;
  for (; index < found; ++index) {
    const head = at;
    let count: u32 = 0;
    at += 4;
    openState<S>(index);
    while (true) {
      const label = nextSuccessor<S>(scratch);
      if (label < 0) break;
      if (at + 8 > end) return index - first;
      store<u32>(at, findSuccessor(scratch));
      store<u32>(at, label, 4);
      at += 8;
      ++count;
    }
    closeState<S>();
    if (head + 4 > end) return index - first;
    store<u32>(head, count);
  }
  return index - first;
}
