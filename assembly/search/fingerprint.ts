// A 64-bit hash of a state's bytes. It only chooses the place in the table: states are compared in
// full, so a collision costs a comparison and never a state. Multiply and rotate by words (in the
// manner of FxHash), in four lanes that do not wait for one another, with the finishing steps of
// MurmurHash3 (public domain), because the table uses the high bits.

const SEED: u64 = 0x9e3779b97f4a7c15;
const FACTOR: u64 = 0xff51afd7ed558ccd;
const FINISH: u64 = 0xc4ceb9fe1a85ec53;
/** What the lanes take at once. */
const LANES_BYTES: usize = 32;

function mix(hash: u64, word: u64): u64 {
  return rotl<u64>((hash ^ word) * FACTOR, 32);
}

/**
 * Computes the hash of a state.
 *
 * @param state address, aligned to 8.
 * @param bytes a multiple of 8.
 */
export function fingerprint(state: usize, bytes: u32): u64 {
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
  let hash = mix(mix(mix(first, second), third), fourth);
  hash ^= hash >> 29;
  hash *= FINISH;
  return hash ^ (hash >> 32);
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
