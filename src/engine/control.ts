/**
 * The control block as the driver reads it: one record of accessors over the shared memory.
 */
import {
  BUCKET_BYTES,
  BUCKET_SLOTS,
  CONTROL_ABORT,
  CONTROL_ATTENTION,
  CONTROL_BUCKETS,
  CONTROL_ERROR,
  CONTROL_FINISHED,
  CONTROL_FIRST,
  CONTROL_FOUND,
  CONTROL_LABELS,
  CONTROL_LEVEL,
  CONTROL_LEVEL_FROM,
  CONTROL_LEVEL_TO,
  CONTROL_LEVELS,
  CONTROL_LEVELS_MAX,
  CONTROL_OWN_VIOLATIONS,
  CONTROL_PACKED_BYTES,
  CONTROL_PARTS_BUCKETS,
  CONTROL_PARTS_RESERVED,
  CONTROL_READY,
  CONTROL_RESERVED,
  CONTROL_START,
  CONTROL_STOP,
  CONTROL_STOPPED_BY,
  CONTROL_TOP,
  CONTROL_TRANSITIONS,
  CONTROL_VIOLATIONS,
  CONTROL_WORKERS,
  LABEL_DETAILS,
  LINE_PART_END,
  LINE_PART_NEXT,
  LINE_TRANSITIONS,
  PART_BYTES,
  STOP_INTERRUPT,
  STOP_TIME,
  WORKER_LINE_BYTES,
  WORKER_LINES,
  WORKERS_MAX,
} from '../../assembly/search/layout.js';
import { trapError } from './engineError.js';
import { LEVELS_SEEN } from './estimate.js';
import type { SearchExports } from './instantiate.js';

/** No index, no depth, no run. */
export const NONE = 0xffffffff;

/** Reads and writes the control block of one memory. */
export interface Control {
  /** The u32 at an address. */
  read(address: number): number;
  write(address: number, value: number): void;
  /** Writes and wakes whoever waits at the address. */
  signal(address: number, value: number): void;
}

/** A memory with a search in it, as this thread sees it. */
export interface SearchMemory {
  readonly engine: SearchExports;
  readonly control: Control;
  readonly memory: WebAssembly.Memory;
}

/** Makes the accessors. The memory never grows, so the view stays good. */
export function controlOf(memory: WebAssembly.Memory): Control {
  const words = new Int32Array(memory.buffer);
  return {
    read: (address) => Atomics.load(words, address / 4) >>> 0,
    write: (address, value) => void Atomics.store(words, address / 4, value | 0),
    signal: (address, value) => {
      Atomics.store(words, address / 4, value | 0);
      Atomics.notify(words, address / 4);
    },
  };
}

/** Asks the workers to stop within the level, for a STOP_* reason; the first reason stays. */
export function requestStop(control: Control, reason: number): void {
  if (control.read(CONTROL_STOP) === 0) control.write(CONTROL_STOP, reason);
  // After the reason: whoever sees the attention must find it.
  control.write(CONTROL_ATTENTION, 1);
}

/** What ends a search from outside. */
export interface Bounds {
  readonly signal: AbortSignal | undefined;
  readonly seconds?: number | undefined;
}

/** Asks for a stop at an interrupt, or once the time is up. */
export function keepBounds(control: Control, { signal, seconds }: Bounds, now: number): void {
  if (signal?.aborted) requestStop(control, STOP_INTERRUPT);
  else if (seconds !== undefined && now >= seconds) requestStop(control, STOP_TIME);
}

/** Tells all workers to leave, because one is lost. */
export function abortAll(control: Control): void {
  control.write(CONTROL_ABORT, 1);
  control.signal(CONTROL_START, 2);
}

/** The code that a trapped instance left, 0 for none. */
export function errorCode(control: Control): number {
  return control.read(CONTROL_ERROR);
}

/** What a search is left by: a trap as the engine's failure, anything else as it is. */
export function failureOf(control: Control, cause: unknown): unknown {
  return cause instanceof WebAssembly.RuntimeError ? trapError(errorCode(control), cause) : cause;
}

/** Numbers of a search under way; approximate while workers run. */
export interface Counts {
  readonly found: number;
  readonly transitions: number;
  readonly depth: number;
  readonly frontier: number;
  readonly memoryBytes: number;
  /** Part of the table that is taken. */
  readonly load: number;
  /** Sizes of the latest levels, the one that is being expanded the last; and states beyond it. */
  readonly levels: readonly number[];
  readonly beyond: number;
}

/** Where a worker's own numbers are. */
export const lineOf = (worker: number): number => WORKER_LINES + worker * WORKER_LINE_BYTES;

/** Reads where a search is. */
export function countsNow(control: Control): Counts {
  let transitions = 0;
  for (let worker = 0; worker < control.read(CONTROL_WORKERS); worker += 1) {
    transitions += wide(control, lineOf(worker) + LINE_TRANSITIONS);
  }
  const found = control.read(CONTROL_RESERVED);
  const depth = control.read(CONTROL_LEVEL);
  return {
    found,
    transitions,
    depth,
    frontier: control.read(CONTROL_LEVEL_TO) - control.read(CONTROL_LEVEL_FROM),
    memoryBytes: memoryInUse(control),
    load: found / (control.read(CONTROL_BUCKETS) * BUCKET_SLOTS),
    levels: levelsOf(control, Math.max(0, depth - LEVELS_SEEN + 1), depth),
    beyond: Math.max(0, found - control.read(CONTROL_LEVEL_TO)),
  };
}

/** Sizes of the levels from one depth to another. */
function levelsOf(control: Control, from: number, to: number): number[] {
  const first = control.read(CONTROL_LEVELS);
  return Array.from({ length: to - from + 1 }, (_, index) => {
    const at = first + (from + index) * 4;
    return control.read(at + 4) - control.read(at);
  });
}

/** Bytes in use: what lies before the sets, and of each set its members and its table. */
function memoryInUse(control: Control): number {
  const before = control.read(CONTROL_LEVELS) + control.read(CONTROL_LEVELS_MAX) * 4;
  const inMemory = control.read(CONTROL_RESERVED) - control.read(CONTROL_FIRST);
  const states = inMemory * control.read(CONTROL_PACKED_BYTES);
  const parts = control.read(CONTROL_PARTS_RESERVED) * PART_BYTES;
  const buckets = control.read(CONTROL_BUCKETS) + control.read(CONTROL_PARTS_BUCKETS);
  return before + states + parts + buckets * BUCKET_BYTES;
}

/** The u64 at an address, as far as a number is exact. */
export function wide(control: Control, address: number): number {
  return control.read(address) + control.read(address + 4) * 2 ** 32;
}

/** A property by its number, and the least depth at which it is violated. */
export interface Violated {
  readonly property: number;
  readonly depth: number;
}

/** Reads a table of violations. */
export function readViolations(control: Control, table: number): readonly Violated[] {
  const violations: Violated[] = [];
  for (let property = 0; property < 32; property += 1) {
    const at = control.read(table + property * 4);
    if (at !== NONE) violations.push({ property, depth: at });
  }
  return violations;
}

/** What an ended search left in the control block. */
export interface Ended {
  readonly stoppedBy: number;
  /** States of the levels found in full, and all that were found. */
  readonly distinctStates: number;
  readonly found: number;
  readonly transitions: number;
  readonly depth: number;
  /** States of each level found in full. */
  readonly levels: readonly number[];
  readonly violations: readonly Violated[];
  readonly ownViolations: readonly Violated[];
  readonly memoryBytes: number;
}

/** Tells whether the search has ended in order. */
export function isFinished(control: Control): boolean {
  return control.read(CONTROL_FINISHED) === 1;
}

/** Reads the outcome of an ended search. */
export function readEnded(control: Control): Ended {
  const distinctStates = control.read(CONTROL_LEVEL_TO);
  const depth = control.read(CONTROL_LEVEL);
  return {
    stoppedBy: control.read(CONTROL_STOPPED_BY),
    distinctStates,
    found: control.read(CONTROL_FOUND),
    transitions: transitionsOf(control),
    depth,
    levels: levelsOf(control, 0, depth),
    violations: readViolations(control, CONTROL_VIOLATIONS),
    ownViolations: readViolations(control, CONTROL_OWN_VIOLATIONS),
    memoryBytes: memoryInUse(control),
  };
}

/** Transitions out of the levels expanded in full. */
export function transitionsOf(control: Control): number {
  return wide(control, CONTROL_TRANSITIONS);
}

/** For each detail of a label (bits 8-23): 1 when a transition with it was taken. A view. */
export function labelsIn({ control, memory }: Omit<SearchMemory, 'engine'>): Uint8Array {
  return new Uint8Array(memory.buffer, control.read(CONTROL_LABELS), LABEL_DETAILS);
}

/** From a number up to and without another one. */
export type Span = readonly [number, number];

/** Places for parts that were given to workers and hold none yet, ascending. */
export function partHoles(control: Control): Span[] {
  const holes: Span[] = [];
  for (let worker = 0; worker < WORKERS_MAX; worker += 1) {
    const from = control.read(lineOf(worker) + LINE_PART_NEXT);
    const to = control.read(lineOf(worker) + LINE_PART_END);
    if (from < to) holes.push([from, to]);
  }
  return holes.sort(([left], [right]) => left - right);
}

/** Number of workers that wait for the start. */
export function readyWorkers(control: Control): number {
  return control.read(CONTROL_READY);
}

/** End of the memory in use by the search. */
export function topOf(control: Control): number {
  return control.read(CONTROL_TOP);
}
