/**
 * Ways through a system other than breadth first, as an engine offers them; and the ways to what
 * the one that was taken has found.
 */
import { depthFirstTo, depthFirstToMarked, depthFirstToOwn, runDepthFirst } from './depthFirst.js';
import type { EngineServices } from './engineServices.js';
import type { RunsOptions, SwarmOptions } from './runs.js';
import type { SearchResult, SearchSetup } from './search.js';
import { type ChosenTrace, type FoundTrace, isCutByBound } from './services.js';
import { shortenTrail } from './shorten.js';
import { runSwarm, type SwarmResult } from './swarm.js';
import { runWalks, type WalksResult } from './walks.js';

/** Each of them once, and no other search beside it. */
export interface Strategies {
  /** Searches depth first, by one worker; what can be asked after it is what `search` allows. */
  depthFirst(): Promise<SearchResult>;
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
  /** The trace to a state that violates an own property, given which states do. */
  traceToOwn(property: number, marks: Uint8Array): Promise<FoundTrace | null>;
  /** Whether a state lies beyond the bound of context switches; after a complete search. */
  isCutByBound(): Promise<boolean>;
}

/**
 * Makes them, and what leads to what they found; `searchOnce` throws when there was a search
 * already.
 */
export function makeStrategies(
  setup: SearchSetup,
  found: Pick<EngineServices, 'traceTo' | 'traceToMarked'>,
  searchOnce: () => void,
): Strategies & typeof found {
  const { engine, workers } = setup;
  let isDepthFirst = false;
  const shortened = (steps: number, target: number): ChosenTrace | null =>
    steps < 0 ? null : shortenTrail(setup, steps, target);
  return {
    depthFirst: async () => {
      searchOnce();
      isDepthFirst = true;
      return runDepthFirst(setup);
    },
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
    isCutByBound: () => isCutByBound(setup),
    traceTo: async (property) =>
      isDepthFirst ? depthFirstTo(setup, property) : found.traceTo(property),
    traceToOwn: async (property, marks) =>
      isDepthFirst ? depthFirstToOwn(setup, property) : found.traceToMarked(marks),
    traceToMarked: async (targets) =>
      isDepthFirst ? depthFirstToMarked(setup, targets) : found.traceToMarked(targets),
  };
}
