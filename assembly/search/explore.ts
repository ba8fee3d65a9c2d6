// Level-synchronous breadth-first search by any number of workers over one shared memory.
//
// Workers take chunks of the present level by an atomic add, expand their states, and meet when
// none is left. Everything that must outlive a call lies in memory, so another instance can go on
// as the same worker.
import { batchHashes, batchStates, enter, workerLine } from '../control';
import { must } from '../fail';
import { meet, requestRoom, setTable } from './barrier';
import { fingerprint } from './fingerprint';
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
  CONTROL_OWN_VIOLATIONS,
  CONTROL_STATE_BYTES,
  CONTROL_VIOLATIONS,
  FAIL_NO_INITIAL,
  FAIL_STATE_BYTES,
  LINE_END,
  LINE_NEXT,
  LINE_TOUCHED,
  LINE_TRANSITIONS,
  PHASE_STOPPED,
  RUN_DONE,
  RUN_MORE,
  STATE_BYTES_MAX,
} from './layout';
import { beginLevels, noteViolations } from './level';
import { checkOwn } from './own';
import { insert, stateAt, touchSlot, touchState } from './visitedSet';

/**
 * Makes level 0 of the initial states. Called once, by one worker, over zeroed memory with its
 * settings.
 */
export function searchStart<S>(): void {
  enter(0);
  const system = changetype<S>(0);
  const bytes = system.stateBytes();
  must(bytes > 0 && (bytes & 7) == 0 && bytes <= <u32>STATE_BYTES_MAX, FAIL_STATE_BYTES);
  store<u32>(CONTROL_STATE_BYTES, bytes);
  memory.fill(CONTROL_VIOLATIONS, 0xff, 128);
  memory.fill(CONTROL_OWN_VIOLATIONS, 0xff, 128);
  setTable(load<u32>(CONTROL_BUCKETS));
  const count = system.initialCount();
  must(count > 0, FAIL_NO_INITIAL);
  const line = workerLine(0);
  for (let number: u32 = 0; number < count; ++number) {
    if (load<u32>(line, LINE_NEXT) == load<u32>(line, LINE_END) && !refill(0)) return;
    const index = load<u32>(line, LINE_NEXT);
    const state = stateAt(index, bytes);
    system.writeInitial(number, state);
    if (!insert(state, fingerprint(state, bytes), index, bytes)) continue;
    noteViolations(system.check(state), 0);
    checkOwn(index, index + 1, 0);
    store<u32>(line, index + 1, LINE_NEXT);
  }
  beginLevels();
}

/**
 * Explores as one worker, for so many chunks.
 *
 * @returns RUN_MORE when the chunks are used up, RUN_DONE when the search has ended (or was
 * aborted).
 */
export function explore<S>(worker: u32, chunks: u32): i32 {
  enter(worker);
  const system = changetype<S>(0);
  system.stateBytes();
  for (let left = chunks; left > 0; ) {
    if (atomic.load<u32>(CONTROL_FINISHED) != 0) return RUN_DONE;
    if (atomic.load<u32>(CONTROL_ATTENTION) != 0) {
      if (meet() == PHASE_STOPPED) return RUN_DONE;
      continue;
    }
    const chunk = load<u32>(CONTROL_CHUNK);
    const to = load<u32>(CONTROL_LEVEL_TO);
    const from = atomic.add<u32>(CONTROL_CURSOR, chunk);
    if (from >= to) {
      if (meet() == PHASE_STOPPED) return RUN_DONE;
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
function refill(worker: u32): bool {
  while (!takeBlock(worker)) {
    requestRoom();
    if (meet() == PHASE_STOPPED) return false;
  }
  return true;
}

/** Expands a range of states. False when the search was stopped meanwhile. */
function expand<S>(worker: u32, from: u32, to: u32): bool {
  const system = changetype<S>(0);
  const bytes = load<u32>(CONTROL_STATE_BYTES);
  const depth = load<u32>(CONTROL_LEVEL);
  const labels = <usize>load<u32>(CONTROL_LABELS);
  const states = batchStates();
  const room = min<u32>(BATCH_MAX, BATCH_BYTES / bytes);
  let count: u32 = 0;
  let transitions: u64 = 0;
  for (let index = from; index < to; ++index) {
    if (atomic.load<u32>(CONTROL_ATTENTION) != 0 && meet() == PHASE_STOPPED) return false;
    system.begin(stateAt(index, bytes));
    while (true) {
      const state = states + <usize>count * <usize>bytes;
      const label = system.next(state);
      if (label < 0) break;
      ++transitions;
      const detail = labels + <usize>((<u32>label >> 8) & 0xffff);
      if (load<u8>(detail) == 0) store<u8>(detail, 1);
      if (++count < room) continue;
      if (!insertBatch<S>(worker, count, bytes, depth + 1)) return false;
      count = 0;
    }
    const violated = system.finish();
    if (violated != 0) noteViolations(violated, depth);
  }
  const line = workerLine(worker);
  store<u64>(line, load<u64>(line, LINE_TRANSITIONS) + transitions, LINE_TRANSITIONS);
  return insertBatch<S>(worker, count, bytes, depth + 1);
}

/**
 * Hashes the states of the batch, and touches their slots and then the states that those speak of,
 * so that the waits for memory of the whole batch overlap instead of adding up.
 *
 * Not done while successors are generated: a System writes bytes, the hash reads words of them, and
 * such a read has to wait until the write has left the processor's store buffer, behind every load
 * that is still waited for.
 */
function touchBatch(line: usize, count: u32, bytes: u32): void {
  const hashes = batchHashes();
  let state = batchStates();
  let touched: u64 = 0;
  for (let number: u32 = 0; number < count; ++number) {
    const hash = fingerprint(state, bytes);
    store<u64>(hashes + ((<usize>number) << 3), hash);
    touched += touchSlot(hash);
    state += bytes;
  }
  for (let number: u32 = 0; number < count; ++number) {
    touched += touchState(load<u64>(hashes + ((<usize>number) << 3)), bytes);
  }
  store<u64>(line, touched, LINE_TOUCHED);
}

/**
 * Inserts the states of the batch, which may be successors of several states, and checks the new
 * ones.
 *
 * @returns false when the search was stopped meanwhile.
 */
function insertBatch<S>(worker: u32, count: u32, bytes: u32, depth: u32): bool {
  const system = changetype<S>(0);
  const line = workerLine(worker);
  const hashes = batchHashes();
  touchBatch(line, count, bytes);
  let state = batchStates();
  let next = load<u32>(line, LINE_NEXT);
  let first = next;
  for (let number: u32 = 0; number < count; ++number) {
    if (next == load<u32>(line, LINE_END)) {
      checkOwn(first, next, depth);
      store<u32>(line, next, LINE_NEXT);
      if (!refill(worker)) return false;
      next = load<u32>(line, LINE_NEXT);
      first = next;
    }
    if (insert(state, load<u64>(hashes + ((<usize>number) << 3)), next, bytes)) {
      const violated = system.check(state);
      if (violated != 0) noteViolations(violated, depth);
      ++next;
    }
    state += bytes;
  }
  checkOwn(first, next, depth);
  store<u32>(line, next, LINE_NEXT);
  return true;
}
