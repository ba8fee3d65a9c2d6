/**
 * Which models changed since a commit: those whose file, or a file that they name, git calls
 * changed or new.
 */
import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type ReadFile, readTextFile } from '../model/files.js';
import { parseModel } from '../model/load.js';

export type ChangedFiles =
  | { readonly ok: true; readonly files: ReadonlySet<string> }
  | { readonly ok: false; readonly why: string };

const GIT_OUTPUT_MAX = 64 * 1024 * 1024;

function git(directory: string, words: readonly string[]): { out: string } | { why: string } {
  const done = spawnSync('git', ['-C', directory, ...words], {
    encoding: 'utf8',
    maxBuffer: GIT_OUTPUT_MAX,
  });
  if (done.error !== undefined) return { why: `git cannot be started: ${done.error.message}` };
  if (done.status === 0) return { out: done.stdout };
  const said = done.stderr.trim().split('\n')[0] ?? '';
  return { why: said === '' ? `git ${words[0]} ended with ${done.status}` : said };
}

/**
 * Asks git for the files that differ from where the work branched off `ref`, and those it does not
 * know, in the repository of a directory; absolute paths.
 */
export function changedFiles(directory: string, ref: string): ChangedFiles {
  const answers = [
    git(directory, ['rev-parse', '--show-toplevel']),
    // A tag or branch of that name, and nothing that git takes for an option.
    git(directory, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]),
  ];
  const [top, commit] = answers;
  if (top === undefined || 'why' in top) return { ok: false, why: top?.why ?? 'git says nothing' };
  if (commit === undefined || 'why' in commit) {
    return { ok: false, why: `git knows no commit ${ref}; fetch it, or name another` };
  }
  const root = top.out.trimEnd();
  const lists = [
    git(root, ['diff', '--name-only', '-z', '--no-renames', '--merge-base', commit.out.trim()]),
    git(root, ['ls-files', '--others', '--exclude-standard', '-z']),
  ];
  const files = new Set<string>();
  for (const list of lists) {
    if ('why' in list) return { ok: false, why: list.why };
    for (const name of list.out.split('\0')) if (name !== '') files.add(join(root, name));
  }
  return { ok: true, files };
}

/** The path that git would name: absolute, and without symbolic links. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

/** Lists the files that a model is made of, itself first; absolute paths. */
export function filesOf(path: string): string[] {
  const files = new Set([realPath(path)]);
  const own = readTextFile(path, { file: path, line: 1, column: 1 });
  if (!own.ok) return [...files];
  const recording: ReadFile = (name, place) => {
    files.add(realPath(name));
    return readTextFile(name, place);
  };
  parseModel(own.text, path, recording);
  return [...files];
}
