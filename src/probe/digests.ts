/**
 * The functions that the model follows, by their digests in the trees that it was written from:
 * tells which functions of another tree are none of those.
 *
 * digests.json holds names and digests alone. Its functions are those that the comments `Source:`
 * of assembly/kernel/ name; test/kernels/trees.test.ts writes it.
 */

import { digestOf } from './cSource.js';
import recorded from './digests.json' with { type: 'json' };
import type { SourceTree } from './tree.js';

/** Digests of a function, each with the trees in which it was that one. */
export type Digests = Readonly<Record<string, readonly string[]>>;

/** What digests.json holds: functions as 'FILE NAME', in order of their names. */
export type DigestTable = Readonly<Record<string, Digests>>;

/** Where files were before or are now. */
const MOVED: readonly (readonly [string, string])[] = [
  ['kernel/memremap.c', 'mm/memremap.c'],
  ['drivers/dax/pmem/core.c', 'drivers/dax/pmem.c'],
  ['drivers/dax/hmem.c', 'drivers/dax/hmem/hmem.c'],
  ['kernel/module.c', 'kernel/module/main.c'],
];

/** A file and the places where its functions were or are. */
export function placesOf(path: string): readonly string[] {
  return [path, ...MOVED.flatMap(([a, b]) => (a === path ? [b] : b === path ? [a] : []))];
}

/** The digest of a function in a tree; null when it is not there. */
export function digestIn(tree: SourceTree, path: string, name: string): string | null {
  const body = tree.body(placesOf(path), name);
  return body === null ? null : digestOf(body);
}

export interface FunctionCheck {
  /** 'drivers/dax/kmem.c dev_dax_kmem_probe'. */
  readonly name: string;
  /** Trees in which it was just this; empty where it differs from all of them. */
  readonly sameAs: readonly string[];
}

export interface FunctionChecks {
  readonly known: readonly FunctionCheck[];
  /** There, and other than in every tree that the model was written from. */
  readonly unknown: readonly string[];
  /** Not there: another release's. */
  readonly missing: readonly string[];
}

/** Compares each function that the model follows with the trees that it was written from. */
export function checkFunctions(tree: SourceTree, table: DigestTable = recorded): FunctionChecks {
  const known: FunctionCheck[] = [];
  const unknown: string[] = [];
  const missing: string[] = [];
  for (const [name, digests] of Object.entries(table)) {
    const [path = '', id = ''] = name.split(' ');
    const digest = digestIn(tree, path, id);
    const sameAs = digest === null ? [] : (digests[digest] ?? []);
    if (digest === null) missing.push(name);
    else if (sameAs.length === 0) unknown.push(name);
    else known.push({ name, sameAs });
  }
  return { known, unknown, missing };
}
