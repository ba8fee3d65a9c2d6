// Choices that a step leaves open: which of several answers the model allows. The enumeration of
// successors visits every combination, in a fixed order.

import { systemScratch } from './control';
import { must } from './fail';
import { CHOICES_AT, CHOICES_MAX } from './layout';

const FAIL_CHOICES: i32 = 108;

/** Choices taken so far in this successor, and how many are prescribed. */
export let choiceDepth: u32 = 0;
export let choiceCount: u32 = 0;

/** Whether a repeated step offered another number of answers at a choice than it did before. */
export let choicesDiffer: bool = false;

export function restartChoices(): void {
  choiceDepth = 0;
}

export function forgetChoices(): void {
  choiceDepth = 0;
  choiceCount = 0;
}

/** What was picked at a choice, u8, and of how many, u8. */
function choice(depth: u32): usize {
  return systemScratch() + CHOICES_AT + ((<usize>depth) << 1);
}

/**
 * Picks one of `count` answers (at most 255) that the model allows; the enumeration visits all of
 * them.
 */
export function choose(count: u32): u32 {
  if (count <= 1) return 0;
  must(choiceDepth < <u32>CHOICES_MAX && count < 256, FAIL_CHOICES);
  const at = choice(choiceDepth);
  if (choiceDepth == choiceCount) {
    choiceCount++;
    store<u8>(at, 0);
    store<u8>(at, count, 1);
  } else if (<u32>load<u8>(at, 1) != count) choicesDiffer = true;
  choiceDepth++;
  return load<u8>(at);
}

/** Moves on to the next combination of choices; false when all have been visited. */
export function nextChoices(): bool {
  while (choiceCount > 0) {
    const at = choice(choiceCount - 1);
    const taken = <u32>load<u8>(at) + 1;
    if (taken < <u32>load<u8>(at, 1)) {
      store<u8>(at, taken);
      return true;
    }
    choiceCount--;
  }
  return false;
}

/** Copies the choices to a place with room for all of them, and how many were taken. */
export function saveChoices(to: usize): void {
  store<u32>(to, choiceDepth);
  store<u32>(to, choiceCount, 4);
  memory.copy(to + 8, choice(0), (<usize>choiceCount) << 1);
}

/** Copies the choices that were taken from number `first` on, as those of a step of its own. */
export function saveChoicesFrom(first: u32, to: usize): void {
  const count = choiceDepth - first;
  store<u32>(to, 0);
  store<u32>(to, count, 4);
  memory.copy(to + 8, choice(first), (<usize>count) << 1);
}

/** Puts saved choices back: a step that begins anew repeats them. */
export function restoreChoices(from: usize): void {
  choiceDepth = load<u32>(from);
  choiceCount = load<u32>(from, 4);
  choicesDiffer = false;
  memory.copy(choice(0), from + 8, (<usize>choiceCount) << 1);
}
