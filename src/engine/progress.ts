/**
 * What a search says while it runs: numbers only; who shows them is another layer's matter.
 */
import type { Counts } from './control.js';
import { estimateRest } from './estimate.js';

/** What is still to come, in states and in seconds at the pace so far. */
export interface ProgressRest {
  readonly statesLeast: number;
  readonly secondsLeast: number;
  /** null when nothing bounds it. */
  readonly statesMost: number | null;
  readonly secondsMost: number | null;
}

/** Where a search is. Approximate while workers run. */
export interface Progress {
  /** Distinct states so far. */
  readonly distinctStates: number;
  /** Transitions so far, of the chunks that are done. */
  readonly transitions: number;
  /** Depth of the level that is being expanded, and its size. */
  readonly depth: number;
  readonly frontier: number;
  readonly memoryBytes: number;
  /** Part of the table of visited states that is taken, 0 to 1. */
  readonly load: number;
  readonly seconds: number;
  /** Distinct states a second since the last report. */
  readonly statesPerSecond: number;
  /** null while there are too few levels to say anything. */
  readonly rest: ProgressRest | null;
}

const REPORT_SECONDS = 0.2;

/** Makes a function that turns counts into reports, five a second at most. */
export function makeReporter(
  onProgress: (progress: Progress) => void,
): (counts: Counts, seconds: number) => void {
  let lastSeconds = 0;
  let lastFound = 0;
  return (counts, seconds) => {
    if (seconds - lastSeconds < REPORT_SECONDS) return;
    onProgress({
      distinctStates: counts.found,
      transitions: counts.transitions,
      depth: counts.depth,
      frontier: counts.frontier,
      memoryBytes: counts.memoryBytes,
      load: counts.load,
      seconds,
      statesPerSecond: Math.max(0, counts.found - lastFound) / (seconds - lastSeconds),
      rest: restOf(counts, seconds),
    });
    lastSeconds = seconds;
    lastFound = counts.found;
  };
}

/** The estimate, less what has been found of the next level already. */
function restOf(counts: Counts, seconds: number): ProgressRest | null {
  const rest = estimateRest(counts.levels);
  const rate = counts.found / seconds;
  if (rest === null || rate === 0) return null;
  const statesLeast = Math.max(0, rest.least - counts.beyond);
  const statesMost = rest.most === null ? null : Math.max(0, rest.most - counts.beyond);
  return {
    statesLeast,
    secondsLeast: statesLeast / rate,
    statesMost,
    secondsMost: statesMost === null ? null : statesMost / rate,
  };
}
