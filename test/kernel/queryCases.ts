/**
 * kernel/mm.md sections 1.10 and 1.11 as data: what the walkers and region_intersects answer.
 *
 * Sizes in hex bytes. `bytes` is what walk_system_ram_range hands to its callback, in whole pages;
 * null when it never calls it.
 */

export interface WalkCase {
  readonly claim: string;
  readonly kernels: readonly string[];
  readonly tree: string;
  readonly start: string;
  readonly size: string;
  readonly bytes: string | null;
}

export interface IntersectCase {
  readonly claim: string;
  readonly kernels: readonly string[];
  readonly tree: string;
  readonly start: string;
  readonly size: string;
  readonly answer: 'disjoint' | 'intersects' | 'mixed';
}

const ALL = ['v5.0', 'v5.1', 'v6.12'];
const NESTED = ['v5.1', 'v6.12'];

const BOOT = '0-3fffffff : System RAM [busy ram]\n';
const PMEM = '140000000-14fffffff : Persistent Memory\n';
const KMEM_TREE = `${BOOT}${PMEM}  148000000-14fffffff : dax0.0 [ram]
    148000000-14fffffff : System RAM [busy ram]
`;
const TWO_RAMS = `100000000-10fffffff : System RAM [busy ram]
120000000-12fffffff : System RAM [busy ram]
`;

const walk = (
  claim: string,
  kernels: readonly string[],
  tree: string,
  [start, size, bytes]: readonly [string, string, string | null],
): WalkCase => ({ claim, kernels, tree, start, size, bytes });

export const WALK_CASES: readonly WalkCase[] = [
  walk('v5.0 does not see nested RAM', ['v5.0'], KMEM_TREE, ['148000000', '8000000', null]),
  walk('v5.1 sees nested RAM', NESTED, KMEM_TREE, ['148000000', '8000000', '8000000']),
  walk('it is clipped to the query', NESTED, KMEM_TREE, ['14c000000', '8000000', '4000000']),
  walk(
    'a node that is not busy does not count',
    ALL,
    `${PMEM}  148000000-14fffffff : dax0.0 [ram]\n`,
    ['148000000', '8000000', null],
  ),
  walk('top-level RAM', ALL, BOOT, ['0', '40000000', '40000000']),
  walk('two hits with a hole between them', ALL, TWO_RAMS, ['100000000', '30000000', '20000000']),
  walk('nothing there', ALL, BOOT, ['140000000', '8000000', null]),
  walk('an empty tree', ALL, '', ['0', '1000', null]),
  walk('pages are rounded inward', ALL, '100000800-100003fff : System RAM [busy ram]\n', [
    '100000000',
    '8000',
    '3000',
  ]),
];

const meets = (
  claim: string,
  kernels: readonly string[],
  tree: string,
  [start, size, answer]: readonly [string, string, IntersectCase['answer']],
): IntersectCase => ({ claim, kernels, tree, start, size, answer });

const BEFORE = ['v5.0', 'v5.1'];

export const INTERSECT_CASES: readonly IntersectCase[] = [
  meets('top-level RAM alone', ALL, BOOT, ['1000', '1000', 'intersects']),
  meets('RAM and a hole', ALL, BOOT, ['3f000000', '2000000', 'intersects']),
  meets('a hole alone', ALL, BOOT, ['80000000', '1000', 'disjoint']),
  meets('something else alone', ALL, PMEM, ['140000000', '1000', 'disjoint']),
  meets('RAM and something else', ALL, `${TWO_RAMS}${PMEM}`, ['120000000', '30000000', 'mixed']),
  meets('two RAM nodes', ALL, TWO_RAMS, ['100000000', '30000000', 'intersects']),
  meets('nested RAM is not seen up to v6.11', BEFORE, KMEM_TREE, [
    '148000000',
    '8000000',
    'disjoint',
  ]),
  meets('nested RAM is seen from v6.12', ['v6.12'], KMEM_TREE, [
    '148000000',
    '8000000',
    'intersects',
  ]),
  meets('from v6.12 a gap beside nested RAM counts as something else', ['v6.12'], KMEM_TREE, [
    '140000000',
    '10000000',
    'mixed',
  ]),
  meets('from v6.12 a node beside nested RAM counts as nothing', ['v6.12'], KMEM_TREE, [
    '140000000',
    '1000',
    'disjoint',
  ]),
];
