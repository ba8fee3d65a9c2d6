/**
 * The queries of the resource tree on every tree of up to four nodes over a few places: the engine
 * against the kernel's own order of visits, and that against who owns each byte.
 *
 * Three spans of half a page, half a page and a page; a node is any run of them, laid into the
 * node before it or beside it, and is RAM that is busy, RAM that is not, or neither.
 */
import { describe, expect, it } from 'vitest';
import { printCells } from '../kernel/cells.ts';
import { type FlaggedNode, printTree } from '../kernel/resourceTree.ts';
import { openResourceProbe, type QueryAnswer } from '../support/resourceProbe.ts';

const NODES_MAX = 4;
const PAGE = 4096n;
const BASE = 0x1_0000_0000n;
/** Where the spans begin, and the end of the last one. */
const PLACES = [BASE, BASE + PAGE / 2n, BASE + PAGE, BASE + 2n * PAGE] as const;
const KINDS = [
  { busy: true, ram: true },
  { busy: false, ram: true },
  { busy: false, ram: false },
] as const;

interface Span {
  readonly start: bigint;
  readonly end: bigint;
}

type Answer = 'disjoint' | 'intersects' | 'mixed';

const SPANS: readonly Span[] = PLACES.slice(0, -1).flatMap((start, at) =>
  PLACES.slice(at + 1).map((after) => ({ start, end: after - 1n })),
);

const overlap = (left: Span, right: Span): boolean =>
  left.start <= right.end && left.end >= right.start;
const contains = (outer: Span, inner: Span): boolean =>
  outer.start <= inner.start && outer.end >= inner.end;
const larger = (left: bigint, right: bigint): bigint => (left > right ? left : right);
const smaller = (left: bigint, right: bigint): bigint => (left < right ? left : right);

/** The spans that a node may have that follows in pre-order, for each depth that it may have. */
function nextNodes(path: readonly Span[], isFirst: boolean): { span: Span; depth: number }[] {
  return SPANS.flatMap((span) => {
    const found: { span: Span; depth: number }[] = [];
    for (let depth = 0; depth <= (isFirst ? 0 : path.length); depth++) {
      const parent = depth === 0 ? null : path[depth - 1];
      const before = path[depth];
      if (parent != null && !contains(parent, span)) continue;
      if (before !== undefined && span.start <= before.end) continue;
      found.push({ span, depth });
    }
    return found;
  });
}

/** Every tree of up to `NODES_MAX` nodes, in pre-order. */
function* allTrees(
  nodes: readonly FlaggedNode[] = [],
  path: readonly Span[] = [],
): Generator<readonly FlaggedNode[]> {
  yield nodes;
  if (nodes.length === NODES_MAX) return;
  for (const { span, depth } of nextNodes(path, nodes.length === 0)) {
    for (const kind of KINDS) {
      const node = { ...span, ...kind, depth, name: `n${nodes.length}` };
      yield* allTrees([...nodes, node], [...path.slice(0, depth), span]);
    }
  }
}

/** Number of the first node after the subtree of the node with this number. */
function afterSubtree(tree: readonly FlaggedNode[], at: number): number {
  const depth = tree[at]?.depth ?? 0;
  const next = tree.findIndex((node, index) => index > at && node.depth <= depth);
  return next < 0 ? tree.length : next;
}

/** region_intersects for System RAM as the kernel visits nodes; how far a descent runs is free. */
function visitIntersects(
  tree: readonly FlaggedNode[],
  query: Span,
  endOfDescent: (at: number) => number,
): Answer {
  let matches = 0;
  let others = 0;
  for (const [at, top] of tree.entries()) {
    if (top.depth !== 0 || !overlap(top, query)) continue;
    if (top.ram) {
      matches++;
      continue;
    }
    let cursor = larger(top.start, query.start);
    const last = smaller(top.end, query.end);
    let isCovered = false;
    const hasChild = afterSubtree(tree, at) > at + 1;
    for (const below of hasChild ? tree.slice(at + 1, endOfDescent(at)) : []) {
      if (!overlap(below, query) || !below.ram) continue;
      matches++;
      if (below.start > cursor) break;
      isCovered = below.end >= last;
      if (isCovered) break;
      cursor = larger(cursor, below.end + 1n);
    }
    if (!isCovered) others++;
  }
  if (matches === 0) return 'disjoint';
  return others === 0 ? 'intersects' : 'mixed';
}

const topAlone = (at: number): number => at + 1;
const toTheEnd = (tree: readonly FlaggedNode[]) => (): number => tree.length;
const inSubtree =
  (tree: readonly FlaggedNode[]) =>
  (at: number): number =>
    afterSubtree(tree, at);

/** What each of the smallest spans belongs to: RAM of any depth, else another node, else none. */
function ownersIn(tree: readonly FlaggedNode[], query: Span): ReadonlySet<'ram' | 'other'> {
  const owners = new Set<'ram' | 'other'>();
  for (const [at, start] of PLACES.slice(0, -1).entries()) {
    const cell = { start, end: (PLACES[at + 1] ?? start) - 1n };
    if (!contains(query, cell)) continue;
    const over = tree.filter((node) => contains(node, cell));
    if (over.some(({ ram }) => ram)) owners.add('ram');
    else if (over.length > 0) owners.add('other');
  }
  return owners;
}

function trueIntersects(tree: readonly FlaggedNode[], query: Span): Answer {
  const owners = ownersIn(tree, query);
  if (!owners.has('ram')) return 'disjoint';
  return owners.has('other') ? 'mixed' : 'intersects';
}

/** The parts of a query that busy RAM covers, found one after the other from the lowest address. */
function walkRam(tree: readonly FlaggedNode[], query: Span, depthMax: number): Span[] {
  const found: Span[] = [];
  let { start } = query;
  while (start < query.end) {
    const from = start;
    const hit = tree.find(
      (node) =>
        node.busy &&
        node.ram &&
        node.depth <= depthMax &&
        node.start <= query.end &&
        node.end >= from,
    );
    if (hit === undefined) break;
    found.push({ start: larger(hit.start, start), end: smaller(hit.end, query.end) });
    start = hit.end + 1n;
  }
  return found;
}

const bytesOf = (spans: readonly Span[]): bigint =>
  spans.reduce((sum, { start, end }) => sum + end - start + 1n, 0n);

/** Whole pages of each part. */
function pagesOf(spans: readonly Span[]): bigint {
  return spans.reduce((sum, { start, end }) => {
    const first = (start + PAGE - 1n) / PAGE;
    const after = (end + 1n) / PAGE;
    return sum + (after > first ? after - first : 0n) * PAGE;
  }, 0n);
}

/** What a generation of the kernel answers, by its own order of visits. */
interface Generation {
  readonly intersectsNested: boolean;
  readonly pagesNested: boolean;
  readonly resNested: boolean;
}

/** The engine on each generation of the queries. */
const GENERATIONS: readonly (readonly [string, Generation])[] = [
  ['v5.0', { intersectsNested: false, pagesNested: false, resNested: false }],
  ['v5.1', { intersectsNested: false, pagesNested: true, resNested: false }],
  ['v5.13', { intersectsNested: false, pagesNested: true, resNested: true }],
  ['v6.11', { intersectsNested: false, pagesNested: true, resNested: true }],
  ['v6.12', { intersectsNested: true, pagesNested: true, resNested: true }],
  ['v6.19', { intersectsNested: true, pagesNested: true, resNested: true }],
];

const DEEP = NODES_MAX;

function expected(tree: readonly FlaggedNode[], query: Span, on: Generation): QueryAnswer {
  const descent = on.intersectsNested ? inSubtree(tree) : topAlone;
  return {
    intersects: visitIntersects(tree, query, descent),
    pages: pagesOf(walkRam(tree, query, on.pagesNested ? DEEP : 0)),
    bytes: bytesOf(walkRam(tree, query, on.resNested ? DEEP : 0)),
  };
}

const show = ({ intersects, pages, bytes }: QueryAnswer): string =>
  `${intersects}, pages ${pages}, bytes ${bytes}`;

const TREES = [...allTrees()];
const CASES = TREES.flatMap((tree) => SPANS.map((query) => ({ tree, query })));
printCells('trees of up to four nodes', TREES.length);

/** How many cases a claim holds in. */
const countOf = (claim: (tree: readonly FlaggedNode[], query: Span) => boolean): number =>
  CASES.filter(({ tree, query }) => claim(tree, query)).length;

/** Whether RAM of the query lies beneath a node of the top level that is none. */
const isHidden = (tree: readonly FlaggedNode[], query: Span): boolean =>
  tree.some((node, at) => {
    const top = tree.findLast(({ depth }, index) => index <= at && depth === 0);
    return node.ram && overlap(node, query) && top !== undefined && !top.ram;
  });

describe('queries of the resource tree, on every small tree', () => {
  it.each(GENERATIONS)('the engine answers as %s visits its nodes', async (kernel, on) => {
    const probe = await openResourceProbe(kernel);
    const wrong: string[] = [];
    for (const tree of TREES) {
      probe.load(tree);
      const answers = probe.askAll(SPANS);
      for (const [at, query] of SPANS.entries()) {
        const found = answers[at];
        const must = show(expected(tree, query, on));
        if (found !== undefined && show(found) === must) continue;
        const place = `${query.start.toString(16)}-${query.end.toString(16)}`;
        wrong.push(`${place} in\n${printTree(tree)}${found && show(found)}; must be ${must}`);
      }
    }
    expect(wrong.slice(0, 3)).toEqual([]);
  });

  it('region_intersects of v6.19 is right about every byte', () => {
    const wrong = countOf(
      (tree, query) =>
        visitIntersects(tree, query, inSubtree(tree)) !== trueIntersects(tree, query),
    );
    expect(wrong).toBe(0);
  });

  it('a descent that runs on into what follows (v6.12) never changes the answer', () => {
    const differ = countOf(
      (tree, query) =>
        visitIntersects(tree, query, toTheEnd(tree)) !==
        visitIntersects(tree, query, inSubtree(tree)),
    );
    expect(differ).toBe(0);
  });

  it('up to v6.11 region_intersects is wrong only where RAM lies beneath something else', () => {
    const isWrong = (tree: readonly FlaggedNode[], query: Span): boolean =>
      visitIntersects(tree, query, topAlone) !== trueIntersects(tree, query);
    expect(countOf((tree, query) => isWrong(tree, query) && !isHidden(tree, query))).toBe(0);
    expect(countOf(isWrong)).toBeGreaterThan(0);
  });

  it('up to v6.11 RAM that is only nested is told as no RAM at all', () => {
    const isOnlyNested = (tree: readonly FlaggedNode[], query: Span): boolean =>
      trueIntersects(tree, query) !== 'disjoint' &&
      !tree.some((node) => node.depth === 0 && node.ram && overlap(node, query));
    const asked = countOf(isOnlyNested);
    const missed = countOf(
      (tree, query) =>
        isOnlyNested(tree, query) && visitIntersects(tree, query, topAlone) === 'disjoint',
    );
    expect(asked).toBeGreaterThan(0);
    expect(missed).toBe(asked);
  });

  it('a nested walk finds each byte of busy RAM once, one of the top level what lies there', () => {
    const isRight = (tree: readonly FlaggedNode[], query: Span, depthMax: number): boolean => {
      const seen = tree.filter((node) => node.busy && node.ram && node.depth <= depthMax);
      const cells = PLACES.slice(0, -1).map((start, at) => ({
        start,
        end: (PLACES[at + 1] ?? start) - 1n,
      }));
      const owned = cells.filter(
        (cell) => contains(query, cell) && seen.some((node) => contains(node, cell)),
      );
      return bytesOf(walkRam(tree, query, depthMax)) === bytesOf(owned);
    };
    expect(countOf((tree, query) => !isRight(tree, query, DEEP))).toBe(0);
    expect(countOf((tree, query) => !isRight(tree, query, 0))).toBe(0);
  });
});
