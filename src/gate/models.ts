/** Which models a gate is about: the files below a directory, and those that a pattern names. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A table about the models beside it, and no model. */
const TABLE = 'corpus.yaml';

/**
 * Lists the model files below a directory, in a fixed order: every YAML file but tables named
 * corpus.yaml; a path that is a file is that model alone. Throws the system's error when it cannot
 * be read.
 */
export function modelFiles(path: string): string[] {
  return statSync(path).isDirectory() ? filesBelow(path) : [path];
}

function filesBelow(directory: string): string[] {
  const entries = readdirSync(directory, { withFileTypes: true });
  entries.sort((left, right) => (left.name < right.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return /\.ya?ml$/.test(entry.name) && entry.name !== TABLE ? [path] : [];
  });
}

/**
 * Makes a test for paths out of a pattern: `*` is any text, `?` any character; one without either
 * is looked for anywhere in the path.
 */
export function matcherOf(pattern: string): (path: string) => boolean {
  if (!/[*?]/.test(pattern)) return (path) => path.includes(pattern);
  const source = [...pattern].map((character) => {
    if (character === '*') return '.*';
    return character === '?' ? '.' : character.replace(/[\\^$.|+()[\]{}]/, '\\$&');
  });
  const expression = new RegExp(`^${source.join('')}$`, 'su');
  return (path) => expression.test(path);
}
