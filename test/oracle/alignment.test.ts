/**
 * The alignment arithmetic of kmem's probe against integers without a width, reduced modulo 2^64
 * where the kernel's are. kernel/mm.md sections 4 and 7 have the formulas.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FC, runs, SEED_TITLE } from '../support/fc.ts';
import { openSectionProbe } from '../support/sectionProbe.ts';

const ALL_ONES = (1n << 64n) - 1n;
const MIB = 1n << 20n;
const unsigned = (value: bigint): bigint => BigInt.asUintN(64, value);
const floor = (value: bigint, to: bigint): bigint => value - (((value % to) + to) % to);
const ceiling = (value: bigint, to: bigint): bigint => floor(value + to - 1n, to);

/** Powers of two from 128 MiB to 2 GiB. */
const block = fc.integer({ min: 7, max: 11 }).map((power) => MIB << BigInt(power));
/** Ranges of up to some blocks, unaligned by anything, anywhere below 2^64. */
const range = fc
  .record({
    base: fc.oneof(fc.nat({ max: 64 }).map(BigInt), fc.bigInt({ min: 0n, max: 1n << 33n })),
    offset: fc.oneof(
      fc.constantFrom(0n, 1n, 2n * MIB, 4096n),
      fc.bigInt({ min: 0n, max: 1n << 31n }),
    ),
    size: fc.oneof(
      fc.constantFrom(1n, 4096n, 2n * MIB, 64n * MIB, 128n * MIB, 2048n * MIB),
      fc.bigInt({ min: 1n, max: 1n << 34n }),
    ),
  })
  .map(({ base, offset, size }) => {
    const start = unsigned(base * 128n * MIB + offset);
    const end = start + size - 1n;
    return { start, end: end > ALL_ONES ? ALL_ONES : end };
  });
const nearTop = fc
  .record({
    below: fc.bigInt({ min: 1n, max: 1n << 33n }),
    size: fc.bigInt({ min: 1n, max: 1n << 33n }),
  })
  .map(({ below, size }) => {
    const start = ALL_ONES + 1n - below;
    const end = start + size - 1n;
    return { start, end: end > ALL_ONES ? ALL_ONES : end };
  });
const anyRange = fc.oneof({ weight: 4, arbitrary: range }, nearTop);

describe(`the alignment arithmetic of kmem (${SEED_TITLE})`, () => {
  it('asks on v5.1 for what the kernel computes, wrapped at 2^64', () => {
    const { probe, setBlock } = openSectionProbe('v5.1');
    const property = fc.property(anyRange, block, ({ start, end }, bytes) => {
      setBlock(bytes);
      const first = unsigned(ceiling(start, bytes));
      const rest = unsigned(end - start + 1n - unsigned(first - start));

      expect(unsigned(probe.probeKmemStart(start))).toBe(first);
      expect(unsigned(probe.probeKmemBytes(start, end))).toBe(floor(rest, bytes));
    });
    fc.assert(property, { ...FC, numRuns: runs(500) });
  });

  it('asks on v6.12 for whole blocks inside the range and nothing else', () => {
    const { probe, setBlock } = openSectionProbe('v6.12');
    const property = fc.property(range, block, ({ start, end }, bytes) => {
      setBlock(bytes);
      // A range that ends within the block at address 0 wraps in the kernel as well.
      fc.pre(end + 1n >= bytes);
      const whole = floor(end + 1n, bytes) - ceiling(start, bytes);

      expect(unsigned(probe.probeKmemStart(start))).toBe(ceiling(start, bytes));
      expect(unsigned(probe.probeKmemBytes(start, end))).toBe(whole > 0n ? whole : 0n);
    });
    fc.assert(property, { ...FC, numRuns: runs(500) });
  });

  it('asks on v6.12 for what the kernel computes, wrapped at 2^64', () => {
    const { probe, setBlock } = openSectionProbe('v6.12');
    const property = fc.property(anyRange, block, ({ start, end }, bytes) => {
      setBlock(bytes);
      const first = unsigned(ceiling(start, bytes));
      const last = unsigned(floor(unsigned(end + 1n), bytes) - 1n);

      expect(unsigned(probe.probeKmemStart(start))).toBe(first);
      expect(unsigned(probe.probeKmemBytes(start, end))).toBe(
        first >= last ? 0n : unsigned(last - first + 1n),
      );
    });
    fc.assert(property, { ...FC, numRuns: runs(500) });
  });

  it.each(['v5.1', 'v6.12'])('calls usable the whole blocks inside, on %s', (kernel) => {
    const { probe, setBlock } = openSectionProbe(kernel);
    const property = fc.property(range, block, ({ start, end }, bytes) => {
      setBlock(bytes);
      const whole = floor(end + 1n, bytes) - ceiling(start, bytes);

      expect(unsigned(probe.probeUsableBytes(start, end))).toBe(whole > 0n ? whole : 0n);
    });
    fc.assert(property, { ...FC, numRuns: runs(500) });
  });

  it('never lets a v5.1 request succeed that holds no whole block', () => {
    const { probe, setBlock } = openSectionProbe('v5.1');
    const property = fc.property(range, block, ({ start, end }, bytes) => {
      setBlock(bytes);
      fc.pre(unsigned(probe.probeUsableBytes(start, end)) === 0n);
      const first = unsigned(probe.probeKmemStart(start));
      // Within the block at address 0 the kernel would ask for everything above it.
      fc.pre(start >= bytes);
      const last = unsigned(first + unsigned(probe.probeKmemBytes(start, end)) - 1n);

      expect(last < first).toBe(true);
    });
    fc.assert(property, { ...FC, numRuns: runs(200) });
  });
});
