/** Why a counterexample can happen: locks, window, and the commit that mends it. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/program.js';
import { explore } from '../../src/explore.js';
import { lockChains, oppositeLocks, renderExplain, windowOf } from '../../src/report/explain.js';
import type { Trace } from '../../src/verdict/trace.js';
import { collect } from '../cli/terminal.ts';
import { modelNamed, modelPath } from '../explore/models.ts';

const folder = mkdtempSync(join(tmpdir(), 'daxcheck-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function traceOf(name: string, property: string): Promise<Trace> {
  const { violations } = await explore(modelNamed(name));
  const trace = violations.find(({ finding }) => finding.property === property);
  if (trace === undefined) throw new Error(`${property} holds`);
  return trace;
}

const deadlock = await traceOf('bugs/hmat-notifier-deadlock.yaml', 'no-deadlock');
const race = await traceOf('bugs/region-unbind-leaves-device.yaml', 'no-leak');
const sequence = await traceOf('bugs/kmem-addfail-leak.yaml', 'no-leak');
const window = await traceOf('bugs/daxctl-devdax-window.yaml', 'recoverable');

describe('the order of locks', () => {
  it('is told by chains, the longest of each', () => {
    const chains = lockChains(race).filter(({ thread }) => thread === 'creator');

    expect(chains.map(({ locks }) => locks)).toContainEqual([
      's_active(hmem.0/dax_region/create)',
      'dax_region_rwsem',
      'device_lock(dax0.1)',
      'dax_bus_lock',
    ]);
    expect(chains.map(({ locks }) => locks)).not.toContainEqual([
      's_active(hmem.0/dax_region/create)',
      'dax_region_rwsem',
    ]);
  });

  it('names two locks that are taken in opposite orders', () => {
    const pairs = oppositeLocks(lockChains(deadlock)).map((pair) => [...pair].sort());

    expect(pairs).toContainEqual(['device_hotplug_lock', 'hmem_resource_lock']);
  });

  it('has no opposites where one call comes after the other', () => {
    expect(oppositeLocks(lockChains(sequence))).toEqual([]);
  });
});

describe('the window', () => {
  it('of a deadlock goes from the first lock of its cycle to the last', () => {
    const found = windowOf(deadlock);
    const lockIn = (index: number | null | undefined): readonly string[] =>
      deadlock.steps[index ?? -1]?.events.flatMap((event) =>
        event.kind === 'lock' ? [event.lock] : [],
      ) ?? [];

    expect(lockIn(found?.opens)).toContain('hmem_resource_lock');
    expect(lockIn(found?.closes)).toContain('device_hotplug_lock');
  });

  it('of a race lies between two steps of the thread that ends it', () => {
    const found = windowOf(race);
    const threads = (found?.into ?? []).map((index) => race.steps[index]?.thread);

    expect(race.steps[found?.opens ?? -1]?.thread).toBe('unbinder');
    expect(new Set(threads)).toEqual(new Set(['creator']));
    expect(race.steps[found?.closes ?? -1]?.thread).toBe('unbinder');
  });

  it('of a script is where udev comes in between', () => {
    const found = windowOf(window);

    expect((found?.into ?? []).map((index) => window.steps[index]?.thread)).toContain('udev');
    expect(window.steps[found?.closes ?? -1]?.command?.text).toContain('unbind');
  });

  it('is none where one thread does it all', () => {
    expect(windowOf(sequence)).toBeNull();
  });
});

describe('the whole', () => {
  it.each([
    ['hmat-notifier-deadlock', deadlock],
    ['region-unbind-leaves-device', race],
    ['daxctl-devdax-window', window],
  ])('%s reads like this', (_, trace) => {
    const text = renderExplain(trace, { kind: 'unknown', why: 'a test' });

    expect(text.split('\n').filter((line) => line.length > 92)).toEqual([]);
    expect(text).toMatchSnapshot();
  });
});

describe('--explain', () => {
  it('of explore names the commit by which the finding goes away', async () => {
    const terminal = collect();
    const path = modelPath('bugs/kmem-addfail-leak.yaml');

    await runCommandLine(['explore', '--quiet', '--explain', path], terminal);

    expect(terminal.out()).toContain('Why: no-leak(dax0.0)'.replace('(dax0.0)', ''));
    expect(terminal.out().replace(/\s+/g, ' ')).toContain('mended with 31e4ca92a7dd ("');
  });

  it('of show tells the trace and says that no release mends it', async () => {
    const path = modelPath('bugs/dl6-delete-against-unbind.yaml');
    await runCommandLine(['explore', '--quiet', '--trace-dir', folder, path], collect());
    const [file = ''] = readdirSync(folder);
    const terminal = collect();

    expect(await runCommandLine(['show', '--explain', join(folder, file)], terminal)).toBe(0);
    expect(terminal.out()).toContain('VIOLATED no-deadlock');
    expect(terminal.out()).toMatch(/mended {3}none: v7\.\d+, the newest modelled, has it still/);
  });
});
