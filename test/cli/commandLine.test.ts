/** The command line as words: help, wrong words, and the commands that need no engine. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FIRST_MODEL } from '../../src/cli/init.js';
import { runCommandLine } from '../../src/cli/program.js';
import { loadModel } from '../../src/loadModel.js';
import { PAGE_WIDTH } from '../../src/report/layout.js';
import { collect } from './terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'daxcheck-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const COMMANDS = [
  ...['explore', 'run', 'replay', 'show', 'gate', 'kernels', 'init', 'diff', 'bisect'],
  ...['lab up', 'lab replay', 'lab conform'],
];

describe('help', () => {
  it.each(COMMANDS)('of %s has an example and --json, and ends with 0', async (command) => {
    const terminal = collect();
    expect(await runCommandLine([...command.split(' '), '--help'], terminal)).toBe(0);
    expect(terminal.out()).toContain(`Example:\n  daxcheck ${command}`);
    expect(terminal.out()).toContain('--json');
    expect(terminal.error()).toBe('');
  });

  it('lists every command and every exit status', async () => {
    const terminal = collect();
    expect(await runCommandLine(['--help'], terminal)).toBe(0);
    for (const command of COMMANDS)
      expect(terminal.out()).toMatch(new RegExp(`^  ${command.split(' ')[0]} `, 'm'));
    expect(terminal.out()).toContain('153 system error');
  });

  it('stays within 100 columns', async () => {
    for (const command of COMMANDS) {
      const terminal = collect();
      await runCommandLine([...command.split(' '), '--help'], terminal);
      const lengths = terminal
        .out()
        .split('\n')
        .map((line) => line.length);
      expect(Math.max(...lengths)).toBeLessThanOrEqual(100);
    }
  });
});

describe('the version', () => {
  it('is the one of package.json', async () => {
    const terminal = collect();
    expect(await runCommandLine(['--version'], terminal)).toBe(0);
    const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    expect(terminal.out()).toBe(`${JSON.parse(text).version}\n`);
  });
});

describe('a wrong command line', () => {
  it.each([
    [],
    ['exlpore', 'x.yaml'],
    ['explore'],
    ['explore', '--unknown', 'x.yaml'],
    ['explore', '--workers', '0', 'x.yaml'],
    ['explore', '--workers'],
    ['explore', '--granularity', 'line', 'x.yaml'],
    ['explore', '--kernel', 'v9.9', 'x.yaml'],
    ['explore', '--without', 'nothing', 'x.yaml'],
    ['explore', '--memory', 'much', 'x.yaml'],
    ['run', 'a.yaml', 'b.yaml'],
    ['kernels', 'extra'],
  ])('ends with 2 and a text on stderr alone: %j %j %j', async (...words) => {
    const terminal = collect();
    const given = words.filter((word) => typeof word === 'string');
    expect(await runCommandLine(given, terminal)).toBe(2);
    expect(terminal.out()).toBe('');
    expect(terminal.error()).not.toBe('');
    expect(terminal.error()).not.toMatch(/\n\s+at /);
  });

  it.each([
    [['--lkml', '--sarif', 'x'], '--lkml and --sarif are two forms: ask for one at a time'],
    [['--html', 'x', '--explain'], '--explain and --html are two forms: ask for one at a time'],
    [['--lkml', '--to', 'tlc'], '--to and --lkml are two forms: ask for one at a time'],
    [['--lab', 'run.json'], '--lab goes with --lkml'],
    [['--lkml', '--json'], '--lkml writes text, and goes without --json'],
    [['--explain', '--json'], '--explain writes text, and goes without --json'],
  ])('refuses forms of a trace that do not fit together: %j', async (words, text) => {
    const terminal = collect();

    expect(await runCommandLine(['show', 'trace.itf.json', ...words], terminal)).toBe(2);
    expect(terminal.error()).toBe(`daxcheck: ${text}\n`);
  });

  it('refuses explanations as JSON', async () => {
    const terminal = collect();

    expect(await runCommandLine(['explore', '--explain', '--json', 'x.yaml'], terminal)).toBe(2);
    expect(terminal.error()).toBe('daxcheck: --explain writes text, and goes without --json\n');
  });

  it('suggests the command that was meant', async () => {
    const terminal = collect();
    await runCommandLine(['explor', 'x.yaml'], terminal);
    expect(terminal.error()).toContain('explore');
  });
});

describe('init', () => {
  it('writes a model that is accepted', async () => {
    const path = join(folder, 'first.yaml');
    expect(await runCommandLine(['init', path], collect())).toBe(0);
    const parsed = loadModel(path);
    expect(parsed.ok ? [] : parsed.diagnostics).toEqual([]);
  });

  it('leaves an existing file as it is', async () => {
    const path = join(folder, 'mine.yaml');
    writeFileSync(path, 'mine\n');
    const terminal = collect();
    expect(await runCommandLine(['init', path], terminal)).toBe(2);
    expect(readFileSync(path, 'utf8')).toBe('mine\n');
    expect(terminal.error()).toContain('is there already');
  });

  it('ends with 153 where it cannot write', async () => {
    const terminal = collect();
    const path = join(folder, 'no', 'such', 'folder.yaml');
    expect(await runCommandLine(['init', path], terminal)).toBe(153);
    expect(terminal.error()).toMatch(/^daxcheck: ENOENT/);
  });

  it('explains every part of the model by a comment', () => {
    expect(FIRST_MODEL.split('\n').filter((line) => line.includes('#')).length).toBeGreaterThan(10);
  });
});

describe('kernels', () => {
  it('lists each release and each commit, also those without behaviour', async () => {
    const terminal = collect();
    expect(await runCommandLine(['kernels'], terminal)).toBe(0);
    expect(terminal.out()).toMatch(/v5\.1\s+\d+ features/);
    expect(terminal.out()).toContain('walk-ram-children');
    expect(terminal.out()).toContain('no behaviour');
  });

  it.each([['kernels'], ['kernels', 'v6.1'], ['kernels', 'v5.0']])(
    'stays within the columns of a report: %s %s',
    async (...words) => {
      const terminal = collect();
      expect(await runCommandLine(words, terminal)).toBe(0);
      const tooLong = terminal
        .out()
        .split('\n')
        .filter((line) => line.length > PAGE_WIDTH);
      expect(tooLong).toEqual([]);
    },
  );

  it('gives the same as one JSON object', async () => {
    const terminal = collect();
    expect(await runCommandLine(['kernels', '--json'], terminal)).toBe(0);
    const { releases, features } = JSON.parse(terminal.out());
    expect(releases.map((release: { name: string }) => release.name)).toContain('v5.0');
    expect(features[0]).toHaveProperty('commit');
    expect(features[0]).not.toHaveProperty('bit');
  });
});
