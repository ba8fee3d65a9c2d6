// Chooses the trace to a violation, after the search and by one worker, so that it never depends on
// timing.
//
// Among all shortest paths from an initial state to the target: the fewest context switches (steps
// whose thread differs from that of the step before), then the smallest initial state number, then
// the labels' threads and ordinals, compared from the start. One pass over the levels, from the
// target's back to 0, expands each state again and keeps in a record what its best way to a target
// costs:
//
//   0       4                12
//   | cost  |    threads     |   cost: switches after the next step, COST_NONE when no target
//                                    is reached in the steps that are left
//                              threads: bit set of the threads whose step first attains it
//
// Coming by another thread than those costs one more, and never gains from a dearer first step: so
// cost and set are all that a predecessor needs. A pass forward then picks the steps. It writes the
// ordinals over the records of states 0, 1, 2 ...: every level has at least one state, so record
// number d belongs to a level up to d, which the step from level d no longer reads.
import { enter, scratchState } from '../control';
import { fail, must } from '../fail';
import {
  CONTROL_ARENA,
  CONTROL_FOUND,
  CONTROL_MARKS,
  CONTROL_PACKED_BYTES,
  CONTROL_RECORDS,
  CONTROL_TARGET,
  CONTROL_TARGET_LEVEL,
  CONTROL_THREAD_NUMBERS,
  CONTROL_THREADS,
  CONTROL_TRACE_CURSOR,
  CONTROL_TRACE_INITIAL,
  CONTROL_TRACE_LEVEL,
  CONTROL_VIOLATIONS,
  FAIL_THREADS,
  FAIL_TRACE,
  RECORD_BYTES,
  RUN_DONE,
  RUN_MORE,
  TARGET_MARKED,
} from './layout';
import { levelFrom } from './level';
import {
  closeState,
  findState,
  findSuccessor,
  initialState,
  nextSuccessor,
  openState,
  successorOrdinal,
} from './successors';
import { NOT_FOUND } from './visitedSet';

const COST_NONE: u32 = 0xffffffff;
const ALL_THREADS: u64 = 0xffffffffffffffff;
const THREADS_MAX: u32 = 64;

/**
 * Places marks and records behind the states. The room was kept free by the search (SIDE_BYTES).
 */
export function placeServices(): void {
  const count = load<u32>(CONTROL_FOUND);
  const marks = load<u32>(CONTROL_ARENA) + count * load<u32>(CONTROL_PACKED_BYTES);
  store<u32>(CONTROL_MARKS, marks);
  store<u32>(CONTROL_RECORDS, (marks + count + 3) & ~3);
}

function recordAt(index: u32): usize {
  return <usize>load<u32>(CONTROL_RECORDS) + <usize>index * RECORD_BYTES;
}

/** Dense number of a thread, given in the order of first appearance; 64 threads at most. */
function threadBit(thread: u32): u64 {
  const at = <usize>CONTROL_THREAD_NUMBERS + thread;
  let number = <u32>load<u8>(at);
  if (number == 0) {
    number = load<u32>(CONTROL_THREADS) + 1;
    must(number <= THREADS_MAX, FAIL_THREADS);
    store<u32>(CONTROL_THREADS, number);
    store<u8>(at, <u8>number);
  }
  return (<u64>1) << (<u64>(number - 1));
}

/**
 * Starts the pass back.
 *
 * @param target a property number, or TARGET_MARKED for states whose mark (a byte at CONTROL_MARKS)
 * is 1.
 * @returns the depth of the nearest target, or -1 when there is none.
 */
export function traceBegin(target: u32): i32 {
  placeServices();
  memory.fill(CONTROL_THREAD_NUMBERS, 0, 256);
  store<u32>(CONTROL_THREADS, 0);
  store<u32>(CONTROL_TARGET, target);
  const level =
    target == TARGET_MARKED ? markedLevel() : load<u32>(CONTROL_VIOLATIONS + target * 4);
  if (level == NOT_FOUND) return -1;
  store<u32>(CONTROL_TARGET_LEVEL, level);
  store<u32>(CONTROL_TRACE_LEVEL, level);
  store<u32>(CONTROL_TRACE_CURSOR, levelFrom(level));
  return level;
}

function markedLevel(): u32 {
  const count = load<u32>(CONTROL_FOUND);
  const marks = <usize>load<u32>(CONTROL_MARKS);
  let level: u32 = 0;
  for (let index: u32 = 0; index < count; ++index) {
    while (index >= levelFrom(level + 1)) ++level;
    if (load<u8>(marks + index) == 1) return level;
  }
  return NOT_FOUND;
}

/** Goes on with the pass back for so many states: RUN_MORE, or RUN_DONE once level 0 is done. */
export function traceRun<S>(budget: u32): i32 {
  enter(0);
  changetype<S>(0).stateBytes();
  let left = budget;
  while (true) {
    const level = load<u32>(CONTROL_TRACE_LEVEL);
    const to = levelFrom(level + 1);
    const isTargetLevel = level == load<u32>(CONTROL_TARGET_LEVEL);
    let index = load<u32>(CONTROL_TRACE_CURSOR);
    for (; index < to && left > 0; ++index, --left) {
      if (isTargetLevel) recordTarget<S>(index);
      else recordWay<S>(index, to, levelFrom(level + 2));
    }
    store<u32>(CONTROL_TRACE_CURSOR, index);
    if (index < to) return RUN_MORE;
    if (level == 0) return RUN_DONE;
    store<u32>(CONTROL_TRACE_LEVEL, level - 1);
    store<u32>(CONTROL_TRACE_CURSOR, levelFrom(level - 1));
  }
}

function setRecord(index: u32, cost: u32, threads: u64): void {
  const record = recordAt(index);
  store<u32>(record, cost);
  // Records are aligned to 4, and an unaligned plain store is allowed.
  store<u64>(record, threads, 4);
}

function recordTarget<S>(index: u32): void {
  setRecord(index, isTarget<S>(index) ? 0 : COST_NONE, ALL_THREADS);
}

function isTarget<S>(index: u32): bool {
  const target = load<u32>(CONTROL_TARGET);
  if (target == TARGET_MARKED) return load<u8>(<usize>load<u32>(CONTROL_MARKS) + index) == 1;
  const wanted = (<u32>1) << target;
  const state = openState<S>(index);
  if ((changetype<S>(0).check(state) & wanted) != 0) return true;
  const scratch = scratchState(0);
  while (nextSuccessor<S>(scratch) >= 0) {}
  return (closeState<S>() & wanted) != 0;
}

/** Records the best way of a state to a target over the states from..to of the next level. */
function recordWay<S>(index: u32, from: u32, to: u32): void {
  const scratch = scratchState(0);
  let best = COST_NONE;
  let threads: u64 = 0;
  openState<S>(index);
  while (true) {
    const label = nextSuccessor<S>(scratch);
    if (label < 0) break;
    const successor = findSuccessor(scratch);
    if (successor < from || successor >= to) continue;
    const bit = threadBit(<u32>label & 0xff);
    const cost = costAfter(successor, bit);
    if (cost == COST_NONE || cost > best) continue;
    threads = cost < best ? bit : threads | bit;
    best = cost;
  }
  closeState<S>();
  setRecord(index, best, threads);
}

/** Switches from a state to the target, when the step into it was by this thread. */
function costAfter(index: u32, bit: u64): u32 {
  const record = recordAt(index);
  const cost = load<u32>(record);
  if (cost == COST_NONE) return COST_NONE;
  return (load<u64>(record, 4) & bit) != 0 ? cost : cost + 1;
}

/**
 * Picks the trace once traceRun has ended. The initial state's number goes to
 * CONTROL_TRACE_INITIAL.
 *
 * @returns the address of the steps, RECORD_BYTES each: the ordinal (u32), and the index of the
 * state that the step leads to (u32).
 */
export function traceChoose<S>(): usize {
  enter(0);
  const depth = load<u32>(CONTROL_TARGET_LEVEL);
  let index = chooseInitial<S>();
  let thread: i32 = -1;
  for (let level: u32 = 0; level < depth; ++level) {
    const from = levelFrom(level + 1);
    const to = levelFrom(level + 2);
    const ordinal = chooseStep<S>(index, thread, from, to);
    index = chosenIndex;
    thread = chosenThread;
    store<u32>(recordAt(level), ordinal);
    store<u32>(recordAt(level), chosenIndex, 4);
  }
  return recordAt(0);
}

// Second and third results of chooseStep; private to the instance.
let chosenIndex: u32 = 0;
let chosenThread: i32 = 0;

/** The state that the step chosen last leads to, and its thread. */
export function traceIndex(): u32 {
  return chosenIndex;
}
export function traceThread(): i32 {
  return chosenThread;
}

/** Chooses a step from a state of a level, after one of `thread` (-1: none): its ordinal. */
export function traceStep<S>(index: u32, thread: i32, level: u32): u32 {
  enter(0);
  return chooseStep<S>(index, thread, levelFrom(level + 1), levelFrom(level + 2));
}

/** Chooses the initial state: its index; its number goes to CONTROL_TRACE_INITIAL. */
export function chooseInitial<S>(): u32 {
  const system = changetype<S>(0);
  const scratch = scratchState(0);
  const count = system.initialCount();
  let best = COST_NONE;
  let chosen: u32 = NOT_FOUND;
  for (let number: u32 = 0; number < count; ++number) {
    initialState<S>(number, scratch);
    const index = findState(scratch);
    if (index >= levelFrom(1)) continue;
    const cost = load<u32>(recordAt(index));
    if (cost >= best) continue;
    best = cost;
    chosen = index;
    store<u32>(CONTROL_TRACE_INITIAL, number);
  }
  if (chosen == NOT_FOUND) fail(FAIL_TRACE);
  return chosen;
}

function chooseStep<S>(index: u32, thread: i32, from: u32, to: u32): u32 {
  const scratch = scratchState(0);
  let best = COST_NONE;
  let chosen: u32 = 0;
  openState<S>(index);
  while (true) {
    const label = nextSuccessor<S>(scratch);
    if (label < 0) break;
    const successor = findSuccessor(scratch);
    if (successor < from || successor >= to) continue;
    const mover = label & 0xff;
    let cost = costAfter(successor, threadBit(<u32>mover));
    if (cost == COST_NONE) continue;
    if (thread >= 0 && mover != thread) ++cost;
    if (cost > best || (cost == best && mover >= chosenThread)) continue;
    best = cost;
    chosen = successorOrdinal();
    chosenIndex = successor;
    chosenThread = mover;
  }
  closeState<S>();
  if (best == COST_NONE) fail(FAIL_TRACE);
  return chosen;
}
