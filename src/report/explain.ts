/**
 * Why a counterexample can happen: the order in which its threads take locks, the window that it
 * needs (which step opens it, which falls into it, which closes it), and the commit that mends it.
 */

import { wantedOf } from '../verdict/anchor.js';
import type { Trace, TraceStep } from '../verdict/trace.js';
import { stepText } from './anchorText.js';
import { labelled, PAGE_WIDTH, plural } from './layout.js';
import { PLAIN, type Style } from './style.js';

/** What is known of a commit by which the finding goes away. */
export type Mending =
  | {
      readonly kind: 'commit';
      readonly id: string;
      readonly commit: string | null;
      readonly title: string;
      readonly since: string;
      /** It comes with the newer kernel; false for one that is taken back there. */
      readonly added: boolean;
    }
  /** Still there on the newest kernel that is modelled. */
  | { readonly kind: 'none'; readonly newest: string }
  /** It was not asked, and why. */
  | { readonly kind: 'unknown'; readonly why: string };

const COLUMNS = { indent: 2, labelWidth: 9, width: PAGE_WIDTH };

/** Locks that a thread takes while it has others, as chains, outermost first. */
export interface LockChain {
  readonly thread: string;
  readonly locks: readonly string[];
  /** It waits for the last one for ever. */
  readonly waits: boolean;
}

const isStartOf = (chain: readonly string[], other: readonly string[]): boolean =>
  chain.length < other.length && chain.every((lock, index) => other[index] === lock);

/** The chains of a trace: of each thread those that are no beginning of a longer one. */
export function lockChains({ steps, finding }: Trace): readonly LockChain[] {
  const held = new Map<string, readonly string[]>();
  const found: LockChain[] = [];
  const note = (thread: string, locks: readonly string[], waits: boolean): void => {
    const isKnown = found.some(
      (one) => one.thread === thread && one.waits === waits && one.locks.join() === locks.join(),
    );
    if (locks.length > 1 && !isKnown) found.push({ thread, locks, waits });
  };
  for (const { thread, events } of steps) {
    for (const event of events) {
      const now = held.get(thread) ?? [];
      if (event.kind === 'lock') {
        held.set(thread, [...now, event.lock]);
        note(thread, [...now, event.lock], false);
      }
      if (event.kind === 'unlock') {
        const at = now.lastIndexOf(event.lock);
        held.set(
          thread,
          now.filter((_, index) => index !== at),
        );
      }
    }
  }
  for (const { thread, holds, waitsFor } of finding.deadlock?.threads ?? []) {
    note(thread, [...holds, waitsFor], true);
  }
  return found.filter(
    (chain) =>
      !found.some(
        (other) =>
          other !== chain &&
          other.thread === chain.thread &&
          !chain.waits &&
          isStartOf(chain.locks, other.locks),
      ),
  );
}

/** Two locks that two threads take in opposite orders, under no lock that both have before. */
export function oppositeLocks(
  chains: readonly LockChain[],
): readonly (readonly [string, string])[] {
  const found: (readonly [string, string])[] = [];
  for (const left of chains) {
    for (const right of chains) {
      if (left.thread >= right.thread) continue;
      for (const [index, first] of left.locks.entries()) {
        for (const second of left.locks.slice(index + 1)) {
          const [a, b] = [right.locks.indexOf(second), right.locks.indexOf(first)];
          const isKnown = found.some((pair) => pair.includes(first) && pair.includes(second));
          const isMasked = left.locks
            .slice(0, index)
            .some((lock) => right.locks.slice(0, Math.max(0, a)).includes(lock));
          if (a >= 0 && b > a && !isKnown && !isMasked) found.push([first, second]);
        }
      }
    }
  }
  return found;
}

/** Indices of steps, from 0; null where the trace ends or begins inside the window. */
export interface Window {
  readonly opens: number | null;
  readonly into: readonly number[];
  readonly closes: number | null;
}

/**
 * The window of a trace; null where one thread does it all.
 *
 * Of a deadlock: from the first lock of the cycle that is taken to the last one. Otherwise: between
 * the two steps of the thread that ends the trace within which others moved last.
 */
export function windowOf({ steps, finding }: Trace): Window | null {
  const stuck = finding.deadlock?.threads ?? [];
  if (stuck.length > 1) {
    const wanted = stuck.map(({ waitsFor }) => waitsFor);
    const places = stuck.flatMap(({ thread, holds }) =>
      holds.filter((lock) => wanted.includes(lock)).map((lock) => takenAt(steps, thread, lock)),
    );
    const known = places.filter((at) => at >= 0).sort((left, right) => left - right);
    if (known.length < 2) return null;
    return { opens: known[0] ?? null, into: [], closes: known.at(-1) ?? null };
  }
  const victim = steps.at(-1)?.thread;
  const last = steps.findLastIndex(({ thread }) => thread !== victim);
  if (last < 0) return null;
  const opens = steps.slice(0, last).findLastIndex(({ thread }) => thread === victim);
  const into = Array.from({ length: last - opens }, (_, index) => opens + 1 + index);
  return { opens: opens < 0 ? null : opens, into, closes: last + 1 };
}

/** Index of the step in which a thread took a lock that it has in the end. */
const takenAt = (steps: readonly TraceStep[], thread: string, lock: string): number =>
  steps.findLastIndex(
    (step) =>
      step.thread === thread &&
      step.events.some((event) => event.kind === 'lock' && event.lock === lock),
  );

/** A step in a few words: its number, who, where in the kernel. */
function stepWords(steps: readonly TraceStep[], index: number): string {
  const step = steps[index];
  if (step === undefined) return `step ${index + 1}`;
  const inside = step.functions.at(-1);
  const locks = step.events.flatMap((event) => {
    if (event.kind === 'lock') return [`takes ${event.lock}`];
    return event.kind === 'unlock' ? [`releases ${event.lock}`] : [];
  });
  const where = inside === undefined ? stepText(wantedOf(step)) : `${step.thread} in ${inside}()`;
  const what = locks.length === 0 || locks.length > 2 ? '' : `, ${locks.join(', ')}`;
  return `step ${index + 1} (${where}${what})`;
}

function fallsText(steps: readonly TraceStep[], first: number, last: number): string {
  const words = stepWords(steps, first);
  if (last === first) return `into it falls ${words}`;
  return `into it fall steps ${first + 1} to ${last + 1}, the first: ${words}`;
}

function windowLines(trace: Trace): string[] {
  const { steps, finding } = trace;
  const window = windowOf(trace);
  const row = (label: string, text: string): string[] => labelled(label, text, COLUMNS);
  if (window === null) return row('window', 'none: one call after the other comes to it');
  const { opens, into, closes } = window;
  const from = opens === null ? 'from the start' : `opens with ${stepWords(steps, opens)}`;
  const [first] = into;
  const falls = first === undefined ? [] : row('', fallsText(steps, first, into.at(-1) ?? first));
  const isStuck = finding.deadlock !== null;
  const then = isStuck ? ': from here on each has what another one waits for' : '';
  const to = closes === null ? [] : row('', `closes with ${stepWords(steps, closes)}${then}`);
  return [...row('window', from), ...falls, ...to];
}

function lockLines(trace: Trace): string[] {
  const chains = lockChains(trace);
  if (chains.length === 0) return labelled('locks', 'none is taken under another one', COLUMNS);
  const shown = chains.slice(0, CHAINS_MAX);
  const more = chains.length - shown.length;
  const texts = [
    ...shown.map(({ thread, locks, waits }) => {
      return `${thread}: ${locks.join(' > ')}${waits ? ' (waits)' : ''}`;
    }),
    ...(more > 0 ? [`and ${plural(more, 'further chain')}`] : []),
    ...oppositeLocks(chains).map(([a, b]) => `OPPOSITE ORDERS: ${a} and ${b}`),
  ];
  return texts.flatMap((text, index) => labelled(index === 0 ? 'locks' : '', text, COLUMNS));
}

const CHAINS_MAX = 8;

function mendingText(mending: Mending): string {
  if (mending.kind === 'unknown') return `not asked: ${mending.why}`;
  if (mending.kind === 'none') return `none: ${mending.newest}, the newest modelled, has it still`;
  const { id, commit, title, since, added } = mending;
  const name = commit === null ? `"${title}"` : `${commit} ("${title}")`;
  return `${added ? 'with' : 'without'} ${name}, ${since} (feature ${id})`;
}

/** Renders the explanation of a trace. */
export function renderExplain(trace: Trace, mending: Mending, style: Style = PLAIN): string {
  const { property, device } = trace.finding;
  const name = device === null ? property : `${property}(${device})`;
  const lines = [
    style.title(`Why: ${name}`),
    ...lockLines(trace),
    ...windowLines(trace),
    ...labelled('mended', mendingText(mending), COLUMNS),
  ];
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}
