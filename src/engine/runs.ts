/**
 * Where the runs of a strategy keep what they need: rooms of the workers, the trail of a run that
 * is done again, bitmaps of the states seen, stacks. All of it lies where a breadth-first search
 * would have its states.
 */
import {
  CONTROL_ARENA,
  CONTROL_OWN_VIOLATIONS,
  CONTROL_STOP,
  CONTROL_VIOLATIONS,
  RUN_RECORD_BYTES,
  RUNS_BITMAP,
  RUNS_BITMAP_BYTES,
  RUNS_DEPTH_MAX,
  RUNS_RECORDS,
  RUNS_ROOM_BYTES,
  RUNS_ROOMS,
  RUNS_SEED,
  RUNS_SHARE,
  RUNS_STACK,
  RUNS_STACK_BYTES,
  RUNS_STATES_MAX,
  RUNS_TRAIL,
  STOP_TIME,
} from '../../assembly/search/layout.js';
import { type Control, NONE, readViolations, topOf } from './control.js';
import { EngineError, FAIL_USE } from './engineError.js';

/** What is the same for all strategies of many runs. */
export interface RunsOptions {
  /** What the runs are drawn from; a whole number below 2^53. */
  readonly seed: number;
  /** Most steps of a run. */
  readonly depth: number;
  /** How many runs. */
  readonly runs: number;
  readonly workers: number;
  readonly seconds?: number | undefined;
  /** Seconds after which threads are worth their start. Default: 0.5. It changes no result. */
  readonly parallelAfter?: number | undefined;
}

/** The same of a swarm. */
export interface SwarmOptions extends RunsOptions {
  /** Most states of a search. */
  readonly states: number;
}

/** A property by its number, and the least number of a run that violates it. */
export interface ViolatedRun {
  readonly property: number;
  readonly run: number;
}

/** What is told of runs of either kind. */
export interface RunsOutcome {
  readonly violations: readonly ViolatedRun[];
  readonly ownViolations: readonly ViolatedRun[];
  readonly stoppedBy: 'violation' | 'runs' | 'time' | 'interrupt';
}

/**
 * Reads what runs came to.
 *
 * @param isEnded a violation has ended them.
 * @param last what runs after this one found is not told.
 */
export function readOutcome(control: Control, isEnded: boolean, last = NONE): RunsOutcome {
  const runsOf = (table: number): ViolatedRun[] =>
    readViolations(control, table)
      .map(({ property, depth }) => ({ property, run: depth }))
      .filter(({ run }) => run <= last);
  const stop = control.read(CONTROL_STOP);
  const byLimit = stop === STOP_TIME ? 'time' : stop === 0 ? 'runs' : 'interrupt';
  return {
    violations: runsOf(CONTROL_VIOLATIONS),
    ownViolations: runsOf(CONTROL_OWN_VIOLATIONS),
    stoppedBy: isEnded ? 'violation' : byLimit,
  };
}

/** A trail, the same trail with its steps named, the fingerprints of its states: bytes a step. */
export const TRAIL_BYTES = 16;
const BITMAP_BYTES = 1 << 25;
const LINE = 64;
/** Bits of a search's bitmap for each state that it may meet, and the least of them. */
const BITS_A_STATE = 32;
const SEARCH_BYTES_MIN = 4096;
/** Bytes of a stack that is never too small. */
const STACK_BYTES_MAX = 1 << 28;
/** On the stack before a state: its depth and the step to it. */
const ENTRY_HEAD = 8;

const lines = (bytes: number): number => Math.ceil(bytes / LINE) * LINE;

/** Lays out what all runs need; where it ends, and how much is left then. */
function planCommon(control: Control, options: RunsOptions, records: number) {
  const rooms = lines(control.read(CONTROL_ARENA));
  const trail = rooms + options.workers * RUNS_ROOM_BYTES;
  const trails = (options.depth + 1) * Math.max(TRAIL_BYTES, options.workers * 4);
  const first = lines(trail + trails);
  const end = lines(first + records * RUN_RECORD_BYTES);
  control.write(RUNS_SEED, options.seed % 2 ** 32);
  control.write(RUNS_SEED + 4, Math.floor(options.seed / 2 ** 32));
  control.write(RUNS_DEPTH_MAX, options.depth);
  control.write(RUNS_ROOMS, rooms);
  control.write(RUNS_TRAIL, trail);
  control.write(RUNS_RECORDS, first);
  return { end, left: topOf(control) - end };
}

function noRoom({ runs, depth, workers }: RunsOptions): EngineError {
  const text = `no room for ${runs} runs of ${depth} steps by ${workers} workers`;
  return new EngineError(FAIL_USE, `${text}; allow fewer steps or more memory`);
}

/** Lays the memory of walks out. Throws EngineError FAIL_USE when it does not fit. */
export function planRuns(control: Control, options: RunsOptions): void {
  const { end, left } = planCommon(control, options, 0);
  if (left < LINE) throw noRoom(options);
  control.write(RUNS_BITMAP, end);
  control.write(RUNS_BITMAP_BYTES, Math.min(BITMAP_BYTES, Math.floor(left / LINE) * LINE));
}

/** Lays the memory of a swarm out: for each worker a bitmap and a stack, side by side. */
export function planSwarm(control: Control, stateBytes: number, options: SwarmOptions): void {
  const { end, left } = planCommon(control, options, options.runs);
  const most = Math.floor(left / options.workers / LINE) * LINE;
  const wanted = Math.max(SEARCH_BYTES_MIN, (options.states * BITS_A_STATE) / 8);
  const bitmap = Math.floor(Math.min(wanted, most / 2) / LINE) * LINE;
  const stack = Math.min(STACK_BYTES_MAX, most - bitmap);
  if (bitmap < SEARCH_BYTES_MIN || stack < (stateBytes + ENTRY_HEAD) * LINE) throw noRoom(options);
  control.write(RUNS_STATES_MAX, options.states);
  control.write(RUNS_BITMAP, end);
  control.write(RUNS_BITMAP_BYTES, bitmap);
  control.write(RUNS_STACK, end + bitmap);
  control.write(RUNS_STACK_BYTES, stack);
  control.write(RUNS_SHARE, bitmap + stack);
}

/** Where the named steps and the fingerprints of a trail go. */
export function trailPlaces(control: Control): { trail: number; names: number; prints: number } {
  const trail = control.read(RUNS_TRAIL);
  const depth = control.read(RUNS_DEPTH_MAX);
  // Fingerprints are aligned to 8; so is the trail, and two words a step.
  return { trail, names: trail + depth * 4, prints: trail + depth * 8 };
}
