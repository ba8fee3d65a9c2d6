// The visited set: exact, lock-free, insert-only. Open addressing over 64-byte buckets of eight
// slots.
//
//   slot   63            32 31             0
//          |      tag      |  index + 1     |      0: empty
//
// The state itself lies in the arena at `index` and is written before its slot is; the tag (32 bits
// of the hash) saves most comparisons. Every worker scans the slots of a state in the same order
// and a slot never becomes empty again, so of two workers with equal states one loses the
// compare-and-swap, or sees the slot, and finds the other's state. A load comes first: most
// successors are known, and a read is cheap. The table grows only while all workers stand at a
// barrier (barrier.ts).
import { fail } from '../fail';
import { copyState, fingerprint, isEqual } from './fingerprint';
import {
  BUCKET_BYTES,
  BUCKET_SLOTS,
  CONTROL_ARENA,
  CONTROL_BUCKETS,
  CONTROL_TABLE,
  CONTROL_TOP,
  FAIL_LOOKUP,
  FAIL_TABLE_FULL,
} from './layout';

/** What find() returns for a state that is not in the set. */
export const NOT_FOUND: u32 = 0xffffffff;

/** Returns the address of state number `index`. */
export function stateAt(index: u32, bytes: u32): usize {
  return <usize>load<u32>(CONTROL_ARENA) + <usize>index * <usize>bytes;
}

/**
 * Adds a state to the set, at arena place `index` when it is new.
 *
 * @param state its address: the place itself, or anywhere else, and then it is copied to the place.
 * @param hash its fingerprint.
 * @returns true when it was not there before; false when an equal state was, and the place is free
 * still. Several workers may call it at once. Fails with FAIL_TABLE_FULL when every slot is taken:
 * a bug, because places are given out only while the table has room.
 */
export function insert(state: usize, hash: u64, index: u32, bytes: u32): bool {
  const buckets = load<u32>(CONTROL_BUCKETS);
  const table = <usize>load<u32>(CONTROL_TABLE);
  const arena = <usize>load<u32>(CONTROL_ARENA);
  const top = <usize>load<u32>(CONTROL_TOP);
  const place = (hash >> 32) * <u64>buckets;
  const entry = (hash << 32) | <u64>(index + 1);
  const first = <usize>(<u32>place >> 29);
  let bucket = table + <usize>(place >> 32) * BUCKET_BYTES;
  for (let probe: u32 = 0; probe < buckets; ++probe) {
    for (let slot: usize = 0; slot < <usize>BUCKET_SLOTS; ++slot) {
      const at = bucket + (((first + slot) & 7) << 3);
      let seen = atomic.load<u64>(at);
      if (seen == 0) {
        // All bytes are in their place before any other worker can find them.
        copyState(arena + <usize>index * <usize>bytes, state, bytes);
        seen = atomic.cmpxchg<u64>(at, 0, entry);
        if (seen == 0) return true;
      }
      if ((seen ^ entry) >> 32 == 0) {
        const other = arena + (<usize>(<u32>seen) - 1) * <usize>bytes;
        if (isEqual(other, state, bytes)) return false;
      }
    }
    bucket += BUCKET_BYTES;
    if (bucket == top) bucket = table;
  }
  fail(FAIL_TABLE_FULL);
  return false;
}

/**
 * Reads the slot where the search for a state begins, so that its cache line is on its way before
 * insert() needs it. Returns what it read, which the caller must use for something.
 */
export function touchSlot(hash: u64): u64 {
  const place = (hash >> 32) * <u64>load<u32>(CONTROL_BUCKETS);
  const bucket = <usize>load<u32>(CONTROL_TABLE) + <usize>(place >> 32) * BUCKET_BYTES;
  return load<u64>(bucket + ((<usize>(<u32>place >> 29)) << 3));
}

/**
 * Reads the state that the first slot speaks of: most likely the one that insert() will compare
 * with. Without a branch on the tag, because a branch would wait for the slot, and the states of a
 * batch one after the other. Returns what it read, as touchSlot() does, and after it.
 */
export function touchState(hash: u64, bytes: u32): u64 {
  const seen = <u32>touchSlot(hash);
  return load<u64>(stateAt(seen - u32(seen != 0), bytes));
}

/**
 * Finds the slot of a state: its address, or 0. An `index` other than NOT_FOUND asks for that very
 * place.
 */
function slotOf(state: usize, bytes: u32, index: u32): usize {
  const hash = fingerprint(state, bytes);
  const buckets = load<u32>(CONTROL_BUCKETS);
  const table = <usize>load<u32>(CONTROL_TABLE);
  const top = <usize>load<u32>(CONTROL_TOP);
  const place = (hash >> 32) * <u64>buckets;
  const tag = <u32>hash;
  const first = <usize>(<u32>place >> 29);
  let bucket = table + <usize>(place >> 32) * BUCKET_BYTES;
  for (let probe: u32 = 0; probe < buckets; ++probe) {
    for (let slot: usize = 0; slot < <usize>BUCKET_SLOTS; ++slot) {
      const at = bucket + (((first + slot) & 7) << 3);
      const seen = atomic.load<u64>(at);
      if (seen == 0) return 0;
      if (<u32>(seen >> 32) != tag) continue;
      const found = <u32>seen - 1;
      if (index != NOT_FOUND ? found == index : isEqual(stateAt(found, bytes), state, bytes)) {
        return at;
      }
    }
    bucket += BUCKET_BYTES;
    if (bucket == top) bucket = table;
  }
  return 0;
}

/** Looks a state up: its index, or NOT_FOUND. */
export function find(state: usize, bytes: u32): u32 {
  const at = slotOf(state, bytes, NOT_FOUND);
  return at == 0 ? NOT_FOUND : <u32>atomic.load<u64>(at) - 1;
}

/** Moves a state of the set to another place of the arena. Only while no other worker runs. */
export function relocate(from: u32, to: u32, bytes: u32): void {
  const source = stateAt(from, bytes);
  const at = slotOf(source, bytes, from);
  if (at == 0) fail(FAIL_LOOKUP);
  memory.copy(stateAt(to, bytes), source, bytes);
  const tag = atomic.load<u64>(at) & 0xffffffff00000000;
  atomic.store<u64>(at, tag | <u64>(to + 1));
}
