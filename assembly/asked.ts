// Which features a step asks for. Nobody wants to know in a search: nothing is kept here, and
// nothing is left of these functions. build/engine.coverage.wasm has askedKept.ts in this place.
import { Feature } from './layout';

/** A step asks whether the kernel has a feature. */
export function asked(_feature: Feature): void {}

/** Forgets what has been asked. */
export function forgetAsked(): void {}

/** Word number 0 to 3 of the features that were asked for, by bit. */
export function askedWord(_word: u32): u32 {
  return 0;
}
