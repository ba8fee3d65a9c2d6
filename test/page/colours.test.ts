/** The colours of the page and those of pictures that stand alone are the same. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COLOURS } from '../../src/report/svg.js';

const file = new URL('../../src/page/styles/colours.css', import.meta.url);
const found = [
  ...readFileSync(file, 'utf8').matchAll(/--([\w-]+): light-dark\((#\w+), (#\w+)\);/g),
].map(([, name = '', light, dark]) => [name, [light, dark]] as const);
const page = new Map(found);

describe('a colour', () => {
  it.each(Object.entries(COLOURS))("%s of a picture is the page's", (name, colours) => {
    expect(page.get(name)).toEqual(colours);
  });

  it('has one value for light and one for dark', () => {
    expect(page.size).toBe(found.length);
    expect(found.length).toBeGreaterThan(Object.keys(COLOURS).length);
  });
});
