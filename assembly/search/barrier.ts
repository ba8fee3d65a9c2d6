// Where workers meet: at the end of a level, to grow the table within one, and to stop.
//
// All meet in the same function, wherever they are, also in the middle of an expansion; the last
// one to come decides for all what the meeting was for. A worker that asked for something has set
// its request before it came, so the decision is never made without it. A level ends only when all
// came and nobody asked.
import { partScratch } from '../control';
import { fingerprint } from './fingerprint';
import {
  BATCH_MAX,
  BUCKET_BYTES,
  BUCKET_SLOTS,
  CONTROL_ABORT,
  CONTROL_ARRIVED,
  CONTROL_ATTENTION,
  CONTROL_BUCKETS,
  CONTROL_CAPACITY,
  CONTROL_CLEARED,
  CONTROL_FIRST,
  CONTROL_GENERATION,
  CONTROL_GROW,
  CONTROL_GROW_AT,
  CONTROL_GROW_PARTS,
  CONTROL_GROWING,
  CONTROL_MOVED,
  CONTROL_PACKED_BYTES,
  CONTROL_PAUSE,
  CONTROL_PHASE,
  CONTROL_RESERVED,
  CONTROL_STOP,
  CONTROL_TABLE,
  CONTROL_TOP,
  CONTROL_WORKERS,
  LINE_NEXT,
  PHASE_GO_ON,
  PHASE_GROW,
  PHASE_LEVEL,
  PHASE_PAUSED,
  PHASE_STOPPED,
  SIDE_BYTES,
  STOP_MEMORY,
} from './layout';
import { finishLevel, finishStopped } from './level';
import { growLossy, isLossy, lossyRoom } from './lossy';
import { arePartsFull, canPartsGrow, growParts } from './parts';
import { hasUnused } from './places';
import { insert, stateAt, touchSlot } from './visitedSet';

/** A worker that waits looks up this often, in nanoseconds, whether another one is lost. */
const WAIT_NANOSECONDS: i64 = 20_000_000;
const SPINS: u32 = 2000;
const CLEAR_BUCKETS: u32 = 16384;
const MOVE_STATES: u32 = 4096;

/**
 * The generation that this instance waits to see the end of. A global and not a local: the baseline
 * compiler of V8 11.3 (Node 20) loses a local in a register across memory.atomic.wait32, and a
 * worker then left before the others had come (docs/search.md).
 */
let awaited: u32 = 0;

/**
 * Waits until all workers have come; the last one runs decide() first when `deciding`. False on
 * abort.
 */
function wait(deciding: bool): bool {
  awaited = atomic.load<u32>(CONTROL_GENERATION);
  if (atomic.add<u32>(CONTROL_ARRIVED, 1) + 1 == load<u32>(CONTROL_WORKERS)) {
    if (deciding) store<u32>(CONTROL_PHASE, decide());
    atomic.store<u32>(CONTROL_ARRIVED, 0);
    atomic.store<u32>(CONTROL_GENERATION, awaited + 1);
    if (load<u32>(CONTROL_WORKERS) > 1) atomic.notify(CONTROL_GENERATION, -1);
    return true;
  }
  for (let spin: u32 = 0; spin < SPINS; ++spin) {
    if (atomic.load<u32>(CONTROL_GENERATION) != awaited) return true;
  }
  while (atomic.load<u32>(CONTROL_GENERATION) == awaited) {
    if (atomic.load<u32>(CONTROL_ABORT) != 0) return false;
    atomic.wait<u32>(CONTROL_GENERATION, awaited, WAIT_NANOSECONDS);
  }
  return true;
}

/**
 * Meets the other workers and does what the meeting is for.
 *
 * @returns the phase: PHASE_LEVEL (a level has begun), PHASE_GROW or PHASE_GO_ON (go on where you
 * were), PHASE_PAUSED (the same, but leave explore() first), PHASE_STOPPED (return).
 */
export function meet(): u32 {
  if (!wait(true)) return PHASE_STOPPED;
  const phase = load<u32>(CONTROL_PHASE);
  if (phase == PHASE_GROW) {
    clearTable();
    if (!wait(false)) return PHASE_STOPPED;
    fillTable();
    if (!wait(false)) return PHASE_STOPPED;
    atomic.store<u32>(CONTROL_GROWING, 0);
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

/** Asks for more room for parts, or, when theirs is full, for the end of the search. */
export function requestParts(): void {
  if (arePartsFull() && !canPartsGrow()) atomic.cmpxchg<u32>(CONTROL_STOP, 0, STOP_MEMORY);
  else atomic.store<u32>(CONTROL_GROW_PARTS, 1);
  atomic.store<u32>(CONTROL_ATTENTION, 1);
}

function decide(): u32 {
  // Before the requests are read: one that comes later raises it again.
  atomic.store<u32>(CONTROL_ATTENTION, 0);
  const grows = atomic.load<u32>(CONTROL_GROW) != 0;
  atomic.store<u32>(CONTROL_GROW, 0);
  const growsParts = atomic.load<u32>(CONTROL_GROW_PARTS) != 0;
  atomic.store<u32>(CONTROL_GROW_PARTS, 0);
  if (atomic.load<u32>(CONTROL_STOP) != 0) return finishStopped();
  if (growsParts && arePartsFull()) {
    atomic.store<u32>(CONTROL_GROWING, 1);
    growParts();
    atomic.store<u32>(CONTROL_GROWING, 0);
  }
  if (grows) return enlarge() ? PHASE_GROW : PHASE_GO_ON;
  if (growsParts) return PHASE_GO_ON;
  const phase = finishLevel();
  return phase == PHASE_LEVEL && atomic.load<u32>(CONTROL_PAUSE) != 0 ? PHASE_PAUSED : phase;
}

/** Sets how many states fit beside a table of so many buckets. */
export function setTable(buckets: u32): void {
  const table = load<u32>(CONTROL_TOP) - buckets * BUCKET_BYTES;
  store<u32>(CONTROL_TABLE, table);
  store<u32>(CONTROL_BUCKETS, buckets);
  store<u32>(CONTROL_CAPACITY, capacityBelow(table));
  // 5/8 full: beyond it the probes get longer faster than the memory is saved.
  store<u32>(CONTROL_GROW_AT, roomOf(buckets, 10));
}

/** Members that a table may have when so many sixteenths of it are used. */
function roomOf(buckets: u32, sixteenths: u32): u32 {
  if (isLossy()) return lossyRoom(buckets, sixteenths);
  return <u32>((<u64>buckets * BUCKET_SLOTS * sixteenths) / 16);
}

function capacityBelow(table: u32): u32 {
  const first = load<u32>(CONTROL_FIRST);
  const arena = <u32>stateAt(first);
  if (table <= arena) return 0;
  return first + (table - arena) / (load<u32>(CONTROL_PACKED_BYTES) + SIDE_BYTES);
}

/**
 * Doubles the table towards the arena; when that would leave too little room for states, the old
 * table is filled further instead and false is returned.
 */
export function enlarge(): bool {
  const buckets = load<u32>(CONTROL_BUCKETS);
  const reserved = atomic.load<u32>(CONTROL_RESERVED);
  const first = load<u32>(CONTROL_FIRST);
  const room = <u64>(load<u32>(CONTROL_TOP) - <u32>stateAt(first));
  const table = <u64>buckets * 2 * BUCKET_BYTES;
  if (table < room) {
    const capacity = capacityBelow(load<u32>(CONTROL_TOP) - <u32>table);
    if (<u64>capacity > <u64>reserved + (reserved - first) / 4) {
      atomic.store<u32>(CONTROL_GROWING, 1);
      setTable(buckets * 2);
      if (isLossy()) {
        growLossy(buckets);
        return false;
      }
      atomic.store<u32>(CONTROL_CLEARED, 0);
      atomic.store<u32>(CONTROL_MOVED, 0);
      return true;
    }
  }
  const limit = roomOf(buckets, 15);
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
  const bytes = load<u32>(CONTROL_PACKED_BYTES);
  const count = atomic.load<u32>(CONTROL_RESERVED);
  for (;;) {
    const from = atomic.add<u32>(CONTROL_MOVED, MOVE_STATES);
    if (from >= count) return;
    const to = min(from + MOVE_STATES, count);
    const mayHaveHoles = hasUnused(LINE_NEXT, from, to);
    for (let first = from; first < to; first += <u32>BATCH_MAX) {
      fillBatch(first, min(first + <u32>BATCH_MAX, to), mayHaveHoles, bytes);
    }
  }
}

/**
 * Puts a few states into the table: touches all their slots first, so that the waits overlap.
 */
function fillBatch(from: u32, to: u32, mayHaveHoles: bool, bytes: u32): void {
  let touched: u64 = 0;
  for (let index = from; index < to; ++index) {
    touched += touchSlot(fingerprint(stateAt(index), bytes));
  }
  store<u64>(partScratch(), touched);
  for (let index = from; index < to; ++index) {
    if (mayHaveHoles && hasUnused(LINE_NEXT, index, index + 1)) continue;
    const state = stateAt(index);
    insert(state, fingerprint(state, bytes), index, bytes);
  }
}
