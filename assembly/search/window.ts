// The states that are in memory, where the others are on disk: a window of indices.
//
// CONTROL_ARENA is the place that state number 0 would have, so that every address is reckoned as
// ever, also when that place is long gone; the sums wrap at 2^32. Marks and records likewise.
//
//   states on disk | states in memory: CONTROL_FIRST ... | marks, records (after the search)
import { enter } from '../control';
import { setTable } from './barrier';
import {
  BUCKET_BYTES,
  CONTROL_ARENA,
  CONTROL_BUCKETS,
  CONTROL_FIRST,
  CONTROL_LEVEL_FROM,
  CONTROL_MARKS,
  CONTROL_PACKED_BYTES,
  CONTROL_RECORDS,
  CONTROL_RESERVED,
  CONTROL_STORAGE,
  CONTROL_TABLE,
  CONTROL_TARGET,
  CONTROL_TARGET_LEVEL,
  CONTROL_THREAD_NUMBERS,
  CONTROL_THREADS,
  CONTROL_TOP,
  CONTROL_TRACE_CURSOR,
  CONTROL_TRACE_LEVEL,
  RECORD_BYTES,
  STORAGE_EXACT,
} from './layout';
import { levelFrom } from './level';
import { stateAt } from './visitedSet';

/** Moves the window to begin with a state, at the place where it begins now. */
function setFirst(first: u32): void {
  const start = <u32>stateAt(load<u32>(CONTROL_FIRST));
  store<u32>(CONTROL_ARENA, start - first * load<u32>(CONTROL_PACKED_BYTES));
  store<u32>(CONTROL_FIRST, first);
}

/** Drops the levels before the present one. Only at a pause, and once they are on disk. */
export function dropLevels(): void {
  const first = load<u32>(CONTROL_FIRST);
  const from = load<u32>(CONTROL_LEVEL_FROM);
  const bytes = (load<u32>(CONTROL_RESERVED) - from) * load<u32>(CONTROL_PACKED_BYTES);
  memory.copy(stateAt(first), stateAt(from), bytes);
  setFirst(from);
  setTable(load<u32>(CONTROL_BUCKETS));
}

/**
 * Lays the memory out for states from an index up to and without another, with a record and a mark
 * for each, and an empty exact table for those from `known` on. Once the search has ended: its own
 * table is given up.
 *
 * @returns false when they do not fit.
 */
export function openWindow(from: u32, to: u32, known: u32): bool {
  store<u32>(CONTROL_STORAGE, STORAGE_EXACT);
  setFirst(from);
  const count = <u64>(to - from);
  const buckets = <u64>(to - known) / 5 + 1;
  const states = <u64>stateAt(from) + count * <u64>load<u32>(CONTROL_PACKED_BYTES);
  const records = (states + 7) & ~7;
  const marks = records + count * RECORD_BYTES;
  const top = <u64>load<u32>(CONTROL_TOP);
  const table = top - buckets * BUCKET_BYTES;
  if (buckets * BUCKET_BYTES > top || marks + count > table) return false;
  store<u32>(CONTROL_RECORDS, <u32>records - from * RECORD_BYTES);
  store<u32>(CONTROL_MARKS, <u32>marks - from);
  store<u32>(CONTROL_BUCKETS, <u32>buckets);
  store<u32>(CONTROL_TABLE, <u32>table);
  memory.fill(<usize>table, 0, <usize>(top - table));
  return true;
}

/** Starts the pass back from a level, over windows of two levels (predecessors.ts). */
export function traceFrom(target: u32, level: u32): void {
  enter(0);
  memory.fill(CONTROL_THREAD_NUMBERS, 0, 256);
  store<u32>(CONTROL_THREADS, 0);
  store<u32>(CONTROL_TARGET, target);
  store<u32>(CONTROL_TARGET_LEVEL, level);
  store<u32>(CONTROL_TRACE_LEVEL, level);
  store<u32>(CONTROL_TRACE_CURSOR, levelFrom(level));
}
