/**
 * kernel/mm.md sections 2.2, 2.4, 2.9, 2.11, 2.12 and 3 over the generations: what the same shell
 * lines answer on each kernel, as data. Cells are typed from the sources that each row names.
 */
import { DEVICE_DAX, KMEM, MEMORY, TWO_BLOCKS, withKey } from './machines.ts';

export interface GenerationCase {
  readonly claim: string;
  /** Kernel source file and function that the cells come from. */
  readonly source: string;
  readonly machine: string;
  readonly lines: readonly string[];
  /** For each kernel: result of the last line, and the blocks after it, o online and - offline. */
  readonly cells: readonly (readonly [kernel: string, result: string, blocks: string])[];
}

const TO_KMEM = [`echo dax0.0 > ${DEVICE_DAX}/unbind`, `echo dax0.0 > ${KMEM}/new_id`];
const UNBIND = `echo dax0.0 > ${KMEM}/unbind`;
const state = (word: string, block = 40): string => `echo ${word} > ${MEMORY}/memory${block}/state`;

/** A kernel of each generation; kmem removes memory from v5.3 on. */
const REMOVING = 'v5.3 v5.5 v5.6 v5.9 v5.10 v5.15 v6.1 v6.3 v6.7 v6.8 v6.12 v6.19'.split(' ');

const all = (kernels: readonly string[], result: string, blocks: string): GenerationCase['cells'] =>
  kernels.map((kernel) => [kernel, result, blocks]);

/** Up to 64 TiB are described by sections: one block below, one above. */
const BEYOND = TWO_BLOCKS.replaceAll('140000000-14fffffff', '3ffff8000000-400007ffffff').replace(
  'driver: device_dax',
  'driver: none',
);

export const GENERATION_CASES: readonly GenerationCase[] = [
  {
    claim: 'unbind with every block offline',
    source: 'mm/memory_hotplug.c try_remove_memory(); drivers/dax/kmem.c dev_dax_kmem_remove()',
    machine: TWO_BLOCKS,
    lines: [...TO_KMEM, UNBIND],
    cells: [['v5.1', 'ok', '--'], ['v5.2', 'ok', '--'], ...all(REMOVING, 'ok', '')],
  },
  {
    claim: 'unbind with one block online removes nothing',
    source: 'mm/memory_hotplug.c check_memblock_offlined_cb()',
    machine: TWO_BLOCKS,
    lines: [...TO_KMEM, state('online'), UNBIND],
    cells: [['v5.1', 'ok', 'o-'], ...all(REMOVING, 'ok', 'o-')],
  },
  {
    claim: 'what an unbind left behind can go offline and stays',
    source: 'drivers/dax/kmem.c dev_dax_kmem_remove()',
    machine: TWO_BLOCKS,
    lines: [...TO_KMEM, state('online_movable'), UNBIND, state('offline')],
    cells: all(REMOVING, 'ok', '--'),
  },
  {
    claim: 'a bind of kmem to what an unbind left behind',
    source: 'kernel/resource.c __request_region(); drivers/base/bus.c bind_store()',
    machine: TWO_BLOCKS,
    lines: [
      ...TO_KMEM,
      state('online_movable'),
      UNBIND,
      state('offline'),
      `echo dax0.0 > ${KMEM}/bind`,
    ],
    cells: [
      ...all(['v5.3', 'v5.9', 'v5.10'], 'ENODEV', '--'),
      ...all(['v5.15', 'v6.1', 'v6.8', 'v6.12', 'v6.19'], 'EBUSY', '--'),
    ],
  },
  {
    claim: 'auto_online_blocks takes a zone',
    source: 'drivers/base/memory.c auto_online_blocks_store()',
    machine: TWO_BLOCKS,
    lines: [`echo online_movable > ${MEMORY}/auto_online_blocks`],
    cells: [
      ...all(['v5.0', 'v5.1', 'v5.3', 'v5.6'], 'EINVAL', ''),
      ...all(['v5.7', 'v5.8', 'v5.10', 'v5.15', 'v6.1', 'v6.12', 'v6.19'], 'ok', ''),
    ],
  },
  {
    claim: 'an online that comes after auto-online',
    source: 'drivers/base/memory.c state_store()',
    machine: withKey(TWO_BLOCKS, 'auto_online_blocks: online'),
    lines: [...TO_KMEM, state('online')],
    cells: all(['v5.1', ...REMOVING], 'EINVAL', 'oo'),
  },
  {
    claim: 'mem= below the device',
    source: 'mm/memory_hotplug.c register_memory_resource()',
    machine: withKey(TWO_BLOCKS, 'mem_limit: 4G'),
    lines: [`echo dax0.0 > ${DEVICE_DAX}/unbind`, `echo dax0.0 > ${KMEM}/new_id`],
    cells: [
      ...all(['v5.1', 'v5.3', 'v5.7'], 'ok', ''),
      ...all(['v5.8', 'v5.10', 'v5.15', 'v6.12'], 'ok', '--'),
    ],
  },
  {
    claim: 'memory beyond the last section',
    source: 'mm/memory_hotplug.c check_hotplug_memory_addressable(), mhp_range_allowed()',
    machine: BEYOND,
    lines: [`echo dax0.0 > ${KMEM}/new_id`],
    cells: all(['v5.5', 'v5.8', 'v5.11', 'v5.12', 'v5.15', 'v6.12', 'v6.19'], 'ok', ''),
  },
];

/** Zones that plain `online` picks once a block was movable: the file and what it shows. */
export interface ZoneCase {
  readonly claim: string;
  readonly lines: readonly string[];
  /** For each kernel what `cat memory40/valid_zones` prints. */
  readonly cells: readonly (readonly [kernel: string, zones: string])[];
}

const ZONES = `cat ${MEMORY}/memory40/valid_zones`;

export const ZONE_CASES: readonly ZoneCase[] = [
  {
    claim: 'a block that was movable and is offline: spans shrink at removal up to v5.5',
    lines: [...TO_KMEM, state('online_movable'), state('offline'), ZONES],
    cells: [
      ['v5.1', 'Movable Normal'],
      ['v5.3', 'Movable Normal'],
      ['v5.5', 'Movable Normal'],
      ['v5.6', 'Normal Movable'],
      ['v5.10', 'Normal Movable'],
      ['v6.12', 'Normal Movable'],
    ],
  },
  {
    claim: 'a block between two that are movable',
    lines: [...TO_KMEM, state('online_movable', 41), ZONES],
    cells: [
      ['v5.1', 'Normal Movable'],
      ['v5.10', 'Normal Movable'],
      ['v6.12', 'Normal Movable'],
    ],
  },
];
