/**
 * Writes a counterexample as an ITF file (`.itf.json`), the JSON trace format that Apalache and
 * Quint share.
 *
 * The variables are the machine as userland sees it, so that existing viewers show it; what
 * `replay` and `show` need besides stands under `#meta.daxcheck`, of the file and of each state.
 * docs/trace-format.md says more.
 */
import { createHash } from 'node:crypto';
import type { Composition } from '../model/model.js';
import type { Finding, MachineView, Trace, TraceStep } from '../verdict/trace.js';
import { changedLines, diffIomem, formatIomemLine } from './iomemDiff.js';
import { renderShellLines } from './shell.js';

/** What a trace does not know of the model that it came from. */
export interface ItfOrigin {
  /** As given by `hashModelText`. */
  readonly modelHash: string;
  /** Index of the initial state. */
  readonly initial: number;
  /** Of a model that was put together of several files. */
  readonly composition?: Composition;
  /** From the trace file's folder to the one that its files are named from, where it is known. */
  readonly folder?: string | undefined;
  /** Memory blocks that were kept of each large device; absent where the machine is whole. */
  readonly scope?: number | undefined;
}

/** What `replay` needs: which model, from where, which steps, and what must be found at the end. */
export interface ItfHeader extends ItfOrigin {
  readonly format: 1;
  readonly model: string;
  readonly title: string;
  readonly kernel: string;
  readonly granularity: Trace['granularity'];
  /** One for each step: which of the enabled steps it was, from 0. */
  readonly ordinals: readonly number[];
  readonly finding: Finding;
  readonly inevitableAt: number | null;
  /** As in `Trace`. */
  readonly loopFrom?: number;
}

/** Stand-ins for null: ITF has none, and these are what the kernel's own files say. */
export const NO_DRIVER = 'none';
export const NO_NODE = -1;

const FORMAT_DESCRIPTION = 'https://apalache-mc.org/docs/adr/015adr-trace.html';

/** Types of the variables in Apalache's notation; their order is the order in the file. */
const VAR_TYPES = {
  iomem: 'Seq({ start: Int, end: Int, name: Str, depth: Int })',
  devices:
    'Seq({ name: Str, driver: Str, present: Bool, size: Int,' +
    ' ranges: Seq({ start: Int, end: Int }),' +
    ' targetNode: Int, opens: Int, mappings: Int, pins: Int, poison: Bool })',
  blocks: 'Seq({ index: Int, state: Str, zones: Str, device: Str })',
  drivers: 'Seq({ name: Str, registered: Bool, ids: Seq(Str) })',
  autoOnlineBlocks: 'Str',
  locks: 'Seq({ lock: Str, mode: Str, holder: Str })',
  'mbt::actionTaken': 'Str',
  'mbt::nondetPicks':
    '{ thread: None(UNIT) | Some(Str), command: None(UNIT) | Some(Str),' +
    ' result: None(UNIT) | Some(Str), ordinal: None(UNIT) | Some(Int) }',
} as const;

/** Returns the hash by which `replay` knows the model's text again: `sha256:` and 64 hex digits. */
export function hashModelText(text: string): string {
  return `sha256:${createHash('sha256').update(text, 'utf8').digest('hex')}`;
}

/**
 * Renders a trace as ITF, one state a line so that two files can be compared by eye.
 *
 * All integers of the variables are `{"#bigint": "…"}`. State 0 is the initial one; state i is
 * after step i.
 */
export function renderItf(trace: Trace, origin: ItfOrigin): string {
  const states = [
    state(0, trace.initial, null, null),
    ...trace.steps.map((step, index) =>
      state(index + 1, step.after, step, trace.steps[index - 1]?.after ?? trace.initial),
    ),
  ];
  return [
    '{',
    `"#meta": ${JSON.stringify(fileMeta(trace, origin))},`,
    `"vars": ${JSON.stringify(Object.keys(VAR_TYPES))},`,
    ...loopLines(trace),
    '"states": [',
    states.map((entry) => JSON.stringify(entry)).join(',\n'),
    ']',
    '}',
    '',
  ].join('\n');
}

/**
 * ITF's `loop` is the first of the states that are repeated. The last state here is the one before
 * it again; of a behaviour that stays where it is, the last state alone is repeated.
 */
function loopLines({ loopFrom, steps }: Trace): string[] {
  if (loopFrom === undefined) return [];
  return [`"loop": ${Math.min(loopFrom + 1, steps.length)},`];
}

function fileMeta(trace: Trace, origin: ItfOrigin) {
  const header: ItfHeader = {
    format: 1,
    model: trace.model,
    modelHash: origin.modelHash,
    title: trace.title,
    kernel: trace.kernel,
    granularity: trace.granularity,
    initial: origin.initial,
    ...(origin.composition !== undefined && { composition: origin.composition }),
    ...(origin.folder !== undefined && { folder: origin.folder }),
    ...(origin.scope !== undefined && { scope: origin.scope }),
    ordinals: trace.steps.map((step) => step.ordinal),
    finding: trace.finding,
    inevitableAt: trace.inevitableAt,
    ...(trace.loopFrom !== undefined && { loopFrom: trace.loopFrom }),
  };
  return {
    format: 'ITF',
    'format-description': FORMAT_DESCRIPTION,
    source: trace.model,
    status: 'violation',
    description: `daxcheck counterexample: ${trace.finding.property}: ${trace.finding.summary}`,
    varTypes: VAR_TYPES,
    daxcheck: { ...header, shell: renderShellLines(trace).trimEnd().split('\n') },
  };
}

function state(
  index: number,
  view: MachineView,
  step: TraceStep | null,
  before: MachineView | null,
) {
  const meta = step === null ? { index } : { index, daxcheck: stepMeta(step, before ?? view) };
  return {
    '#meta': meta,
    ...variables(view),
    'mbt::actionTaken': step === null ? 'init' : (step.functions[0] ?? 'user'),
    'mbt::nondetPicks': {
      thread: option(step?.thread ?? null),
      command: option(step?.command?.text ?? null),
      result: option(step === null ? null : resultOf(step)),
      ordinal: option(step === null ? null : integer(step.ordinal)),
    },
  };
}

/** What a system call returned in a step; null for none. */
const resultOf = ({ events }: TraceStep): string | null =>
  events.flatMap((event) => (event.kind === 'return' ? [event.result] : [])).at(-1) ?? null;

function stepMeta(step: TraceStep, before: MachineView) {
  const changed = changedLines(diffIomem(before.iomem, step.after.iomem));
  const lines = (op: 'remove' | 'add') =>
    changed.filter((edit) => edit.op === op).map((edit) => formatIomemLine(edit.line));
  return {
    thread: step.thread,
    ordinal: step.ordinal,
    shell: step.starts ? (step.command?.text ?? null) : null,
    returned: resultOf(step),
    iomemRemoved: lines('remove'),
    iomemAdded: lines('add'),
    command: step.command,
    starts: step.starts,
    functions: step.functions,
    source: step.source,
    events: step.events,
  };
}

function variables(view: MachineView) {
  return {
    iomem: view.iomem.map((line) => ({
      start: integer(line.start),
      end: integer(line.end),
      name: line.name,
      depth: integer(line.depth),
    })),
    devices: view.devices.map((device) => ({
      name: device.name,
      driver: device.driver ?? NO_DRIVER,
      present: device.present,
      size: integer(device.size),
      ranges: device.ranges.map(({ start, end }) => ({ start: integer(start), end: integer(end) })),
      targetNode: integer(device.targetNode ?? NO_NODE),
      opens: integer(device.opens),
      mappings: integer(device.mappings),
      pins: integer(device.pins),
      poison: device.poison,
    })),
    blocks: view.blocks.map((block) => ({ ...block, index: integer(block.index) })),
    drivers: view.drivers,
    autoOnlineBlocks: view.autoOnlineBlocks,
    locks: view.locks,
  };
}

function integer(value: bigint | number) {
  return { '#bigint': String(value) };
}

function option(value: unknown) {
  return value === null ? { tag: 'None', value: { '#tup': [] } } : { tag: 'Some', value };
}
