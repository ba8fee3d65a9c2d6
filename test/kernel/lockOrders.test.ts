/** kernel/dax.md section 8 and kernel/mm.md section 6: the locks of each path, in order. */
import { describe, expect, it } from 'vitest';
import { lockOrder } from '../support/run.ts';
import { printCells, titled } from './cells.ts';
import { acquisitions, LOCK_ROWS } from './lockOrders.ts';
import { DYNAMIC_LOCK_ROWS } from './lockOrdersDynamic.ts';
import { LATER_LOCK_ROWS } from './lockOrdersLater.ts';
import { MODERN_LOCK_ROWS } from './lockOrdersModern.ts';

const ALL = [...LOCK_ROWS, ...DYNAMIC_LOCK_ROWS, ...MODERN_LOCK_ROWS, ...LATER_LOCK_ROWS];
const lockCount = ALL.reduce((sum, { order }) => sum + order.length, 0);

describe('the order of acquisitions is read from lock events', () => {
  it('marks what is given back before the next lock', () => {
    const events = ['+a', '-a', '+b', '+c (read)', '-c (read)', '-b'];

    expect(acquisitions(events)).toEqual(['a (r)', 'b', 'c']);
  });
});

const ROWS = titled(ALL, ({ path, kernel, source }) => `${path} on ${kernel} [${source}]`);

printCells(`dax.md 8 and mm.md 6, ${ALL.length} paths`, lockCount);

describe('locks are taken as in dax.md 8 and mm.md 6', () => {
  it.each(ROWS)('%s', async (_title, { kernel, machine, preamble, line, order }) => {
    const events = await lockOrder({ kernel, machine, preamble, line });

    expect(acquisitions(events)).toEqual(order);
  });
});
