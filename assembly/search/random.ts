// Pseudo-random numbers: xoshiro256** with its state filled by splitmix64 (D. Blackman and S.
// Vigna, prng.di.unimi.it, public domain). Every run of a strategy has a stream of its own, out of
// the seed and the run's number alone, so no run depends on which worker does it.
//
// The state is private to the instance; a run begins and ends within one call.

const GOLDEN: u64 = 0x9e3779b97f4a7c15;
/** Odd, and no small multiple of GOLDEN: streams of neighbouring runs do not overlap. */
const RUN_STRIDE: u64 = 0xda942042e4dd58b5;

let first: u64 = 0;
let second: u64 = 0;
let third: u64 = 0;
let fourth: u64 = 0;

/** Scrambles a word, as splitmix64 does its counter. */
export function scramble(word: u64): u64 {
  let mixed = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
  return mixed ^ (mixed >> 31);
}

/** Begins the stream of a run. */
export function seedRun(seed: u64, run: u32): void {
  const start = scramble(seed + GOLDEN) + <u64>run * RUN_STRIDE;
  first = scramble(start + GOLDEN);
  second = scramble(start + GOLDEN * 2);
  third = scramble(start + GOLDEN * 3);
  fourth = scramble(start + GOLDEN * 4);
}

/** Returns the next 64 bits of the stream. */
export function nextRandom(): u64 {
  const result = rotl<u64>(second * 5, 7) * 9;
  const shifted = second << 17;
  third ^= first;
  fourth ^= second;
  second ^= third;
  first ^= fourth;
  third ^= shifted;
  fourth = rotl<u64>(fourth, 45);
  return result;
}

/** Picks one of `count` numbers from 0 on; none is likelier than another by more than 2^-32. */
export function pick(count: u32): u32 {
  return <u32>(((nextRandom() >> 32) * <u64>count) >> 32);
}
