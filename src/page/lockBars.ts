/**
 * Locks of a behaviour as bars beside the steps of the thread that holds them, or waits for them.
 *
 * A bar stands beside a step when the lock is held after it. What is taken and given back within
 * one step has no bar: it is told with the step.
 */
import type { LockView, Trace } from '../verdict/trace.js';

export interface LockBar {
  readonly thread: string;
  readonly lock: string;
  readonly mode: LockView['mode'];
  readonly kind: 'held' | 'waits';
  /** First and last step beside which it stands; step 0 is the start. */
  readonly from: number;
  readonly to: number;
  /** Column among the thread's bars, from 0, so that no two cover each other. */
  readonly rail: number;
}

export interface LockBars {
  readonly bars: readonly LockBar[];
  /** Every lock that has a bar, with the letter that stands on it. */
  readonly letters: ReadonlyMap<string, string>;
}

type Bar = Omit<LockBar, 'rail'>;

function heldBars(trace: Trace): Bar[] {
  const views = [trace.initial, ...trace.steps.map(({ after }) => after)];
  const open = new Map<string, Bar>();
  const done: Bar[] = [];
  for (const [at, { locks }] of views.entries()) {
    const now = new Set<string>();
    for (const { lock, mode, holder } of locks) {
      const key = `${holder} ${lock} ${mode}`;
      now.add(key);
      const bar = open.get(key) ?? { thread: holder, lock, mode, kind: 'held', from: at, to: at };
      open.set(key, { ...bar, to: at });
    }
    for (const [key, bar] of open) {
      if (now.has(key)) continue;
      done.push(bar);
      open.delete(key);
    }
  }
  return [...done, ...open.values()];
}

/** A wait lasts until the thread moves again; one that never does waits to the end. */
function waitBars({ steps }: Trace): Bar[] {
  return steps.flatMap(({ thread, events }, index): Bar[] => {
    const wait = events.findLast((event) => event.kind === 'wait');
    if (wait?.kind !== 'wait') return [];
    const next = steps.findIndex((step, later) => later > index && step.thread === thread);
    const to = next < 0 ? steps.length : next;
    return [{ thread, lock: wait.lock, mode: 'write', kind: 'waits', from: index + 1, to }];
  });
}

/** What the threads of a deadlock wait for in the last state, each since it moved last. */
function stuckBars({ steps, finding }: Trace, held: readonly Bar[]): Bar[] {
  const to = steps.length;
  return (finding.deadlock?.threads ?? []).map(({ thread, waitsFor, heldBy }): Bar => {
    const moved = steps.findLastIndex((step) => step.thread === thread) + 1;
    const taken = held.filter(
      (bar) => bar.lock === waitsFor && bar.to === to && heldBy.includes(bar.thread),
    );
    const from = Math.max(moved, ...taken.map((bar) => bar.from));
    return { thread, lock: waitsFor, mode: 'write', kind: 'waits', from, to };
  });
}

/** Gives each bar of a thread the first rail that is free beside all of its steps. */
function onRails(bars: readonly Bar[]): LockBar[] {
  const placed: LockBar[] = [];
  const inOrder = [...bars].sort((a, b) => a.from - b.from || b.to - a.to);
  for (const bar of inOrder) {
    const near = placed.filter(
      ({ thread, from, to }) => thread === bar.thread && from <= bar.to && bar.from <= to,
    );
    let rail = 0;
    while (near.some((other) => other.rail === rail)) rail++;
    placed.push({ ...bar, rail });
  }
  return placed;
}

/** A, B, … Z, A2, B2 … */
function letterOf(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : `${letter}${Math.floor(index / 26) + 1}`;
}

/** Lays out the bars of a behaviour. */
export function lockBarsOf(trace: Trace): LockBars {
  const held = heldBars(trace);
  const stuck = stuckBars(trace, held);
  const isStuck = new Set(stuck.map(({ thread }) => thread));
  const waits = waitBars(trace).filter(
    ({ thread, to }) => to < trace.steps.length || !isStuck.has(thread),
  );
  const bars = onRails([...held, ...waits, ...stuck]);
  const locks = [...new Set(bars.map(({ lock }) => lock))];
  return { bars, letters: new Map(locks.map((lock, index) => [lock, letterOf(index)])) };
}
