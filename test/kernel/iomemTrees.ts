/**
 * kernel/dax.md section 5: /proc/iomem as a whole, for generation A, typed from the paper.
 *
 * `*` stands for any name: memory that borrowed its name from a device that is gone (3.1) shows
 * whatever the freed bytes hold. The trees of v5.0 are read in v5.0.1, drivers/dax/pmem.c
 * dax_pmem_probe(): the whole namespace is claimed, for as long as it is enabled.
 */
import { DEVICE_DAX, KMEM, MEMORY, PAPER_NAMESPACE } from './machines.ts';

export interface IomemTree {
  readonly claim: string;
  readonly kernel: string;
  readonly machine: string;
  readonly lines: readonly string[];
  readonly tree: string;
}

const UNBIND = `echo dax0.0 > ${DEVICE_DAX}/unbind`;
const TO_KMEM = [UNBIND, `echo dax0.0 > ${KMEM}/new_id`];
const KMEM_UNBIND = `echo dax0.0 > ${KMEM}/unbind`;
const LOOK = 'cat /sys/devices/system/memory/auto_online_blocks';

const BOUND = `00000000-7fffffff : System RAM
140000000-33fffffff : Persistent Memory
  140000000-1481fffff : namespace0.0
  148200000-33fffffff : dax0.0
`;

const UNBOUND = `00000000-7fffffff : System RAM
140000000-33fffffff : Persistent Memory
  140000000-1481fffff : namespace0.0
`;

const ON_KMEM = `00000000-7fffffff : System RAM
140000000-33fffffff : Persistent Memory
  140000000-1481fffff : namespace0.0
  150000000-33fffffff : dax0.0
    150000000-33fffffff : System RAM
`;

const DISABLED = `00000000-7fffffff : System RAM
140000000-33fffffff : Persistent Memory
`;

const DISABLED_ON_KMEM = `00000000-7fffffff : System RAM
140000000-33fffffff : Persistent Memory
  150000000-33fffffff : *
    150000000-33fffffff : System RAM
`;

const V5_0 = `00000000-7fffffff : System RAM
140000000-33fffffff : Persistent Memory
  140000000-33fffffff : namespace0.0
`;

const on = (claim: string, lines: readonly string[], tree: string, kernel = 'v5.1'): IomemTree => ({
  claim,
  kernel,
  machine: PAPER_NAMESPACE,
  lines,
  tree,
});

export const IOMEM_TREES: readonly IomemTree[] = [
  on('device_dax claims all of the device behind the metadata (5, tree 1)', [LOOK], BOUND),
  on('unbinding device_dax leaves the metadata only (5, tree 2)', [UNBIND], UNBOUND),
  on('kmem claims whole blocks and System RAM nests in them (5, tree 3)', TO_KMEM, ON_KMEM),
  on(
    'online blocks do not show in the tree (5, tree 3)',
    [...TO_KMEM, `echo online_movable > ${MEMORY}/memory42/state`],
    ON_KMEM,
  ),
  on(
    'kmem unbind with all blocks offline changes nothing (5, 4 A)',
    [...TO_KMEM, KMEM_UNBIND],
    ON_KMEM,
  ),
  on(
    'kmem unbind with a block online changes nothing (5, 4 A)',
    [...TO_KMEM, `echo online > ${MEMORY}/memory42/state`, KMEM_UNBIND],
    ON_KMEM,
  ),
  on('unloading kmem changes nothing (3.1)', [...TO_KMEM, 'rmmod kmem'], ON_KMEM),
  on(
    'device_dax gets its range back after an unbind (5, tree 1)',
    [UNBIND, `echo dax0.0 > ${DEVICE_DAX}/bind`],
    BOUND,
  ),
  on(
    'device_dax cannot claim what kmem left (9 A2)',
    [...TO_KMEM, KMEM_UNBIND, `echo dax0.0 > ${DEVICE_DAX}/bind`],
    ON_KMEM,
  ),
  on(
    'disabling the namespace takes claim and metadata away (5, layer table)',
    ['ndctl disable-namespace namespace0.0'],
    DISABLED,
  ),
  on(
    'disabling the namespace leaves the memory of kmem, under a freed name (3.1, 9 A7)',
    [...TO_KMEM, 'ndctl disable-namespace namespace0.0'],
    DISABLED_ON_KMEM,
  ),
  on('v5.0 claims the whole namespace (source)', [LOOK], V5_0, 'v5.0'),
];

/** Blanks the name of each line where the expected tree has `*`. */
export function blankLike(expected: string, found: string): string {
  const wanted = expected.split('\n');
  return found
    .split('\n')
    .map((line, index) =>
      wanted[index]?.endsWith(' : *') === true ? line.replace(/ : .*$/, ' : *') : line,
    )
    .join('\n');
}
