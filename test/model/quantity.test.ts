/**
 * Sizes and ranges as people and the kernel write them.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRange, formatSize, parseRange, parseSize } from '../../src/model/quantity.ts';
import { FC, SEED_TITLE } from '../support/fc.ts';

const addresses = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });

describe('sizes', () => {
  it.each([
    ['128M', 134_217_728n],
    ['2G', 2_147_483_648n],
    ['1t', 1n << 40n],
    ['0x8000000', 134_217_728n],
    ['0xffffffffffffffff', (1n << 64n) - 1n],
    [4096, 4096n],
    ['0', 0n],
  ])('reads %s', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each(['', '128MB', '-1', '1.5G', '16E', '0x', '128 M', '99999999999999999999'])(
    'refuses %s',
    (text) => {
      expect(parseSize(text)).toBeNull();
    },
  );
});

describe('ranges', () => {
  it('are hex with the end included', () => {
    expect(parseRange('100000000-17fffffff')).toEqual({ start: 0x100000000n, end: 0x17fffffffn });
  });

  it('keep all 64 bits', () => {
    expect(parseRange('0xfffffffffffffffe-ffffffffffffffff')?.end).toBe((1n << 64n) - 1n);
  });

  it.each(['', '1', '1-', '1-2-3', '1 - 2', 'x-y', '11111111111111111-2'])('refuse %s', (text) => {
    expect(parseRange(text)).toBeNull();
  });
});

describe(`printed quantities (${SEED_TITLE})`, () => {
  it('read back as the same size', () => {
    fc.assert(
      fc.property(addresses, (bytes) => parseSize(formatSize(bytes)) === bytes),
      FC,
    );
  });

  it('read back as the same range', () => {
    fc.assert(
      fc.property(addresses, addresses, (start, end) => {
        expect(parseRange(formatRange({ start, end }))).toEqual({ start, end });
      }),
      FC,
    );
  });
});
