import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Engine, SearchResult } from '../../src/engine/engine.ts';
import {
  anyGraph,
  encodeGraph,
  open,
  type SearchOptions,
  type SystemName,
} from '../search/systems.ts';
import { FC, SEED_TITLE } from '../support/fc.ts';
import { bitsAfter } from './follow.ts';

/** What must be the same, in whatever order a complete search goes. */
function agreed(result: SearchResult): object {
  return {
    complete: result.complete,
    states: result.distinctStates,
    transitions: result.transitions,
    violated: result.violations.map(({ property }) => property),
    labels: [...result.labelsSeen.entries()].filter(([, seen]) => seen).map(([at]) => at),
  };
}

/** A digest of the states' bytes, in whatever order they lie. */
function digestOf(engine: Engine): string {
  const all: string[] = [];
  for (const { count, bytes } of engine.states()) {
    for (let at = 0; at < count; at += 1) {
      const state = bytes.slice(at * engine.stateBytes, (at + 1) * engine.stateBytes);
      all.push(Buffer.from(state).toString('hex'));
    }
  }
  return createHash('sha256').update(all.sort().join()).digest('hex');
}

async function compare(make: (options: SearchOptions) => Engine): Promise<void> {
  const breadth = make({});
  const depth = make({ tableBytes: 64 });

  const expected = await breadth.search();
  const found = await depth.depthFirst();

  expect(agreed(found)).toEqual(agreed(expected));
  expect(found.depth).toBeGreaterThanOrEqual(expected.depth);
  expect(digestOf(depth)).toBe(digestOf(breadth));
}

describe(`depth first (${SEED_TITLE})`, () => {
  it.each([
    ['daxhp', [2, 1, 2, 1]],
    ['daxhp', [2, 2, 2, 0]],
    ['grid', [4, 6]],
    ['twoPhase', [6]],
  ] as [SystemName, number[]][])('finds all that breadth first finds, of %s %j', (name, bytes) =>
    compare((options) => open(name, bytes, options)),
  );

  it('finds all that breadth first finds, of random graphs', async () => {
    await fc.assert(
      fc.asyncProperty(anyGraph, (graph) =>
        compare((options) => open('graph.debug', encodeGraph(graph), options)),
      ),
      FC,
    );
  });

  it('leads to every violation that it reports, on no longer a way than it went', async () => {
    await fc.assert(
      fc.asyncProperty(anyGraph, fc.constantFrom(0, 9, 63), async (graph, stopMask) => {
        const engine = open('graph.debug', encodeGraph(graph), { stopMask });
        const { violations } = await engine.depthFirst();
        for (const { property, depth } of violations) {
          const trace = await engine.traceTo(property);

          expect(bitsAfter(engine, trace) & (1 << property)).not.toBe(0);
          expect(trace?.ordinals.length).toBeLessThanOrEqual(depth);
        }
      }),
      FC,
    );
  });

  it('leads to marked states, and says from which states they can be reached', async () => {
    await fc.assert(
      fc.asyncProperty(anyGraph, fc.nat(59), async (graph, goal) => {
        const engine = open('graph.debug', encodeGraph(graph));
        await engine.depthFirst();
        const nodes = [...engine.states()].flatMap(({ count, bytes }) => {
          const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
          return Array.from({ length: count }, (_, at) =>
            view.getUint32(at * engine.stateBytes, true),
          );
        });
        const marks = Uint8Array.from(nodes, (node) => (node === goal ? 1 : 0));

        const trace = await engine.traceToMarked(marks);
        const reach = await engine.markReach(marks);

        expect(trace === null).toBe(!marks.includes(1));
        if (trace === null) return;
        bitsAfter(engine, trace);
        const state = engine.replay.state();
        expect(new DataView(state.buffer).getUint32(0, true)).toBe(goal);
        expect(reach[nodes.indexOf(graph.initial[trace.initial] ?? -1)]).toBe(1);
      }),
      FC,
    );
  });

  it('comes to a deep violation long before breadth first does', async () => {
    // Fifty chains of a hundred states; the first one ends in the violation.
    const nodes = Array.from({ length: 5001 }, (_, node) => ({
      edges:
        node === 0
          ? Array.from({ length: 50 }, (_, chain) => ({ label: chain, to: 1 + chain * 100 }))
          : node % 100 === 0
            ? []
            : [{ label: 0, to: node + 1 }],
      check: node === 100 ? 1 : 0,
      finish: 0,
    }));
    const bytes = encodeGraph({ initial: [0], stateBytes: 8, nodes });

    const breadth = await open('graph', bytes, { stopMask: 1 }).search();
    const depth = await open('graph', bytes, { stopMask: 1 }).depthFirst();

    expect(breadth.violations).toEqual([{ property: 0, depth: 100 }]);
    expect(depth.violations).toEqual(breadth.violations);
    expect(depth.distinctStates).toBeLessThan(breadth.distinctStates / 10);
  });

  it('is incomplete where it was not allowed to go deeper', async () => {
    const engine = open('grid', [3, 10], { limits: { depth: 5 } });

    const result = await engine.depthFirst();

    expect(result).toMatchObject({ complete: false, stoppedBy: 'depth', depth: 5 });
    expect(result.distinctStates).toBeLessThan(1000);
  });

  it('stops at a number of states, and when the memory is full', async () => {
    const few = await open('grid', [3, 30], { limits: { states: 500 } }).depthFirst();
    const small = await open('grid', [3, 100], { limits: { memoryBytes: 12 << 20 } }).depthFirst();

    expect(few).toMatchObject({ complete: false, stoppedBy: 'states' });
    expect(few.distinctStates).toBeGreaterThan(500);
    expect(few.distinctStates).toBeLessThan(520);
    expect(small).toMatchObject({ complete: false, stoppedBy: 'memory' });
    expect(small.distinctStates).toBeGreaterThan(10_000);
  });
});
