/**
 * Drives a search: by itself while levels are small, by a pool of threads once one is large.
 *
 * Calls into the engine are cut to some milliseconds, so that progress, limits and interrupts have
 * their turn.
 */
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import {
  RUN_DONE,
  RUN_PAUSED,
  STOP_DEPTH,
  STOP_INTERRUPT,
  STOP_MEMORY,
  STOP_STATES,
  STOP_TIME,
  STOP_VIOLATION,
} from '../../assembly/search/layout.js';
import {
  countsNow,
  errorCode,
  failureOf,
  isFinished,
  keepBounds,
  labelsIn,
  readEnded,
  requestStop,
  type SearchMemory,
} from './control.js';
import { lostThreadError } from './engineError.js';
import { type MemoryLimit, makeMemoryWatch, type ThreadRoom } from './memoryLimit.js';
import type { Omission } from './omission.js';
import { areAllPaused, type Pauses, requestPause, runPause } from './pauses.js';
import { type Pool, startPool } from './pool.js';
import { makeReporter, type Progress } from './progress.js';
import type { Samples } from './sampler.js';

/** Why a search ended before everything was expanded; null when it ran to its end. */
export type StoppedBy = null | 'violation' | 'states' | 'depth' | 'time' | 'memory' | 'interrupt';

/**
 * The outcome of a search. All but `memoryBytes` and `seconds` is the same for any number of
 * workers.
 */
export interface SearchResult {
  /** Every reachable state was expanded. */
  readonly complete: boolean;
  readonly stoppedBy: StoppedBy;
  /** States of the levels found in full. */
  readonly distinctStates: number;
  /** All states found: more than distinctStates when the search stopped within a level. */
  readonly statesAtLeast: number;
  /** Transitions, stutters included, out of the levels expanded in full. */
  readonly transitions: number;
  /** Depth of the last level found in full. */
  readonly depth: number;
  /** Number of states of each of them. */
  readonly levels: readonly number[];
  /** Violated properties in ascending order, each with the least depth at which it is. */
  readonly violations: readonly { readonly property: number; readonly depth: number }[];
  /** The same of own properties. */
  readonly ownViolations: readonly { readonly property: number; readonly depth: number }[];
  /** For each detail of a label (bits 8-23): 1 when a transition with it was taken. */
  readonly labelsSeen: Uint8Array;
  readonly memoryBytes: number;
  /** The limit of memory that was reached; null unless the search was stopped by it. */
  readonly memoryLimit: MemoryLimit | null;
  readonly seconds: number;
  /** Where the time went; only of a search that was sampled. */
  readonly samples?: Samples;
  /** How likely states were missed; absent for an exact search. */
  readonly omission?: Omission;
}

/** What a search needs. */
export interface SearchSetup extends SearchMemory {
  readonly module: WebAssembly.Module;
  /** The module of the own properties; null when there are none. */
  readonly own: WebAssembly.Module | null;
  readonly workers: number;
  /**
   * Size of a level from which threads are worth their start; 0: wait for them before the first
   * step.
   */
  readonly parallelFrom: number;
  readonly seconds: number | undefined;
  /** The limit that the memory was reserved within. */
  readonly memoryLimit: MemoryLimit;
  /** Without room for its threads a search goes on alone. */
  readonly threadRoom: ThreadRoom;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((progress: Progress) => void) | undefined;
  readonly pauses: Pauses | undefined;
  /** Puts a search that was begun before into the memory: false when there is none. */
  readonly restore?: () => Promise<boolean>;
}

const SLICE_MILLISECONDS = 15;
const WATCH_MILLISECONDS = 20;
const CHUNKS_MAX = 4096;

/** Names of the reasons to stop. */
export const STOPPED_BY: Readonly<Record<number, StoppedBy>> = {
  [STOP_VIOLATION]: 'violation',
  [STOP_STATES]: 'states',
  [STOP_DEPTH]: 'depth',
  [STOP_TIME]: 'time',
  [STOP_MEMORY]: 'memory',
  [STOP_INTERRUPT]: 'interrupt',
};

/** Runs a search to its end, or to a limit. Throws EngineError when the engine traps. */
export async function runSearch(setup: SearchSetup): Promise<SearchResult> {
  const start = performance.now();
  let memoryLimit = setup.memoryLimit;
  const watch = makeWatch(setup, start, (passed) => {
    memoryLimit = passed;
  });
  try {
    const isRestored = await setup.restore?.();
    if (isRestored !== true) setup.engine.searchStart();
    await exploreAll(setup, watch);
  } catch (cause) {
    throw failureOf(setup.control, cause);
  }
  const { stoppedBy, found, ...ended } = readEnded(setup.control);
  return {
    complete: stoppedBy === 0,
    stoppedBy: STOPPED_BY[stoppedBy] ?? null,
    memoryLimit: stoppedBy === STOP_MEMORY ? memoryLimit : null,
    statesAtLeast: found,
    labelsSeen: labelsIn(setup).slice(),
    seconds: (performance.now() - start) / 1000,
    ...ended,
  };
}

/**
 * Returns what looks at limits and shows progress, to be called now and then.
 *
 * @param onPassed is told which limit of memory was passed, when that ends the search.
 */
export function makeWatch(
  setup: SearchSetup,
  start: number,
  onPassed: (limit: MemoryLimit) => void,
): () => void {
  const { control, onProgress, pauses } = setup;
  const report = onProgress === undefined ? undefined : makeReporter(onProgress);
  const watchMemory = makeMemoryWatch(setup.memoryLimit);
  return () => {
    const now = (performance.now() - start) / 1000;
    keepBounds(control, setup, now);
    const passed = watchMemory(now);
    if (passed !== null) {
      onPassed(passed);
      requestStop(control, STOP_MEMORY);
    }
    if (pauses?.isDue()) requestPause(control);
    report?.(countsNow(control), now);
  };
}

async function exploreAll(setup: SearchSetup, watch: () => void): Promise<void> {
  const threads = makeThreads(setup);
  try {
    let chunks = 1;
    for (;;) {
      watch();
      if (isWorthThreads(setup)) threads.start();
      // From the very start means: not before all are up.
      if (setup.parallelFrom === 0) await threads.allReady();
      const pool = threads.ready();
      if (pool !== null) return await handOver(setup, pool, watch);
      const began = performance.now();
      const phase = setup.engine.explore(0, chunks);
      if (phase === RUN_DONE) return;
      if (phase === RUN_PAUSED) await runPause(setup.control, setup.pauses);
      const took = performance.now() - began;
      if (took < SLICE_MILLISECONDS / 2) chunks = Math.min(CHUNKS_MAX, chunks * 2);
      else if (took > SLICE_MILLISECONDS * 2) chunks = Math.max(1, chunks >> 1);
      await nextTurn();
    }
  } finally {
    await threads.close();
  }
}

/** The pool of a search, which comes up while the search goes on. */
interface Threads {
  /** Starts the threads unless they are started. */
  start(): void;
  /** The pool once all threads wait for work, null before. Throws what kept them from starting. */
  ready(): Pool | null;
  allReady(): Promise<void>;
  close(): Promise<void>;
}

function makeThreads({ control, module, memory, own, workers }: SearchSetup): Threads {
  let starting: Promise<Pool | null> | undefined;
  let pool: Pool | null = null;
  let failure: unknown;
  const ready = (): Pool | null => {
    const lost = failure ?? pool?.failure();
    if (lost !== undefined) throw lostThreadError(errorCode(control), lost);
    return pool?.isReady() ? pool : null;
  };
  return {
    start: () => {
      starting ??= startPool(control, { module, memory, own }, workers).then(
        (started) => {
          pool = started;
          return started;
        },
        (cause: unknown) => {
          failure = cause;
          return null;
        },
      );
    },
    ready,
    allReady: async () => {
      while (starting !== undefined && ready() === null) await delay(1);
    },
    close: async () => (await starting)?.close(),
  };
}

function isWorthThreads({ control, workers, parallelFrom, threadRoom }: SearchSetup): boolean {
  const isLarge = workers > 1 && countsNow(control).frontier >= parallelFrom;
  return isLarge && threadRoom() >= workers;
}

async function handOver(setup: SearchSetup, pool: Pool, watch: () => void): Promise<void> {
  let isOver = false;
  const end = pool.takeOver().finally(() => {
    isOver = true;
  });
  // Not an interval: what is done at a pause takes as long as it takes.
  const watching = (async () => {
    while (!isOver) {
      watch();
      if (areAllPaused(setup.control)) await runPause(setup.control, setup.pauses);
      await Promise.race([end, delay(WATCH_MILLISECONDS)]);
    }
  })();
  await Promise.all([end, watching]);
  if (isFinished(setup.control)) return;
  throw lostThreadError(errorCode(setup.control), pool.failure());
}
