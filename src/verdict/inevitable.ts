/**
 * When an outcome became inevitable: the first step of a trace after which no continuation reaches
 * a state that is quiet (no system call under way, no deadlock) and in which the property holds.
 */
import type { ChosenTrace, Engine } from '../engine/engine.js';
import { isQuiet } from './quiet.js';
import type { Searched } from './searched.js';

/** States, by their bytes, from which the outcome can still be avoided. */
export interface Avoidance {
  readonly canAvoid: (state: Uint8Array) => boolean;
}

/** Searches beyond this are not walked again for it. */
const STATES_MAX = 200_000;

/** A state's bytes as a key. */
export const keyOf = (state: Uint8Array): string =>
  Buffer.from(state.buffer, state.byteOffset, state.byteLength).toString('latin1');

/**
 * Whether the mark of a state is set, by its bytes. Asked of the few states of a trace; the marks
 * are of all states, so they are never turned into texts or objects.
 */
export function isMarked(engine: Engine, marks: Uint8Array, state: Uint8Array): boolean {
  const index = engine.indexOf(state);
  return index >= 0 && marks[index] !== 0;
}

/**
 * Walks the graph backwards from the good states, told by bytes and index; null when it is too
 * large to be walked again, or not kept, or not all of it.
 */
export async function avoidanceOf(
  { engine, scenario, result, hasAllSteps }: Searched,
  isGood: (state: Uint8Array, index: number) => boolean,
): Promise<Avoidance | null> {
  const found = result.statesAtLeast;
  if (!hasAllSteps || found > STATES_MAX || !engine.keepsStates) return null;
  const marks = new Uint8Array(found);
  for (const { first, count, bytes } of engine.states()) {
    for (let index = 0; index < count; index++) {
      const state = bytes.subarray(index * engine.stateBytes, (index + 1) * engine.stateBytes);
      if (isQuiet(state, scenario) && isGood(state, first + index)) marks[first + index] = 1;
    }
  }
  const reach = await engine.markReach(marks);
  return { canAvoid: (state) => isMarked(engine, reach, state) };
}

/**
 * Index of the first step after which the outcome cannot be avoided; -1 when it never could; null
 * when unknown.
 */
export function inevitableStep(
  engine: Engine,
  chosen: ChosenTrace,
  avoidance: Avoidance,
): number | null {
  engine.replay.initial(chosen.initial);
  if (!avoidance.canAvoid(engine.replay.state())) return -1;
  for (const [index, ordinal] of chosen.ordinals.entries()) {
    engine.replay.take(ordinal);
    if (!avoidance.canAvoid(engine.replay.state())) return index;
  }
  return null;
}
