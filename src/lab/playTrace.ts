/**
 * Plays the commands of a trace on a guest, one after the other, beside what the trace predicts.
 */
import { Observation } from '../../assembly/layout.js';
import type { Scenario } from '../compile/scenario.js';
import type { Engine } from '../engine/engine.js';
import type { Range } from '../model/model.js';
import type { Instruction } from '../userland/program.js';
import { describeStep, takeStep, viewReplay } from '../verdict/steps.js';
import type { Finding, MachineView, TraceStep } from '../verdict/trace.js';
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
  after: MachineView;
}

/** The block that udev's event speaks of stands in the place of the rule's. */
function withEvent(instruction: Instruction, event: string | null): Instruction {
  if (!('file' in instruction) || !('block' in instruction.file)) return instruction;
  if (instruction.file.block !== 'event' || event === null) return instruction;
  const block = Number(/memory(\d+)/.exec(event)?.[1]);
  return { ...instruction, file: { ...instruction.file, block } } as Instruction;
}

function addStep(open: Open, step: TraceStep, number: number): void {
  open.last = number;
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
  const { thread, instruction, functions, messages, first, last, fault } = open;
  return {
    thread,
    instruction,
    functions,
    predicted: {
      result: open.result ?? 'stuck',
      value: open.value,
      messages,
      after: sightingOf(open.after, spans),
    },
    steps: [first, last],
    fault,
  };
}

/** Collects the commands of a behaviour as it is followed. */
class Collector {
  readonly commands: Open[] = [];
  readonly #open = new Map<string, Open>();
  readonly #events = new Map<string, string>();

  add(step: TraceStep, started: Instruction | null, number: number): void {
    for (const event of step.events) {
      if (event.kind === 'uevent' && event.text.startsWith('udev handles:')) {
        this.#events.set(step.thread, event.text);
      }
    }
    if (started !== null) this.#start(step, started, number);
    const open = this.#open.get(step.thread);
    if (open === undefined) return;
    addStep(open, step, number);
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
      after,
    };
    this.#open.set(thread, open);
    this.commands.push(open);
  }
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
  for (const [index, ordinal] of ordinals.entries()) {
    const taken = takeStep(engine, ordinal);
    if (taken === null) break;
    const record = taken.records.find(({ kind }) => kind === Observation.Command);
    const started = record === undefined ? null : (scenario.instructions[record.a] ?? null);
    const step = describeStep(taken, viewReplay(engine, scenario), scenario);
    collector.add(step, started, index + 1);
  }
  return collector.commands.map((open) => closed(open, spans));
}

/**
 * Whether the kernel did what the trace says. Where memory is misused, what comes of it is not
 * foretold: an alarm of the kernel or the end of the process in the last command shows it.
 */
export function isReproduced(
  played: readonly PlayedCommand[],
  finding: Pick<Finding, 'property'>,
  console: readonly string[],
): boolean {
  const agrees = ({ real, differences }: PlayedCommand): boolean =>
    real !== null && differences.length === 0;
  if (played.every(agrees)) return true;
  const last = played.at(-1);
  if (finding.property !== 'no-crash' || !played.slice(0, -1).every(agrees)) return false;
  return last?.real?.result === 'died' || console.some(isAlarm);
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
    const differences = real === null ? [] : compareOutcomes(command.predicted, real);
    return { ...command, real, differences };
  });
}
