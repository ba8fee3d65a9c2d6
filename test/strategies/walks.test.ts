import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WalksResult } from '../../src/engine/engine.ts';
import { anyGraph, encodeGraph, type Graph, open } from '../search/systems.ts';
import { FC, SEED_TITLE } from '../support/fc.ts';
import { bitsAfter } from './follow.ts';
import { naiveWalk } from './naiveWalks.ts';

const DEPTH = 12;

/** What must be the same for any number of workers. */
function told({ seconds: _seconds, memoryBytes: _memory, ...rest }: WalksResult): object {
  return rest;
}

/** The same out of walks in plain TypeScript, as many as the engine did. */
function naive(graph: Graph, seed: number, stopMask: number, walks: number): object {
  const done = Array.from({ length: walks }, (_, run) =>
    naiveWalk(graph, { seed, run, depth: DEPTH }, stopMask),
  );
  const least = (property: number): number =>
    done.findIndex(({ violated }) => violated.some((bits) => ((bits >>> property) & 1) !== 0));
  return {
    walks,
    steps: done.reduce((sum, { ordinals }) => sum + ordinals.length, 0),
    longest: Math.max(...done.map(({ ordinals }) => ordinals.length)),
    seenAtLeast: new Set(done.flatMap(({ nodes }) => nodes)).size,
    violations: Array.from({ length: 32 }, (_, property) => ({
      property,
      run: least(property),
    })).filter(({ run }) => run >= 0),
  };
}

describe(`random walks (${SEED_TITLE})`, () => {
  it('are those that the published generators draw, step by step', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyGraph,
        fc.maxSafeNat(),
        fc.constantFrom(0, 1, 9, 63),
        fc.integer({ min: 1, max: 200 }),
        async (graph, seed, stopMask, runs) => {
          const engine = open('graph.debug', encodeGraph(graph), { stopMask });

          const result = await engine.walks({ seed, depth: DEPTH, runs });

          expect(result).toMatchObject(naive(graph, seed, stopMask, result.walks));
          const isEnded = result.violations.some(({ property }) => (stopMask >> property) & 1);
          expect(result.stoppedBy).toBe(isEnded ? 'violation' : 'runs');
          if (!isEnded) expect(result.walks).toBe(runs);
        },
      ),
      FC,
    );
  });

  it('lead to what they report, also with the steps left out that are not needed', async () => {
    await fc.assert(
      fc.asyncProperty(anyGraph, fc.maxSafeNat(), async (graph, seed) => {
        const engine = open('graph.debug', encodeGraph(graph));
        const { violations } = await engine.walks({ seed, depth: DEPTH, runs: 64 });
        for (const { property, run } of violations) {
          const walk = naiveWalk(graph, { seed, run, depth: DEPTH }, 0);
          const first = walk.violated.findIndex((bits) => ((bits >>> property) & 1) !== 0);

          const trace = engine.walkTo(run, property);

          expect(bitsAfter(engine, trace) & (1 << property)).not.toBe(0);
          expect(trace?.ordinals.length).toBeLessThanOrEqual(first);
        }
      }),
      FC,
    );
  });

  it('do not depend on the number of workers', async () => {
    const asked = { seed: 7, depth: 60, runs: 1000, parallelAfter: 0 };
    const one = open('daxhp', [2, 2, 2, 0]);
    const three = open('daxhp', [2, 2, 2, 0], { workers: 3 });

    expect(told(await three.walks(asked))).toEqual(told(await one.walks(asked)));
  });

  it('draw a thread first, so that a menu of many entries drowns no other', async () => {
    const edges = [{ label: 0, to: 1 }, ...Array.from({ length: 99 }, () => ({ label: 1, to: 2 }))];
    const graph: Graph = {
      initial: [0],
      stateBytes: 8,
      nodes: [
        { edges, check: 0, finish: 0 },
        { edges: [], check: 1, finish: 0 },
        { edges: [], check: 2, finish: 0 },
      ],
    };
    const engine = open('graph.debug', encodeGraph(graph));
    await engine.walks({ seed: 1, depth: 1, runs: 1 });

    const script = Array.from({ length: 1000 }, (_, run) => engine.walkTo(run, 0)).filter(
      (trace) => trace !== null,
    );

    // One in a hundred successors, and half of the steps: 4 standard deviations are 63.
    expect(script.length).toBeGreaterThan(437);
    expect(script.length).toBeLessThan(563);
  });

  it('shorten the planted bug to its 8 steps', async () => {
    const engine = open('daxhp', [2, 2, 2, 1], { stopMask: 7 });

    const { violations, stoppedBy } = await engine.walks({ seed: 1, depth: 1000, runs: 10_000 });
    const trace = engine.walkTo(violations[0]?.run ?? -1, 0);

    expect(stoppedBy).toBe('violation');
    expect(bitsAfter(engine, trace)).toBe(1);
    expect(trace?.ordinals).toHaveLength(8);
  });

  it.each([1, 3])(
    'that %i workers were kept from ending are repeated by their number',
    async (workers) => {
      const ended = new AbortController();
      const engine = open('daxhp', [2, 2, 2, 0], {
        workers,
        signal: ended.signal,
        onProgress: () => ended.abort(),
      });
      const asked = { seed: 1, depth: 100, parallelAfter: 0 };

      const cut = await engine.walks({ ...asked, runs: 100_000_000 });
      const again = await open('daxhp', [2, 2, 2, 0]).walks({ ...asked, runs: cut.walks });

      expect(cut.stoppedBy).toBe('interrupt');
      expect(told(again)).toEqual({ ...told(cut), stoppedBy: 'runs' });
    },
  );

  it('refuse a length for which there is no room, with what to do', async () => {
    const engine = open('grid', [3, 10]);

    await expect(engine.walks({ seed: 1, depth: 2 ** 31, runs: 1 })).rejects.toThrow(
      /no room for 1 runs of 2147483648 steps by 1 workers; allow fewer steps or more memory/,
    );
  });
});
