/**
 * A state graph as a labelled transition system in the AUT (Aldebaran) format, which CADP, mCRL2
 * and LTSmin read: 7-bit text, no double quotes inside labels, at most 5000 characters a label, one
 * initial state, `i` for a step that nobody sees.
 */
import type { GraphEdge, StateGraph } from '../graph/stateGraph.js';
import { edgeText } from './graphLabels.js';

const LABEL_MAX = 5000;

function labelOf(edge: GraphEdge, { nodes }: StateGraph): string {
  if (edge.isSilent) return 'i';
  const violates = nodes[edge.to]?.violates ?? [];
  const mark = violates.length === 0 ? '' : ` [violates ${violates.join(' ')}]`;
  const text = `${edgeText(edge)}${mark}`;
  const plain = text.replace(/"/g, "'").replace(/[^\x20-\x7e]/g, '?');
  return `"${plain.slice(0, LABEL_MAX - 2)}"`;
}

/**
 * Renders it. A state is its node's number; where behaviours begin in several, a state more is put
 * before them, with an `i` to each.
 */
export function renderAut(graph: StateGraph): string {
  const { nodes, edges, initial } = graph;
  const rows = edges.map((edge) => `(${edge.from}, ${labelOf(edge, graph)}, ${edge.to})`);
  const isPlain = initial.length === 1;
  const before = isPlain ? [] : initial.map((number) => `(${nodes.length}, i, ${number})`);
  const first = isPlain ? initial[0] : nodes.length;
  const count = isPlain ? nodes.length : nodes.length + 1;
  const all = [...rows, ...before];
  return [`des (${first}, ${all.length}, ${count})`, ...all, ''].join('\n');
}
