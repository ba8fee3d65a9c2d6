/** The library as a user has it: a folder with the package in node_modules and a program. */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIRST_MODEL } from '../../src/cli/init.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'daxcheck-test-'));

beforeAll(() => {
  for (const built of ['dist/index.mjs', 'dist/types/src/index.d.ts']) {
    if (!existsSync(join(ROOT, built))) throw new Error(`${built} is missing: npm run build`);
  }
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(ROOT, join(folder, 'node_modules', 'daxcheck'), 'dir');
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  writeFileSync(join(folder, 'model.yaml'), FIRST_MODEL);
});
afterAll(() => rmSync(folder, { recursive: true }));

const PROGRAM = `
import { explore, hashModelText, loadModel, parseItf, renderItf, replay, run } from 'daxcheck';
import type { Verdict } from 'daxcheck';

const loaded = loadModel('model.yaml');
if (!loaded.ok) throw new Error(loaded.diagnostics.map((fault) => fault.message).join('\\n'));
const verdict: Verdict = await explore(loaded.model, { workers: 2 });
const [trace] = verdict.violations;
if (trace === undefined) throw new Error('nothing was found');
const reading = parseItf(renderItf(trace, { modelHash: hashModelText(''), initial: 0 }), 'a trace');
if (!reading.ok) throw new Error('the trace is refused');
const { matches } = await replay(loaded.model, reading.header);
const records = run(loaded.model);
console.log(JSON.stringify({
  verdict: verdict.verdict,
  exitStatus: verdict.exitStatus,
  found: verdict.violations.map(({ finding }) => finding.property),
  matches,
  results: records.slice(1).map(({ result }) => result),
}));
`;

function start(command: string, words: readonly string[]) {
  const done = spawnSync(command, words, { cwd: folder, encoding: 'utf8' });
  return { status: done.status, out: done.stdout, error: done.stderr };
}

/** The program without its types, which Node 20 does not take. */
const withoutTypes = (text: string): string =>
  text.replace(/^import type.*$/m, '').replace('verdict: Verdict', 'verdict');

describe('the library', () => {
  it('loads, explores, runs, writes a trace, reads it and replays it', () => {
    writeFileSync(join(folder, 'program.mjs'), withoutTypes(PROGRAM));

    const { status, out, error } = start(process.execPath, ['program.mjs']);

    expect({ status, error }).toEqual({ status: 0, error: '' });
    expect(JSON.parse(out)).toEqual({
      verdict: 'findings',
      exitStatus: 14,
      found: ['recoverable'],
      matches: true,
      results: ['ok', 'ok', 'ok', 'ok'],
    });
  });

  it('runs its example away from the sources', () => {
    copyFileSync(join(ROOT, 'examples', 'library.mjs'), join(folder, 'example.mjs'));

    const { status, out, error } = start(process.execPath, ['example.mjs', 'model.yaml']);

    expect({ status, error }).toEqual({ status: 0, error: '' });
    expect(out).toMatch(/^v5\.1: \w+ \(\d+ states\), found: .+\nv6\.12: findings \(\d+ states\)/);
  });

  it('tells every fault of a model with its place', () => {
    writeFileSync(join(folder, 'bad.yaml'), 'format: 1\ntitl: x\nkernel: v5.1\n');

    const { status, error } = start(process.execPath, [
      join(ROOT, 'examples', 'library.mjs'),
      'bad.yaml',
    ]);

    expect(status).toBe(150);
    expect(error).toContain('bad.yaml:2:1');
  });

  it('has types that a strict program compiles against', () => {
    writeFileSync(join(folder, 'program.mts'), PROGRAM);
    const compiler = join(ROOT, 'node_modules', '.bin', 'tsc');
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023'];
    const types = ['--types', 'node', '--typeRoots', join(ROOT, 'node_modules', '@types')];

    const { status, out } = start(compiler, [...options, ...types, 'program.mts']);

    expect({ status, out }).toEqual({ status: 0, out: '' });
  });
});
