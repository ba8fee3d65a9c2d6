/** Models side by side: the same answers for any number of processes, and what a crash becomes. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../src/errors.ts';
import { runGate } from '../../src/gate/gate.ts';
import type { Answer } from '../../src/gate/task.ts';
import { BUG, folderOf, gate, modelText, ROOT, readLines } from './support.ts';

/** A program in place of the lanes': what it does depends on the name of the model. */
const STRANGE_LANE = `
process.on('message', ({ path, options }) => {
  const row = { model: path, met: !path.includes('bad'), exitStatus: 0, failures: [] };
  const answer = { row, findings: [], coverage: null, isShortOfMemory: false };
  if (path.includes('dies')) {
    console.error('heap of the process is full');
    process.exit(3);
  }
  if (path.includes('killed')) process.kill(process.pid, 'SIGKILL');
  if (path.includes('large') && options.memoryBytes < 1000) answer.isShortOfMemory = true;
  row.verdict = JSON.stringify(options);
  process.send(answer);
});
`;

const PATHS = ['one', 'dies', 'two', 'killed', 'three', 'large'];

/** Runs models that do not exist through the strange lane. */
async function strange(paths: readonly string[], wishes: object = {}) {
  const root = folderOf({ 'lane.mjs': STRANGE_LANE });
  const answers = await runGate({
    paths,
    jobs: 2,
    processors: 4,
    options: { wantsCoverage: false, memoryBytes: 1000 },
    lane: join(root, 'lane.mjs'),
    ...wishes,
  });
  return answers.map((answer: Answer | null) => answer?.row ?? null);
}

/** The lines of a gate without what is measured. */
function unmeasured(out: string): unknown[] {
  return readLines(out).map(({ measured: _, ...rest }) => rest);
}

describe('models side by side', () => {
  it('give the same lines for any number of them, and of threads', async () => {
    const models = join(ROOT, 'models', 'properties');
    const [one, two, five] = await Promise.all(
      [{ jobs: 1 }, { jobs: 2, workers: 2 }, { jobs: 5 }].map(async (wishes) => {
        const { status, out } = await gate(models, { json: true, ...wishes });
        return { status, lines: unmeasured(out) };
      }),
    );

    expect(one?.lines.length).toBeGreaterThan(5);
    expect(two).toEqual(one);
    expect(five).toEqual(one);
  });

  it('keep their answers when the process of another one dies', async () => {
    const rows = await strange(PATHS);

    expect(rows.map((row) => row?.model)).toEqual(PATHS);
    expect(rows.map((row) => row?.met)).toEqual([true, false, true, false, true, true]);
  });

  it('that die fail as crashed, with the last words of the process', async () => {
    const [row] = await strange(['dies']);

    expect(row).toMatchObject({ verdict: 'crashed', exitStatus: EXIT.bug });
    expect(row?.failures).toMatchObject([
      { kind: 'crashed', text: expect.stringMatching(/exit status 3\n.*heap .* is full/) },
    ]);
  });

  it('that the kernel kills are out of memory', async () => {
    const [row] = await strange(['killed']);

    expect(row).toMatchObject({ verdict: 'crashed', exitStatus: EXIT.outOfMemory });
  });

  it('share processors and memory, and one that needs more gets all of it', async () => {
    const rows = await strange(['one', 'large']);
    const options = rows.map((row) => JSON.parse(row?.verdict ?? ''));

    expect(options).toMatchObject([
      { workers: 2, memoryBytes: 500 },
      { workers: 4, memoryBytes: 1000 },
    ]);
  });

  it('get the whole machine one after the other where only one may run', async () => {
    const rows = await strange(['one', 'large'], { jobs: 1 });
    const options = rows.map((row) => JSON.parse(row?.verdict ?? ''));

    expect(options).toMatchObject([
      { workers: 4, memoryBytes: 1000 },
      { workers: 4, memoryBytes: 1000 },
    ]);
  });

  it('that declare very many states are explored with all processors', async () => {
    const root = folderOf({ 'huge.yaml': 'expect: { states: 2000000 }', 'small.yaml': '' });
    const rows = await strange([join(root, 'huge.yaml'), join(root, 'small.yaml')]);

    expect(rows.map((row) => JSON.parse(row?.verdict ?? '').workers)).toEqual([4, 2]);
  });

  it('are left out behind the first failure with failFast, in their order', async () => {
    const paths = ['a', 'b', 'bad1', 'c', 'bad2', 'd'];
    for (const jobs of [1, 2, 4]) {
      const rows = await strange(paths, { failFast: true, jobs });
      expect(rows.map((row) => row?.model ?? null)).toEqual(['a', 'b', 'bad1', null, null, null]);
    }
  });

  it('end when the gate is interrupted', async () => {
    const interrupt = new AbortController();
    const rows = await strange(['one', 'two', 'three'], {
      jobs: 1,
      signal: interrupt.signal,
      onProgress: ({ done }: { readonly done: number }) => {
        if (done === 1) interrupt.abort();
      },
    });

    expect(rows.map((row) => row?.model ?? null)).toEqual(['one', null, null]);
  });
});

describe('--fail-fast', () => {
  it('tells how many models were not run, and has the status of the one that failed', async () => {
    const bad = modelText({ kernel: BUG, expect: 'expect: { holds: true }' });
    const root = folderOf({ 'a.yaml': modelText(), 'b.yaml': bad, 'c.yaml': modelText() });
    const { status, out } = await gate(root, { failFast: true });

    expect(status).toBe(EXIT.invariantViolated);
    expect(out).toContain('1 of 2 models as declared; failed: 1 violated; 1 not run');
  });
});
