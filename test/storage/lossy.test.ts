/**
 * Searches that keep less than their states: what they find is what an exact search finds, and
 * where bits are few, as much is missed as is predicted.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Engine, Storage } from '../../src/engine/engine.ts';
import { anyGraph, encodeGraph, open, outcome, type SearchOptions } from '../search/systems.ts';
import { FC, runs, SEED_TITLE } from '../support/fc.ts';

const LOSSY = ['fingerprint', 'fingerprint-128', 'bitstate'] as const;

const lossy = (
  storage: Storage,
  options: SearchOptions = {},
  hashBits?: number,
): SearchOptions => ({
  ...options,
  storage: { storage, hashBits },
});

/** The outcome without what only a lossy search says. */
function plain(result: object): object {
  const { omission: _omission, ...rest } = result as { omission?: unknown };
  return rest;
}

/** Searches, and chooses a trace for every violation, but for the indices of its states. */
async function searchAll(engine: Engine): Promise<object> {
  const result = await engine.search();
  const traces = [];
  for (const { property } of result.violations) {
    const { indices: _indices, ...trace } = (await engine.traceTo(property)) ?? { indices: [] };
    traces.push(trace);
  }
  return { ...plain(outcome(result)), traces };
}

/** All states by their bytes, sorted. */
function statesOf(engine: Engine): string[] {
  const states: string[] = [];
  for (const { count, bytes } of engine.states()) {
    for (let number = 0; number < count; number += 1) {
      const at = number * engine.stateBytes;
      states.push(Buffer.from(bytes.subarray(at, at + engine.stateBytes)).toString('latin1'));
    }
  }
  return states.sort();
}

describe(`a lossy search (${SEED_TITLE})`, () => {
  it.each(
    LOSSY.flatMap((storage) => [
      { storage, name: 'daxhp' as const, scenario: [2, 2, 2, 0], workers: 1 },
      { storage, name: 'daxhp' as const, scenario: [2, 2, 2, 0], workers: 2 },
      { storage, name: 'twoPhase' as const, scenario: [6], workers: 2 },
      { storage, name: 'grid' as const, scenario: [5, 10], workers: 2 },
    ]),
  )('counts as an exact one: $storage, $name, $workers workers', async (row) => {
    const { storage, name, scenario, workers } = row;
    const whole = outcome(await open(name, scenario).search());
    // A table that has to grow; bits cannot.
    const tableBytes = storage === 'bitstate' ? undefined : 4096;
    const options = { workers, parallelFrom: 1000, tableBytes };

    const result = await open(name, scenario, lossy(storage, options)).search();

    expect(plain(outcome(result))).toEqual(whole);
    expect(result.omission?.probability).toBeLessThan(1e-3);
  });

  it.each([{ workers: 1 }, { workers: 2 }])(
    'goes on in little memory while old levels go to disk: $workers workers',
    async (row) => {
      const { workers } = row;
      const whole = outcome(await open('grid', [6, 10]).search());
      const limits = { memoryBytes: 32 << 20 };
      expect((await open('grid', [6, 10], { limits }).search()).stoppedBy).toBe('memory');

      const engine = open('grid', [6, 10], lossy('fingerprint', { workers, limits }));

      expect(plain(outcome(await engine.search()))).toEqual(whole);
    },
  );

  it.each(LOSSY)('chooses the traces of an exact one: %s', async (storage) => {
    await fc.assert(
      fc.asyncProperty(anyGraph, fc.integer(), async (graph, mask) => {
        const scenario = encodeGraph(graph);
        const stopMask = mask >>> 0;
        const limits = { memoryBytes: 16 << 20 };
        const exact = await searchAll(open('graph', scenario, { stopMask, limits }));

        const engine = open('graph', scenario, lossy(storage, { stopMask, limits }));

        expect(await searchAll(engine)).toEqual(exact);
      }),
      { ...FC, numRuns: runs(40) },
    );
  });

  it('finds the planted bug at depth 8 by the steps of an exact one, from disk', async () => {
    const exact = open('daxhp', [2, 2, 2, 1], { stopMask: 7 });
    const engine = open('daxhp', [2, 2, 2, 1], lossy('fingerprint', { stopMask: 7 }));

    expect(await searchAll(engine)).toEqual(await searchAll(exact));
  });

  it('tells all states again, from disk', async () => {
    const exact = open('daxhp', [2, 2, 1, 0]);
    await exact.search();
    const engine = open('daxhp', [2, 2, 1, 0], lossy('bitstate'));
    await engine.search();

    expect(statesOf(engine)).toEqual(statesOf(exact));
    expect(engine.keepsStates).toBe(false);
    await expect(engine.markReach(new Uint8Array(1))).rejects.toThrow('--storage exact');
  });
});

describe('what a lossy search misses', () => {
  it.each([
    { storage: 'fingerprint' as const, hashBits: 20, scenario: [2, 2, 2, 0], states: 66504 },
    { storage: 'fingerprint' as const, hashBits: 24, scenario: [2, 2, 2, 0], states: 66504 },
    { storage: 'fingerprint' as const, hashBits: 30, scenario: [3, 2, 2, 0], states: 2462080 },
  ])(
    'is as much as is predicted: $hashBits bits',
    async ({ storage, hashBits, scenario, states }) => {
      const result = await open('daxhp', scenario, lossy(storage, {}, hashBits)).search();

      const { expected } = result.omission ?? { expected: 0 };
      const missed = states - result.distinctStates;
      // The few states that only missed ones lead to come on top.
      expect(Math.abs(missed - expected)).toBeLessThan(5 * Math.sqrt(expected) + expected / 10);
      expect(missed).toBeGreaterThan(0);
    },
  );

  it.each([
    { tableBytes: 1 << 17, scenario: [2, 2, 2, 0], states: 66504 },
    { tableBytes: 1 << 19, scenario: [2, 2, 2, 0], states: 66504 },
    { tableBytes: 1 << 23, scenario: [3, 2, 2, 0], states: 2462080 },
  ])('is as much as is predicted: $tableBytes bytes of bits', async (row) => {
    const { tableBytes, scenario, states } = row;

    const result = await open('daxhp', scenario, lossy('bitstate', { tableBytes })).search();

    const { expected } = result.omission ?? { expected: 0 };
    const missed = states - result.distinctStates;
    expect(Math.abs(missed - expected)).toBeLessThan(5 * Math.sqrt(expected) + expected / 10);
    expect(missed).toBeGreaterThan(0);
  });
});
