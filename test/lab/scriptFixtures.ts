/** Scripts of traces for tests: models explored, written, and run by the shells that there are. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { explore } from '../../src/explore.js';
import { scriptOf } from '../../src/lab/script/script.js';
import { loadModel } from '../../src/loadModel.js';
import type { Model } from '../../src/model/model.js';
import type { Trace } from '../../src/verdict/trace.js';

/** Loads a model; its path is relative to the project, and stands so in the script. */
export function modelAt(file: string): Model {
  const loaded = loadModel(file);
  if (loaded.ok) return loaded.model;
  throw new Error(loaded.diagnostics.map(({ message }) => message).join('\n'));
}

export interface Written {
  readonly script: string;
  readonly process: string | null;
  /** The script without the functions that are the same in every one. */
  readonly own: string;
}

/** Where the functions begin in every script. */
const FUNCTIONS = '# ---- What a step did';

/** Writes the script of a trace. */
export function writtenOf(model: Model, trace: Trace, name = 'trace'): Written {
  const header = { ...trace, initial: 0, ordinals: trace.steps.map(({ ordinal }) => ordinal) };
  const answer = scriptOf(model, header, name);
  if (!answer.ok) throw new Error(`no step ${answer.missingStep}`);
  const own = answer.script.slice(0, answer.script.indexOf(FUNCTIONS));
  return { script: answer.script, process: answer.process, own: `${own.trimEnd()}\n` };
}

/** Explores a model and writes the scripts of its violations. */
export async function scriptsOf(model: Model): Promise<readonly Written[]> {
  const { violations } = await explore(model);
  return violations.map((trace) => writtenOf(model, trace));
}

/** The first of them. */
export async function scriptFor(model: Model): Promise<Written> {
  const [first] = await scriptsOf(model);
  if (first === undefined) throw new Error(`${model.file}: no violation`);
  return first;
}

const isThere = (program: string): boolean =>
  spawnSync(program, ['--help'], { stdio: 'ignore' }).error === undefined;

/** Shells that scripts must run in, as command lines: `sh`, and which of the others are there. */
export const SHELLS: readonly (readonly [shell: readonly string[]])[] = [
  ['sh'],
  ['dash'],
  ['bash'],
  ['busybox', 'ash'],
]
  .filter(([program = '']) => isThere(program))
  .map((shell) => [shell]);

/** What would read the scripts too, and is not there. */
export const MISSING_SHELLS = ['dash', 'bash', 'busybox', 'shellcheck'].filter(
  (program) => !isThere(program),
);

export interface Ran {
  readonly status: number | null;
  readonly out: string;
}

/** Runs a script that is written to a file of its own; `check` only reads it. */
export function runShell(
  shell: readonly string[],
  text: string,
  { words = [], check = false }: { words?: readonly string[]; check?: boolean } = {},
): Ran {
  const directory = mkdtempSync(join(tmpdir(), 'daxcheck-script-'));
  const file = join(directory, 'trace.sh');
  writeFileSync(file, text);
  const [program = 'sh', ...first] = shell;
  const all = [...first, ...(check ? ['-n'] : []), file, ...words];
  const { status, stdout, stderr } = spawnSync(program, all, { encoding: 'utf8' });
  rmSync(directory, { recursive: true });
  return { status, out: `${stdout}${stderr}`.replaceAll(file, 'trace.sh') };
}

/** The functions that are the same in every script. */
export const FUNCTIONS_TEXT = readFileSync('lab/script.sh', 'utf8');
