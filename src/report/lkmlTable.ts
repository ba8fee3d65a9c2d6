/**
 * What each CPU does, in time order, as kernel reports draw it: functions by call depth, the locks
 * that matter, what is waited for and what fails.
 */
import { type CommandRun, overlappingOf, runsOf } from '../verdict/commandRuns.js';
import type { StepEvent, Trace, TraceStep } from '../verdict/trace.js';
import { breakLongWords, formatResult, onOneLine, wrap } from './layout.js';
import { lockWords, taskWords } from './lkmlWords.js';
import { machineDelta } from './machineDelta.js';

const WIDTH = 72;
const BAR = ' | ';
const COLUMNS_MAX = 3;
const LEVELS_MAX = 4;

/** What of a row can be left out first, where there is no room for all: the lower, the sooner. */
const WEIGHTS = ['function', 'lock', 'fact'] as const;
type Weight = (typeof WEIGHTS)[number];

interface Row {
  /** -1: over the whole width. */
  readonly column: number;
  readonly indent: number;
  readonly text: string;
  readonly weight: Weight;
}

/**
 * Who the columns are of: the threads of a deadlock, or those that were inside the kernel at the
 * same time last. None where nothing overlaps: then one column tells all.
 */
export function columnsOf(trace: Trace): readonly string[] {
  const { deadlock } = trace.finding;
  if (deadlock !== null) return deadlock.threads.map(({ thread }) => thread).slice(0, COLUMNS_MAX);
  const racing = toldRuns(trace).filter(({ isRacing }) => isRacing);
  if (racing.length === 0) return [];
  const inKernel = trace.steps.filter(({ functions }) => functions.length > 0);
  const names = racing.map(({ run }) => run.thread).reverse();
  const last = inKernel.map(({ thread }) => thread).reverse();
  const order = [...new Set([...names, ...last])].slice(0, 2);
  const first = (name: string): number => inKernel.findIndex(({ thread }) => thread === name);
  return order.sort((left, right) => first(left) - first(right));
}

/** Whether a step shows something that a reader has to know. */
function isEventful(trace: Trace, index: number): boolean {
  const step = trace.steps[index];
  if (step === undefined) return false;
  if (index === trace.steps.length - 1) return true;
  const { iomem, changes } = machineDelta(
    trace.steps[index - 1]?.after ?? trace.initial,
    step.after,
  );
  const tells = step.events.some(
    ({ kind }) => kind === 'wait' || kind === 'message' || kind === 'fault',
  );
  return tells || iomem.length > 0 || changes.length > 0;
}

/** A command that matters, with whether others were inside the kernel meanwhile. */
export interface ToldRun {
  readonly run: CommandRun;
  readonly isRacing: boolean;
}

/** Commands that change or tell something, and all that overlap another one. */
export function toldRuns(trace: Trace): readonly ToldRun[] {
  const runs = runsOf(trace);
  const overlapping = new Set(overlappingOf(runs).filter(({ isInKernel }) => isInKernel));
  return runs.flatMap((run) => {
    const steps = [...trace.steps.entries()].slice(run.first, Math.min(run.last, 1e9) + 1);
    // Threads of the kernel have no command.
    const meets = steps.some(
      ([, { thread, command, functions }]) =>
        thread !== run.thread && command === null && functions.length > 0,
    );
    const isRacing = run.isInKernel && (overlapping.has(run) || meets);
    const isEvent = steps.some(
      ([index, { thread }]) => thread === run.thread && isEventful(trace, index),
    );
    // Where single steps were told apart, the order of calls is what it is about.
    const isTold = isEvent || (trace.granularity === 'step' && run.isInKernel);
    return isRacing || isTold ? [{ run, isRacing }] : [];
  });
}

/** Indices of the steps that are told. */
function toldSteps(trace: Trace): ReadonlySet<number> {
  const told = new Set<number>();
  const runs = toldRuns(trace).map(({ run }) => run);
  for (const [index, { thread, command, functions }] of trace.steps.entries()) {
    const isOfRun = runs.some(
      (run) => run.thread === thread && index >= run.first && index <= run.last,
    );
    const isKernels = command === null && functions.length > 0;
    if (isOfRun || isKernels) told.add(index);
  }
  return told;
}

/** Locks that a deadlock is made of; null: all that a step does not give back itself. */
function locksOfCycle({ finding }: Trace): ReadonlySet<string> | null {
  if (finding.deadlock === null) return null;
  return new Set(finding.deadlock.threads.flatMap(({ holds, waitsFor }) => [...holds, waitsFor]));
}

class Table {
  readonly rows: Row[] = [];
  readonly #chains = new Map<string, readonly string[]>();
  #last = '';

  constructor(
    readonly trace: Trace,
    readonly columns: readonly string[],
    readonly cycle: ReadonlySet<string> | null,
  ) {}

  add(step: TraceStep): void {
    const column = this.#columnOf(step);
    if (column < 0 && this.cycle !== null) return;
    if (column < 0) {
      const name = step.functions.at(-1);
      const text = `(${taskWords(step.thread)}: ${name === undefined ? '' : `${name}()`})`;
      if (name !== undefined && this.rows.at(-1)?.text !== text) {
        this.#put(-1, 0, text, 'function');
      }
      return;
    }
    if (step.starts && step.command !== null) {
      this.#chains.delete(step.thread);
      if (isRule(step.command.text)) this.#put(column, 0, '(udev, by a rule)', 'fact');
      else this.#put(column, 0, `$ ${commandText(step.command.text)}`, 'fact');
    }
    this.#functions(step, column);
    const depth = Math.min(step.functions.length, LEVELS_MAX);
    for (const row of this.#eventRows(step)) this.#put(column, depth, row.text, row.weight);
  }

  /** Whole calls, of which the functions tell more than the locks. */
  get #isPlain(): boolean {
    return this.trace.granularity === 'call' && this.cycle === null;
  }

  /** The waits of a deadlock, which no step takes. */
  addWaits(): void {
    for (const waiter of this.trace.finding.deadlock?.threads ?? []) {
      const column = this.columns.indexOf(waiter.thread);
      const known = this.#chains.get(waiter.thread) ?? [];
      const missing = waiter.stack.filter((name) => !known.includes(name));
      for (const [index, name] of missing.entries()) {
        this.#put(column, known.length + index, `${name}()`, 'fact');
      }
      const holders = waiter.heldBy.map((name) => {
        const cpu = this.columns.indexOf(name);
        if (name === waiter.thread) return 'held by itself';
        return cpu < 0 ? `held by ${taskWords(name)}` : `CPU ${cpu}`;
      });
      const by = holders.length === 0 ? '' : ` (${[...new Set(holders)].join(', ')})`;
      const text = `*** waits for ${lockWords(waiter.waitsFor)}${by}`;
      this.#put(column, waiter.stack.length, text, 'fact');
    }
  }

  /** -1: in none. A thread of the kernel's that stands in the one column of all is named. */
  #columnOf({ thread, command, functions }: TraceStep): number {
    if (this.columns.length > 0) return this.columns.indexOf(thread);
    if (command === null && functions.length > 0 && this.#last !== thread) {
      this.#put(0, 0, `(${taskWords(thread)})`, 'lock');
      this.#chains.delete(thread);
    }
    this.#last = thread;
    return 0;
  }

  #put(column: number, depth: number, text: string, weight: Weight): void {
    this.rows.push({ column, indent: Math.min(depth, LEVELS_MAX), text, weight });
  }

  /** Functions that the thread has entered since its last step. */
  #functions(step: TraceStep, column: number): void {
    const known = this.#chains.get(step.thread) ?? [];
    const { functions } = step;
    const same = functions.findIndex((name, index) => known[index] !== name);
    const from = same < 0 ? functions.length : same;
    for (const [index, name] of functions.entries()) {
      if (index >= from) this.#put(column, index, `${name}()`, this.#isPlain ? 'lock' : 'function');
    }
    this.#chains.set(step.thread, functions);
  }

  #eventRows({ events, functions }: TraceStep): { text: string; weight: Weight }[] {
    if (this.#isPlain) return [...takenRow(events), ...events.flatMap(factRow)];
    const isIn = (lock: string): boolean => this.cycle?.has(lock) ?? true;
    const gone = functions.length === 0;
    return events.flatMap((event) => {
      if (event.kind === 'lock' || event.kind === 'unlock') {
        if (!isIn(event.lock) || gone) return [];
        if (isPassed(event, events)) return [];
        const verb = event.kind === 'lock' ? 'lock' : 'unlock';
        const mode = event.mode === 'read' ? ' (read)' : '';
        return [{ text: `${verb} ${lockWords(event.lock)}${mode}`, weight: 'lock' }];
      }
      return factRow(event);
    });
  }
}

/** Taken and given back in the same step: nobody can tell. */
function isPassed(event: StepEvent, events: readonly StepEvent[]): boolean {
  if (event.kind !== 'lock' && event.kind !== 'unlock') return false;
  const other = event.kind === 'lock' ? 'unlock' : 'lock';
  return events.some((one) => one.kind === other && one.lock === event.lock);
}

/** All locks of a whole call in one row, in the order in which they are first taken. */
function takenRow(events: readonly StepEvent[]): { text: string; weight: Weight }[] {
  const locks = [
    ...new Set(events.flatMap((event) => (event.kind === 'lock' ? [lockWords(event.lock)] : []))),
  ];
  if (locks.length === 0) return [];
  return [{ text: `locks, in order: ${locks.join(', ')}`, weight: 'function' }];
}

function factRow(event: StepEvent): { text: string; weight: Weight }[] {
  const fact = (text: string): { text: string; weight: Weight }[] => [{ text, weight: 'fact' }];
  switch (event.kind) {
    case 'fault':
      return fact(`<${faultWords(event.text)}>`);
    case 'message':
      return fact(`dmesg: ${event.text}`);
    case 'return':
      return event.result === 'ok' ? [] : fact(`= ${formatResult(event.result)}`);
    default:
      return [];
  }
}

/** What goes wrong outside the code at fault. */
export function faultWords(text: string): string {
  if (text === 'signal') return 'fatal signal';
  if (text === 'late_release') return 'the last reference is put late';
  if (text.startsWith('poison')) return `uncorrected memory error${text.slice('poison'.length)}`;
  return text.replace(/^(\w+) fails/, (_, name: string) => `${pointWords(name)} fails`);
}

/** What has to happen for it, as a clause. */
export function faultNeed(text: string): string {
  if (text === 'signal') return 'a fatal signal must come';
  if (text === 'late_release') return 'the last reference must be put late';
  if (text.startsWith('poison')) return 'the medium must report an error';
  return text.replace(/^(\w+) fails/, (_, name: string) => `${pointWords(name)} must fail`);
}

/** A function that fails; notifiers are named by their event. */
const pointWords = (name: string): string => (/^[A-Z]/.test(name) ? `${name}` : `${name}()`);

/** A rule of udev is no line of a shell. */
export const isRule = (text: string): boolean => /==|\bRUN\+?=|ATTR\{/.test(text);

/** A command as it is typed; where a tool does it, its own call. */
export const commandText = (text: string): string => onOneLine(text).replace(/ # \w+$/, '');

/** The tool that does a call; null where it is typed as it is. */
export const toolOf = (text: string): string | null => / # (\w+)$/.exec(text)?.[1] ?? null;

/** Draws the table in at most so many lines. */
export function renderTable(trace: Trace, linesMax: number): string[] {
  const columns = columnsOf(trace);
  const table = new Table(trace, columns, locksOfCycle(trace));
  const told = toldSteps(trace);
  for (const [index, step] of trace.steps.entries()) if (told.has(index)) table.add(step);
  table.addWaits();
  const count = Math.max(1, columns.length);
  const width = Math.floor((WIDTH - BAR.length * (count - 1)) / count);
  const place = (row: Row): string[] => placed(row, { count, width });
  const isOneTask = count === 1;
  const head = isOneTask
    ? []
    : [
        placeCells(
          columns.map((name, cpu) => `CPU ${cpu}${kindOf(trace, name)}`),
          width,
        ),
        columns.map(() => '-'.repeat(width)).join('-+-'),
      ];
  const rows = usefulRows(trace, table.rows, columns);
  return [...head, ...fitted(rows, place, linesMax - head.length)].map((line) => line.trimEnd());
}

/** What runs on a CPU, where it is no command of a user's. */
function kindOf(trace: Trace, name: string): string {
  const isCommand = trace.steps.some(({ thread, command }) => thread === name && command !== null);
  return isCommand ? '' : `: ${taskWords(name)}`;
}

/** Of a deadlock, functions that it neither stands in nor takes a lock of it in are left out. */
function usefulRows(
  trace: Trace,
  rows: readonly Row[],
  columns: readonly string[],
): readonly Row[] {
  const { deadlock } = trace.finding;
  if (deadlock === null) return rows;
  return rows.filter((row, index) => {
    if (row.weight !== 'function' || row.column < 0) return true;
    const thread = deadlock.threads.find((one) => one.thread === columns[row.column]);
    const own = rows.slice(index + 1).find(({ column }) => column === row.column);
    return thread?.stack.includes(row.text.slice(0, -2)) === true || own?.weight === 'lock';
  });
}

function placeCells(cells: readonly string[], width: number): string {
  return cells.map((cell) => cell.padEnd(width)).join(BAR);
}

function placed(row: Row, { count, width }: { count: number; width: number }): string[] {
  const indent = row.column < 0 ? 0 : row.indent * (count === 1 ? 2 : 1);
  const room = (row.column < 0 ? WIDTH : width) - indent;
  const lines = wrap(breakLongWords(row.text, room - 2), room - 2).map(
    (line, index) => ' '.repeat(index === 0 ? indent : indent + 2) + line,
  );
  if (row.column < 0 || count === 1) return lines;
  return lines.map((line) =>
    placeCells(
      Array.from({ length: count }, (_, at) => (at === row.column ? line : '')),
      width,
    ),
  );
}

const LEFT_OUT = '(calls and locks of the way there are left out)';

/** Rows that always stay: the end is what the report is about. */
const LAST_KEPT = 8;

/** The rows within a number of lines: what says least goes first; gaps with facts are marked. */
function fitted(
  rows: readonly Row[],
  place: (row: Row) => string[],
  linesMax: number,
): readonly string[] {
  const gone = new Set<number>();
  const draw = (): string[] => {
    const lines: string[] = [];
    let hasGap = false;
    for (const [index, row] of rows.entries()) {
      if (gone.has(index)) {
        hasGap ||= row.weight === 'fact';
        continue;
      }
      if (hasGap) lines.push('  [...]');
      hasGap = false;
      lines.push(...place(row));
    }
    return gone.size === 0 ? lines : [...lines, LEFT_OUT];
  };
  const candidates = WEIGHTS.flatMap((weight) =>
    rows.flatMap((row, index) =>
      row.weight === weight && index < rows.length - LAST_KEPT ? [index] : [],
    ),
  );
  for (const candidate of candidates) {
    if (draw().length <= linesMax) break;
    gone.add(candidate);
  }
  const lines = draw();
  return lines.length <= linesMax
    ? lines
    : ['  [...]', ...lines.slice(lines.length - linesMax + 1)];
}
