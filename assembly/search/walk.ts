// Seeded random walks: from an initial state a step at a time, without a visited set.
//
// A step is chosen in two draws, each uniform: one of the threads that can change the state, then
// one of that thread's successors. So a menu of many entries moves no oftener than a script with
// one. Successors equal to the state itself are no steps. A walk ends where nothing can move, after
// so many steps, or when a property that ends the search is violated. Walks are numbered; each one
// is a function of the seed and its number, and workers take the numbers one by one.
import { workerLine } from '../control';
import { copyState, fingerprint, isEqual } from './fingerprint';
import {
  CONTROL_OWN_STOP_MASK,
  CONTROL_OWN_VIOLATIONS,
  CONTROL_STOP,
  CONTROL_STOP_MASK,
  CONTROL_VIOLATIONS,
  LINE_LONGEST,
  LINE_SEEN,
  LINE_TRANSITIONS,
  RUN_DONE,
  RUN_MORE,
  RUNS_BITMAP,
  RUNS_BITMAP_BYTES,
  RUNS_DEPTH_MAX,
  RUNS_INITIAL,
  RUNS_NEXT,
  RUNS_TO,
  RUNS_TRAIL,
  TARGET_OWN,
} from './layout';
import { noteDepths } from './level';
import { ownViolations } from './own';
import { pick } from './random';
import {
  bytes,
  chooseInitial,
  enterRoom,
  held,
  isStepOf,
  present,
  room,
  successorsOf,
  threadAt,
  threads,
  violatedNow,
} from './room';

/**
 * Walks as one worker, so many walks at most.
 *
 * @returns RUN_MORE when they are done, RUN_DONE when no number is left or a stop is asked for.
 */
export function walks<S>(worker: u32, most: u32): i32 {
  enterRoom<S>(worker);
  const line = workerLine(worker);
  for (let left = most; left > 0; --left) {
    if (atomic.load<u32>(CONTROL_STOP) != 0) return RUN_DONE;
    const run = atomic.add<u32>(RUNS_NEXT, 1);
    if (run >= load<u32>(RUNS_TO)) return RUN_DONE;
    const steps = walk<S>(worker, run);
    store<u64>(line, load<u64>(line, LINE_TRANSITIONS) + <u64>steps, LINE_TRANSITIONS);
    if (steps > load<u32>(line, LINE_LONGEST)) store<u32>(line, steps, LINE_LONGEST);
  }
  return RUN_MORE;
}

/** One walk; every violation on it is noted with the walk's number. Returns its steps. */
function walk<S>(worker: u32, run: u32): u32 {
  const most = load<u32>(RUNS_DEPTH_MAX);
  const line = workerLine(worker);
  chooseInitial<S>(run);
  let steps: u32 = 0;
  while (true) {
    if (isFirstSeen()) store<u32>(line, load<u32>(line, LINE_SEEN) + 1, LINE_SEEN);
    const violated = violatedNow<S>();
    const own = ownViolations(present());
    if (violated != 0) noteDepths(CONTROL_VIOLATIONS, violated, run);
    if (own != 0) noteDepths(CONTROL_OWN_VIOLATIONS, own, run);
    const ends = violated & load<u32>(CONTROL_STOP_MASK);
    if (ends != 0 || (own & load<u32>(CONTROL_OWN_STOP_MASK)) != 0) return steps;
    if (steps == most || threads == 0) return steps;
    chooseStep<S>();
    ++steps;
  }
}

/**
 * Walks once more, up to the first state that violates a target: a property number, or that of an
 * own property plus TARGET_OWN. The ordinals go to RUNS_TRAIL, the initial state's number to
 * RUNS_INITIAL.
 *
 * @returns the steps taken, or -1 when this walk violates nothing of the kind.
 */
export function walkAgain<S>(run: u32, target: u32): i32 {
  enterRoom<S>(0);
  const most = load<u32>(RUNS_DEPTH_MAX);
  const trail = <usize>load<u32>(RUNS_TRAIL);
  store<u32>(RUNS_INITIAL, chooseInitial<S>(run));
  let steps: u32 = 0;
  while (true) {
    const violated = violatedNow<S>();
    const own = target >= <u32>TARGET_OWN;
    const bits = own ? ownViolations(present()) : violated;
    if (((bits >> (target & 31)) & 1) != 0) return steps;
    if (steps == most || threads == 0) return -1;
    store<u32>(trail + ((<usize>steps) << 2), chooseStep<S>());
    ++steps;
  }
}

/** Marks the present state in the bitmap: true when its bit was not set yet. */
function isFirstSeen(): bool {
  const hash = fingerprint(present(), bytes);
  const bit = (hash >> 32) * (<u64>load<u32>(RUNS_BITMAP_BYTES) * 8);
  const number = <u32>(bit >> 32);
  const at = <usize>load<u32>(RUNS_BITMAP) + ((<usize>(number >> 5)) << 2);
  const mask = (<u32>1) << (number & 31);
  if ((atomic.load<u32>(at) & mask) != 0) return false;
  return (atomic.or<u32>(at, mask) & mask) == 0;
}

/** Takes a random step: its ordinal among all successors of the state, stutters included. */
function chooseStep<S>(): u32 {
  const thread = threadAt(pick(threads));
  let place = pick(successorsOf(thread));
  for (let ordinal: u32 = 0; ordinal < held; ++ordinal) {
    if (!isStepOf(ordinal, thread) || place-- != 0) continue;
    copyState(present(), room + <usize>ordinal * <usize>bytes, bytes);
    return ordinal;
  }
  return takeBeyond<S>(thread, place);
}

/** Takes a step that the room had no place for: number `place` of a thread's, from `held` on. */
function takeBeyond<S>(thread: u32, place: u32): u32 {
  const system = changetype<S>(0);
  system.begin(present());
  let left = place;
  for (let ordinal: u32 = 0; ; ++ordinal) {
    const label = system.next(room);
    if (label < 0) unreachable();
    if (ordinal < held || (<u32>label & 0xff) != thread) continue;
    if (isEqual(room, present(), bytes) || left-- != 0) continue;
    copyState(present(), room, bytes);
    return ordinal;
  }
}
