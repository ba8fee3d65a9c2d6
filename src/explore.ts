/**
 * Explores a model: every interleaving, a verdict, and a counterexample for each violated property.
 */
import { exploreBounded } from './explore/bounded.js';
import type { ExploreOptions } from './explore/options.js';
import { exploreByRuns } from './explore/runs.js';
import { exploreWhole } from './explore/whole.js';
import type { Model } from './model/model.js';
import type { Verdict } from './verdict/trace.js';

export type { ExploreOptions, StrategyRequest } from './explore/options.js';

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
  if (strategy.name === 'bfs') return exploreBounded(model, strategy, options);
  return exploreByRuns(model, strategy, options);
}
