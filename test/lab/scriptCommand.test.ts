/** `daxcheck show --script`: what it writes, and where. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/program.js';
import { collect } from '../cli/terminal.js';

let directory = '';
const at = (name: string): string => join(directory, name);

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'daxcheck-script-'));
  const models = ['models/bugs/kmem-small-range-leak.yaml', 'models/bugs/pinned-page-freed.yaml'];
  await runCommandLine(['explore', '--quiet', '--trace-dir', directory, ...models], collect());
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

const LEAK = 'kmem-small-range-leak.no-leak.itf.json';
const PINNED = 'pinned-page-freed.no-crash.itf.json';

async function show(...words: readonly string[]) {
  const terminal = collect();
  const status = await runCommandLine(['show', ...words], terminal);
  return { status, out: terminal.out(), error: terminal.error() };
}

describe('show --script', () => {
  it('writes a file that can be run, and says nothing', async () => {
    const shown = await show(at(LEAK), '--script', at('leak.sh'));

    expect(shown).toEqual({ status: 0, out: '', error: '' });
    expect(statSync(at('leak.sh')).mode & 0o777).toBe(0o755);
    expect(readFileSync(at('leak.sh'), 'utf8')).toMatch(/^#!\/bin\/sh\n/);
    expect(readdirSync(directory)).not.toContain('leak.c');
  });

  it('writes the same to stdout', async () => {
    const { status, out, error } = await show(at(LEAK), '--script', '-');

    expect({ status, error }).toEqual({ status: 0, error: '' });
    expect(out).toBe(readFileSync(at('leak.sh'), 'utf8'));
  });

  it('writes the program of a process beside it, and says how it is built', async () => {
    const { status, error } = await show(at(PINNED), '--script', at('pinned.sh'));

    expect(status).toBe(0);
    const program = at('pinned');
    expect(error).toBe(`daxcheck: build its program: cc -O2 -Wall -o ${program} ${program}.c\n`);
    expect(readFileSync(at('pinned.c'), 'utf8')).toContain(
      'Build: cc -O2 -Wall -o pinned pinned.c',
    );
    expect(readFileSync(at('pinned.sh'), 'utf8')).toContain('PROCESS=$(dirname "$0")/pinned\n');
  });

  it('refuses a trace whose model is gone', async () => {
    const text = readFileSync(at(LEAK), 'utf8').replaceAll('kmem-small-range-leak', 'nowhere');
    writeFileSync(at('lost.itf.json'), text);

    const { status, error } = await show(at('lost.itf.json'), '--script', '-');

    expect(status).toBe(150);
    expect(error).toMatch(/DAX001: .*nowhere/);
  });
});
