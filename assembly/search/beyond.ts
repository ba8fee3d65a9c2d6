// Whether a state lies beyond the bound of context switches, after a search within it.
//
// What was found is all that can be reached when no step leads out of it: when every successor that
// the bound left out is, but for thread and switches, among the states found. Only states with all
// switches used have such successors.
import { enter, scratchState } from '../control';
import { lastThread, switchesSoFar, writeTail } from './bound';
import {
  BEYOND_CURSOR,
  BEYOND_FOUND,
  BEYOND_THREADS,
  BOUND_MAX,
  CONTROL_FOUND,
  RUN_DONE,
  RUN_MORE,
} from './layout';
import { closeState, findSuccessor, openState } from './successors';
import { NOT_FOUND } from './visitedSet';

/** A bit for each thread that was the last one of a state. */
function noteThread(thread: u32): void {
  const at = <usize>BEYOND_THREADS + ((<usize>(thread >> 5)) << 2);
  store<u32>(at, load<u32>(at) | ((<u32>1) << (thread & 31)));
}

function isNoted(thread: u32): bool {
  return (
    ((load<u32>(<usize>BEYOND_THREADS + ((<usize>(thread >> 5)) << 2)) >> (thread & 31)) & 1) != 0
  );
}

/** Begins the pass. */
export function beyondBegin(): void {
  store<u32>(BEYOND_CURSOR, 0);
  store<u32>(BEYOND_FOUND, 0);
  memory.fill(BEYOND_THREADS, 0, 36);
}

/**
 * Goes on for so many states: first to collect which threads there are, then to look beyond.
 *
 * @returns RUN_MORE, or RUN_DONE with the answer in BEYOND_FOUND.
 */
export function beyondRun<S>(budget: u32): i32 {
  enter(0);
  changetype<S>(0).stateBytes();
  const found = load<u32>(CONTROL_FOUND);
  let at = load<u32>(BEYOND_CURSOR);
  for (let left = budget; left > 0 && at < found * 2; --left, ++at) {
    if (at < found) {
      openState<S>(at);
      noteThread(lastThread());
    } else if (leadsBeyond<S>(at - found)) {
      store<u32>(BEYOND_FOUND, 1);
      return RUN_DONE;
    }
  }
  store<u32>(BEYOND_CURSOR, at);
  return at < found * 2 ? RUN_MORE : RUN_DONE;
}

function leadsBeyond<S>(index: u32): bool {
  const system = changetype<S>(0);
  const scratch = scratchState(0);
  openState<S>(index);
  if (switchesSoFar() < load<u32>(BOUND_MAX)) return false;
  const last = lastThread();
  while (true) {
    const label = system.next(scratch);
    if (label < 0) break;
    const thread = (<u32>label & 0xff) + 1;
    if (thread != last && !isAmong(scratch, thread)) return true;
  }
  closeState<S>();
  return false;
}

/** Whether a state was found, with whatever last thread and switches. */
function isAmong(state: usize, thread: u32): bool {
  if (isFoundBy(state, thread)) return true;
  for (let other: u32 = 0; other <= 256; ++other) {
    if (other != thread && isNoted(other) && isFoundBy(state, other)) return true;
  }
  return false;
}

function isFoundBy(state: usize, thread: u32): bool {
  const most = load<u32>(BOUND_MAX);
  for (let back: u32 = 0; back <= most; ++back) {
    writeTail(state, thread, most - back);
    if (findSuccessor(state) != NOT_FOUND) return true;
  }
  return false;
}
