/**
 * Real kernel trees, where this machine has some: folders named after their release below the one
 * that DAXCHECK_KERNEL_TREES names, and Debian's source packages.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compareReleases, isRelease } from '../../src/kernel/releases.js';
import { type DigestTable, digestIn } from '../../src/probe/digests.js';
import { openTree, releaseOfTree, type SourceTree } from '../../src/probe/tree.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface NamedTree {
  readonly release: string;
  readonly tree: SourceTree;
}

/** Parts of a source package that probes look at. */
const PARTS = ['Makefile', 'drivers/dax', 'drivers/base', 'drivers/cxl', 'drivers/nvdimm']
  .concat(['drivers/acpi/numa', 'kernel/resource.c', 'kernel/module', 'mm/memory_hotplug.c'])
  .concat(['mm/memremap.c', 'mm/sparse.c', 'include/linux', 'fs/kernfs']);

/** Unpacks what probes look at of Debian's linux-source-*.tar.xz. */
function unpacked(archive: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'daxcheck-tree-'));
  process.once('exit', () => rmSync(folder, { recursive: true }));
  const members = PARTS.map((part) => `*/${part}`);
  const options = ['-xJf', archive, '-C', folder, '--strip-components=1', '--wildcards'];
  spawnSync('tar', [...options, ...members], { stdio: 'ignore' });
  return folder;
}

function debianTrees(): NamedTree[] {
  const folder = '/usr/src';
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^linux-source-[\d.]+\.tar\.xz$/.test(name))
    .map((name) => openTree(unpacked(join(folder, name))))
    .map((tree) => ({ release: releaseOfTree(tree) ?? '', tree }));
}

function givenTrees(): NamedTree[] {
  const folder = process.env.DAXCHECK_KERNEL_TREES;
  if (folder === undefined) return [];
  return readdirSync(folder)
    .filter(isRelease)
    .map((release) => ({ release, tree: openTree(join(folder, release)) }));
}

/** Every real tree that this machine has, oldest first. */
export function realTrees(): readonly NamedTree[] {
  return [...givenTrees(), ...debianTrees()]
    .filter(({ release }) => isRelease(release))
    .sort((left, right) => compareReleases(left.release, right.release));
}

const SOURCE = /Source:[\s\S]*?(?=\*\/|\n\s*\*\s*\n)/g;
const CITED = /([\w/-]+\.c)\b|\b(\w+)\(\)/g;

/** The kernel functions that the comments `Source:` of a file name, as 'FILE NAME'. */
export function citedIn(text: string): string[] {
  const cited: string[] = [];
  for (const [comment] of text.matchAll(SOURCE)) {
    let path: string | null = null;
    for (const [, file, name] of comment.matchAll(CITED)) {
      if (file !== undefined) path = file;
      else if (path !== null) cited.push(`${path} ${name}`);
    }
  }
  return cited;
}

/** The kernel functions that the model follows, in order. */
export function modelledFunctions(): readonly string[] {
  const folder = join(ROOT, 'assembly', 'kernel');
  const names = readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => citedIn(readFileSync(join(folder, name), 'utf8')));
  return [...new Set(names)].sort();
}

/** Digests of these functions in these trees; a function that no tree has is left out. */
export function digestTable(names: readonly string[], trees: readonly NamedTree[]): DigestTable {
  const rows = names.map((name): [string, Record<string, string[]>] => {
    const [path = '', id = ''] = name.split(' ');
    const digests: Record<string, string[]> = {};
    for (const { release, tree } of trees) {
      const digest = digestIn(tree, path, id);
      if (digest !== null) digests[digest] = [...(digests[digest] ?? []), release];
    }
    return [name, digests];
  });
  return Object.fromEntries(rows.filter(([, digests]) => Object.keys(digests).length > 0));
}
