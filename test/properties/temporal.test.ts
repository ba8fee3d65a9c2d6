/**
 * The checker of behaviours against the reference, on random graphs; every behaviour that it shows
 * is judged.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Graph } from '../../src/engine/engine.js';
import {
  holdsEventually,
  holdsLeadsTo,
  holdsNeverAfter,
  holdsNoLivelock,
  type SmallGraph,
} from '../../src/reference/temporal.js';
import type { Behaviours } from '../../src/verdict/temporal/behaviours.js';
import {
  type Broken,
  breakEventually,
  breakLeadsTo,
  breakNeverAfter,
  breakNoLivelock,
  type WayTo,
} from '../../src/verdict/temporal/check.js';
import { breaksLeadsTo, isLasso, isNever, type Taken } from '../../src/verdict/temporal/judge.js';
import { shortestWay, statesOf } from '../../src/verdict/temporal/paths.js';
import { FC, runs, SEED_TITLE } from '../support/fc.ts';

interface Case {
  readonly small: SmallGraph;
  readonly p: readonly boolean[];
  readonly q: readonly boolean[];
}

/** Graphs of up to nine states and three threads; a thread that can move need not be obliged. */
const anyCase: fc.Arbitrary<Case> = fc.integer({ min: 1, max: 9 }).chain((count) => {
  const to = fc.nat({ max: count - 1 });
  const edge = fc.record({ thread: fc.nat({ max: 2 }), to });
  const node = fc
    .record({ edges: fc.array(edge, { maxLength: 3 }), free: fc.nat({ max: 7 }) })
    .map(({ edges, free }) => ({
      edges,
      obliged: [...new Set(edges.map(({ thread }) => thread))].filter(
        // Thread 2 is at times one that nobody obliges.
        (thread) => thread !== 2 || free > 3,
      ),
    }));
  const size = { minLength: count, maxLength: count };
  const bits = fc.array(fc.oneof(fc.constant(false), fc.boolean()), size);
  return fc.record({
    small: fc.record({
      initial: fc.array(to, { minLength: 1, maxLength: 2 }),
      nodes: fc.array(node, size),
    }),
    p: bits,
    q: bits,
  });
});

/** The same as arrays, with what cannot be reached left out as a search would. */
function behavioursOf({ initial, nodes }: SmallGraph): Behaviours {
  const first = Uint32Array.from([0, ...nodes.map((_, at) => edgesUpTo(nodes, at + 1))]);
  const edges = nodes.flatMap((node) => node.edges);
  const graph: Graph = {
    states: nodes.length,
    initial,
    first,
    target: Uint32Array.from(edges, ({ to }) => to),
    label: Uint32Array.from(edges, ({ thread }) => thread),
  };
  const obliged = nodes.map((node) => node.obliged.reduce((set, thread) => set | (1 << thread), 0));
  return { graph, obliged: Uint32Array.from(obliged) };
}

const edgesUpTo = (nodes: SmallGraph['nodes'], end: number): number =>
  nodes.slice(0, end).reduce((sum, { edges }) => sum + edges.length, 0);

/** Leaves out what no initial state leads to: a search never finds it. */
function reachable({ small, p, q }: Case): Case {
  const found = [...new Set(small.initial)];
  for (const node of found) {
    for (const { to } of small.nodes[node]?.edges ?? []) if (!found.includes(to)) found.push(to);
  }
  const renamed = new Map(found.map((node, at) => [node, at]));
  const nameOf = (node: number): number => renamed.get(node) ?? 0;
  return {
    small: {
      initial: small.initial.map(nameOf),
      nodes: found.map((node) => {
        const { edges = [], obliged = [] } = small.nodes[node] ?? {};
        return { edges: edges.map((edge) => ({ ...edge, to: nameOf(edge.to) })), obliged };
      }),
    },
    p: found.map((node) => p[node] ?? false),
    q: found.map((node) => q[node] ?? false),
  };
}

/** The nearest marked state, as a search after the fact finds it. */
const wayToIn =
  ({ graph }: Behaviours): WayTo =>
  async (marks) =>
    shortestWay(graph, { hasState: () => true, hasEdge: () => true }, graph.initial, {
      isState: (state) => marks[state] === 1,
    });

/** A behaviour as it was taken, with states that are their own numbers. */
function takenOf(
  { graph, obliged }: Behaviours,
  { stem, cycle }: Broken,
): Taken & { from: number } {
  const edges = [...stem.edges, ...(cycle?.edges ?? [])];
  const states = statesOf(graph, { from: stem.from, edges });
  expect(graph.initial).toContain(stem.from);
  edges.forEach((edge, at) => {
    const state = states[at] ?? 0;
    expect(edge).toBeGreaterThanOrEqual(graph.first[state] ?? 0);
    expect(edge).toBeLessThan(graph.first[state + 1] ?? 0);
  });
  return {
    states: states.map((state) => Uint8Array.of(state)),
    threads: edges.map((edge) => graph.label[edge] ?? 0),
    obliged: states.map((state) => obliged[state] ?? 0),
    from: stem.edges.length,
  };
}

const check = async (test: (one: Case) => Promise<boolean>): Promise<void> => {
  let broken = 0;
  let cases = 0;
  await fc.assert(
    fc.asyncProperty(anyCase, async (one) => {
      cases++;
      if (await test(reachable(one))) broken++;
    }),
    { ...FC, numRuns: runs(1500) },
  );
  expect(broken).toBeGreaterThan(cases / 20);
  expect(broken).toBeLessThan((cases * 19) / 20);
  process.stdout.write(`${cases} graphs, ${broken} of them broken\n`);
};

describe(`properties of behaviours, against the reference (${SEED_TITLE})`, () => {
  it('eventually', async () => {
    await check(async ({ small, q }) => {
      const behaviours = behavioursOf(small);
      const broken = breakEventually(behaviours, (state) => q[state] === true);
      expect(broken === null).toBe(holdsEventually(small, (node) => q[node] === true));
      if (broken === null) return false;
      const taken = takenOf(behaviours, broken);
      expect(isLasso(taken, taken.from)).toBe(true);
      expect(taken.states.some(([state = 0]) => q[state] === true)).toBe(false);
      return true;
    });
  });

  it('leads-to', async () => {
    await check(async ({ small, p, q }) => {
      const behaviours = behavioursOf(small);
      const isP = (state: number): boolean => p[state] === true;
      const isQ = (state: number): boolean => q[state] === true;
      const broken = await breakLeadsTo(behaviours, isP, isQ, wayToIn(behaviours));
      expect(broken === null).toBe(holdsLeadsTo(small, isP, isQ));
      if (broken === null) return false;
      const taken = takenOf(behaviours, broken);
      const told = taken.states.map(([state = 0]) => state);
      expect(isLasso(taken, taken.from)).toBe(true);
      expect(breaksLeadsTo(told.map(isP), told.map(isQ))).toBe(true);
      return true;
    });
  });

  it('never-after', async () => {
    await check(async ({ small, p, q }) => {
      const behaviours = behavioursOf(small);
      const isP = (state: number): boolean => p[state] === true;
      const isQ = (state: number): boolean => q[state] === true;
      const broken = await breakNeverAfter(behaviours, isP, isQ, wayToIn(behaviours));
      expect(broken === null).toBe(holdsNeverAfter(small, isP, isQ));
      if (broken === null) return false;
      const told = takenOf(behaviours, broken).states.map(([state = 0]) => state);
      expect(told.some(isP) && isQ(told.at(-1) ?? 0)).toBe(true);
      return true;
    });
  });

  it('no-livelock, where a step to a state of q ends a call', async () => {
    await check(async ({ small, q }) => {
      const behaviours = behavioursOf(small);
      const goesOn = (to: number): boolean => q[to] !== true;
      const broken = await breakNoLivelock(
        behaviours,
        (edge) => goesOn(behaviours.graph.target[edge] ?? 0),
        wayToIn(behaviours),
      );
      expect(broken === null).toBe(holdsNoLivelock(small, ({ to }) => goesOn(to)));
      if (broken === null) return false;
      const taken = takenOf(behaviours, broken);
      const told = taken.states.map(([state = 0]) => q[state] === true);
      expect(isLasso(taken, taken.from)).toBe(true);
      expect(taken.threads.length).toBeGreaterThan(taken.from);
      expect(isNever(told, taken.from + 1)).toBe(true);
      return true;
    });
  });
});
