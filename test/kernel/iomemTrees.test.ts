/** kernel/dax.md section 5, generation A: whole listings of /proc/iomem. */
import { describe, expect, it } from 'vitest';
import { runScript } from '../support/run.ts';
import { printCells, titled } from './cells.ts';
import { blankLike, IOMEM_TREES } from './iomemTrees.ts';
import { last, listing } from './machines.ts';

const lineCount = IOMEM_TREES.reduce((sum, { tree }) => sum + tree.trim().split('\n').length, 0);

const CELLS = titled(IOMEM_TREES, ({ claim, kernel }) => `${claim} on ${kernel}`);

printCells(`dax.md 5, generation A, ${IOMEM_TREES.length} trees`, lineCount);

describe('/proc/iomem is as in dax.md 5 (A)', () => {
  it.each(CELLS)('%s', async (_title, { kernel, machine, lines, tree }) => {
    const records = await runScript({ kernel, machine, lines });

    const found = listing(last(records));

    expect(blankLike(tree, found)).toBe(tree);
  });
});
