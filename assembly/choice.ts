// Choices that a step leaves open: which of several answers the model allows. The enumeration of
// successors visits every combination, in a fixed order.

import { must } from './fail';

const FAIL_CHOICES: i32 = 101;

/**
 * Choices taken so far in this successor, how many there were at each, and how many are prescribed.
 */
export let choiceDepth: u32 = 0;
export let choiceCount: u32 = 0;
let choiceTaken: u64 = 0;
let choiceWidth: u64 = 0;

export function restartChoices(): void {
  choiceDepth = 0;
}

export function forgetChoices(): void {
  choiceDepth = 0;
  choiceCount = 0;
  choiceTaken = 0;
  choiceWidth = 0;
}

/**
 * Picks one of `count` answers (at most 255) that the model allows; the enumeration visits all of
 * them. At most eight choices a successor: one byte each in two registers.
 */
export function choose(count: u32): u32 {
  if (count <= 1) return 0;
  const shift = (<u64>choiceDepth) << 3;
  must(choiceDepth < 8 && count < 256, FAIL_CHOICES);
  if (choiceDepth == choiceCount) {
    choiceCount++;
    const clear: u64 = ~((<u64>0xff) << shift);
    choiceTaken &= clear;
    choiceWidth = (choiceWidth & clear) | ((<u64>count) << shift);
  }
  choiceDepth++;
  return <u32>((choiceTaken >> shift) & 0xff);
}

/** Moves on to the next combination of choices; false when all have been visited. */
export function nextChoices(): bool {
  while (choiceCount > 0) {
    const shift = (<u64>(choiceCount - 1)) << 3;
    const taken = (choiceTaken >> shift) & 0xff;
    const width = (choiceWidth >> shift) & 0xff;
    if (taken + 1 < width) {
      choiceTaken += (<u64>1) << shift;
      return true;
    }
    choiceCount--;
  }
  return false;
}
