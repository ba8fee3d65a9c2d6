// Visited sets that keep less than a state: a fingerprint of 64 or 128 bits, or a few bits of one
// word (bitstate). Two states of which the same is kept are taken for one, and what only the second
// one leads to may be missed: src/engine/omission.ts says how likely that is.
//
//   fingerprint       64-byte buckets of eight fingerprints, 0: empty; open addressing
//   fingerprint-128   64-byte buckets of four pairs; the second word follows the first
//   bitstate          words; a state is DRAWS bits of one word
//
// Of two workers with equal states one loses the compare-and-swap, or sees the other's bits in what
// the atomic or gives back: so exactly one finds the state new.
import { fail } from '../fail';
import {
  BUCKET_BYTES,
  CONTROL_BUCKETS,
  CONTROL_HASH_MASK,
  CONTROL_STATE_BYTES,
  CONTROL_STORAGE,
  CONTROL_TABLE,
  CONTROL_TOP,
  CONTROL_UNPACKED,
  FAIL_TABLE_FULL,
  STORAGE_BITSTATE,
  STORAGE_BITSTATE_DRAWS,
  STORAGE_FINGERPRINT,
  STORAGE_FINGERPRINT_128,
  UNPACKED_BYTES,
} from './layout';

const SEED: u64 = 0x243f6a8885a308d3;
const SECOND_SEED: u64 = 0xa4093822299f31d0;
const FACTOR: u64 = 0xff51afd7ed558ccd;
const FINISH: u64 = 0xc4ceb9fe1a85ec53;

/**
 * One word into a lane: the finishing steps of MurmurHash3 (public domain). High bits come down
 * before the second product, so that no bit of one word can be undone by a bit of another.
 */
function mix(lane: u64, word: u64): u64 {
  let sum = (lane ^ word) * FACTOR;
  sum ^= sum >> 32;
  sum *= FINISH;
  return sum ^ (sum >> 29);
}

/**
 * Computes the hash that stands for a state. Stronger, and dearer, than the one that only chooses a
 * place (fingerprint.ts).
 *
 * @param state address of the state, unpacked, aligned to 8; `bytes` a multiple of 8.
 */
function hashOf(state: usize, bytes: u32, seed: u64): u64 {
  let first = seed;
  let second = seed + FACTOR;
  let third = seed ^ FINISH;
  let fourth = ~seed;
  let at = state;
  const end = state + <usize>bytes;
  for (const last = end - (<usize>bytes & 31); at < last; at += 32) {
    first = mix(first, load<u64>(at));
    second = mix(second, load<u64>(at, 8));
    third = mix(third, load<u64>(at, 16));
    fourth = mix(fourth, load<u64>(at, 24));
  }
  for (; at < end; at += 8) first = mix(first, load<u64>(at));
  return mix(mix(mix(first, second), third), fourth);
}

/** Tells whether states are told apart by less than their bytes. */
export function isLossy(): bool {
  return load<u32>(CONTROL_STORAGE) != 0;
}

/** Computes the hash of an unpacked state; bits that a test has taken away are 0. */
export function lossyHash(state: usize): u64 {
  return hashOf(state, load<u32>(CONTROL_STATE_BYTES), SEED) & load<u64>(CONTROL_HASH_MASK);
}

/** Reads where the search for a state begins; what it returns must be used for something. */
export function touchLossy(hash: u64): u64 {
  return load<u64>(firstPlace(hash));
}

function firstPlace(hash: u64): usize {
  const buckets = <u64>load<u32>(CONTROL_BUCKETS);
  const table = <usize>load<u32>(CONTROL_TABLE);
  if (load<u32>(CONTROL_STORAGE) == STORAGE_BITSTATE) {
    return table + ((<usize>(((hash >> 32) * (buckets << 3)) >> 32)) << 3);
  }
  return table + <usize>((spread(hash) * buckets) >> 32) * BUCKET_BYTES;
}

/** 32 bits that choose a bucket, good ones too when a test has taken bits away. */
function spread(hash: u64): u64 {
  return (hash * FACTOR) >> 32;
}

/** Notes a state: true when nothing equal was noted before. Several workers may call it at once. */
export function noteState(state: usize, hash: u64): bool {
  const storage = load<u32>(CONTROL_STORAGE);
  if (storage == STORAGE_BITSTATE) return noteBits(hash);
  const first = hash == 0 ? 1 : hash;
  if (storage == STORAGE_FINGERPRINT) return noteHash(first);
  const second = hashOf(state, load<u32>(CONTROL_STATE_BYTES), SECOND_SEED);
  return notePair(first, second == 0 ? 1 : second);
}

function noteBits(hash: u64): bool {
  let mask: u64 = 0;
  let left = <u32>hash;
  for (let draw = 0; draw < STORAGE_BITSTATE_DRAWS; ++draw) {
    mask |= (<u64>1) << (<u64>(left & 63));
    left >>= 6;
  }
  const at = firstPlace(hash);
  // A load first: most successors are known.
  if ((atomic.load<u64>(at) & mask) == mask) return false;
  return (atomic.or<u64>(at, mask) & mask) != mask;
}

function noteHash(word: u64): bool {
  const buckets = load<u32>(CONTROL_BUCKETS);
  const table = <usize>load<u32>(CONTROL_TABLE);
  const top = <usize>load<u32>(CONTROL_TOP);
  let bucket = firstPlace(word);
  for (let probe: u32 = 0; probe < buckets; ++probe) {
    for (let slot: usize = 0; slot < 64; slot += 8) {
      let seen = atomic.load<u64>(bucket + slot);
      if (seen == 0) {
        seen = atomic.cmpxchg<u64>(bucket + slot, 0, word);
        if (seen == 0) return true;
      }
      if (seen == word) return false;
    }
    bucket += BUCKET_BYTES;
    if (bucket == top) bucket = table;
  }
  fail(FAIL_TABLE_FULL);
  return false;
}

function notePair(word: u64, second: u64): bool {
  const buckets = load<u32>(CONTROL_BUCKETS);
  const table = <usize>load<u32>(CONTROL_TABLE);
  const top = <usize>load<u32>(CONTROL_TOP);
  let bucket = firstPlace(word);
  for (let probe: u32 = 0; probe < buckets; ++probe) {
    for (let slot: usize = 0; slot < 64; slot += 16) {
      let seen = atomic.load<u64>(bucket + slot);
      if (seen == 0) {
        seen = atomic.cmpxchg<u64>(bucket + slot, 0, word);
        if (seen == 0) {
          atomic.store<u64>(bucket + slot, second, 8);
          return true;
        }
      }
      if (seen != word) continue;
      // Whoever took the first word writes the second one next.
      let other: u64 = 0;
      do other = atomic.load<u64>(bucket + slot, 8);
      while (other == 0);
      if (other == second) return false;
    }
    bucket += BUCKET_BYTES;
    if (bucket == top) bucket = table;
  }
  fail(FAIL_TABLE_FULL);
  return false;
}

/** Members that a table may have before it grows, at a share of so many sixteenths. */
export function lossyRoom(buckets: u32, sixteenths: u32): u32 {
  const storage = load<u32>(CONTROL_STORAGE);
  // Bits never fill up: the search only gets worse, and says so.
  if (storage == STORAGE_BITSTATE) return 0xffffffff;
  const slots: u64 = storage == STORAGE_FINGERPRINT_128 ? 4 : 8;
  return <u32>min<u64>(0xfffffffe, (<u64>buckets * slots * sixteenths) / 16);
}

/** Buckets at the end of a table that are put aside while it grows: as UNPACKED_BYTES has room. */
const ASIDE_BUCKETS: u32 = UNPACKED_BYTES / BUCKET_BYTES;

/**
 * Moves the members of a table of `old` buckets, which ends at CONTROL_TOP, into the one of twice
 * as many that CONTROL_TABLE speaks of now. Only while all workers stand still.
 *
 *   new   |          empty          |   old, read from here on ->    | aside |
 *
 * A member of old bucket b goes to new bucket 2b or 2b + 1, which lies before what is still to be
 * read, and further before it the more is left. Only the last ones come near: those are put aside.
 */
export function growLossy(old: u32): void {
  const top = <usize>load<u32>(CONTROL_TOP);
  const aside = min(old, ASIDE_BUCKETS);
  const table = <usize>load<u32>(CONTROL_TABLE);
  const from = top - <usize>old * BUCKET_BYTES;
  const end = top - <usize>aside * BUCKET_BYTES;
  const to = <usize>load<u32>(CONTROL_UNPACKED);
  memory.fill(table, 0, from - table);
  memory.copy(to, end, top - end);
  memory.fill(end, 0, top - end);
  for (let at = from; at < end; at += BUCKET_BYTES) moveBucket(at);
  const last = to + (top - end);
  for (let at = to; at < last; at += BUCKET_BYTES) moveBucket(at);
}

/** Empties a bucket, and puts its members where they belong now. */
function moveBucket(bucket: usize): void {
  const isPair = load<u32>(CONTROL_STORAGE) == STORAGE_FINGERPRINT_128;
  const step: usize = isPair ? 16 : 8;
  for (let slot: usize = 0; slot < 64; slot += step) {
    const word = load<u64>(bucket + slot);
    if (word == 0) continue;
    store<u64>(bucket + slot, 0);
    if (isPair) {
      const second = load<u64>(bucket + slot, 8);
      store<u64>(bucket + slot, 0, 8);
      notePair(word, second);
    } else {
      noteHash(word);
    }
  }
}
