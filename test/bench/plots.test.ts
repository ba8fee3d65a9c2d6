/** The pictures of docs/benchmarks.md: those of the results that are recorded. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { plots, resultsSchema } from '../../bench/plots.js';

const read = (path: string): string =>
  readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('the pictures of the bench', () => {
  const found = plots(resultsSchema.parse(JSON.parse(read('bench/results.json'))));

  it.each(Object.keys(found))('%s is drawn from the results (node bench/plots.mjs)', (name) => {
    expect(read(`docs/pictures/${name}`)).toBe(`${found[name]}\n`);
  });

  it('are shown, and have their colours with them', () => {
    const document = read('docs/benchmarks.md');
    for (const [name, svg] of Object.entries(found)) {
      expect(document).toContain(`](pictures/${name})`);
      expect(svg).toContain('prefers-color-scheme:dark');
    }
  });
});
