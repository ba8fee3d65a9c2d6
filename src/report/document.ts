/**
 * The document that the page of an HTML report reads: one or several runs, each with its verdict
 * and its behaviours.
 *
 * In memory it holds the traces as they are, with addresses as bigint; `encodeDocument` makes JSON
 * of it, in which what is the same in many steps is written once, and `decodeDocument` is its
 * inverse. Both are free of Node, since the page decodes what the program encodes.
 */
import type { Range } from '../model/model.js';
import type {
  BlockView,
  DeviceView,
  IomemLine,
  MachineView,
  Trace,
  TraceStep,
  Verdict,
} from '../verdict/trace.js';

export interface ReportDocument {
  readonly format: 1;
  readonly tool: { readonly name: string; readonly version: string };
  /** One for each model. */
  readonly runs: readonly ReportRun[];
  /** The engine's module, packed, where a run is explored inside the page. */
  readonly module?: string;
}

export interface ReportRun {
  readonly model: string;
  readonly title: string;
  readonly kernel: string;
  readonly granularity: Trace['granularity'];
  /** Null in a report of a trace file, which knows nothing of the search that found it. */
  readonly verdict: ReportVerdict | null;
  /** The verdict as the terminal shows it; null without one. */
  readonly text: string | null;
  /** Counterexamples, then witnesses; the page numbers them through all runs: v1, v2. */
  readonly traces: readonly ReportTrace[];
  /** What is known of the kernel functions that the steps name. */
  readonly functions: { readonly [name: string]: ReportFunction };
  /** Pictures and texts of the whole search, below the summary. */
  readonly sections?: readonly ReportSection[];
  /** Where the run can be explored. */
  readonly engine?: ReportEngine;
}

/** A verdict without its traces, which stand beside it. */
export type ReportVerdict = Omit<Verdict, 'violations' | 'witnesses'>;

export interface ReportTrace {
  readonly kind: 'violation' | 'witness';
  readonly trace: Trace;
}

export interface ReportFunction {
  /** Path in the kernel's tree. */
  readonly source: string | null;
  /** Features whose commits changed this function, as far as the table knows. */
  readonly features: readonly ReportFeature[];
}

export interface ReportFeature {
  readonly id: string;
  readonly commit: string | null;
  readonly title: string;
  readonly since: string;
  /** Whether the kernel of the run has it. */
  readonly isPresent: boolean;
}

export interface ReportSection {
  /** Becomes the section's address: letters, digits and hyphens. */
  readonly id: string;
  readonly title: string;
  /** Says in words what the picture shows; also what stands there without one. */
  readonly text: string;
  /** An `<svg>` element; it may use currentColor and the page's variables (src/page/page.css). */
  readonly svg?: string;
  /** Preformatted text, such as a table of a terminal. */
  readonly lines?: readonly string[];
}

/** How the page's explorer goes through a run's model. */
export type ReportEngine =
  /** By the engine inside the page: the compiled model, as text, packed. */
  | { readonly kind: 'inside'; readonly model: string }
  /** By asking the program that serves the page. */
  | { readonly kind: 'served' };

/** Values that stand in many places and are written once. */
interface Pool {
  readonly values: unknown[];
  readonly put: (value: unknown) => number;
}

function makePool(): Pool {
  const values: unknown[] = [];
  const places = new Map<string, number>();
  const put = (value: unknown): number => {
    const key = JSON.stringify(value);
    const known = places.get(key);
    if (known !== undefined) return known;
    places.set(key, values.length);
    return values.push(value) - 1;
  };
  return { values, put };
}

type Hex = string;
type PackedRange = readonly [start: Hex, end: Hex];
type PackedLine = readonly [start: Hex, end: Hex, name: string, depth: number];
/** A run of consecutive blocks that are alike. */
type PackedBlocks = readonly [
  first: number,
  count: number,
  state: BlockView['state'],
  zones: string,
  device: string,
];
type PackedDevice = Omit<DeviceView, 'size' | 'ranges'> & {
  readonly size: Hex;
  readonly ranges: readonly PackedRange[];
};

/** Numbers are places in the pool. */
interface PackedMachine {
  readonly iomem: readonly number[];
  readonly devices: number;
  readonly blocks: number;
  readonly drivers: number;
  readonly locks: number;
  readonly autoOnlineBlocks: string;
}

type PackedStep = Omit<TraceStep, 'after'> & { readonly after: number };
type PackedTrace = Omit<Trace, 'initial' | 'steps'> & {
  readonly initial: number;
  readonly steps: readonly PackedStep[];
};
type PackedRun = Omit<ReportRun, 'traces'> & {
  readonly traces: readonly { readonly kind: ReportTrace['kind']; readonly trace: PackedTrace }[];
};
type PackedDocument = Omit<ReportDocument, 'runs'> & {
  readonly pool: readonly unknown[];
  readonly runs: readonly PackedRun[];
};

const hex = (value: bigint): Hex => value.toString(16);
const unhex = (text: Hex): bigint => BigInt(`0x${text}`);
const packRange = ({ start, end }: Range): PackedRange => [hex(start), hex(end)];

function packBlocks(blocks: readonly BlockView[]): readonly PackedBlocks[] {
  const runs: [number, number, BlockView['state'], string, string][] = [];
  for (const { index, state, zones, device } of blocks) {
    const run = runs.at(-1);
    const goesOn =
      run !== undefined &&
      run[0] + run[1] === index &&
      run[2] === state &&
      run[3] === zones &&
      run[4] === device;
    if (goesOn) run[1]++;
    else runs.push([index, 1, state, zones, device]);
  }
  return runs;
}

function packMachine(view: MachineView, pool: Pool): number {
  const devices = view.devices.map((device) => ({
    ...device,
    size: hex(device.size),
    ranges: device.ranges.map(packRange),
  }));
  const packed: PackedMachine = {
    iomem: view.iomem.map(({ start, end, name, depth }) =>
      pool.put([hex(start), hex(end), name, depth]),
    ),
    devices: pool.put(devices),
    blocks: pool.put(packBlocks(view.blocks)),
    drivers: pool.put(view.drivers),
    locks: pool.put(view.locks),
    autoOnlineBlocks: view.autoOnlineBlocks,
  };
  return pool.put(packed);
}

function packTrace(trace: Trace, pool: Pool): PackedTrace {
  return {
    ...trace,
    initial: packMachine(trace.initial, pool),
    steps: trace.steps.map((step) => ({ ...step, after: packMachine(step.after, pool) })),
  };
}

/** Writes a document as JSON. */
export function encodeDocument(document: ReportDocument): string {
  const pool = makePool();
  const runs = document.runs.map((run) => ({
    ...run,
    traces: run.traces.map(({ kind, trace }) => ({ kind, trace: packTrace(trace, pool) })),
  }));
  const packed: PackedDocument = { ...document, runs, pool: pool.values };
  return JSON.stringify(packed);
}

const unpackRange = ([start, end]: PackedRange): Range => ({
  start: unhex(start),
  end: unhex(end),
});

function unpackMachine(place: number, pool: readonly unknown[]): MachineView {
  const at = <T>(index: number): T => pool[index] as T;
  const packed = at<PackedMachine>(place);
  const line = ([start, end, name, depth]: PackedLine): IomemLine => ({
    start: unhex(start),
    end: unhex(end),
    name,
    depth,
  });
  const blocks = ([first, count, state, zones, device]: PackedBlocks): BlockView[] =>
    Array.from({ length: count }, (_, more) => ({ index: first + more, state, zones, device }));
  return {
    iomem: packed.iomem.map((index) => line(at(index))),
    devices: at<PackedDevice[]>(packed.devices).map((device) => ({
      ...device,
      size: unhex(device.size),
      ranges: device.ranges.map(unpackRange),
    })),
    blocks: at<PackedBlocks[]>(packed.blocks).flatMap(blocks),
    drivers: at(packed.drivers),
    locks: at(packed.locks),
    autoOnlineBlocks: packed.autoOnlineBlocks,
  };
}

/** Reads what `encodeDocument` wrote. */
export function decodeDocument(json: string): ReportDocument {
  const { pool, ...document } = JSON.parse(json) as PackedDocument;
  // A machine that stands in many steps is unpacked once, so that equal views are the same object.
  const machines = new Map<number, MachineView>();
  const machine = (place: number): MachineView => {
    const known = machines.get(place) ?? unpackMachine(place, pool);
    machines.set(place, known);
    return known;
  };
  const runs = document.runs.map((run) => ({
    ...run,
    traces: run.traces.map(({ kind, trace }) => ({
      kind,
      trace: {
        ...trace,
        initial: machine(trace.initial),
        steps: trace.steps.map((step) => ({ ...step, after: machine(step.after) })),
      },
    })),
  }));
  return { ...document, runs };
}
