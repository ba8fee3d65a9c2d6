/**
 * A counterexample of step granularity on a real kernel, again and again: seen K of N times. What
 * was not seen is not proved absent.
 */
import type { Scenario } from '../../compile/scenario.js';
import type { Trace } from '../../verdict/trace.js';
import { LabError } from '../labError.js';
import { mulberry32 } from '../mulberry32.js';
import type { Rig } from '../rig.js';
import { planRace } from './plan.js';
import { playRound, type RaceSubject, type Round } from './round.js';

export interface RaceOptions {
  readonly times: number;
  /** Without a reply for so long a side counts as hung. */
  readonly seconds: number;
  /** Of the delays behind the barrier. */
  readonly seed: number;
  /** What the guest is. */
  readonly rig: Rig;
  /**
   * Each side does its commands again and again until all have done theirs so often. By default
   * many times for deadlocks and crashes, where an end that is left again costs nothing, else once.
   */
  readonly passes?: number;
  /** Between two looks at what seems to hang; half a second by default. */
  readonly pauseMs?: number;
  /** A fresh guest, in the initial state, for one that came to nothing. */
  readonly renew?: () => Promise<RaceSubject>;
  readonly onRound?: (round: Round) => void;
}

export interface RaceResult {
  readonly model: string;
  readonly title: string;
  readonly kernel: string;
  readonly release: string;
  readonly finding: Trace['finding'];
  readonly seed: number;
  readonly seen: number;
  readonly times: number;
  readonly rounds: readonly Round[];
}

const PASSES = 100;
const PAUSE_MS = 500;
/** Longest delay of a side behind the barrier, in microseconds. */
const DELAY_MOST = 20_000;
/** Beyond the seconds of a round's own waits: then the guest is lost. */
const ROUND_SECONDS = 45;

/** One side begins at once, which one changes; the others wait up to a limit that grows. */
export function delaysOf(seed: number, count: number, times: number): readonly number[][] {
  const next = mulberry32(seed);
  return Array.from({ length: times }, (_, round) => {
    const most = Math.max(1, Math.floor(DELAY_MOST / 4 ** (round % 4)));
    const first = next() % count;
    return Array.from({ length: count }, (_, side) => (side === first ? 0 : next() % most));
  });
}

/** After a panic the guest is gone. */
const isPanic = (text: string): boolean => text.includes('Kernel panic');

/** The watchdog: a promise that must settle within a time. */
function within<T>(seconds: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new LabError(`the guest gave no sign of life for ${seconds} s`)),
      seconds * 1000,
    );
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function lostRound(number: number, seconds: number, guest: RaceSubject, error: Error): Round {
  const last = guest.wholeConsole().trim().split('\n').slice(-20);
  return {
    number,
    isSeen: false,
    outcome: 'lost',
    seconds,
    sides: [],
    freed: null,
    messages: [...last, error.message],
  };
}

/**
 * Races the overlapping commands of a trace on a guest that was brought to its initial state.
 *
 * Throws LabError when the trace has nothing that overlaps or that a guest can do, or when a guest
 * is lost and there is no `renew`.
 */
export async function race(
  trace: Trace,
  scenario: Scenario,
  first: RaceSubject,
  options: RaceOptions,
): Promise<RaceResult> {
  const { plan, reasons } = planRace(trace, { scenario, rig: options.rig });
  if (plan === undefined) throw new LabError(`this trace is no race: ${reasons.join('; ')}`);
  const { finding } = trace;
  const lasts = finding.deadlock !== null || finding.property === 'no-crash';
  const passes = options.passes ?? (lasts ? PASSES : 1);
  const rounds: Round[] = [];
  let guest = first;
  for (const [at, delays] of delaysOf(options.seed, plan.sides.length, options.times).entries()) {
    const number = at + 1;
    const { seconds, rig, pauseMs = PAUSE_MS } = options;
    const start = performance.now();
    const played = playRound(guest, plan, {
      ...{ number, seconds, rig, finding, delays, passes, pauseMs },
    });
    let round: Round;
    try {
      round = await within(ROUND_SECONDS + 4 * seconds, played);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      round = lostRound(number, (performance.now() - start) / 1000, guest, error);
    }
    rounds.push(round);
    options.onRound?.(round);
    if (round.outcome !== 'lost' && !round.messages.some(isPanic)) continue;
    if (options.renew === undefined) throw new LabError(round.messages.join('\n'));
    await guest.close();
    guest = await options.renew();
  }
  return {
    ...{ model: trace.model, title: trace.title, kernel: trace.kernel, release: guest.release },
    ...{ finding, seed: options.seed, times: options.times, rounds },
    seen: rounds.filter(({ isSeen }) => isSeen).length,
  };
}
