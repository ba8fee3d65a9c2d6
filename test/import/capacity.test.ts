/** The arithmetic of capacity against the engine's own, and against published listings. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capacityOf, kmemRange, namespaceData } from '../../src/import/capacity.js';
import { formatRange, parseRange } from '../../src/model/quantity.js';
import { ALIGNMENT_CASES } from '../kernel/alignmentCases.ts';
import { FC, runs, SEED_TITLE } from '../support/fc.ts';
import { openSectionProbe } from '../support/sectionProbe.ts';

const MIB = 1n << 20n;
const GIB = 1n << 30n;

const rangeOf = (text: string): { start: bigint; end: bigint } =>
  parseRange(text) ?? { start: 0n, end: 0n };

describe('what kmem takes of a range', () => {
  it.each(ALIGNMENT_CASES.map((one) => [one.name, one] as const))('is %s', (_name, one) => {
    const size = one.blockSize === '2G' ? 2n * GIB : 128n * MIB;
    const capacity = capacityOf([rangeOf(one.range)], size);
    const taken = capacity.ranges[0]?.taken ?? null;

    expect(taken === null ? null : formatRange(taken)).toBe(one.kmemRange);
    expect(capacity.blocks).toBe(BigInt(one.blocks));
    expect(capacity.usable).toBe(BigInt(one.usableMib) * MIB);
    expect(capacity.lost).toBe(BigInt(one.lostMib) * MIB);
  });

  it(`is what the engine computes on v6.12 (${SEED_TITLE})`, () => {
    const { probe, setBlock } = openSectionProbe('v6.12');
    const property = fc.property(
      fc.bigInt({ min: 0n, max: 1n << 44n }),
      fc.bigInt({ min: 1n, max: 1n << 36n }),
      fc.integer({ min: 7, max: 11 }),
      (start, bytes, power) => {
        const block = MIB << BigInt(power);
        const range = { start, end: start + bytes - 1n };
        fc.pre(range.end + 1n >= block);
        setBlock(block);
        const taken = kmemRange(range, block);
        const engineBytes = BigInt.asUintN(64, probe.probeKmemBytes(range.start, range.end));

        expect(taken === null ? 0n : taken.end - taken.start + 1n).toBe(engineBytes);
        if (taken !== null) {
          expect(taken.start).toBe(BigInt.asUintN(64, probe.probeKmemStart(range.start)));
        }
      },
    );
    fc.assert(property, { ...FC, numRuns: runs(500) });
  });

  it(`and what is lost make the whole device (${SEED_TITLE})`, () => {
    const property = fc.property(
      fc.array(fc.tuple(fc.bigInt(0n, 1n << 44n), fc.bigInt(1n, 1n << 36n)), { maxLength: 4 }),
      fc.integer({ min: 7, max: 16 }),
      (pairs, power) => {
        const ranges = pairs.map(([start, bytes]) => ({ start, end: start + bytes - 1n }));
        const { usable, lost } = capacityOf(ranges, MIB << BigInt(power));

        expect(usable + lost).toBe(pairs.reduce((sum, [, bytes]) => sum + bytes, 0n));
      },
    );
    fc.assert(property, { ...FC, numRuns: runs(200) });
  });
});

/** The device, the size of a block, and what the published listing shows kmem to have. */
const PUBLISHED: readonly (readonly [string, string, bigint, string])[] = [
  ['arm64, blocks of 1 GiB', '240400000-2bfffffff', GIB, '280000000-2bfffffff'],
  ['a guest with 8 GiB of pmem', '148200000-33fffffff', 128n * MIB, '150000000-33fffffff'],
  ['CXL off the grain of 2 GiB', '1050000000-304fffffff', 2n * GIB, '1080000000-2fffffffff'],
  ['a window of 243 GiB', 'c070000000-fcffffffff', 256n * MIB, 'c070000000-fcffffffff'],
];

describe('published machines', () => {
  it.each(PUBLISHED)('%s: kmem has what is computed', (_name, device, size, shown) => {
    const taken = kmemRange(rangeOf(device), size);

    expect(taken === null ? null : formatRange(taken)).toBe(shown);
  });

  it('lose 768 MiB at the head and 1.25 GiB at the tail', () => {
    const { ranges } = capacityOf([rangeOf('1050000000-304fffffff')], 2n * GIB);

    expect(ranges[0]?.head).toBe(768n * MIB);
    expect(ranges[0]?.tail).toBe(1280n * MIB);
  });

  it('lose everything where 250 MiB meet blocks of 2 GiB', () => {
    const { blocks, lost } = capacityOf(
      [{ start: 4n * GIB, end: 4n * GIB + 250n * MIB - 1n }],
      2n * GIB,
    );

    expect(blocks).toBe(0n);
    expect(lost).toBe(250n * MIB);
  });

  it('have their data where the kernel puts them behind the metadata', () => {
    const data = namespaceData(rangeOf('140000000-33fffffff'), { align: 2n * MIB, map: 'dev' });

    expect(data === null ? null : formatRange(data)).toBe('148200000-33fffffff');
  });
});
