/** What is asked of every renaming: that it and a step can change places. */
import { expect } from 'vitest';
import { GLOBAL_BROKEN_ABOUT_OFFSET } from '../../assembly/layout.js';
import type { Renaming } from '../../src/compile/symmetry/renaming.js';
import { renameNaively } from './naive.ts';
import type { Reduced } from './reduced.ts';

/** A text that is equal for equal states. */
export const keyOf = (state: Uint8Array): string => Buffer.from(state).toString('latin1');

/** Every reachable state, found without any reduction. */
export function reachable({ engine }: Reduced): readonly Uint8Array[] {
  const found = new Map<string, Uint8Array>();
  const open = [...engine.successors.initial()];
  for (const state of open) {
    if (found.has(keyOf(state))) continue;
    found.set(keyOf(state), state);
    for (const next of engine.successors.expand(state).successors) open.push(next.state);
  }
  return [...found.values()];
}

/** Without what a broken promise speaks of, where devices are renamed. */
export function withoutAbout(state: Uint8Array, { devices }: Renaming): Uint8Array {
  const bytes = Uint8Array.from(state);
  if (devices.some((to, from) => to !== from)) bytes[GLOBAL_BROKEN_ABOUT_OFFSET] = 0;
  return bytes;
}

/** A state does renamed what it does: the same steps, renamed, and the same properties. */
export function expectAlike({ scenario, engine }: Reduced, state: Uint8Array): void {
  const { successors } = engine;
  const { finished, successors: next } = successors.expand(state);
  for (const renaming of scenario.symmetry?.renamings ?? []) {
    const image = renameNaively(scenario, renaming, state);
    const other = successors.expand(image);
    expect(successors.check(image)).toBe(successors.check(state));
    expect(other.finished).toBe(finished);
    const wanted = next.map((one) => keyOf(renameNaively(scenario, renaming, one.state)));
    const made = other.successors.map((one) => keyOf(withoutAbout(one.state, renaming)));
    expect(made.sort()).toEqual(wanted.sort());
  }
}

/** The representative is one of the state's images, and that of each of them. */
export function expectOneRepresentative(reduced: Reduced, state: Uint8Array): void {
  const { scenario, canonical } = reduced;
  const all = scenario.symmetry?.renamings ?? [];
  const representative = keyOf(canonical(state));
  const images = all.map((renaming) => renameNaively(scenario, renaming, state));
  for (const image of images) expect(keyOf(canonical(image))).toBe(representative);
  const own = all.map((renaming) => keyOf(withoutAbout(state, renaming)));
  expect([...own, ...images.map(keyOf)]).toContain(representative);
}
