// Seeded random walks: from an initial state a step at a time, without a visited set.
//
// A step is chosen in two draws, each uniform: one of the threads that can change the state, then
// one of that thread's successors. So a menu of many entries moves no oftener than a script with
// one. Successors equal to the state itself are no steps. A walk ends where nothing can move, after
// so many steps, or when a property that ends the search is violated. Walks are numbered; each one
// is a function of the seed and its number, and workers take the numbers one by one.
import { enter, workerLine } from '../control';
import { copyState, fingerprint, isEqual } from './fingerprint';
import {
  CONTROL_OWN_STOP_MASK,
  CONTROL_OWN_VIOLATIONS,
  CONTROL_STATE_BYTES,
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
  RUNS_ROOM_BYTES,
  RUNS_ROOMS,
  RUNS_SEED,
  RUNS_STATES_BYTES,
  RUNS_TO,
  RUNS_TRAIL,
  TARGET_OWN,
} from './layout';
import { noteDepths } from './level';
import { ownViolations } from './own';
import { pick, seedRun } from './random';

// A worker's room: successors of the present state, their threads (u16 each), how many each thread
// has (u32 each), the threads in the order of their appearance (u8 each), the present state.
const THREADS_AT: usize = RUNS_STATES_BYTES;
const HELD_MAX: u32 = 16384;
const COUNTS_AT: usize = THREADS_AT + <usize>HELD_MAX * 2;
const ORDER_AT: usize = COUNTS_AT + 1024;
const STATE_AT: usize = ORDER_AT + 256;
/** In place of the thread of a successor that is the state itself. */
const STUTTER: u32 = 0xffff;

let room: usize = 0;
let bytes: u32 = 0;
/** Successors that the room holds, threads that have some, and what finish() said. */
let held: u32 = 0;
let threads: u32 = 0;
let finished: u32 = 0;

/** Makes the instance ready to walk as a worker. */
function enterRoom<S>(worker: u32): void {
  enter(worker);
  bytes = changetype<S>(0).stateBytes();
  store<u32>(CONTROL_STATE_BYTES, bytes);
  room = <usize>load<u32>(RUNS_ROOMS) + <usize>worker * RUNS_ROOM_BYTES;
}

/** Returns the address of the present state of the walk. */
function present(): usize {
  return room + STATE_AT;
}

/** Empties the tables of violations; once, before the first walk. */
export function walksBegin(): void {
  memory.fill(CONTROL_VIOLATIONS, 0xff, 128);
  memory.fill(CONTROL_OWN_VIOLATIONS, 0xff, 128);
}

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

/** Begins the walk's stream of numbers and makes one of the initial states the present one. */
function chooseInitial<S>(run: u32): u32 {
  const system = changetype<S>(0);
  seedRun(load<u64>(RUNS_SEED), run);
  const number = pick(system.initialCount());
  system.writeInitial(number, present());
  return number;
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

/** Expands the present state, and returns all that it violates but own properties. */
function violatedNow<S>(): u32 {
  const system = changetype<S>(0);
  const violated = system.check(present());
  expandHere<S>();
  return violated | finished;
}

/** Enumerates the successors of the present state, and keeps as many as there is room for. */
function expandHere<S>(): void {
  const system = changetype<S>(0);
  const counts = room + COUNTS_AT;
  const most = min<u32>(HELD_MAX, <u32>RUNS_STATES_BYTES / bytes - 1);
  memory.fill(counts, 0, 1024);
  held = 0;
  threads = 0;
  system.begin(present());
  for (;;) {
    const to = room + <usize>held * <usize>bytes;
    const label = system.next(to);
    if (label < 0) break;
    const thread = <u32>label & 0xff;
    const isStutter = isEqual(to, present(), bytes);
    if (!isStutter) count(thread);
    if (held == most) continue;
    store<u16>(room + THREADS_AT + ((<usize>held) << 1), <u16>(isStutter ? STUTTER : thread));
    ++held;
  }
  finished = system.finish();
}

/** Counts a successor of a thread. */
function count(thread: u32): void {
  const at = room + COUNTS_AT + ((<usize>thread) << 2);
  const before = load<u32>(at);
  store<u32>(at, before + 1);
  if (before != 0) return;
  store<u8>(room + ORDER_AT + <usize>threads, <u8>thread);
  ++threads;
}

/** Takes a random step: its ordinal among all successors of the state, stutters included. */
function chooseStep<S>(): u32 {
  const thread = <u32>load<u8>(room + ORDER_AT + <usize>pick(threads));
  let place = pick(load<u32>(room + COUNTS_AT + ((<usize>thread) << 2)));
  for (let ordinal: u32 = 0; ordinal < held; ++ordinal) {
    if (<u32>load<u16>(room + THREADS_AT + ((<usize>ordinal) << 1)) != thread) continue;
    if (place-- != 0) continue;
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

/**
 * Follows steps that are named by who moves and not by their place among all successors, so that
 * they keep their meaning when others are left out: u32 each, bits 0-7 the thread, the rest a place
 * among that thread's successors.
 *
 * @param steps their address, `count` of them; overwritten with ordinals as far as it comes.
 * @param to not 0: where the fingerprints of the states on the way go, u64 each, one more than the
 * steps.
 * @returns steps taken until the target was violated first, or -1 when it never was, or a step
 * cannot be taken.
 */
export function followSteps<S>(
  initial: u32,
  steps: usize,
  count: u32,
  target: u32,
  to: usize,
): i32 {
  enterRoom<S>(0);
  const system = changetype<S>(0);
  system.writeInitial(initial, present());
  let step: u32 = 0;
  while (true) {
    if (to != 0) store<u64>(to + ((<usize>step) << 3), fingerprint(present(), bytes));
    if (isTarget<S>(target)) return step;
    if (step == count) return -1;
    const at = steps + ((<usize>step) << 2);
    const ordinal = takeNamed<S>(load<u32>(at));
    if (ordinal < 0) return -1;
    store<u32>(at, ordinal);
    ++step;
  }
}

function isTarget<S>(target: u32): bool {
  const system = changetype<S>(0);
  const own = target >= <u32>TARGET_OWN;
  let bits = own ? ownViolations(present()) : system.check(present());
  if (((bits >> (target & 31)) & 1) != 0) return true;
  if (own) return false;
  system.begin(present());
  while (system.next(room) >= 0) {}
  bits = system.finish();
  return ((bits >> target) & 1) != 0;
}

/** Takes a step by its name: its ordinal, or -1 when the state has none of that name. */
function takeNamed<S>(name: u32): i32 {
  const system = changetype<S>(0);
  const thread = name & 0xff;
  let place = name >> 8;
  system.begin(present());
  for (let ordinal = 0; ; ++ordinal) {
    const label = system.next(room);
    if (label < 0) return -1;
    if ((<u32>label & 0xff) != thread || place-- != 0) continue;
    copyState(present(), room, bytes);
    return ordinal;
  }
}

/** Turns a trail of ordinals into named steps, in place. */
export function nameSteps<S>(initial: u32, steps: usize, count: u32): void {
  enterRoom<S>(0);
  const system = changetype<S>(0);
  system.writeInitial(initial, present());
  for (let step: u32 = 0; step < count; ++step) {
    const at = steps + ((<usize>step) << 2);
    const wanted = load<u32>(at);
    const counts = room + COUNTS_AT;
    memory.fill(counts, 0, 1024);
    system.begin(present());
    for (let ordinal: u32 = 0; ; ++ordinal) {
      const label = system.next(room);
      if (label < 0) unreachable();
      const tally = counts + ((<usize>(<u32>label & 0xff)) << 2);
      const place = load<u32>(tally);
      store<u32>(tally, place + 1);
      if (ordinal < wanted) continue;
      store<u32>(at, (<u32>label & 0xff) | (place << 8));
      copyState(present(), room, bytes);
      break;
    }
  }
}
