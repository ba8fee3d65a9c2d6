/**
 * `explore --graph FILE`: the state graph of a small model as a file for other programs.
 */
import { type Command, InvalidArgumentError } from 'commander';
import { EXIT } from '../errors.js';
import type { Model } from '../model/model.js';
import { formatCount } from '../report/layout.js';
import type { StateGraph, TooLarge } from '../stateGraph.js';
import type { Verdict } from '../verdict/trace.js';
import { parseCount } from './options.js';
import type { Terminal } from './terminal.js';
import { writeWhole } from './writeWhole.js';

/** Options of `explore` about the state graph. */
export interface GraphWishes {
  readonly graph?: readonly string[];
  readonly graphFull?: boolean;
  readonly graphStates?: number;
}

const FORMATS = /\.(dot|gv|aut)$/;

/** Reads the name of a graph's file onto those of earlier uses of the option. */
export function parseGraphFile(text: string, before: readonly string[] = []): readonly string[] {
  if (FORMATS.test(text)) return [...before, text];
  throw new InvalidArgumentError('Expected a file named .dot (or .gv) for Graphviz, or .aut.');
}

/** Adds them to a command. */
export function withGraphOptions(command: Command): Command {
  return command
    .option(
      '--graph <file>',
      'write the state graph as .dot or .aut, collapsed by what userland sees',
      parseGraphFile,
    )
    .option('--graph-full', 'with --graph: every state by itself')
    .option('--graph-states <n>', 'with --graph: most states (default: 20000)', parseCount);
}

/** Says why the options do not fit together; null when they do. */
export function refuseGraph(models: readonly string[], options: GraphWishes): string | null {
  const { graph, graphFull, graphStates } = options;
  if (graph === undefined) {
    const other = graphFull === true ? '--graph-full' : '--graph-states';
    const isAsked = graphFull === true || graphStates !== undefined;
    return isAsked ? `${other} goes with --graph FILE` : null;
  }
  return models.length > 1 ? '--graph is of one model; several are named' : null;
}

/** Why there is no graph, and what helps. */
export function tooLargeText({ tooLarge }: TooLarge, most: number): string {
  const { states, depth } = tooLarge;
  const found = `${formatCount(states)} states up to depth ${depth + 1}`;
  return (
    `no graph: the model has more than ${formatCount(most)} states (${found}); ` +
    `--graph-states ${states * 10} takes more of them, --max-depth ${Math.max(1, depth - 1)}` +
    ' leaves out what lies deeper'
  );
}

async function textFor(path: string, graph: StateGraph): Promise<string> {
  if (path.endsWith('.aut')) return (await import('../report/aut.js')).renderAut(graph);
  return (await import('../report/dot.js')).renderDot(graph);
}

/** Writes the graph of an explored model to the files that were asked for; returns the status. */
export async function writeGraph(
  model: Model,
  verdict: Verdict,
  options: GraphWishes & { readonly quiet?: boolean },
  terminal: Terminal,
): Promise<number> {
  const { graph: paths = [], graphFull = false } = options;
  if (paths.length === 0) return EXIT.holds;
  const { GRAPH_STATES, makeStateGraph } = await import('../stateGraph.js');
  const { graphSummary } = await import('../report/graphLabels.js');
  const statesMax = options.graphStates ?? GRAPH_STATES;
  const traces = verdict.violations;
  const graph = makeStateGraph(model, { isCollapsed: !graphFull, statesMax, traces });
  if ('tooLarge' in graph) {
    terminal.writeError(`daxcheck: ${model.file}: ${tooLargeText(graph, statesMax)}\n`);
    return EXIT.optionMismatch;
  }
  for (const path of paths) {
    writeWhole(path, await textFor(path, graph));
    if (options.quiet !== true) terminal.writeError(`graph: ${path}: ${graphSummary(graph)}\n`);
  }
  return EXIT.holds;
}
