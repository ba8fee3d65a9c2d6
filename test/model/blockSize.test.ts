/**
 * The size of a memory block as x86 picks it, by release, end of RAM and hypervisor.
 */
import { describe, expect, it } from 'vitest';
import { endOfRamBytes, memoryBlockSizeBytes, windowsIn } from '../../src/model/blockSize.ts';
import { parseIomem } from '../../src/model/iomem.ts';

const MIB = 1n << 20n;
const GIB = 1n << 30n;

describe('the memory block size of x86', () => {
  // Expected sizes are typed from the kernel's rules, not computed.
  it.each([
    { end: 32n * GIB, release: 'v5.1', hypervisor: false, expected: 128n * MIB },
    { end: 64n * GIB - 1n, release: 'v6.12', hypervisor: false, expected: 128n * MIB },
    { end: 66n * GIB, release: 'v5.1', hypervisor: false, expected: 2n * GIB },
    { end: 65n * GIB, release: 'v5.1', hypervisor: false, expected: GIB },
    { end: 65n * GIB + 256n * MIB, release: 'v5.1', hypervisor: false, expected: 256n * MIB },
    { end: 65n * GIB + 256n * MIB, release: 'v5.8', hypervisor: false, expected: 256n * MIB },
    { end: 65n * GIB + 256n * MIB, release: 'v5.9', hypervisor: false, expected: 2n * GIB },
    { end: 65n * GIB + 256n * MIB, release: 'v5.10', hypervisor: false, expected: 2n * GIB },
    { end: 65n * GIB + 256n * MIB, release: 'v5.10', hypervisor: true, expected: 256n * MIB },
    { end: 65n * GIB + 256n * MIB, release: 'v6.12.117', hypervisor: true, expected: 256n * MIB },
    { end: 64n * GIB + 64n * MIB, release: 'v5.1', hypervisor: false, expected: 128n * MIB },
  ])('is $expected for an end of RAM of $end on $release, guest: $hypervisor', (row) => {
    expect(memoryBlockSizeBytes(row.end, { ...row, windows: [] })).toBe(row.expected);
  });

  const OFF_GRAIN = { start: 0x1050000000n, end: 0x304fffffffn };
  const ON_GRAIN = { start: 0x1080000000n, end: 0x307fffffffn };
  const OUTSIDE_SPEC = { start: 0x1058000000n, end: 0x304fffffffn };
  const END = 0x1050000000n;
  it.each([
    { release: 'v6.14', windows: [OFF_GRAIN], end: END, expected: 2n * GIB },
    { release: 'v6.15', windows: [OFF_GRAIN], end: END, expected: 256n * MIB },
    { release: 'v6.15', windows: [ON_GRAIN], end: END, expected: 256n * MIB },
    { release: 'v6.15', windows: [ON_GRAIN], end: 0x1080000000n, expected: 2n * GIB },
    { release: 'v6.15', windows: [ON_GRAIN, OFF_GRAIN], end: 0x1080000000n, expected: 256n * MIB },
    { release: 'v6.15', windows: [OUTSIDE_SPEC], end: END, expected: 2n * GIB },
    { release: 'v6.15', windows: [], end: END, expected: 2n * GIB },
    { release: 'v6.15', windows: [OFF_GRAIN], end: 32n * GIB, expected: 128n * MIB },
  ])('is $expected beside CXL windows on $release, for an end of RAM of $end', (row) => {
    const { release, windows } = row;

    expect(memoryBlockSizeBytes(row.end, { release, windows, hypervisor: false })).toBe(
      row.expected,
    );
  });
});

describe('the end of RAM', () => {
  const place = { file: 'f', line: 1, column: 1 };
  const text = '00000000-1fffffff : System RAM\n100000000-17fffffff : Soft Reserved\n';
  const { nodes } = parseIomem(text, place);

  it('is one past the last System RAM, whatever lies above it', () => {
    expect(endOfRamBytes(nodes, null)).toBe(0x20000000n);
  });

  it('is cut by mem=', () => {
    expect(endOfRamBytes(nodes, 0x10000000n)).toBe(0x10000000n);
  });

  it('is beside the windows of CXL, at any depth', () => {
    const windows = parseIomem('0-ffff : a\n  0-fff : CXL Window 0\n', place);

    expect(windowsIn(windows.nodes).map(({ end }) => end)).toEqual([0xfffn]);
  });

  it('counts System RAM below another node', () => {
    const nested = parseIomem('0-ffff : a\n  0-fff : System RAM\n', place);

    expect(endOfRamBytes(nested.nodes, null)).toBe(0x1000n);
  });
});
