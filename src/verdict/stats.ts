/** What `--stats` tells beside a verdict: all of it is measured, or counted after the search. */
import type { Scenario } from '../compile/scenario.js';
import type { Engine, SearchResult } from '../engine/engine.js';
import { countActions } from './actions.js';
import type { PhaseClock } from './phases.js';
import type { Stats } from './trace.js';

/** Collects them, after every question has been answered. */
export function collectStats(
  engine: Engine,
  scenario: Scenario,
  result: SearchResult,
  clock: PhaseClock,
): Stats {
  const { levels, samples } = result;
  // Without levels nobody knows which states were expanded, unless all were.
  const areCounted = engine.keepsStates && (result.complete || levels.length > 0);
  return {
    seconds: {
      ...clock.seconds(),
      // Without the start of what looks at it.
      search: result.seconds,
      growing: samples?.growing ?? 0,
      waiting: samples?.waiting ?? 0,
    },
    levels: levels.map((states, depth) => ({ states, seconds: samples?.levels[depth] ?? 0 })),
    ...(areCounted && countActions(engine, scenario, result)),
    ...(engine.keepsStates && { kept: engine.memoryStats() }),
  };
}
