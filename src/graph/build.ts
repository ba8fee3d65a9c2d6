/**
 * From a walk to the graph that is written: as it is, or collapsed by what userland sees.
 */
import type { Scenario } from '../compile/scenario.js';
import type { Trace } from '../verdict/trace.js';
import { collapse } from './collapse.js';
import type { GraphEdge, GraphNode, GraphPath, StateGraph } from './stateGraph.js';
import type { Walk, WalkedStep } from './walk.js';

export interface BuildOptions {
  readonly isCollapsed: boolean;
  /** For each state the properties that only the whole graph shows to be violated. */
  readonly lost: readonly (readonly string[])[];
  /** Counterexamples; their ways are marked. */
  readonly traces: readonly Trace[];
}

type Edge = Omit<GraphEdge, 'from' | 'to'>;

const SILENT: Edge = {
  isSilent: true,
  thread: '',
  command: '',
  result: '',
  value: null,
  inside: null,
};

const edgeOf = ({ name }: WalkedStep): Edge => ({
  isSilent: false,
  thread: name.thread,
  command: name.command?.trim() ?? '',
  result: name.result ?? '',
  value: name.value,
  inside: name.functions.at(-1) ?? null,
});

/** Which node each state belongs to, and what is said of each step. */
interface Naming {
  readonly nodeOf: (state: number) => number;
  readonly edgeOf: (step: WalkedStep, from: number) => Edge;
  /** A step that stays inside a node, and is not shown. */
  readonly isInner: (edge: Edge, from: number, to: number) => boolean;
}

const AS_IT_IS: Naming = {
  nodeOf: (state) => state,
  edgeOf,
  isInner: () => false,
};

/** Numbers for what each state shows. */
function looksOf({ states }: Walk, violates: readonly (readonly string[])[]): readonly number[] {
  const numbers = new Map<string, number>();
  return states.map(({ machine, steps }, state) => {
    const key = [...machine, '', ...(violates[state] ?? []), steps === null].join('\n');
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return number;
  });
}

function collapsed(walked: Walk, violates: readonly (readonly string[])[]): Naming {
  const look = looksOf(walked, violates);
  const seenOf = (step: WalkedStep, from: number): Edge => {
    const isSilent = step.name.result === null && look[from] === look[step.to];
    return isSilent ? SILENT : { ...edgeOf(step), inside: null };
  };
  const steps = walked.states.map(({ steps: own }, from) =>
    (own ?? []).map((step) => {
      const edge = seenOf(step, from);
      return { label: edge.isSilent ? null : JSON.stringify(edge), to: step.to };
    }),
  );
  const classes = collapse({ look, steps });
  return {
    nodeOf: (state) => classes[state] ?? 0,
    edgeOf: seenOf,
    isInner: ({ isSilent }, from, to) => isSilent && from === to,
  };
}

interface Edges {
  readonly edges: readonly GraphEdge[];
  /** For each state, the edge of each of its steps. */
  readonly ofStep: readonly (readonly (number | null)[])[];
}

function edgesOf({ states }: Walk, naming: Naming, isCollapsed: boolean): Edges {
  const edges: GraphEdge[] = [];
  const known = new Map<string, number>();
  const ofStep = states.map(({ steps }, state) =>
    (steps ?? []).map((step) => {
      const [from, to] = [naming.nodeOf(state), naming.nodeOf(step.to)];
      const edge = naming.edgeOf(step, state);
      if (naming.isInner(edge, from, to)) return null;
      const key = JSON.stringify([from, to, edge]);
      const number = isCollapsed ? known.get(key) : undefined;
      if (number !== undefined) return number;
      known.set(key, edges.length);
      return edges.push({ from, to, ...edge }) - 1;
    }),
  );
  return { edges, ofStep };
}

function nodesOf({ states }: Walk, naming: Naming, violates: readonly (readonly string[])[]) {
  const nodes: GraphNode[] = [];
  for (const [number, { machine, threads, steps }] of states.entries()) {
    const at = naming.nodeOf(number);
    const known = nodes[at];
    nodes[at] =
      known === undefined
        ? {
            machine,
            threads: naming === AS_IT_IS ? threads : [],
            violates: violates[number] ?? [],
            states: 1,
            isExpanded: steps !== null,
          }
        : { ...known, states: known.states + 1 };
  }
  return nodes;
}

/** The way of a counterexample; null when the walk was cut before its end. */
function pathOf(trace: Trace, walked: Walk, naming: Naming, ofStep: Edges['ofStep']) {
  let at = walked.initial[0] ?? 0;
  const edges: (number | null)[] = [];
  for (const { ordinal } of trace.steps) {
    const step = walked.states[at]?.steps?.[ordinal];
    if (step === undefined) return null;
    edges.push(ofStep[at]?.[ordinal] ?? null);
    at = step.to;
  }
  const { property, device } = trace.finding;
  const name = device === null ? property : `${property}(${device})`;
  const path: GraphPath = { property: name, edges, end: naming.nodeOf(at) };
  return path;
}

/** Makes the graph of a walk. */
export function buildGraph(walked: Walk, scenario: Scenario, options: BuildOptions): StateGraph {
  const { isCollapsed, lost, traces } = options;
  const violates = walked.states.map((state, number) => [
    ...state.violates,
    ...(lost[number] ?? []),
  ]);
  const naming = isCollapsed ? collapsed(walked, violates) : AS_IT_IS;
  const { edges, ofStep } = edgesOf(walked, naming, isCollapsed);
  return {
    model: scenario.model.file,
    title: scenario.model.title,
    kernel: scenario.kernel.name,
    granularity: scenario.model.granularity,
    isCollapsed,
    states: walked.states.length,
    transitions: walked.transitions,
    isCut: walked.states.some(({ steps }) => steps === null),
    nodes: nodesOf(walked, naming, violates),
    edges,
    initial: [...new Set(walked.initial.map(naming.nodeOf))],
    paths: traces
      .map((trace) => pathOf(trace, walked, naming, ofStep))
      .filter((path) => path !== null),
  };
}
