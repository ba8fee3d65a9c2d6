import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyGraph, encodeGraph, open, type SystemName, searchAll } from '../search/systems.ts';
import { FC, runs, SEED_TITLE } from '../support/fc.ts';

/** Small tables on purpose: they grow in the middle of levels. */
const CASES: readonly [SystemName, readonly number[], number][] = [
  ['daxhp', [2, 2, 2, 0], 0],
  ['daxhp', [2, 2, 2, 1], 7],
  ['daxhp', [2, 2, 2, 1], 0],
  ['grid', [5, 8], 1],
  ['twoPhase', [6], 0],
];

describe(`any number of workers (${SEED_TITLE})`, () => {
  it.each(CASES)(
    'gives the same outcome on %s %j, stop mask %i',
    async (name, scenario, stopMask) => {
      const run = (workers: number): Promise<object> =>
        searchAll(open(name, scenario, { workers, stopMask, parallelFrom: 0, tableBytes: 64 }));
      const alone = await run(1);

      expect(await run(2)).toEqual(alone);
      expect(await run(4)).toEqual(alone);
    },
  );

  it('gives the same outcome on random graphs', async () => {
    await fc.assert(
      fc.asyncProperty(anyGraph, fc.constantFrom(0, 63), async (graph, stopMask) => {
        const scenario = encodeGraph(graph);
        const run = (workers: number): Promise<object> =>
          searchAll(
            open('graph', scenario, { workers, stopMask, parallelFrom: 0, tableBytes: 64 }),
          );

        expect(await run(3)).toEqual(await run(1));
      }),
      { ...FC, numRuns: runs(15) },
    );
  });

  it('does not depend on the size of the table at the start', async () => {
    const run = (tableBytes: number): Promise<object> =>
      searchAll(open('daxhp', [2, 2, 2, 1], { tableBytes }));

    expect(await run(64)).toEqual(await run(1 << 22));
  });

  it('meet in code of the baseline compiler too', () => {
    const count = (flags: readonly string[], workers: string): unknown => {
      const model = 'bench/models/two-devices-step.yaml';
      const limits = ['--max-depth', '23', '--workers', workers, '--json'];
      const { stdout } = spawnSync(
        process.execPath,
        [...flags, 'dist/cli.js', 'explore', model, ...limits],
        { encoding: 'utf8' },
      );
      const { distinctStates, transitions } = JSON.parse(stdout);
      return { distinctStates, transitions };
    };

    const alone = count([], '1');

    for (let round = 0; round < 3; round += 1) {
      expect(count(['--liftoff-only'], '2')).toEqual(alone);
    }
  });
});
