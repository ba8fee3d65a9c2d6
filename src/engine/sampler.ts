/**
 * Where the time of a search goes: a thread of its own looks every millisecond where the workers
 * are. The engine has no clock, and a search without a sampler does nothing for one.
 */
import { setTimeout as delay } from 'node:timers/promises';
import {
  CONTROL_ARRIVED,
  CONTROL_GROWING,
  CONTROL_LEVEL,
  CONTROL_WORKERS,
} from '../../assembly/search/layout.js';
import { startThreads } from './threads.js';

/** What a sampler is given. */
export interface SamplerTask {
  readonly memory: WebAssembly.Memory;
  /**
   * Two words: 0 before the start, 1 while the search runs, 2 when it has ended; and 1 when the
   * thread is up.
   */
  readonly run: SharedArrayBuffer;
}

/** What it saw, in seconds. */
export interface Samples {
  /** By depth: while that level was expanded. */
  readonly levels: readonly number[];
  /** While the tables grew, all workers together. */
  readonly growing: number;
  /** Of all workers added up: while one stood at a barrier and no table grew. */
  readonly waiting: number;
}

const WAIT_MILLISECONDS = 1000;
const TICK_MILLISECONDS = 1;

/** What the thread runs: samples until it is told to end. */
export function runSampler({ memory, run }: SamplerTask): Samples {
  const words = new Int32Array(memory.buffer);
  const state = new Int32Array(run);
  const levels: number[] = [];
  let growing = 0;
  let waiting = 0;
  const look = (seconds: number): void => {
    const level = Atomics.load(words, CONTROL_LEVEL / 4);
    while (levels.length <= level) levels.push(0);
    levels[level] = (levels[level] ?? 0) + seconds;
    const workers = Atomics.load(words, CONTROL_WORKERS / 4);
    if (Atomics.load(words, CONTROL_GROWING / 4) !== 0) growing += seconds;
    else waiting += seconds * Math.min(workers, Atomics.load(words, CONTROL_ARRIVED / 4));
  };
  Atomics.store(state, 1, 1);
  while (Atomics.load(state, 0) === 0) Atomics.wait(state, 0, 0, WAIT_MILLISECONDS);
  for (let before = performance.now(); Atomics.load(state, 0) === 1; ) {
    Atomics.wait(state, 0, 1, TICK_MILLISECONDS);
    const now = performance.now();
    look((now - before) / 1000);
    before = now;
  }
  return { levels, growing, waiting };
}

/** Runs a search while a sampler looks, and adds what it saw to the result. */
export async function sampled<T>(
  memory: WebAssembly.Memory,
  search: () => Promise<T>,
): Promise<T & { readonly samples: Samples }> {
  const run = new SharedArrayBuffer(8);
  const state = new Int32Array(run);
  const set = (value: number): void => {
    Atomics.store(state, 0, value);
    Atomics.notify(state, 0);
  };
  const thread = await startThreads('runSampler', 1);
  const task: SamplerTask = { memory, run };
  const samples: Promise<Samples> = thread.run(task);
  let isLost = false;
  // A fault of it is told below; before that it must not count as unhandled.
  samples.catch(() => {
    isLost = true;
  });
  try {
    while (Atomics.load(state, 1) === 0 && !isLost) await delay(1);
    set(1);
    const result = await search();
    set(2);
    return { ...result, samples: await samples };
  } finally {
    set(2);
    await thread.destroy();
  }
}
