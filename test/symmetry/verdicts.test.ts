/** Verdicts with and without symmetry: all that they say but the number of states. */
import { describe, expect, it } from 'vitest';
import { compileModel } from '../../src/compile/scenario.js';
import { explore } from '../../src/explore.js';
import type { Model } from '../../src/model/model.js';
import type { Verdict } from '../../src/verdict/trace.js';
import { MODEL_FILES, modelNamed } from '../explore/models.ts';
import { modelOf } from '../support/run.ts';
import { CASES } from './cases.ts';
import { WAITS_AMONG_DEVICES } from './refusals.ts';

/** What must not depend on a reduction. */
function answersOf(verdict: Verdict) {
  const { violations, held, vacuous, depth, exitStatus } = verdict;
  return {
    verdict: verdict.verdict,
    exitStatus,
    depth,
    held,
    vacuous,
    violations: violations.map(({ finding, steps }) => [
      finding.property,
      finding.class,
      finding.device,
      steps.length,
    ]),
  };
}

const isSymmetric = (model: Model): boolean =>
  (compileModel(model, { symmetry: true }).symmetry?.renamings.length ?? 0) > 0;

const MODELS: readonly (readonly [string, Model])[] = [
  ...MODEL_FILES.map((name) => [name, modelNamed(name)] as const).filter(([, model]) =>
    isSymmetric(model),
  ),
  ...CASES.map(({ name, text }) => [name, modelOf(text)] as const),
];

describe('the verdict is the same with symmetry', () => {
  it.each(MODELS)('%s', async (_, model) => {
    const whole = await explore(model);
    const reduced = await explore(model, { reduce: ['symmetry'] });

    expect(reduced.reductions?.on).toEqual(['symmetry']);
    expect(answersOf(reduced)).toEqual(answersOf(whole));
    expect(reduced.distinctStates).toBeLessThanOrEqual(whole.distinctStates);
  });
});

it('where devices turn out not to be alike, like threads alone reduce the search', async () => {
  const model = modelOf(WAITS_AMONG_DEVICES);
  const twice = { ...model, actors: [...model.actors, ...model.actors.slice(-1)] };
  const actors = twice.actors.map((actor, at) => ({ ...actor, name: `actor-${at}` }));
  const whole = await explore({ ...model, actors });
  const reduced = await explore({ ...model, actors }, { reduce: ['symmetry'] });

  expect(reduced.reductions?.like).toEqual([['actor-2', 'actor-3']]);
  expect(reduced.reductions?.apart).toEqual([
    'devices are not alike: a thread waits on its way over them',
  ]);
  expect(answersOf(reduced)).toEqual(answersOf(whole));
});
