/**
 * The steps of a behaviour, downwards in time: a lane for each thread, the locks that it holds as
 * bars beside its steps, and a mark where the outcome became inevitable.
 *
 * It is one grid. Each lane has a column for its steps and before it one for each rail of bars.
 */

import { returnOf } from '../report/eventRows.js';
import { onOneLine } from '../report/layout.js';
import { machineDelta } from '../report/machineDelta.js';
import type { Trace, TraceStep } from '../verdict/trace.js';
import { breakable, type Child, h } from './dom.js';
import { type LockBar, type LockBars, lockBarsOf } from './lockBars.js';

interface Lane {
  readonly thread: string;
  readonly rails: number;
  /** Number of its column of steps, from 1 as CSS counts. */
  readonly column: number;
}

/** Of the grid's columns the first is that of the numbers. */
const FIRST_COLUMN = 2;

/** Rows: the heads, then the start, then the steps, each with one for a mark behind it. */
const rowOfStep = (step: number): number => 2 + 2 * step;

function lanesOf(trace: Trace, { bars }: LockBars): readonly Lane[] {
  const threads = new Set([
    ...trace.steps.map(({ thread }) => thread),
    ...bars.map(({ thread }) => thread),
  ]);
  const lanes: Lane[] = [];
  let column = FIRST_COLUMN;
  for (const thread of threads) {
    const rails = Math.max(
      0,
      ...bars.filter((bar) => bar.thread === thread).map(({ rail }) => rail + 1),
    );
    lanes.push({ thread, rails, column: column + rails });
    column += rails + 1;
  }
  return lanes;
}

function columnsOf(lanes: readonly Lane[]): string {
  const rails = (count: number): string => (count === 0 ? '' : `repeat(${count}, var(--rail)) `);
  const columns = lanes.map((lane) => `${rails(lane.rails)}minmax(var(--lane), 1fr)`);
  return `var(--number) ${columns.length === 0 ? '1fr' : columns.join(' ')}`;
}

const place = (row: number | string, column: string): string =>
  `grid-row:${row};grid-column:${column}`;

/** Whether a step goes on with the command of this thread's step just before it. */
function continues(previous: TraceStep | undefined, step: TraceStep): boolean {
  if (previous === undefined || step.starts || previous.thread !== step.thread) return false;
  return previous.command?.text === step.command?.text;
}

function commandChild(previous: TraceStep | undefined, step: TraceStep): Child {
  if (step.command === null) return null;
  // Beneath a function the command stands once; it is all that a step of userland has.
  if (step.functions.length > 0 && continues(previous, step)) return null;
  const text = onOneLine(step.command.text);
  return h(
    'span',
    { class: 'step-command' },
    breakable(text),
    !step.starts && h('span', { class: 'faint' }, ' (continues)'),
  );
}

function chipsOf(trace: Trace, index: number, step: TraceStep): Child[] {
  const before = trace.steps[index - 1]?.after ?? trace.initial;
  const { iomem, changes } = machineDelta(before, step.after);
  const returned = returnOf(step);
  const chips: Child[] = [];
  const add = (kind: string, text: string): void => {
    chips.push(h('span', { class: `chip chip-${kind}` }, text));
  };
  if (step.events.some(({ kind }) => kind === 'fault')) add('warn', 'fault injected');
  if (step.events.some(({ kind }) => kind === 'wait')) add('warn', 'waits');
  if (step.events.some(({ kind }) => kind === 'message')) add('plain', 'dmesg');
  if (iomem.length > 0) {
    const removed = iomem.filter(({ op }) => op === 'remove').length;
    const added = iomem.length - removed;
    const signs = [...(removed > 0 ? [`−${removed}`] : []), ...(added > 0 ? [`+${added}`] : [])];
    add('change', `iomem ${signs.join(' ')}`);
  }
  const has = (pattern: RegExp): boolean => changes.some((change) => pattern.test(change));
  if (has(/^memory\d/)) add('change', 'blocks');
  if (has(/^\S+: driver /)) add('change', 'driver');
  if (returned !== null) add(returned === 'ok' ? 'good' : 'bad', returned);
  return chips;
}

/** The innermost function; a step of userland without a command says what it does. */
function headOf(step: TraceStep): string | null {
  const last = step.functions.at(-1);
  if (last !== undefined) return last;
  if (step.command !== null) return null;
  const spoken = step.events.find(({ kind }) => kind === 'uevent' || kind === 'output');
  if (spoken !== undefined && 'text' in spoken) return spoken.text;
  return 'user level';
}

/** The address of a step; 0 is the start. */
export type StepAddress = (step: number) => string;

interface StepContext {
  readonly trace: Trace;
  readonly address: StepAddress;
  readonly index: number;
  readonly step: TraceStep;
}

function stepCard(
  { trace, address, index, step }: StepContext,
  lane: Lane | undefined,
): HTMLElement {
  const head = headOf(step);
  return h(
    'a',
    {
      class: `step${step.functions.length === 0 ? ' step-user' : ''}`,
      href: address(index + 1),
      style: place(rowOfStep(index + 1), String(lane?.column ?? FIRST_COLUMN)),
      'data-step': index + 1,
    },
    h('span', { class: 'visually-hidden' }, `Step ${index + 1}, ${step.thread}: `),
    head !== null && h('span', { class: 'step-function' }, breakable(head)),
    commandChild(trace.steps[index - 1], step),
    h('span', { class: 'chips' }, chipsOf(trace, index, step)),
  );
}

function barElement(
  bar: LockBar,
  lane: Lane | undefined,
  letters: LockBars['letters'],
): HTMLElement {
  const letter = letters.get(bar.lock) ?? '?';
  const mode = bar.mode === 'read' ? ' (read)' : '';
  const text =
    bar.kind === 'held'
      ? `${bar.thread} holds ${bar.lock}${mode}, steps ${bar.from} to ${bar.to}`
      : `${bar.thread} waits for ${bar.lock}, steps ${bar.from} to ${bar.to}`;
  const column = lane === undefined ? 1 : lane.column - lane.rails + bar.rail;
  const row = `${rowOfStep(bar.from)} / ${rowOfStep(bar.to) + 1}`;
  const colour = [...letters.keys()].indexOf(bar.lock) % 6;
  return h(
    'span',
    {
      class: `bar bar-${bar.kind} lock-${colour}`,
      style: `grid-row:${row};grid-column:${column}`,
      role: 'img',
      'aria-label': text,
      title: text,
    },
    h('b', { 'aria-hidden': 'true' }, letter),
  );
}

function mark(kind: string, row: number, text: string): HTMLElement {
  return h('p', { class: `mark mark-${kind}`, style: place(row, '1 / -1') }, h('span', {}, text));
}

function marksOf(trace: Trace): HTMLElement[] {
  const { inevitableAt, loopFrom, steps } = trace;
  const marks: HTMLElement[] = [];
  if (inevitableAt !== null) {
    const text =
      inevitableAt < 0
        ? 'The outcome is inevitable from the start'
        : `After step ${inevitableAt + 1} the outcome is inevitable`;
    marks.push(mark('inevitable', rowOfStep(inevitableAt + 1) + 1, text));
  }
  if (loopFrom !== undefined && loopFrom < steps.length) {
    marks.push(
      mark('loop', rowOfStep(loopFrom) + 1, 'The steps from here on are repeated for ever'),
    );
  }
  if (loopFrom === steps.length) {
    marks.push(mark('loop', rowOfStep(loopFrom) + 1, 'Nothing has to move any more'));
  }
  return marks;
}

function legendOf({ letters, bars }: LockBars): HTMLElement {
  if (letters.size === 0) {
    return h('p', { class: 'legend faint' }, 'No lock is held from one step to the next.');
  }
  const hasWaits = bars.some(({ kind }) => kind === 'waits');
  const entries = [...letters].map(([lock, letter], index) =>
    h('li', {}, h('b', { class: `key lock-${index % 6}` }, letter), h('code', {}, lock)),
  );
  return h(
    'div',
    { class: 'legend' },
    h('ul', { 'aria-label': 'Locks' }, entries),
    hasWaits && h('p', { class: 'faint' }, 'A hatched bar: the thread waits for the lock.'),
  );
}

/** A lane's ground and its head, over its bars and its steps. */
function laneElements(lane: Lane, index: number, last: number): HTMLElement[] {
  const columns = `${lane.column - lane.rails} / ${lane.column + 1}`;
  const ground = h('span', {
    class: 'lane',
    'aria-hidden': 'true',
    style: place(`1 / ${last}`, columns),
    'data-odd': String(index % 2 === 1),
  });
  return [ground, h('span', { class: 'lane-head', style: place(1, columns) }, lane.thread)];
}

function numberElement(step: number): HTMLElement {
  const style = place(rowOfStep(step), '1');
  return h('span', { class: 'number', 'aria-hidden': 'true', style }, String(step));
}

function startCard(address: StepAddress): HTMLElement {
  return h(
    'a',
    {
      class: 'step step-start',
      href: address(0),
      style: place(rowOfStep(0), '2 / -1'),
      'data-step': 0,
    },
    h('span', { class: 'step-function' }, 'Start'),
  );
}

/** A rail beside the steps after which nothing can be saved. */
function doomedElement({ inevitableAt }: Trace, last: number): HTMLElement | null {
  if (inevitableAt === null) return null;
  const rows = `${rowOfStep(inevitableAt + 1) + 2} / ${last}`;
  return h('span', { class: 'doomed', 'aria-hidden': 'true', style: place(rows, '1') });
}

/** Makes the timeline of a behaviour, each of whose steps has an address. */
export function makeTimeline(trace: Trace, address: StepAddress): HTMLElement {
  const bars = lockBarsOf(trace);
  const lanes = lanesOf(trace, bars);
  const laneOf = new Map(lanes.map((lane) => [lane.thread, lane]));
  const last = rowOfStep(trace.steps.length) + 2;
  const cards = trace.steps.map((step, index) =>
    stepCard({ trace, address, index, step }, laneOf.get(step.thread)),
  );
  return h(
    'section',
    { class: 'timeline', 'aria-label': 'Steps' },
    h(
      'div',
      { class: 'grid', style: `grid-template-columns:${columnsOf(lanes)}` },
      h('span', { class: 'lane-head lane-corner', 'aria-hidden': 'true', style: place(1, '1') }),
      lanes.map((lane, index) => laneElements(lane, index, last)),
      doomedElement(trace, last),
      numberElement(0),
      startCard(address),
      trace.steps.map((_, index) => numberElement(index + 1)),
      cards,
      bars.bars.map((bar) => barElement(bar, laneOf.get(bar.thread), bars.letters)),
      marksOf(trace),
    ),
    legendOf(bars),
  );
}

/** Height of the sticky heads, and some room, in pixels. */
const HEADROOM = 56;

/** Scrolls the timeline alone, never the page around it. */
function bringIntoView(card: Element, timeline: HTMLElement): void {
  const [box, frame] = [card.getBoundingClientRect(), timeline.getBoundingClientRect()];
  const above = box.top - frame.top - HEADROOM;
  const below = box.bottom - frame.bottom + 8;
  const left = box.left - frame.left - 8;
  const right = box.right - frame.right + 8;
  if (above < 0) timeline.scrollTop += above;
  else if (below > 0) timeline.scrollTop += below;
  if (left < 0) timeline.scrollLeft += left;
  else if (right > 0) timeline.scrollLeft += right;
}

/** Marks a step as the one that is shown, and brings it into view. */
export function markStep(timeline: HTMLElement, step: number): void {
  for (const card of timeline.querySelectorAll('[aria-current]')) {
    card.removeAttribute('aria-current');
  }
  const card = timeline.querySelector(`[data-step="${step}"]`);
  card?.setAttribute('aria-current', 'step');
  if (card !== null) bringIntoView(card, timeline);
}
