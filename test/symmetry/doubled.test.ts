/**
 * Every model of models/ with each of its actors twice: like threads on every kernel, beside
 * whatever the model has, in states spread over the search.
 */
import { describe, expect, it } from 'vitest';
import { THREAD_MAX } from '../../assembly/layout.js';
import { compileModel } from '../../src/compile/scenario.js';
import { openKernelEngine } from '../../src/kernelEngine.js';
import type { Actor, Model } from '../../src/model/model.js';
import { MODEL_FILES, modelNamed } from '../explore/models.ts';
import { expectAlike, expectOneRepresentative } from './commutes.ts';
import { openReduced } from './reduced.ts';

/** Found in each model before its search is ended, and looked at. */
const STATES_MAX = 800;
const STATES = 16;

/** States of an unreduced search, spread over all its levels. */
async function someStates(model: Model): Promise<readonly Uint8Array[]> {
  const engine = openKernelEngine(compileModel(model), { limits: { states: STATES_MAX } });
  const { statesAtLeast } = await engine.search();
  const step = Math.max(1, Math.floor(statesAtLeast / STATES));
  const picked: Uint8Array[] = [];
  for (const { first, count, bytes } of engine.states()) {
    for (let index = 0; index < count; index++) {
      if ((first + index) % step !== 0) continue;
      picked.push(bytes.slice(index * engine.stateBytes, (index + 1) * engine.stateBytes));
    }
  }
  return picked;
}

const twice = (actors: readonly Actor[]): readonly Actor[] =>
  actors.flatMap((actor) => [actor, { ...actor, name: `${actor.name}-like` }]);

/** The model with its actors twice, or with the first one twice where that is too many. */
function doubled(model: Model): Model {
  const workers = model.actors.reduce(
    (sum, actor) => sum + (actor.kind === 'udev' ? actor.workers : 1),
    0,
  );
  const [first, ...rest] = model.actors;
  const actors =
    workers * 2 + 2 <= THREAD_MAX || first === undefined
      ? twice(model.actors)
      : [...twice([first]), ...rest];
  const limits = { ...model.limits, states: STATES_MAX };
  return { ...model, actors, limits, properties: [], check: null, expect: null };
}

describe('like actors are alike', () => {
  it.each(MODEL_FILES)('%s', async (name) => {
    const model = doubled(modelNamed(name));
    const reduced = openReduced(model);
    expect(reduced.scenario.symmetry?.like.flat()).toContain(model.actors[0]?.name);
    for (const state of await someStates(model)) {
      expectAlike(reduced, state);
      expectOneRepresentative(reduced, state);
    }
  });
});
