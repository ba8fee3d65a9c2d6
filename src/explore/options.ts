/** What can be asked of an exploration beside its model. */
import type { CheckpointOptions, LossyOptions, Progress } from '../engine/engine.js';
import type { Reduction } from '../kernel/reductions.js';

/** A strategy of many runs. */
export interface RunsRequest {
  readonly name: 'random' | 'swarm';
  /** What all chance is drawn from; 1 by default. */
  readonly seed?: number;
  /**
   * How many walks, 1,000 by default; how many searches of a swarm, 64 by default. With a limit of
   * time, that alone ends them by default.
   */
  readonly runs?: number;
}

/** Breadth first, behaviours with at most so many context switches. */
export interface BoundRequest {
  readonly name: 'bfs';
  readonly maxSwitches: number;
}

/** How to search, other than all behaviours breadth first. */
export type StrategyRequest = { readonly name: 'dfs' } | BoundRequest | RunsRequest;

export interface ExploreOptions {
  /** Most worker threads; 1 by default. It changes nothing but `measured`. */
  readonly workers?: number;
  readonly seconds?: number;
  readonly memoryBytes?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Tells the order of locks as well; it costs a second pass over all states. */
  readonly lockOrder?: boolean;
  /**
   * Tells where time and memory went, and how often each thing was done; `measured.stats`.
   * `counts`: without looking where the time goes.
   */
  readonly stats?: boolean | 'counts';
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
