/**
 * /proc/iomem after a step: nested boxes to scale, and the listing; both with what it changed.
 */
import { diffIomem, formatIomemLine, type IomemEdit } from '../report/iomemDiff.js';
import { formatAddress, formatBytes, plural } from '../report/layout.js';
import { relevantIomem } from '../report/relevantIomem.js';
import type { IomemLine, MachineView, Trace } from '../verdict/trace.js';
import { type AddressScale, makeScale, type ScaleKind } from './addressScale.js';
import { h } from './dom.js';

/** What the reader chose for the picture. */
export interface IomemChoice {
  readonly scale: ScaleKind;
  /** The whole map, or the lines that the behaviour is about. */
  readonly isWhole: boolean;
}

/** What stays the same through a behaviour: which lines are of interest, and the scale. */
export interface IomemFrame {
  readonly isShown: (line: IomemLine) => boolean;
  /** Some lines of some listing are of no interest. */
  readonly isCut: boolean;
  readonly scale: AddressScale;
  readonly depths: number;
}

const keyOf = ({ start, end, name, depth }: IomemLine): string =>
  `${start} ${end} ${depth} ${name}`;

/** Distinct lines of all machines of a behaviour. */
function linesOf(trace: Pick<Trace, 'initial' | 'steps'>): readonly IomemLine[] {
  const lines = new Map<string, IomemLine>();
  for (const view of new Set([trace.initial, ...trace.steps.map(({ after }) => after)])) {
    for (const line of view.iomem) lines.set(keyOf(line), line);
  }
  return [...lines.values()];
}

/** Prepares the picture of a behaviour, so that boxes keep their places from step to step. */
export function makeFrame(
  trace: Pick<Trace, 'initial' | 'steps'>,
  choice: IomemChoice,
): IomemFrame {
  const all = linesOf(trace);
  const initial = new Set(trace.initial.iomem.map(keyOf));
  const relevant = new Set(relevantIomem(trace).lines.map(keyOf));
  const isOfInterest = (line: IomemLine): boolean => {
    const key = keyOf(line);
    return relevant.has(key) || !initial.has(key);
  };
  const isShown = choice.isWhole ? () => true : isOfInterest;
  const lines = all.filter(isShown);
  return {
    isShown,
    isCut: !all.every(isOfInterest),
    scale: makeScale(lines, choice.scale),
    depths: Math.max(0, ...lines.map(({ depth }) => depth)) + 1,
  };
}

const SIGNS = { keep: ' ', add: '+', remove: '−' } as const;
const WORDS = { keep: '', add: 'added: ', remove: 'removed: ' } as const;

/** Height of a line of text in a box, in rem. */
const ROW = 1.5;

/** What of a box can be seen around the one inside it, in rem. */
const INSET = 0.25;

const percent = (part: number): string => `${(part * 100).toFixed(3)}%`;

/** From this part of the picture's width on a box has its name in it. */
const NAMED = 0.035;

function boxOf({ op, line }: IomemEdit, { scale, depths }: IomemFrame): HTMLElement {
  const [from, to] = [scale.at(line.start), scale.at(line.end + 1n)];
  const size = formatBytes(line.end - line.start + 1n);
  const deep = line.depth * INSET;
  return h(
    'span',
    {
      class: `box box-${op} depth-${line.depth % 4}`,
      title: `${WORDS[op]}${formatIomemLine(line).trim()} (${size})`,
      style:
        `left:calc(${percent(from)} + ${deep}rem);` +
        `width:calc(${percent(to - from)} - ${2 * deep}rem);` +
        `top:${line.depth * ROW}rem;height:${(depths - line.depth) * (ROW + INSET)}rem`,
    },
    to - from >= NAMED && `${op === 'keep' ? '' : `${SIGNS[op]} `}${line.name}`,
  );
}

/** Addresses under the picture: as many boundaries as have room. */
function ticksOf({ boundaries }: AddressScale): HTMLElement[] {
  const last = boundaries.at(-1);
  const ticks: HTMLElement[] = [];
  let reached = -1;
  for (const [address, at] of boundaries) {
    const isLast = address === last?.[0];
    if (at - reached < 0.2 || (!isLast && at > 0.8)) continue;
    reached = at;
    const side = isLast ? `right:${percent(1 - at)}` : `left:${percent(at)}`;
    ticks.push(
      h('span', { style: side, class: isLast ? 'tick tick-last' : 'tick' }, formatAddress(address)),
    );
  }
  return ticks;
}

/** The picture: boxes nested as in the tree, side by side as in memory. */
export function makeBoxes(edits: readonly IomemEdit[], frame: IomemFrame): HTMLElement {
  const shown = edits.filter(({ line }) => frame.isShown(line));
  const removed = shown.filter(({ op }) => op === 'remove');
  const present = shown.filter(({ op }) => op !== 'remove');
  const holes = frame.scale.holes.map(([from, to]) =>
    h('span', { class: 'hole', style: `left:${percent(from)};width:${percent(to - from)}` }),
  );
  const changes = shown.length - shown.filter(({ op }) => op === 'keep').length;
  const changed = changes === 0 ? '' : `, ${changes} of them changed by this step`;
  const ranges = plural(present.length, 'range');
  const label = `Address map with ${ranges}${changed}; the listing below says the same`;
  return h(
    'div',
    { class: 'map', role: 'img', 'aria-label': label },
    h(
      'div',
      { class: 'boxes', style: `height:${frame.depths * (ROW + INSET)}rem` },
      holes,
      present.map((edit) => boxOf(edit, frame)),
      removed.map((edit) => boxOf(edit, frame)),
    ),
    h('div', { class: 'ticks' }, ticksOf(frame.scale)),
  );
}

/** The listing, a line each, with a sign before what the step changed. */
export function makeListing(edits: readonly IomemEdit[], frame: IomemFrame): HTMLElement {
  const lines = edits
    .filter(({ line }) => frame.isShown(line))
    .map(({ op, line }) =>
      h(
        'li',
        { class: `line line-${op}` },
        h('span', { 'aria-hidden': 'true', class: 'sign' }, SIGNS[op]),
        op !== 'keep' && h('span', { class: 'visually-hidden' }, WORDS[op]),
        h('code', {}, formatIomemLine(line)),
      ),
    );
  const omitted = edits.filter(({ line, op }) => op !== 'remove' && !frame.isShown(line)).length;
  return h(
    'div',
    { class: 'listing', tabindex: '0', role: 'region', 'aria-label': '/proc/iomem as text' },
    h('ul', {}, lines),
    omitted > 0 && h('p', { class: 'faint' }, plural(omitted, 'other line')),
  );
}

/** The difference that a step made to the tree. */
export const iomemEdits = (before: MachineView, after: MachineView): readonly IomemEdit[] =>
  diffIomem(before.iomem, after.iomem);
