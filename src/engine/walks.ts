/**
 * Drives random walks: in rounds, so that what is reported depends on the seed and not on which
 * worker was faster.
 *
 * All walks of a round are done to their end; a round in which a violation ends the search is the
 * last one. A stop for another reason leaves an unbroken sequence of walks as well, since a walk
 * that was begun is finished: asking for just so many walks repeats the run.
 */
import type { Piscina } from 'piscina';
import {
  CONTROL_OWN_STOP_MASK,
  CONTROL_OWN_VIOLATIONS,
  CONTROL_STOP,
  CONTROL_STOP_MASK,
  CONTROL_VIOLATIONS,
  CONTROL_WORKERS,
  LINE_LONGEST,
  LINE_SEEN,
  LINE_TRANSITIONS,
  RUNS_BITMAP,
  RUNS_BITMAP_BYTES,
  RUNS_NEXT,
  RUNS_TO,
} from '../../assembly/search/layout.js';
import {
  type Control,
  failureOf,
  keepBounds,
  lineOf,
  readViolations,
  type SearchMemory,
  wide,
} from './control.js';
import { planRuns, type RunsOptions, type RunsOutcome, readOutcome } from './runs.js';
import { runOnThreads } from './runThreads.js';
import type { SearchSetup } from './search.js';
import { inSlices } from './slices.js';
import { startThreads } from './threads.js';

/** The outcome of walks; all but the last two follow from the seed and `walks`. */
export interface WalksResult extends RunsOutcome {
  /** Walks done, all of them to their end; numbers 0 to `walks` - 1. */
  readonly walks: number;
  readonly steps: number;
  /** Steps of the longest one. */
  readonly longest: number;
  /** Bits of the bitmap that were set: there are at least so many distinct states. */
  readonly seenAtLeast: number;
  /** About how many there are, by linear counting (Whang et al., 1990); null when it is full. */
  readonly seenAbout: number | null;
  readonly seconds: number;
  readonly memoryBytes: number;
}

/** What walks need. */
export type WalksSetup = SearchMemory &
  Pick<SearchSetup, 'module' | 'own' | 'threadRoom' | 'signal' | 'onProgress'>;

const ROUND_MIN = 64;
const ROUND_MAX = 4096;
/** Rounds are walked by the main thread before this: a thread takes some 40 ms to start. */
const PARALLEL_AFTER = 0.5;

/** Walks until a violation ends it, or a limit. Throws EngineError when the engine traps. */
export async function runWalks(setup: WalksSetup, options: RunsOptions): Promise<WalksResult> {
  const { control } = setup;
  const start = performance.now();
  const now = (): number => (performance.now() - start) / 1000;
  planRuns(control, options);
  control.write(CONTROL_WORKERS, options.workers);
  const watch = makeWatch(setup, options, now);
  const after = options.parallelAfter ?? PARALLEL_AFTER;
  let threads: Piscina | null = null;
  try {
    setup.engine.runsBegin();
    for (let to = 0; to < options.runs && control.read(CONTROL_STOP) === 0 && !isEnded(control); ) {
      const round = Math.min(Math.max(ROUND_MIN, to), ROUND_MAX, options.runs - to);
      to += round;
      control.write(RUNS_TO, to);
      const isWorthThreads = options.workers > 1 && now() >= after;
      if (threads === null && isWorthThreads && setup.threadRoom() >= options.workers)
        threads = await startThreads('runWalks', options.workers);
      if (threads === null) await inSlices((walks) => setup.engine.walks(0, walks), 1, watch);
      else await runOnThreads(setup, threads, options.workers, watch);
      control.write(RUNS_NEXT, Math.min(control.read(RUNS_NEXT), to));
    }
  } catch (cause) {
    throw failureOf(control, cause);
  } finally {
    await threads?.destroy();
  }
  return readResult(control, now());
}

/** Tells whether a violation that ends the search was found in the rounds so far. */
function isEnded(control: Control): boolean {
  const isIn = (table: number, mask: number): boolean =>
    readViolations(control, table).some(({ property }) => ((mask >>> property) & 1) !== 0);
  return (
    isIn(CONTROL_VIOLATIONS, control.read(CONTROL_STOP_MASK)) ||
    isIn(CONTROL_OWN_VIOLATIONS, control.read(CONTROL_OWN_STOP_MASK))
  );
}

/** Sums of the workers' lines. */
function totals(control: Control): { steps: number; longest: number; seen: number } {
  const sums = { steps: 0, longest: 0, seen: 0 };
  for (let worker = 0; worker < control.read(CONTROL_WORKERS); worker += 1) {
    const line = lineOf(worker);
    sums.steps += wide(control, line + LINE_TRANSITIONS);
    sums.longest = Math.max(sums.longest, control.read(line + LINE_LONGEST));
    sums.seen += control.read(line + LINE_SEEN);
  }
  return sums;
}

const REPORT_SECONDS = 0.2;

function makeWatch(
  { control, signal, onProgress }: WalksSetup,
  { seconds }: RunsOptions,
  now: () => number,
): () => void {
  let shown = { seconds: 0, seen: 0 };
  return () => {
    const at = now();
    keepBounds(control, { signal, seconds }, at);
    if (onProgress === undefined || at - shown.seconds < REPORT_SECONDS) return;
    const { steps, longest, seen } = totals(control);
    onProgress({
      distinctStates: seen,
      transitions: steps,
      depth: longest,
      frontier: 0,
      memoryBytes: control.read(RUNS_BITMAP) + control.read(RUNS_BITMAP_BYTES),
      seconds: at,
      statesPerSecond: (seen - shown.seen) / (at - shown.seconds),
      load: 0,
      rest: null,
    });
    shown = { seconds: at, seen };
  };
}

function readResult(control: Control, seconds: number): WalksResult {
  const { steps, longest, seen } = totals(control);
  const bits = control.read(RUNS_BITMAP_BYTES) * 8;
  return {
    walks: control.read(RUNS_NEXT),
    steps,
    longest,
    seenAtLeast: seen,
    seenAbout: seen < bits ? Math.round(-bits * Math.log1p(-seen / bits)) : null,
    ...readOutcome(control, isEnded(control)),
    seconds,
    memoryBytes: control.read(RUNS_BITMAP) + control.read(RUNS_BITMAP_BYTES),
  };
}
