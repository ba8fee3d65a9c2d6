/**
 * What is predicted of missed states, against made-up states that are really thrown at a store.
 */
import { describe, expect, it } from 'vitest';
import { bitstateOmission, fingerprintOmission } from '../../src/engine/omission.ts';

/** A well-mixed 64-bit number for each counter: SplitMix64. */
function mixed(counter: bigint): bigint {
  const mask = (1n << 64n) - 1n;
  let word = (counter * 0x9e3779b97f4a7c15n) & mask;
  word = ((word ^ (word >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
  word = ((word ^ (word >> 27n)) * 0x94d049bb133111ebn) & mask;
  return word ^ (word >> 31n);
}

/** States found of `count` different ones, when a store tells whether one is new. */
function found(count: number, isNew: (hash: bigint) => boolean): number {
  let sum = 0;
  for (let state = 1; state <= count; state += 1) if (isNew(mixed(BigInt(state)))) sum += 1;
  return sum;
}

/** Five standard deviations of a Poisson number. */
const within = (expected: number): number => 5 * Math.sqrt(expected) + 1;

describe('the predicted number of missed states', () => {
  it.each([
    { count: 20_000, bits: 16 },
    { count: 60_000, bits: 16 },
    { count: 60_000, bits: 20 },
    { count: 60_000, bits: 24 },
  ])('is that of $count fingerprints of $bits bits', ({ count, bits }) => {
    const kept = new Set<bigint>();
    const distinct = found(count, (hash) => {
      const before = kept.size;
      kept.add(hash >> BigInt(64 - bits));
      return kept.size > before;
    });

    const { expected } = fingerprintOmission(distinct, bits);

    expect(Math.abs(count - distinct - expected)).toBeLessThan(within(expected));
  });

  it.each([
    { count: 60_000, words: 16_384, draws: 3 },
    { count: 60_000, words: 65_536, draws: 3 },
    { count: 60_000, words: 65_536, draws: 2 },
    { count: 30_000, words: 100_000, draws: 4 },
  ])('is that of $count states with $draws bits in $words words', ({ count, words, draws }) => {
    const array = new BigUint64Array(words);
    const distinct = found(count, (hash) => {
      const word = Number(((hash >> 32n) * BigInt(words)) >> 32n);
      let mask = 0n;
      for (let draw = 0; draw < draws; draw += 1) mask |= 1n << ((hash >> BigInt(draw * 6)) & 63n);
      const before = array[word] ?? 0n;
      array[word] = before | mask;
      return (before & mask) !== mask;
    });

    const { expected } = bitstateOmission(distinct, words, draws);

    expect(Math.abs(count - distinct - expected)).toBeLessThan(within(expected));
  });

  it('is n² / 2^(b + 1) where states are few beside the fingerprints', () => {
    const { expected, probability } = fingerprintOmission(1e8, 64);

    expect(expected / (1e16 / 2 ** 65)).toBeCloseTo(1, 6);
    expect(probability / expected).toBeCloseTo(1, 3);
  });

  it('is smooth where the series gives way to the logarithm', () => {
    const below = fingerprintOmission(2 ** 32 * 0.9999e-4, 32).expected;
    const above = fingerprintOmission(2 ** 32 * 1.0001e-4, 32).expected;

    expect(above / below).toBeCloseTo((1.0001 / 0.9999) ** 2, 6);
  });

  it('is nothing without states, and all when no fingerprint is left', () => {
    expect(fingerprintOmission(0, 64)).toEqual({ expected: 0, probability: 0 });
    expect(bitstateOmission(0, 100, 3)).toEqual({ expected: 0, probability: 0 });
    expect(fingerprintOmission(2 ** 16, 16).probability).toBe(1);
    expect(bitstateOmission(6000, 100, 3).probability).toBe(1);
  });
});
