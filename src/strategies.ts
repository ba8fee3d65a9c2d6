/**
 * Explores a model otherwise than breadth first: what was found is real, and what was not found is
 * no proof.
 */
import { TARGET_OWN } from '../assembly/search/layout.js';
import { NO_LIVELOCK } from './compile/own.js';
import { compileModel, type Scenario } from './compile/scenario.js';
import type { Engine, Progress, ViolatedRun, WalksResult } from './engine/engine.js';
import { openKernelEngine } from './kernelEngine.js';
import type { Model } from './model/model.js';
import { exitStatusOf, heldOf, stopMaskOf, verdictOf } from './verdict/conclude.js';
import { makeTrace, rowOf } from './verdict/findings.js';
import { ownRow } from './verdict/own.js';
import { scopeOf } from './verdict/scope.js';
import { temporalName } from './verdict/temporal/answers.js';
import type { StrategyView, Trace, Verdict } from './verdict/trace.js';

/** How to search, other than breadth first. */
export interface StrategyRequest {
  readonly name: StrategyView['name'];
  /** What all chance is drawn from; 1 by default. */
  readonly seed?: number;
  /** How many walks; 10,000 by default. */
  readonly runs?: number;
}

/** The options of `explore` that a strategy heeds. */
export interface StrategyOptions {
  readonly workers?: number;
  readonly seconds?: number;
  readonly memoryBytes?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  readonly debug?: boolean;
}

const SEED = 1;
const WALKS = 10_000;
/** Steps of a walk, where neither model nor command line says otherwise. */
const WALK_STEPS = 1000;

const STOPS: { readonly [S in WalksResult['stoppedBy']]: NonNullable<Verdict['stoppedBy']> } = {
  violation: { limit: 'first violation', option: '--continue' },
  runs: { limit: 'runs', option: '--runs, or another --seed' },
  time: { limit: 'time', option: '--max-seconds' },
  interrupt: { limit: 'interrupt', option: 'run it again' },
};

/** What no single behaviour can show, and is therefore left open. */
function uncheckedOf(scenario: Scenario): readonly string[] {
  return [
    ...scenario.recoverable.map((device) => `recoverable ${scenario.plan.devices[device]?.name}`),
    ...scenario.own.temporal.map(temporalName),
    ...(scenario.livelock ? [NO_LIVELOCK] : []),
  ];
}

/** The traces of the runs that violate something; the row of each property tells how. */
function tracesOf(
  engine: Engine,
  scenario: Scenario,
  found: { readonly violations: readonly ViolatedRun[]; readonly own: readonly ViolatedRun[] },
): Trace[] {
  const common = { device: null, avoidance: null };
  const builtIn = found.violations.flatMap(({ property, run }) => {
    const chosen = engine.walkTo(run, property);
    const row = rowOf(property);
    const request = { ...common, row, class: row.class };
    return chosen === null ? [] : [makeTrace(engine, scenario, { ...request, chosen })];
  });
  const own = found.own.flatMap(({ property, run }) => {
    const chosen = engine.walkTo(run, property + TARGET_OWN);
    const invariant = scenario.own.invariants[property];
    if (chosen === null || invariant === undefined) return [];
    const request = { ...common, row: ownRow(invariant), class: 'own' as const };
    return [makeTrace(engine, scenario, { ...request, chosen })];
  });
  return [...builtIn, ...own];
}

function openFor(model: Model, scenario: Scenario, options: StrategyOptions): Engine {
  return openKernelEngine(scenario, {
    workers: options.workers ?? 1,
    stopMask: stopMaskOf(model),
    ownStopMask: model.continueAfterViolation ? 0 : 0xffffffff,
    limits: { memoryBytes: options.memoryBytes },
    onProgress: options.onProgress,
    signal: options.signal,
    debug: options.debug ?? false,
  });
}

/**
 * Explores a model by a strategy.
 *
 * @returns a verdict that never says `holds`. All of it but `measured` follows from the model, the
 * strategy and its seed, unless time or an interrupt ended it.
 */
export async function exploreBy(
  model: Model,
  request: StrategyRequest,
  options: StrategyOptions = {},
): Promise<Verdict> {
  const scenario = compileModel(model);
  const engine = openFor(model, scenario, options);
  const seed = request.seed ?? SEED;
  const depth = model.limits.depth ?? WALK_STEPS;
  const runs = request.runs ?? WALKS;
  const { seconds: most } = options;
  const result = await engine.walks({ seed, depth, runs, seconds: most });
  const found = { violations: result.violations, own: result.ownViolations };
  const violations = tracesOf(engine, scenario, found);
  const verdict = verdictOf(violations, false, false);
  const { seconds, steps, seenAtLeast } = result;
  return {
    model: model.file,
    title: model.title,
    kernel: scenario.kernel.name,
    granularity: model.granularity,
    strategy: {
      name: request.name,
      seed,
      runs: result.walks,
      depth,
      statesAbout: result.seenAbout,
      unchecked: uncheckedOf(scenario),
    },
    verdict,
    exitStatus: exitStatusOf(verdict, violations, scenario),
    distinctStates: seenAtLeast,
    transitions: steps,
    depth: result.longest,
    stoppedBy: STOPS[result.stoppedBy],
    violations,
    held: heldOf(scenario, violations, []),
    scope: scopeOf(scenario),
    vacuous: [],
    lockOrder: null,
    expectation: null,
    measured: {
      seconds,
      statesPerSecond: seconds > 0 ? Math.round(seenAtLeast / seconds) : 0,
      memoryBytes: result.memoryBytes,
      workers: options.workers ?? 1,
    },
  };
}
