// Places in an arena, which workers take in blocks: for states (frontier.ts) and for their parts
// (parts.ts). A worker's block is a pair of words in its line, LINE_NEXT and LINE_END or
// LINE_PART_NEXT and LINE_PART_END: the first place that is not used yet, and the end.
import { workerLine } from '../control';
import { WORKERS_MAX } from './layout';

/**
 * Takes a block of at most so many places for a worker.
 *
 * @param pair where the block lies in the worker's line.
 * @param reserved where the number of places taken so far lies.
 * @returns false when `limit` places are taken.
 */
export function takePlaces(worker: u32, pair: usize, reserved: usize, limit: u32, most: u32): bool {
  while (true) {
    const from = atomic.load<u32>(reserved);
    if (from >= limit) return false;
    const end = from + min(most, limit - from);
    if (atomic.cmpxchg<u32>(reserved, from, end) != from) continue;
    const block = workerLine(worker) + pair;
    store<u32>(block, from);
    store<u32>(block, end, 4);
    return true;
  }
}

/**
 * Tells whether one of the places from `from` up to and without `to` belongs to a block and is not
 * used yet. Only while all workers stand still.
 */
export function hasUnused(pair: usize, from: u32, to: u32): bool {
  for (let worker: u32 = 0; worker < <u32>WORKERS_MAX; ++worker) {
    const block = workerLine(worker) + pair;
    if (max(from, load<u32>(block)) < min(to, load<u32>(block, 4))) return true;
  }
  return false;
}
