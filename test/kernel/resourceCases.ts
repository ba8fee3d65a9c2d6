/**
 * kernel/mm.md section 1 as data: one tree, one operation on kernel/resource.c, what comes out.
 *
 * Trees are in the text form of resourceTree.ts; `after` is null where nothing changes. Expected
 * values are typed from the paper's algorithms and corner cases.
 */

export interface TreeCase {
  readonly claim: string;
  /** Releases that the claim holds for. */
  readonly kernels: readonly string[];
  readonly tree: string;
  readonly operation:
    | { readonly kind: 'request'; readonly start: string; readonly size: string }
    | { readonly kind: 'insert'; readonly start: string; readonly end: string }
    | { readonly kind: 'release'; readonly start: string; readonly size: string }
    | { readonly kind: 'release_resource'; readonly name: string }
    | { readonly kind: 'remove_resource'; readonly name: string }
    | { readonly kind: 'adjustable'; readonly start: string; readonly size: string };
  /** What the function answers; always true for functions that cannot say no. */
  readonly succeeds: boolean;
  readonly after: string | null;
}

const ALL = ['v5.0', 'v5.1', 'v6.12'];

const PMEM = '140000000-14fffffff : Persistent Memory\n';

const LAYERED = `${PMEM}  140000000-147ffffff : namespace0.0 [busy]\n`;

const KMEM_TREE = `${PMEM}  148000000-14fffffff : dax0.0 [ram]
    148000000-14fffffff : System RAM [busy ram]
`;

const request = (
  claim: string,
  tree: string,
  [start, size]: readonly [string, string],
  after: string | null,
): TreeCase => ({
  claim: `request: ${claim}`,
  kernels: ALL,
  tree,
  operation: { kind: 'request', start, size },
  succeeds: after !== null,
  after,
});

const REQUESTS: readonly TreeCase[] = [
  request('an empty tree takes it', '', ['1000', '1000'], '1000-1fff : new [busy]\n'),
  request(
    'it nests in a node that is not busy',
    PMEM,
    ['148000000', '8000000'],
    `${PMEM}  148000000-14fffffff : new [busy]\n`,
  ),
  request(
    'it nests beside a busy sibling',
    LAYERED,
    ['148000000', '8000000'],
    `${LAYERED}  148000000-14fffffff : new [busy]\n`,
  ),
  request(
    'an equal node that is not busy becomes its parent',
    PMEM,
    ['140000000', '10000000'],
    `${PMEM}  140000000-14fffffff : new [busy]\n`,
  ),
  request('a busy node refuses a part of itself', LAYERED, ['140000000', '1000'], null),
  request('a busy node refuses itself', LAYERED, ['140000000', '8000000'], null),
  request('partial overlap with a node that is not busy', PMEM, ['14f000000', '8000000'], null),
  request('partial overlap from below', PMEM, ['13f000000', '8000000'], null),
  request('it never covers a child', KMEM_TREE, ['140000000', '10000000'], null),
  request(
    'it never covers a childless node that is not busy',
    PMEM,
    ['130000000', '30000000'],
    null,
  ),
  request('it cuts a busy node and goes past it', LAYERED, ['147000000', '2000000'], null),
  request(
    'busy System RAM beneath refuses a part of itself',
    KMEM_TREE,
    ['148000000', '1000'],
    null,
  ),
  request(
    'busy System RAM beneath refuses the same range',
    KMEM_TREE,
    ['148000000', '8000000'],
    null,
  ),
  request(
    'a child of a node with SYSRAM has SYSRAM',
    `${PMEM}  148000000-14fffffff : dax0.0 [ram]\n`,
    ['148000000', '8000000'],
    `${PMEM}  148000000-14fffffff : dax0.0 [ram]\n    148000000-14fffffff : new [busy ram]\n`,
  ),
  request('size 0', PMEM, ['148000000', '0'], null),
  request('size 0 in an empty tree', '', ['148000000', '0'], null),
  request(
    'size 0 at address 0 is the whole space',
    '',
    ['0', '0'],
    '0-ffffffffffffffff : new [busy]\n',
  ),
  request('an end that wraps around', '', ['fffffffffffff000', '2000'], null),
  request(
    'the last byte of the space is usable',
    '',
    ['8000000000000000', '8000000000000000'],
    '8000000000000000-ffffffffffffffff : new [busy]\n',
  ),
  request(
    'siblings stay in ascending order',
    '1000-1fff : a [busy]\n5000-5fff : b [busy]\n',
    ['3000', '1000'],
    '1000-1fff : a [busy]\n3000-3fff : new [busy]\n5000-5fff : b [busy]\n',
  ),
  request(
    'a gap may be filled exactly',
    '1000-1fff : a [busy]\n3000-3fff : b [busy]\n',
    ['2000', '1000'],
    '1000-1fff : a [busy]\n2000-2fff : new [busy]\n3000-3fff : b [busy]\n',
  ),
  request('one byte too many for a gap', '1000-1fff : a\n3000-3fff : b\n', ['2000', '1001'], null),
];

const release = (
  claim: string,
  tree: string,
  [start, size]: readonly [string, string],
  after: string | null,
): TreeCase => ({
  claim: `release: ${claim}`,
  kernels: ALL,
  tree,
  operation: { kind: 'release', start, size },
  succeeds: after !== null,
  after,
});

const RELEASES: readonly TreeCase[] = [
  release('an exact busy node goes', LAYERED, ['140000000', '8000000'], PMEM),
  release('a part of a busy node stays', LAYERED, ['140000000', '4000000'], null),
  release('an exact node that is not busy stays', PMEM, ['140000000', '10000000'], null),
  release('nothing there', LAYERED, ['150000000', '1000'], null),
  release(
    'the busy child of an exact node that is not busy goes in its place',
    KMEM_TREE,
    ['148000000', '8000000'],
    `${PMEM}  148000000-14fffffff : dax0.0 [ram]\n`,
  ),
  release(
    'the children of a freed busy node go with it',
    '1000-4fff : a [busy]\n  2000-2fff : b [busy]\n',
    ['1000', '4000'],
    '',
  ),
  release(
    'a busy parent hides its busy child',
    '1000-4fff : a [busy]\n  2000-2fff : b [busy]\n',
    ['2000', '1000'],
    null,
  ),
];

const unlink = (
  kind: 'release_resource' | 'remove_resource',
  claim: string,
  tree: string,
  after: string,
): TreeCase => ({
  claim: `${kind}: ${claim}`,
  kernels: ALL,
  tree,
  operation: { kind, name: 'dax0.0' },
  succeeds: true,
  after,
});

const UNLINKS: readonly TreeCase[] = [
  unlink('release_resource', 'the subtree goes with the node', KMEM_TREE, PMEM),
  unlink(
    'release_resource',
    'a node without children goes alone',
    `${LAYERED}  148000000-14fffffff : dax0.0 [ram]\n`,
    LAYERED,
  ),
  unlink(
    'remove_resource',
    'the children take the place of the node',
    KMEM_TREE,
    `${PMEM}  148000000-14fffffff : System RAM [busy ram]\n`,
  ),
];

const insert = (
  claim: string,
  tree: string,
  [start, end]: readonly [string, string],
  after: string | null,
): TreeCase => ({
  claim: `insert: ${claim}`,
  kernels: ALL,
  tree,
  operation: { kind: 'insert', start, end },
  succeeds: after !== null,
  after,
});

const INSERTS: readonly TreeCase[] = [
  insert('free space takes it', '', ['1000', '1fff'], '1000-1fff : new\n'),
  insert(
    'an equal node becomes its child',
    PMEM,
    ['140000000', '14fffffff'],
    '140000000-14fffffff : new\n  140000000-14fffffff : Persistent Memory\n',
  ),
  insert(
    'a node that contains it becomes its parent',
    PMEM,
    ['148000000', '14fffffff'],
    `${PMEM}  148000000-14fffffff : new\n`,
  ),
  insert(
    'busy does not matter',
    '1000-4fff : a [busy]\n',
    ['2000', '2fff'],
    '1000-4fff : a [busy]\n  2000-2fff : new\n',
  ),
  insert(
    'the nodes that it covers become its children',
    '1000-1fff : a [busy]\n3000-3fff : b\n',
    ['1000', '4fff'],
    '1000-4fff : new\n  1000-1fff : a [busy]\n  3000-3fff : b\n',
  ),
  insert('partial overlap', '1000-2fff : a\n', ['2000', '3fff'], null),
  insert('covers one and cuts the next', '1000-1fff : a\n3000-4fff : b\n', ['1000', '3fff'], null),
];

const adjustable = (
  claim: string,
  kernels: readonly string[],
  tree: string,
  { range: [start, size], after }: { range: readonly [string, string]; after: string | null },
): TreeCase => ({
  claim: `release_mem_region_adjustable: ${claim}`,
  kernels,
  tree,
  operation: { kind: 'adjustable', start, size },
  succeeds: true,
  after,
});

const RAM = '100000000-1ffffffff : System RAM [busy ram]\n';

const ADJUSTABLES: readonly TreeCase[] = [
  adjustable('an exact match goes', ALL, RAM, { range: ['100000000', '100000000'], after: '' }),
  adjustable('the head is cut off', ALL, RAM, {
    range: ['100000000', '40000000'],
    after: '140000000-1ffffffff : System RAM [busy ram]\n',
  }),
  adjustable('the tail is cut off', ALL, RAM, {
    range: ['1c0000000', '40000000'],
    after: '100000000-1bfffffff : System RAM [busy ram]\n',
  }),
  adjustable('the middle splits it', ALL, RAM, {
    range: ['140000000', '40000000'],
    after: `100000000-13fffffff : System RAM [busy ram]
180000000-1ffffffff : System RAM [busy ram]
`,
  }),
  adjustable('nothing contains it', ALL, RAM, { range: ['200000000', '1000'], after: null }),
  adjustable('up to v6.2 it stops above a nested System RAM', ['v5.1'], KMEM_TREE, {
    range: ['148000000', '8000000'],
    after: null,
  }),
  adjustable('from v6.3 it frees a nested System RAM', ['v6.12'], KMEM_TREE, {
    range: ['148000000', '8000000'],
    after: `${PMEM}  148000000-14fffffff : dax0.0 [ram]\n`,
  }),
  adjustable(
    'a top node with SYSRAM that is not busy is descended into',
    ALL,
    '100000000-1ffffffff : dax0.0 [ram]\n  100000000-1ffffffff : System RAM [busy ram]\n',
    { range: ['100000000', '100000000'], after: '100000000-1ffffffff : dax0.0 [ram]\n' },
  ),
];

export const TREE_CASES: readonly TreeCase[] = [
  ...REQUESTS,
  ...RELEASES,
  ...UNLINKS,
  ...INSERTS,
  ...ADJUSTABLES,
];
