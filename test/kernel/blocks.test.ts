/** kernel/mm.md sections 2.6, 2.11, 2.12, 3: memory blocks as userland sees them on v5.1. */
import { describe, expect, it } from 'vitest';
import { memoryBlockSizeBytes } from '../../src/model/blockSize.js';
import { runScript } from '../support/run.ts';
import { BLOCK_CASES, BLOCK_SIZES, READ_CASES, TO_KMEM } from './blockCases.ts';
import { printCells, titled } from './cells.ts';
import { last } from './machines.ts';

const WRITES = titled(BLOCK_CASES, ({ claim, result, blocks }) => `${claim}: ${result} ${blocks}`);
const READS = titled(READ_CASES, ({ claim, value }) => `${claim}: ${value}`);
const SIZES = titled(BLOCK_SIZES, ({ machine, release, hypervisor, mib }) => {
  const where = hypervisor ? 'in a guest' : 'on bare metal';
  return `RAM up to ${machine}, ${release} ${where}: ${mib} MiB`;
});

printCells('mm.md 2.11 and 3.5, writes', 2 * BLOCK_CASES.length);
printCells('mm.md 2.12 and 3.5, reads', READ_CASES.length);
printCells('mm.md 2.6', BLOCK_SIZES.length);

describe('a write answers errno and block states as in mm.md 3.5', () => {
  it.each(WRITES)('%s', async (_title, { machine, lines, result, blocks }) => {
    const script = [...TO_KMEM, ...lines];

    const record = last(await runScript({ kernel: 'v5.1', machine, lines: script }));
    const letters = record.blocks.map(({ state }) => (state === 'online' ? 'o' : '-')).join('');

    expect({ result: record.result, blocks: letters }).toEqual({ result, blocks });
  });
});

describe('a read shows what mm.md 2.12 and 3.5 say', () => {
  it.each(READS)('%s', async (_title, { machine, lines, value }) => {
    const script = [...TO_KMEM, ...lines];

    const record = last(await runScript({ kernel: 'v5.1', machine, lines: script }));

    expect(record.value?.trimEnd()).toBe(value);
  });
});

describe('memory_block_size_bytes is as in mm.md 2.6', () => {
  it.each(SIZES)('%s', (_title, { endOfRam, release, hypervisor, mib }) => {
    const bytes = memoryBlockSizeBytes(endOfRam, { hypervisor, release, windows: [] });

    expect(bytes).toBe(mib << 20n);
  });
});
