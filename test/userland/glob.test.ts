/** Shell patterns against regular expressions, on every short pattern and text. */
import { describe, expect, it } from 'vitest';
import { globMatches, parseGlob } from '../../src/userland/glob.ts';

function words(alphabet: readonly string[], lengthMax: number): string[] {
  let last = [''];
  const all = [''];
  for (let length = 1; length <= lengthMax; length++) {
    last = last.flatMap((word) => alphabet.map((letter) => word + letter));
    all.push(...last);
  }
  return all;
}

describe('a pattern', () => {
  it('matches what the regular expression for it matches', () => {
    const texts = words(['a', 'b'], 4);
    const wrong: string[] = [];

    for (const pattern of words(['a', 'b', '*', '?', '[ab]', '[!a]'], 4)) {
      const source = pattern.replace(/\*|\?|\[!/g, (part) => REGEXP.get(part) ?? part);
      const expression = new RegExp(`^${source}$`);
      const tokens = parseGlob(pattern);
      wrong.push(...texts.filter((text) => globMatches(tokens, text) !== expression.test(text)));
    }

    expect(wrong).toEqual([]);
  });

  it.each([
    ['memory[0-9]*', 'memory32', true],
    ['memory[!0-9]*', 'memory32', false],
    ['a[', 'a[', true],
    ['[]]', ']', true],
    ['', '', true],
  ])('%s on %s gives %s', (pattern, text, expected) => {
    expect(globMatches(parseGlob(pattern), text)).toBe(expected);
  });
});

const REGEXP: ReadonlyMap<string, string> = new Map([
  ['*', '.*'],
  ['?', '.'],
  ['[!', '[^'],
]);
