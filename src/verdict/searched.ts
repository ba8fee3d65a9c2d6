/** A search that has ended, as what is told of it is made from. */
import type { Scenario } from '../compile/scenario.js';
import type { Engine, SearchResult } from '../engine/engine.js';
import type { Reduction } from '../kernel/reductions.js';

export interface Searched {
  readonly engine: Engine;
  readonly scenario: Scenario;
  readonly result: SearchResult;
  /** The reductions that it made. */
  readonly reductions: readonly Reduction[];
  /** It left no step of a state out, so that what could still be avoided can be told. */
  readonly hasAllSteps: boolean;
}
