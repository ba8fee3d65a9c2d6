/**
 * Own properties in the search, and the transitions after it: on random graphs, against the
 * reference and against the graph itself.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeModule, type Places } from '../../src/compile/expression/module.js';
import {
  arithmetic,
  type BoolCode,
  compare,
  constant,
  load,
  TRUE,
} from '../../src/kernel/stateCode.js';
import { searchReference } from '../../src/reference/search.js';
import { FC, runs, SEED_TITLE } from '../support/fc.ts';
import { anyGraph, encodeGraph, type Graph, open, outcome } from './systems.ts';

/** The number of a node is the first word of its state; nothing else of a place is looked at. */
const PLACES = { state: {}, rangeMax: 0, blocks: 0, pointsAt: 0 } as unknown as Places;

/** "The node's number leaves this remainder": violated by a part of all states. */
const violatedBy = (by: number, rest: number): BoolCode =>
  compare('==', arithmetic('%', load('global', 0, 0, { bytes: 4 }), constant(by)), constant(rest));

const anyOwn = fc.record({
  conditions: fc.array(fc.tuple(fc.integer({ min: 2, max: 9 }), fc.nat({ max: 8 })), {
    minLength: 1,
    maxLength: 4,
  }),
  stopMask: fc.constantFrom(0, 1, 6, 0xffffffff),
});

describe(`own properties (${SEED_TITLE})`, () => {
  it('end a search, and are told, as the reference says, for any number of workers', async () => {
    let ended = 0;
    await fc.assert(
      fc.asyncProperty(anyGraph, anyOwn, async (graph, { conditions, stopMask }) => {
        const codes = conditions.map(([by, rest]) => violatedBy(by, rest));
        const wasm = makeModule(codes, TRUE, PLACES);
        const find = (workers: number) =>
          open('graph', encodeGraph(graph), {
            workers,
            own: { wasm, stopMask },
            parallelFrom: 0,
            tableBytes: 64,
          });
        const engine = find(1);
        const own = (state: Uint8Array): number => engine.evaluateState(wasm, state);
        const system = { ...engine.successors, own };
        const expected = searchReference(system, { stopMask: 0, ownStopMask: stopMask });
        const found = await engine.search();

        const { details: _details, ...numbers } = expected;
        expect(outcome(found)).toMatchObject(numbers);
        expect(outcome(await find(3).search())).toEqual(outcome(found));
        if (!found.complete) ended++;
      }),
      { ...FC, numRuns: runs(25) },
    );
    expect(ended).toBeGreaterThan(5);
  });

  it('are said of every state found, in its order', async () => {
    await fc.assert(
      fc.asyncProperty(anyGraph, async (graph) => {
        const engine = open('graph', encodeGraph(graph));
        await engine.search();
        const words = engine.evaluate(
          makeModule([violatedBy(2, 1), violatedBy(3, 0)], TRUE, PLACES),
        );
        for (const { first, count, bytes } of engine.states()) {
          const numbers = nodesOf(bytes, count, engine.stateBytes);
          for (const [at, node] of numbers.entries()) {
            const expected = (node % 2 === 1 ? 1 : 0) | (node % 3 === 0 ? 2 : 0);
            expect(words[first + at]).toBe(expected);
          }
        }
      }),
      { ...FC, numRuns: runs(40) },
    );
  });
});

/** The nodes of some states: the first word of each. */
function nodesOf(bytes: Uint8Array, count: number, stateBytes: number): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Array.from({ length: count }, (_, at) => view.getUint32(at * stateBytes, true));
}

describe(`the transitions after a search (${SEED_TITLE})`, () => {
  const read = async (graph: Graph, workers: number): Promise<object> => {
    const engine = open('graph', encodeGraph(graph), { workers, parallelFrom: 0, tableBytes: 64 });
    await engine.search();
    const { initial, first, target, label, states } = engine.graph();
    const nodes = [...engine.states()].flatMap(({ bytes, count }) =>
      nodesOf(bytes, count, engine.stateBytes),
    );
    expect(states).toBe(nodes.length);
    const edges = nodes.map((node, state) => {
      const own = Array.from({ length: (first[state + 1] ?? 0) - (first[state] ?? 0) }, (_, at) => {
        const edge = (first[state] ?? 0) + at;
        return { label: label[edge], to: nodes[target[edge] ?? -1] };
      });
      return [node, own] as const;
    });
    return {
      initial: initial.map((state) => nodes[state]),
      edges: edges.sort(([left], [right]) => left - right),
    };
  };

  it('are those of the graph, for any number of workers', async () => {
    await fc.assert(
      fc.asyncProperty(anyGraph, async (graph) => {
        const reached = new Set(graph.initial);
        for (const node of reached) {
          for (const { to } of graph.nodes[node]?.edges ?? []) reached.add(to);
        }
        const expected = {
          initial: graph.initial,
          edges: [...reached]
            .sort((left, right) => left - right)
            .map((node) => [node, graph.nodes[node]?.edges ?? []]),
        };

        expect(await read(graph, 1)).toEqual(expected);
        expect(await read(graph, 3)).toEqual(expected);
      }),
      { ...FC, numRuns: runs(15) },
    );
  });

  it('cannot be had before a search, nor when it did not end', async () => {
    const graph: Graph = {
      initial: [0],
      stateBytes: 8,
      nodes: [
        { edges: [{ label: 0, to: 1 }], check: 0, finish: 0 },
        { edges: [{ label: 0, to: 0 }], check: 0, finish: 0 },
      ],
    };
    const engine = open('graph', encodeGraph(graph), { limits: { depth: 0 } });

    expect(() => engine.graph()).toThrow(/before a search/);
    await engine.search();
    expect(() => engine.graph()).toThrow(/incomplete search/);
  });
});
