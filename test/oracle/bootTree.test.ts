/**
 * What drivers claim in a boot tree, against the naive tree: the boot tree is a table that never
 * changes, the claims are slots, and a walk down the tree goes through both.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printTree, type ResourceProbe } from '../kernel/resourceTree.ts';
import { FC, runs, SEED_TITLE } from '../support/fc.ts';
import { openResourceProbe } from '../support/resourceProbe.ts';
import {
  emptyTree,
  inOrder,
  insertResource,
  intersectsRam,
  ramBytes,
  releaseRegion,
  removeResource,
  requestRegion,
  type Tree,
  type TreeNode,
} from './intervalTree.ts';

const PAGE = 4096n;
const ON = { walksNested: true, backsOff: false, intersectsNested: true };

const isBoot = ({ name }: { readonly name: string }): boolean => name.startsWith('boot');

const span = fc
  .record({ page: fc.nat({ max: 15 }), pages: fc.integer({ min: 1, max: 8 }) })
  .map(({ page, pages }) => ({
    start: BigInt(page) * PAGE,
    end: BigInt(page + pages) * PAGE - 1n,
  }));
/** What the firmware tells: nested nodes, most of them not busy, so that one can claim in them. */
const bootTree = fc
  .array(fc.record({ span, isRam: fc.integer({ max: 3, min: 0 }).map((odds) => odds === 0) }), {
    minLength: 3,
    maxLength: 8,
    size: 'max',
  })
  .map((rows): Tree => {
    const tree = emptyTree();
    for (const [number, row] of rows.entries()) {
      const flags = { busy: row.isRam, ram: row.isRam };
      insertResource(tree, row.span, `boot${number}`, flags);
    }
    return tree;
  });

interface Claim {
  readonly kind: 'request' | 'release' | 'remove' | 'mark';
  readonly span: { readonly start: bigint; readonly end: bigint };
  /** Of the claims, by their order in the listing. */
  readonly pick: number;
}
const claim: fc.Arbitrary<Claim> = fc.record({
  kind: fc.constantFrom('request', 'request', 'request', 'release', 'remove', 'mark'),
  span,
  pick: fc.nat({ max: 10 }),
});

/** Does a claim on both; the two answers. */
function doBoth(probe: ResourceProbe, tree: Tree, { kind, span: at, pick }: Claim): unknown[] {
  const size = at.end - at.start + 1n;
  if (kind === 'request') {
    return [probe.requestRegion(at.start, size), requestRegion(tree, at.start, size, 'new')];
  }
  const claims = inOrder(tree).filter((node) => !isBoot(node));
  const name = claims[pick % Math.max(1, claims.length)]?.name;
  const node = tree.nodes.find((other) => other.name === name);
  if (node === undefined) return [null, null];
  if (kind === 'remove') return [probe.removeResource(node.name), removeResource(tree, node)];
  if (kind === 'mark') return [markAsRam(probe, tree, node), undefined];
  const bytes = node.end - node.start + 1n;
  return [probe.releaseRegion(node.start, bytes), releaseRegion(tree, node.start, bytes)];
}

/** What kmem does to its reservation: System RAM that is not busy. */
function markAsRam(probe: ResourceProbe, tree: Tree, node: TreeNode): void {
  Object.assign(node, { busy: false, ram: true });
  probe.load(inOrder(tree));
}

/** Numbers the claims by their order in the listing. */
function rename(tree: Tree): void {
  for (const [at, listed] of inOrder(tree).entries()) {
    if (isBoot(listed)) continue;
    const isListed = (node: TreeNode): boolean =>
      !isBoot(node) &&
      node.parent === listed.parent &&
      node.start === listed.start &&
      node.end === listed.end;
    const node = tree.nodes.find(isListed);
    if (node !== undefined) node.name = `claim${at}`;
  }
}

describe(`claims in a boot tree (${SEED_TITLE})`, () => {
  it('are granted, given back and found as in a naive tree', async () => {
    const probe = await openResourceProbe('v6.12', isBoot);
    let granted = 0;
    const property = fc.property(
      bootTree,
      fc.array(claim, { minLength: 4, maxLength: 10, size: 'max' }),
      fc.array(span, { minLength: 3, maxLength: 3 }),
      (boot, claims, queries) => {
        const tree: Tree = { root: boot.root, nodes: boot.nodes.map((node) => node) };
        probe.load(inOrder(tree));
        for (const deed of claims) {
          const [found, expected] = doBoth(probe, tree, deed);
          if (deed.kind === 'request' && found === true) granted++;

          expect(found).toBe(expected);
          expect(printTree(probe.tree())).toBe(printTree(inOrder(tree)));
          rename(tree);
          probe.load(inOrder(tree));
        }
        for (const query of queries) {
          const bytes = query.end - query.start + 1n;
          const ram = ramBytes(tree, query, ON);

          expect(probe.walkSystemRam(query.start, bytes)).toBe(ram === 0n ? null : ram);
          expect(probe.regionIntersectsRam(query.start, bytes)).toBe(
            intersectsRam(tree, query, ON),
          );
        }
      },
    );

    fc.assert(property, { ...FC, numRuns: runs(150) });

    expect(granted).toBeGreaterThan(50);
  });
});
