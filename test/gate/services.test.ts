/**
 * The action for GitHub and the job for GitLab, as far as a machine without either can run them:
 * their YAML is read, and their commands are executed with what those services put into the
 * environment.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { EXIT } from '../../src/errors.ts';
import { BUG, folderOf, modelText, ROOT } from './support.ts';

interface Step {
  readonly name?: string;
  readonly id?: string;
  readonly uses?: string;
  readonly shell?: string;
  readonly run?: string;
  readonly env?: { readonly [name: string]: string };
  readonly with?: { readonly [name: string]: string };
}

interface Action {
  readonly inputs: { readonly [name: string]: { readonly default: string } };
  readonly outputs: { readonly [name: string]: { readonly value: string } };
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

const action: Action = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8'));

/** The YAML blocks of docs/ci.md, in order. */
const [githubExample = '', gitlabExample = ''] = [
  ...readFileSync(join(ROOT, 'docs', 'ci.md'), 'utf8').matchAll(/```yaml\n(.*?)```/gs),
].map((match) => match[1]);

function shell(script: string, cwd: string, env: { readonly [name: string]: string }) {
  const options = { cwd, encoding: 'utf8', env: { ...process.env, ...env } } as const;
  // As GitHub starts `shell: bash`.
  const words = ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script];
  const { status, stdout, stderr } = spawnSync('bash', words, options);
  return { status, out: stdout, error: stderr };
}

/** Runs a step of the action in a folder, with some inputs and what GitHub sets. */
function runGate(folder: string, wishes: { readonly [input: string]: string } = {}) {
  const step = action.runs.steps.find(({ id }) => id === 'gate');
  const inputs = Object.entries(step?.env ?? {}).map(([name, expression]) => {
    const input = /^\$\{\{ inputs\.(\w+) \}\}$/.exec(expression)?.[1] ?? '';
    return [name, wishes[input] ?? action.inputs[input]?.default ?? ''] as const;
  });
  // GitHub makes both files before a step begins.
  for (const name of ['output', 'summary.md']) writeFileSync(join(folder, name), '');
  const done = shell(step?.run ?? 'exit 99', folder, {
    ...Object.fromEntries(inputs),
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTION_PATH: ROOT,
    GITHUB_OUTPUT: join(folder, 'output'),
    GITHUB_STEP_SUMMARY: join(folder, 'summary.md'),
  });
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  return { ...done, output: read('output'), summary: read('summary.md') };
}

describe('action.yml', () => {
  it('is a composite action, each of whose steps names its shell', () => {
    expect(action.runs.using).toBe('composite');
    expect(action.runs.steps.map(({ shell: name }) => name)).toEqual(['bash', 'bash']);
  });

  it('puts no input into the text of a script', () => {
    expect(action.runs.steps.filter(({ run }) => run?.includes('${{'))).toEqual([]);
  });

  it('gives outputs that a step of it has', () => {
    const ids = action.runs.steps.map(({ id }) => id);
    for (const { value } of Object.values(action.outputs)) {
      expect(ids).toContain(/^\$\{\{ steps\.(\w+)\.outputs\.\w+ \}\}$/.exec(value)?.[1]);
    }
  });

  it('builds with the program that npm start begins with', () => {
    const [build] = action.runs.steps;
    const script = /\$GITHUB_ACTION_PATH\/(\S+)"/.exec(build?.run ?? '')?.[1] ?? '';

    expect(existsSync(join(ROOT, script))).toBe(true);
  });

  it('passes where every model is as declared, and writes its reports', () => {
    const folder = folderOf({ 'models/a.yaml': modelText() });
    const { status, output, summary } = runGate(folder);

    expect(status).toBe(EXIT.holds);
    expect(output).toBe('status=0\njunit=daxcheck-gate.xml\nsarif=daxcheck-gate.sarif\n');
    expect(summary).toContain('daxcheck gate: passed');
    expect(existsSync(join(folder, 'daxcheck-gate.sarif'))).toBe(true);
  });

  it('fails with the status of the gate, and annotates the line', () => {
    const bad = modelText({ kernel: BUG, expect: 'expect: { holds: true }' });
    const folder = folderOf({ 'my models/a.yaml': bad });
    const { status, out, output } = runGate(folder, {
      path: 'my models',
      sarif: '',
      arguments: '--jobs=1\n--fail-fast',
    });

    expect(status).toBe(EXIT.invariantViolated);
    expect(output).toContain('status=12\n');
    expect(out).toContain('::error file=my models/a.yaml,line=14,col=5,');
    expect(existsSync(join(folder, 'daxcheck-gate.sarif'))).toBe(false);
  });

  it('takes no input for a command', () => {
    const folder = folderOf({ 'models/a.yaml': modelText() });
    const { status } = runGate(folder, { path: 'models"; touch owned; echo "' });

    expect(status).toBe(EXIT.systemError);
    expect(existsSync(join(folder, 'owned'))).toBe(false);
  });
});

describe('the example for GitHub in docs/ci.md', () => {
  const { jobs } = parse(githubExample);
  const steps: readonly Step[] = jobs.models.steps;

  it('gives the action inputs that it has', () => {
    const use = steps.find(({ uses }) => uses?.includes('daxcheck') === true);

    expect(Object.keys(action.inputs)).toEqual(
      expect.arrayContaining(Object.keys(use?.with ?? { none: '' })),
    );
  });

  it('uploads the file that the action writes by default', () => {
    const upload = steps.find(({ uses }) => uses?.includes('upload-sarif') === true);

    expect(upload?.with).toEqual({ sarif_file: action.inputs.sarif?.default });
  });
});

describe('the job for GitLab in docs/ci.md', () => {
  const { models } = parse(gitlabExample);

  it('writes the files that it keeps', () => {
    const folder = folderOf({ 'models/a.yaml': modelText(), 'bin/npx': '' });
    const npx = join(folder, 'bin', 'npx');
    const cli = join(ROOT, 'dist', 'cli.js');
    writeFileSync(npx, `#!/bin/sh\nshift\nexec "${process.execPath}" "${cli}" "$@"\n`);
    chmodSync(npx, 0o755);
    const path = `${join(folder, 'bin')}${delimiter}${process.env.PATH}`;
    const { status, error } = shell(models.script.join('\n'), folder, { PATH: path });

    expect(error).toBe('');
    expect(status).toBe(EXIT.holds);
    expect(models.artifacts.paths).toContain(models.artifacts.reports.junit);
    for (const file of models.artifacts.paths) expect(existsSync(join(folder, file))).toBe(true);
  });
});
