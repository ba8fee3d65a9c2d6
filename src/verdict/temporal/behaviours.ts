/**
 * The behaviours of a model as a graph, and which of its parts a behaviour may stay in for ever.
 *
 * Weak fairness: a thread that could move from some point on without a break moves again. It holds
 * for the threads that a state obliges: those that can move, and have begun something or have it to
 * do. Nobody promises that a menu begins another command, or that the environment does a deed. A
 * behaviour may end in a state that obliges nobody; everywhere else it goes on.
 */
import type { Graph } from '../../engine/engine.js';

/** The graph, with the threads that each state obliges: bit t for thread t, of at most 32. */
export interface Behaviours {
  readonly graph: Graph;
  readonly obliged: Uint32Array;
}

/** Part of a graph: states and transitions that are left out count as not there. */
export interface Part {
  readonly hasState: (state: number) => boolean;
  readonly hasEdge: (edge: number) => boolean;
}

/** Bit of the thread that a transition is a step of. */
export const threadOf = (graph: Graph, edge: number): number =>
  1 << ((graph.label[edge] ?? 0) & 0xff);

const targetOf = (graph: Graph, edge: number): number => graph.target[edge] ?? 0;

/** Strongly connected components; each has a smaller number than those that lead to it. */
export interface Components {
  readonly count: number;
  /** For each state; -1 for one that is left out. */
  readonly of: Int32Array;
}

/**
 * Finds the components by Tarjan's algorithm with a stack of its own: depth is no limit.
 */
export function componentsOf(graph: Graph, part: Part): Components {
  const of = new Int32Array(graph.states).fill(-1);
  const order = new Int32Array(graph.states).fill(-1);
  const low = new Int32Array(graph.states);
  const next = new Uint32Array(graph.states);
  // Stacks, at most as high as there are states. No JavaScript lists: those live in a heap that is
  // smaller than searches.
  const open = new Int32Array(graph.states);
  const path = new Int32Array(graph.states);
  let openCount = 0;
  let pathCount = 0;
  let visited = 0;
  let count = 0;
  const enter = (state: number): void => {
    order[state] = visited;
    low[state] = visited++;
    next[state] = graph.first[state] ?? 0;
    open[openCount++] = state;
    path[pathCount++] = state;
  };
  const close = (state: number): void => {
    if (low[state] !== order[state]) return;
    for (let member = -1; member !== state; ) {
      member = open[--openCount] ?? state;
      of[member] = count;
    }
    count++;
  };
  const lower = (state: number, value: number): void => {
    if (value < (low[state] ?? 0)) low[state] = value;
  };
  for (let root = 0; root < graph.states; root++) {
    if (order[root] !== -1 || !part.hasState(root)) continue;
    enter(root);
    while (pathCount > 0) {
      const state = path[pathCount - 1] ?? 0;
      const edge = next[state] ?? 0;
      if (edge === graph.first[state + 1]) {
        pathCount--;
        close(state);
        if (pathCount > 0) lower(path[pathCount - 1] ?? 0, low[state] ?? 0);
        continue;
      }
      next[state] = edge + 1;
      const target = targetOf(graph, edge);
      if (!part.hasEdge(edge) || !part.hasState(target)) continue;
      if (order[target] === -1) enter(target);
      else if (of[target] === -1) lower(state, order[target] ?? 0);
    }
  }
  return { count, of };
}

/** Per component: whether a fair behaviour can stay in it, and whether anything moves in it. */
export interface Stays {
  readonly isFair: Uint8Array;
  readonly moves: Uint8Array;
}

/**
 * Says in which components a fair behaviour can stay: each thread that all states of one oblige has
 * a step in it. What cannot stay in a component cannot stay in a part of it either, because there a
 * thread is obliged no less and has no more steps; so the greatest components are enough.
 */
export function staysOf({ graph, obliged }: Behaviours, part: Part, components: Components): Stays {
  const { count, of } = components;
  const all = new Uint32Array(count).fill(0xffffffff);
  const taken = new Uint32Array(count);
  const moves = new Uint8Array(count);
  for (let state = 0; state < graph.states; state++) {
    const own = of[state] ?? -1;
    if (own < 0) continue;
    all[own] = (all[own] ?? 0) & (obliged[state] ?? 0);
    const end = graph.first[state + 1] ?? 0;
    for (let edge = graph.first[state] ?? 0; edge < end; edge++) {
      if (!part.hasEdge(edge) || of[targetOf(graph, edge)] !== own) continue;
      taken[own] = (taken[own] ?? 0) | threadOf(graph, edge);
      moves[own] = 1;
    }
  }
  const isFair = Uint8Array.from(all, (set, own) => ((set & ~(taken[own] ?? 0)) === 0 ? 1 : 0));
  return { isFair, moves };
}

/** Marks the states from which the part leads to a state of a component that is wanted. */
export function leadsTo(
  graph: Graph,
  part: Part,
  { count, of }: Components,
  isWanted: (component: number) => boolean,
): Uint8Array {
  const leads = Uint8Array.from({ length: count }, (_, own) => (isWanted(own) ? 1 : 0));
  const members = membersOf(graph.states, { count, of });
  // In the order of their numbers: where a component leads to has been settled before it.
  for (const state of members) {
    const own = of[state] ?? 0;
    const end = graph.first[state + 1] ?? 0;
    for (let edge = graph.first[state] ?? 0; edge < end && leads[own] === 0; edge++) {
      const to = part.hasEdge(edge) ? (of[targetOf(graph, edge)] ?? -1) : -1;
      if (to >= 0 && leads[to] !== 0) leads[own] = 1;
    }
  }
  return Uint8Array.from(of, (own) => (own >= 0 ? (leads[own] ?? 0) : 0));
}

/** The states that are in a component, in the order of their components. */
function membersOf(states: number, { count, of }: Components): Uint32Array {
  const from = new Uint32Array(count + 1);
  for (const own of of) if (own >= 0) from[own + 1] = (from[own + 1] ?? 0) + 1;
  for (let own = 0; own < count; own++) from[own + 1] = (from[own + 1] ?? 0) + (from[own] ?? 0);
  const members = new Uint32Array(from[count] ?? 0);
  for (let state = 0; state < states; state++) {
    const own = of[state] ?? -1;
    if (own < 0) continue;
    const at = from[own] ?? 0;
    members[at] = state;
    from[own] = at + 1;
  }
  return members;
}
