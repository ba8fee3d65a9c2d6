/**
 * Every state of a model with its steps, for graphs that are small enough to be looked at: a
 * breadth-first walk over the engine's successor function, beside the search that gave the verdict.
 * So the graph is that of the whole model, whatever that search left out or stopped at.
 */
import { THREAD_BYTES, THREAD_PC_OFFSET } from '../../assembly/layout.js';
import type { Scenario } from '../compile/scenario.js';
import type { Engine } from '../engine/engine.js';
import { functionOfPc } from '../kernel/functions.js';
import { propertyOfBit } from '../kernel/properties.js';
import { keyOf } from '../verdict/inevitable.js';
import { nameStep, type StepName, takeStep, viewReplay } from '../verdict/steps.js';
import { machineLines } from './machineLines.js';

export interface WalkLimits {
  /** Most states; the walk gives up beyond. */
  readonly giveUpAt: number;
  /** The model's own limits, or those of the command line: the walk ends at one, and is cut. */
  readonly states: number | null;
  readonly depth: number | null;
}

export interface WalkedStep {
  readonly name: StepName;
  readonly to: number;
}

export interface WalkedState {
  readonly bytes: Uint8Array;
  /** What userland sees; the same list for equal machines. */
  readonly machine: readonly string[];
  readonly threads: readonly string[];
  /** Properties that the state violates on its face. */
  readonly violates: readonly string[];
  /** In the engine's order; null where a limit ended the walk before. */
  steps: readonly WalkedStep[] | null;
}

export interface Walk {
  readonly states: readonly WalkedState[];
  /** By number of the initial state, duplicates included. */
  readonly initial: readonly number[];
  readonly transitions: number;
}

/** The walk gave up: there are more states. */
export interface TooLarge {
  readonly tooLarge: { readonly states: number; readonly depth: number };
}

function propertiesOf(bits: number): string[] {
  return Array.from({ length: 32 }, (_, bit) => bit)
    .filter((bit) => ((bits >>> bit) & 1) !== 0)
    .map((bit) => propertyOfBit(bit)?.name ?? `property ${bit}`);
}

function violatedIn(engine: Engine, scenario: Scenario, state: Uint8Array, known: number) {
  const { check } = scenario.ownModules;
  const own = check === null ? 0 : engine.evaluateState(check, state);
  const names = scenario.own.invariants.filter((_, number) => ((own >>> number) & 1) !== 0);
  return [...propertiesOf(known), ...names.map(({ name }) => name)];
}

function threadsOf(state: Uint8Array, scenario: Scenario): string[] {
  return scenario.threads.flatMap(({ name }, thread) => {
    const at = scenario.state.threadsAt + thread * THREAD_BYTES + THREAD_PC_OFFSET;
    const inside = functionOfPc((state[at] ?? 0) | ((state[at + 1] ?? 0) << 8));
    return inside === null ? [] : [`${name}: in ${inside}`];
  });
}

/** Keeps one list for equal lists. */
function pooled(): (lines: readonly string[]) => readonly string[] {
  const pool = new Map<string, readonly string[]>();
  return (lines) => {
    const key = lines.join('\n');
    const known = pool.get(key) ?? lines;
    pool.set(key, known);
    return known;
  };
}

/** Walks a model breadth first. The engine must have no reductions, and not have searched. */
export function walk(engine: Engine, scenario: Scenario, limits: WalkLimits): Walk | TooLarge {
  const states: WalkedState[] = [];
  const numbers = new Map<string, number>();
  const pool = pooled();
  let transitions = 0;
  const numberOf = (bytes: Uint8Array): number => {
    const key = keyOf(bytes);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    const { finished } = engine.successors.expand(bytes);
    const bits = engine.successors.check(bytes) | finished;
    const machine = pool(machineLines(viewReplay(engine, scenario)));
    const violates = violatedIn(engine, scenario, bytes, bits);
    numbers.set(key, states.length);
    const threads = threadsOf(bytes, scenario);
    return states.push({ bytes, machine, threads, violates, steps: null }) - 1;
  };
  const stepsOf = (bytes: Uint8Array): WalkedStep[] => {
    const count = engine.successors.expand(bytes).successors.length;
    return Array.from({ length: count }, (_, ordinal) => {
      // Checking a state puts it where the replay takes its steps from.
      engine.successors.check(bytes);
      const taken = takeStep(engine, ordinal);
      if (taken === null) throw new Error(`a state has no step ${ordinal} of its ${count}`);
      return { name: nameStep(taken, scenario), to: numberOf(taken.after) };
    });
  };
  const initial = engine.successors.initial().map(numberOf);
  let depth = 0;
  for (let from = 0; from < states.length; depth++) {
    const to = states.length;
    if (depth >= (limits.depth ?? Infinity) || to > (limits.states ?? Infinity)) break;
    for (const state of states.slice(from, to)) {
      state.steps = stepsOf(state.bytes);
      transitions += state.steps.length;
      if (states.length > limits.giveUpAt) return { tooLarge: { states: states.length, depth } };
    }
    from = to;
  }
  return { states, initial, transitions };
}
