/**
 * Drives a swarm: searches in worker threads, until one finds a violation that ends it or none is
 * left.
 *
 * The searches before the first one that ends the swarm are done to their end, and what those after
 * it found is not told: so the outcome does not depend on which worker was faster.
 */
import {
  CONTROL_WORKERS,
  RECORD_DEEPEST,
  RECORD_ENDED,
  RECORD_STATES,
  RECORD_STEPS,
  RUN_RECORD_BYTES,
  RUNS_BITMAP,
  RUNS_BITMAP_BYTES,
  RUNS_LEAST,
  RUNS_NEXT,
  RUNS_RECORDS,
  RUNS_TO,
} from '../../assembly/search/layout.js';
import { type Control, keepBounds, NONE } from './control.js';
import { requireThreads } from './memoryLimit.js';
import { planSwarm, type RunsOutcome, readOutcome, type SwarmOptions } from './runs.js';
import { runOnThreads } from './runThreads.js';
import { startThreads } from './threads.js';
import type { WalksSetup } from './walks.js';

const REPORT_SECONDS = 0.2;

/** The outcome of a swarm; all but the last two follows from the seed and `searches`. */
export interface SwarmResult extends RunsOutcome {
  /** Searches done to their end, without a gap: numbers 0 to `searches` - 1. */
  readonly searches: number;
  /** Over all of them: states expanded, one that several searches met as often as they did. */
  readonly states: number;
  readonly steps: number;
  /** Greatest depth of a state. */
  readonly deepest: number;
  /** Most states of one search: there are at least so many distinct ones. */
  readonly seenAtLeast: number;
  readonly seconds: number;
  readonly memoryBytes: number;
}

/** Searches until a violation ends it, or a limit. Throws EngineError when the engine traps. */
export async function runSwarm(setup: WalksSetup, options: SwarmOptions): Promise<SwarmResult> {
  const { engine, control } = setup;
  requireThreads(setup.threadRoom, options.workers);
  const start = performance.now();
  const now = (): number => (performance.now() - start) / 1000;
  planSwarm(control, engine.stateBytes() >>> 0, options);
  control.write(CONTROL_WORKERS, options.workers);
  control.write(RUNS_LEAST, NONE);
  control.write(RUNS_TO, options.runs);
  engine.runsBegin();
  const threads = await startThreads('runSwarm', options.workers);
  try {
    const watch = makeWatch(setup, options, now);
    watch();
    await runOnThreads(setup, threads, options.workers, watch);
  } finally {
    await threads.destroy();
  }
  return readResult(control, options.runs, now());
}

function makeWatch(
  { control, signal, onProgress }: WalksSetup,
  options: SwarmOptions,
  now: () => number,
): () => void {
  const { seconds, runs } = options;
  let shown = 0;
  return () => {
    const at = now();
    keepBounds(control, { signal, seconds }, at);
    if (onProgress === undefined || at - shown < REPORT_SECONDS) return;
    shown = at;
    const { seenAtLeast, states, steps, deepest } = totals(control, runs);
    onProgress({
      distinctStates: seenAtLeast,
      transitions: steps,
      depth: deepest,
      frontier: 0,
      memoryBytes: memoryInUse(control),
      seconds: at,
      statesPerSecond: states / at,
      load: 0,
      rest: null,
    });
  };
}

/** Bytes in use: all before the bitmaps, and the bitmaps; not what lies on the stacks. */
function memoryInUse(control: Control): number {
  const bitmaps = control.read(CONTROL_WORKERS) * control.read(RUNS_BITMAP_BYTES);
  return control.read(RUNS_BITMAP) + bitmaps;
}

/** Sums of the searches that are done without a gap, from the first one on. */
function totals(control: Control, runs: number) {
  const records = control.read(RUNS_RECORDS);
  const sums = { searches: 0, states: 0, steps: 0, deepest: 0, seenAtLeast: 0 };
  const to = Math.min(runs, control.read(RUNS_NEXT), control.read(RUNS_LEAST) + 1);
  for (; sums.searches < to; sums.searches += 1) {
    const at = records + sums.searches * RUN_RECORD_BYTES;
    if (control.read(at + RECORD_ENDED) === 0) break;
    const states = control.read(at + RECORD_STATES);
    sums.states += states;
    sums.steps += control.read(at + RECORD_STEPS);
    sums.deepest = Math.max(sums.deepest, control.read(at + RECORD_DEEPEST));
    sums.seenAtLeast = Math.max(sums.seenAtLeast, states);
  }
  return sums;
}

function readResult(control: Control, runs: number, seconds: number): SwarmResult {
  const least = control.read(RUNS_LEAST);
  return {
    ...totals(control, runs),
    ...readOutcome(control, least !== NONE, least),
    seconds,
    memoryBytes: memoryInUse(control),
  };
}
