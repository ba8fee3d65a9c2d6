/** What `--stats` counts, held against what the search says. */
import { describe, expect, it } from 'vitest';
import { explore } from '../../src/explore.js';
import type { Model } from '../../src/model/model.js';
import type { ActionCount, Stats } from '../../src/verdict/trace.js';
import { open } from '../search/systems.ts';
import { modelNamed } from './models.ts';

const MODELS = [
  'lifecycle/any-two-devices-call.yaml',
  'lifecycle/any-dynamic-step.yaml',
  'lifecycle/restore-two-workers.yaml',
  'bugs/kmem-resource-leak.yaml',
];

const sumOf = (rows: readonly ActionCount[]): number =>
  rows.reduce((sum, { count }) => sum + count, 0);

async function statsOf(
  model: Model,
  workers = 1,
): Promise<{ stats: Required<Stats>; transitions: number }> {
  const { measured, transitions } = await explore(model, { stats: true, workers });
  const { stats } = measured;
  const { commands, points, kept } = stats ?? {};
  if (!stats || !commands || !points || !kept) throw new Error('there are numbers missing');
  return { stats: { ...stats, commands, points, kept }, transitions };
}

describe('the steps that are counted', () => {
  it.each(MODELS)(
    'of %s are the transitions of the search, by command and by point',
    async (name) => {
      const { stats, transitions } = await statsOf(modelNamed(name));

      expect(transitions).toBeGreaterThan(0);
      expect(sumOf(stats.commands)).toBe(transitions);
      expect(sumOf(stats.points)).toBe(transitions);
    },
  );

  it.each([
    { states: 1000, depth: null },
    { states: null, depth: 7 },
  ])('are those of the levels that were expanded, with limits %j', async (limits) => {
    const model = { ...modelNamed('lifecycle/any-two-devices-call.yaml'), limits, expect: null };
    const { stats, transitions } = await statsOf(model);

    expect(sumOf(stats.commands)).toBe(transitions);
    expect(sumOf(stats.points)).toBe(transitions);
  });

  it('are the same for any number of workers', async () => {
    const model = modelNamed('lifecycle/any-dynamic-step.yaml');
    const { stats: alone } = await statsOf(model, 1);
    const { stats: together } = await statsOf(model, 3);

    expect(together.commands).toEqual(alone.commands);
    expect(together.points).toEqual(alone.points);
    expect(together.levels.map(({ states }) => states)).toEqual(
      alone.levels.map(({ states }) => states),
    );
  });

  it('name a command with its line, and a program point with its function', async () => {
    const { stats } = await statsOf(modelNamed('lifecycle/any-dynamic-step.yaml'));

    expect(stats.commands.some(({ name }) => /^line \d+: echo .+/.test(name))).toBe(true);
    expect(stats.points.map(({ name }) => name)).toContain('bind_store(): lock');
  });
});

describe('the numbers of an exploration', () => {
  it('change nothing of the verdict', async () => {
    const model = modelNamed('bugs/kmem-resource-leak.yaml');
    const { measured: _plain, ...without } = await explore(model);
    const { measured: _counted, ...with_ } = await explore(model, { stats: true });

    expect(with_).toEqual(without);
  });

  it('have times that are no less than nothing, and one for each level', async () => {
    const { stats } = await statsOf(modelNamed('lifecycle/any-two-devices-call.yaml'), 2);

    const all = [...Object.values(stats.seconds), ...stats.levels.map(({ seconds }) => seconds)];
    expect(stats.levels).toHaveLength(17);
    expect(all.every((seconds) => seconds >= 0)).toBe(true);
    expect(stats.seconds.search).toBeGreaterThan(0);
  });
});

describe('the numbers of a search that keeps fingerprints', () => {
  it('are times and levels', async () => {
    const model = modelNamed('lifecycle/any-dynamic-step.yaml');
    const { measured } = await explore(model, {
      stats: true,
      storage: { storage: 'fingerprint' },
    });

    expect(Object.keys(measured.stats ?? {})).toEqual(['seconds', 'levels']);
    expect(measured.stats?.levels.reduce((sum, { states }) => sum + states, 0)).toBe(6265);
  });
});

describe('the table of states', () => {
  it.each([64, 1 << 22])(
    'has every state found where it says, begun with %i bytes',
    async (bytes) => {
      const engine = open('grid', [4, 10], { tableBytes: bytes });
      await engine.search();

      const { probes, memory, packedBytes } = engine.memoryStats();

      expect(probes.sampled).toBe(10_000);
      expect(probes.mean).toBeGreaterThanOrEqual(1);
      expect(probes.percentile99).toBeGreaterThanOrEqual(1);
      expect(probes.most).toBeGreaterThanOrEqual(probes.percentile99);
      expect(probes.load).toBeCloseTo(10_000 / (memory.table / 8));
      expect(memory.states).toBe(10_000 * packedBytes);
    },
  );

  it('is not told before the search has ended', () => {
    expect(() => open('grid', [3, 10]).memoryStats()).toThrow('before a search had ended');
  });
});

describe('the parts of packed states', () => {
  it('are fewer than the states, and each is counted once', async () => {
    const { stats } = await statsOf(modelNamed('lifecycle/any-dynamic-step.yaml'), 2);
    const { kept } = stats;

    expect(kept.packedBytes).toBeLessThan(kept.stateBytes);
    expect(kept.parts).toBeGreaterThan(0);
    expect(kept.parts).toBeLessThan(6265);
    expect(kept.memory.parts).toBe(kept.parts * 64);
  });
});
