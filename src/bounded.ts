/**
 * Explores the behaviours of a model with at most so many context switches, breadth first.
 */
import { compileModel } from './compile/scenario.js';
import type { Model } from './model/model.js';
import { openForStrategy, type StrategyOptions, uncheckedOf } from './strategies.js';
import { exitStatusOf, heldOf, verdictOf } from './verdict/conclude.js';
import { observe, ownTraces, vacuousOwn } from './verdict/own.js';
import { scopeOf } from './verdict/scope.js';
import { stoppedBy } from './verdict/stopped.js';
import type { Verdict } from './verdict/trace.js';
import { vacuousOf } from './verdict/vacuity.js';
import { violationTraces } from './verdict/violations.js';

const CUT: NonNullable<Verdict['stoppedBy']> = {
  limit: 'context switches',
  option: '--max-switches',
};

/**
 * Explores a model within a bound of context switches.
 *
 * @returns a verdict that is complete when no state lies beyond the bound, and nothing is asked
 * that needs the behaviours beyond it; the same for any number of workers.
 */
export async function exploreBounded(
  model: Model,
  maxSwitches: number,
  options: StrategyOptions = {},
): Promise<Verdict> {
  const scenario = compileModel(model);
  const engine = openForStrategy(model, scenario, options, {
    states: model.limits.states ?? undefined,
    depth: model.limits.depth ?? undefined,
    seconds: options.seconds,
    switches: maxSwitches,
  });
  const result = await engine.search();
  const isInterrupted = result.stoppedBy === 'interrupt';
  const searched = { engine, scenario, result, reductions: [], hasAllSteps: false };
  const violations = isInterrupted
    ? []
    : [...(await violationTraces(searched)), ...(await ownTraces(searched))];
  const isCut = result.complete ? await engine.isCutByBound() : null;
  const unchecked = uncheckedOf(scenario);
  const isComplete = isCut === false && unchecked.length === 0;
  const vacuous = isComplete
    ? [
        ...vacuousOf(scenario, result.labelsSeen, []),
        ...vacuousOwn(scenario, observe(engine, scenario)),
      ]
    : [];
  const verdict = verdictOf(
    violations,
    isComplete,
    vacuous.length > 0 && result.distinctStates === 1,
  );
  const { distinctStates, transitions, depth, seconds, memoryBytes } = result;
  return {
    model: model.file,
    title: model.title,
    kernel: scenario.kernel.name,
    granularity: model.granularity,
    strategy: { name: 'bfs', maxSwitches, isCut, unchecked },
    verdict,
    exitStatus: exitStatusOf(verdict, violations, scenario, stoppedBy(result)),
    ...{ distinctStates, transitions, depth },
    stoppedBy: isCut === true ? CUT : stoppedBy(result),
    violations,
    held: heldOf(scenario, violations, []),
    scope: scopeOf(scenario),
    vacuous,
    lockOrder: null,
    expectation: null,
    measured: {
      seconds,
      statesPerSecond: seconds > 0 ? Math.round(distinctStates / seconds) : 0,
      memoryBytes,
      workers: options.workers ?? 1,
    },
  };
}
