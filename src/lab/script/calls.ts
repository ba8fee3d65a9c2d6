/**
 * The system calls of a trace: what each does, from which step to which it lasts, and what it
 * returns; and which of them overlap, so that no shell can do one after the other.
 */
import {
  Observation,
  THREAD_BYTES,
  THREAD_INSTRUCTION_OFFSET,
  ThreadKind,
} from '../../../assembly/layout.js';
import type { Scenario } from '../../compile/scenario.js';
import type { Engine } from '../../engine/engine.js';
import { type Deed, deedOf } from '../../verdict/deed.js';
import { describeStep, type TakenStep, takeStep, viewReplay } from '../../verdict/steps.js';
import type { MachineView, TraceStep } from '../../verdict/trace.js';

export interface Call {
  readonly thread: string;
  readonly kind: ThreadKind;
  /** The tool whose command line does this. */
  readonly tool: string | null;
  /** null for what the kernel does by itself. */
  readonly deed: Deed | null;
  readonly command: TraceStep['command'];
  /** Its first and its last step, counted from 0. */
  readonly first: number;
  readonly last: number;
  /** Steps at whose end it waits for somebody. */
  readonly waits: readonly number[];
  /** 'ok', an errno name; null when it has not returned at the end of the trace. */
  readonly result: string | null;
  readonly value: string | null;
  readonly functions: readonly string[];
  readonly source: string | null;
}

/** Calls that overlap, and what happens from the first of them to the end of the last. */
export interface Group {
  readonly calls: readonly Call[];
  readonly first: number;
  readonly last: number;
}

export interface Behaviour {
  readonly initial: MachineView;
  readonly steps: readonly TraceStep[];
  readonly calls: readonly Call[];
}

function instructionAt(step: TakenStep, thread: number, scenario: Scenario): number {
  const command = step.records.find(({ kind }) => kind === Observation.Command);
  if (command !== undefined) return command.a;
  const at = scenario.state.threadsAt + thread * THREAD_BYTES + THREAD_INSTRUCTION_OFFSET;
  return new DataView(step.before.buffer, step.before.byteOffset).getUint16(at, true);
}

type Draft = { -readonly [K in keyof Call]: Call[K] };

/** What begins with this step; null when nothing does that anybody could see. */
function beginning(
  step: TakenStep,
  told: TraceStep,
  index: number,
  scenario: Scenario,
): Draft | null {
  const thread = step.label & 0xff;
  const kind = scenario.threads[thread]?.kind ?? ThreadKind.Environment;
  const number = instructionAt(step, thread, scenario);
  const item = told.starts ? (scenario.instructions[number] ?? null) : null;
  const place = { scenario, before: step.before, thread, instruction: number };
  const deed = item === null ? null : deedOf(item, place);
  if (deed === null && kind !== ThreadKind.Worker) return null;
  return {
    thread: told.thread,
    kind,
    tool: item?.tool ?? null,
    deed,
    command: told.command,
    first: index,
    last: index,
    waits: [],
    result: null,
    value: null,
    functions: [],
    source: null,
  };
}

function add(call: Draft, told: TraceStep, index: number): void {
  call.last = index;
  call.functions = [...new Set([...call.functions, ...told.functions])];
  call.source = told.source ?? call.source;
  if (told.events.some(({ kind }) => kind === 'wait')) call.waits = [...call.waits, index];
  for (const event of told.events) {
    if (event.kind !== 'return') continue;
    call.result = event.result;
    call.value = event.value;
  }
}

/** Follows a trace's steps from its initial state; ends early where a step does not exist. */
export function followCalls(
  engine: Engine,
  scenario: Scenario,
  header: { readonly initial: number; readonly ordinals: readonly number[] },
): Behaviour {
  engine.replay.initial(header.initial);
  const initial = viewReplay(engine, scenario);
  const steps: TraceStep[] = [];
  const calls: Draft[] = [];
  const open = new Map<number, Draft>();
  for (const ordinal of header.ordinals) {
    const step = takeStep(engine, ordinal);
    if (step === null) break;
    const told = describeStep(step, viewReplay(engine, scenario), scenario);
    const index = steps.length;
    steps.push(told);
    const thread = step.label & 0xff;
    const begun = told.starts || !open.has(thread) ? beginning(step, told, index, scenario) : null;
    if (told.starts || begun !== null) open.delete(thread);
    if (begun !== null) {
      calls.push(begun);
      open.set(thread, begun);
    }
    const call = open.get(thread);
    if (call === undefined) continue;
    add(call, told, index);
    if (call.result !== null) open.delete(thread);
  }
  // What has not returned lasts until the end of the trace.
  for (const call of open.values()) call.last = steps.length - 1;
  return { initial, steps, calls };
}

/**
 * Puts calls that overlap together, in order. What the kernel does by itself belongs to what was
 * done before it.
 */
export function groupCalls(calls: readonly Call[]): readonly Group[] {
  const groups: { calls: Call[]; first: number; last: number }[] = [];
  for (const call of calls) {
    const group = groups.at(-1);
    const isOwn = call.kind === ThreadKind.Worker;
    if (group === undefined || (call.first > group.last && !isOwn)) {
      groups.push({ calls: [call], first: call.first, last: call.last });
      continue;
    }
    group.calls.push(call);
    group.last = Math.max(group.last, call.last);
  }
  return groups;
}
