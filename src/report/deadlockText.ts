/**
 * A deadlock as the table that kernel people draw: a column for each CPU, a row for each step,
 * ending in the waits; under it who holds what, who waits for what, the cycle, and the stacks that
 * a hung-task report shows.
 */
import type { DeadlockView, StepEvent, Trace, TraceStep } from '../verdict/trace.js';
import { KIND_TEXT } from './findingText.js';
import { breakLongWords, labelled, onOneLine, PAGE_WIDTH, wrap } from './layout.js';
import { describeKill, describeLock, heldBy } from './lockText.js';
import { PLAIN, type Style } from './style.js';

const NUMBER_WIDTH = 6;
const SEPARATOR = ' | ';
const COLUMN_WIDTH_MIN = 24;

/**
 * Renders the table, the cycle and the stacks of a deadlock.
 *
 * @returns '' when the trace's finding is no deadlock.
 * Two or three threads fit 92 columns; more threads make the table wider, never narrower than
 * legible.
 */
export function renderDeadlock(trace: Trace, style: Style = PLAIN): string {
  const { deadlock } = trace.finding;
  if (deadlock === null) return '';
  const lines = [
    style.title('Interleaving'),
    ...tableLines(trace, deadlock),
    '',
    `${style.bad('Deadlock')}, ${KIND_TEXT[deadlock.kind]}`,
    ...deadlock.threads.flatMap(threadLines),
    '',
    ...cycleLines(deadlock),
    '',
    'Stacks, innermost function first',
    ...stackLines(deadlock),
  ];
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

function tableLines(trace: Trace, deadlock: DeadlockView): string[] {
  const names = deadlock.threads.map((thread) => thread.thread);
  const rows = tableRows(trace, names);
  const hasOthers = rows.some((row) => row.column === names.length);
  const count = names.length + (hasOthers ? 1 : 0);
  const room = PAGE_WIDTH - NUMBER_WIDTH - SEPARATOR.length * (count - 1);
  const width = Math.max(COLUMN_WIDTH_MIN, Math.floor(room / Math.max(1, count)));
  const heads = deadlock.threads.map((thread, index) => [
    `CPU ${index}: ${thread.thread}`,
    ...wrap(breakLongWords(onOneLine(thread.command), width), width),
  ]);
  if (hasOthers) heads.push(['others']);
  const rule = [
    '-'.repeat(NUMBER_WIDTH - 1).padEnd(NUMBER_WIDTH),
    heads.map(() => '-'.repeat(width)).join('-+-'),
  ].join('');
  const body = rows.flatMap((row) => {
    const cells = heads.map((_, column) => (column === row.column ? wrapCell(row, width) : []));
    return placeCells(row.label, cells, width);
  });
  return [...placeCells('step', heads, width), rule, ...body];
}

interface TableRow {
  readonly label: string;
  readonly column: number;
  readonly lines: readonly string[];
}

/**
 * Steps from where the first of the calls that now hang began; calls completed before are not of
 * the matter.
 */
function tableRows(trace: Trace, names: readonly string[]): TableRow[] {
  const starts = names.map((name) =>
    trace.steps.findLastIndex((step) => step.thread === name && step.starts),
  );
  const begun = starts.filter((index) => index >= 0);
  const first = begun.length === 0 ? 0 : Math.min(...begun);
  const lastFunction = new Map<string, string>();
  return trace.steps.flatMap((step, index) => {
    if (index < first) return [];
    const known = names.indexOf(step.thread);
    const column = known === -1 ? names.length : known;
    const lines = cellLines(step, column === names.length, lastFunction);
    return lines.length === 0 ? [] : [{ label: String(index + 1), column, lines }];
  });
}

function cellLines(step: TraceStep, isOther: boolean, lastFunction: Map<string, string>): string[] {
  const innermost = step.functions.at(-1) ?? '(user level)';
  // Of threads that are not stuck the table says only where they are, not each lock.
  if (isOther) return [`${step.thread}: ${innermost}`];
  const repeated = lastFunction.get(step.thread) === innermost && !step.starts;
  lastFunction.set(step.thread, innermost);
  const locks = step.events.flatMap(lockLine);
  return repeated ? locks : [innermost, ...locks];
}

function lockLine(event: StepEvent): string[] {
  switch (event.kind) {
    case 'lock':
      return [`  takes ${describeLock(event)}`];
    case 'unlock':
      return [`  releases ${describeLock(event)}`];
    case 'wait':
      return [`  WAITS for ${event.lock}`];
    default:
      return [];
  }
}

function wrapCell(row: TableRow, width: number): string[] {
  return row.lines.flatMap((line) => {
    const indent = line.length - line.trimStart().length;
    return wrap(breakLongWords(line, width - indent), width - indent).map(
      (part) => ' '.repeat(indent) + part,
    );
  });
}

function placeCells(label: string, cells: readonly (readonly string[])[], width: number): string[] {
  const height = Math.max(1, ...cells.map((cell) => cell.length));
  return Array.from({ length: height }, (_, line) => {
    const head = (line === 0 ? label : '').padStart(NUMBER_WIDTH - 2).padEnd(NUMBER_WIDTH);
    return head + cells.map((cell) => (cell[line] ?? '').padEnd(width)).join(SEPARATOR);
  });
}

type StuckThread = DeadlockView['threads'][number];

function threadLines(thread: StuckThread): string[] {
  const nameWidth = 2 + thread.thread.length + 2;
  const columns = { indent: nameWidth, labelWidth: 10, width: PAGE_WIDTH };
  const holds = thread.holds.length === 0 ? 'nothing' : thread.holds.join(', ');
  const [first = '', ...rest] = labelled('holds', holds, columns);
  const wait = `${thread.waitsFor}, ${heldBy(thread.heldBy)}; ${describeKill(thread)}`;
  return [
    `  ${thread.thread}`.padEnd(nameWidth) + first.slice(nameWidth),
    ...rest,
    ...labelled('waits for', wait, columns),
  ];
}

/** One line for each cycle, with its kind where there are several, and what would free it. */
function cycleLines(deadlock: DeadlockView): string[] {
  const all = deadlock.threads.map(({ thread }) => thread);
  // A trace file of an earlier release does not tell its cycles apart.
  const whole = [{ kind: deadlock.kind, threads: all, kill: [] }];
  const cycles = deadlock.cycles.length === 0 ? whole : deadlock.cycles;
  const lines = cycles.flatMap((cycle) => knotLines(cycle, deadlock));
  const tied = cycles.flatMap(({ threads }) => threads);
  const waiting = all.filter((thread) => !tied.includes(thread));
  if (waiting.length === 0) return lines;
  const columns = { indent: 0, labelWidth: CYCLE_WIDTH, width: PAGE_WIDTH };
  return [...lines, ...labelled('Behind', `${waiting.join(', ')}: in no cycle`, columns)];
}

const CYCLE_WIDTH = 7;

function knotLines(
  knot: DeadlockView['cycles'][number],
  { cycles, threads }: DeadlockView,
): string[] {
  const columns = { indent: 0, labelWidth: CYCLE_WIDTH, width: PAGE_WIDTH };
  const members = threads.filter(({ thread }) => knot.threads.includes(thread));
  const path = findCycle(members);
  const hops = path.flatMap((thread) => [thread.thread, thread.waitsFor]);
  const around = path.length === 0 ? (members[0]?.heldBy ?? []) : [path[0]?.thread ?? ''];
  const start = path.length === 0 ? members.flatMap((one) => [one.thread, one.waitsFor]) : hops;
  const text = [...start, around.join(' and ')].join(' -> ');
  const kind = cycles.length > 1 ? ` (${knot.kind})` : '';
  return [
    ...labelled(path.length === 0 ? 'Wait' : 'Cycle', `${text}${kind}`, columns),
    ...(knot.kill.length === 0
      ? []
      : labelled('Freed', `by kill -9 of ${knot.kill.join(' and ')}`, columns)),
  ];
}

/**
 * Follows, from each thread, the first holder that is stuck as well, until a thread comes again.
 */
function findCycle(threads: readonly StuckThread[]): StuckThread[] {
  const byName = new Map(threads.map((thread) => [thread.thread, thread]));
  for (const start of threads) {
    const path: StuckThread[] = [];
    let at: StuckThread | undefined = start;
    while (at !== undefined && !path.includes(at)) {
      path.push(at);
      at = at.heldBy.map((name) => byName.get(name)).find((thread) => thread !== undefined);
    }
    if (at !== undefined) return path.slice(path.indexOf(at));
  }
  return [];
}

function stackLines(deadlock: DeadlockView): string[] {
  const labelWidth = 2 + Math.max(0, ...deadlock.threads.map((thread) => thread.thread.length));
  return deadlock.threads.flatMap((thread) =>
    labelled(thread.thread, thread.stack.toReversed().join(' < '), {
      indent: 2,
      labelWidth,
      width: PAGE_WIDTH,
    }),
  );
}
