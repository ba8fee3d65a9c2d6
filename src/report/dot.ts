/**
 * A state graph in the language of Graphviz: `dot -Tsvg FILE`.
 */
import type { GraphEdge, StateGraph } from '../graph/stateGraph.js';
import {
  edgeText,
  graphSummary,
  nodeLines,
  shortened,
  stepsOnEdges,
  tellingLines,
  violatedAt,
} from './graphLabels.js';
import { breakLongWords, wrap } from './layout.js';

const RED = '#b3261e';
const EDGE_WIDTH = 36;
const HEAD_WIDTH = 72;

const escaped = (text: string): string => text.replace(/["\\]/g, '\\$&');

/** A quoted string; `\l` ends a line and sets it to the left. */
const lines = (texts: readonly string[]): string => `"${texts.map(escaped).join('\\l')}\\l"`;
const quoted = (text: string): string => `"${escaped(text)}"`;

const tooltipOf = (texts: readonly string[]): string => `"${texts.map(escaped).join('\\n')}"`;

const attributes = (pairs: readonly (readonly [string, string])[]): string =>
  `[${pairs.map(([name, value]) => `${name}=${value}`).join(', ')}]`;

function nodeStatement(graph: StateGraph, number: number, telling: ReadonlySet<string>): string {
  const node = graph.nodes[number];
  if (node === undefined) return '';
  const violates = violatedAt(graph, number);
  const label = [`s${number}`, ...nodeLines({ ...node, violates }, telling)];
  const marks: (readonly [string, string])[] = [];
  if (violates.length > 0) marks.push(['color', quoted(RED)], ['peripheries', '2']);
  if (!node.isExpanded) marks.push(['style', '"rounded,dashed"']);
  const tooltip = tooltipOf(node.machine.filter((line) => telling.has(line)));
  return `  s${number} ${attributes([['label', lines(label)], ...marks, ['tooltip', tooltip]])};`;
}

function edgeStatement(edge: GraphEdge, steps: readonly string[] | undefined): string {
  const text = shortened(edgeText(edge));
  const label = steps === undefined ? text : `[${steps.join(', ')}] ${text}`;
  const pairs: (readonly [string, string])[] = [
    ['label', lines(wrap(breakLongWords(label, EDGE_WIDTH), EDGE_WIDTH))],
    ['tooltip', quoted(edgeText(edge))],
  ];
  if (edge.isSilent) pairs.push(['style', 'dashed']);
  if (steps !== undefined) {
    pairs.push(['color', quoted(RED)], ['fontcolor', quoted(RED)], ['penwidth', '2']);
  }
  return `  s${edge.from} -> s${edge.to} ${attributes(pairs)};`;
}

/** Renders it: violated states have a double red frame, counterexamples are red and numbered. */
export function renderDot(graph: StateGraph): string {
  const telling = tellingLines(graph);
  const steps = stepsOnEdges(graph);
  const head = `${graph.title} (${graph.kernel}, ${graph.granularity}): ${graphSummary(graph)}`;
  return [
    `digraph ${quoted(graph.title)} {`,
    `  graph ${attributes([
      ['label', `"${wrap(head, HEAD_WIDTH).map(escaped).join('\\n')}"`],
      ['labelloc', 't'],
      ['fontname', '"Helvetica"'],
    ])};`,
    `  node ${attributes([
      ['shape', 'box'],
      ['style', 'rounded'],
      ['fontname', '"Courier"'],
      ['fontsize', '10'],
    ])};`,
    `  edge ${attributes([
      ['fontname', '"Courier"'],
      ['fontsize', '9'],
    ])};`,
    ...graph.nodes.map((_, number) => nodeStatement(graph, number, telling)),
    ...graph.initial.flatMap((number) => [
      `  i${number} ${attributes([
        ['label', '""'],
        ['shape', 'point'],
        ['tooltip', '"a behaviour begins here"'],
      ])};`,
      `  i${number} -> s${number};`,
    ]),
    ...graph.edges.map((edge, number) => edgeStatement(edge, steps.get(number))),
    '}\n',
  ].join('\n');
}
