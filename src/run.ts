/**
 * Runs the scripts of a model, one schedule: each script to its end in the order of the actors,
 * udev after each command. No search, no faults, and of several answers the first.
 */
import { THREAD_BYTES, THREAD_PC_OFFSET, ThreadKind } from '../assembly/layout.js';
import { compileModel, type Scenario } from './compile/scenario.js';
import type { Engine } from './engine/engine.js';
import { openKernelEngine } from './kernelEngine.js';
import type { Model } from './model/model.js';
import { describeStep, takeStep, viewReplay } from './verdict/steps.js';
import type { MachineView, RunRecord, StepEvent, TraceStep } from './verdict/trace.js';

/** System calls after which a script counts as one that never ends. */
const COMMANDS_MAX = 10_000;

const hex = (value: bigint): string => value.toString(16);

/** A line's record: what it was, what it returned, the machine after it. */
function recordOf(
  step: { thread: string; command: TraceStep['command'] },
  events: readonly StepEvent[],
  machine: MachineView,
): RunRecord {
  const answer = events.find((event) => event.kind === 'return');
  const waiting = events.find((event) => event.kind === 'wait');
  const result =
    answer?.kind === 'return'
      ? answer.result
      : waiting?.kind === 'wait'
        ? `waits for ${waiting.lock}`
        : 'ok';
  return {
    thread: step.thread,
    command: step.command?.text ?? '',
    place: step.command?.place ?? null,
    result,
    value: answer?.kind === 'return' ? answer.value : null,
    iomem: machine.iomem.map(
      ({ start, end, name, depth }) => [hex(start), hex(end), name, depth] as const,
    ),
    devices: machine.devices
      .filter(({ present }) => present)
      .map(({ name, driver, size, ranges }) => ({
        name,
        driver,
        size: String(size),
        ranges: ranges.map(({ start, end }) => [hex(start), hex(end)] as const),
      })),
    blocks: machine.blocks.map(({ index, state, zones }) => ({
      name: `memory${index}`,
      state,
      zones,
    })),
    autoOnlineBlocks: machine.autoOnlineBlocks,
    messages: events.flatMap((event) => (event.kind === 'message' ? [event.text] : [])),
    ...outputOf(events),
  };
}

/** What tools printed; nothing where they were silent. */
function outputOf(events: readonly StepEvent[]): Pick<RunRecord, 'output'> {
  const output = events.flatMap((event) => (event.kind === 'output' ? [event.text] : []));
  return output.length === 0 ? {} : { output };
}

interface Runner {
  readonly engine: Engine;
  readonly scenario: Scenario;
}

const bytesOf = ({ engine, scenario }: Runner, thread: number, offset: number): number => {
  const state = engine.replay.state();
  const at = scenario.state.threadsAt + thread * THREAD_BYTES + offset;
  return new DataView(state.buffer).getUint16(at, true);
};

/** The first enabled step of a thread, taken; null when it has none. */
function stepOf(runner: Runner, thread: number): TraceStep | null {
  const { engine, scenario } = runner;
  const { successors } = engine.successors.expand(engine.replay.state());
  const ordinal = successors.findIndex(({ label }) => (label & 0xff) === thread);
  if (ordinal < 0) return null;
  const step = takeStep(engine, ordinal);
  return step === null ? null : describeStep(step, viewReplay(engine, scenario), scenario);
}

/** One command of a thread, to its end or until it has to wait. */
function runCommand(runner: Runner, thread: number): RunRecord | null {
  const events: StepEvent[] = [];
  let first: TraceStep | null = null;
  for (let count = 0; count < COMMANDS_MAX; count++) {
    const step = stepOf(runner, thread);
    if (step === null) break;
    if (first === null || (first.command === null && step.command !== null)) first = step;
    events.push(...step.events);
    if (bytesOf(runner, thread, THREAD_PC_OFFSET) === 0) break;
  }
  if (first === null) return null;
  return recordOf(first, events, viewReplay(runner.engine, runner.scenario));
}

/** What udev and the kernel's own threads do until they have nothing left to do. */
function runOthers(runner: Runner): RunRecord[] {
  const records: RunRecord[] = [];
  const workers = runner.scenario.threads.flatMap(({ kind }, index) =>
    kind === ThreadKind.Udev || kind === ThreadKind.Worker ? [index] : [],
  );
  for (let count = 0; count < COMMANDS_MAX; count++) {
    const found = workers
      .map((thread) => runCommand(runner, thread))
      .filter((record) => record !== null);
    if (found.length === 0) break;
    records.push(...found.filter(({ command }) => command !== ''));
  }
  return records;
}

/**
 * Runs the model's scripts.
 *
 * @returns one record for the machine before the first line (its command is empty), then one for
 * each command.
 * Throws a ModelRejection for faults of scripts, rules and names.
 */
export function run(
  model: Model,
  options: { readonly debug?: boolean } = {},
): readonly RunRecord[] {
  const scenario = compileModel({ ...model, granularity: 'call', faults: [] });
  const engine = openKernelEngine(scenario, { debug: options.debug ?? false });
  engine.replay.initial(0);
  const runner = { engine, scenario };
  const before = recordOf({ thread: '', command: null }, [], viewReplay(engine, scenario));
  const records: RunRecord[] = [before, ...runOthers(runner)];
  for (const [thread, { kind }] of scenario.threads.entries()) {
    if (kind !== ThreadKind.Script) continue;
    for (let count = 0; count < COMMANDS_MAX; count++) {
      const record = runCommand(runner, thread);
      if (record === null) break;
      records.push(record, ...runOthers(runner));
    }
  }
  return records;
}
