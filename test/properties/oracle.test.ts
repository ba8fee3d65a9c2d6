/**
 * Compiled expressions against a naive evaluator over the machine as traces show it, in the states
 * of real models.
 */
import { parse } from '@marcbachmann/cel-js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileModel, type Scenario } from '../../src/compile/scenario.js';
import type { Engine } from '../../src/engine/engine.js';
import type { Model } from '../../src/model/model.js';
import { viewReplay } from '../../src/verdict/steps.js';
import { modelNamed, openModel } from '../explore/models.ts';
import { FC, runs, SEED_TITLE } from '../support/fc.ts';
import { expressionsOf } from './expressions.ts';
import { evaluate, scopeOf } from './naive.ts';

const MODELS = [
  'lifecycle/any-one-device-step.yaml',
  'lifecycle/any-dynamic-call.yaml',
  'lifecycle/encryption.yaml',
  'lifecycle/poison.yaml',
  'lifecycle/modules-any-order.yaml',
  'lifecycle/reboot-udev-restore.yaml',
  'bugs/kmem-addfail-leak.yaml',
];
const STATES = 60;
const PLACE = { file: 'random', line: 1, column: 1 };

/** States of a search, spread over all its levels. */
async function someStates(engine: Engine): Promise<readonly Uint8Array[]> {
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

/** The model with one property of its own, in every state. */
function withProperty(model: Model, text: string): Model {
  const own = { name: 'own', form: 'always', expressions: [{ text, place: PLACE }] } as const;
  return { ...model, properties: [{ ...own, place: PLACE }], check: null };
}

/** The scopes of some states; the engine's replay shows each. */
function scopesOf(engine: Engine, scenario: Scenario, states: readonly Uint8Array[]) {
  const place = new Uint8Array(engine.memory.buffer);
  return states.map((state) => {
    place.set(state, engine.replay.address());
    return scopeOf(state, scenario, viewReplay(engine, scenario));
  });
}

describe(`compiled expressions say what the naive evaluator says (${SEED_TITLE})`, () => {
  it.each(MODELS)('in the states of %s', async (name) => {
    const named = modelNamed(name);
    const model = { ...named, limits: { ...named.limits, states: 3000 } };
    const scenario = compileModel(model);
    const engine = openModel({ ...model, continueAfterViolation: true });
    const states = await someStates(engine);
    const scopes = scopesOf(engine, scenario, states);
    let held = 0;
    let compared = 0;
    fc.assert(
      fc.property(expressionsOf(scenario), (text) => {
        const { check } = compileModel(withProperty(model, text)).ownModules;
        if (check === null) throw new Error('no module was made');
        const { ast } = parse(text);
        for (const [index, state] of states.entries()) {
          const expected = evaluate(ast, scopes[index] ?? {});
          expect([text, engine.evaluateState(check, state) === 0]).toEqual([text, expected]);
          held += expected === true ? 1 : 0;
          compared++;
        }
      }),
      { ...FC, numRuns: runs(60) },
    );
    // Random expressions must not all be true, or all false.
    expect(held).toBeGreaterThan(compared / 10);
    expect(held).toBeLessThan((compared * 9) / 10);
    process.stdout.write(`${name}: ${compared} comparisons, ${held} true\n`);
  });
});
