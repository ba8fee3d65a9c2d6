/**
 * Ways through a system other than breadth first, as an engine offers them.
 */

import type { RunsOptions } from './runs.js';
import type { ChosenTrace } from './services.js';
import { shortenTrail } from './shorten.js';
import { runWalks, type WalksResult, type WalksSetup } from './walks.js';

/** Each of them once, and no other search beside it. */
export interface Strategies {
  /** Walks at random. */
  walks(options: Omit<RunsOptions, 'workers'>): Promise<WalksResult>;
  /**
   * The walk with this number up to a violation, with steps left out that are not needed; null
   * when it violates nothing of the kind. Own properties: their number plus TARGET_OWN.
   */
  walkTo(run: number, target: number): ChosenTrace | null;
}

/** Makes them; `searchOnce` throws when there was a search already. */
export function makeStrategies(
  setup: WalksSetup,
  workers: number,
  searchOnce: () => void,
): Strategies {
  const { engine } = setup;
  return {
    walks: async (options) => {
      searchOnce();
      return runWalks(setup, { ...options, workers });
    },
    walkTo: (run, target) => {
      const steps = engine.walkAgain(run, target);
      return steps < 0 ? null : shortenTrail(setup, steps, target);
    },
  };
}
