/** What keeps things apart that look alike: found by compiling a model, or while it is searched. */
import { describe, expect, it } from 'vitest';
import { FAIL_SYMMETRY } from '../../assembly/layout.js';
import { CONTROL_ERROR } from '../../assembly/search/layout.js';
import { compileModel } from '../../src/compile/scenario.js';
import { modelOf } from '../support/run.ts';
import { openReduced } from './reduced.ts';
import { REFUSALS, WAITS_AMONG_DEVICES } from './refusals.ts';

describe('devices are kept apart, and it is said why, by', () => {
  it.each(REFUSALS)('%s', (_, text, reason) => {
    const { symmetry } = compileModel(modelOf(text), { symmetry: true });

    expect(symmetry?.refused).toEqual([reason]);
    expect(symmetry?.renamings).toEqual([]);
  });
});

it('without the option nothing is looked for', () => {
  expect(compileModel(modelOf(WAITS_AMONG_DEVICES)).symmetry).toBeNull();
});

it('a thread that waits on its way over devices ends the search', () => {
  const { engine, canonical, scenario } = openReduced(modelOf(WAITS_AMONG_DEVICES));
  expect(scenario.symmetry?.like).toContainEqual(['dax0.0', 'dax1.0']);
  const open = [...engine.successors.initial()];
  const found = new Set<string>();
  const visit = (): void => {
    for (const state of open) {
      const key = Buffer.from(canonical(state)).toString('latin1');
      if (found.has(key)) continue;
      found.add(key);
      for (const next of engine.successors.expand(state).successors) open.push(next.state);
    }
  };

  expect(visit).toThrow(WebAssembly.RuntimeError);
  const error = new DataView(engine.memory.buffer).getInt32(CONTROL_ERROR, true);
  expect(error).toBe(FAIL_SYMMETRY);
});

it('where that has been found, threads alone are alike', () => {
  const { symmetry } = compileModel(modelOf(WAITS_AMONG_DEVICES), { symmetry: 'threads' });

  expect(symmetry?.refused).toEqual(['devices are not alike: a thread waits on its way over them']);
  expect(symmetry?.like.flat()).not.toContain('dax0.0');
});
