/** kernel/mm.md over the generations: errno, blocks, zones and locks of the same lines on each. */
import { describe, expect, it } from 'vitest';
import { lockOrder, runScript } from '../support/run.ts';
import { printCells } from './cells.ts';
import { acquisitions } from './lockOrders.ts';
import { last, TWO_BLOCKS } from './machines.ts';
import { GENERATION_CASES, ZONE_CASES } from './memoryGenerations.ts';
import { MEMORY_LOCK_ROWS } from './memoryLockOrders.ts';

const CELLS = GENERATION_CASES.flatMap((one) =>
  one.cells.map(([kernel, result, blocks]): [string, object] => [
    `${one.claim} on ${kernel}: ${result} ${blocks}`,
    { ...one, kernel, result, blocks },
  ]),
) as [string, (typeof GENERATION_CASES)[number] & Record<'kernel' | 'result' | 'blocks', string>][];

const ZONES = ZONE_CASES.flatMap(({ claim, lines, cells }) =>
  cells.map(([kernel, zones]): [string, readonly string[], string, string] => [
    `${claim}, on ${kernel}: ${zones}`,
    lines,
    kernel,
    zones,
  ]),
);

printCells('mm.md 2 and 3, generations', 2 * CELLS.length);
printCells('mm.md 2.12, generations', ZONES.length);
printCells(
  `mm.md 6, ${MEMORY_LOCK_ROWS.length} kernels`,
  MEMORY_LOCK_ROWS.reduce((sum, { order }) => sum + order.length, 0),
);

describe('each generation answers as mm.md says', () => {
  it.each(CELLS)('%s', async (_title, { kernel, machine, lines, result, blocks }) => {
    const record = last(await runScript({ kernel, machine, lines }));
    const letters = record.blocks.map(({ state }) => (state === 'online' ? 'o' : '-')).join('');

    expect({ result: record.result, blocks: letters }).toEqual({ result, blocks });
  });

  it.each(ZONES)('%s', async (_title, lines, kernel, zones) => {
    const record = last(await runScript({ kernel, machine: TWO_BLOCKS, lines }));

    expect(record.value?.trimEnd()).toBe(zones);
  });
});

describe('removal takes its locks in the order of its generation', () => {
  it.each(MEMORY_LOCK_ROWS.map((row): [string, typeof row] => [row.kernel, row]))(
    '%s',
    async (_title, { kernel, machine, preamble, line, order }) => {
      const events = await lockOrder({ kernel, machine, preamble, line });

      expect(acquisitions(events)).toEqual(order);
    },
  );
});
