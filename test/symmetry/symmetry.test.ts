/**
 * States that a renaming makes of one another behave alike, and the reduced search keeps one of
 * each: in every reachable state of small models, against a renaming that shares nothing with the
 * engine's tables.
 */
import { describe, expect, it } from 'vitest';
import { GLOBAL_BROKEN_ABOUT_OFFSET } from '../../assembly/layout.js';
import type { Renaming } from '../../src/compile/symmetry/renaming.js';
import { searchReference } from '../../src/reference/search.js';
import { modelOf } from '../support/run.ts';
import { CASES } from './cases.ts';
import { classOf, renameNaively } from './naive.ts';
import { openReduced, type Reduced } from './reduced.ts';

const keyOf = (state: Uint8Array): string => Buffer.from(state).toString('latin1');

/** Every reachable state, found without any reduction. */
function reachable({ engine }: Reduced): readonly Uint8Array[] {
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
function withoutAbout(state: Uint8Array, { devices }: Renaming): Uint8Array {
  const bytes = Uint8Array.from(state);
  if (devices.some((to, from) => to !== from)) bytes[GLOBAL_BROKEN_ABOUT_OFFSET] = 0;
  return bytes;
}

describe.each(CASES)('$name', ({ text, renamings, refused = [] }) => {
  const reduced = openReduced(modelOf(text));
  const { scenario, engine, canonical } = reduced;
  const all = scenario.symmetry?.renamings ?? [];

  it('has its renamings', () => {
    expect(scenario.symmetry?.refused).toEqual(refused);
    expect(all).toHaveLength(renamings);
  });

  it('does renamed, in every state, what it does', () => {
    const states = reachable(reduced);
    const { successors } = engine;
    for (const state of states) {
      const { finished, successors: next } = successors.expand(state);
      for (const renaming of all) {
        const image = renameNaively(scenario, renaming, state);
        const other = successors.expand(image);
        expect(successors.check(image)).toBe(successors.check(state));
        expect(other.finished).toBe(finished);
        const wanted = next.map((one) => keyOf(renameNaively(scenario, renaming, one.state)));
        const made = other.successors.map((one) => keyOf(withoutAbout(one.state, renaming)));
        expect(made.sort()).toEqual(wanted.sort());
      }
    }
  });

  it('has one representative for each class, which is a state of it', () => {
    for (const state of reachable(reduced)) {
      const representative = keyOf(canonical(state));
      const images = all.map((renaming) => renameNaively(scenario, renaming, state));
      for (const image of images) expect(keyOf(canonical(image))).toBe(representative);
      const own = all.map((renaming) => keyOf(withoutAbout(state, renaming)));
      expect([...own, ...images.map(keyOf)]).toContain(representative);
    }
  });

  it('finds every class, and every violated property at the same depth', () => {
    const options = { stopMask: 0 };
    const whole = searchReference(engine.successors, options);
    const classes = new Set(reachable(reduced).map((state) => classOf(scenario, state)));
    const quotient = searchReference(
      {
        ...engine.successors,
        initial: () => engine.successors.initial().map(canonical),
        expand: (state) => {
          const { finished, successors } = engine.successors.expand(state);
          const next = successors.map((one) => ({ ...one, state: canonical(one.state) }));
          return { finished, successors: next };
        },
      },
      options,
    );
    expect(quotient.distinctStates).toBe(classes.size);
    expect(quotient.violations).toEqual(whole.violations);
    expect(quotient.depth).toBe(whole.depth);
    expect(quotient.distinctStates * (all.length + 1)).toBeGreaterThanOrEqual(whole.distinctStates);
  });
});
