/** The built command as a user starts it: a process with a status, streams and signals. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIRST_MODEL } from '../../src/cli/init.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CLI = join(ROOT, 'dist', 'cli.js');
const folder = mkdtempSync(join(tmpdir(), 'daxcheck-test-'));
const model = join(folder, 'model.yaml');

beforeAll(() => {
  if (!existsSync(CLI)) throw new Error('dist/cli.js is missing: npm run build');
  writeFileSync(model, FIRST_MODEL);
});
afterAll(() => rmSync(folder, { recursive: true }));

function daxcheck(words: readonly string[]) {
  const done = spawnSync(process.execPath, [CLI, ...words], { cwd: folder, encoding: 'utf8' });
  return { status: done.status, out: done.stdout, error: done.stderr };
}

/** The JSON lines of a run, without what is measured. */
function unmeasured(out: string): unknown[] {
  const lines = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  return lines.map(({ measured: _measured, ...rest }) => rest);
}

describe('the built command', () => {
  it('finds that the first model loses its device, as it declares', () => {
    const { status, out, error } = daxcheck(['explore', 'model.yaml']);
    expect(error).toBe('');
    expect(out).toContain('recoverable');
    expect(status).toBe(14);
    expect(daxcheck(['explore', '--as-declared', 'model.yaml']).status).toBe(0);
  });

  it('prints the same bytes for any number of workers, but for what is measured', () => {
    const [one, two, four] = ['1', '2', '4'].map((workers) =>
      unmeasured(daxcheck(['explore', '--json', '--workers', workers, 'model.yaml']).out),
    );
    expect(two).toEqual(one);
    expect(four).toEqual(one);
    expect(one?.at(-1)).toMatchObject({ kind: 'verdict', exitStatus: 14 });
  });

  it('writes the same trace file every time, shows it, and replays it', () => {
    const read = (directory: string): string => {
      daxcheck(['explore', '--quiet', '--trace-dir', directory, 'model.yaml']);
      const [name = ''] = readdirSync(join(folder, directory));
      return readFileSync(join(folder, directory, name), 'utf8');
    };
    expect(read('first')).toBe(read('second'));
    const file = join('first', 'model.recoverable.dax0.0.itf.json');
    expect(daxcheck(['show', file])).toMatchObject({ status: 0, error: '' });
    expect(daxcheck(['replay', file])).toMatchObject({ status: 0, error: '' });
  });

  it('fails the replay with 22 when the model no longer behaves so', () => {
    daxcheck(['explore', '--quiet', '--trace-dir', 'before', 'model.yaml']);
    const file = join('before', 'model.recoverable.dax0.0.itf.json');
    writeFileSync(model, FIRST_MODEL.replace('events: [coldplug]', 'events: []'));
    const { status, out, error } = daxcheck(['replay', file]);
    writeFileSync(model, FIRST_MODEL);
    expect(status).toBe(22);
    expect(error).toContain('has changed since');
    expect(out).toContain('NOT REPLAYED');
  });

  it('runs the scripts and prints a record for each line', () => {
    const { status, out } = daxcheck(['run', '--json', 'model.yaml']);
    expect(status).toBe(0);
    const records = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const commands = records.map((record) => record.command);
    expect(commands).toContain('echo dax0.0 > /sys/bus/dax/drivers/kmem/unbind');
    expect(records.at(-1)).toHaveProperty('iomem');
  });

  it('ends with 20 and names the limit when a limit ends the search', () => {
    const { status, out } = daxcheck(['explore', '--max-depth', '2', 'model.yaml']);
    expect(status).toBe(20);
    expect(out).toContain('--max-depth');
  });

  it('passes its own first model through the gate', () => {
    expect(daxcheck(['gate', '.'])).toMatchObject({ status: 0 });
  });

  it('ends quietly when its reader has seen enough', async () => {
    const child = spawn(process.execPath, [CLI, 'kernels'], { cwd: folder });
    child.stdout.destroy();
    const errors: string[] = [];
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
    const status = await new Promise((resolve) => child.on('close', resolve));
    expect(status).toBe(0);
    expect(errors).toEqual([]);
  });
});

describe('the library', () => {
  it('answers as its example says', () => {
    const script = join(ROOT, 'examples', 'library.mjs');
    const done = spawnSync(process.execPath, [script, model], { encoding: 'utf8' });
    expect(done.stderr).toBe('');
    expect(done.stdout).toMatch(/^v5\.1: \w+ \(\d+ states\), found: .+\nv6\.12: \w+ /);
    expect(done.status).toBe(0);
  });
});
