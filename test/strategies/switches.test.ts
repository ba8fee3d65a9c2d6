import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChosenTrace, Engine, SearchResult } from '../../src/engine/engine.ts';
import { anyGraph, encodeGraph, type Graph, open, outcome } from '../search/systems.ts';
import { FC, SEED_TITLE } from '../support/fc.ts';
import { bitsAfter } from './follow.ts';

/** A state within a bound: a node, the thread of the last step (-1: none), the switches so far. */
interface Bounded {
  readonly node: number;
  readonly last: number;
  readonly switches: number;
}

/** Searches a graph within a bound, in plain TypeScript. */
function naive(graph: Graph, most: number) {
  const keyOf = ({ node, last, switches }: Bounded): string => `${node} ${last} ${switches}`;
  const known = new Set<string>();
  const nodes = new Set<number>();
  const depths = new Map<number, number>();
  let transitions = 0;
  let level: Bounded[] = graph.initial.map((node) => ({ node, last: -1, switches: 0 }));
  for (let depth = 0; level.length > 0; depth += 1) {
    const fresh = level.filter((state) => {
      const isNew = !known.has(keyOf(state));
      known.add(keyOf(state));
      return isNew;
    });
    level = [];
    for (const state of fresh) {
      const { edges = [], check = 0, finish = 0 } = graph.nodes[state.node] ?? {};
      nodes.add(state.node);
      for (let bit = 0; bit < 32; bit += 1) {
        const isViolated = (((check | finish) >>> bit) & 1) !== 0;
        if (isViolated && !depths.has(bit)) depths.set(bit, depth);
      }
      for (const { label, to } of edges) {
        const last = label & 0xff;
        const switches = state.switches + Number(state.last >= 0 && last !== state.last);
        if (to !== state.node && switches > most) continue;
        transitions += 1;
        if (to !== state.node) level.push({ node: to, last, switches });
      }
    }
  }
  const violations = [...depths].map(([property, depth]) => ({ property, depth }));
  violations.sort((a, b) => a.property - b.property);
  const isCut = [...nodes].some((node) =>
    graph.nodes[node]?.edges.some(({ to }) => !nodes.has(to)),
  );
  return { distinctStates: known.size, transitions, violations, isCut };
}

/** Context switches of a trace, as the engine's replay tells who moves. */
function switchesOf(engine: Engine, trace: ChosenTrace | null): number {
  engine.replay.initial(trace?.initial ?? 0);
  const threads = (trace?.ordinals ?? []).map((ordinal) => engine.replay.take(ordinal) & 0xff);
  return threads.filter((thread, at) => at > 0 && thread !== threads[at - 1]).length;
}

const violated = ({ violations }: Pick<SearchResult, 'violations'>): number[] =>
  violations.map(({ property }) => property);

describe(`bounded context switches (${SEED_TITLE})`, () => {
  it('find what a naive search finds, and whether more lies beyond', async () => {
    await fc.assert(
      fc.asyncProperty(anyGraph, fc.nat(4), async (graph, switches) => {
        const engine = open('graph.debug', encodeGraph(graph), {
          limits: { switches },
          tableBytes: 64,
        });
        const { isCut, ...expected } = naive(graph, switches);

        const result = await engine.search();

        expect(result).toMatchObject({ ...expected, complete: true });
        expect(await engine.isCutByBound()).toBe(isCut);
      }),
      FC,
    );
  });

  it('give traces that obey the bound', async () => {
    await fc.assert(
      fc.asyncProperty(anyGraph, fc.nat(3), async (graph, switches) => {
        const engine = open('graph.debug', encodeGraph(graph), { limits: { switches } });
        const { violations } = await engine.search();
        for (const { property, depth } of violations) {
          const trace = await engine.traceTo(property);

          expect(trace?.ordinals).toHaveLength(depth);
          expect(bitsAfter(engine, trace) & (1 << property)).not.toBe(0);
          expect(switchesOf(engine, trace)).toBeLessThanOrEqual(switches);
        }
      }),
      FC,
    );
  });

  it('say the same as a search without a bound when the bound is large', async () => {
    await fc.assert(
      fc.asyncProperty(anyGraph, async (graph) => {
        const free = await open('graph.debug', encodeGraph(graph)).search();
        const engine = open('graph.debug', encodeGraph(graph), { limits: { switches: 60 } });

        const bounded = await engine.search();

        expect(violated(bounded)).toEqual(violated(free));
        expect(bounded.violations).toEqual(free.violations);
        expect(await engine.isCutByBound()).toBe(false);
      }),
      { ...FC, numRuns: 30 },
    );
  });

  it('do not depend on the number of workers', async () => {
    const limits = { switches: 2 };
    const one = open('daxhp', [2, 2, 2, 0], { limits });
    const two = open('daxhp', [2, 2, 2, 0], { limits, workers: 2, parallelFrom: 0 });

    expect(outcome(await two.search())).toEqual(outcome(await one.search()));
  });

  it('gives the states without what the search keeps behind them', async () => {
    const engine = open('grid', [2, 5], { limits: { switches: 1 } });
    const { distinctStates } = await engine.search();
    const corners = new Set<string>();
    let count = 0;
    for (const batch of engine.states()) {
      count += batch.count;
      for (let at = 0; at < batch.count; at += 1) {
        corners.add(Buffer.from(batch.bytes.slice(at * 8, at * 8 + 8)).toString('hex'));
      }
    }

    expect(count).toBe(distinctStates);
    expect(corners.size).toBeLessThanOrEqual(25);
    for (const state of corners) expect(state).toMatch(/^0[0-4]0[0-4]0{12}$/);
  });
});
