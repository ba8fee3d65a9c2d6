/**
 * Plots as pictures: lines over a scale, and bars. Pure functions from numbers to SVG; no series is
 * told by its colour alone, each has its name at its end and a dash of its own.
 */
import { type ScaleContinuousNumeric, scaleLinear, scaleLog } from 'd3-scale';
import { line } from 'd3-shape';
import { element, INK, type Picture, picture } from './svg.js';
import { xmlText } from './xml.js';

export type PlotPoint = readonly [x: number, y: number];

export interface Series {
  readonly name: string;
  /** In the order of x. */
  readonly points: readonly PlotPoint[];
}

export interface Axis {
  readonly label: string;
  readonly scale: 'linear' | 'log';
  /** Ticks at whole numbers alone. */
  readonly isWhole?: boolean;
}

export interface LinePlot extends Pick<Picture, 'id' | 'title' | 'description' | 'isAlone'> {
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
}

export interface Bar {
  readonly name: string;
  readonly value: number;
  /** What stands at its end. */
  readonly note: string;
  readonly isOwn: boolean;
}

export interface BarPlot extends Pick<Picture, 'id' | 'title' | 'description' | 'isAlone'> {
  readonly bars: readonly Bar[];
  readonly label: string;
}

type Scale = ScaleContinuousNumeric<number, number>;

const WIDTH = 720;
const HEIGHT = 300;
const COLUMN = 6.6;
const LABEL_GAP = 15;
const STYLES: readonly (readonly [colour: string, dash: string])[] = [
  [INK.accent, 'none'],
  [INK.bad, '7 4'],
  [INK.good, '2 3'],
  [INK.warn, '9 3 2 3'],
];

/** Writes a number as short as it can be read: 250, 1.5k, 2M. */
export function shortNumber(value: number): string {
  const units: readonly (readonly [number, string])[] = [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ];
  const [unit, name] = units.find(([from]) => value >= from) ?? [1, ''];
  return `${Number((value / unit).toPrecision(3))}${name}`;
}

const isPowerOfTen = (value: number): boolean =>
  Number.isInteger(Math.round(Math.log10(value) * 1e6) / 1e6);

function scaleOf(axis: Axis, values: readonly number[], range: readonly [number, number]): Scale {
  const most = Math.max(1, ...values);
  if (axis.scale === 'linear') {
    return scaleLinear().domain([0, most]).range(range).nice();
  }
  const least = Math.min(...values, most);
  return scaleLog()
    .domain([least, Math.max(most, least * 10)])
    .range(range)
    .nice();
}

function ticksOf(axis: Axis, scale: Scale, count: number): number[] {
  const ticks = scale.ticks(count);
  if (axis.scale === 'log') return ticks.filter(isPowerOfTen);
  return axis.isWhole === true ? ticks.filter(Number.isInteger) : ticks;
}

interface Area {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const label = (
  x: number,
  y: number,
  text: string,
  more: { readonly [name: string]: string | number } = {},
) => element('text', { x, y, fill: INK.faint, ...more }, xmlText(text));

function axes(plot: LinePlot, area: Area, x: Scale, y: Scale): string {
  const { left, right, top, bottom } = area;
  const rule = { stroke: INK.line, 'stroke-width': 1 };
  const across = ticksOf(plot.y, y, 5).map(
    (tick) =>
      element('line', { x1: left, x2: right, y1: y(tick), y2: y(tick), ...rule }) +
      label(left - 8, y(tick) + 4, shortNumber(tick), { 'text-anchor': 'end' }),
  );
  const along = ticksOf(plot.x, x, 8).map(
    (tick) =>
      element('line', { x1: x(tick), x2: x(tick), y1: bottom, y2: bottom + 5, ...rule }) +
      label(x(tick), bottom + 19, shortNumber(tick), { 'text-anchor': 'middle' }),
  );
  return [
    ...across,
    ...along,
    element('line', { x1: left, x2: right, y1: bottom, y2: bottom, stroke: INK.strong }),
    label((left + right) / 2, bottom + 38, plot.x.label, { 'text-anchor': 'middle' }),
    label(left - 8, top - 14, plot.y.label, { 'text-anchor': 'start' }),
  ].join('');
}

/** Moves labels apart that would lie on one another; in the order of their height. */
function spread(heights: readonly number[], bottom: number): number[] {
  const order = [...heights.keys()].sort((a, b) => (heights[a] ?? 0) - (heights[b] ?? 0));
  const placed = [...heights];
  let least = Number.NEGATIVE_INFINITY;
  for (const index of order) {
    least = Math.max(placed[index] ?? 0, least + LABEL_GAP);
    placed[index] = least;
  }
  let most = bottom;
  for (const index of order.reverse()) {
    placed[index] = Math.min(placed[index] ?? 0, most);
    most = (placed[index] ?? 0) - LABEL_GAP;
  }
  return placed;
}

function drawSeries({ points }: Series, number: number, x: Scale, y: Scale): string {
  const [colour, dash] = STYLES[number % STYLES.length] ?? [INK.text, 'none'];
  const path = line<PlotPoint>(
    (point) => x(point[0]),
    (point) => y(point[1]),
  )([...points]);
  const dots = points.map(([at, value]) =>
    element('circle', { cx: x(at), cy: y(value), r: points.length > 60 ? 1.2 : 2.6, fill: colour }),
  );
  const stroke = { stroke: colour, 'stroke-width': 2, 'stroke-dasharray': dash };
  return element('path', { d: path ?? '', fill: 'none', ...stroke }) + dots.join('');
}

/** Draws lines, each with its name at its end. */
export function drawLines(plot: LinePlot): string {
  const { series } = plot;
  const names = Math.max(0, ...series.map(({ name }) => name.length)) * COLUMN;
  const area = { left: 58, right: WIDTH - names - 24, top: 40, bottom: HEIGHT - 50 };
  const all = series.flatMap(({ points }) => points);
  const x = scaleOf(
    plot.x,
    all.map(([value]) => value),
    [area.left, area.right],
  );
  const y = scaleOf(
    plot.y,
    all.map(([, value]) => value),
    [area.bottom, area.top],
  );
  const ends = series.map(({ points }) => points.at(-1) ?? [0, 0]);
  const heights = spread(
    ends.map(([, value]) => y(value) + 4),
    area.bottom + 4,
  );
  const told = series.map(({ name }, number) =>
    label(x(ends[number]?.[0] ?? 0) + 9, heights[number] ?? 0, name, {
      fill: STYLES[number % STYLES.length]?.[0] ?? INK.text,
    }),
  );
  return picture(
    { ...plot, width: WIDTH, height: HEIGHT },
    axes(plot, area, x, y),
    ...series.map((one, number) => drawSeries(one, number, x, y)),
    ...told,
  );
}

/** Draws bars, one below the other, each with its name before it and a note behind. */
export function drawBars(plot: BarPlot): string {
  const { bars } = plot;
  const step = 30;
  const names = Math.max(0, ...bars.map(({ name }) => name.length)) * COLUMN;
  const notes = Math.max(0, ...bars.map(({ note }) => note.length)) * COLUMN;
  const [left, right] = [names + 20, WIDTH - notes - 20];
  const x = scaleLinear()
    .domain([0, Math.max(1e-9, ...bars.map(({ value }) => value))])
    .range([left, right]);
  const rows = bars.map(({ name, value, note, isOwn }, index) => {
    const top = 40 + index * step;
    const fill = isOwn ? INK.accent : INK.strong;
    const width = Math.max(1, x(value) - left);
    return (
      label(left - 8, top + 15, name, { 'text-anchor': 'end', fill: INK.text }) +
      element('rect', { x: left, y: top + 1, width, height: step - 10, rx: 2, fill }) +
      label(left + width + 8, top + 15, note)
    );
  });
  return picture(
    { ...plot, width: WIDTH, height: 40 + bars.length * step + 12 },
    label(12, 22, plot.label),
    ...rows,
  );
}
