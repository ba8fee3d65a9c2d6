/** kernel/mm.md section 7: the alignment table, run through kmem's probe. */
import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../src/verdict/trace.js';
import { runScript } from '../support/run.ts';
import { ALIGNMENT_CASES, type AlignmentCase, EMPTY_BIND } from './alignmentCases.ts';
import { printCells, titled } from './cells.ts';
import { KMEM, last, listing } from './machines.ts';

const MIB = 1024 * 1024;

function machineOf({ range, blockSize }: Pick<AlignmentCase, 'range' | 'blockSize'>): string {
  return `
block_size: ${blockSize}
iomem: |
  00000000-3fffffff : System RAM
  ${range} : Persistent Memory
dax:
  dax0.0: { range: ${range}, target_node: 1 }
`;
}

/** The device under kmem, as the run shows it, in the words of the table. */
function usable(record: RunRecord, blockMib: number): Partial<AlignmentCase> {
  const claimed = /^ +(\S+) : dax0\.0$/m.exec(listing(record))?.[1] ?? null;
  const device = record.devices.find(({ name }) => name === 'dax0.0');
  const usableMib = record.blocks.length * blockMib;
  const sizeMib = Number(BigInt(device?.size ?? '0')) / MIB;
  return {
    kmemRange: claimed,
    blocks: record.blocks.length,
    usableMib,
    lostMib: sizeMib - usableMib,
  };
}

const ROWS = titled(ALIGNMENT_CASES, (row) => `${row.name}, blocks of ${row.blockSize}`);
const EMPTY = titled(EMPTY_BIND, (row) => `${row.kernel}: ${row.result} (${row.source})`);

printCells('mm.md 7', 4 * ALIGNMENT_CASES.length + EMPTY_BIND.length);

describe('kmem uses what mm.md 7 says', () => {
  it.each(ROWS)('%s', async (_title, row) => {
    const { kmemRange, blocks, usableMib, lostMib } = row;
    const lines = [`echo dax0.0 > ${KMEM}/new_id`];

    const records = await runScript({ kernel: 'v5.1', machine: machineOf(row), lines });

    expect(usable(last(records), row.blockSize === '2G' ? 2048 : 128)).toEqual({
      kmemRange,
      blocks,
      usableMib,
      lostMib,
    });
  });
});

describe('a device without a whole block cannot be bound', () => {
  it.each(EMPTY)('%s', async (_title, { kernel, result }) => {
    const machine = `${machineOf({ range: '100200000-17fffffff', blockSize: '2G' })}
ids: { kmem: [dax0.0] }
`;
    const lines = [`echo dax0.0 > ${KMEM}/bind`];

    const record = last(await runScript({ kernel, machine, lines }));

    expect(record.result).toBe(result);
  });
});
