/**
 * What happened in a step, as rows of a word and a text, in order.
 */
import { joinBlockRuns } from '../report/blockRuns.js';
import { formatResult } from '../report/layout.js';
import { describeWait, lockRows } from '../report/lockText.js';
import type { StepEvent, Trace, TraceStep } from '../verdict/trace.js';

export interface EventRow {
  readonly kind: 'locks' | 'wait' | 'message' | 'output' | 'uevent' | 'fault' | 'return';
  readonly label: string;
  readonly text: string;
}

type Told = Exclude<StepEvent, { kind: 'lock' | 'unlock' }>;

function rowOf(event: Told): EventRow {
  switch (event.kind) {
    case 'wait':
      return { kind: 'wait', label: 'waits', text: describeWait(event) };
    case 'message':
      return { kind: 'message', label: 'dmesg', text: event.text };
    case 'output':
      return { kind: 'output', label: 'prints', text: event.text };
    case 'uevent':
      return { kind: 'uevent', label: 'uevent', text: event.text };
    case 'fault':
      return { kind: 'fault', label: 'injected', text: event.text };
    case 'return': {
      const value = event.value === null ? '' : `: ${JSON.stringify(event.value)}`;
      return { kind: 'return', label: 'returns', text: formatResult(event.result) + value };
    }
  }
}

/** Writes the same uevent of consecutive memory blocks once. */
function joinUevents(rows: readonly EventRow[]): EventRow[] {
  const joined: EventRow[] = [];
  for (let at = 0; at < rows.length; ) {
    let end = at;
    while (rows[end]?.kind === 'uevent') end++;
    const texts = rows.slice(at, end).map(({ text }) => text);
    for (const text of joinBlockRuns(texts, 1)) {
      joined.push({ kind: 'uevent', label: 'uevent', text });
    }
    const other = rows[end];
    if (other !== undefined) joined.push(other);
    at = end + 1;
  }
  return joined;
}

/**
 * Rows of a step. A whole system call has one row of locks, before the rest, but for what it waited
 * for; a step of one has a row where it takes or releases some.
 */
export function eventRows(
  events: TraceStep['events'],
  granularity: Trace['granularity'],
): readonly EventRow[] {
  const rows: EventRow[] = [];
  const later: EventRow[] = [];
  let locks: StepEvent[] = [];
  const flush = (): void => {
    for (const row of lockRows(locks, granularity)) rows.push({ kind: 'locks', ...row });
    locks = [];
  };
  for (const event of events) {
    if (event.kind === 'lock' || event.kind === 'unlock') locks.push(event);
    else if (granularity === 'call' && event.kind !== 'wait') later.push(rowOf(event));
    else {
      flush();
      rows.push(rowOf(event));
    }
  }
  flush();
  return joinUevents([...rows, ...later]);
}

/** What a command returned in a step, such as 'ok' or '-EBUSY'; null while it is under way. */
export function returnOf({ events }: TraceStep): string | null {
  const last = events.findLast((event) => event.kind === 'return');
  return last?.kind === 'return' ? formatResult(last.result) : null;
}
