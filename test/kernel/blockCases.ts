/**
 * kernel/mm.md sections 2.11, 2.12 and 3 for v5.1: strings, errno, zones of memory blocks, as data.
 *
 * Each case runs shell lines on two or five blocks given to kmem and looks at the last one. Cells
 * are typed from the paper. `zone` names no case with an unmovable page: the environment has those.
 */
import { DEVICE_DAX, FIVE_BLOCKS, KMEM, MEMORY, TWO_BLOCKS, withKey } from './machines.ts';

/** Shell lines that give dax0.0 to kmem; it boots on device_dax. */
export const TO_KMEM: readonly string[] = [
  `echo dax0.0 > ${DEVICE_DAX}/unbind`,
  `echo dax0.0 > ${KMEM}/new_id`,
];

export interface BlockCase {
  readonly claim: string;
  readonly machine: string;
  /** Run after TO_KMEM; the last line is the one in question. */
  readonly lines: readonly string[];
  /** 'ok' or an errno name. */
  readonly result: string;
  /** States of the blocks after it, ascending, one letter each: o online, - offline. */
  readonly blocks: string;
}

export interface ReadCase {
  readonly claim: string;
  readonly machine: string;
  readonly lines: readonly string[];
  /** What the last line, a `cat`, prints. */
  readonly value: string;
}

const state = (word: string, block = 40): string => `echo ${word} > ${MEMORY}/memory${block}/state`;
const online = (word: string, block = 40): string =>
  `echo ${word} > ${MEMORY}/memory${block}/online`;
const policy = (word: string): string => `echo ${word} > ${MEMORY}/auto_online_blocks`;
const show = (file: string): string => `cat ${MEMORY}/${file}`;

const on = (
  lines: readonly string[],
  result: string,
  blocks: string,
  claim = lines.join(' ; ').replaceAll(`${MEMORY}/`, ''),
): BlockCase => ({ claim, machine: TWO_BLOCKS, lines, result, blocks });

const STATE_WRITES: readonly BlockCase[] = [
  on([state('online')], 'ok', 'o-'),
  on([state('online_kernel')], 'ok', 'o-'),
  on([state('online_movable')], 'ok', 'o-'),
  on([state('offline')], 'EINVAL', '--'),
  on([state('online'), state('online')], 'EINVAL', 'o-'),
  on([state('online'), state('online_movable')], 'EINVAL', 'o-'),
  on([state('online_movable'), state('online_kernel')], 'EINVAL', 'o-'),
  on([state('online'), state('offline')], 'ok', '--'),
  on([state('online_movable'), state('offline')], 'ok', '--'),
  on([state('online'), state('offline'), state('offline')], 'EINVAL', '--'),
  on([state('online'), state('offline'), state('online')], 'ok', 'o-'),
  on([state('Online')], 'EINVAL', '--'),
  on([state('1')], 'EINVAL', '--'),
  on([state('online_')], 'EINVAL', '--'),
  on([state('going-offline')], 'EINVAL', '--'),
  on([state('""')], 'EINVAL', '--'),
];

const ONLINE_WRITES: readonly BlockCase[] = [
  on([online('1')], 'ok', 'o-'),
  on([online('y')], 'ok', 'o-'),
  on([online('Y')], 'ok', 'o-'),
  on([online('on')], 'ok', 'o-'),
  on([online('0')], 'ok', '--'),
  on([online('n')], 'ok', '--'),
  on([online('off')], 'ok', '--'),
  on([online('1'), online('1')], 'ok', 'o-'),
  on([online('1'), online('0')], 'ok', '--'),
  on([state('online'), online('1')], 'ok', 'o-'),
  on([state('online'), online('0')], 'ok', '--'),
  on([online('2')], 'EINVAL', '--'),
  on([online('maybe')], 'EINVAL', '--'),
  on([online('""')], 'EINVAL', '--'),
];

const POLICY_WRITES: readonly BlockCase[] = [
  on([policy('online')], 'ok', '--'),
  on([policy('offline')], 'ok', '--'),
  on([policy('online_kernel')], 'EINVAL', '--'),
  on([policy('online_movable')], 'EINVAL', '--'),
  on([policy('1')], 'EINVAL', '--'),
  on([policy('""')], 'EINVAL', '--'),
];

export const BLOCK_CASES: readonly BlockCase[] = [
  ...STATE_WRITES,
  ...ONLINE_WRITES,
  ...POLICY_WRITES,
  {
    claim: 'with auto_online_blocks=online every block of an add comes online (2.4 A13)',
    machine: withKey(TWO_BLOCKS, 'auto_online_blocks: online'),
    lines: [show('auto_online_blocks')],
    result: 'ok',
    blocks: 'oo',
  },
];

const reads = (
  claim: string,
  lines: readonly string[],
  value: string,
  machine = TWO_BLOCKS,
): ReadCase => ({ claim, machine, lines, value });

const MOVABLE_NODE = withKey(TWO_BLOCKS, 'movable_node: true');
const zones = (block = 40): string => show(`memory${block}/valid_zones`);

const STRINGS: readonly ReadCase[] = [
  reads('state of an offline block', [show('memory40/state')], 'offline'),
  reads('state of an online block', [state('online'), show('memory40/state')], 'online'),
  reads('online of an offline block', [show('memory40/online')], '0'),
  reads('online of an online block', [state('online'), show('memory40/online')], '1'),
  reads('removable of an offline block is 1', [show('memory40/removable')], '1'),
  reads(
    'removable of a block in Movable is 1',
    [state('online_movable'), show('memory40/removable')],
    '1',
  ),
  reads('auto_online_blocks at first', [show('auto_online_blocks')], 'offline'),
  reads('auto_online_blocks', [policy('online'), show('auto_online_blocks')], 'online'),
  reads(
    'auto_online_blocks after a refused write',
    [policy('online_movable'), show('auto_online_blocks')],
    'offline',
  ),
];

/** 2.12: where a block goes, and what valid_zones says before (3.5). */
const ZONES: readonly ReadCase[] = [
  reads('fresh node', [zones()], 'Normal Movable'),
  reads('fresh node with movable_node', [zones()], 'Movable Normal', MOVABLE_NODE),
  reads('online goes to Normal', [state('online'), zones()], 'Normal'),
  reads(
    'online with movable_node goes to Movable',
    [state('online'), zones()],
    'Movable',
    MOVABLE_NODE,
  ),
  reads('online_kernel goes to Normal', [state('online_kernel'), zones()], 'Normal'),
  reads(
    'online_kernel goes to Normal with movable_node',
    [state('online_kernel'), zones()],
    'Normal',
    MOVABLE_NODE,
  ),
  reads('online_movable goes to Movable', [state('online_movable'), zones()], 'Movable'),
  reads('online=1 goes to Normal', [online('1'), zones()], 'Normal'),
  reads(
    'the span of Movable stays after offline',
    [state('online_movable'), state('offline'), zones()],
    'Movable Normal',
  ),
  reads(
    'plain online returns to Movable',
    [state('online_movable'), state('offline'), state('online'), zones()],
    'Movable',
  ),
  reads(
    'the span of Normal stays after offline',
    [state('online_kernel'), state('offline'), zones()],
    'Normal Movable',
  ),
  reads(
    'plain online returns to Normal with movable_node',
    [state('online_kernel'), state('offline'), state('online'), zones()],
    'Normal',
    MOVABLE_NODE,
  ),
  reads(
    'online_kernel after Movable: both spans hold it, and kernel wins',
    [state('online_movable'), state('offline'), state('online_kernel'), state('offline'), zones()],
    'Normal Movable',
  ),
  reads(
    'both spans hold it, and with movable_node Movable wins',
    [state('online_movable'), state('offline'), state('online_kernel'), state('offline'), zones()],
    'Movable Normal',
    MOVABLE_NODE,
  ),
  reads(
    'a neighbour outside the span is free',
    [state('online_movable'), zones(41)],
    'Normal Movable',
  ),
  reads(
    'a block between two Movable ones is in the span',
    [state('online_movable', 40), state('online_movable', 42), zones(41)],
    'Movable Normal',
    FIVE_BLOCKS,
  ),
  reads(
    'a block between two Movable ones goes to Movable',
    [state('online_movable', 40), state('online_movable', 42), state('online', 41), zones(41)],
    'Movable',
    FIVE_BLOCKS,
  ),
  reads(
    'a block between a Normal and a Movable one is in neither span',
    [state('online_kernel', 40), state('online_movable', 42), zones(41)],
    'Normal Movable',
    FIVE_BLOCKS,
  ),
  reads(
    'a block inside both spans goes to Normal',
    [
      state('online_kernel', 40),
      state('online_kernel', 44),
      state('online_movable', 41),
      state('online_movable', 43),
      state('online', 42),
      zones(42),
    ],
    'Normal',
    FIVE_BLOCKS,
  ),
  reads(
    'a refused online wipes the type that a refused online_movable left',
    [
      state('online_kernel'),
      state('online_movable'),
      state('online'),
      state('offline'),
      online('1'),
      zones(),
    ],
    'Normal',
  ),
  reads(
    'a refused online_movable leaves its type behind for online=1 (3.5 stale type)',
    [state('online_kernel'), state('online_movable'), state('offline'), online('1'), zones()],
    'Movable',
  ),
];

export const READ_CASES: readonly ReadCase[] = [...STRINGS, ...ZONES];

/** mm.md 2.6: what memory_block_size_bytes answers, in MiB. */
export const BLOCK_SIZES: readonly {
  readonly machine: string;
  readonly endOfRam: bigint;
  readonly release: string;
  readonly hypervisor: boolean;
  readonly mib: bigint;
}[] = [
  { machine: '32 GiB', endOfRam: 32n << 30n, release: 'v5.1', hypervisor: false, mib: 128n },
  { machine: '66 GiB', endOfRam: 0x10_8000_0000n, release: 'v5.1', hypervisor: false, mib: 2048n },
  {
    machine: '65 GiB + 256 MiB',
    endOfRam: (65n << 30n) + (256n << 20n),
    release: 'v5.1',
    hypervisor: false,
    mib: 256n,
  },
  {
    machine: '65 GiB + 256 MiB',
    endOfRam: (65n << 30n) + (256n << 20n),
    release: 'v5.10',
    hypervisor: false,
    mib: 2048n,
  },
  {
    machine: '65 GiB + 256 MiB',
    endOfRam: (65n << 30n) + (256n << 20n),
    release: 'v5.10',
    hypervisor: true,
    mib: 256n,
  },
  { machine: '64 GiB', endOfRam: 64n << 30n, release: 'v5.1', hypervisor: false, mib: 2048n },
  {
    machine: '64 GiB less one page',
    endOfRam: (64n << 30n) - 4096n,
    release: 'v5.1',
    hypervisor: false,
    mib: 128n,
  },
  {
    machine: '64 GiB + 128 MiB',
    endOfRam: (64n << 30n) + (128n << 20n),
    release: 'v5.1',
    hypervisor: true,
    mib: 128n,
  },
  { machine: '65 GiB', endOfRam: 65n << 30n, release: 'v5.1', hypervisor: false, mib: 1024n },
  {
    machine: '64 GiB + 512 MiB',
    endOfRam: (64n << 30n) + (512n << 20n),
    release: 'v5.1',
    hypervisor: false,
    mib: 512n,
  },
  {
    machine: '65 GiB + 256 MiB',
    endOfRam: (65n << 30n) + (256n << 20n),
    release: 'v5.8',
    hypervisor: false,
    mib: 256n,
  },
  { machine: '32 GiB', endOfRam: 32n << 30n, release: 'v6.12', hypervisor: false, mib: 128n },
];
