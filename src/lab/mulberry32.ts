/**
 * Random numbers that are the same in every run: Mulberry32 (Tommy Ettinger's, 32 bits of state),
 * small, the same everywhere, and good enough to choose among some hundred commands.
 */

/** Makes a generator of numbers from 0 to 2^32 - 1. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}
