/** What an explorer writes down is read again as it was: ways in addresses, values of any kind. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromPlainText, toPlainText } from '../../src/explorer/plainText.js';
import { formatWay, parseWay, type Way } from '../../src/explorer/way.js';

const ways = fc.record({
  initial: fc.nat({ max: 999_999_999 }),
  ordinals: fc.array(fc.nat({ max: 999_999_999 })),
});

describe('a way', () => {
  it('is the same after it was an address', () => {
    const check = (way: Way): void => {
      expect(parseWay(formatWay(way))).toEqual(way);
    };
    fc.assert(fc.property(ways, check));
  });

  it.each(['', '0', '0:1.', '0:.1', '-1:0', '0:1..2', 'x:1', '0:1 ', '1e3:0', '0:9999999999'])(
    'is not %j',
    (text) => {
      expect(parseWay(text)).toBe(null);
    },
  );

  it('has no more steps than a page can take', () => {
    expect(parseWay(`0:${Array.from({ length: 10_001 }, () => 1).join('.')}`)).toBe(null);
  });
});

describe('a value as text', () => {
  it('keeps numbers of any size, bytes and sets', () => {
    const values = fc.record({
      whole: fc.bigInt({ min: 0n }),
      number: fc.integer(),
      text: fc.string(),
      bytes: fc.uint8Array({ maxLength: 70_000 }),
      names: fc.array(fc.string()).map((all) => new Set(all)),
    });
    const check = (value: object): void => {
      expect(fromPlainText(toPlainText(value))).toEqual(value);
    };
    fc.assert(fc.property(values, check), { numRuns: 50 });
  });
});
