// A visited set: exact, lock-free, insert-only. Open addressing over 64-byte buckets of eight
// slots.
//
//   slot   63            32 31             0
//          |      tag      |  index + 1     |      0: empty
//
// A member itself lies in the set's arena at `index` and is written before its slot is; the tag (32
// bits of the hash) saves most comparisons. Every worker scans the slots of a member in the same
// order and a slot never becomes empty again, so of two workers with equal members one loses the
// compare-and-swap, or sees the slot, and finds the other's. A load comes first: most successors
// are known, and a read is cheap. A table grows only while all workers stand at a barrier
// (barrier.ts). There are two sets: SET_STATES, and SET_PARTS for the parts of packed states.
import { fail } from '../fail';
import { copyState, fingerprint, isEqual } from './fingerprint';
import {
  BUCKET_BYTES,
  BUCKET_SLOTS,
  CONTROL_ARENA,
  CONTROL_BUCKETS,
  CONTROL_PACKED_BYTES,
  CONTROL_TABLE,
  FAIL_LOOKUP,
  FAIL_TABLE_FULL,
  SET_ARENA,
  SET_BUCKETS,
  SET_STATES,
  SET_TABLE,
  SET_TOP,
} from './layout';
import { isLossy } from './lossy';

/** The index of what is not in the set. */
export const NOT_FOUND: u32 = 0xffffffff;

/** Returns the address of packed state number `index`. */
export function stateAt(index: u32): usize {
  return <usize>load<u32>(CONTROL_ARENA) + <usize>index * <usize>load<u32>(CONTROL_PACKED_BYTES);
}

/**
 * Finds a member, or adds it at arena place `fresh`.
 *
 * @param set SET_STATES or SET_PARTS.
 * @param member its address: the place itself, or anywhere else, and then it is copied there.
 * @param hash its fingerprint.
 * @param fresh a place of the caller's; NOT_FOUND to add nothing.
 * @returns its index: `fresh` when it was new, and otherwise the place is free still; NOT_FOUND
 * when it is not in the set and none was to be added. Several workers may call it at once. Fails
 * with FAIL_TABLE_FULL when every slot is taken: a bug, because places are given out only while the
 * table has room.
 */
export function place(set: usize, member: usize, hash: u64, fresh: u32, bytes: u32): u32 {
  const buckets = load<u32>(set, SET_BUCKETS);
  const table = <usize>load<u32>(set, SET_TABLE);
  const arena = <usize>load<u32>(set, SET_ARENA);
  const top = <usize>load<u32>(set, SET_TOP);
  const where = (hash >> 32) * <u64>buckets;
  const entry = (hash << 32) | <u64>(fresh + 1);
  const first = <usize>(<u32>where >> 29);
  let bucket = table + <usize>(where >> 32) * BUCKET_BYTES;
  for (let probe: u32 = 0; probe < buckets; ++probe) {
    for (let slot: usize = 0; slot < <usize>BUCKET_SLOTS; ++slot) {
      const at = bucket + (((first + slot) & 7) << 3);
      let seen = atomic.load<u64>(at);
      if (seen == 0) {
        if (fresh == NOT_FOUND) return NOT_FOUND;
        // All bytes are in their place before any other worker can find them.
        copyState(arena + <usize>fresh * <usize>bytes, member, bytes);
        seen = atomic.cmpxchg<u64>(at, 0, entry);
        if (seen == 0) return fresh;
      }
      if ((seen ^ entry) >> 32 == 0) {
        const index = <u32>seen - 1;
        if (isEqual(arena + <usize>index * <usize>bytes, member, bytes)) return index;
      }
    }
    bucket += BUCKET_BYTES;
    if (bucket == top) bucket = table;
  }
  if (fresh != NOT_FOUND) fail(FAIL_TABLE_FULL);
  return NOT_FOUND;
}

/** Adds a packed state at arena place `index`: true when it was not there before. */
export function insert(state: usize, hash: u64, index: u32, bytes: u32): bool {
  return place(SET_STATES, state, hash, index, bytes) == index;
}

/** Puts states of the arena into the table, from index `from` up to and without `to`. */
export function insertRange(from: u32, to: u32): void {
  const bytes = load<u32>(CONTROL_PACKED_BYTES);
  for (let index = from; index < to; ++index) {
    const state = stateAt(index);
    insert(state, fingerprint(state, bytes), index, bytes);
  }
}

/** Looks a packed state up: its index, or NOT_FOUND. */
export function find(state: usize): u32 {
  const bytes = load<u32>(CONTROL_PACKED_BYTES);
  return place(SET_STATES, state, fingerprint(state, bytes), NOT_FOUND, bytes);
}

/**
 * Reads the slot where the search for a state begins, so that its cache line is on its way before
 * insert() needs it. Returns what it read, which the caller must use for something.
 */
export function touchSlot(hash: u64): u64 {
  const where = (hash >> 32) * <u64>load<u32>(CONTROL_BUCKETS);
  const bucket = <usize>load<u32>(CONTROL_TABLE) + <usize>(where >> 32) * BUCKET_BYTES;
  return load<u64>(bucket + ((<usize>(<u32>where >> 29)) << 3));
}

/**
 * Looks at all slots of the bucket where the search for a state begins at once: the index + 1 of
 * the one with the tag of its hash, which is most likely equal to it, or 0.
 *
 * What it reads at once is no atomic load; the slot is read again, and whoever asks compares.
 */
export function likely(hash: u64): u32 {
  const where = (hash >> 32) * <u64>load<u32>(CONTROL_BUCKETS);
  const bucket = <usize>load<u32>(CONTROL_TABLE) + <usize>(where >> 32) * BUCKET_BYTES;
  const tag = i32x4.splat(<i32>hash);
  const low = v128.shuffle<i32>(v128.load(bucket), v128.load(bucket, 16), 1, 3, 5, 7);
  const high = v128.shuffle<i32>(v128.load(bucket, 32), v128.load(bucket, 48), 1, 3, 5, 7);
  const equal = i32x4.bitmask(i32x4.eq(low, tag)) | (i32x4.bitmask(i32x4.eq(high, tag)) << 4);
  if (equal == 0) return 0;
  const slot = atomic.load<u64>(bucket + ((<usize>ctz<i32>(equal)) << 3));
  return <u32>(slot >> 32) == <u32>hash ? <u32>slot : 0;
}

/** Moves a state of the set to another place of the arena. Only while no other worker runs. */
export function relocate(from: u32, to: u32): void {
  const bytes = load<u32>(CONTROL_PACKED_BYTES);
  const source = stateAt(from);
  if (isLossy()) {
    memory.copy(stateAt(to), source, bytes);
    return;
  }
  const hash = fingerprint(source, bytes);
  const at = slotOnWay(hash, stepsTo(hash, from));
  memory.copy(stateAt(to), source, bytes);
  const tag = atomic.load<u64>(at) & 0xffffffff00000000;
  atomic.store<u64>(at, tag | <u64>(to + 1));
}

/** A slot on the way that place() takes through the table of states: the first one is number 0. */
function slotOnWay(hash: u64, step: u32): usize {
  const buckets = load<u32>(CONTROL_BUCKETS);
  const where = (hash >> 32) * <u64>buckets;
  const bucket = (<u32>(where >> 32) + step / BUCKET_SLOTS) % buckets;
  const slot = ((<u32>where >> 29) + step) % BUCKET_SLOTS;
  return <usize>load<u32>(CONTROL_TABLE) + <usize>bucket * BUCKET_BYTES + ((<usize>slot) << 3);
}

/** How many slots lie before the one that holds an index, on the way of its state's hash. */
export function stepsTo(hash: u64, index: u32): u32 {
  const slots = load<u32>(CONTROL_BUCKETS) * BUCKET_SLOTS;
  for (let step: u32 = 0; step < slots; ++step) {
    if (<u32>atomic.load<u64>(slotOnWay(hash, step)) == index + 1) return step;
  }
  fail(FAIL_LOOKUP);
  return 0;
}
