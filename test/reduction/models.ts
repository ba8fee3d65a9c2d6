/** The models at step granularity, searched in full and reduced. */
import { readFileSync } from 'node:fs';
import { GLOBAL_FLAGS_OFFSET, GLOBAL_OOPS, THREAD_BYTES } from '../../assembly/layout.js';
import { compileModel, type Scenario } from '../../src/compile/scenario.js';
import type { Engine, SearchResult } from '../../src/engine/engine.js';
import type { Reduction } from '../../src/kernel/reductions.js';
import { openKernelEngine } from '../../src/kernelEngine.js';
import type { Model } from '../../src/model/model.js';
import { keyOf } from '../../src/verdict/inevitable.js';
import { isQuiet } from '../../src/verdict/quiet.js';
import { setReductions } from '../../src/verdict/reductions.js';
import { MODEL_FILES, modelNamed, modelPath } from '../explore/models.ts';

/** Every model whose steps interleave, by its name. */
export const STEP_MODELS: readonly string[] = MODEL_FILES.filter((name) =>
  /^granularity: step$/m.test(readFileSync(modelPath(name), 'utf8')),
);

/** States that a model declares; a search that goes on after a violation finds more. */
const declaredStates = (name: string): number =>
  modelNamed(name).expect?.states ?? Number.POSITIVE_INFINITY;

/**
 * The models with at most so many states, and of the larger ones those that are asked for by the
 * environment variable REDUCTION_STATES.
 */
export function modelsUpTo(states: number): readonly string[] {
  const most = Math.max(states, Number(process.env.REDUCTION_STATES ?? 0));
  const small = STEP_MODELS.filter((name) => declaredStates(name) <= most);
  const large = STEP_MODELS.filter((name) => !small.includes(name));
  if (large.length > 0) {
    const names = large.join(', ');
    process.stdout.write(`left out, more than ${most} states (REDUCTION_STATES): ${names}\n`);
  }
  return small;
}

/** A finished search with what it found. */
export interface Searched {
  readonly scenario: Scenario;
  readonly engine: Engine;
  readonly result: SearchResult;
}

/** Searches a model to its end, whatever it violates. */
export async function searchAll(
  model: Model,
  reductions: readonly Reduction[],
  states: number | undefined = undefined,
): Promise<Searched> {
  const scenario = compileModel(model);
  const { depth } = model.limits;
  const engine = openKernelEngine(scenario, { limits: { states, depth: depth ?? undefined } });
  setReductions(engine, scenario, reductions);
  return { scenario, engine, result: await engine.search() };
}

/** All states found, by their index. */
export function statesOf({ engine }: Searched): Uint8Array[] {
  const states: Uint8Array[] = [];
  for (const { count, bytes } of engine.states()) {
    for (let index = 0; index < count; index++) {
      states.push(bytes.slice(index * engine.stateBytes, (index + 1) * engine.stateBytes));
    }
  }
  return states;
}

/** The quiet states found, each with the depth at which it was found. */
export function quietDepths(searched: Searched): ReadonlyMap<string, number> {
  const { levels } = searched.result;
  let level = 0;
  let end = levels[0] ?? 0;
  const depths = statesOf(searched).flatMap((state, index) => {
    while (index >= end) end += levels[++level] ?? 1;
    return isQuiet(state, searched.scenario) ? [[keyOf(state), level] as const] : [];
  });
  return new Map(depths);
}

/** What must not depend on reductions: what is violated, and commands started (label 0: none). */
export function findingsOf({ result }: Searched): object {
  return {
    violated: result.violations.map(({ property }) => property).sort((a, b) => a - b),
    own: result.ownViolations.map(({ property }) => property).sort((a, b) => a - b),
    labels: [...result.labelsSeen.keys()].filter(
      (label) => label > 0 && result.labelsSeen[label] !== 0,
    ),
  };
}

/** Whether a thread has died in the kernel: nothing goes on. */
export const isDead = (state: Uint8Array): boolean =>
  ((state[GLOBAL_FLAGS_OFFSET] ?? 0) & GLOBAL_OOPS) !== 0;

/** A thread's program point in a state; 0 at user level. */
export function pointOf(state: Uint8Array, scenario: Scenario, thread: number): number {
  const at = scenario.state.threadsAt + thread * THREAD_BYTES;
  return (state[at] ?? 0) | ((state[at + 1] ?? 0) << 8);
}
