/**
 * Real kernel trees against what is known of them, typed from their sources: which backports they
 * have, and that every feature can be told. KERNELS_UPDATE=1 writes src/probe/digests.json.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checkFunctions } from '../../src/probe/digests.js';
import { differenceFrom, probeFeatures } from '../../src/probe/probe.js';
import { digestTable, modelledFunctions, type NamedTree, realTrees } from './trees.ts';

const DIGESTS = fileURLToPath(new URL('../../src/probe/digests.json', import.meta.url));

/** The trees that the model was written from. */
const WRITTEN_FROM = [
  'v5.0.1',
  'v5.1.15',
  'v5.3.1',
  'v5.8.1',
  'v5.10.89',
  'v5.15.135',
  'v6.1.192',
  'v6.8.1',
  'v6.12.117',
  'v6.19',
];

/** What a tree has beyond the mainline release of its series; read in the trees' sources. */
const BACKPORTS: readonly (readonly [release: string, features: readonly string[]])[] = [
  ['v5.0.1', []],
  ['v5.1.15', []],
  ['v5.3.1', []],
  ['v5.8.1', []],
  ['v5.10.89', ['range-array-freed', 'walk-res-children', 'zone-pfn-width']],
  [
    'v5.15.135',
    [
      'remove-resource',
      'mapping-pins-device',
      'block-single-put',
      'hmem-keeps-descriptor',
      'memory-group-in-pages',
    ],
  ],
  [
    'v6.1.192',
    [
      'remove-resource',
      'mapping-pins-device',
      'region-intersects-nested',
      'kmem-skips-null-slot',
      'ready-to-probe',
      'memory-group-in-pages',
      'add-error-altmap',
      'nvdimm-keeps-parent',
    ],
  ],
  ['v6.8.1', []],
  [
    'v6.12.117',
    ['kmem-skips-null-slot', 'ready-to-probe', 'hmat-only-updates', 'nvdimm-keeps-parent'],
  ],
  ['v6.19', []],
];

const trees = realTrees();
const NONE = 'no kernel trees here: set DAXCHECK_KERNEL_TREES, or install linux-source-*';
if (trees.length === 0) process.stdout.write(`skipped: ${NONE}\n`);

const treeOf = (release: string): NamedTree | undefined =>
  trees.find((one) => one.release === release);
const seriesOf = (release: string): string => release.split('.').slice(0, 2).join('.');

describe.skipIf(trees.length === 0)(`the ${trees.length} kernel trees of this machine`, () => {
  it.each(trees)('$release leaves no feature unknown', ({ tree }) => {
    const unknown = probeFeatures(tree).filter(({ answer }) => answer === 'unknown');
    expect(unknown.map(({ id }) => id)).toEqual([]);
  });

  it.each(BACKPORTS.filter(([release]) => treeOf(release) !== undefined))(
    '%s has the backports %j',
    (release, features) => {
      const tree = treeOf(release)?.tree;
      if (tree === undefined) throw new Error(release);
      const { more, less } = differenceFrom(probeFeatures(tree), seriesOf(release));
      expect({ more: [...more].sort(), less }).toEqual({
        more: [...features].sort(),
        less: [],
      });
    },
  );

  it.each(trees)('$release is what the table of features says of that release', (one) => {
    const { more, less } = differenceFrom(probeFeatures(one.tree), one.release);
    expect({ more, less }).toEqual({ more: [], less: [] });
  });
});

const hasAll = WRITTEN_FROM.every((release) => treeOf(release) !== undefined);
if (!hasAll) process.stdout.write(`skipped: digests need the trees ${WRITTEN_FROM.join(', ')}\n`);

describe.skipIf(!hasAll)('the digests of the functions that the model follows', () => {
  const from = trees.filter(({ release }) => WRITTEN_FROM.includes(release));

  it('are those of the trees that it was written from', () => {
    const fresh = `${JSON.stringify(digestTable(modelledFunctions(), from), null, 1)}\n`;
    if (process.env.KERNELS_UPDATE === '1') writeFileSync(DIGESTS, fresh);
    expect(readFileSync(DIGESTS, 'utf8')).toBe(fresh);
  });

  it.each(from)('know every function of $release', ({ tree }) => {
    expect(checkFunctions(tree).unknown).toEqual([]);
  });
});
