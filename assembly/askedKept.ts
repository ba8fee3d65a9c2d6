// What build/engine.coverage.wasm has in the place of asked.ts: a bit for each feature that was
// asked for. It belongs to the instance, so it tells of what this instance has expanded.
import { Feature } from './layout';

let low: u64 = 0;
let high: u64 = 0;

/** A step asks whether the kernel has a feature. */
export function asked(feature: Feature): void {
  const bit = (<u64>1) << (<u64>feature & 63);
  if (feature < 64) low |= bit;
  else high |= bit;
}

/** Forgets what has been asked. */
export function forgetAsked(): void {
  low = 0;
  high = 0;
}

/** Word number 0 to 3 of the features that were asked for, by bit. */
export function askedWord(word: u32): u32 {
  const half = word < 2 ? low : high;
  return <u32>(half >> ((<u64>(word & 1)) << 5));
}
