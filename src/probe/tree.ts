/**
 * A kernel's source tree as probes see it: files without comments, functions, and the release that
 * its Makefile names. Files are read when they are asked for, and once.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { functionText, withoutComments } from './cSource.js';

export interface SourceTree {
  /** Whether a file or folder is there. */
  readonly has: (path: string) => boolean;
  /** A file's text without comments; null when it is not there. */
  readonly text: (path: string) => string | null;
  /** All definitions of a function in the first of the files that has one; null without any. */
  readonly body: (paths: readonly string[], name: string) => string | null;
}

/** Larger files are not read: the largest of those that are probed has a tenth of it. */
const FILE_BYTES_MAX = 4 << 20;

function readText(path: string): string | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile() || stat.size > FILE_BYTES_MAX) return null;
  return readFileSync(path, 'utf8');
}

/** Opens a tree; `read` gives a file's text as it is written, `has` tells whether it is there. */
export function treeOf(
  read: (path: string) => string | null,
  has: (path: string) => boolean,
): SourceTree {
  const texts = new Map<string, string | null>();
  const text = (path: string): string | null => {
    const known = texts.get(path);
    if (known !== undefined) return known;
    const raw = read(path);
    const stripped = raw === null ? null : withoutComments(raw);
    texts.set(path, stripped);
    return stripped;
  };
  const body = (paths: readonly string[], name: string): string | null => {
    for (const path of paths) {
      const file = text(path);
      const found = file === null ? null : functionText(file, name);
      if (found !== null) return found;
    }
    return null;
  };
  return { has, text, body };
}

/** Opens the tree in a folder. */
export function openTree(folder: string): SourceTree {
  return treeOf(
    (path) => readText(join(folder, path)),
    (path) => existsSync(join(folder, path)),
  );
}

/** Files without which a folder is no kernel tree that can be probed. */
const NEEDED: readonly string[] = ['drivers/dax', 'mm/memory_hotplug.c', 'kernel/resource.c'];

/** What a tree must have and has not. */
export function missingOf(tree: SourceTree): readonly string[] {
  return NEEDED.filter((path) => !tree.has(path));
}

/** The release that a tree's Makefile names, such as 'v6.1.192'; null when it names none. */
export function releaseOfTree(tree: SourceTree): string | null {
  const makefile = tree.text('Makefile') ?? '';
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}\\s*=\\s*(\\d+)\\s*$`, 'm').exec(makefile)?.[1];
  const [major, minor, point] = [field('VERSION'), field('PATCHLEVEL'), field('SUBLEVEL')];
  if (major === undefined || minor === undefined) return null;
  const series = `v${major}.${minor}`;
  return point === undefined || point === '0' ? series : `${series}.${point}`;
}
