/**
 * Explores the behaviours of a model with at most so many context switches, breadth first.
 */
import { compileModel } from './compile/scenario.js';
import type { Model } from './model/model.js';
import { openForStrategy, type StrategyOptions } from './strategies.js';
import { conclude, heldOf, measuredOf } from './verdict/conclude.js';
import { ofBehaviours } from './verdict/doubt.js';
import { observe, ownTraces, vacuousOwn } from './verdict/own.js';
import { LIMITS, stoppedBy } from './verdict/stopped.js';
import type { Verdict } from './verdict/trace.js';
import { vacuousOf } from './verdict/vacuity.js';
import { violationTraces } from './verdict/violations.js';

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
  const unchecked = ofBehaviours(scenario);
  const isComplete = isCut === false && unchecked.length === 0;
  const vacuous = isComplete
    ? [
        ...vacuousOf(scenario, result.labelsSeen, []),
        ...vacuousOwn(scenario, observe(engine, scenario)),
      ]
    : [];
  const { distinctStates, transitions, depth } = result;
  return {
    ...conclude({
      ...{ scenario, isComplete, distinctStates, transitions, depth, violations, vacuous },
      stoppedBy: isCut === true ? LIMITS.switches : stoppedBy(result),
      held: heldOf(scenario, violations, []),
    }),
    strategy: { name: 'bfs', maxSwitches, isCut, unchecked },
    lockOrder: null,
    expectation: null,
    measured: measuredOf(result, options.workers ?? 1),
  };
}
