/**
 * Explores the behaviours of a model with at most so many context switches, breadth first.
 */
import type { Model } from '../model/model.js';
import { conclude, heldOf, measuredOf } from '../verdict/conclude.js';
import { ofBehaviours } from '../verdict/doubt.js';
import { observe, ownTraces, vacuousOwn } from '../verdict/own.js';
import { LIMITS, stoppedBy } from '../verdict/stopped.js';
import type { Verdict } from '../verdict/trace.js';
import { vacuousOf } from '../verdict/vacuity.js';
import { violationTraces } from '../verdict/violations.js';
import type { BoundRequest, ExploreOptions } from './options.js';
import { openPlanned, planSearch } from './plan.js';

/**
 * Explores a model within a bound of context switches.
 *
 * @returns a verdict that is complete when no state lies beyond the bound, and nothing is asked
 * that needs the behaviours beyond it; the same for any number of workers.
 */
export async function exploreBounded(
  model: Model,
  { name, maxSwitches }: BoundRequest,
  options: ExploreOptions,
): Promise<Verdict> {
  const plan = planSearch(model, options);
  const { scenario } = plan;
  const engine = openPlanned(plan, options);
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
    strategy: { name, maxSwitches, isCut, unchecked },
    lockOrder: null,
    expectation: null,
    measured: measuredOf(result, plan.workers),
  };
}
