/**
 * A small state graph as a picture, in layers from the initial state downwards.
 *
 * All steps from one node to another share an arrow. Where there are many arrows, numbers stand at
 * them and a legend says what they are. Steps that stay where they are, are counted in the node.
 */
import { Graph, layout } from '@dagrejs/dagre';
import { curveBasis, line } from 'd3-shape';
import type { GraphNode, StateGraph } from '../graph/stateGraph.js';
import {
  edgeText,
  graphSummary,
  nodeLines,
  shortened,
  stepsOnEdges,
  tellingLines,
  violatedAt,
} from './graphLabels.js';
import { breakLongWords, plural, wrap } from './layout.js';
import { element, INK, type Picture, picture } from './svg.js';
import { xmlText } from './xml.js';

/** A graph with more is no picture that anybody reads. */
export const NODES_MAX = 200;
export const ARROWS_MAX = 250;

/** Up to so many arrows have words. */
const WORDS_MAX = 40;

const FONT = { 'font-family': 'ui-monospace, monospace', 'font-size': 11 } as const;
const COLUMN = 6.7;
const LINE = 14;
const PADDING = 8;
const LABEL_WIDTH = 34;
const LABELS_MAX = 3;

export interface GraphPicture {
  readonly svg: string;
  /** What the numbers at the arrows are; empty where words stand there. */
  readonly legend: readonly string[];
}

/** All steps from one node to another. */
interface Arrow {
  readonly from: number;
  readonly to: number;
  readonly texts: readonly string[];
  /** Steps of counterexamples, as `stepsOnEdges` names them. */
  readonly steps: readonly string[];
  readonly isSilent: boolean;
}

interface Box {
  readonly width: number;
  readonly height: number;
}

type Point = readonly [x: number, y: number];

function boxOf(lines: readonly string[]): Box {
  const columns = Math.max(1, ...lines.map(({ length }) => length));
  return { width: columns * COLUMN + 2 * PADDING, height: lines.length * LINE + 2 * PADDING };
}

/** Joins the steps between the same two nodes; those that stay are left to the nodes. */
function arrowsOf(graph: StateGraph): readonly Arrow[] {
  const steps = stepsOnEdges(graph);
  const arrows = new Map<string, { from: number; to: number; texts: string[]; steps: string[] }>();
  for (const [number, edge] of graph.edges.entries()) {
    const { from, to } = edge;
    if (from === to) continue;
    const key = `${from} ${to}`;
    const arrow = arrows.get(key) ?? { from, to, texts: [], steps: [] };
    arrows.set(key, arrow);
    const text = shortened(edgeText(edge));
    if (!arrow.texts.includes(text)) arrow.texts.push(text);
    arrow.steps.push(...(steps.get(number) ?? []));
  }
  return [...arrows.values()].map((arrow) => ({
    ...arrow,
    isSilent: arrow.texts.every((text) => text === 'unseen'),
  }));
}

/** Why it is not drawn; null when it is. */
export function undrawable(graph: StateGraph): string | null {
  const arrows = new Set(graph.edges.map(({ from, to }) => `${from} ${to}`)).size;
  if (graph.nodes.length <= NODES_MAX && arrows <= ARROWS_MAX) return null;
  const size = `${plural(graph.nodes.length, 'node')} and ${plural(arrows, 'arrow')}`;
  return `Not drawn: ${size} are more than ${NODES_MAX} and ${ARROWS_MAX}.`;
}

function labelLines(arrow: Arrow, numbers: ReadonlyMap<string, number> | null): string[] {
  const step = arrow.steps.length === 0 ? '' : `step ${arrow.steps.join(', ')}: `;
  if (arrow.isSilent) return step === '' ? [] : [step.replace(/: $/, '')];
  if (numbers !== null) {
    return wrap(
      `${step}${arrow.texts.map((text) => numbers.get(text)).join(', ')}`,
      LABEL_WIDTH / 2,
    );
  }
  const shown = arrow.texts.slice(0, LABELS_MAX);
  const more = arrow.texts.length - shown.length;
  const lines = shown.flatMap((text, index) =>
    wrap(breakLongWords(`${index === 0 ? step : ''}${text}`, LABEL_WIDTH), LABEL_WIDTH),
  );
  return more > 0 ? [...lines, `${more} more`] : lines;
}

/** Lines of text with their first baseline at a point. */
function textAt([x, y]: Point, lines: readonly string[], fill: string): string {
  const spans = lines.map((text, index) =>
    element(
      'tspan',
      { x, y: y + index * LINE, 'xml:space': 'preserve' },
      xmlText(text.replace(/^ +/, (blanks) => '\u00a0'.repeat(blanks.length))),
    ),
  );
  return element('text', { ...FONT, fill }, ...spans);
}

/** Steps that lead from a node to itself. */
function staying({ edges }: StateGraph, number: number): readonly string[] {
  const own = edges.filter(({ from, to }) => from === number && to === number);
  return [...new Set(own.map(edgeText))];
}

function linesOfNode(graph: StateGraph, number: number, telling: ReadonlySet<string>): string[] {
  const node = graph.nodes[number];
  if (node === undefined) return [];
  const violates = violatedAt(graph, number);
  const stay = staying(graph, number).length;
  const lines = nodeLines({ ...node, violates }, telling);
  return [`s${number}`, ...lines, ...(stay === 0 ? [] : [`${plural(stay, 'step')} stay here`])];
}

/** All that a node shows, for the pointer that rests on it. */
function nodeTitle(graph: StateGraph, number: number, telling: ReadonlySet<string>): string {
  const node = graph.nodes[number];
  const machine = node?.machine.filter((line) => telling.has(line)) ?? [];
  const stay = staying(graph, number).map((text) => `stays: ${text}`);
  return [`s${number}`, ...machine, ...stay].join('\n');
}

interface Drawn {
  readonly graph: StateGraph;
  readonly arrows: readonly Arrow[];
  readonly numbers: ReadonlyMap<string, number> | null;
  readonly telling: ReadonlySet<string>;
  readonly id: string;
}

function place({ graph, arrows, numbers, telling }: Drawn) {
  const placed = new Graph({ directed: true });
  placed.setGraph({
    rankdir: 'TB',
    nodesep: 22,
    ranksep: 34,
    edgesep: 14,
    marginx: 10,
    marginy: 10,
  });
  for (const number of graph.nodes.keys()) {
    placed.setNode(`s${number}`, { ...boxOf(linesOfNode(graph, number, telling)) });
  }
  for (const number of graph.initial) {
    placed.setNode(`i${number}`, { width: 10, height: 10 });
    placed.setEdge(`i${number}`, `s${number}`, { width: 0, height: 0 });
  }
  for (const arrow of arrows) {
    const lines = labelLines(arrow, numbers);
    const box = lines.length === 0 ? { width: 0, height: 0 } : boxOf(lines);
    placed.setEdge(`s${arrow.from}`, `s${arrow.to}`, { ...box, labelpos: 'c' });
  }
  layout(placed);
  return placed;
}

type Placed = ReturnType<typeof place>;

function drawNode(placed: Placed, drawn: Drawn, number: number): string {
  const { graph, telling } = drawn;
  const { x = 0, y = 0, width, height } = placed.node(`s${number}`);
  const node: GraphNode | undefined = graph.nodes[number];
  const isBad = violatedAt(graph, number).length > 0;
  const [left, top] = [x - width / 2, y - height / 2];
  const frame = element('rect', {
    ...{ x: left, y: top, width, height, rx: 6 },
    fill: isBad ? INK.badSoft : INK.panel,
    stroke: isBad ? INK.bad : INK.strong,
    'stroke-width': isBad ? 2.5 : 1.2,
    ...(node?.isExpanded === false && { 'stroke-dasharray': '5 4' }),
  });
  return element(
    'g',
    {},
    element('title', {}, xmlText(nodeTitle(graph, number, telling))),
    frame,
    textAt([left + PADDING, top + PADDING + 10], linesOfNode(graph, number, telling), INK.text),
  );
}

const curve = line<{ readonly x: number; readonly y: number }>()
  .x(({ x }) => x)
  .y(({ y }) => y)
  .curve(curveBasis);

function drawArrow(placed: Placed, { id, numbers }: Drawn, arrow: Arrow): string {
  const edge = placed.edge(`s${arrow.from}`, `s${arrow.to}`);
  const lines = labelLines(arrow, numbers);
  const isWay = arrow.steps.length > 0;
  const path = element('path', {
    d: curve(edge.points ?? []) ?? '',
    fill: 'none',
    stroke: isWay ? INK.bad : INK.faint,
    'stroke-width': isWay ? 2.5 : 1.1,
    ...(arrow.isSilent && { 'stroke-dasharray': '4 4' }),
    'marker-end': `url(#${id}-${isWay ? 'way' : 'arrow'})`,
  });
  const { x = 0, y = 0 } = edge;
  const { width, height } = boxOf(lines);
  const [left, top] = [x - width / 2 + 4, y - height / 2 + 4];
  const ground = { x: left, y: top, width: width - 8, height: height - 8, rx: 3 };
  const label =
    lines.length === 0
      ? ''
      : element('rect', { ...ground, fill: INK.panel, 'fill-opacity': '0.9' }) +
        textAt([left + 4, top + 14], lines, isWay ? INK.bad : INK.faint);
  return element('g', {}, element('title', {}, xmlText(arrow.texts.join('\n'))), path, label);
}

function drawStart(placed: Placed, id: string, number: number): string {
  const { x = 0, y = 0 } = placed.node(`i${number}`);
  const { points = [] } = placed.edge(`i${number}`, `s${number}`);
  const style = { fill: 'none', stroke: INK.faint, 'stroke-width': 1.2 };
  return (
    element('circle', { cx: x, cy: y, r: 4.5, fill: INK.text, 'data-start': '' }) +
    element('path', { d: curve(points) ?? '', ...style, 'marker-end': `url(#${id}-arrow)` })
  );
}

function marker(id: string, fill: string): string {
  const head = { id, viewBox: '0 0 10 10', refX: 9, refY: 5, orient: 'auto-start-reverse' };
  const size = { markerWidth: 9, markerHeight: 9, markerUnits: 'userSpaceOnUse' };
  return element('marker', { ...head, ...size }, element('path', { d: 'M0 0 10 5 0 10z', fill }));
}

/**
 * Draws it. The caller asks `undrawable` first.
 *
 * @param about `id` begins the ids inside, different for each picture of a page; `isAlone`: it is
 * no part of a page.
 */
export function drawGraph(graph: StateGraph, about: Pick<Picture, 'id' | 'isAlone'>): GraphPicture {
  const { id } = about;
  const arrows = arrowsOf(graph);
  const texts = [...new Set(arrows.flatMap((arrow) => arrow.texts))].filter(
    (text) => text !== 'unseen',
  );
  const hasWords = arrows.length <= WORDS_MAX;
  const numbers = hasWords ? null : new Map(texts.map((text, index) => [text, index + 1]));
  const drawn: Drawn = { graph, arrows, numbers, telling: tellingLines(graph), id };
  const placed = place(drawn);
  const { width = 0, height = 0 } = placed.graph();
  const svg = picture(
    {
      ...about,
      width,
      height,
      title: `State graph: ${graph.title}`,
      description: graphSummary(graph),
    },
    element('defs', {}, marker(`${id}-arrow`, INK.faint), marker(`${id}-way`, INK.bad)),
    ...graph.initial.map((number) => drawStart(placed, id, number)),
    // The way of the counterexample lies above all others.
    ...[...arrows]
      .sort((one, other) => one.steps.length - other.steps.length)
      .map((arrow) => drawArrow(placed, drawn, arrow)),
    ...[...graph.nodes.keys()].map((number) => drawNode(placed, drawn, number)),
  );
  const legend = hasWords
    ? []
    : texts.map((text, index) => `${String(index + 1).padStart(3)}  ${text}`);
  return { svg, legend };
}
