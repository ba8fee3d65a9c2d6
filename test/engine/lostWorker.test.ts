/** A worker thread that is lost in the midst of a search ends it in words. */
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CONTROL_READY, CONTROL_START } from '../../assembly/search/layout.ts';
import { endingOf } from '../../src/cli/status.ts';
import { EngineError } from '../../src/engine/engine.ts';
import { FAIL_LOST, FAIL_MEMORY, lostThreadError } from '../../src/engine/engineError.ts';
import { open } from '../search/systems.ts';

vi.mock('../../src/engine/workerFile.ts', () => ({
  workerFile: () => fileURLToPath(new URL('./lostWorker.mjs', import.meta.url)),
}));

afterEach(() => vi.unstubAllEnvs());

async function endOf(way: string): Promise<unknown> {
  vi.stubEnv('LOST_WORKER', way);
  vi.stubEnv('LOST_WORKER_AT', `${CONTROL_READY},${CONTROL_START}`);
  const engine = open('grid', [6, 10], { workers: 3, parallelFrom: 0 });
  return engine.search().then(
    () => 'the search ended as if nothing had happened',
    (cause: unknown) => cause,
  );
}

describe('a worker thread that is lost', () => {
  it.each([
    ['exit', 'worker exited with code: 3'],
    ['throw', 'a fault of the thread'],
  ])('by %s ends the search with a system error, and says how', async (way, text) => {
    const cause = await endOf(way);

    expect(cause).toBeInstanceOf(EngineError);
    expect(cause).toMatchObject({ code: FAIL_LOST });
    expect(endingOf(cause)).toEqual({
      status: 153,
      message: `a worker thread was lost: ${text}; run it again, with fewer --workers`,
    });
  });

  it('for want of memory is out of memory', () => {
    const cause = Object.assign(new Error('heap'), { code: 'ERR_WORKER_OUT_OF_MEMORY' });

    expect(lostThreadError(0, cause).code).toBe(FAIL_MEMORY);
    expect(endingOf(lostThreadError(0, cause)).status).toBe(152);
  });

  it('by a trap is a bug', () => {
    const cause = Object.assign(new Error('unreachable'), { name: 'RuntimeError' });

    expect(endingOf(lostThreadError(0, cause)).status).toBe(255);
    expect(endingOf(lostThreadError(1, cause)).status).toBe(255);
  });
});
