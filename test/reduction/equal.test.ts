/**
 * What the reductions of the order of steps must not change, on every model whose steps interleave
 * and that is small enough: the quiet states, what is violated, and which commands were seen.
 */
import { describe, expect, it } from 'vitest';
import type { Reduction } from '../../src/kernel/reductions.js';
import { modelNamed } from '../explore/models.ts';
import { findingsOf, modelsUpTo, quietDepths, searchAll } from './models.ts';

const SETS: readonly (readonly Reduction[])[] = [['por'], ['merge'], ['por', 'merge']];

const small = modelsUpTo(9000);

describe('reductions of the order of steps', () => {
  it.each(small)('find the quiet states of %s, and what it violates', async (name) => {
    const model = modelNamed(name);
    const whole = await searchAll(model, []);
    const quiet = new Set(quietDepths(whole).keys());
    for (const set of SETS) {
      const reduced = await searchAll(model, set);

      expect(reduced.result.distinctStates).toBeLessThanOrEqual(whole.result.distinctStates);
      expect(findingsOf(reduced), set.join()).toEqual(findingsOf(whole));
      expect(new Set(quietDepths(reduced).keys()), set.join()).toEqual(quiet);
    }
  });

  it.each(small)('without merging, find each quiet state of %s at its depth', async (name) => {
    const model = modelNamed(name);
    const whole = quietDepths(await searchAll(model, []));
    expect(quietDepths(await searchAll(model, ['por']))).toEqual(whole);
  });
});
