// Level-synchronous breadth-first search by any number of workers over one shared memory.
//
// Workers take chunks of the present level by an atomic add, expand their states, and meet when
// none is left. Everything that must outlive a call lies in memory, so another instance can go on
// as the same worker.
import {
  batchHashes,
  batchLikely,
  batchPacked,
  batchStates,
  enter,
  packedScratch,
  scratchState,
  workerLine,
} from '../control';
import { must } from '../fail';
import { meet, requestParts, requestRoom, setTable } from './barrier';
import { copyState, fingerprint, isEqual } from './fingerprint';
import { takeBlock } from './frontier';
import {
  BATCH_BYTES,
  BATCH_MAX,
  CONTROL_ATTENTION,
  CONTROL_BUCKETS,
  CONTROL_CHUNK,
  CONTROL_CURSOR,
  CONTROL_FINISHED,
  CONTROL_LABELS,
  CONTROL_LEVEL,
  CONTROL_LEVEL_TO,
  CONTROL_OWN,
  CONTROL_PACKED_BYTES,
  CONTROL_PARTS,
  CONTROL_STATE_BYTES,
  FAIL_NO_INITIAL,
  LINE_END,
  LINE_NEXT,
  LINE_TOUCHED,
  LINE_TRANSITIONS,
  PHASE_PAUSED,
  PHASE_STOPPED,
  RUN_DONE,
  RUN_MORE,
  RUN_PAUSED,
} from './layout';
import { beginLevels, forgetViolations, noteViolations } from './level';
import { isLossy, lossyHash, noteState, touchLossy } from './lossy';
import { checkOwn } from './own';
import { takePartBlock } from './parts';
import {
  closeState,
  initialState,
  nextSuccessor,
  openState,
  packAlone,
  packSuccessor,
  placeStates,
} from './successors';
import { insert, likely, stateAt, touchSlot } from './visitedSet';

/**
 * Makes level 0 of the initial states. Called once, by one worker, over zeroed memory with its
 * settings.
 */
export function searchStart<S>(): void {
  enter(0);
  const system = changetype<S>(0);
  placeStates<S>();
  forgetViolations();
  setTable(load<u32>(CONTROL_BUCKETS));
  const count = system.initialCount();
  must(count > 0, FAIL_NO_INITIAL);
  const line = workerLine(0);
  for (let number: u32 = 0; number < count; ++number) {
    if (load<u32>(line, LINE_NEXT) == load<u32>(line, LINE_END) && !refill(0)) return;
    const index = load<u32>(line, LINE_NEXT);
    const state = scratchState(0);
    initialState<S>(number, state);
    let packed = packAlone(0, state, packedScratch());
    while (packed == 0) {
      if (!refillParts(0)) return;
      packed = packAlone(0, state, packedScratch());
    }
    const width = load<u32>(CONTROL_PACKED_BYTES);
    const isNew = isLossy()
      ? keep(state, lossyHash(state), packed, index)
      : insert(packed, fingerprint(packed, width), index, width);
    if (!isNew) continue;
    noteViolations(system.check(state), 0);
    checkOwn(state, 1, 0);
    store<u32>(line, index + 1, LINE_NEXT);
  }
  beginLevels();
}

/**
 * Explores as one worker, for so many chunks.
 *
 * @returns RUN_MORE when the chunks are used up, RUN_PAUSED when all workers stand still between
 * two levels, RUN_DONE when the search has ended (or was aborted).
 */
export function explore<S>(worker: u32, chunks: u32): i32 {
  enter(worker);
  const system = changetype<S>(0);
  system.stateBytes();
  for (let left = chunks; left > 0; ) {
    if (atomic.load<u32>(CONTROL_FINISHED) != 0) return RUN_DONE;
    if (atomic.load<u32>(CONTROL_ATTENTION) != 0) {
      const phase = meet();
      if (phase == PHASE_STOPPED) return RUN_DONE;
      if (phase == PHASE_PAUSED) return RUN_PAUSED;
      continue;
    }
    const chunk = load<u32>(CONTROL_CHUNK);
    const to = load<u32>(CONTROL_LEVEL_TO);
    const from = atomic.add<u32>(CONTROL_CURSOR, chunk);
    if (from >= to) {
      const phase = meet();
      if (phase == PHASE_STOPPED) return RUN_DONE;
      if (phase == PHASE_PAUSED) return RUN_PAUSED;
      continue;
    }
    if (!expand<S>(worker, from, min(from + chunk, to))) return RUN_DONE;
    --left;
  }
  return RUN_MORE;
}

/**
 * Takes a block for the worker, and meets the others when that needs a larger table. False on a
 * stop.
 */
export function refill(worker: u32): bool {
  while (!takeBlock(worker)) {
    requestRoom();
    if (meet() == PHASE_STOPPED) return false;
  }
  return true;
}

/** The same for a block of places for parts. */
export function refillParts(worker: u32): bool {
  while (!takePartBlock(worker)) {
    requestParts();
    if (meet() == PHASE_STOPPED) return false;
  }
  return true;
}

/** Expands a range of states. False when the search was stopped meanwhile. */
function expand<S>(worker: u32, from: u32, to: u32): bool {
  const bytes = load<u32>(CONTROL_STATE_BYTES);
  const width = load<u32>(CONTROL_PACKED_BYTES);
  const depth = load<u32>(CONTROL_LEVEL);
  const labels = <usize>load<u32>(CONTROL_LABELS);
  const states = batchStates();
  const packed = batchPacked();
  const room = min<u32>(BATCH_MAX, BATCH_BYTES / bytes);
  let count: u32 = 0;
  let transitions: u64 = 0;
  for (let index = from; index < to; ++index) {
    if (atomic.load<u32>(CONTROL_ATTENTION) != 0 && meet() == PHASE_STOPPED) return false;
    openState<S>(index);
    while (true) {
      const state = states + <usize>count * <usize>bytes;
      const label = nextSuccessor<S>(state);
      if (label < 0) break;
      ++transitions;
      const detail = labels + <usize>((<u32>label >> 8) & 0xffff);
      if (load<u8>(detail) == 0) store<u8>(detail, 1);
      while (packSuccessor(worker, state, packed + <usize>count * <usize>width) == 0) {
        if (!refillParts(worker)) return false;
      }
      if (++count < room) continue;
      if (!insertBatch<S>(worker, count, depth + 1)) return false;
      count = 0;
    }
    const violated = closeState<S>();
    if (violated != 0) noteViolations(violated, depth);
  }
  const line = workerLine(worker);
  store<u64>(line, load<u64>(line, LINE_TRANSITIONS) + transitions, LINE_TRANSITIONS);
  return insertBatch<S>(worker, count, depth + 1);
}

/** Notes a state of a lossy search, and puts it in its place when it is new. */
function keep(state: usize, hash: u64, packed: usize, index: u32): bool {
  if (!noteState(state, hash)) return false;
  copyState(stateAt(index), packed, load<u32>(CONTROL_PACKED_BYTES));
  return true;
}

/** Where the packed states of the batch lie: states that are not packed stay where they are. */
function batchMembers(): usize {
  return load<u32>(CONTROL_PARTS) != 0 ? batchPacked() : batchStates();
}

/**
 * Hashes the states of the batch, touches their slots, and then the states that are most likely
 * equal to them. Each in a loop of its own, as short as can be, so that the waits for memory of the
 * whole batch overlap instead of adding up.
 *
 * Not done while successors are generated: a System writes bytes, the hash reads words of them, and
 * such a read has to wait until the write has left the processor's store buffer, behind every load
 * that is still waited for.
 */
function touchBatch(line: usize, count: u32): void {
  const width = load<u32>(CONTROL_PACKED_BYTES);
  const hashes = batchHashes();
  const equals = batchLikely();
  let member = batchMembers();
  for (let number: u32 = 0; number < count; ++number) {
    store<u64>(hashes + ((<usize>number) << 3), fingerprint(member, width));
    member += width;
  }
  let touched: u64 = 0;
  for (let number: u32 = 0; number < count; ++number) {
    touched += touchSlot(load<u64>(hashes + ((<usize>number) << 3)));
  }
  for (let number: u32 = 0; number < count; ++number) {
    const seen = likely(load<u64>(hashes + ((<usize>number) << 3)));
    store<u32>(equals + ((<usize>number) << 2), seen);
    // Without a branch: where there is none, the first state.
    touched += load<u64>(stateAt(seen - u32(seen != 0)));
  }
  store<u64>(line, touched, LINE_TOUCHED);
}

/** The same for a search that stores no states: none is likely, and nothing is compared. */
function touchLossyBatch(line: usize, count: u32): void {
  const bytes = load<u32>(CONTROL_STATE_BYTES);
  const hashes = batchHashes();
  const equals = batchLikely();
  let state = batchStates();
  let touched: u64 = 0;
  for (let number: u32 = 0; number < count; ++number) {
    const hash = lossyHash(state);
    store<u64>(hashes + ((<usize>number) << 3), hash);
    store<u32>(equals + ((<usize>number) << 2), 0);
    touched += touchLossy(hash);
    state += bytes;
  }
  store<u64>(line, touched, LINE_TOUCHED);
}

/** Tells whether a packed state of the batch equals the one that it most likely does. */
function isKnown(number: u32, member: usize, width: u32): bool {
  const seen = load<u32>(batchLikely() + ((<usize>number) << 2));
  return seen != 0 && isEqual(stateAt(seen - 1), member, width);
}

/**
 * Inserts the states of the batch, which may be successors of several states, and checks the new
 * ones.
 *
 * @returns false when the search was stopped meanwhile.
 */
function insertBatch<S>(worker: u32, count: u32, depth: u32): bool {
  const system = changetype<S>(0);
  const bytes = load<u32>(CONTROL_STATE_BYTES);
  const width = load<u32>(CONTROL_PACKED_BYTES);
  const hasOwn = load<u32>(CONTROL_OWN) != 0;
  const lossy = isLossy();
  const line = workerLine(worker);
  const hashes = batchHashes();
  const states = batchStates();
  if (lossy) touchLossyBatch(line, count);
  else touchBatch(line, count);
  let state = states;
  let member = batchMembers();
  let next = load<u32>(line, LINE_NEXT);
  let fresh: u32 = 0;
  for (let number: u32 = 0; number < count; ++number, state += bytes, member += width) {
    if (isKnown(number, member, width)) continue;
    if (next == load<u32>(line, LINE_END)) {
      store<u32>(line, next, LINE_NEXT);
      if (!refill(worker)) return false;
      next = load<u32>(line, LINE_NEXT);
    }
    const hash = load<u64>(hashes + ((<usize>number) << 3));
    if (lossy ? keep(state, hash, member, next) : insert(member, hash, next, width)) {
      const violated = system.check(state);
      if (violated != 0) noteViolations(violated, depth);
      // New states move together, for the own properties to be asked of all at once.
      if (hasOwn) copyState(states + <usize>fresh * <usize>bytes, state, bytes);
      ++fresh;
      ++next;
    }
  }
  store<u32>(line, next, LINE_NEXT);
  if (hasOwn) checkOwn(states, fresh, depth);
  return true;
}
