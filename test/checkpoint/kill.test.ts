/**
 * Killed at any moment and resumed: the same bytes of output as from one run, but for `measured`.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CLI = join(ROOT, 'dist', 'cli.js');
const folder = mkdtempSync(join(tmpdir(), 'daxcheck-kill-'));
const ROUNDS_MAX = 40;

beforeAll(() => {
  if (!existsSync(CLI)) throw new Error('dist/cli.js is missing: npm run build');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** JSON lines without what is measured. */
const unmeasured = (out: string): string =>
  out.replace(/,"measured":\{[^}]*\}/g, '').replace(/"measured":\{[^}]*\},?/g, '');

/** A small generator of fractions, the same for a seed (Park and Miller). */
function fractionsOf(seed: number): () => number {
  let word = seed;
  return () => {
    word = (word * 48271) % 2147483647;
    return word / 2147483647;
  };
}

interface Run {
  readonly out: string;
  readonly error: string;
  readonly status: number | null;
}

function start(words: readonly string[]): { child: ChildProcess; end: Promise<Run> } {
  const child = spawn(process.execPath, [CLI, ...words], { cwd: ROOT });
  const texts = { out: '', error: '' };
  child.stdout?.on('data', (data) => {
    texts.out += data;
  });
  child.stderr?.on('data', (data) => {
    texts.error += data;
  });
  const end = new Promise<Run>((resolve) => {
    child.on('close', (status) => resolve({ ...texts, status }));
  });
  return { child, end };
}

/** Time and size of the manifest, which change with every checkpoint. */
function stampOf(directory: string): string {
  const path = join(directory, 'checkpoint.json');
  if (!existsSync(path)) return '';
  const { mtimeMs, size, ino } = statSync(path);
  return `${mtimeMs} ${size} ${ino}`;
}

/** Runs, kills and resumes until a run ends by itself. The first kill may precede a checkpoint. */
async function untilEnd(
  words: readonly string[],
  directory: string,
  fraction: () => number,
): Promise<{ last: Run; kills: number; errors: string[] }> {
  const errors: string[] = [];
  const every = ['--checkpoint-every', '0.01'];
  for (let kills = 0; kills < ROUNDS_MAX; kills += 1) {
    const option = kills === 0 ? '--checkpoint' : '--resume';
    const { child, end } = start([...words, ...every, option, directory]);
    let isOver = false;
    void end.then(() => {
      isOver = true;
    });
    const before = stampOf(directory);
    // The rounds after the first one end only when they have come further.
    while (kills > 0 && !isOver && stampOf(directory) === before) await delay(5);
    await Promise.race([end, delay(fraction() * 100 * (kills + 2))]);
    child.kill('SIGKILL');
    const run = await end;
    errors.push(run.error);
    // A kill after the verdict was written costs nothing.
    if (run.status !== null || run.out.endsWith('\n')) return { last: run, kills, errors };
  }
  throw new Error(`no end after ${ROUNDS_MAX} kills: ${errors.at(-1)}`);
}

describe.each([
  { model: 'models/lifecycle/any-one-device-step.yaml', options: [] },
  { model: 'bench/models/two-devices-step.yaml', options: ['--max-depth', '22'] },
])('a search of $model that is killed again and again', ({ model, options }) => {
  const words = (workers: string) => ['explore', '--json', '--workers', workers, ...options, model];

  it.each([
    { workers: '1', seed: 5 },
    { workers: '2', seed: 6 },
  ])(
    'says in the end what one run says, with $workers workers, seed $seed',
    async ({ workers, seed }) => {
      const whole = spawnSync(process.execPath, [CLI, ...words(workers)], {
        cwd: ROOT,
        encoding: 'utf8',
      });
      const directory = join(folder, `${seed}-${options.length}`);

      const { last, kills, errors } = await untilEnd(words(workers), directory, fractionsOf(seed));

      expect(unmeasured(last.out)).toBe(unmeasured(whole.stdout));
      expect(last.status ?? whole.status).toBe(whole.status);
      expect(kills).toBeGreaterThan(1);
      expect(errors.join('')).toContain('going on from the checkpoint');
      // Nothing but what happened to the checkpoints is told.
      for (const line of errors.join('').split('\n').filter(Boolean)) {
        expect(line).toMatch(/^daxcheck: (going on from the checkpoint|no checkpoint is) in /);
      }
    },
    120_000,
  );
});
