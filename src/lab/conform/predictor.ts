/**
 * What the model predicts: for a state and a command, every outcome that it allows.
 *
 * States are the engine's bytes, kept by number in the order in which they were first met. The
 * notes of what has been broken are taken out of them: no rule reads these, so states that differ
 * in nothing else go on alike; what a step breaks is told of that step.
 */
import { createHash } from 'node:crypto';
import { GLOBAL_BROKEN_OFFSET, GLOBAL_COLDPLUG_OFFSET } from '../../../assembly/layout.js';
import type { Scenario } from '../../compile/scenario.js';
import type { Successor } from '../../engine/engine.js';
import { sourceOf } from '../../kernel/functions.js';
import { openKernelEngine } from '../../kernelEngine.js';
import type { Outcome, Sighting } from '../outcome.js';
import { type Command, commandsOf } from './commands.js';
import { type End, isDead, keyOf, makeGround, restOf, sightingAt, waysOf } from './walk.js';

/** One outcome of a command that the model allows. */
export interface Answer extends Omit<End, 'state'> {
  /** The state that follows. */
  readonly next: number;
}

export interface Predictor {
  readonly scenario: Scenario;
  readonly commands: readonly Command[];
  /** Number of the initial state. */
  readonly initial: 0;
  /** How many states have been met. */
  count(): number;
  /**
   * For each command, the states that may follow, ascending; none where the command waits for ever
   * before it has done anything, and none of a dead state.
   *
   * @param onlyKnown states that were never met stay so: they are UNKNOWN, and take no memory.
   */
  expand(state: number, onlyKnown?: boolean): readonly (readonly number[])[];
  /** The outcomes of a command: one unless the model leaves something open. */
  answers(state: number, command: number): readonly Answer[];
  /** The machine in a state. */
  sighting(state: number): Sighting;
  /** A short text that names a state in every run: a hash of its bytes. */
  nameOf(state: number): string;
  /** Whether no command can be done any more. */
  isDead(state: number): boolean;
}

/** The kernel's reason for several answers: a fault, or the place where they part. */
export function reasonOf(answers: readonly Answer[]): string {
  const faults = [...new Set(answers.flatMap((answer) => answer.faults))];
  if (faults.length > 0) return `may happen: ${faults.join(', ')}`;
  const [first, ...others] = answers.map(({ functions }) => functions);
  const shared = (first ?? []).filter((name) => others.every((one) => one.includes(name)));
  const last = shared.at(-1);
  return last === undefined ? 'left open' : `left open in ${last}() of ${sourceOf(last) ?? '?'}`;
}

/** Number of a state that was never met. */
export const UNKNOWN = -2;

/** The key of a state without the notes of what has been broken. */
function plainKey(state: Uint8Array): string {
  const notes = state.subarray(GLOBAL_BROKEN_OFFSET, GLOBAL_COLDPLUG_OFFSET);
  if (notes.every((byte) => byte === 0)) return keyOf(state);
  const plain = Uint8Array.from(state);
  plain.fill(0, GLOBAL_BROKEN_OFFSET, GLOBAL_COLDPLUG_OFFSET);
  return keyOf(plain);
}

/** The states met, by number. */
function makeStates(): {
  number(state: Uint8Array): number;
  find(state: Uint8Array): number;
  bytes(number: number): Uint8Array;
  count(): number;
} {
  const numbers = new Map<string, number>();
  const keys: string[] = [];
  return {
    number: (state) => {
      const key = plainKey(state);
      const known = numbers.get(key);
      if (known !== undefined) return known;
      numbers.set(key, keys.length);
      keys.push(key);
      return keys.length - 1;
    },
    find: (state) => numbers.get(plainKey(state)) ?? UNKNOWN,
    bytes: (number) => Buffer.from(keys[number] ?? '', 'latin1'),
    count: () => keys.length,
  };
}

/**
 * Opens a scenario for prediction; `unfitFor` says whether it is fit.
 *
 * Cost: a state of the lab's machine takes 1.7 KB; meant for 10^5 of them.
 */
export function openPredictor(scenario: Scenario): Predictor {
  const engine = openKernelEngine(scenario);
  const commands = commandsOf(scenario);
  const states = makeStates();
  const dead: boolean[] = [];
  const byInstruction = new Map<number, number>();
  for (const [number, { first, end }] of commands.entries()) {
    for (let at = first; at < end; at++) byInstruction.set(at, number);
  }
  const ground = makeGround(engine, scenario);
  engine.replay.initial(0);
  const settled = restOf(ground, engine.replay.state(), null);
  states.number(settled[0] ?? engine.replay.state());

  // A tour asks for many commands of one state after the other.
  let last: { state: number; successors: readonly Successor[] } = { state: -1, successors: [] };
  const successorsOf = (state: number, bytes: Uint8Array): readonly Successor[] => {
    if (last.state !== state) {
      last = { state, successors: engine.successors.expand(bytes).successors };
    }
    return last.successors;
  };

  const commandOf = ({ label }: Successor): number =>
    byInstruction.get(((label >>> 8) & 0xffff) - 1) ?? -1;

  const expand = (state: number, onlyKnown = false): readonly (readonly number[])[] => {
    const number = onlyKnown ? states.find : states.number;
    const bytes = states.bytes(state);
    const found: number[][] = commands.map(() => []);
    if (isDead(ground, bytes)) return found;
    for (const successor of engine.successors.expand(bytes).successors) {
      const command = commandOf(successor);
      const thread = successor.label & 0xff;
      // Most commands are refused, and comparing is cheaper than looking up.
      if (Buffer.compare(successor.state, bytes) === 0) found[command]?.push(state);
      else found[command]?.push(...restOf(ground, successor.state, thread).map(number));
    }
    return found.map((next) => [...new Set(next)].sort((left, right) => left - right));
  };

  const answers = (state: number, command: number): readonly Answer[] => {
    const bytes = states.bytes(state);
    if (isDead(ground, bytes)) return [];
    const { thread } = commands[command] ?? { thread: 0 };
    const successors = successorsOf(state, bytes);
    const ends = successors.flatMap((successor, ordinal) =>
      commandOf(successor) === command ? waysOf(ground, bytes, ordinal, thread) : [],
    );
    if (ends.length === 0) return [waitingAt(state)];
    return distinct(ends.map((end) => ({ ...end, next: states.number(end.state) })));
  };

  return {
    scenario,
    commands,
    initial: 0,
    count: states.count,
    expand,
    answers,
    nameOf: (state) =>
      createHash('sha256').update(states.bytes(state)).digest('base64url').slice(0, 16),
    sighting: (state) => sightingAt(ground, states.bytes(state)),
    isDead: (state) => {
      dead[state] ??= isDead(ground, states.bytes(state));
      return dead[state];
    },
  };
}

/** A command that waits before it has done anything: nobody is left who could end the wait. */
function waitingAt(state: number): Answer {
  const outcome: Outcome = { result: 'stuck', value: null, messages: [], after: null };
  return { next: state, outcome, violated: ['no-deadlock'], faults: [], functions: [] };
}

/** Leaves out answers that are equal in all that follows and all that can be seen. */
function distinct(answers: readonly (Answer & End)[]): Answer[] {
  const byText = new Map<string, Answer>();
  for (const { state: _state, ...answer } of answers) {
    const { result, value, messages } = answer.outcome;
    const text = JSON.stringify([answer.next, result, value, messages]);
    if (!byText.has(text)) byText.set(text, answer);
  }
  return [...byText.values()];
}
