/**
 * The built command with a disk that takes no more, or a directory that cannot be: it is said in
 * words, and the search's own answer stays.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CLI = join(ROOT, 'dist', 'cli.js');
const MODEL = 'models/lifecycle/any-one-device-step.yaml';
const folder = mkdtempSync(join(tmpdir(), 'daxcheck-disk-'));

beforeAll(() => {
  if (!existsSync(CLI)) throw new Error('dist/cli.js is missing: npm run build');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function explore(words: readonly string[], before = '') {
  const line = `${before} exec "$0" "$@"`;
  const args = ['-c', line, process.execPath, CLI, 'explore', '--quiet', MODEL, ...words];
  const done = spawnSync('sh', args, { cwd: ROOT, encoding: 'utf8' });
  return { status: done.status, out: done.stdout, error: done.stderr };
}

// A file of 1 MiB at most, and no signal for it: a write fails as on a full disk.
const FULL = "trap '' XFSZ; ulimit -f 2048;";

describe('a search with old levels on disk', () => {
  it('ends with a sentence when the disk is full', () => {
    const { status, out, error } = explore(['--storage', 'fingerprint', '--disk', folder], FULL);

    expect(error).toBe(
      `daxcheck: old levels cannot be written to ${folder} (--disk): a file may not grow that` +
        ' large here; raise the limit, or name another directory\n',
    );
    expect(out).toBe('');
    expect(status).toBe(153);
  });
});

describe('a search with checkpoints', () => {
  it('answers all the same when no more can be written, and says so once', () => {
    const directory = join(folder, 'full');
    const words = ['--checkpoint', directory, '--checkpoint-every', '0.02'];

    const { status, out, error } = explore(words, FULL);

    expect(out).toContain('150,069 distinct states');
    expect(status).toBe(0);
    expect(error).toBe(
      `daxcheck: no checkpoint could be written to ${directory}: a file may not grow that large` +
        ' here; raise the limit, or name another directory;' +
        ' the search goes on, and the checkpoint before stays\n',
    );
  });

  it('does not begin where its directory cannot be made', () => {
    writeFileSync(join(folder, 'file'), '');
    const directory = join(folder, 'file', 'ck');

    const { status, out, error } = explore(['--checkpoint', directory]);

    expect(error).toBe(
      `daxcheck: ${directory} cannot be made: ` +
        'a part of the path is no directory; name another one\n',
    );
    expect(out).toBe('');
    expect(status).toBe(153);
  });

  it.each([
    {
      words: ['--checkpoint', 'a', 'models/lifecycle/zone.yaml'],
      error: '--checkpoint goes with one model; name each by itself',
    },
    {
      words: ['--checkpoint-every', '5'],
      error: '--checkpoint-every goes with --checkpoint DIR or --resume DIR',
    },
    { words: ['--checkpoint', 'a', '--resume', 'b'], error: 'cannot be used with option' },
  ])('refuses $words', ({ words, error }) => {
    const done = explore(words);

    expect(done.error).toContain(error);
    expect(done.status).toBe(2);
  });
});
