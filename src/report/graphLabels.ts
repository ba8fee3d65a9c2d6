/**
 * What stands in the nodes and at the edges of a state graph, whatever it is drawn or written with.
 */
import type { GraphEdge, GraphNode, StateGraph } from '../graph/stateGraph.js';
import { onOneLine, plural } from './layout.js';

/** Lines of a node's machine that are shown; the rest is counted. */
const LINES_MAX = 8;

/** Lines that are not in every node: what is the same everywhere tells nothing. */
export function tellingLines({ nodes }: StateGraph): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const { machine } of nodes) {
    for (const line of new Set(machine)) counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  const telling = [...counts].filter(([, count]) => count < nodes.length);
  return new Set(telling.map(([line]) => line));
}

/** A node's lines: what it violates, what userland sees of it, where its threads are. */
export function nodeLines(node: GraphNode, telling: ReadonlySet<string>): string[] {
  const { machine, threads, violates, states, isExpanded } = node;
  const shown = machine.filter((line) => telling.has(line));
  const more = shown.length - LINES_MAX;
  return [
    ...violates.map((property) => `violates ${property}`),
    ...shown.slice(0, LINES_MAX),
    ...(more > 0 ? [`${plural(more, 'more line')}`] : []),
    ...threads,
    ...(states > 1 ? [plural(states, 'state')] : []),
    ...(isExpanded ? [] : ['not explored further']),
  ];
}

/** The command with the paths of sysfs shortened to their last two names. */
export const shortened = (command: string): string =>
  onOneLine(command.replace(/\/sys\/\S*?([^/\s]+\/[^/\s]+)(?=\s|$)/g, '.../$1'));

/** Who did what, and what came back, in one line. */
export function edgeText(edge: GraphEdge): string {
  if (edge.isSilent) return 'unseen';
  const { thread, command, result, value, inside } = edge;
  const said = value === null ? result : `${result} '${value}'`;
  const where = inside === null || result !== '' ? '' : ` (in ${inside})`;
  const done = command === '' ? thread : `${thread}: ${onOneLine(command)}`;
  return `${done}${where}${said === '' ? '' : ` = ${said}`}`;
}

/**
 * For each edge on the way of a counterexample, which steps of it: `3`, or `v2 3` where there are
 * several.
 */
export function stepsOnEdges({ paths }: StateGraph): ReadonlyMap<number, readonly string[]> {
  const steps = new Map<number, string[]>();
  for (const [path, { edges }] of paths.entries()) {
    for (const [index, edge] of edges.entries()) {
      if (edge === null) continue;
      const name = paths.length === 1 ? `${index + 1}` : `v${path + 1} ${index + 1}`;
      const known = steps.get(edge);
      if (known === undefined) steps.set(edge, [name]);
      else known.push(name);
    }
  }
  return steps;
}

/** Properties that a node violates, or that a counterexample shows at it. */
export function violatedAt({ nodes, paths }: StateGraph, number: number): readonly string[] {
  const ends = paths.filter(({ end }) => end === number).map(({ property }) => property);
  return [...new Set([...(nodes[number]?.violates ?? []), ...ends])];
}

/** What the graph is, in a sentence. */
export function graphSummary(graph: StateGraph): string {
  const { isCollapsed, states, transitions, nodes, edges, isCut } = graph;
  const whole = `${plural(states, 'state')}, ${plural(transitions, 'transition')}`;
  const cut = isCut ? ', cut at a limit' : '';
  if (!isCollapsed) return `${whole}${cut}`;
  const classes = `${plural(nodes.length, 'node')}, ${plural(edges.length, 'edge')}`;
  return `${whole}${cut}, collapsed by what userland sees to ${classes}`;
}
