/**
 * What happened in a step, as rows of a word and a text, in order; for the terminal and the page.
 */
import type { StepEvent, Trace, TraceStep } from '../verdict/trace.js';
import { joinBlockRuns } from './blockRuns.js';
import { formatResult } from './layout.js';
import { describeWait, lockRows } from './lockText.js';

/** A row. Its kind says what it is, whatever word stands in front. */
export interface EventRow {
  readonly kind: 'locks' | Told['kind'];
  readonly label: string;
  readonly text: string;
}

type Told = Exclude<StepEvent, { kind: 'lock' | 'unlock' }>;

const WORDS: { readonly [kind in Told['kind']]: string } = {
  wait: 'waits',
  message: 'dmesg',
  output: 'prints',
  uevent: 'uevent',
  fault: 'injected',
  return: 'returns',
};

function textOf(event: Told): string {
  if (event.kind === 'wait') return describeWait(event);
  if (event.kind !== 'return') return event.text;
  return (
    formatResult(event.result) + (event.value === null ? '' : `: ${JSON.stringify(event.value)}`)
  );
}

/** Writes the same uevent of consecutive memory blocks once. */
function joinUevents(rows: readonly EventRow[]): EventRow[] {
  const joined: EventRow[] = [];
  let texts: string[] = [];
  const flush = (): void => {
    for (const text of joinBlockRuns(texts, 1)) {
      joined.push({ kind: 'uevent', label: WORDS.uevent, text });
    }
    texts = [];
  };
  for (const row of rows) {
    if (row.kind === 'uevent') texts.push(row.text);
    else {
      flush();
      joined.push(row);
    }
  }
  flush();
  return joined;
}

/**
 * Rows of a step. A whole system call has one row of locks, in front of what else happened; where
 * it waited, what came before the wait stands in front of that. A step of one has a row where it
 * takes or releases some.
 */
export function eventRows(
  events: readonly StepEvent[],
  granularity: Trace['granularity'],
): readonly EventRow[] {
  const rows: EventRow[] = [];
  let locks: StepEvent[] = [];
  const flush = (): void => {
    for (const row of lockRows(locks, granularity)) rows.push({ kind: 'locks', ...row });
    locks = [];
  };
  for (const event of events) {
    if (event.kind === 'lock' || event.kind === 'unlock') locks.push(event);
    else {
      if (granularity === 'step' || event.kind === 'wait') flush();
      rows.push({ kind: event.kind, label: WORDS[event.kind], text: textOf(event) });
    }
  }
  const lastWait = rows.findLastIndex(({ kind }) => kind === 'wait');
  const behind = granularity === 'call' ? rows.splice(lastWait + 1) : [];
  flush();
  return joinUevents([...rows, ...behind]);
}

/** What a command returned in a step, such as 'ok' or '-EBUSY'; null while it is under way. */
export function returnOf({ events }: TraceStep): string | null {
  const last = events.findLast((event) => event.kind === 'return');
  return last?.kind === 'return' ? formatResult(last.result) : null;
}
