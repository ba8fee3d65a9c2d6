/**
 * Properties of behaviours, the slow way: what the checker of behaviours is compared with.
 *
 * A fair behaviour is looked for in the product of the graph with a counter of threads. It goes on
 * when the thread that it stands at has moved or is not obliged, and begins again after the last: a
 * cycle on which it begins again is fair. Nothing is said of components.
 */

/** A small graph, written out; duplicates among the initial states are allowed. */
export interface SmallGraph {
  readonly initial: readonly number[];
  readonly nodes: readonly {
    readonly edges: readonly { readonly thread: number; readonly to: number }[];
    /** Threads that are obliged to move on. */
    readonly obliged: readonly number[];
  }[];
}

type Test = (node: number) => boolean;

interface Step {
  readonly thread: number | null;
  readonly to: number;
}

/** Steps of a node; one that obliges nobody may also stay as it is. */
function stepsOf(graph: SmallGraph, node: number, mayStay: boolean): readonly Step[] {
  const { edges = [], obliged = [] } = graph.nodes[node] ?? {};
  return mayStay && obliged.length === 0 ? [...edges, { thread: null, to: node }] : edges;
}

/** All nodes that can be reached from some, through nodes of a kind only. */
export function reachFrom(graph: SmallGraph, from: readonly number[], isIn: Test): Set<number> {
  const reached = new Set(from.filter(isIn));
  for (const node of reached) {
    for (const { to } of graph.nodes[node]?.edges ?? []) if (isIn(to)) reached.add(to);
  }
  return reached;
}

/** Where a step takes the counter: past every thread that it satisfies, at most once round. */
function advance(
  graph: SmallGraph,
  threads: number,
  place: { readonly node: number; readonly at: number },
  { thread }: Step,
): { at: number; wraps: boolean } {
  const obliged = graph.nodes[place.node]?.obliged ?? [];
  let { at } = place;
  while (at < threads && (at === thread || !obliged.includes(at))) at++;
  return at === threads ? { at: 0, wraps: true } : { at, wraps: false };
}

/** Whether a fair behaviour can go on for ever from a node by the steps that are let through. */
function canGoOn(
  graph: SmallGraph,
  from: number,
  options: {
    readonly isIn: Test;
    readonly lets: (step: Step) => boolean;
    readonly mayStay: boolean;
  },
): boolean {
  const { isIn, lets, mayStay } = options;
  const threads =
    1 + Math.max(-1, ...graph.nodes.flatMap(({ edges }) => edges.map((e) => e.thread)));
  const nextOf = (key: string): { key: string; wraps: boolean }[] => {
    const [node = 0, at = 0] = key.split('/').map(Number);
    return stepsOf(graph, node, mayStay)
      .filter((step) => isIn(step.to) && lets(step))
      .map((step) => {
        const { at: next, wraps } = advance(graph, threads, { node, at }, step);
        return { key: `${step.to}/${next}`, wraps };
      });
  };
  const reached = (start: readonly string[]): Set<string> => {
    const all = new Set(start);
    for (const key of all) for (const next of nextOf(key)) all.add(next.key);
    return all;
  };
  if (!isIn(from)) return false;
  // A wrapping step that leads back to where it started lies on a fair cycle.
  return [...reached([`${from}/0`])].some((key) =>
    nextOf(key).some((next) => next.wraps && reached([next.key]).has(key)),
  );
}

const all: Test = () => true;
const letAll = (): boolean => true;

/** Whether every fair behaviour comes to a good node. */
export function holdsEventually(graph: SmallGraph, isGood: Test): boolean {
  const options = { isIn: (node: number) => !isGood(node), lets: letAll, mayStay: true };
  return !graph.initial.some((node) => canGoOn(graph, node, options));
}

/** Whether after each node of the premise every fair behaviour comes to a good one, or is in it. */
export function holdsLeadsTo(graph: SmallGraph, isPremise: Test, isGood: Test): boolean {
  const options = { isIn: (node: number) => !isGood(node), lets: letAll, mayStay: true };
  return ![...reachFrom(graph, graph.initial, all)].some(
    (node) => isPremise(node) && canGoOn(graph, node, options),
  );
}

/** Whether no bad node comes after a node of the premise, or is it. */
export function holdsNeverAfter(graph: SmallGraph, isPremise: Test, isBad: Test): boolean {
  const premises = [...reachFrom(graph, graph.initial, all)].filter(isPremise);
  return ![...reachFrom(graph, premises, all)].some(isBad);
}

/** Whether no fair behaviour goes on for ever by steps that are let through alone. */
export function holdsNoLivelock(graph: SmallGraph, lets: (step: Step) => boolean): boolean {
  const options = { isIn: all, lets, mayStay: false };
  return ![...reachFrom(graph, graph.initial, all)].some((node) => canGoOn(graph, node, options));
}
