// Which states can reach a marked one: a fixpoint over the explored graph, for properties of the
// form "from everywhere it stays possible".
//
// Passes in descending order of index, because most steps lead to a later level: a pass carries a
// mark all the way back along those. Steps back to earlier levels need another pass; it ends when a
// pass changes nothing. Marks are kept, edges are not: an unmarked state is expanded again in each
// pass.
//
// After an incomplete search a successor may be unknown. Such a state counts as marked: what it can
// reach has not been seen, so nothing is claimed of it.
import { enter, scratchState } from '../control';
import {
  CONTROL_FOUND,
  CONTROL_MARKS,
  CONTROL_REACH_CHANGED,
  CONTROL_REACH_CURSOR,
  RUN_DONE,
  RUN_MORE,
} from './layout';
import { closeState, findSuccessor, nextSuccessor, openState } from './successors';
import { NOT_FOUND } from './visitedSet';

/**
 * Starts the fixpoint over the marks at CONTROL_MARKS (a byte for each state, not 0 when marked).
 */
export function reachBegin(): void {
  store<u32>(CONTROL_REACH_CURSOR, load<u32>(CONTROL_FOUND));
  store<u32>(CONTROL_REACH_CHANGED, 0);
}

/** Goes on for so many states looked at: RUN_MORE, or RUN_DONE at the fixpoint. */
export function reachRun<S>(budget: u32): i32 {
  enter(0);
  changetype<S>(0).stateBytes();
  const marks = <usize>load<u32>(CONTROL_MARKS);
  let left = budget;
  let index = load<u32>(CONTROL_REACH_CURSOR);
  while (true) {
    if (index == 0) {
      if (load<u32>(CONTROL_REACH_CHANGED) == 0) return RUN_DONE;
      store<u32>(CONTROL_REACH_CHANGED, 0);
      index = load<u32>(CONTROL_FOUND);
    }
    for (; index > 0 && left > 0; --left) {
      --index;
      if (load<u8>(marks + index) != 0 || !leadsToMark<S>(index, marks)) continue;
      store<u8>(marks + index, 1);
      store<u32>(CONTROL_REACH_CHANGED, 1);
    }
    store<u32>(CONTROL_REACH_CURSOR, index);
    if (left == 0) return RUN_MORE;
  }
}

function leadsToMark<S>(index: u32, marks: usize): bool {
  const scratch = scratchState(0);
  openState<S>(index);
  while (nextSuccessor<S>(scratch) >= 0) {
    const successor = findSuccessor(scratch);
    if (successor == NOT_FOUND || load<u8>(marks + successor) != 0) return true;
  }
  closeState<S>();
  return false;
}
