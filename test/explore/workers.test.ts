/** One worker and many, the release build and the debug build: the same counts and traces. */
import { describe, expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/program.js';
import { collect } from '../cli/terminal.ts';
import {
  checkAll,
  MODEL_FILES,
  modelNamed,
  modelPath,
  openModel,
  searchAndTrace,
} from './models.ts';

/** Levels so large that `explore` hands them to threads. */
const THREADED = 'lifecycle/any-one-device-step.yaml';
const STATES_MAX = 20_000;
/** Below, four workers have hardly a state each. */
const STATES_WORTH_SHARING = 40;

const counts = new Map<string, number>();
for (const name of MODEL_FILES) {
  counts.set(name, (await openModel(modelNamed(name)).search()).distinctStates);
}
const SHARED = MODEL_FILES.filter((name) => (counts.get(name) ?? 0) >= STATES_WORTH_SHARING);

describe(`four workers find what one finds (models from ${STATES_WORTH_SHARING} states)`, () => {
  it.each(SHARED)('%s', async (name) => {
    const model = modelNamed(name);
    const options = { parallelFrom: 0, tableBytes: 4096 };

    const alone = await searchAndTrace(openModel(model, options));
    const together = await searchAndTrace(openModel(model, { ...options, workers: 4 }));

    expect(together).toEqual(alone);
  });

  it('also where a large model breaks several properties', async () => {
    const model = {
      ...checkAll(modelNamed(THREADED)),
      kernel: {
        ...modelNamed(THREADED).kernel,
        without: ['bind-recheck', 'memory-resource-children'],
      },
      limits: { states: 60_000, depth: null },
    };

    const alone = await searchAndTrace(openModel(model));
    const together = await searchAndTrace(openModel(model, { workers: 4, parallelFrom: 0 }));

    expect(alone).toMatchObject({ violations: [{}, {}] });
    expect(together).toEqual(alone);
  });
});

describe('the debug build finds what the release build finds', () => {
  it.each(MODEL_FILES)('%s', async (name) => {
    const named = modelNamed(name);
    const model = { ...named, limits: { ...named.limits, states: STATES_MAX } };

    const release = await searchAndTrace(openModel(model));
    const debug = await searchAndTrace(openModel(model, { debug: true }));

    expect(debug).toEqual(release);
  });
});

/** What `explore --json` prints, less what was measured. */
async function exploreJson(paths: readonly string[], workers: number): Promise<string> {
  const terminal = collect();
  await runCommandLine(['explore', '--json', '--workers', String(workers), ...paths], terminal);
  expect(terminal.error()).toBe('');
  return terminal.out().replace(/"measured":\{[^}]*\}/g, '"measured":{}');
}

describe('explore --json', () => {
  it('is the same bytes for one, two and four workers, in threads', async () => {
    const { levels } = await openModel(modelNamed(THREADED)).search();
    const one = await exploreJson([modelPath(THREADED)], 1);

    expect(Math.max(...levels)).toBeGreaterThan(8192);
    expect(await exploreJson([modelPath(THREADED)], 2)).toBe(one);
    expect(await exploreJson([modelPath(THREADED)], 4)).toBe(one);
  });

  it('is the same bytes on every model with fewer states', async () => {
    const paths = MODEL_FILES.filter((name) => name !== THREADED).map(modelPath);
    const one = await exploreJson(paths, 1);

    expect(await exploreJson(paths, 2)).toBe(one);
    expect(await exploreJson(paths, 4)).toBe(one);
  });
});
