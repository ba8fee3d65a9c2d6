/**
 * Who owns which bytes of the one memory.
 *
 *   0     64              65536      + 1 MiB                                            top
 *   | none | control block | scenario | worker areas | unpacked | labels | levels |
 *   | parts -> <- their table | states -> <- their table |
 *
 * Between the states and the table there is always room left for the services after the search.
 */
import { SCENARIO_MAX_BYTES, SCENARIO_OFFSET } from '../../assembly/layout.js';
import {
  BOUND_MAX,
  BUCKET_BYTES,
  CONTROL_AREAS,
  CONTROL_ARENA,
  CONTROL_BUCKETS,
  CONTROL_DEPTH_MAX,
  CONTROL_HASH_MASK,
  CONTROL_LABELS,
  CONTROL_LEVELS,
  CONTROL_LEVELS_MAX,
  CONTROL_OWN,
  CONTROL_OWN_STOP_MASK,
  CONTROL_STATES_MAX,
  CONTROL_STOP_MASK,
  CONTROL_STORAGE,
  CONTROL_TOP,
  CONTROL_UNPACKED,
  CONTROL_WORKERS,
  LABEL_DETAILS,
  NO_BOUND,
  STORAGE_BITSTATE,
  UNPACKED_BYTES,
  WORKER_AREA_BYTES,
} from '../../assembly/search/layout.js';

export const PAGE_BYTES = 65536;
const LEVELS_MAX = 1 << 20;
/** A table that fits the caches is faster than a large empty one; it doubles when it fills. */
const TABLE_BYTES = 1 << 22;
/** 8 thousand million bits. */
const BITS_BYTES = 1 << 30;

/** Settings of a search that go to the control block. */
export interface LayoutOptions {
  readonly scenario: Uint8Array;
  readonly workers: number;
  readonly stopMask: number;
  /** Own properties whose violation ends the search; null when there are none. */
  readonly ownStopMask: number | null;
  readonly states: number | undefined;
  readonly depth: number | undefined;
  /** Most context switches of a behaviour; undefined for no bound. */
  readonly switches: number | undefined;
  /** What is kept of a state: a STORAGE_* number. */
  readonly storage: number;
  /** Bits of a hash that count in a lossy search. */
  readonly hashBits: number;
  /** Bytes of the table at the start; for tests of its growth. */
  readonly tableBytes: number | undefined;
}

/** Where the states begin. */
export function arenaFor(workers: number): number {
  const areas = SCENARIO_OFFSET + SCENARIO_MAX_BYTES;
  return areas + workers * WORKER_AREA_BYTES + UNPACKED_BYTES + LABEL_DETAILS + LEVELS_MAX * 4;
}

/** Bits are all there from the start, because they cannot grow; a table doubles when it fills. */
function tableBytesOf({ storage, tableBytes }: LayoutOptions, room: number): number {
  if (storage === STORAGE_BITSTATE) return Math.min(tableBytes ?? BITS_BYTES, room / 2);
  return Math.min(tableBytes ?? TABLE_BYTES, room / 4);
}

/** Writes the scenario and the control block of a search that has not begun. */
export function layOut(memory: WebAssembly.Memory, options: LayoutOptions): void {
  new Uint8Array(memory.buffer).set(options.scenario, SCENARIO_OFFSET);
  writeControl(memory, options);
}

function writeControl(memory: WebAssembly.Memory, options: LayoutOptions): void {
  const words = new Uint32Array(memory.buffer);
  const top = memory.buffer.byteLength;
  const areas = SCENARIO_OFFSET + SCENARIO_MAX_BYTES;
  const unpacked = areas + options.workers * WORKER_AREA_BYTES;
  const labels = unpacked + UNPACKED_BYTES;
  const levels = labels + LABEL_DETAILS;
  const arena = levels + LEVELS_MAX * 4;
  const tableBytes = tableBytesOf(options, top - arena);
  // The low bits of 64: they are what a lossy search keeps.
  const [low, high] = [32, 64].map(
    (end) => 2 ** Math.max(0, Math.min(32, options.hashBits - end + 32)) - 1,
  );
  const settings: readonly (readonly [number, number])[] = [
    // One worker until a pool takes over.
    [CONTROL_WORKERS, 1],
    [CONTROL_STOP_MASK, options.stopMask],
    [CONTROL_STORAGE, options.storage],
    [CONTROL_HASH_MASK, low ?? 0],
    [CONTROL_HASH_MASK + 4, high ?? 0],
    [CONTROL_OWN, options.ownStopMask === null ? 0 : 1],
    [CONTROL_OWN_STOP_MASK, options.ownStopMask ?? 0],
    [CONTROL_STATES_MAX, Math.min(options.states ?? 0xffffffff, 0xffffffff)],
    [BOUND_MAX, options.switches ?? NO_BOUND],
    [CONTROL_DEPTH_MAX, Math.min(options.depth ?? 0xffffffff, 0xffffffff)],
    [CONTROL_AREAS, areas],
    [CONTROL_UNPACKED, unpacked],
    [CONTROL_LABELS, labels],
    [CONTROL_LEVELS, levels],
    [CONTROL_LEVELS_MAX, LEVELS_MAX],
    [CONTROL_ARENA, arena],
    [CONTROL_TOP, top],
    [CONTROL_BUCKETS, Math.max(1, Math.floor(tableBytes / BUCKET_BYTES))],
  ];
  for (const [address, value] of settings) words[address / 4] = value;
}
