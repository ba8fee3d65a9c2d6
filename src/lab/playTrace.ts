/**
 * Plays the commands of a trace on a guest, one after the other, beside what the trace predicts.
 */
import { Observation } from '../../assembly/layout.js';
import type { Scenario } from '../compile/scenario.js';
import type { Engine } from '../engine/engine.js';
import { PROPERTIES } from '../kernel/properties.js';
import type { Range } from '../model/model.js';
import type { Instruction } from '../userland/program.js';
import { describeStep, takeStep, viewReplay } from '../verdict/steps.js';
import type { MachineView, TraceStep } from '../verdict/trace.js';
import { hasDied } from './conform/walk.js';
import type { FaultText } from './faults.js';
import { isAlarm } from './noise.js';
import { compareOutcomes, type Difference, type Outcome, sightingOf } from './outcome.js';
import type { Subject } from './subject.js';

/** A command of a trace, from the step that starts it to the one in which it returns. */
export interface TracedCommand {
  readonly thread: string;
  readonly instruction: Instruction;
  /** Kernel functions that it ran through, in order, each once. */
  readonly functions: readonly string[];
  readonly predicted: Outcome;
  /** Numbers of its first and its last step, from 1. */
  readonly steps: readonly [number, number];
  /** The fault of the model that happens in it; null for none. */
  readonly fault: FaultText | null;
  /** It breaks `no-crash`: what a kernel does of it depends on what lies in the memory misused. */
  readonly misuses: boolean;
}

export interface PlayedCommand extends TracedCommand {
  /** null: not played, because the one before it was lost. */
  readonly real: Outcome | null;
  readonly differences: readonly Difference[];
}

/** A command while its steps are collected. */
interface Open {
  readonly thread: string;
  readonly instruction: Instruction;
  readonly functions: string[];
  readonly messages: string[];
  readonly first: number;
  last: number;
  result: string | null;
  value: string | null;
  fault: FaultText | null;
  misuses: boolean;
  hasDied: boolean;
  after: MachineView;
}

/** The block that udev's event speaks of stands in the place of the rule's. */
function withEvent(instruction: Instruction, event: string | null): Instruction {
  if (!('file' in instruction) || !('block' in instruction.file)) return instruction;
  if (instruction.file.block !== 'event' || event === null) return instruction;
  const block = Number(/memory(\d+)/.exec(event)?.[1]);
  return { ...instruction, file: { ...instruction.file, block } } as Instruction;
}

/** What the bytes of the state after a step tell beside the step. */
interface Harm {
  readonly misuses: boolean;
  readonly hasDied: boolean;
}

function addStep(open: Open, step: TraceStep, number: number, harm: Harm): void {
  open.last = number;
  open.misuses ||= harm.misuses;
  open.hasDied ||= harm.hasDied;
  open.after = step.after;
  for (const name of step.functions) if (!open.functions.includes(name)) open.functions.push(name);
  for (const event of step.events) {
    if (event.kind === 'message') open.messages.push(event.text);
    if (event.kind === 'fault') open.fault = event.text;
    if (event.kind !== 'return') continue;
    open.result = event.result;
    open.value = event.value;
  }
}

function closed(open: Open, spans: readonly Range[]): TracedCommand {
  const { thread, instruction, functions, messages, first, last, fault, misuses } = open;
  const lost = open.hasDied ? 'died' : 'stuck';
  const isBack = open.result !== null;
  return {
    thread,
    instruction,
    functions,
    predicted: {
      result: open.result ?? lost,
      value: open.value,
      messages,
      after: isBack || lost === 'stuck' ? sightingOf(open.after, spans) : null,
    },
    steps: [first, last],
    fault,
    misuses,
  };
}

/** Collects the commands of a behaviour as it is followed. */
class Collector {
  readonly commands: Open[] = [];
  readonly #open = new Map<string, Open>();
  readonly #events = new Map<string, string>();

  add(step: TraceStep, started: Instruction | null, number: number, harm: Harm): void {
    for (const event of step.events) {
      if (event.kind === 'uevent' && event.text.startsWith('udev handles:')) {
        this.#events.set(step.thread, event.text);
      }
    }
    if (started !== null) this.#start(step, started, number);
    const open = this.#open.get(step.thread);
    if (open === undefined) return;
    addStep(open, step, number, harm);
    if (open.result !== null) this.#open.delete(step.thread);
  }

  #start({ thread, after }: TraceStep, started: Instruction, number: number): void {
    const open: Open = {
      thread,
      instruction: withEvent(started, this.#events.get(thread) ?? null),
      functions: [],
      messages: [],
      first: number,
      last: number,
      result: null,
      value: null,
      fault: null,
      misuses: false,
      hasDied: false,
      after,
    };
    this.#open.set(thread, open);
    this.commands.push(open);
  }
}

/** Whether memory has been misused on the way to the present state of the replay. */
function breaksNoCrash({ replay }: Engine): boolean {
  const bit = PROPERTIES.find(({ name }) => name === 'no-crash')?.bit ?? 0;
  return ((replay.violated() >>> bit) & 1) !== 0;
}

/** What a trace file says of the way through the model. */
export interface Way {
  readonly initial: number;
  readonly ordinals: readonly number[];
}

/**
 * The commands of a trace in which no two overlap, followed again in the engine.
 *
 * @param scenario at the granularity of the trace.
 */
export function commandsOf(
  engine: Engine,
  scenario: Scenario,
  { initial, ordinals }: Way,
  spans: readonly Range[],
): readonly TracedCommand[] {
  engine.replay.initial(initial);
  const collector = new Collector();
  let wasCrash = false;
  for (const [index, ordinal] of ordinals.entries()) {
    const taken = takeStep(engine, ordinal);
    if (taken === null) break;
    const record = taken.records.find(({ kind }) => kind === Observation.Command);
    const started = record === undefined ? null : (scenario.instructions[record.a] ?? null);
    const step = describeStep(taken, viewReplay(engine, scenario), scenario);
    const isCrash = breaksNoCrash(engine);
    const harm = { misuses: isCrash && !wasCrash, hasDied: hasDied(taken.after) };
    collector.add(step, started, index + 1, harm);
    wasCrash = isCrash;
  }
  return collector.commands.map((open) => closed(open, spans));
}

/** The kernel has said of itself that it is broken, or has killed the process. */
const isCrash = ({ result, messages }: Outcome): boolean =>
  result === 'died' || messages.some(isAlarm);

function differencesOf(
  { predicted, misuses }: TracedCommand,
  real: Outcome | null,
): readonly Difference[] {
  if (real === null || (misuses && isCrash(real))) return [];
  return compareOutcomes(predicted, real);
}

/** Plays the commands; the first one that is lost (stuck, died) is the last that is played. */
export async function playCommands(
  subject: Subject,
  commands: readonly TracedCommand[],
): Promise<readonly PlayedCommand[]> {
  const outcomes = await subject.play(
    commands.map(({ instruction }) => instruction),
    commands.map(({ fault }) => fault),
  );
  return commands.map((command, index) => {
    const real = outcomes[index] ?? null;
    return { ...command, real, differences: differencesOf(command, real) };
  });
}
