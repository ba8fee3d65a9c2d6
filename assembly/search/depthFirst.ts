// Depth-first search by one worker over the exact visited set: the state found last is expanded
// next, so it comes to deep states early.
//
// Two words a state are kept beside the arena: the state that it was found from, and its depth on
// that way, which is not the least. Before a state is expanded the second word links it to the one
// below it on the stack. A state is checked and counted when it is found. The new successors of a
// state are stacked so that the first one of them is expanded first.
import { enter, packedScratch, scratchState, workerLine } from '../control';
import { fail, must } from '../fail';
import { setTable } from './barrier';
import { refill, refillParts } from './explore';
import { fingerprint } from './fingerprint';
import { compact } from './frontier';
import {
  CONTROL_ARENA,
  CONTROL_BUCKETS,
  CONTROL_DEPTH_MAX,
  CONTROL_FINISHED,
  CONTROL_LABELS,
  CONTROL_OWN_VIOLATIONS,
  CONTROL_PACKED_BYTES,
  CONTROL_STATES_MAX,
  CONTROL_STOP,
  CONTROL_TOP,
  CONTROL_TRANSITIONS,
  CONTROL_VIOLATIONS,
  DEPTH_DEEPEST,
  DEPTH_IS_CUT,
  DEPTH_LINKS,
  DEPTH_LINKS_MAX,
  DEPTH_ON_STACK,
  FAIL_NO_INITIAL,
  FAIL_TRACE,
  LINE_END,
  LINE_NEXT,
  RUN_DONE,
  RUN_MORE,
  SIDE_BYTES,
  STOP_DEPTH,
  STOP_MEMORY,
  STOP_NONE,
  STOP_STATES,
  STOP_VIOLATION,
} from './layout';
import { endSearch, forgetViolations, isEnough, noteDepths } from './level';
import { ownViolations } from './own';
import {
  closeState,
  findState,
  findSuccessor,
  initialState,
  nextSuccessor,
  openState,
  packAlone,
  packSuccessor,
  placeStates,
  successorOrdinal,
} from './successors';
import { insert, NOT_FOUND } from './visitedSet';

const LINK_BYTES: u32 = 8;
/** An initial state was found from no other. */
const NO_STATE: u32 = 0xffffffff;

function parentOf(index: u32): u32 {
  return load<u32>(<usize>load<u32>(DEPTH_LINKS) + ((<usize>index) << 3));
}

function setParent(index: u32, parent: u32): void {
  store<u32>(<usize>load<u32>(DEPTH_LINKS) + ((<usize>index) << 3), parent);
}

/** Word of a state: the one below it on the stack, or its depth once it is expanded. */
function wordOf(index: u32): u32 {
  return load<u32>(<usize>load<u32>(DEPTH_LINKS) + ((<usize>index) << 3), 4);
}

function setWord(index: u32, word: u32): void {
  store<u32>(<usize>load<u32>(DEPTH_LINKS) + ((<usize>index) << 3), word, 4);
}

/** Lays the links out before the states: as many as there can be states. */
function placeLinks(): void {
  const arena = load<u32>(CONTROL_ARENA);
  const room = load<u32>(CONTROL_TOP) - arena;
  // A slot of the table takes 8 bytes, and more than half of them are in use when memory is short.
  const most = room / (load<u32>(CONTROL_PACKED_BYTES) + SIDE_BYTES + LINK_BYTES + 8);
  store<u32>(DEPTH_LINKS, arena);
  store<u32>(DEPTH_LINKS_MAX, most);
  store<u32>(CONTROL_ARENA, (arena + most * LINK_BYTES + 63) & ~63);
}

/** Finds and stacks the initial states. Called once, over zeroed memory with its settings. */
export function depthFirstStart<S>(): void {
  enter(0);
  const system = changetype<S>(0);
  placeStates<S>();
  forgetViolations();
  placeLinks();
  setTable(load<u32>(CONTROL_BUCKETS));
  store<u32>(DEPTH_ON_STACK, NO_STATE);
  const count = system.initialCount();
  must(count > 0, FAIL_NO_INITIAL);
  const state = scratchState(0);
  // From the last one on, so that the first one comes to lie on top.
  for (let number = count; number > 0; --number) {
    initialState<S>(number - 1, state);
    const index = add<S>(state, NO_STATE);
    if (atomic.load<u32>(CONTROL_FINISHED) != 0) return;
    if (index == NOT_FOUND) continue;
    setWord(index, load<u32>(DEPTH_ON_STACK));
    store<u32>(DEPTH_ON_STACK, index);
  }
}

/**
 * Goes on for so many states.
 *
 * @returns RUN_MORE, or RUN_DONE when the search has ended.
 */
export function depthFirstRun<S>(budget: u32): i32 {
  enter(0);
  changetype<S>(0).stateBytes();
  for (let left = budget; left > 0; --left) {
    if (atomic.load<u32>(CONTROL_FINISHED) != 0) return RUN_DONE;
    const stop = atomic.load<u32>(CONTROL_STOP);
    if (stop != 0) return end(stop);
    const top = load<u32>(DEPTH_ON_STACK);
    if (top == NO_STATE) return end(load<u32>(DEPTH_IS_CUT) != 0 ? STOP_DEPTH : STOP_NONE);
    if (!expand<S>(top)) return RUN_DONE;
    // A property is noted with the number of a state: any number will do.
    if (isEnough(NO_STATE - 1)) return end(STOP_VIOLATION);
    if (load<u32>(workerLine(0), LINE_NEXT) > load<u32>(CONTROL_STATES_MAX))
      return end(STOP_STATES);
  }
  return RUN_MORE;
}

function end(reason: u32): i32 {
  endSearch(reason, compact());
  return RUN_DONE;
}

/** Takes a state off the stack and expands it. False when the memory is full. */
function expand<S>(index: u32): bool {
  const parent = parentOf(index);
  const depth: u32 = parent == NO_STATE ? 0 : wordOf(parent) + 1;
  const below = wordOf(index);
  setWord(index, depth);
  store<u32>(DEPTH_ON_STACK, below);
  if (depth >= load<u32>(CONTROL_DEPTH_MAX)) {
    store<u32>(DEPTH_IS_CUT, 1);
    return true;
  }
  return expandAll<S>(index, below);
}

function expandAll<S>(index: u32, below: u32): bool {
  const labels = <usize>load<u32>(CONTROL_LABELS);
  const to = scratchState(0);
  let last = NO_STATE;
  let transitions: u64 = 0;
  openState<S>(index);
  while (true) {
    const label = nextSuccessor<S>(to);
    if (label < 0) break;
    ++transitions;
    store<u8>(labels + <usize>((<u32>label >> 8) & 0xffff), 1);
    const found = add<S>(to, index);
    if (atomic.load<u32>(CONTROL_FINISHED) != 0) return false;
    if (found == NOT_FOUND) continue;
    if (last == NO_STATE) store<u32>(DEPTH_ON_STACK, found);
    else setWord(last, found);
    setWord(found, below);
    last = found;
  }
  noteDepths(CONTROL_VIOLATIONS, closeState<S>(), index);
  store<u64>(CONTROL_TRANSITIONS, load<u64>(CONTROL_TRANSITIONS) + transitions);
  return true;
}

/** Packs an initial state, or a successor of the open one: its address, or 0 to take a block. */
function packFrom(state: usize, parent: u32): usize {
  const to = packedScratch();
  return parent == NO_STATE ? packAlone(0, state, to) : packSuccessor(0, state, to);
}

/**
 * Adds a state that was found from the open one, and checks it.
 *
 * @param parent number of the open state; NO_STATE for an initial state.
 * @returns its index when it is new, NOT_FOUND otherwise. The search has ended when there was no
 * room for it.
 */
function add<S>(state: usize, parent: u32): u32 {
  const line = workerLine(0);
  let packed = packFrom(state, parent);
  while (packed == 0) {
    if (!refillParts(0)) return NOT_FOUND;
    packed = packFrom(state, parent);
  }
  if (load<u32>(line, LINE_NEXT) == load<u32>(line, LINE_END) && !refill(0)) return NOT_FOUND;
  const index = load<u32>(line, LINE_NEXT);
  if (index == load<u32>(DEPTH_LINKS_MAX)) {
    end(STOP_MEMORY);
    return NOT_FOUND;
  }
  const width = load<u32>(CONTROL_PACKED_BYTES);
  if (!insert(packed, fingerprint(packed, width), index, width)) return NOT_FOUND;
  store<u32>(line, index + 1, LINE_NEXT);
  setParent(index, parent);
  const depth: u32 = parent == NO_STATE ? 0 : wordOf(parent) + 1;
  if (depth > load<u32>(DEPTH_DEEPEST)) store<u32>(DEPTH_DEEPEST, depth);
  noteDepths(CONTROL_VIOLATIONS, changetype<S>(0).check(state), index);
  noteDepths(CONTROL_OWN_VIOLATIONS, ownViolations(state), index);
  return index;
}

/** Steps from an initial state to a state on the way on which it was found. */
export function depthFirstDepth(index: u32): u32 {
  let depth: u32 = 0;
  for (let at = parentOf(index); at != NO_STATE; at = parentOf(at)) ++depth;
  return depth;
}

/** The state that a state was found from, or NOT_FOUND for an initial one. */
export function depthFirstParent(index: u32): u32 {
  return parentOf(index);
}

/**
 * By which step a state was found: its ordinal among the steps of its parent; for an initial state,
 * its number.
 */
export function depthFirstOrdinal<S>(index: u32): u32 {
  enter(0);
  const system = changetype<S>(0);
  system.stateBytes();
  const parent = parentOf(index);
  const to = scratchState(0);
  if (parent == NO_STATE) {
    let number: u32 = 0;
    while (true) {
      initialState<S>(number, to);
      if (findState(to) == index) return number;
      ++number;
    }
  }
  openState<S>(parent);
  while (nextSuccessor<S>(to) >= 0) {
    if (findSuccessor(to) == index) return successorOrdinal();
  }
  fail(FAIL_TRACE);
  return 0;
}
