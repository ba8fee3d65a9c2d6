/**
 * A naive resource tree: a set of nodes with parent pointers, children by filter and sort, one
 * function for each function of kernel/resource.c, written from kernel/mm.md section 1.
 */

export const ALL_ONES = (1n << 64n) - 1n;
const PAGE = 4096n;

export interface TreeNode {
  start: bigint;
  /** Inclusive. */
  end: bigint;
  name: string;
  busy: boolean;
  ram: boolean;
  /** null for the root and for what is in no tree. */
  parent: TreeNode | null;
}

export interface Tree {
  readonly root: TreeNode;
  nodes: TreeNode[];
}

/** What the two generations of a query or an operation do differently. */
export interface Generation {
  /** walk_system_ram_range looks below the top level (v5.1). */
  readonly walksNested: boolean;
  /** release_mem_region_adjustable gives up at a node that is not System RAM (to v6.2). */
  readonly backsOff: boolean;
  /** region_intersects looks below the top level (v6.12). */
  readonly intersectsNested: boolean;
}

type Flags = Pick<TreeNode, 'busy' | 'ram'>;
type Span = Pick<TreeNode, 'start' | 'end'>;

export function emptyTree(): Tree {
  const root = { start: 0n, end: ALL_ONES, name: 'root', busy: false, ram: false, parent: null };
  return { root, nodes: [] };
}

export function childrenOf(tree: Tree, parent: TreeNode): TreeNode[] {
  return tree.nodes
    .filter((node) => node.parent === parent)
    .sort((left, right) => (left.start < right.start ? -1 : 1));
}

/** The nodes with their depth, in the order of /proc/iomem. */
export function inOrder(
  tree: Tree,
  parent = tree.root,
  depth = 0,
): (TreeNode & { depth: number })[] {
  return childrenOf(tree, parent).flatMap((node) => [
    { ...node, depth },
    ...inOrder(tree, node, depth + 1),
  ]);
}

const overlap = (left: Span, right: Span): boolean =>
  left.start <= right.end && left.end >= right.start;
const contains = (outer: Span, inner: Span): boolean =>
  outer.start <= inner.start && outer.end >= inner.end;
const isSame = (left: Span, right: Span): boolean => contains(left, right) && contains(right, left);
const spanOf = (start: bigint, size: bigint): Span => ({
  start,
  end: (start + size - 1n) & ALL_ONES,
});

/** 1.2: what is in the way of a span beneath a node; the node itself when it does not fit. */
function conflictOf(tree: Tree, parent: TreeNode, span: Span): TreeNode | null {
  if (span.end < span.start || !contains(parent, span)) return parent;
  return childrenOf(tree, parent).find((child) => overlap(child, span)) ?? null;
}

function add(tree: Tree, node: TreeNode): void {
  tree.nodes.push(node);
}

/** Takes a node out with everything beneath it. */
function dropSubtree(tree: Tree, node: TreeNode): void {
  for (const child of childrenOf(tree, node)) dropSubtree(tree, child);
  tree.nodes = tree.nodes.filter((other) => other !== node);
}

/** 1.3 __request_region. */
export function requestRegion(tree: Tree, start: bigint, size: bigint, name: string): boolean {
  const span = spanOf(start, size);
  let parent = tree.root;
  for (;;) {
    const conflict = conflictOf(tree, parent, span);
    if (conflict === null) {
      add(tree, { ...span, name, busy: true, ram: parent.ram, parent });
      return true;
    }
    if (conflict === parent || conflict.busy) return false;
    parent = conflict;
  }
}

/** 1.4 __release_region: false is the message about a nonexistent resource. */
export function releaseRegion(tree: Tree, start: bigint, size: bigint): boolean {
  const span = spanOf(start, size);
  let parent = tree.root;
  for (;;) {
    const found = childrenOf(tree, parent).find((child) => contains(child, span));
    if (found === undefined) return false;
    if (found.busy) {
      if (!isSame(found, span)) return false;
      dropSubtree(tree, found);
      return true;
    }
    parent = found;
  }
}

/** 1.5 release_resource: the children go with it. */
export function releaseResource(tree: Tree, node: TreeNode): void {
  dropSubtree(tree, node);
}

/** 1.5 remove_resource: the children take its place. */
export function removeResource(tree: Tree, node: TreeNode): void {
  for (const child of childrenOf(tree, node)) child.parent = node.parent;
  tree.nodes = tree.nodes.filter((other) => other !== node);
}

/** 1.6 release_mem_region_adjustable, for a span that is neither empty nor wraps. */
export function releaseAdjustable(tree: Tree, start: bigint, size: bigint, on: Generation): void {
  const span = spanOf(start, size);
  let parent = tree.root;
  for (;;) {
    const found = childrenOf(tree, parent).find((child) => contains(child, span));
    if (found === undefined || (on.backsOff && !found.ram)) return;
    if (found.busy) {
      cutOut(tree, found, span);
      return;
    }
    parent = found;
  }
}

function cutOut(tree: Tree, node: TreeNode, span: Span): void {
  if (isSame(node, span)) {
    dropSubtree(tree, node);
    return;
  }
  const low = { start: node.start, end: span.start - 1n };
  const high = { start: span.end + 1n, end: node.end };
  const kept = node.start === span.start ? high : low;
  // __adjust_resource refuses to leave a child behind; of a split, all stay in the low half.
  if (!childrenOf(tree, node).every((child) => contains(kept, child))) return;
  const isSplit = node.start !== span.start && node.end !== span.end;
  if (isSplit) add(tree, { ...node, ...high });
  Object.assign(node, kept);
}

/** 1.8 insert_resource: busy or not does not matter. */
export function insertResource(tree: Tree, span: Span, name: string, flags: Flags): boolean {
  let parent = tree.root;
  let conflict = conflictOf(tree, parent, span);
  while (conflict !== null && conflict !== parent) {
    if (!contains(conflict, span) || isSame(conflict, span)) break;
    parent = conflict;
    conflict = conflictOf(tree, parent, span);
  }
  if (conflict === parent) return false;
  const taken = childrenOf(tree, parent).filter((child) => overlap(child, span));
  if (!taken.every((child) => contains(span, child))) return false;
  const node: TreeNode = { ...span, ...flags, name, parent };
  add(tree, node);
  for (const child of taken) child.parent = node;
  return true;
}

const isRam = (node: TreeNode): boolean => node.busy && node.ram;

/** Every page's first address that a node covers wholly, of a query of whole pages. */
function pagesIn(node: Span, query: Span): bigint[] {
  const pages: bigint[] = [];
  for (let page = query.start; page + PAGE - 1n <= query.end; page += PAGE) {
    if (node.start <= page && node.end >= page + PAGE - 1n) pages.push(page);
  }
  return pages;
}

/** 1.10 walk_system_ram_range as a set: bytes of the pages that lie wholly in one RAM node. */
export function ramBytes(tree: Tree, query: Span, on: Generation): bigint {
  const seen = tree.nodes.filter(
    (node) => isRam(node) && (on.walksNested || node.parent === tree.root),
  );
  return BigInt(new Set(seen.flatMap((node) => pagesIn(node, query))).size) * PAGE;
}

/** 1.11 region_intersects for System RAM, busy or not; a query that neither wraps nor is empty. */
export function intersectsRam(
  tree: Tree,
  query: Span,
  on: Generation,
): 'disjoint' | 'intersects' | 'mixed' {
  let matches = 0;
  let others = 0;
  for (const top of childrenOf(tree, tree.root).filter((node) => overlap(node, query))) {
    if (top.ram) {
      matches++;
      continue;
    }
    const ram = on.intersectsNested ? ramBeneath(tree, top, query) : [];
    if (ram.length > 0) matches++;
    if (!isCovered(partOf(top, query), ram)) others++;
  }
  if (matches === 0) return 'disjoint';
  return others === 0 ? 'intersects' : 'mixed';
}

/** The part of a span that lies in another one; they overlap. */
function partOf(span: Span, other: Span): Span {
  const [, start = 0n, end = 0n] = [span.start, span.end, other.start, other.end].sort(
    (left, right) => (left < right ? -1 : 1),
  );
  return { start, end };
}

function ramBeneath(tree: Tree, top: TreeNode, query: Span): TreeNode[] {
  const isBeneath = (node: TreeNode): boolean =>
    node.parent !== null && (node.parent === top || isBeneath(node.parent));
  return tree.nodes.filter((node) => node.ram && overlap(node, query) && isBeneath(node));
}

/** Whether spans cover another one without a gap. */
function isCovered(span: Span, by: readonly Span[]): boolean {
  let cursor = span.start;
  for (const { start, end } of [...by].sort((left, right) => (left.start < right.start ? -1 : 1))) {
    if (start > cursor) return false;
    if (end >= cursor) cursor = end + 1n;
    if (cursor > span.end) return true;
  }
  return false;
}
