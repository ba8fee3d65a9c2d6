/**
 * The engine's resource tree against a naive one: random operations, one after the other, with the
 * trees compared after each of them.
 */
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { printTree, type ResourceProbe } from '../kernel/resourceTree.ts';
import { FC, runs, SEED_TITLE } from '../support/fc.ts';
import { openResourceProbe } from '../support/resourceProbe.ts';
import {
  ALL_ONES,
  emptyTree,
  type Generation,
  inOrder,
  insertResource,
  intersectsRam,
  ramBytes,
  releaseAdjustable,
  releaseRegion,
  releaseResource,
  removeResource,
  requestRegion,
  type Tree,
  type TreeNode,
} from './intervalTree.ts';

const HALF_PAGE = 2048n;
const PAGE = 4096n;

/** Kernels between which the tree's functions changed. */
const KERNELS: readonly (readonly [string, Generation])[] = [
  ['v5.0', { walksNested: false, backsOff: true, intersectsNested: false }],
  ['v5.1', { walksNested: true, backsOff: true, intersectsNested: false }],
  ['v6.12', { walksNested: true, backsOff: false, intersectsNested: true }],
];

type PartKind = 'requestIn' | 'insertIn' | 'releaseIn' | 'adjustable';
type Operation =
  | { readonly kind: 'request' | 'release'; readonly start: bigint; readonly size: bigint }
  | { readonly kind: 'insert'; readonly start: bigint; readonly end: bigint }
  /** On a node by its place in the listing, modulo their number. */
  | { readonly kind: 'releaseResource' | 'removeResource'; readonly pick: number }
  | { readonly kind: 'mark'; readonly pick: number; readonly busy: boolean; readonly ram: boolean }
  /** On a node's range less so much at its head and tail. */
  | {
      readonly kind: PartKind;
      readonly pick: number;
      readonly head: bigint;
      readonly tail: bigint;
    };

type OnNode = Extract<Operation, { readonly pick: number }>;

/** Few places, so that ranges meet; the last ones lie below 2^64. */
const address = fc
  .record({ page: fc.nat({ max: 15 }), half: fc.nat({ max: 7 }), top: fc.nat({ max: 4 }) })
  .map(({ page, half, top }) => {
    const low = BigInt(page) * PAGE + (half === 0 ? HALF_PAGE : 0n);
    return top === 0 ? (ALL_ONES + 1n - 16n * PAGE + low) & ALL_ONES : low;
  });
const size = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 8 }).map((pages) => BigInt(pages) * PAGE) },
  fc.constantFrom(0n, 1n, HALF_PAGE, 1n << 63n, ALL_ONES, ALL_ONES - PAGE),
);
const pick = fc.nat({ max: 30 });
const cut = fc.nat({ max: 2 }).map((pages) => BigInt(pages) * PAGE);

const insert = fc
  .record({ start: address, pages: fc.integer({ min: 1, max: 9 }) })
  .map(({ start, pages }) => ({
    kind: 'insert' as const,
    start,
    end: (start + BigInt(pages) * PAGE - 1n) & ALL_ONES,
  }));
const inNode = (...kinds: readonly PartKind[]) =>
  fc.record({ kind: fc.constantFrom(...kinds), pick, head: cut, tail: cut });
const mark = fc.record({
  kind: fc.constant('mark' as const),
  pick,
  busy: fc.boolean(),
  ram: fc.boolean(),
});

const anything: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('request' as const, 'release' as const),
    start: address,
    size,
  }),
  insert,
  // Ends that have nothing to do with the start, before it as well.
  fc.record({ kind: fc.constant('insert' as const), start: address, end: address.map(lastOf) }),
  fc.record({
    kind: fc.constantFrom('releaseResource' as const, 'removeResource' as const),
    pick,
  }),
  mark,
  {
    weight: 5,
    arbitrary: inNode('requestIn', 'insertIn', 'releaseIn', 'adjustable', 'adjustable'),
  },
);

/** A node around most places, so that a tree has a trunk. */
const insertAll: Operation = { kind: 'insert', start: 0n, end: 16n * PAGE - 1n };

/** A tree is grown first, some levels deep; then anything happens to it. */
const operations = fc
  .tuple(
    fc.array(fc.oneof(insert, inNode('requestIn', 'insertIn', 'insertIn'), mark), {
      minLength: 4,
      maxLength: 10,
      size: 'max',
    }),
    fc.array(anything, { maxLength: 8, size: 'max' }),
  )
  .map(([first, then]) => [insertAll, ...first, ...then]);

function lastOf(start: bigint): bigint {
  return (start - 1n) & ALL_ONES;
}

const BARE = { busy: false, ram: false };

/** The range that is left of a node, or null when nothing is. */
function cutOf(node: TreeNode, { head, tail }: { head: bigint; tail: bigint }) {
  const start = node.start + head;
  const end = node.end - tail;
  return start > end || start > ALL_ONES || end < 0n ? null : { start, size: end - start + 1n };
}

/** Two trees that are told the same. */
interface Pair {
  readonly probe: ResourceProbe;
  readonly tree: Tree;
  readonly on: Generation;
}

/** Does an operation on both; the two answers. */
function doBoth({ probe, tree, on }: Pair, deed: Operation): [unknown, unknown] {
  switch (deed.kind) {
    case 'request': {
      const { start, size: n } = deed;
      return [probe.requestRegion(start, n), requestRegion(tree, start, n, 'new')];
    }
    case 'release': {
      const { start, size: n } = deed;
      return [probe.releaseRegion(start, n), releaseRegion(tree, start, n)];
    }
    case 'insert': {
      const { start, end } = deed;
      return [probe.insertResource(start, end), insertResource(tree, { start, end }, 'new', BARE)];
    }
    default:
      return doOnNode({ probe, tree, on }, deed);
  }
}

function doOnNode({ probe, tree, on }: Pair, deed: OnNode): [unknown, unknown] {
  const listed = inOrder(tree);
  const name = listed[deed.pick % Math.max(1, listed.length)]?.name;
  const node = tree.nodes.find((other) => other.name === name);
  if (node === undefined) return [null, null];
  switch (deed.kind) {
    case 'releaseResource':
      return [probe.releaseResource(node.name), releaseResource(tree, node)];
    case 'removeResource':
      return [probe.removeResource(node.name), removeResource(tree, node)];
    case 'mark':
      Object.assign(node, { busy: deed.busy, ram: deed.ram });
      probe.load(inOrder(tree));
      return [null, null];
    default: {
      const part = cutOf(node, deed);
      return part === null ? [null, null] : doOnPart({ probe, tree, on }, deed.kind, part);
    }
  }
}

function doOnPart(
  { probe, tree, on }: Pair,
  kind: PartKind,
  { start, size: n }: { start: bigint; size: bigint },
): [unknown, unknown] {
  if (kind === 'requestIn') {
    return [probe.requestRegion(start, n), requestRegion(tree, start, n, 'new')];
  }
  if (kind === 'insertIn') {
    const span = { start, end: start + n - 1n };
    return [probe.insertResource(start, span.end), insertResource(tree, span, 'new', BARE)];
  }
  if (kind === 'releaseIn') return [probe.releaseRegion(start, n), releaseRegion(tree, start, n)];
  return [probe.releaseAdjustable(start, n), releaseAdjustable(tree, start, n, on)];
}

/** Gives every node the number of its line as its name, on both sides. */
function rename({ probe, tree }: Pair): void {
  const listed = inOrder(tree);
  const places = new Map(
    listed.map(({ start, end, depth }, at) => [`${start}-${end}/${depth}`, at]),
  );
  const depthOf = (node: TreeNode): number =>
    node.parent === null ? -1 : depthOf(node.parent) + 1;
  for (const node of tree.nodes) {
    node.name = `n${places.get(`${node.start}-${node.end}/${depthOf(node)}`)}`;
  }
  probe.load(inOrder(tree));
}

function mustBeEqual(found: unknown, expected: unknown, what: string): void {
  const show = (value: unknown): string => String(value);
  if (show(found) === show(expected)) return;
  throw new Error(`${what}: the engine has\n${show(found)}\nthe oracle\n${show(expected)}`);
}

const operationText = (deed: Operation): string =>
  Object.values(deed)
    .map((part) => (typeof part === 'bigint' ? `0x${part.toString(16)}` : String(part)))
    .join(' ');

async function openPair(kernel: string, on: Generation): Promise<Pair> {
  const probe = await openResourceProbe(kernel);
  probe.load([]);
  return { probe, tree: emptyTree(), on };
}

/** Does all operations on both, and compares answer and tree after each. */
function doAll(pair: Pair, deeds: readonly Operation[]): void {
  for (const deed of deeds) {
    const [found, expected] = doBoth(pair, deed);
    mustBeEqual(found, expected, operationText(deed));
    const trees = [printTree(pair.probe.tree()), printTree(inOrder(pair.tree))] as const;
    mustBeEqual(...trees, `after ${operationText(deed)}`);
    rename(pair);
  }
}

/** Shorter than any wrap: pages for the walk, bytes for the intersection. */
const query = fc
  .record({ start: address, pages: fc.integer({ min: 1, max: 20 }) })
  .map(({ start, pages }) => {
    const first = start - (start % PAGE);
    const end = first + BigInt(pages) * PAGE - 1n;
    return { start: first, end: end > ALL_ONES ? ALL_ONES : end };
  });

describe(`the resource tree (${SEED_TITLE})`, () => {
  it.each(KERNELS)('does every operation as a naive tree does, %s', async (kernel, on) => {
    const { probe } = await openPair(kernel, on);
    fc.assert(
      fc.property(operations, (deeds) => {
        probe.load([]);
        doAll({ probe, tree: emptyTree(), on }, deeds);
      }),
      { ...FC, numRuns: runs(150) },
    );
  });

  it.each(KERNELS)('answers both queries as the flattened tree does, %s', async (kernel, on) => {
    const { probe } = await openPair(kernel, on);
    const queries = fc.array(query, { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(operations, queries, (deeds, asked) => {
        const tree = emptyTree();
        probe.load([]);
        for (const deed of deeds) {
          doBoth({ probe, tree, on }, deed);
          rename({ probe, tree, on });
        }
        for (const { start, end } of asked) {
          const where = `${start.toString(16)}-${end.toString(16)} in\n${printTree(inOrder(tree))}`;
          const bytes = ramBytes(tree, { start, end }, on);
          const walked = probe.walkSystemRam(start, end - start + 1n);
          mustBeEqual(walked, bytes === 0n ? null : bytes, `walk of ${where}`);
          const meets = intersectsRam(tree, { start, end }, on);
          mustBeEqual(probe.regionIntersectsRam(start, end - start + 1n), meets, `meets ${where}`);
        }
      }),
      { ...FC, numRuns: runs(100) },
    );
  });
});
