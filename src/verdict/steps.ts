/**
 * Follows a behaviour step by step in the engine, recorded, and tells what each step did.
 */
import {
  INSTRUCTION_FILE_OFFSET,
  INSTRUCTION_OP_OFFSET,
  type Lock,
  LockMode,
  type Message,
  OBSERVATION_BYTES,
  OBSERVATION_RECORDS_OFFSET,
  Observation,
  RETURN_MAX,
  THREAD_BYTES,
  THREAD_INSTRUCTION_OFFSET,
  THREAD_STACK_OFFSET,
  WAIT_KIND_SHIFT,
  WaitKind,
} from '../../assembly/layout.js';
import type { ScenarioWords } from '../compile/words.js';
import type { SteppingEngine } from '../engine/stepper.js';
import { errnoName } from '../kernel/faults.js';
import { entryFunction, functionOfPc, sourceOf } from '../kernel/functions.js';
import type { Instruction } from '../userland/program.js';
import { attributeOfHolders, attributeOfInstruction, lockName } from './locks.js';
import { viewMachine } from './machineView.js';
import { messageText, ueventText } from './messages.js';
import type { MachineView, StepEvent, TraceStep } from './trace.js';

/** Exports that only the kernel model has (assembly/index.ts). */
export interface KernelExports {
  recordSteps(on: number): void;
  recordedSteps(): number;
  deadlocked(): number;
  zonesText(state: number, block: number): number;
  recoverDevice(state: number, device: number): number;
  /**
   * What a thread of a state waits for: part 0 the lock, 1 its object, 2 the holders, 3 what
   * else ends the wait, a WaitKind.
   */
  waitOf(state: number, thread: number, part: number): number;
  /** Replaces a state by the representative of its class. */
  canonicalState(state: number): void;
  /** Where a state goes, and then the states that one transition passes on its way there. */
  wayTarget(): number;
  wayBetween(): number;
  /** Counts steps of states, by their indices; tells where the counts are. */
  tallyBegin(): number;
  tallyRun(from: number, to: number): void;
  /** The same, and program points that a step passes on its way count too. */
  coverRun(from: number, to: number): void;
  /** Features that steps asked for, as bits of word 0 to 3, since coverBegin. */
  coverBegin(): void;
  coverFeatures(word: number): number;
}

export const kernelExports = (engine: SteppingEngine): KernelExports =>
  engine.exports as unknown as KernelExports;

export interface ObservationRecord {
  readonly kind: Observation;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** A step taken: the state before and after it, and what it told. */
export interface TakenStep {
  readonly ordinal: number;
  readonly label: number;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  readonly records: readonly ObservationRecord[];
}

/** Decodes the machine at the engine's present replay state. */
export function viewReplay(engine: SteppingEngine, scenario: ScenarioWords): MachineView {
  const kernel = kernelExports(engine);
  const zones = (block: number): string =>
    scenario.strings[kernel.zonesText(engine.replay.address(), block)] ?? '?';
  return viewMachine(engine.replay.state(), scenario, { zones });
}

function readRecords(engine: SteppingEngine): readonly ObservationRecord[] {
  const view = new DataView(engine.memory.buffer);
  const at = kernelExports(engine).recordedSteps() >>> 0;
  const count = view.getUint32(at, true);
  return Array.from({ length: count }, (_, index) => {
    const place = at + OBSERVATION_RECORDS_OFFSET + index * OBSERVATION_BYTES;
    return {
      kind: view.getUint32(place, true),
      a: view.getUint32(place + 4, true),
      b: view.getUint32(place + 8, true),
      c: view.getUint32(place + 12, true),
    };
  });
}

/** Takes a step of the replay, recorded; null when there is no such step. */
export function takeStep(engine: SteppingEngine, ordinal: number): TakenStep | null {
  const kernel = kernelExports(engine);
  const before = engine.replay.state();
  kernel.recordSteps(1);
  const label = engine.replay.take(ordinal);
  const records = label < 0 ? [] : readRecords(engine);
  kernel.recordSteps(0);
  return label < 0 ? null : { ordinal, label, before, after: engine.replay.state(), records };
}

const MODES: { readonly [M in LockMode]: 'write' | 'read' | 'active' } = {
  [LockMode.Write]: 'write',
  [LockMode.Read]: 'read',
  [LockMode.Active]: 'active',
  [LockMode.Tried]: 'write',
};

const threadsIn = (set: number, scenario: ScenarioWords): readonly string[] =>
  scenario.threads.filter((_, index) => ((set >> index) & 1) !== 0).map(({ name }) => name);

function returnValue(text: number, scenario: ScenarioWords): string | null {
  if (text >= 0x20000) return String(scenario.points[text - 0x20000] ?? '?');
  if (text >= 0x10000) return String(text - 0x10000);
  return text === 0xffff ? null : (scenario.strings[text] ?? null);
}

/** The machine that a message speaks of: a range that the step frees was there before it. */
function spokenOf(
  step: TakenStep,
  device: number,
  range: number,
  after: MachineView,
  scenario: ScenarioWords,
): MachineView {
  if (after.devices[device]?.ranges[range] !== undefined) return after;
  const before = viewMachine(step.before, scenario, { zones: () => '?' });
  return before.devices[device]?.ranges[range] === undefined ? after : before;
}

function eventOf(
  record: ObservationRecord,
  step: TakenStep,
  instruction: number,
  machine: MachineView,
  scenario: ScenarioWords,
): StepEvent | null {
  const { kind, a, b, c } = record;
  switch (kind) {
    case Observation.Lock:
    case Observation.Unlock: {
      // Files are entered by one attribute, and drained all together.
      const isDrain = c === LockMode.Write;
      const attribute = isDrain ? '*' : attributeOfInstruction(scenario, instruction);
      const lock = lockName(a as Lock, b, attribute, scenario);
      return {
        kind: kind === Observation.Lock ? 'lock' : 'unlock',
        lock,
        mode: MODES[c as LockMode],
      };
    }
    case Observation.Wait: {
      const holders = c & 0xffff;
      const lock = lockName(
        a as Lock,
        b,
        attributeOfHolders(step.before, scenario, holders),
        scenario,
      );
      return {
        kind: 'wait',
        lock,
        killable: c >> WAIT_KIND_SHIFT !== WaitKind.Uninterruptible,
        restarts: c >> WAIT_KIND_SHIFT === WaitKind.Restarts,
        holders: threadsIn(holders, scenario),
      };
    }
    case Observation.Message:
      return {
        kind: 'message',
        text: messageText(a as Message, b, c, spokenOf(step, b, c, machine, scenario), scenario),
      };
    case Observation.Uevent:
      return { kind: 'uevent', text: ueventText(a, b, c, scenario) };
    case Observation.Fault: {
      const fault = scenario.model.faults[a];
      const about = b > 0 ? ` on ${scenario.plan.devices[b - 1]?.name ?? '?'}` : '';
      const how = fault?.errno == null ? '' : ` fails with ${fault.errno}`;
      return { kind: 'fault', text: `${fault?.point ?? 'fault'}${how}${about}` };
    }
    case Observation.Return:
      return { kind: 'return', result: errnoName(a), value: returnValue(b, scenario) };
    case Observation.Tell:
      return { kind: 'output', text: scenario.instructions[a]?.text ?? '?' };
    default:
      return null;
  }
}

/** Number of the instruction that a thread is at, before the step or as the step's record says. */
export function instructionOf(step: TakenStep, thread: number, scenario: ScenarioWords): number {
  const command = step.records.find(({ kind }) => kind === Observation.Command);
  if (command !== undefined) return command.a;
  const at = scenario.state.threadsAt + thread * THREAD_BYTES + THREAD_INSTRUCTION_OFFSET;
  return new DataView(step.before.buffer, step.before.byteOffset).getUint16(at, true);
}

/** Functions that the thread will return into, outermost first. */
export function callers(state: Uint8Array, thread: number, scenario: ScenarioWords): string[] {
  const view = new DataView(state.buffer, state.byteOffset);
  const at = scenario.state.threadsAt + thread * THREAD_BYTES + THREAD_STACK_OFFSET;
  const names: string[] = [];
  for (let depth = 0; depth < RETURN_MAX; depth++) {
    const name = functionOfPc(view.getUint16(at + depth * 2, true));
    if (name !== null) names.push(name);
  }
  return names;
}

/** Kernel functions of an instruction's system call. */
export function entryOf(scenario: ScenarioWords, instruction: number): string | null {
  const view = new DataView(scenario.bytes.buffer, scenario.bytes.byteOffset);
  const at = scenario.instructionsAt + instruction * 12;
  if (scenario.instructions[instruction] === undefined) return null;
  return entryFunction(
    view.getUint8(at + INSTRUCTION_OP_OFFSET),
    view.getUint8(at + INSTRUCTION_FILE_OFFSET),
  );
}

function functionsOf(
  step: TakenStep,
  thread: number,
  instruction: number,
  scenario: ScenarioWords,
): readonly string[] {
  const run = step.records
    .filter(({ kind }) => kind === Observation.Function)
    .map(({ a }) => functionOfPc(a));
  const entry = entryOf(scenario, instruction);
  const all = [entry, ...callers(step.before, thread, scenario), ...run].filter(
    (name) => name !== null,
  );
  return [...new Set(all)];
}

/** Tells a taken step in the words of the trace. */
export function describeStep(
  step: TakenStep,
  after: MachineView,
  scenario: ScenarioWords,
): TraceStep {
  const thread = step.label & 0xff;
  const number = instructionOf(step, thread, scenario);
  const instruction = scenario.instructions[number] ?? null;
  const functions = functionsOf(step, thread, number, scenario);
  const innermost = functions[functions.length - 1];
  return {
    thread: scenario.threads[thread]?.name ?? '?',
    command: instruction === null ? null : { text: instruction.text, place: instruction.place },
    starts: step.records.some(({ kind }) => kind === Observation.Command),
    functions,
    source: innermost === undefined ? null : sourceOf(innermost),
    events: step.records
      .map((record) => eventOf(record, step, number, after, scenario))
      .filter((event) => event !== null),
    ordinal: step.ordinal,
    after,
  };
}

/** What a step is called: who did what, through which functions, and what came back. */
export interface StepName {
  readonly thread: string;
  /** The user's command, and what kind of instruction it is; null for the environment. */
  readonly command: string | null;
  readonly op: Instruction['op'] | null;
  /** Kernel functions, outermost first. */
  readonly functions: readonly string[];
  /** 'ok' or an errno where a system call returned, with what a read gave; null where none did. */
  readonly result: string | null;
  readonly value: string | null;
}

/** Names a taken step; cheaper than `describeStep`, which tells all of it. */
export function nameStep(step: TakenStep, scenario: ScenarioWords): StepName {
  const thread = step.label & 0xff;
  const number = instructionOf(step, thread, scenario);
  const instruction = scenario.instructions[number] ?? null;
  const answer = step.records.find(({ kind }) => kind === Observation.Return);
  return {
    thread: scenario.threads[thread]?.name ?? '?',
    command: instruction?.text ?? null,
    op: instruction?.op ?? null,
    functions: functionsOf(step, thread, number, scenario),
    result: answer === undefined ? null : errnoName(answer.a),
    value: answer === undefined ? null : returnValue(answer.b, scenario),
  };
}

/** Follows ordinals from an initial state; stops early where a step does not exist. */
export function follow(
  engine: SteppingEngine,
  scenario: ScenarioWords,
  initial: number,
  ordinals: readonly number[],
): { initial: MachineView; steps: readonly TraceStep[] } {
  engine.replay.initial(initial);
  const first = viewReplay(engine, scenario);
  const steps: TraceStep[] = [];
  for (const ordinal of ordinals) {
    const step = takeStep(engine, ordinal);
    if (step === null) break;
    steps.push(describeStep(step, viewReplay(engine, scenario), scenario));
  }
  return { initial: first, steps };
}
