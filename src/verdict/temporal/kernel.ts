/**
 * The behaviours of the kernel model: its transitions, and the threads that a state obliges.
 */
import {
  INSTRUCTION_IDLE,
  THREAD_BYTES,
  THREAD_INSTRUCTION_OFFSET,
  THREAD_PC_OFFSET,
  ThreadKind,
} from '../../../assembly/layout.js';
import type { Scenario } from '../../compile/scenario.js';
import type { Engine, Graph } from '../../engine/engine.js';
import { type Behaviours, threadOf } from './behaviours.js';

/** Threads of a state that nobody obliges: the environment, and menus between two commands. */
export function freeThreads(state: Uint8Array, scenario: Scenario): number {
  let free = 0;
  for (const [thread, { kind }] of scenario.threads.entries()) {
    const at = scenario.state.threadsAt + thread * THREAD_BYTES;
    const instruction = word(state, at + THREAD_INSTRUCTION_OFFSET);
    const isIdle = word(state, at + THREAD_PC_OFFSET) === 0 && instruction === INSTRUCTION_IDLE;
    if (kind === ThreadKind.Environment || (kind === ThreadKind.Menu && isIdle)) {
      free |= 1 << thread;
    }
  }
  return free;
}

const word = (bytes: Uint8Array, at: number): number =>
  (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);

/** Threads of a state that are inside a system call. */
export function insideThreads(state: Uint8Array, scenario: Scenario): number {
  let inside = 0;
  for (let thread = 0; thread < scenario.threads.length; thread++) {
    const at = scenario.state.threadsAt + thread * THREAD_BYTES;
    if (word(state, at + THREAD_PC_OFFSET) !== 0) inside |= 1 << thread;
  }
  return inside;
}

/** A word for each state found. */
function eachState(engine: Engine, count: number, of: (state: Uint8Array) => number): Uint32Array {
  const words = new Uint32Array(count);
  const { stateBytes } = engine;
  for (const { first, count: states, bytes } of engine.states()) {
    for (let index = 0; index < states; index++) {
      words[first + index] = of(bytes.subarray(index * stateBytes, (index + 1) * stateBytes));
    }
  }
  return words;
}

function movable(graph: Graph, state: number): number {
  let threads = 0;
  const end = graph.first[state + 1] ?? 0;
  for (let edge = graph.first[state] ?? 0; edge < end; edge++) threads |= threadOf(graph, edge);
  return threads;
}

/** The behaviours after a complete search. */
export function kernelBehaviours(engine: Engine, scenario: Scenario): Behaviours {
  const graph = engine.graph();
  const free = eachState(engine, graph.states, (state) => freeThreads(state, scenario));
  const obliged = free.map((set, state) => movable(graph, state) & ~set);
  return { graph, obliged };
}

/** Whether the thread of a transition is inside a system call after it. */
export function insideAfter(
  engine: Engine,
  scenario: Scenario,
  graph: Graph,
): (edge: number) => boolean {
  const inside = eachState(engine, graph.states, (state) => insideThreads(state, scenario));
  return (edge) => ((inside[graph.target[edge] ?? 0] ?? 0) & threadOf(graph, edge)) !== 0;
}
