// How far lookups go in the table of states: counted after a search, over some of the states, so
// that no search pays for it.
import { enter } from '../control';
import { fingerprint } from './fingerprint';
import {
  BUCKET_BYTES,
  BUCKET_SLOTS,
  CONTROL_BUCKETS,
  CONTROL_FOUND,
  CONTROL_PACKED_BYTES,
  CONTROL_TABLE,
  CONTROL_TOP,
} from './layout';
import { stateAt } from './visitedSet';

/** Slots looked at until the one that speaks of a state, that one included. */
function probesOf(index: u32): u32 {
  const hash = fingerprint(stateAt(index), load<u32>(CONTROL_PACKED_BYTES));
  const buckets = load<u32>(CONTROL_BUCKETS);
  const table = <usize>load<u32>(CONTROL_TABLE);
  const top = <usize>load<u32>(CONTROL_TOP);
  const place = (hash >> 32) * <u64>buckets;
  const first = <usize>(<u32>place >> 29);
  let bucket = table + <usize>(place >> 32) * BUCKET_BYTES;
  for (let probe: u32 = 0; probe < buckets; ++probe) {
    for (let slot: usize = 0; slot < <usize>BUCKET_SLOTS; ++slot) {
      const seen = <u32>atomic.load<u64>(bucket + (((first + slot) & 7) << 3));
      if (seen == index + 1) return probe * BUCKET_SLOTS + <u32>slot + 1;
    }
    bucket += BUCKET_BYTES;
    if (bucket == top) bucket = table;
  }
  return 0;
}

/**
 * Counts states by the slots looked at to find them: every `step`-th one, from index `first` on.
 *
 * @param to room for `lengths` words, zeroed: number n for n slots, the last for all longer ways.
 */
export function countProbes(first: u32, step: u32, to: usize, lengths: u32): void {
  enter(0);
  const found = load<u32>(CONTROL_FOUND);
  for (let index = first; index < found; index += step) {
    const at = to + ((<usize>min(probesOf(index), lengths - 1)) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
}
