/**
 * The transitions of a complete search as arrays: what is said of behaviours is computed on them.
 *
 * A state is its index; indices differ between searches with several workers, the order of a
 * state's successors does not.
 */
import {
  CONTROL_ARENA,
  CONTROL_FOUND,
  CONTROL_PACKED_BYTES,
  CONTROL_STOPPED_BY,
  CONTROL_TABLE,
  STOP_NONE,
} from '../../assembly/search/layout.js';
import { NONE, topOf, transitionsOf } from './control.js';
import { EngineError, FAIL_MEMORY, FAIL_USE } from './engineError.js';
import { mustBeSearched, type ServiceSetup } from './services.js';

/** States and transitions. */
export interface Graph {
  readonly states: number;
  /** Initial states by their indices; by number, duplicates included. */
  readonly initial: readonly number[];
  /** Transitions of state s: from `first[s]` up to and without `first[s + 1]`, by ordinal. */
  readonly first: Uint32Array;
  /** Of each transition the state it leads to, and its label: bits 0-7 the thread. */
  readonly target: Uint32Array;
  readonly label: Uint32Array;
}

/** What the transitions are read with. */
export interface GraphSetup extends ServiceSetup {
  /** Throws when so many bytes more are not to be had. */
  readonly needRoom: (bytes: number, what: string) => void;
}

const WORDS_MAX = 1 << 22;

/** Indices of the initial states. */
function initialOf({ engine }: ServiceSetup): number[] {
  return Array.from({ length: engine.initialCount() >>> 0 }, (_, number) => {
    const at = engine.replayState() >>> 0;
    engine.writeInitial(number, at);
    const index = engine.indexOf(at) >>> 0;
    if (index !== NONE) return index;
    throw new EngineError(FAIL_USE, 'an initial state was not found again');
  });
}

/** Reads all transitions. Throws EngineError FAIL_USE when the search did not run to its end. */
export function readGraph(setup: GraphSetup): Graph {
  mustBeSearched(setup);
  const { engine, control, memory } = setup;
  if (control.read(CONTROL_STOPPED_BY) !== STOP_NONE) {
    throw new EngineError(FAIL_USE, 'the transitions of an incomplete search were asked for');
  }
  const states = control.read(CONTROL_FOUND);
  engine.placeServices();
  const stateBytes = control.read(CONTROL_PACKED_BYTES);
  // Behind the states; the search keeps SIDE_BYTES a state free there.
  const to = (control.read(CONTROL_ARENA) + states * stateBytes + 7) & ~7;
  const room = roomAt(setup, to >>> 0);
  const words = new Uint32Array(memory.buffer);
  // As many as the search has counted: nothing grows, and what does not fit is known before.
  const transitions = transitionsOf(control);
  setup.needRoom((transitions * 2 + states) * 4, 'the transitions');
  const first = new Uint32Array(states + 1);
  const target = new Uint32Array(transitions);
  const label = new Uint32Array(transitions);
  let count = 0;
  for (let state = 0; state < states; ) {
    const done = engine.edges(state, to, room) >>> 0;
    if (done === 0) throw new EngineError(FAIL_MEMORY, 'no room is left to read the transitions');
    let at = (to >>> 0) / 4;
    for (const end = state + done; state < end; state++) {
      const own = words[at++] ?? 0;
      if (count + own > transitions) {
        throw new EngineError(FAIL_USE, 'there are more transitions than the search has counted');
      }
      for (let edge = 0; edge < own; edge++, count++) {
        const to = words[at++] ?? NONE;
        if (to === NONE) throw new EngineError(FAIL_USE, 'a successor was never found');
        target[count] = to;
        label[count] = words[at++] ?? 0;
      }
      first[state + 1] = count;
    }
  }
  return { states, initial: initialOf(setup), first, target, label };
}

/** Words that are free between the states and the table. */
function roomAt({ control }: ServiceSetup, at: number): number {
  const end = control.read(CONTROL_TABLE) || topOf(control);
  return Math.min(WORDS_MAX, Math.floor((end - at) / 4));
}
