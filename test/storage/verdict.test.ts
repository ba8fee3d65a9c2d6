/**
 * What the command says after a search that keeps less than its states.
 */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/program.ts';
import { formatBound } from '../../src/report/layout.ts';
import { collect } from '../cli/terminal.ts';

const MODELS = fileURLToPath(new URL('../../models', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'daxcheck-storage-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HOLDS = 'bugs/kmem-resource-leak-fixed.yaml';
const LOSSY = ['fingerprint', 'fingerprint-128', 'bitstate'] as const;

async function explore(model: string, ...words: string[]) {
  const terminal = collect();
  const status = await runCommandLine(['explore', join(MODELS, model), ...words], terminal);
  return { status, out: terminal.out(), error: terminal.error() };
}

/** The lines of --json, but for what only one kind of storage says. */
function lines(out: string): unknown[] {
  return out
    .trimEnd()
    .split('\n')
    .map((line) => {
      const { measured: _m, omission: _o, inevitableAt: _i, ...rest } = JSON.parse(line);
      return rest;
    });
}

describe('the verdict of a lossy search', () => {
  it.each(
    LOSSY.flatMap((storage) => [
      { storage, model: 'bugs/kmem-resource-leak.yaml' },
      { storage, model: 'bugs/l6-size-killed.yaml' },
      { storage, model: 'bugs/dl1-size-against-delete.yaml' },
      { storage, model: 'bugs/hmat-notifier-self-fixed.yaml' },
      { storage, model: 'properties/own.yaml' },
      { storage, model: 'lifecycle/zone.yaml' },
    ]),
  )('is that of an exact one, traces and all: $storage, $model', async ({ storage, model }) => {
    const exact = await explore(model, '--json');

    const { status, out, error } = await explore(model, '--json', '--storage', storage);

    expect(lines(out)).toEqual(lines(exact.out));
    expect(status).toBe(exact.status);
    expect(error).toBe('');
  });

  it.each([
    { reduce: 'merge', model: 'bugs/l6-size-killed.yaml' },
    { reduce: 'merge', model: 'bugs/dl1-size-against-delete.yaml' },
  ])('is that of an exact one with --reduce $reduce: $model', async ({ reduce, model }) => {
    const exact = await explore(model, '--json', '--reduce', reduce);

    const words = ['--json', '--reduce', reduce, '--storage', 'fingerprint'];
    const { status, out } = await explore(model, ...words);

    expect(lines(out)).toEqual(lines(exact.out));
    expect(status).toBe(exact.status);
  });

  it('has no partial order: that asks of which depth a state is', async () => {
    const words = ['--storage', 'fingerprint', '--reduce', 'por,merge'];

    const { out } = await explore('bugs/l6-size-killed.yaml', ...words);

    expect(out).toContain('reduced by   merge\n');
    expect(out).toContain('not by por: it asks at which depth a state was found');
  });

  it('says how likely an omission is wherever it says holds', async () => {
    const { status, out } = await explore(HOLDS, '--storage', 'fingerprint');

    expect(out).toMatch(/HOLDS, with probability of an omission below [1-9]e-[0-9]+, for /);
    expect(status).toBe(0);
  });

  it('is incomplete when an omission is more likely than allowed', async () => {
    const words = ['--storage', 'bitstate', '--max-omission', '1e-12'];

    const { status, out } = await explore('lifecycle/any-one-device-call.yaml', ...words);

    expect(out).toContain('INCOMPLETE');
    expect(out).toMatch(/probability of an omission below [1-9]e-[0-9]+ \(bitstate\),\n/);
    expect(out).toContain('above --max-omission 1e-12; to be sure: more --memory, or --storage');
    expect(status).toBe(20);
  });

  it('is incomplete where a question needs all states, and names it', async () => {
    const words = ['--storage', 'fingerprint'];

    const recoverable = await explore('lifecycle/script-keeps-device.yaml', ...words);
    const eventually = await explore('properties/eventually.yaml', ...words);

    expect(recoverable.out).toContain('not answered: recoverable dax0.0; it needs --storage exact');
    expect(recoverable.status).toBe(20);
    expect(eventually.out).toContain('not answered: eventually(');
    expect(eventually.status).toBe(20);
  });

  it('needs a directory that can be written, and leaves nothing in it', async () => {
    const disk = join(folder, 'disk');
    const words = ['--storage', 'fingerprint', '--disk', disk];
    expect((await explore(HOLDS, ...words)).status).toBe(0);
    expect(readdirSync(disk)).toEqual([]);

    writeFileSync(join(folder, 'file'), '');
    const bad = join(folder, 'file', 'disk');
    const refused = await explore('lifecycle/zone.yaml', '--storage', 'bitstate', '--disk', bad);

    expect(refused.error).toBe(
      `daxcheck: no file for old levels can be made in ${bad} (--disk): ` +
        'a part of the path is no directory; name another one\n',
    );
    expect(refused.status).toBe(153);
  });

  it.each([
    { words: ['--disk', 'a'], error: '--disk goes with another --storage than exact' },
    { words: ['--max-omission', '1'], error: '--max-omission goes with another --storage' },
    { words: ['--max-omission', '2'], error: 'Expected a probability from 0 to 1' },
    {
      words: ['--storage', 'bitstate', '--checkpoint', 'a'],
      error: 'checkpoints go with --storage exact, and not with bitstate',
    },
  ])('is not begun with $words', async ({ words, error }) => {
    const refused = await explore('lifecycle/zone.yaml', ...words);

    expect(refused.error).toContain(error);
    expect(refused.status).toBe(2);
  });
});

describe('a bound of a probability', () => {
  it.each([
    [2.71e-8, '3e-8'],
    [9.5e-8, '1e-7'],
    [1e-3, '1e-3'],
    [0.4, '4e-1'],
    [1, '1'],
  ])('of %s is written %s', (probability, text) => {
    expect(formatBound(probability)).toBe(text);
  });
});
