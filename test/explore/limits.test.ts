/** Every limit ends an exploration with status 20, says which it was, and how to raise it. */
import { describe, expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/program.js';
import { memoryBytesMin } from '../../src/engine/memoryPlan.js';
import { type ExploreOptions, explore } from '../../src/explore.js';
import type { Model } from '../../src/model/model.js';
import { collect } from '../cli/terminal.ts';
import { modelNamed, modelPath } from './models.ts';

/** 150,000 states, no violation. */
const LARGE = 'lifecycle/any-one-device-step.yaml';

const unlimited: Model = { ...modelNamed(LARGE), expect: null };
/** So large that no machine comes to its end before it is stopped. */
const ENDLESS = '../bench/models/two-devices-step.yaml';
const endless: Model = {
  ...modelNamed(ENDLESS),
  expect: null,
  limits: { states: null, depth: null },
};
const limitedBy = (limits: Partial<Model['limits']>): Model => ({
  ...unlimited,
  limits: { ...unlimited.limits, ...limits },
});

async function stopOf(model: Model, options: ExploreOptions) {
  const { verdict, exitStatus, stoppedBy, distinctStates } = await explore(model, options);
  expect(distinctStates).toBeGreaterThan(0);
  return { verdict, exitStatus, stoppedBy };
}

const incomplete = (limit: string, option: string) => ({
  verdict: 'incomplete',
  exitStatus: 20,
  stoppedBy: { limit, option },
});

describe.each([1, 2])('with %i workers, an exploration says that it is incomplete', (workers) => {
  it('at a limit of states', async () => {
    const stop = await stopOf(limitedBy({ states: 1000 }), { workers });

    expect(stop).toEqual(incomplete('states', '--max-states'));
  });

  it('at a limit of depth', async () => {
    const stop = await stopOf(limitedBy({ depth: 5 }), { workers });

    expect(stop).toEqual(incomplete('depth', '--max-depth'));
  });

  it('when its time is over', async () => {
    const stop = await stopOf(endless, { workers, seconds: 0.05 });

    expect(stop).toEqual(incomplete('time', '--max-seconds'));
  });

  it('when its memory is full', async () => {
    const memoryBytes = memoryBytesMin(workers) + (2 << 20);
    const stop = await stopOf(unlimited, { workers, memoryBytes });

    expect(stop).toMatchObject({
      ...incomplete('memory', '--memory'),
      stoppedBy: { memory: { setBy: 'user', source: '--memory', bytes: memoryBytes } },
    });
  });

  it('when it is interrupted', async () => {
    const abort = new AbortController();
    const stop = await stopOf(endless, {
      workers,
      signal: abort.signal,
      onProgress: () => abort.abort(),
    });

    expect(stop).toEqual(incomplete('interrupt', 'run it again'));
  });

  it('when it was interrupted before it began', async () => {
    const { exitStatus, stoppedBy } = await explore(unlimited, {
      workers,
      signal: AbortSignal.abort(),
    });

    expect({ exitStatus, limit: stoppedBy?.limit }).toEqual({ exitStatus: 20, limit: 'interrupt' });
  });
});

describe('an exploration that a limit ends', () => {
  it('finds the same whatever the number of workers, at limits of states and depth', async () => {
    for (const limits of [{ states: 30_000 }, { depth: 12 }]) {
      const { measured: _one, ...alone } = await explore(limitedBy(limits), { workers: 1 });
      const { measured: _four, ...together } = await explore(limitedBy(limits), { workers: 4 });

      expect(together).toEqual(alone);
    }
  });

  it('still shows the violations that it met', async () => {
    const model = modelNamed('bugs/without-bind-recheck.yaml');
    const [whole] = (await explore(model)).violations;
    const depth = whole?.steps.length ?? 0;

    const limited = await explore({ ...model, limits: { states: null, depth } });

    expect(depth).toBeGreaterThan(0);
    expect(limited.violations[0]?.steps).toEqual(whole?.steps);
    expect(limited.exitStatus).toBe(12);
  });

  it('never says that recoverable holds', async () => {
    const model = modelNamed('lifecycle/readme.yaml');
    const { held, violations, exitStatus } = await explore({
      ...model,
      limits: { states: null, depth: 1 },
    });

    expect(violations).toEqual([]);
    expect(exitStatus).toBe(20);
    expect(held.filter((name) => name.startsWith('recoverable'))).toEqual([]);
  });

  it.each([
    [['--max-states', '100'], '--max-states'],
    [['--max-depth', '3'], '--max-depth'],
    [['--max-seconds', '0.01'], '--max-seconds'],
  ])('ends the command with 20 and names the option: %j', async (options, name) => {
    const terminal = collect();
    const status = await runCommandLine(['explore', ...options, modelPath(LARGE)], terminal);

    expect(status).toBe(20);
    expect(terminal.out()).toContain(name);
  });

  it('ends the command with 20 and names the option: --memory', async () => {
    const terminal = collect();
    const words = ['explore', '--max-depth', '1000', '--memory', '24M', modelPath(ENDLESS)];
    const status = await runCommandLine(words, terminal);

    expect(status).toBe(20);
    expect(terminal.out()).toContain('by --memory');
  });
});
