/**
 * The trace of a path that a search has found, as a behaviour of the model: where the search made
 * reductions, the path is followed without them.
 */
import type { FoundTrace } from '../engine/engine.js';
import { executedTrace } from './executed.js';
import { makeTrace, type TraceRequest } from './findings.js';
import { setReductions } from './reductions.js';
import type { Searched } from './searched.js';
import type { Trace } from './trace.js';
import { behaviourOf, type IsTarget, refinePath } from './unreduced.js';

/** Tells a path as a trace, which ends in a state that `isTarget` takes. */
export function showTrace(
  { engine, scenario, reductions }: Searched,
  found: FoundTrace,
  isTarget: IsTarget,
  about: Omit<TraceRequest, 'chosen'>,
): Trace {
  if (reductions.length === 0) return makeTrace(engine, scenario, { ...about, chosen: found });
  const isSymmetric = reductions.includes('symmetry');
  // What lies within a transition is found again with the reductions that made it one.
  const path = isSymmetric ? [] : refinePath(engine, found);
  setReductions(engine, scenario, []);
  const chosen = isSymmetric
    ? executedTrace(engine, found)
    : behaviourOf(engine, path, { initial: found.initial, isTarget });
  const trace = makeTrace(engine, scenario, { ...about, chosen });
  setReductions(engine, scenario, reductions);
  return trace;
}
