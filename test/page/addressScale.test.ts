import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeScale } from '../../src/page/addressScale.js';
import type { IomemLine } from '../../src/verdict/trace.js';

const line = (start: bigint, end: bigint, depth = 0): IomemLine => ({
  ...{ start, end, depth, name: 'x' },
});

const GIB = 1n << 30n;

describe('the scale of addresses', () => {
  it('is to scale: a quarter of the bytes is a quarter of the width', () => {
    const scale = makeScale([line(0n, 4n * GIB - 1n), line(GIB, 2n * GIB - 1n, 1)], 'linear');
    expect(scale.at(GIB)).toBeCloseTo(0.25);
    expect(scale.at(2n * GIB)).toBeCloseTo(0.5);
    expect(scale.holes).toEqual([]);
  });

  it('shows a page beside a terabyte when it is logarithmic', () => {
    const lines = [line(0n, 4095n), line(4096n, (1n << 40n) - 1n)];
    expect(makeScale(lines, 'linear').at(4096n)).toBeLessThan(1e-6);
    expect(makeScale(lines, 'log').at(4096n)).toBeGreaterThan(0.03);
  });

  it('draws holes narrow, however large they are', () => {
    const scale = makeScale(
      [line(0n, GIB - 1n), line(1n << 50n, (1n << 50n) + GIB - 1n)],
      'linear',
    );
    expect(scale.holes).toHaveLength(1);
    const [[from, to] = [0, 1]] = scale.holes;
    expect(to - from).toBeLessThan(0.02);
  });

  it('keeps the order of addresses, from 0 to 1, on both scales', () => {
    const range = fc.tuple(
      fc.bigInt({ min: 0n, max: 1n << 52n }),
      fc.bigInt({ min: 1n, max: GIB }),
    );
    const lines = fc.array(range, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(lines, fc.constantFrom('linear' as const, 'log' as const), (ranges, kind) => {
        const all = ranges.map(([start, size]) => line(start, start + size - 1n));
        const { boundaries, at } = makeScale(all, kind);
        const places = boundaries.map(([address]) => at(address));
        expect(places[0]).toBe(0);
        expect(places.at(-1)).toBeCloseTo(1);
        for (const [index, place] of places.entries()) {
          expect(place).toBeGreaterThanOrEqual(places[index - 1] ?? 0);
        }
      }),
    );
  });
});
