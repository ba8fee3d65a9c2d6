/**
 * Where the runs of a strategy keep what they need: rooms of the workers, the trail of a run that
 * is done again, a bitmap of the states seen. All of it lies where a breadth-first search would
 * have its states.
 */
import {
  CONTROL_ARENA,
  RUNS_BITMAP,
  RUNS_BITMAP_BYTES,
  RUNS_DEPTH_MAX,
  RUNS_ROOM_BYTES,
  RUNS_ROOMS,
  RUNS_SEED,
  RUNS_TRAIL,
} from '../../assembly/search/layout.js';
import { type Control, topOf } from './control.js';
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
  /** Seconds after which threads are worth their start. Default: 0.15. It changes no result. */
  readonly parallelAfter?: number | undefined;
}

/** A trail, the same trail with its steps named, the fingerprints of its states: bytes a step. */
const TRAIL_BYTES = 16;
const BITMAP_BYTES = 1 << 25;
const LINE = 64;

/** Lays the runs' memory out. Throws EngineError FAIL_USE when it does not fit. */
export function planRuns(control: Control, options: RunsOptions): void {
  const rooms = Math.ceil(control.read(CONTROL_ARENA) / LINE) * LINE;
  const trail = rooms + options.workers * RUNS_ROOM_BYTES;
  const bitmap = Math.ceil((trail + (options.depth + 1) * TRAIL_BYTES) / LINE) * LINE;
  const left = topOf(control) - bitmap;
  if (left < LINE) {
    const text = `no room for runs of ${options.depth} steps by ${options.workers} workers`;
    throw new EngineError(FAIL_USE, `${text}; allow fewer steps or more memory`);
  }
  control.write(RUNS_SEED, options.seed % 2 ** 32);
  control.write(RUNS_SEED + 4, Math.floor(options.seed / 2 ** 32));
  control.write(RUNS_DEPTH_MAX, options.depth);
  control.write(RUNS_ROOMS, rooms);
  control.write(RUNS_TRAIL, trail);
  control.write(RUNS_BITMAP, bitmap);
  control.write(RUNS_BITMAP_BYTES, Math.min(BITMAP_BYTES, Math.floor(left / LINE) * LINE));
}

/** Where the named steps and the fingerprints of a trail go. */
export function trailPlaces(control: Control): { trail: number; names: number; prints: number } {
  const trail = control.read(RUNS_TRAIL);
  const depth = control.read(RUNS_DEPTH_MAX);
  // Fingerprints are aligned to 8; so is the trail, and two words a step.
  return { trail, names: trail + depth * 4, prints: trail + depth * 8 };
}
