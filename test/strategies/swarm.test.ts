import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SwarmResult } from '../../src/engine/engine.ts';
import { anyGraph, encodeGraph, type Graph, open } from '../search/systems.ts';
import { FC, SEED_TITLE } from '../support/fc.ts';
import { bitsAfter } from './follow.ts';
import { streamOf } from './naiveWalks.ts';

const ASKED = { seed: 5, depth: 1000, runs: 8, states: 100_000 };

/** What must be the same for any number of workers. */
function told({ seconds: _seconds, memoryBytes: _memory, ...rest }: SwarmResult): object {
  return rest;
}

/** Nodes that can be reached from one. */
function reached(graph: Graph, from: number): Set<number> {
  const known = new Set([from]);
  for (const node of known) for (const { to } of graph.nodes[node]?.edges ?? []) known.add(to);
  return known;
}

describe(`swarm (${SEED_TITLE})`, () => {
  it('sees every state that can be reached where there are few, and what it violates', async () => {
    await fc.assert(
      fc.asyncProperty(anyGraph, fc.maxSafeNat(), async (graph, seed) => {
        const engine = open('graph.debug', encodeGraph(graph));
        const first = graph.initial[streamOf(seed, 0)(graph.initial.length)] ?? 0;
        const nodes = reached(graph, first);
        const bits = [...nodes].reduce(
          (all, node) => all | (graph.nodes[node]?.check ?? 0) | (graph.nodes[node]?.finish ?? 0),
          0,
        );

        const result = await engine.swarm({ ...ASKED, seed, runs: 1 });

        expect(result).toMatchObject({ searches: 1, states: nodes.size, stoppedBy: 'runs' });
        expect(result.violations.reduce((all, { property }) => all | (1 << property), 0)).toBe(
          bits,
        );
        for (const { property, run } of result.violations) {
          expect(bitsAfter(engine, engine.swarmTo(run, property)) & (1 << property)).not.toBe(0);
        }
      }),
      { ...FC, numRuns: 25 },
    );
  });

  it('does not depend on the number of workers, and is repeated by its seed', async () => {
    const results = [];
    for (const workers of [1, 3, 1]) {
      results.push(told(await open('daxhp', [2, 2, 2, 0], { workers }).swarm(ASKED)));
    }

    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
    expect(results[0]).toMatchObject({ searches: 8, stoppedBy: 'runs' });
  });

  it('goes another way with another seed', async () => {
    const results = [];
    for (const seed of [1, 2]) {
      const engine = open('daxhp', [2, 2, 2, 0]);
      results.push(told(await engine.swarm({ ...ASKED, seed, runs: 1, states: 5000 })));
    }

    expect(results[0]).not.toEqual(results[1]);
  });

  it('ends with the first search that finds a bug, for any number of workers', async () => {
    const asked = { ...ASKED, states: 2000, runs: 64 };
    const one = open('daxhp', [2, 2, 2, 1], { stopMask: 7 });
    const three = open('daxhp', [2, 2, 2, 1], { stopMask: 7, workers: 3 });

    const result = await one.swarm(asked);
    const [violation] = result.violations;

    expect(result).toMatchObject({ stoppedBy: 'violation', searches: (violation?.run ?? -2) + 1 });
    expect(bitsAfter(one, one.swarmTo(violation?.run ?? -1, 0))).toBe(1);
    expect(told(await three.swarm(asked))).toEqual(told(result));
  });

  it('keeps each search to its number of states and its depth', async () => {
    const engine = open('grid', [4, 20]);

    const result = await engine.swarm({ ...ASKED, depth: 30, states: 500, runs: 3 });

    expect(result).toMatchObject({ searches: 3, states: 1500, seenAtLeast: 500 });
    expect(result.deepest).toBeLessThanOrEqual(30);
  });

  it('stops when interrupted, and tells of the searches that are done alone', async () => {
    const ended = new AbortController();
    ended.abort();
    const engine = open('daxhp', [2, 2, 2, 0], { signal: ended.signal });

    expect(await engine.swarm(ASKED)).toMatchObject({ searches: 0, stoppedBy: 'interrupt' });
  });
});
