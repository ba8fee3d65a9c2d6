/**
 * The trace of a search that is reduced by symmetry, as a behaviour: followed from the true first
 * state without reduction, so that threads and devices keep their names.
 */
import type { Engine, FoundTrace } from '../engine/engine.js';
import { type LiftedTrace, liftPath } from '../engine/lift.js';
import { statesAt } from './statesAt.js';
import { kernelExports } from './steps.js';

/** The representative of a state's class, by its bytes. */
export function canonicalOf(engine: Engine, state: Uint8Array): Uint8Array {
  const at = engine.replay.address();
  new Uint8Array(engine.memory.buffer).set(state, at);
  kernelExports(engine).canonicalState(at);
  return engine.replay.state();
}

/**
 * Executes the trace that a search has found, without reduction by symmetry.
 *
 * @returns the places of its steps among all the successors of each state, and the states.
 * Throws EngineError when it cannot be followed: then the reduction is wrong.
 */
export function executedTrace(engine: Engine, found: FoundTrace): LiftedTrace {
  const canonical = (state: Uint8Array): Uint8Array => canonicalOf(engine, state);
  const first = engine.successors.initial()[found.initial];
  const start = first === undefined ? [] : [canonical(first)];
  return liftPath([...start, ...statesAt(engine, found.indices)], {
    initial: engine.successors.initial,
    expand: engine.successors.expand,
    canonical,
  });
}
