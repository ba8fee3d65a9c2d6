/**
 * kernel/dax.md section 6 for generation A (v5.1 and v5.2): action × state → result, as data.
 *
 * Cells are typed from the paper. A row of its own stands where a row of the paper has two outcomes
 * ("cnt →K/Ko"). Rows marked 1.3 are the paragraph on new_id that the table leaves out; rows marked
 * `source` are read in v5.1.15 because the paper has no cell, or an imprecise one. U0 does not
 * exist in generation A: a static device has no size 0.
 */
import {
  DEVICE_DAX,
  DEVICES,
  KMEM,
  MEMORY,
  NO_BLOCK,
  NO_NODE,
  type StateLetter,
  TWO_BLOCKS,
  withKey,
} from './machines.ts';

/** An errno name or `ok`, and the state after it when it is not the one before. */
export type Outcome = string;

export interface ErrnoRow {
  readonly action: string;
  readonly source: string;
  /** Whether kmem's list holds dax0.0 when the action begins. */
  readonly listed: boolean;
  readonly machine: string;
  readonly cells: Partial<Readonly<Record<StateLetter, Outcome>>>;
}

const UNBIND = `echo dax0.0 > ${DEVICE_DAX}/unbind`;
const NEW_ID = `echo dax0.0 > ${KMEM}/new_id`;
const REMOVE_ID = `echo dax0.0 > ${KMEM}/remove_id`;
const ONLINE = `echo online > ${MEMORY}/memory40/state`;

/**
 * Returns the shell lines that bring dax0.0 from device_dax, where it boots, to a state.
 *
 * The order of the lines decides whether kmem's list holds the name at the end.
 */
export function preamble(state: StateLetter, listed: boolean): readonly string[] {
  const toKmem = [UNBIND, NEW_ID];
  const forget = listed ? [] : [REMOVE_ID];
  switch (state) {
    case 'D':
      return listed ? [NEW_ID] : [];
    case 'U':
      return listed ? [NEW_ID, UNBIND] : [UNBIND];
    case 'K':
      return [...toKmem, ...forget];
    case 'Ko':
      return [...toKmem, ONLINE, ...forget];
    case 'X':
      return [...toKmem, ONLINE, `echo dax0.0 > ${KMEM}/unbind`, ...forget];
  }
}

type Cells = ErrnoRow['cells'];

const always = (outcome: Outcome): Cells => ({
  U: outcome,
  D: outcome,
  K: outcome,
  Ko: outcome,
  X: outcome,
});

const row = (
  action: string,
  source: string,
  cells: Cells,
  options: { readonly listed?: boolean; readonly machine?: string } = {},
): ErrnoRow => ({
  action,
  source,
  listed: options.listed ?? false,
  machine: options.machine ?? TWO_BLOCKS,
  cells,
});

const AUTO_ONLINE = withKey(TWO_BLOCKS, 'auto_online_blocks: online');
const LISTED = { listed: true };

const BINDING: readonly ErrnoRow[] = [
  row(UNBIND, '6 device_dax/unbind', { ...always('ENODEV'), D: 'ok U' }),
  row(`echo dax0.0 > ${KMEM}/unbind`, '6 kmem/unbind A', {
    ...always('ENODEV'),
    K: 'ok X',
    Ko: 'ok X',
  }),
  row(`echo dax0.0 > ${DEVICE_DAX}/bind`, '6 device_dax/bind up to v5.13', {
    ...always('ENODEV'),
    U: 'ok D',
  }),
  row(`echo dax0.0 > ${KMEM}/bind`, '6 kmem/bind, no id match', always('ENODEV')),
  row(
    `echo dax0.0 > ${KMEM}/bind`,
    '6 kmem/bind, match, up to v5.13',
    { ...always('ENODEV'), U: 'ok K' },
    LISTED,
  ),
  row(
    `echo dax0.0 > ${KMEM}/bind`,
    '6 kmem/bind, match, blocks online at once',
    { U: 'ok Ko' },
    { listed: true, machine: AUTO_ONLINE },
  ),
  row(
    `echo dax0.0 > ${KMEM}/bind`,
    '6 kmem/bind, match, probe fails: no whole block',
    { U: 'ENODEV' },
    { listed: true, machine: NO_BLOCK },
  ),
  row(
    `echo dax0.0 > ${KMEM}/bind`,
    '3.1 step 1: probe fails: no node',
    { U: 'ENODEV' },
    { listed: true, machine: NO_NODE },
  ),
  row(`echo dax9.9 > ${KMEM}/bind`, '1.5 bind_store step 1', always('ENODEV')),
  row(`echo dax9.9 > ${DEVICE_DAX}/bind`, '1.5 bind_store step 1', always('ENODEV')),
  row(`echo dax9.9 > ${KMEM}/unbind`, '1.5 unbind_store step 1', always('ENODEV')),
  row('echo dax0.0 > /sys/bus/dax/drivers_probe', '1.5 drivers_probe', {
    ...always('ok'),
    U: 'ok D',
  }),
  row('echo dax9.9 > /sys/bus/dax/drivers_probe', '1.5 drivers_probe', always('ENODEV')),
];

const IDS: readonly ErrnoRow[] = [
  row(NEW_ID, '6 kmem/new_id valid', { ...always('ok'), U: 'ok K' }),
  row(NEW_ID, '6 kmem/new_id valid, already listed', { ...always('ok'), U: 'ok K' }, LISTED),
  row(
    NEW_ID,
    '6 kmem/new_id valid, blocks online at once',
    { U: 'ok Ko' },
    {
      machine: AUTO_ONLINE,
    },
  ),
  row(NEW_ID, '6 kmem/new_id valid, stays U: no whole block', { U: 'ok' }, { machine: NO_BLOCK }),
  row(NEW_ID, '3.1 step 1: stays U: no node', { U: 'ok' }, { machine: NO_NODE }),
  row(REMOVE_ID, '6 remove_id, present', always('ok'), LISTED),
  row(REMOVE_ID, '6 remove_id, absent', always('ok')),
  row(`echo dax0.0 > ${DEVICE_DAX}/remove_id`, '6 remove_id, absent', always('ok')),
  row(`echo dax0.0 > ${DEVICE_DAX}/new_id`, '1.3 device_dax takes every unbound device', {
    ...always('ok'),
    U: 'ok D',
  }),
  row(`echo dax9.9 > ${DEVICE_DAX}/new_id`, '1.3 device_dax takes every unbound device', {
    ...always('ok'),
    U: 'ok D',
  }),
  row(`echo dax9.9 > ${KMEM}/new_id`, '1.3 another name is kept', always('ok')),
  row(
    `echo dax9.9 > ${KMEM}/new_id`,
    '1.3 another name binds what is still listed',
    { ...always('ok'), U: 'ok K' },
    LISTED,
  ),
  row(`echo dax-1.0 > ${KMEM}/new_id`, '1.3 step 2: a minus sign is accepted', always('ok')),
];

/** What do_id_store refuses: dax.md 1.3 steps 1 and 2. */
const MALFORMED = ['dax0', 'dax00.0', 'dax0.00', 'dax0.0x', 'dax0.0.0', 'kmem', '0.0', 'dax', '""'];

const MALFORMED_IDS: readonly ErrnoRow[] = MALFORMED.flatMap((name) => [
  row(`echo ${name} > ${KMEM}/new_id`, '6 new_id malformed', always('EINVAL')),
  row(`echo ${name} > ${KMEM}/remove_id`, '6 remove_id malformed', always('EINVAL')),
]);

const REST: readonly ErrnoRow[] = [
  row(`echo offline > ${MEMORY}/memory40/state`, '6 memoryN/state offline', {
    K: 'EINVAL',
    Ko: 'ok K',
    X: 'ok',
  }),
  row(`echo online > ${MEMORY}/memory41/state`, '3.1 remove: blocks stay controllable', {
    K: 'ok Ko',
    Ko: 'ok',
    X: 'ok',
  }),
  row('rmmod kmem', '6 rmmod kmem', { U: 'ok', D: 'ok', K: 'ok X', Ko: 'ok X', X: 'ok' }),
  row(`echo 268435456 > ${DEVICES}/dax0.0/size`, '6 static region: size is 0444', always('EACCES')),
  row('open /dev/dax0.0', '6 data plane', { ...always('ENXIO'), D: 'ok' }),
  row(`cat ${DEVICES}/dax0.0/modalias`, '1.1 modalias', always('ok')),
  row(`cat ${DEVICES}/dax0.0/target_node`, 'devdax-5.1.md commit 11', always('ok')),
  row(
    `cat ${DEVICES}/dax0.0/target_node`,
    'source: bus.c dev_dax_visible() v5.1',
    { U: 'ENOENT', D: 'ENOENT' },
    { machine: NO_NODE },
  ),
  row(`cat ${DEVICES}/dax0.0/mapping`, '6 static region: no mapping file', always('ENOENT')),
  row(`cat ${DEVICES}/dax0.0/align`, 'source: bus.c has no align file in v5.1', always('ENOENT')),
  row(`cat ${DEVICES}/dax0.0/numa_node`, 'source: no numa_node file in v5.1', always('ENOENT')),
  row(`cat ${DEVICES}/dax0.0/resource`, 'source: no resource file in v5.1', always('ENOENT')),
];

export const ERRNO_TABLE: readonly ErrnoRow[] = [...BINDING, ...IDS, ...MALFORMED_IDS, ...REST];

export interface ErrnoCell {
  readonly action: string;
  readonly source: string;
  readonly state: StateLetter;
  readonly listed: boolean;
  readonly machine: string;
  /** Result and state letter, such as 'ENODEV U'. */
  readonly expected: string;
}

/** One entry for each cell of the table, with the state after it always written out. */
export const ERRNO_CELLS: readonly ErrnoCell[] = ERRNO_TABLE.flatMap(({ cells, ...rest }) =>
  (Object.keys(cells) as StateLetter[]).map((state) => {
    const outcome = cells[state] ?? '';
    const expected = outcome.includes(' ') ? outcome : `${outcome} ${state}`;
    return { ...rest, state, expected };
  }),
);
