/**
 * Ways through a system other than breadth first, as an engine offers them.
 */

import type { RunsOptions, SwarmOptions } from './runs.js';
import type { ChosenTrace } from './services.js';
import { shortenTrail } from './shorten.js';
import { runSwarm, type SwarmResult } from './swarm.js';
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
  /** Searches as a swarm. */
  swarm(options: Omit<SwarmOptions, 'workers'>): Promise<SwarmResult>;
  /** The same of a search of the swarm. */
  swarmTo(run: number, target: number): ChosenTrace | null;
}

/** Makes them; `searchOnce` throws when there was a search already. */
export function makeStrategies(
  setup: WalksSetup,
  workers: number,
  searchOnce: () => void,
): Strategies {
  const { engine } = setup;
  const shortened = (steps: number, target: number): ChosenTrace | null =>
    steps < 0 ? null : shortenTrail(setup, steps, target);
  return {
    walks: async (options) => {
      searchOnce();
      return runWalks(setup, { ...options, workers });
    },
    walkTo: (run, target) => shortened(engine.walkAgain(run, target), target),
    swarm: async (options) => {
      searchOnce();
      return runSwarm(setup, { ...options, workers });
    },
    swarmTo: (run, target) => shortened(engine.swarmAgain(run, target), target),
  };
}
