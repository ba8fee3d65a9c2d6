/** kernel/mm.md section 1: the resource tree's operations and queries, one case each. */
import { describe, expect, it } from 'vitest';
import { openResourceProbe } from '../support/resourceProbe.ts';
import { printCells, titled } from './cells.ts';
import { INTERSECT_CASES, WALK_CASES } from './queryCases.ts';
import { TREE_CASES, type TreeCase } from './resourceCases.ts';
import { parseTree, printTree, type ResourceProbe } from './resourceTree.ts';

/** One entry for each kernel that a case names. */
const onEach = <T extends { readonly claim: string; readonly kernels: readonly string[] }>(
  cases: readonly T[],
) =>
  titled(
    cases.flatMap((one) => one.kernels.map((kernel) => ({ ...one, kernel }))),
    ({ claim, kernel }) => `${claim} (${kernel})`,
  );

const big = (hex: string): bigint => BigInt(`0x${hex}`);

function apply(probe: ResourceProbe, operation: TreeCase['operation']): boolean {
  switch (operation.kind) {
    case 'request':
      return probe.requestRegion(big(operation.start), big(operation.size));
    case 'insert':
      return probe.insertResource(big(operation.start), big(operation.end));
    case 'release':
      return probe.releaseRegion(big(operation.start), big(operation.size));
    case 'release_resource':
      probe.releaseResource(operation.name);
      return true;
    case 'remove_resource':
      probe.removeResource(operation.name);
      return true;
    case 'adjustable':
      probe.releaseAdjustable(big(operation.start), big(operation.size));
      return true;
  }
}

const TREES = onEach(TREE_CASES);
const WALKS = onEach(WALK_CASES);
const MEETINGS = onEach(INTERSECT_CASES);

printCells('mm.md 1.2 to 1.8', 2 * TREES.length);
printCells('mm.md 1.10', WALKS.length);
printCells('mm.md 1.11', MEETINGS.length);

describe('resource tree operations do as mm.md 1.2 to 1.8 says', () => {
  it.each(TREES)('%s', async (_title, { kernel, tree, operation, succeeds, after }) => {
    const probe = await openResourceProbe(kernel);
    const before = printTree(parseTree(tree));
    probe.load(parseTree(tree));

    const answer = apply(probe, operation);

    expect({ answer, tree: printTree(probe.tree()) }).toEqual({
      answer: succeeds,
      tree: after === null ? before : printTree(parseTree(after)),
    });
  });
});

describe('walk_system_ram_range finds what mm.md 1.10 says', () => {
  it.each(WALKS)('%s', async (_title, { kernel, tree, start, size, bytes }) => {
    const probe = await openResourceProbe(kernel);
    probe.load(parseTree(tree));

    const found = probe.walkSystemRam(big(start), big(size));

    expect(found).toBe(bytes === null ? null : big(bytes));
  });
});

describe('region_intersects answers as mm.md 1.11 says', () => {
  it.each(MEETINGS)('%s', async (_title, { kernel, tree, start, size, answer }) => {
    const probe = await openResourceProbe(kernel);
    probe.load(parseTree(tree));

    const found = probe.regionIntersectsRam(big(start), big(size));

    expect(found).toBe(answer);
  });
});
