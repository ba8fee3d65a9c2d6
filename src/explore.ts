/**
 * Explores a model: every interleaving, a verdict, and a counterexample for each violated property.
 */
import { FAIL_SYMMETRY, Property } from '../assembly/layout.js';
import { exploreBounded } from './bounded.js';
import { compileModel, type Scenario } from './compile/scenario.js';
import { labelsOfClasses } from './compile/symmetry/labels.js';
import {
  type CheckpointOptions,
  type Engine,
  EngineError,
  type LossyOptions,
  type MemoryLimit,
  type Progress,
  type SearchResult,
} from './engine/engine.js';
import { identityOf } from './identity.js';
import type { Reduction } from './kernel/reductions.js';
import { openKernelEngine } from './kernelEngine.js';
import type { Model } from './model/model.js';
import { exploreByRuns, type StrategyRequest } from './strategies.js';
import { exitStatusOf, heldOf, stopMaskOf, verdictOf } from './verdict/conclude.js';
import { doubtOf } from './verdict/doubt.js';
import { compareExpectation } from './verdict/expectation.js';
import { makeTrace, rowOf } from './verdict/findings.js';
import { avoidanceOf, isMarked, keyOf } from './verdict/inevitable.js';
import { lockOrderOf } from './verdict/lockOrder.js';
import { observe, ownTraces, vacuousOwn } from './verdict/own.js';
import { makePhaseClock, type PhaseClock } from './verdict/phases.js';
import { checkRecoverable, type RecoverableAnswer, UNKNOWN } from './verdict/recoverable.js';
import { planReductions, type ReductionPlan, setReductions } from './verdict/reductions.js';
import { scopeOf } from './verdict/scope.js';
import { makeShortage } from './verdict/shortage.js';
import { collectStats } from './verdict/stats.js';
import { stoppedBy, stoppedByShortage } from './verdict/stopped.js';
import { answerTemporal, UNANSWERED } from './verdict/temporal/answers.js';
import type { Measured, Trace, Verdict } from './verdict/trace.js';
import { type Show, showWith } from './verdict/unreduced.js';
import { vacuousOf } from './verdict/vacuity.js';

export interface ExploreOptions {
  /** Most worker threads; 1 by default. It changes nothing but `measured`. */
  readonly workers?: number;
  readonly seconds?: number;
  readonly memoryBytes?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Tells the order of locks as well; it costs a second pass over all states. */
  readonly lockOrder?: boolean;
  /** Tells where time and memory went, and how often each thing was done; `measured.stats`. */
  readonly stats?: boolean;
  /** Another search than breadth first (docs/strategies.md). */
  readonly strategy?: StrategyRequest;
  /** Reductions that are made where the model's properties allow them. */
  readonly reduce?: readonly Reduction[];
  /** Where to save the search, to go on with it in another process. */
  readonly checkpoint?: Omit<CheckpointOptions, 'identity'>;
  /** What is kept of each state, and where old levels go: all of it, by default. */
  readonly storage?: LossyOptions;
  /** Greatest probability of a missed state with which a verdict still holds. Default: 1e-3. */
  readonly omissionMax?: number;
  /** The engine's debug build, with its assertions. */
  readonly debug?: boolean;
}

/** A finished search, and how what it found is shown. */
interface Finished {
  readonly engine: Engine;
  readonly scenario: Scenario;
  readonly result: SearchResult;
  readonly show: Show;
  readonly isReduced: boolean;
  readonly clock: PhaseClock;
}

async function violationTraces(finished: Finished): Promise<Trace[]> {
  const { engine, scenario, result, show, isReduced } = finished;
  const traces: Trace[] = [];
  for (const { property } of result.violations) {
    const chosen = await engine.traceTo(property);
    if (chosen === null) continue;
    const row = rowOf(property);
    const isGood = (state: Uint8Array): boolean =>
      (engine.successors.check(state) & (1 << property)) === 0;
    const avoidance = isReduced
      ? null
      : await avoidanceOf(engine, scenario, result.statesAtLeast, isGood);
    const isTarget = (state: Uint8Array): boolean => isViolatedBy(engine, state, property);
    const about = { row, class: row.class, device: null, avoidance };
    traces.push(
      show(chosen, isTarget, (behaviour) =>
        makeTrace(engine, scenario, { ...about, chosen: behaviour }),
      ),
    );
  }
  return traces;
}

/** Whether a state violates a property, or is known to from its steps. */
function isViolatedBy({ successors }: Engine, state: Uint8Array, property: number): boolean {
  const bits = successors.check(state) | successors.expand(state).finished;
  return ((bits >>> property) & 1) !== 0;
}

async function recoverableTraces({
  engine,
  scenario,
  result,
  show,
  isReduced,
}: Finished): Promise<{ traces: Trace[]; answers: RecoverableAnswer[] }> {
  const traces: Trace[] = [];
  const answers: RecoverableAnswer[] = [];
  if (!result.complete) return { traces, answers };
  if (!engine.keepsStates) return { traces, answers: scenario.recoverable.map(() => UNKNOWN) };
  const row = rowOf(Property.Recoverable);
  for (const device of scenario.recoverable) {
    const answer = await checkRecoverable(engine, scenario, device, result.statesAtLeast);
    answers.push(answer);
    for (const loss of answer.losses) {
      const canAvoid = (state: Uint8Array): boolean => isMarked(engine, loss.reach, state);
      const avoidance = isReduced ? null : { canAvoid };
      const name = scenario.plan.devices[device]?.name ?? null;
      const about = { row, class: loss.class, device: name, avoidance };
      const isTarget = (state: Uint8Array, end: Uint8Array): boolean => keyOf(state) === keyOf(end);
      traces.push(
        show(loss.chosen, isTarget, (behaviour) =>
          makeTrace(engine, scenario, { ...about, chosen: behaviour }),
        ),
      );
    }
  }
  return { traces, answers };
}

/** What was found out of a search, but for its numbers. */
interface Answers {
  readonly violations: readonly Trace[];
  readonly witnesses: readonly Trace[];
  readonly held: readonly string[];
  readonly vacuous: readonly string[];
  /** The search ran to its end, and every question was answered. */
  readonly isComplete: boolean;
  /** The limit of memory that left a question open. */
  readonly shortOf: MemoryLimit | null;
}

/** Answers every property that the model asks for. */
async function answerAll(finished: Finished): Promise<Answers> {
  const { engine, scenario, result, clock } = finished;
  const isInterrupted = result.stoppedBy === 'interrupt';
  const { ask, limit } = makeShortage();
  const invariants = isInterrupted ? [] : await violationTraces(finished);
  const own = isInterrupted ? [] : await ownTraces(finished);
  clock.mark('traces');
  const { traces, answers } = await recoverableTraces(finished);
  const observed = isInterrupted ? [] : observe(engine, scenario);
  const temporal = isInterrupted
    ? UNANSWERED
    : await ask(() => answerTemporal(engine, scenario, result, observed), UNANSWERED);
  clock.mark('properties');
  const violations = [...invariants, ...own, ...traces, ...temporal.violations];
  const vacuous = result.complete
    ? [
        ...vacuousOf(scenario, labelsOfClasses(result.labelsSeen, scenario.symmetry), answers),
        ...vacuousOwn(scenario, observed),
        ...temporal.vacuous,
      ]
    : [];
  const isUnknown = temporal.isUnknown || answers.some((answer) => answer.isUnknown);
  return {
    violations,
    witnesses: temporal.witnesses,
    held: [...heldOf(scenario, violations, answers), ...temporal.held],
    vacuous,
    isComplete: result.complete && !isUnknown && limit() === null,
    shortOf: limit(),
  };
}

/** What is made of the reductions that were asked for. */
function reductionsOf(
  scenario: Scenario,
  wanted: readonly Reduction[],
  options: ExploreOptions,
): ReductionPlan {
  return planReductions(scenario, wanted, {
    lockOrder: options.lockOrder === true,
    isLossy: (options.storage?.storage ?? 'exact') !== 'exact',
  });
}

/** Opens the engine for a model, with its limits and those of the options. */
function engineFor(model: Model, scenario: Scenario, options: ExploreOptions): Engine {
  return openKernelEngine(scenario, {
    workers: options.workers ?? 1,
    stopMask: stopMaskOf(model),
    ownStopMask: model.continueAfterViolation ? 0 : 0xffffffff,
    limits: {
      states: model.limits.states ?? undefined,
      depth: model.limits.depth ?? undefined,
      seconds: options.seconds,
      memoryBytes: options.memoryBytes,
    },
    onProgress: options.onProgress,
    signal: options.signal,
    checkpoint: options.checkpoint && {
      ...options.checkpoint,
      identity: identityOf(model, scenario, options.reduce ?? []),
    },
    storage: options.storage,
    sample: options.stats,
    debug: options.debug ?? false,
  });
}

function measuredOf(result: SearchResult, workers: number): Measured {
  const { seconds, distinctStates, statesAtLeast, memoryBytes } = result;
  return {
    seconds,
    statesPerSecond: seconds > 0 ? Math.round(distinctStates / seconds) : 0,
    memoryBytes,
    workers,
    ...(statesAtLeast > distinctStates && { statesFound: statesAtLeast }),
  };
}

interface SearchHow {
  readonly wanted: readonly Reduction[];
  /** Whether like things are looked for: threads alone, or devices too. */
  readonly symmetry: boolean | 'threads';
  readonly clock: PhaseClock;
}

interface Searched {
  readonly scenario: Scenario;
  readonly engine: Engine;
  readonly reductions: ReductionPlan;
  readonly result: SearchResult;
}

/**
 * Searches a model, breadth first with the reductions that it allows: where devices turn out not to
 * be alike, once more with like threads alone.
 */
async function search(model: Model, options: ExploreOptions, how: SearchHow): Promise<Searched> {
  const { wanted, symmetry, clock } = how;
  const scenario = compileModel(model, { symmetry });
  clock.mark('compile');
  const engine = engineFor(model, scenario, options);
  clock.mark('reserve');
  const reductions = reductionsOf(scenario, wanted, options);
  setReductions(engine, scenario, reductions.on);
  const isDepthFirst = options.strategy?.name === 'dfs';
  try {
    const result = await (isDepthFirst ? engine.depthFirst() : engine.search());
    return { scenario, engine, reductions, result };
  } catch (cause) {
    const isOrdered = cause instanceof EngineError && cause.code === FAIL_SYMMETRY;
    if (!isOrdered || symmetry === 'threads') throw cause;
    return search(model, options, { ...how, symmetry: 'threads' });
  }
}

/**
 * Explores a model.
 *
 * @returns the verdict; all of it but `measured` is the same for any number of workers.
 * Throws a ModelRejection (an Error with `diagnostics`) for faults of scripts, rules and names, and
 * EngineError when the machine or the build does not allow a search.
 */
export async function explore(model: Model, options: ExploreOptions = {}): Promise<Verdict> {
  const { strategy } = options;
  if (strategy === undefined || strategy.name === 'dfs') return exploreWhole(model, options);
  if (strategy.name === 'bfs') return exploreBounded(model, strategy.maxSwitches, options);
  return exploreByRuns(model, strategy, options);
}

/** Explores all of a model, breadth or depth first. */
async function exploreWhole(model: Model, options: ExploreOptions): Promise<Verdict> {
  const strategy = options.strategy?.name === 'dfs' ? options.strategy : undefined;
  const clock = makePhaseClock();
  const workers = strategy === undefined ? (options.workers ?? 1) : 1;
  const wanted = strategy === undefined ? (options.reduce ?? []) : [];
  const symmetry = wanted.includes('symmetry');
  const { scenario, engine, reductions, result } = await search(model, options, {
    wanted,
    symmetry,
    clock,
  });
  clock.mark('search');
  const answers = await answerAll({
    engine,
    scenario,
    result,
    show: showWith(engine, scenario, reductions.on),
    isReduced: reductions.on.length > 0,
    clock,
  });
  const { violations, witnesses, held, vacuous, shortOf } = answers;
  const stopped = stoppedBy(result) ?? stoppedByShortage(shortOf);
  const doubt = doubtOf(scenario, result, options);
  const isComplete = answers.isComplete && !doubt.isTooLikely;
  const isVacuous = vacuous.length > 0 && result.distinctStates === 1;
  const verdict = verdictOf(violations, isComplete, isVacuous);
  return {
    model: model.file,
    title: model.title,
    kernel: scenario.kernel.name,
    granularity: model.granularity,
    ...(strategy !== undefined && { strategy }),
    ...(wanted.length > 0 && { reductions }),
    verdict,
    exitStatus: exitStatusOf(verdict, violations, scenario, stopped),
    distinctStates: result.distinctStates,
    transitions: result.transitions,
    depth: result.depth,
    ...(result.levels.length > 0 && { levels: result.levels }),
    stoppedBy: stopped,
    violations,
    ...(witnesses.length > 0 && { witnesses }),
    ...doubt.told,
    held,
    scope: scopeOf(scenario),
    vacuous,
    lockOrder:
      options.lockOrder === true && result.stoppedBy !== 'interrupt'
        ? lockOrderOf(engine, scenario)
        : null,
    expectation: compareExpectation(strategy === undefined ? model.expect : null, {
      violations,
      isCutShort: !isComplete && result.stoppedBy !== 'violation',
      isReduced: reductions.on.length > 0,
      states: result.distinctStates,
      transitions: result.transitions,
      depth: result.depth,
    }),
    measured: {
      ...measuredOf(result, workers),
      ...(options.stats && { stats: collectStats(engine, scenario, result, clock) }),
    },
  };
}
