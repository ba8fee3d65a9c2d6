/**
 * What a search says while it runs: numbers only; who shows them is another layer's matter.
 */
import type { Counts } from './control.js';

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
  readonly seconds: number;
  /** Distinct states a second since the last report. */
  readonly statesPerSecond: number;
  /** Estimate of the rest, in seconds: null while levels still grow, for then nothing bounds it. */
  readonly remainingSeconds: number | null;
}

const REPORT_SECONDS = 0.2;

/** Makes a function that turns counts into reports, five a second at most. */
export function makeReporter(
  onProgress: (progress: Progress) => void,
): (counts: Counts, seconds: number) => void {
  let lastSeconds = 0;
  let lastFound = 0;
  let level = { depth: 0, frontier: 0 };
  let ratio = Number.POSITIVE_INFINITY;
  return (counts, seconds) => {
    if (counts.depth !== level.depth) {
      const steps = counts.depth - level.depth;
      ratio = level.frontier === 0 ? ratio : (counts.frontier / level.frontier) ** (1 / steps);
      level = { depth: counts.depth, frontier: counts.frontier };
    }
    if (seconds - lastSeconds < REPORT_SECONDS) return;
    const statesPerSecond = (counts.found - lastFound) / (seconds - lastSeconds);
    // Levels that shrink by a ratio r have frontier * r / (1 - r) states still to come.
    const rest = ratio < 1 ? (counts.frontier * ratio) / (1 - ratio) : null;
    const rate = counts.found / seconds;
    onProgress({
      distinctStates: counts.found,
      transitions: counts.transitions,
      depth: counts.depth,
      frontier: counts.frontier,
      memoryBytes: counts.memoryBytes,
      seconds,
      statesPerSecond,
      remainingSeconds: rest === null || rate === 0 ? null : rest / rate,
    });
    lastSeconds = seconds;
    lastFound = counts.found;
  };
}
