import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { searchReference } from '../../src/reference/search.ts';
import { FC, SEED_TITLE } from '../support/fc.ts';
import { anyGraph, encodeGraph, open, outcome, type SystemName } from './systems.ts';

async function compare(engine: Engine, stopMask: number): Promise<void> {
  const expected = searchReference(engine.successors, { stopMask });
  const found = await engine.search();

  const { details, ...numbers } = expected;
  expect(outcome(found)).toMatchObject(numbers);
  expect(outcome(found)).toMatchObject({ labels: [...details].sort((a, b) => a - b) });
}

describe(`reference search (${SEED_TITLE})`, () => {
  it.each([
    ['daxhp', [1, 2, 2, 0], 0],
    ['daxhp', [2, 1, 2, 0], 0],
    ['daxhp', [2, 2, 2, 0], 0],
    ['daxhp', [2, 2, 2, 1], 1],
    ['daxhp', [2, 1, 2, 1], 0],
    ['grid', [4, 6], 0],
    ['grid', [3, 20], 1],
    ['twoPhase', [4], 0],
    ['twoPhase', [6], 3],
  ] as [SystemName, number[], number][])(
    'agrees with the engine on %s %j, stop mask %i',
    async (name, scenario, mask) => {
      await compare(open(name, scenario, { stopMask: mask }), mask);
    },
  );

  it('agrees with the engine on random graphs', async () => {
    await fc.assert(
      fc.asyncProperty(anyGraph, fc.constantFrom(0, 1, 9, 63), async (graph, stopMask) => {
        await compare(
          open('graph.debug', encodeGraph(graph), { stopMask, tableBytes: 64 }),
          stopMask,
        );
      }),
      FC,
    );
  });

  it('agrees with the engine on limits of states and depth', async () => {
    await fc.assert(
      fc.asyncProperty(anyGraph, fc.nat(40), fc.nat(8), async (graph, states, depth) => {
        const engine = open('graph.debug', encodeGraph(graph), { limits: { states, depth } });
        const expected = searchReference(engine.successors, { stopMask: 0, states, depth });
        const found = await engine.search();

        expect(found).toMatchObject({ distinctStates: expected.distinctStates });
        expect(found.complete).toBe(expected.complete);
      }),
      FC,
    );
  });
});
