/** The engine's own search, reduced: as the whole search, but for the number of states. */
import { describe, expect, it } from 'vitest';
import { FAIL_SYMMETRY } from '../../assembly/layout.js';
import { compileModel } from '../../src/compile/scenario.js';
import type { Engine, SearchResult } from '../../src/engine/engine.js';
import { type KernelEngineOptions, openKernelEngine } from '../../src/kernelEngine.js';
import type { Model } from '../../src/model/model.js';
import { executedTrace } from '../../src/verdict/executed.js';
import { checkAll, MODEL_FILES, modelNamed } from '../explore/models.ts';
import { modelOf } from '../support/run.ts';
import { CASES } from './cases.ts';
import { WAITS_AMONG_DEVICES } from './refusals.ts';

interface Searched {
  readonly engine: Engine;
  readonly result: SearchResult;
}

async function search(
  model: Model,
  symmetry: boolean,
  options: KernelEngineOptions = {},
): Promise<Searched> {
  const { states, depth } = model.limits;
  const limits = { states: states ?? undefined, depth: depth ?? undefined };
  const engine = openKernelEngine(compileModel(model, { symmetry }), { limits, ...options });
  return { engine, result: await engine.search() };
}

const renamingsOf = (model: Model): number =>
  compileModel(model, { symmetry: true }).symmetry?.renamings.length ?? 0;

const MODELS: readonly (readonly [string, Model])[] = [
  ...MODEL_FILES.map((name) => [name, checkAll(modelNamed(name))] as const).filter(
    ([, model]) => renamingsOf(model) > 0,
  ),
  ...CASES.map(({ name, text }) => [name, checkAll(modelOf(text))] as const),
];

describe('with symmetry the same is violated at the same depth, and', () => {
  it.each(MODELS)('%s', async (_, model) => {
    const whole = await search(model, false);
    const { engine, result } = await search(model, true);

    expect(result.violations).toEqual(whole.result.violations);
    expect(result.depth).toBe(whole.result.depth);
    expect(result.distinctStates).toBeLessThanOrEqual(whole.result.distinctStates);
    const most = result.distinctStates * (renamingsOf(model) + 1);
    expect(most).toBeGreaterThanOrEqual(whole.result.distinctStates);
    for (const { property, depth } of result.violations) {
      const found = await engine.traceTo(property);
      if (found === null) throw new Error(`property ${property} has no trace`);
      const { initial, ordinals } = executedTrace(engine, found);
      // Taken again in an engine that knows of no symmetry.
      const { replay } = whole.engine;
      replay.initial(initial);
      for (const ordinal of ordinals) expect(replay.take(ordinal)).toBeGreaterThanOrEqual(0);
      expect(ordinals).toHaveLength(depth);
      expect(replay.violated() & (2 ** property)).not.toBe(0);
    }
  });
});

it('any number of workers finds the same classes', async () => {
  const model = modelNamed('lifecycle/any-one-device-step.yaml');
  const one = await search(model, true);
  const two = await search(model, true, { workers: 2, parallelFrom: 0 });

  expect(one.result.distinctStates).toBe(76_875);
  const { seconds: _one, memoryBytes: _first, ...numbers } = one.result;
  const { seconds: _two, memoryBytes: _second, ...others } = two.result;
  expect(others).toEqual(numbers);
});

it('a search in which devices turn out not to be alike ends with FAIL_SYMMETRY', async () => {
  await expect(search(modelOf(WAITS_AMONG_DEVICES), true)).rejects.toMatchObject({
    code: FAIL_SYMMETRY,
  });
});
