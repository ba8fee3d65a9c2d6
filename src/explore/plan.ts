/**
 * The plan of a search: what is searched and by which strategy, what is left out of it, what is
 * kept of each state, and within which limits. It is made here; the rest reads it.
 */
import { compileModel, type Scenario } from '../compile/scenario.js';
import type { CheckpointOptions, Engine, EngineOptions, LossyOptions } from '../engine/engine.js';
import { identityOf } from '../identity.js';
import { openKernelEngine } from '../kernelEngine.js';
import type { Model } from '../model/model.js';
import { stopMasksOf } from '../verdict/conclude.js';
import { planReductions, type ReductionPlan, setReductions } from '../verdict/reductions.js';
import type { ExploreOptions, StrategyRequest } from './options.js';

export interface SearchPlan {
  readonly scenario: Scenario;
  /** Absent for all behaviours breadth first. */
  readonly strategy?: StrategyRequest | undefined;
  /** Threads that search. */
  readonly workers: number;
  /** Which reductions are made, and why not the others; absent where none is asked for. */
  readonly reductions?: ReductionPlan;
  /** What is kept of each state, where that was asked for. */
  readonly storage?: LossyOptions | undefined;
  readonly checkpoint?: CheckpointOptions | undefined;
  readonly limits: EngineOptions['limits'];
}

/**
 * Plans the search of a model.
 *
 * Reductions, storage and checkpoints are for all behaviours breadth first; any other strategy goes
 * without.
 *
 * @param like what reduction by symmetry takes for alike: all that can be, or threads alone.
 */
export function planSearch(
  model: Model,
  options: ExploreOptions,
  like: 'all' | 'threads' = 'all',
): SearchPlan {
  const { strategy, workers = 1 } = options;
  const common = { strategy, limits: limitsOf(model, options) };
  if (strategy !== undefined) {
    const isAlone = strategy.name === 'dfs';
    return { ...common, scenario: compileModel(model), workers: isAlone ? 1 : workers };
  }
  const { reduce = [], storage, checkpoint, lockOrder = false } = options;
  const symmetry = reduce.includes('symmetry') && (like === 'all' || 'threads');
  const scenario = compileModel(model, { symmetry });
  const isLossy = storage !== undefined && storage.storage !== 'exact';
  const identity = identityOf(model, scenario, reduce);
  return {
    ...{ ...common, scenario, workers, storage },
    ...(reduce.length > 0 && {
      reductions: planReductions(scenario, reduce, { lockOrder, isLossy }),
    }),
    ...(checkpoint !== undefined && { checkpoint: { ...checkpoint, identity } }),
  };
}

/** The limits of the whole search; runs have limits of their own, each of them. */
function limitsOf({ limits }: Model, options: ExploreOptions): EngineOptions['limits'] {
  const { strategy, seconds, memoryBytes } = options;
  if (strategy?.name === 'random' || strategy?.name === 'swarm') return { memoryBytes };
  const { states, depth } = limits;
  return {
    states: states ?? undefined,
    depth: depth ?? undefined,
    switches: strategy?.name === 'bfs' ? strategy.maxSwitches : undefined,
    seconds,
    memoryBytes,
  };
}

/** Opens the engine for a plan, ready to search. */
export function openPlanned(plan: SearchPlan, options: ExploreOptions): Engine {
  const { scenario, reductions, storage, checkpoint, limits } = plan;
  const { workers = 1, onProgress, signal, stats, debug = false } = options;
  const engine = openKernelEngine(scenario, {
    ...{ workers, storage, checkpoint, limits, onProgress, signal, debug },
    ...stopMasksOf(scenario.model),
    sample: stats === true,
  });
  setReductions(engine, scenario, reductions?.on ?? []);
  return engine;
}
