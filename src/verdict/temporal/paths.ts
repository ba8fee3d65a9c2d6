/**
 * Ways through the graph of behaviours: the shortest to a goal, and a cycle that is fair. Both
 * depend on the order of each state's successors alone, so they are the same for any number of
 * workers.
 */
import type { Graph } from '../../engine/engine.js';
import { type Behaviours, type Part, threadOf } from './behaviours.js';

/** A way: where it starts, and its transitions. */
export interface Way {
  readonly from: number;
  readonly edges: readonly number[];
}

/** Ends of a way: its last state, or its last transition. */
export interface Goal {
  readonly isState?: (state: number) => boolean;
  readonly isEdge?: (edge: number) => boolean;
}

/** The state that a way leads to. */
export function endOf(graph: Graph, { from, edges }: Way): number {
  const last = edges[edges.length - 1];
  return last === undefined ? from : (graph.target[last] ?? 0);
}

/** The states of a way, the first and the last one included. */
export function statesOf(graph: Graph, { from, edges }: Way): readonly number[] {
  return [from, ...edges.map((edge) => graph.target[edge] ?? 0)];
}

/** The transitions as ordinals: places among the successors of the state before each. */
export function ordinalsOf(graph: Graph, way: Way): readonly number[] {
  const states = statesOf(graph, way);
  return way.edges.map((edge, step) => edge - (graph.first[states[step] ?? 0] ?? 0));
}

/** The way that ordinals describe. */
export function wayOf(graph: Graph, from: number, ordinals: readonly number[]): Way {
  const edges: number[] = [];
  let state = from;
  for (const ordinal of ordinals) {
    const edge = (graph.first[state] ?? 0) + ordinal;
    edges.push(edge);
    state = graph.target[edge] ?? 0;
  }
  return { from, edges };
}

/** Goes back over the transitions by which states were found first. */
function backFrom(found: Int32Array, sourceOf: Int32Array, last: number): Way {
  const edges: number[] = [];
  let state = last;
  for (let edge = found[state] ?? -1; edge >= 0; edge = found[state] ?? -1) {
    edges.push(edge);
    state = sourceOf[state] ?? 0;
  }
  edges.reverse();
  return { from: state, edges };
}

/**
 * Finds a shortest way to a goal inside a part of the graph, breadth first; null when there is
 * none.
 *
 * @param sources in the order in which they are preferred; those outside the part are left out.
 */
export function shortestWay(
  graph: Graph,
  part: Part,
  sources: readonly number[],
  goal: Goal,
): Way | null {
  const { isState = () => false, isEdge = () => false } = goal;
  const found = new Int32Array(graph.states).fill(-2);
  const sourceOf = new Int32Array(graph.states);
  // Each state enters once. No JavaScript list: those live in a heap that is smaller than searches.
  const queue = new Int32Array(graph.states);
  let queued = 0;
  for (const source of sources) {
    if (found[source] !== -2 || !part.hasState(source)) continue;
    if (isState(source)) return { from: source, edges: [] };
    found[source] = -1;
    queue[queued++] = source;
  }
  for (let taken = 0; taken < queued; taken++) {
    const state = queue[taken] ?? 0;
    const end = graph.first[state + 1] ?? 0;
    for (let edge = graph.first[state] ?? 0; edge < end; edge++) {
      const target = graph.target[edge] ?? 0;
      if (!part.hasEdge(edge) || !part.hasState(target)) continue;
      if (isEdge(edge) || (found[target] === -2 && isState(target))) {
        const way = backFrom(found, sourceOf, state);
        return { from: way.from, edges: [...way.edges, edge] };
      }
      if (found[target] !== -2) continue;
      found[target] = edge;
      sourceOf[target] = state;
      queue[queued++] = target;
    }
  }
  return null;
}

/** Which of a set of threads is satisfied next: the lowest, or the highest; 0 of none. */
const ORDERS: readonly ((threads: number) => number)[] = [
  (threads) => threads & -threads,
  (threads) => (threads === 0 ? 0 : 1 << (31 - Math.clz32(threads))),
];

/**
 * Finds a fair cycle through a state of a component that a fair behaviour can stay in: it visits,
 * for each thread that the states so far oblige and that has not moved, the nearest place where
 * that is no longer so, and comes back. Of two orders of the threads the one with the shorter
 * cycle.
 *
 * @returns no transitions when the state obliges nobody, and nothing has to move any more.
 */
export function fairCycle(
  behaviours: Behaviours,
  component: Part,
  from: number,
  mustMove: boolean,
): Way {
  if (!mustMove && behaviours.obliged[from] === 0) return { from, edges: [] };
  const [first, second] = ORDERS.map((pick) => cycleBy(behaviours, component, { from, pick }));
  if (first === undefined || second === undefined) throw new Error('there are two orders');
  return second.edges.length < first.edges.length ? second : first;
}

/** The threads that every state of a way obliges, and that have no step in it. */
function waitingIn({ graph, obliged }: Behaviours, way: Way): number {
  const all = statesOf(graph, way).reduce((set, at) => set & (obliged[at] ?? 0), -1);
  return way.edges.reduce((set, edge) => set & ~threadOf(graph, edge), all);
}

function cycleBy(
  behaviours: Behaviours,
  component: Part,
  { from, pick }: { readonly from: number; readonly pick: (threads: number) => number },
): Way {
  const { graph, obliged } = behaviours;
  let way: Way = { from, edges: [] };
  const on = (goal: Goal): Way => {
    const next = shortestWay(graph, component, [endOf(graph, way)], goal);
    if (next === null) throw new Error('a component that a behaviour can stay in has no cycle');
    return { from, edges: [...way.edges, ...next.edges] };
  };
  for (;;) {
    const thread = pick(waitingIn(behaviours, way));
    way = on({
      isState: (state) => thread !== 0 && ((obliged[state] ?? 0) & thread) === 0,
      isEdge: (edge) => thread === 0 || threadOf(graph, edge) === thread,
    });
    const round = on({ isState: (state) => state === from });
    if (waitingIn(behaviours, round) === 0) return round;
  }
}
