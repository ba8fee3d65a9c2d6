/** Explores all behaviours of a model, breadth or depth first. */
import { FAIL_SYMMETRY } from '../../assembly/layout.js';
import { type Engine, EngineError, type SearchResult } from '../engine/engine.js';
import type { Model } from '../model/model.js';
import { conclude, measuredOf } from '../verdict/conclude.js';
import { doubtOf } from '../verdict/doubt.js';
import { compareExpectation } from '../verdict/expectation.js';
import { lockOrderOf } from '../verdict/lockOrder.js';
import { makePhaseClock, type PhaseClock } from '../verdict/phases.js';
import { collectStats } from '../verdict/stats.js';
import { stoppedBy, stoppedByShortage } from '../verdict/stopped.js';
import type { Verdict } from '../verdict/trace.js';
import { answerAll } from './answers.js';
import type { ExploreOptions } from './options.js';
import { openPlanned, planSearch, type SearchPlan } from './plan.js';

/** A search that has ended, and the plan that it followed. */
interface Ended {
  readonly plan: SearchPlan;
  readonly engine: Engine;
  readonly result: SearchResult;
}

/**
 * Searches a model: where devices turn out not to be alike, once more with like threads alone.
 */
async function search(
  model: Model,
  options: ExploreOptions,
  clock: PhaseClock,
  like: 'all' | 'threads' = 'all',
): Promise<Ended> {
  const plan = planSearch(model, options, like);
  clock.mark('compile');
  const engine = openPlanned(plan, options);
  clock.mark('reserve');
  try {
    const result = await (plan.strategy === undefined ? engine.search() : engine.depthFirst());
    clock.mark('search');
    return { plan, engine, result };
  } catch (cause) {
    const isOrdered = cause instanceof EngineError && cause.code === FAIL_SYMMETRY;
    if (!isOrdered || like === 'threads') throw cause;
    return search(model, options, clock, 'threads');
  }
}

/** Explores all of a model. */
export async function exploreWhole(model: Model, options: ExploreOptions): Promise<Verdict> {
  const clock = makePhaseClock();
  const { plan, engine, result } = await search(model, options, clock);
  const { scenario, strategy } = plan;
  const reductions = plan.reductions?.on ?? [];
  const isReduced = reductions.length > 0;
  const searched = { engine, scenario, result, reductions, hasAllSteps: !isReduced };
  const answers = await answerAll(searched, clock);
  const { violations, witnesses, held, vacuous } = answers;
  const { distinctStates, transitions, depth, statesAtLeast } = result;
  const doubt = doubtOf(plan, result, options.omissionMax);
  const isComplete = answers.isComplete && !doubt.isTooLikely;
  const isInterrupted = result.stoppedBy === 'interrupt';
  return {
    ...conclude({
      ...{ scenario, isComplete, distinctStates, transitions, depth, violations, held, vacuous },
      stoppedBy: stoppedBy(result) ?? stoppedByShortage(answers.shortOf),
    }),
    ...(result.levels.length > 0 && { levels: result.levels }),
    ...(strategy?.name === 'dfs' && { strategy }),
    ...(plan.reductions !== undefined && { reductions: plan.reductions }),
    ...(witnesses.length > 0 && { witnesses }),
    ...doubt.told,
    lockOrder: options.lockOrder === true && !isInterrupted ? lockOrderOf(engine, scenario) : null,
    expectation: compareExpectation(strategy === undefined ? model.expect : null, {
      ...{ violations, isReduced, states: distinctStates, transitions, depth },
      isCutShort: !isComplete && result.stoppedBy !== 'violation',
    }),
    measured: {
      ...measuredOf(result, plan.workers),
      ...(statesAtLeast > distinctStates && { statesFound: statesAtLeast }),
      ...(options.stats && { stats: collectStats(engine, scenario, result, clock) }),
    },
  };
}
