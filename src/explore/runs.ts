/**
 * Explores a model by many runs: what was found is real, and what was not found is no proof.
 */
import { TARGET_OWN } from '../../assembly/search/layout.js';
import type { Scenario } from '../compile/scenario.js';
import type { ChosenTrace, Engine, ViolatedRun, WalksResult } from '../engine/engine.js';
import type { Model } from '../model/model.js';
import { conclude, heldOf, measuredOf } from '../verdict/conclude.js';
import { ofBehaviours } from '../verdict/doubt.js';
import { makeTrace, rowOf } from '../verdict/findings.js';
import { ownRow } from '../verdict/own.js';
import { LIMITS } from '../verdict/stopped.js';
import type { Trace, Verdict } from '../verdict/trace.js';
import type { ExploreOptions, RunsRequest } from './options.js';
import { openPlanned, planSearch } from './plan.js';

const SEED = 1;
const RUNS: { readonly [N in RunsRequest['name']]: number } = { random: 1000, swarm: 64 };
/** Runs where only time ends them: as many as are numbered, and as have room for their records. */
const RUNS_MAX: { readonly [N in RunsRequest['name']]: number } = {
  random: 2 ** 32 - 2 ** 16,
  swarm: 100_000,
};
/** Steps of a run, and states of a search, where neither model nor command line says otherwise. */
const DEPTH = 1000;
const STATES = 100_000;

/** What runs of either kind came to, under the same names. */
interface Outcome {
  readonly runs: number;
  readonly steps: number;
  readonly deepest: number;
  readonly seenAtLeast: number;
  readonly seenAbout: number | null;
  readonly violations: readonly ViolatedRun[];
  readonly ownViolations: readonly ViolatedRun[];
  readonly stoppedBy: WalksResult['stoppedBy'];
  readonly seconds: number;
  readonly memoryBytes: number;
  readonly traceTo: (run: number, target: number) => ChosenTrace | null;
}

/** What is asked of them. */
interface Asked {
  readonly seed: number;
  readonly depth: number;
  readonly runs: number;
  readonly states: number;
  readonly seconds: number | undefined;
}

async function outcomeOf(
  engine: Engine,
  name: RunsRequest['name'],
  asked: Asked,
): Promise<Outcome> {
  if (name === 'random') {
    const walks = await engine.walks(asked);
    return { ...walks, runs: walks.walks, deepest: walks.longest, traceTo: engine.walkTo };
  }
  const swarm = await engine.swarm(asked);
  return { ...swarm, runs: swarm.searches, seenAbout: null, traceTo: engine.swarmTo };
}

/** The traces of the runs that violate something. */
function tracesOf(engine: Engine, scenario: Scenario, outcome: Outcome): Trace[] {
  const common = { device: null, avoidance: null };
  const builtIn = outcome.violations.flatMap(({ property, run }) => {
    const chosen = outcome.traceTo(run, property);
    const row = rowOf(property);
    const request = { ...common, row, class: row.class };
    return chosen === null ? [] : [makeTrace(engine, scenario, { ...request, chosen })];
  });
  const own = outcome.ownViolations.flatMap(({ property, run }) => {
    const chosen = outcome.traceTo(run, property + TARGET_OWN);
    const invariant = scenario.own.invariants[property];
    if (chosen === null || invariant === undefined) return [];
    const request = { ...common, row: ownRow(invariant), class: 'own' as const };
    return [makeTrace(engine, scenario, { ...request, chosen })];
  });
  return [...builtIn, ...own];
}

/**
 * Explores a model by a strategy.
 *
 * @returns a verdict that never says `holds`. All of it but `measured` follows from the model, the
 * strategy and its seed, unless time or an interrupt ended it.
 */
export async function exploreByRuns(
  model: Model,
  request: RunsRequest,
  options: ExploreOptions,
): Promise<Verdict> {
  const plan = planSearch(model, options);
  const { scenario } = plan;
  const engine = openPlanned(plan, options);
  const { name, seed = SEED } = request;
  const runs = request.runs ?? (options.seconds === undefined ? RUNS : RUNS_MAX)[name];
  const depth = model.limits.depth ?? DEPTH;
  const states = model.limits.states ?? STATES;
  const asked = { seed, depth, runs, states, seconds: options.seconds };
  const outcome = await outcomeOf(engine, name, asked);
  const violations = tracesOf(engine, scenario, outcome);
  const { seconds, steps, seenAtLeast, memoryBytes } = outcome;
  return {
    ...conclude({
      ...{ scenario, violations, isComplete: false, vacuous: [] },
      ...{ distinctStates: seenAtLeast, transitions: steps, depth: outcome.deepest },
      stoppedBy: LIMITS[outcome.stoppedBy],
      held: heldOf(scenario, violations, []),
    }),
    strategy: {
      name,
      seed,
      runs: outcome.runs,
      depth,
      ...(name === 'swarm' && { states }),
      statesAbout: outcome.seenAbout,
      unchecked: ofBehaviours(scenario),
    },
    lockOrder: null,
    expectation: null,
    measured: measuredOf({ seconds, distinctStates: seenAtLeast, memoryBytes }, plan.workers),
  };
}
