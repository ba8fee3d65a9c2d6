/** What the documents point at is there: links, models, and files of the sources. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

function markdownBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory())
      return folder === '' && entry.name !== 'docs' ? [] : markdownBelow(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

const documents = markdownBelow('').map((path) => ({
  path,
  text: readFileSync(join(ROOT, path), 'utf8'),
}));

const links = documents.flatMap(({ path, text }) =>
  [...text.matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)].map(([, target]) => ({
    path,
    target: target ?? '',
  })),
);

/** Files named in backticks by their path from the root. */
const named = documents.flatMap(({ path, text }) =>
  [
    ...text.matchAll(
      /`((?:models|src|assembly|test|bench|docs|scripts|schema|examples)\/[\w./-]+\.\w+)`/g,
    ),
  ].map(([, target]) => ({ path, target: target ?? '' })),
);

describe('the documents', () => {
  it.each(links)('link from $path to $target, which is there', ({ path, target }) => {
    expect(existsSync(join(ROOT, dirname(path), target))).toBe(true);
  });

  it.each(named)('name in $path the file $target, which is there', ({ target }) => {
    expect(existsSync(join(ROOT, target))).toBe(true);
  });

  it('link and name enough for this to mean something', () => {
    expect(links.length).toBeGreaterThan(20);
    expect(named.length).toBeGreaterThan(20);
  });
});
