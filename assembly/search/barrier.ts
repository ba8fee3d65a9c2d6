// Where workers meet: at the end of a level, to grow the table within one, and to stop.
//
// All meet in the same function, wherever they are, also in the middle of an expansion; the last
// one to come decides for all what the meeting was for. A worker that asked for something has set
// its request before it came, so the decision is never made without it. A level ends only when all
// came and nobody asked.
import { workerLine } from '../control';
import { fingerprint } from './fingerprint';
import { isHole } from './frontier';
import {
  BUCKET_BYTES,
  BUCKET_SLOTS,
  CONTROL_ABORT,
  CONTROL_ARENA,
  CONTROL_ARRIVED,
  CONTROL_ATTENTION,
  CONTROL_BUCKETS,
  CONTROL_CAPACITY,
  CONTROL_CLEARED,
  CONTROL_GENERATION,
  CONTROL_GROW,
  CONTROL_GROW_AT,
  CONTROL_MOVED,
  CONTROL_PHASE,
  CONTROL_RESERVED,
  CONTROL_STATE_BYTES,
  CONTROL_STOP,
  CONTROL_TABLE,
  CONTROL_TOP,
  CONTROL_WORKERS,
  LINE_END,
  LINE_NEXT,
  PHASE_GO_ON,
  PHASE_GROW,
  PHASE_STOPPED,
  SIDE_BYTES,
  STOP_MEMORY,
} from './layout';
import { finishLevel, finishStopped } from './level';
import { insert, stateAt } from './visitedSet';

/** A worker that waits looks up this often, in nanoseconds, whether another one is lost. */
const WAIT_NANOSECONDS: i64 = 20_000_000;
const SPINS: u32 = 2000;
const CLEAR_BUCKETS: u32 = 16384;
const MOVE_STATES: u32 = 4096;

/**
 * Waits until all workers have come; the last one runs decide() first when `deciding`. False on
 * abort.
 */
function wait(deciding: bool): bool {
  const generation = atomic.load<u32>(CONTROL_GENERATION);
  if (atomic.add<u32>(CONTROL_ARRIVED, 1) + 1 == load<u32>(CONTROL_WORKERS)) {
    if (deciding) store<u32>(CONTROL_PHASE, decide());
    atomic.store<u32>(CONTROL_ARRIVED, 0);
    atomic.store<u32>(CONTROL_GENERATION, generation + 1);
    if (load<u32>(CONTROL_WORKERS) > 1) atomic.notify(CONTROL_GENERATION, -1);
    return true;
  }
  for (let spin: u32 = 0; spin < SPINS; ++spin) {
    if (atomic.load<u32>(CONTROL_GENERATION) != generation) return true;
  }
  while (atomic.load<u32>(CONTROL_GENERATION) == generation) {
    if (atomic.load<u32>(CONTROL_ABORT) != 0) return false;
    atomic.wait<u32>(CONTROL_GENERATION, generation, WAIT_NANOSECONDS);
  }
  return true;
}

/**
 * Meets the other workers and does what the meeting is for.
 *
 * @returns the phase: PHASE_LEVEL (a level has begun), PHASE_GROW or PHASE_GO_ON (go on where you
 * were), PHASE_STOPPED (return).
 */
export function meet(): u32 {
  if (!wait(true)) return PHASE_STOPPED;
  const phase = load<u32>(CONTROL_PHASE);
  if (phase == PHASE_GROW) {
    clearTable();
    if (!wait(false)) return PHASE_STOPPED;
    fillTable();
    if (!wait(false)) return PHASE_STOPPED;
  }
  return phase;
}

/** Asks for a larger table, or, when the memory is full, for the end of the search. */
export function requestRoom(): void {
  if (atomic.load<u32>(CONTROL_RESERVED) >= load<u32>(CONTROL_CAPACITY)) {
    atomic.cmpxchg<u32>(CONTROL_STOP, 0, STOP_MEMORY);
  } else {
    atomic.store<u32>(CONTROL_GROW, 1);
  }
  atomic.store<u32>(CONTROL_ATTENTION, 1);
}

function decide(): u32 {
  // Before the requests are read: one that comes later raises it again.
  atomic.store<u32>(CONTROL_ATTENTION, 0);
  const grows = atomic.load<u32>(CONTROL_GROW) != 0;
  atomic.store<u32>(CONTROL_GROW, 0);
  if (atomic.load<u32>(CONTROL_STOP) != 0) return finishStopped();
  if (!grows) return finishLevel();
  return enlarge() ? PHASE_GROW : PHASE_GO_ON;
}

/** Sets how many states fit beside a table of so many buckets. */
export function setTable(buckets: u32): void {
  const table = load<u32>(CONTROL_TOP) - buckets * BUCKET_BYTES;
  store<u32>(CONTROL_TABLE, table);
  store<u32>(CONTROL_BUCKETS, buckets);
  store<u32>(CONTROL_CAPACITY, capacityBelow(table));
  // 5/8 full: beyond it the probes get longer faster than the memory is saved.
  store<u32>(CONTROL_GROW_AT, <u32>((<u64>buckets * BUCKET_SLOTS * 5) / 8));
}

function capacityBelow(table: u32): u32 {
  const arena = load<u32>(CONTROL_ARENA);
  if (table <= arena) return 0;
  return (table - arena) / (load<u32>(CONTROL_STATE_BYTES) + SIDE_BYTES);
}

/**
 * Doubles the table towards the arena; when that would leave too little room for states, the old
 * table is filled further instead and false is returned.
 */
function enlarge(): bool {
  const buckets = load<u32>(CONTROL_BUCKETS);
  const reserved = atomic.load<u32>(CONTROL_RESERVED);
  const room = <u64>(load<u32>(CONTROL_TOP) - load<u32>(CONTROL_ARENA));
  const table = <u64>buckets * 2 * BUCKET_BYTES;
  if (table < room) {
    const capacity = capacityBelow(load<u32>(CONTROL_TOP) - <u32>table);
    if (<u64>capacity > <u64>reserved + reserved / 4) {
      setTable(buckets * 2);
      atomic.store<u32>(CONTROL_CLEARED, 0);
      atomic.store<u32>(CONTROL_MOVED, 0);
      return true;
    }
  }
  const limit = <u32>((<u64>buckets * BUCKET_SLOTS * 15) / 16);
  if (load<u32>(CONTROL_GROW_AT) < limit) {
    store<u32>(CONTROL_GROW_AT, limit);
  } else {
    // Nothing is left to grow into: from here on the memory counts as full.
    store<u32>(CONTROL_CAPACITY, reserved);
  }
  return false;
}

/**
 * Clears the table, in shares taken by all workers. It covers the old one, which is no longer
 * needed.
 */
function clearTable(): void {
  const buckets = load<u32>(CONTROL_BUCKETS);
  const table = <usize>load<u32>(CONTROL_TABLE);
  for (;;) {
    const from = atomic.add<u32>(CONTROL_CLEARED, CLEAR_BUCKETS);
    if (from >= buckets) return;
    const count = min(CLEAR_BUCKETS, buckets - from);
    memory.fill(table + <usize>from * BUCKET_BYTES, 0, <usize>count * BUCKET_BYTES);
  }
}

/** Puts every state of the arena into the cleared table, in shares taken by all workers. */
function fillTable(): void {
  const bytes = load<u32>(CONTROL_STATE_BYTES);
  const count = atomic.load<u32>(CONTROL_RESERVED);
  for (;;) {
    const from = atomic.add<u32>(CONTROL_MOVED, MOVE_STATES);
    if (from >= count) return;
    const to = min(from + MOVE_STATES, count);
    const mayHaveHoles = isNearHole(from, to);
    for (let index = from; index < to; ++index) {
      if (mayHaveHoles && isHole(index)) continue;
      const state = stateAt(index, bytes);
      insert(state, fingerprint(state, bytes), index, bytes);
    }
  }
}

function isNearHole(from: u32, to: u32): bool {
  const workers = load<u32>(CONTROL_WORKERS);
  for (let worker: u32 = 0; worker < workers; ++worker) {
    const line = workerLine(worker);
    if (load<u32>(line, LINE_NEXT) < to && load<u32>(line, LINE_END) > from) return true;
  }
  return false;
}
