/** Machines, scripts and projections for the tests of cut machines. */
import {
  BLOCK_BYTES,
  BLOCK_EXTRA_BYTES,
  GLOBAL_BYTES,
  INSTRUCTION_ENDED,
  INSTRUCTION_IDLE,
  THREAD_BYTES,
  THREAD_EVENT_OFFSET,
  THREAD_INSTRUCTION_OFFSET,
  ThreadKind,
} from '../../assembly/layout.ts';
import { composeModel } from '../../src/advice/compose.ts';
import { compileModel, type Scenario } from '../../src/compile/scenario.ts';
import { openKernelEngine } from '../../src/kernelEngine.ts';
import type { Model } from '../../src/model/model.ts';
import { scopeModel } from '../../src/scope/cut.ts';
import { file, type Machine, machine } from '../advice/support.ts';

export interface Setup extends Omit<Machine, 'end'> {
  readonly scripts: readonly string[];
  readonly rule?: string | undefined;
  readonly coldplug?: boolean;
  readonly workers?: number;
}

/** A machine with dax0.0 of eight blocks of 128M, memory32 to memory39, and what runs on it. */
export function wide(setup: Setup): Model {
  const names = ['a.sh', 'b.sh', 'c.sh'];
  return composeModel(machine({ ...setup, end: '13fffffff' }), {
    scripts: setup.scripts.map((script, index) => file(names[index] ?? 'd.sh', script)),
    rules: setup.rule === undefined ? [] : [file('80.rules', `${setup.rule}\n`)],
    ...{ coldplug: setup.coldplug ?? false, workers: setup.workers ?? null, virt: 'none' },
    havoc: null,
  }).model;
}

/** More is not compared state by state. */
const STATES_MAX = 200_000;

export const UNBIND = 'echo dax0.0 > /sys/bus/dax/drivers/kmem/unbind';

export const ruleOf = (word: string): string =>
  `SUBSYSTEM=="memory", ACTION=="add", ATTR{state}=="offline", ATTR{state}="${word}"`;

/** Calls `each` with every reachable state of a model that is cut to so many blocks. */
export async function eachState(
  model: Model,
  blocks: number,
  each: (state: Uint8Array, scenario: Scenario) => void,
): Promise<void> {
  const scenario = compileModel(scopeModel(model, blocks).model);
  const engine = openKernelEngine(scenario, { limits: { states: STATES_MAX } });
  const { stoppedBy } = await engine.search();
  if (stoppedBy !== null) throw new Error(`more than ${STATES_MAX} states: ${stoppedBy}`);
  for (const { count, bytes } of engine.states()) {
    const size = bytes.length / count;
    for (let at = 0; at < bytes.length; at += size) each(bytes.subarray(at, at + size), scenario);
  }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** A thread as the projection keeps it: at which line; at a dropped block's event it is idle. */
function threadKey(state: Uint8Array, scenario: Scenario, thread: number, kept: number[]): string {
  const at = scenario.state.threadsAt + thread * THREAD_BYTES;
  const view = new DataView(state.buffer, state.byteOffset);
  const instruction = view.getUint16(at + THREAD_INSTRUCTION_OFFSET, true);
  if (instruction === INSTRUCTION_ENDED) return 'ended';
  if (instruction === INSTRUCTION_IDLE) return 'idle';
  const isUdev = scenario.threads[thread]?.kind === ThreadKind.Udev;
  if (!isUdev) return String(scenario.instructions[instruction]?.place.line);
  const file = scenario.instructions[instruction]?.place.file;
  const first = scenario.instructions.findIndex((one) => one?.place.file === file);
  const event = state[at + THREAD_EVENT_OFFSET] ?? 0;
  if (event >= scenario.plan.blocks.length) return `${instruction - first} of a device`;
  const position = kept.indexOf(event);
  // What udev does to a dropped block is nothing to the others.
  return position < 0 ? 'idle' : `${instruction - first} of ${position}`;
}

/** A state with only the kept blocks: the machine, what waits for udev, where each thread is. */
export function project(state: Uint8Array, scenario: Scenario, kept: number[]): string {
  const { state: plan } = scenario;
  const blocks = kept.map((index) => {
    const at = plan.blocksAt + index * BLOCK_BYTES;
    const extra = plan.blockExtraAt === 0 ? 0 : plan.blockExtraAt + index * BLOCK_EXTRA_BYTES;
    return [
      hex(state.subarray(at, at + BLOCK_BYTES)),
      extra === 0 ? '' : hex(state.subarray(extra, extra + BLOCK_EXTRA_BYTES)),
      state[plan.eventsAt + index],
    ].join('.');
  });
  const threads = scenario.threads.map((_, thread) => threadKey(state, scenario, thread, kept));
  return [
    hex(state.subarray(0, GLOBAL_BYTES)),
    hex(state.subarray(plan.devicesAt, plan.rangesAt)),
    ...blocks,
    ...threads,
  ].join('|');
}

/** All ways to keep so many of n blocks. */
export function choices(n: number, kept: number): number[][] {
  if (kept === 0) return [[]];
  return Array.from({ length: n }, (_, last) => last)
    .slice(kept - 1)
    .flatMap((last) => choices(last, kept - 1).map((before) => [...before, last]));
}

/**
 * States of n blocks in which some block is in no choice of `kept` blocks that the machine of so
 * many blocks can show as well.
 */
export async function unseen(
  model: Model,
  kept: number,
  n: number,
): Promise<{ readonly states: number; readonly missing: number }> {
  const seen = new Set<string>();
  const all = Array.from({ length: kept }, (_, block) => block);
  await eachState(model, kept, (state, scenario) => seen.add(project(state, scenario, all)));
  let states = 0;
  let missing = 0;
  const ways = choices(n, kept);
  await eachState(model, n, (state, scenario) => {
    states += 1;
    const found = new Set<number>();
    for (const way of ways) {
      if (way.every((block) => found.has(block))) continue;
      if (seen.has(project(state, scenario, way))) for (const block of way) found.add(block);
    }
    if (found.size < n) missing += 1;
  });
  return { states, missing };
}
