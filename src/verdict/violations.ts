/** The counterexamples of the engine's own properties that a single state can violate. */
import type { Engine } from '../engine/engine.js';
import { rowOf } from './findings.js';
import { avoidanceOf } from './inevitable.js';
import type { Searched } from './searched.js';
import { showTrace } from './shown.js';
import type { Trace } from './trace.js';

/** The trace to each violated property. */
export async function violationTraces(searched: Searched): Promise<Trace[]> {
  const { engine, result } = searched;
  const traces: Trace[] = [];
  for (const { property } of result.violations) {
    const chosen = await engine.traceTo(property);
    if (chosen === null) continue;
    const row = rowOf(property);
    const isGood = (state: Uint8Array): boolean =>
      (engine.successors.check(state) & (1 << property)) === 0;
    const avoidance = await avoidanceOf(searched, isGood);
    const isTarget = (state: Uint8Array): boolean => isViolatedBy(engine, state, property);
    const about = { row, class: row.class, device: null, avoidance };
    traces.push(showTrace(searched, chosen, isTarget, about));
  }
  return traces;
}

/** Whether a state violates a property, or is known to from its steps. */
function isViolatedBy({ successors }: Engine, state: Uint8Array, property: number): boolean {
  const bits = successors.check(state) | successors.expand(state).finished;
  return ((bits >>> property) & 1) !== 0;
}
