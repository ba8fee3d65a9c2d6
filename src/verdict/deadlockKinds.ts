/**
 * What kind of deadlock a set of threads is in, each cycle for itself, and the fewest threads whose
 * end would free it: pure arithmetic over who waits for whom.
 */
import { WaitKind } from '../../assembly/layout.js';

/**
 * Kinds, worst first. `permanent`: only a reboot ends it. `unbounded wait`: it lasts until a
 * process at user level gives up or ends. `freed by a fatal signal`: kill -9 of a waiting thread.
 * `livelock`: a thread begins its system call again and again, and any signal ends that.
 */
export const DEADLOCK_KINDS = [
  'permanent',
  'unbounded wait',
  'freed by a fatal signal',
  'livelock',
] as const;

export type DeadlockKind = (typeof DEADLOCK_KINDS)[number];

/** A thread that can never move, by its number. */
export interface Waiter {
  readonly thread: number;
  /** Bit set of the threads that it waits for, of any threads of the model. */
  readonly waitsFor: number;
  readonly wait: WaitKind;
}

/** Threads each of which waits, directly or through others, for each other one. */
export interface Knot {
  readonly kind: DeadlockKind;
  /** In ascending order. */
  readonly threads: readonly number[];
  /** The fewest threads whose end frees all the others; empty where none does. */
  readonly kill: readonly number[];
}

/** What stands: knots, by their first thread, and the threads that only wait behind one. */
export interface DeadlockShape {
  readonly kind: DeadlockKind;
  readonly knots: readonly Knot[];
  readonly behind: readonly number[];
}

const THREADS = 8;
const has = (set: number, thread: number): boolean => ((set >> thread) & 1) !== 0;
const setOf = (threads: readonly number[]): number =>
  threads.reduce((set, thread) => set | (1 << thread), 0);
const listOf = (set: number): number[] =>
  Array.from({ length: THREADS }, (_, thread) => thread).filter((thread) => has(set, thread));

/**
 * The greatest part of a set whose members each wait for a member, or for a thread of `keepers`.
 */
function stuckIn(waiters: readonly Waiter[], set: number, keepers: number): number {
  const kept = setOf(
    waiters
      .filter(({ thread, waitsFor }) => has(set, thread) && (waitsFor & (set | keepers)) !== 0)
      .map(({ thread }) => thread),
  );
  return kept === set ? set : stuckIn(waiters, kept, keepers);
}

/** All threads that a thread waits for, directly or through waiters of a set. */
function reachOf(waiters: readonly Waiter[], from: number, set: number): number {
  const step = (reached: number): number => {
    const next = waiters
      .filter(({ thread }) => has(reached, thread))
      .reduce((sum, { waitsFor }) => sum | (waitsFor & set), reached);
    return next === reached ? reached : step(next);
  };
  const start = waiters.find(({ thread }) => thread === from)?.waitsFor ?? 0;
  return step(start & set);
}

/** The kind of a set that is stuck: the least power without which something of it stays stuck. */
function kindOf(waiters: readonly Waiter[], set: number, keepers: number): DeadlockKind {
  const upTo = (most: WaitKind): number =>
    set & setOf(waiters.filter(({ wait }) => wait <= most).map(({ thread }) => thread));
  if (stuckIn(waiters, upTo(WaitKind.Uninterruptible), 0) !== 0) return 'permanent';
  if (stuckIn(waiters, upTo(WaitKind.UserLevel), keepers) !== 0) return 'unbounded wait';
  if (stuckIn(waiters, upTo(WaitKind.Killable), keepers) !== 0) return 'freed by a fatal signal';
  return 'livelock';
}

const countOf = (set: number): number => listOf(set).length;

/**
 * The smallest set of threads that can be ended and whose end leaves nothing of `set` stuck; of
 * equal ones the one with the lowest numbers. 0 when there is none.
 */
function leastKill(waiters: readonly Waiter[], set: number, keepers: number): number {
  const mortal =
    keepers |
    setOf(
      waiters
        .filter(({ thread, wait }) => has(set, thread) && wait !== WaitKind.Uninterruptible)
        .map(({ thread }) => thread),
    );
  const candidates = Array.from({ length: 1 << THREADS }, (_, kill) => kill).filter(
    (kill) => (kill & ~mortal) === 0 && stuckIn(waiters, set & ~kill, keepers & ~kill) === 0,
  );
  return candidates.reduce(
    (best, kill) => (best === 0 || countOf(kill) < countOf(best) ? kill : best),
    0,
  );
}

/**
 * Tells apart the knots of a deadlock.
 *
 * @param waiters every thread of the deadlocked set.
 * @param keepers bit set of threads outside it that have ended and keep what is waited for.
 */
export function shapeOf(waiters: readonly Waiter[], keepers: number): DeadlockShape {
  const all = setOf(waiters.map(({ thread }) => thread));
  const reach = new Map(waiters.map(({ thread }) => [thread, reachOf(waiters, thread, all)]));
  const reachFrom = (thread: number): number => reach.get(thread) ?? 0;
  const knotOf = (thread: number): number =>
    has(reachFrom(thread), thread)
      ? setOf(listOf(reachFrom(thread)).filter((other) => has(reachFrom(other), thread)))
      : 0;
  const knotted = [...new Set(waiters.map(({ thread }) => knotOf(thread)))].filter((set) => set);
  // A wait for a thread that has ended is a knot of one: nobody need wait for the waiter.
  const kept = waiters
    .filter(({ thread, waitsFor }) => (waitsFor & keepers) !== 0 && knotOf(thread) === 0)
    .map(({ thread }) => 1 << thread);
  const knots = [...knotted, ...kept]
    .map((set) => ({
      kind: kindOf(waiters, set, keepers),
      threads: listOf(set),
      kill: listOf(leastKill(waiters, set, keepers)),
    }))
    .sort((a, b) => (a.threads[0] ?? 0) - (b.threads[0] ?? 0));
  const inKnots = setOf(knots.flatMap(({ threads }) => threads));
  const worst = DEADLOCK_KINDS.find((kind) => knots.some((knot) => knot.kind === kind));
  return { kind: worst ?? 'livelock', knots, behind: listOf(all & ~inKnots) };
}
