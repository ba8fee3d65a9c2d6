// A 64-bit hash of a state's bytes. It only chooses the place in the table: states are compared in
// full, so a collision costs a comparison and never a state. Multiply and rotate by words (in the
// manner of FxHash), in four lanes that do not wait for one another, with the finishing steps of
// MurmurHash3 (public domain), because the table uses the high bits. Up to four words are each
// multiplied once, by factors of their own, and added up.

const SEED: u64 = 0x9e3779b97f4a7c15;
const FACTOR: u64 = 0xff51afd7ed558ccd;
/** Factors of the second to the fourth word: odd, with about as many ones as zeros. */
const SECOND: u64 = 0x9fb21c651e98df25;
const THIRD: u64 = 0xd6e8feb86659fd93;
const FOURTH: u64 = 0xa0761d6478bd642f;
const FINISH: u64 = 0xc4ceb9fe1a85ec53;
/** What the lanes take at once. */
const LANES_BYTES: usize = 32;

function mix(hash: u64, word: u64): u64 {
  return rotl<u64>((hash ^ word) * FACTOR, 32);
}

/** Makes every bit of a hash depend on all. */
function finish(hash: u64): u64 {
  hash ^= hash >> 29;
  hash *= FINISH;
  return hash ^ (hash >> 32);
}

/** The hash of at most four words. */
function narrow(state: usize, bytes: u32): u64 {
  let hash = rotl<u64>((load<u64>(state) ^ SEED) * FACTOR, 32);
  if (bytes > 8) hash += rotl<u64>((load<u64>(state, 8) ^ FINISH) * SECOND, 31);
  if (bytes > 16) hash += rotl<u64>((load<u64>(state, 16) ^ SEED) * THIRD, 30);
  if (bytes > 24) hash += rotl<u64>((load<u64>(state, 24) ^ FINISH) * FOURTH, 29);
  return finish(hash);
}

/**
 * Computes the hash of a state.
 *
 * @param state address, aligned to 8.
 * @param bytes a multiple of 8.
 */
export function fingerprint(state: usize, bytes: u32): u64 {
  if (bytes <= <u32>LANES_BYTES) return narrow(state, bytes);
  let first = SEED;
  let second = FINISH;
  let third = ~SEED;
  let fourth = ~FINISH;
  let at = state;
  const end = state + <usize>bytes;
  for (const last = end - (<usize>bytes % LANES_BYTES); at < last; at += LANES_BYTES) {
    first = mix(first, load<u64>(at));
    second = mix(second, load<u64>(at, 8));
    third = mix(third, load<u64>(at, 16));
    fourth = mix(fourth, load<u64>(at, 24));
  }
  for (; at < end; at += 8) first = mix(first, load<u64>(at));
  return finish(mix(mix(mix(first, second), third), fourth));
}

/** Tells whether two states have the same bytes; both aligned to 8, `bytes` a multiple of 8. */
export function isEqual(left: usize, right: usize, bytes: u32): bool {
  const last = <usize>bytes & ~15;
  let at: usize = 0;
  for (; at < last; at += 16) {
    if (v128.any_true(v128.xor(v128.load(left + at), v128.load(right + at)))) return false;
  }
  return at == <usize>bytes || load<u64>(left + at) == load<u64>(right + at);
}

/**
 * Copies a state, 16 bytes at a time: states are too short for what a call to memory.copy costs.
 */
export function copyState(to: usize, from: usize, bytes: u32): void {
  if (to == from) return;
  const last = <usize>bytes & ~15;
  let at: usize = 0;
  for (; at < last; at += 16) v128.store(to + at, v128.load(from + at));
  if (at < <usize>bytes) store<u64>(to + at, load<u64>(from + at));
}
