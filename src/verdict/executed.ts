/**
 * The trace of a search that is reduced by symmetry, as a behaviour: followed from the true first
 * state without reduction, so that threads and devices keep their names.
 */
import type { Engine, FoundTrace } from '../engine/engine.js';
import { type LiftedTrace, liftPath } from '../engine/lift.js';
import { kernelExports } from './steps.js';

/** The representative of a state's class, by its bytes. */
export function canonicalOf(engine: Engine, state: Uint8Array): Uint8Array {
  const at = engine.replay.address();
  new Uint8Array(engine.memory.buffer).set(state, at);
  kernelExports(engine).canonicalState(at);
  return engine.replay.state();
}

/** States found by a search, by their indices in ascending order. */
function statesAt(engine: Engine, indices: readonly number[]): readonly Uint8Array[] {
  const { stateBytes } = engine;
  const wanted: Uint8Array[] = [];
  for (const { first, count, bytes } of engine.states()) {
    for (let next = indices[wanted.length]; next !== undefined && next < first + count; ) {
      const at = (next - first) * stateBytes;
      wanted.push(bytes.slice(at, at + stateBytes));
      next = indices[wanted.length];
    }
    if (wanted.length === indices.length) break;
  }
  return wanted;
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
