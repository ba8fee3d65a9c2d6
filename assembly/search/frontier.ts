// The arena: all states, each in full, in the order of their levels. Level l is a contiguous range
// of indices, so the arena is the frontier as well as the storage.
//
// A worker takes places in blocks and lets the System write a successor straight into its next
// place; a successor that is known already leaves the place free for the one after it. What a block
// has left over at the end of a level is a hole, which the states at the end of the arena fill
// (compact), so that no hole counts.
import { workerLine } from '../control';
import {
  CONTROL_CAPACITY,
  CONTROL_GROW_AT,
  CONTROL_RESERVED,
  CONTROL_WORKERS,
  LINE_END,
  LINE_NEXT,
} from './layout';
import { hasUnused, takePlaces } from './places';
import { relocate } from './visitedSet';

const BLOCK_STATES: u32 = 64;

/**
 * Takes a block of places for a worker; false when the table must grow first, or the memory is
 * full.
 */
export function takeBlock(worker: u32): bool {
  const limit = min(load<u32>(CONTROL_GROW_AT), load<u32>(CONTROL_CAPACITY));
  return takePlaces(worker, LINE_NEXT, CONTROL_RESERVED, limit, BLOCK_STATES);
}

/** Fills the holes with the last states, gives the rest back, and returns the number of states. */
export function compact(): u32 {
  const workers = load<u32>(CONTROL_WORKERS);
  const reserved = atomic.load<u32>(CONTROL_RESERVED);
  let count = reserved;
  for (let worker: u32 = 0; worker < workers; ++worker) {
    const line = workerLine(worker);
    count -= load<u32>(line, LINE_END) - load<u32>(line, LINE_NEXT);
  }
  let last = reserved;
  for (let worker: u32 = 0; worker < workers; ++worker) {
    const line = workerLine(worker);
    const end = min(load<u32>(line, LINE_END), count);
    for (let hole = load<u32>(line, LINE_NEXT); hole < end; ++hole) {
      do --last;
      while (hasUnused(LINE_NEXT, last, last + 1));
      relocate(last, hole);
    }
  }
  for (let worker: u32 = 0; worker < workers; ++worker) {
    const line = workerLine(worker);
    store<u32>(line, 0, LINE_NEXT);
    store<u32>(line, 0, LINE_END);
  }
  atomic.store<u32>(CONTROL_RESERVED, count);
  return count;
}
