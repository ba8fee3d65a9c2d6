/**
 * The engine's search against the reference search: both run the same successor function, and must
 * count the same. Models of 100,000 states and more are compared up to a level with 20,000.
 */
import { describe, expect, it } from 'vitest';
import { compileModel } from '../../src/compile/scenario.js';
import type { Model } from '../../src/model/model.js';
import { searchReference } from '../../src/reference/search.js';
import {
  checkAll,
  labelsOf,
  MODEL_FILES,
  modelNamed,
  openModel,
  outcomeOf,
  stopMaskOf,
} from './models.ts';

const STATES_MAX = 100_000;
const STATES_OF_LARGE = 20_000;

async function compare(model: Model, states: number | null): Promise<void> {
  const limited = { ...model, limits: { ...model.limits, states } };
  const { depth } = model.limits;
  const found = await openModel(limited).search();
  const engine = openModel(limited);
  const { check } = compileModel(limited).ownModules;
  const system = {
    ...engine.successors,
    ...(check !== null && { own: (state: Uint8Array) => engine.evaluateState(check, state) }),
  };
  const expected = searchReference(system, {
    stopMask: stopMaskOf(model),
    ownStopMask: model.continueAfterViolation ? 0 : 0xffffffff,
    ...(states !== null && { states }),
    ...(depth !== null && { depth }),
  });

  const { details, ...numbers } = expected;
  expect(outcomeOf(found)).toMatchObject(numbers);
  expect(labelsOf(found)).toEqual([...details].sort((left, right) => left - right));
}

describe('the engine counts as the reference search does', () => {
  it.each(MODEL_FILES)('%s', async (name) => {
    const model = modelNamed(name);
    const { distinctStates } = await openModel(model).search();
    const isLarge = distinctStates >= STATES_MAX;
    if (isLarge) process.stdout.write(`${name}: compared up to ${STATES_OF_LARGE} states\n`);

    await compare(model, isLarge ? STATES_OF_LARGE : model.limits.states);
  });

  it.each(MODEL_FILES)('%s, with all properties and none that stops it', async (name) => {
    await compare(checkAll(modelNamed(name)), 3000);
  });
});
