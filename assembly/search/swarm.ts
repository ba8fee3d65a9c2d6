// A swarm: many small depth-first searches, each with an order of successors of its own.
//
// A search remembers the states that it has met as three bits in a 64-bit word of a bitmap of its
// own, at places that depend on the search too: it may take a new state for one it knows and leave
// it out, but another search takes another state for known. It ends after so many states, and goes
// so many steps deep. Searches are numbered, and each one is a function of the seed and its number.
import { copyState, fingerprint } from './fingerprint';
import {
  CONTROL_OWN_STOP_MASK,
  CONTROL_OWN_VIOLATIONS,
  CONTROL_STOP,
  CONTROL_STOP_MASK,
  CONTROL_VIOLATIONS,
  RECORD_DEEPEST,
  RECORD_ENDED,
  RECORD_STATES,
  RECORD_STEPS,
  RUN_DONE,
  RUN_MORE,
  RUN_RECORD_BYTES,
  RUNS_BITMAP,
  RUNS_BITMAP_BYTES,
  RUNS_DEPTH_MAX,
  RUNS_INITIAL,
  RUNS_LEAST,
  RUNS_NEXT,
  RUNS_RECORDS,
  RUNS_SHARE,
  RUNS_STACK,
  RUNS_STACK_BYTES,
  RUNS_STATES_MAX,
  RUNS_TO,
  RUNS_TRAIL,
  TARGET_OWN,
} from './layout';
import { noteDepths } from './level';
import { ownViolations } from './own';
import { nextRandom, pick } from './random';
import {
  bytes,
  chooseInitial,
  enterRoom,
  held,
  isStutter,
  ORDER_AT,
  present,
  room,
  violatedNow,
} from './room';

/** What no number of a target is. */
const NO_TARGET: u32 = 0xffffffff;
/** Before the state in an entry of the stack: its depth, and the ordinal of the step to it. */
const ENTRY_HEAD: usize = 8;

// The search under way; it begins and ends within one call.
let bitmap: usize = 0;
let words: u64 = 0;
let salt: u64 = 0;
let base: usize = 0;
let top: usize = 0;
let limit: usize = 0;
let trail: usize = 0;

/**
 * Searches as one worker, so many searches at most.
 *
 * @returns RUN_MORE when they are done, RUN_DONE when no number is left or a stop is asked for.
 */
export function swarm<S>(worker: u32, most: u32): i32 {
  enterRoom<S>(worker);
  for (let left = most; left > 0; --left) {
    if (atomic.load<u32>(CONTROL_STOP) != 0) return RUN_DONE;
    const run = atomic.add<u32>(RUNS_NEXT, 1);
    if (run >= load<u32>(RUNS_TO) || run > atomic.load<u32>(RUNS_LEAST)) return RUN_DONE;
    search<S>(worker, run, NO_TARGET);
  }
  return RUN_MORE;
}

/**
 * Does a search once more, up to the first state that violates a target (as for walks). The
 * ordinals go to RUNS_TRAIL, the initial state's number to RUNS_INITIAL.
 *
 * @returns the steps of the way to that state, or -1 when this search finds none.
 */
export function swarmAgain<S>(run: u32, target: u32): i32 {
  enterRoom<S>(0);
  return search<S>(0, run, target);
}

/** One search. Without a target it notes all that it finds, and what it did in its record. */
function search<S>(worker: u32, run: u32, target: u32): i32 {
  begin<S>(worker, run);
  const record = <usize>load<u32>(RUNS_RECORDS) + <usize>run * RUN_RECORD_BYTES;
  const most = load<u32>(RUNS_STATES_MAX);
  let states: u32 = 0;
  let steps: u32 = 0;
  let deepest: u32 = 0;
  let ends = false;
  while (!ends && top > base && states < most) {
    if (target == NO_TARGET && isCalledOff(run)) return -1;
    const depth = take();
    ++states;
    deepest = max(deepest, depth);
    const violated = violatedNow<S>();
    const own = ownViolations(present());
    if (target != NO_TARGET) {
      const bits = target >= <u32>TARGET_OWN ? own : violated;
      if (((bits >> (target & 31)) & 1) != 0) return depth;
    } else {
      ends = note(run, violated, own);
    }
    if (depth < load<u32>(RUNS_DEPTH_MAX)) steps += stackSuccessors(depth + 1);
  }
  if (target != NO_TARGET) return -1;
  store<u32>(record, states, RECORD_STATES);
  store<u32>(record, steps, RECORD_STEPS);
  store<u32>(record, deepest, RECORD_DEEPEST);
  store<u32>(record, 1, RECORD_ENDED);
  return 0;
}

/** Whether the search need not go on: a stop is asked for, or one before it has ended the swarm. */
function isCalledOff(run: u32): bool {
  return atomic.load<u32>(CONTROL_STOP) != 0 || atomic.load<u32>(RUNS_LEAST) < run;
}

/** Clears the bitmap, and stacks one of the initial states. */
function begin<S>(worker: u32, run: u32): void {
  const share = <usize>worker * <usize>load<u32>(RUNS_SHARE);
  bitmap = <usize>load<u32>(RUNS_BITMAP) + share;
  words = <u64>load<u32>(RUNS_BITMAP_BYTES) >> 3;
  base = <usize>load<u32>(RUNS_STACK) + share;
  limit = base + <usize>load<u32>(RUNS_STACK_BYTES);
  top = base;
  trail = <usize>load<u32>(RUNS_TRAIL) + <usize>worker * <usize>load<u32>(RUNS_DEPTH_MAX) * 4;
  memory.fill(bitmap, 0, <usize>(words << 3));
  const initial = chooseInitial<S>(run);
  if (worker == 0) store<u32>(RUNS_INITIAL, initial);
  salt = nextRandom();
  stackState(present(), 0, 0);
}

/** Notes what a state violates: true when that ends the search. */
function note(run: u32, violated: u32, own: u32): bool {
  if (violated != 0) noteDepths(CONTROL_VIOLATIONS, violated, run);
  if (own != 0) noteDepths(CONTROL_OWN_VIOLATIONS, own, run);
  const ends = violated & load<u32>(CONTROL_STOP_MASK);
  if (ends == 0 && (own & load<u32>(CONTROL_OWN_STOP_MASK)) == 0) return false;
  let least = atomic.load<u32>(RUNS_LEAST);
  while (run < least) {
    const seen = atomic.cmpxchg<u32>(RUNS_LEAST, least, run);
    if (seen == least) break;
    least = seen;
  }
  return true;
}

/** Stacks a state unless it is known, or there is no room. */
function stackState(state: usize, depth: u32, ordinal: u32): void {
  const next = top + ENTRY_HEAD + <usize>bytes;
  if (next > limit || isKnown(state)) return;
  store<u32>(top, depth);
  store<u32>(top, ordinal, 4);
  copyState(top + ENTRY_HEAD, state, bytes);
  top = next;
}

/** Makes the state on top of the stack the present one: its depth. The trail leads to it. */
function take(): u32 {
  top -= ENTRY_HEAD + <usize>bytes;
  const depth = load<u32>(top);
  if (depth > 0) store<u32>(trail + ((<usize>depth - 1) << 2), load<u32>(top, 4));
  copyState(present(), top + ENTRY_HEAD, bytes);
  return depth;
}

/** Marks a state as known: true when it was, or all its bits were set by others. */
function isKnown(state: usize): bool {
  const hash = (fingerprint(state, bytes) ^ salt) * 0x9e3779b97f4a7c15;
  const mixed = hash ^ (hash >> 29);
  const at = bitmap + ((<usize>(((mixed >> 32) * words) >> 32)) << 3);
  const bits = bitOf(mixed) | bitOf(mixed >> 6) | bitOf(mixed >> 12);
  const before = load<u64>(at);
  store<u64>(at, before | bits);
  return (before & bits) == bits;
}

function bitOf(hash: u64): u64 {
  return (<u64>1) << (hash & 63);
}

/** Stacks the successors of the present state in a random order; returns how many there are. */
function stackSuccessors(depth: u32): u32 {
  const order = room + ORDER_AT;
  for (let place: u32 = 0; place < held; ++place) {
    store<u16>(order + ((<usize>place) << 1), <u16>place);
  }
  for (let left = held; left > 0; --left) {
    const at = order + ((<usize>pick(left)) << 1);
    const place = <u32>load<u16>(at);
    store<u16>(at, load<u16>(order + ((<usize>(left - 1)) << 1)));
    if (!isStutter(place)) stackState(room + <usize>place * <usize>bytes, depth, place);
  }
  return held;
}
