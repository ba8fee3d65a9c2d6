/** Texts of several lines on one. */
import { describe, expect, it } from 'vitest';
import { joinLines } from '../../src/model/lines.js';

describe('lines that are joined', () => {
  it.each([
    ['a', 'a'],
    ['  a \n\n\t b\r\nc  d\n', 'a; b; c  d'],
    ['\n \n', ''],
  ])('of %j are %j', (text, joined) => {
    expect(joinLines(text, '; ')).toBe(joined);
  });

  it('are joined in one go, however many blanks are in a line', () => {
    const blanks = ' '.repeat(1_000_000);
    expect(joinLines(`a${blanks}b${blanks}\nc`, '; ')).toBe(`a${blanks}b; c`);
  });
});
