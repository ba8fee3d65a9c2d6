/**
 * kernel/dax.md sections 4 and 6 for a dynamic region on v6.12: action × state → result, as data.
 *
 * Cells are typed from the paper's columns for v5.14 and later and for generation D; rows marked
 * `source` are read in v6.12 where the paper has no cell. State letters as in machines.ts, and U0:
 * unbound without any memory. The region is not marked for kmem: kmem takes a device by its id.
 */
import { DEVICE_DAX, DEVICES, KMEM, MEMORY, type StateLetter } from './machines.ts';

export const REGION = '/sys/devices/platform/hmem.0/dax_region';
export const HMEM = '/sys/bus/platform/drivers/hmem';
export const DAX0 = `${DEVICES}/dax0.0`;

/** A dynamic region of three blocks; its device has the first two, memory40 and memory41. */
export const DYNAMIC = `
block_size: 128M
iomem: |
  00000000-3fffffff : System RAM
  140000000-157ffffff : Soft Reserved
regions:
  hmem.0: { range: 140000000-157ffffff, kind: dynamic, target_node: 1 }
dax:
  dax0.0: { region: hmem.0, range: 140000000-14fffffff }
`;

/** The same region, all of it in its device. */
export const FULL = DYNAMIC.replace('range: 140000000-14fffffff', 'range: 140000000-157ffffff');

export type RegionState = StateLetter | 'U0';

export interface RegionRow {
  readonly action: string;
  readonly source: string;
  readonly listed: boolean;
  /** An errno name or `ok`, and the state after it when it is not the one before. */
  readonly cells: Readonly<Record<RegionState, string>>;
}

const ONLINE = `echo online > ${MEMORY}/memory40/state`;
const NEW_ID = `echo dax0.0 > ${KMEM}/new_id`;
const REMOVE_ID = `echo dax0.0 > ${KMEM}/remove_id`;

/** Returns the shell lines that bring dax0.0 from unbound to a state. */
export function regionPreamble(state: RegionState, listed: boolean): readonly string[] {
  const forget = listed ? [] : [REMOVE_ID];
  // An id that is listed while device_dax has the device, or while the device has no memory, waits.
  const remember = listed ? [NEW_ID] : [];
  switch (state) {
    case 'U':
      return listed ? [NEW_ID, `echo dax0.0 > ${KMEM}/unbind`] : [];
    case 'U0':
      return [`echo 0 > ${DAX0}/size`, ...remember];
    case 'D':
      return [`echo dax0.0 > ${DEVICE_DAX}/bind`, ...remember];
    case 'K':
      return [NEW_ID, ...forget];
    case 'Ko':
      return [NEW_ID, ONLINE, ...forget];
    case 'X':
      return [NEW_ID, ONLINE, `echo dax0.0 > ${KMEM}/unbind`, ...forget];
  }
}

type Cells = RegionRow['cells'];

const always = (outcome: string): Cells => ({
  U: outcome,
  U0: outcome,
  D: outcome,
  K: outcome,
  Ko: outcome,
  X: outcome,
});

const BOUND_IS_BUSY = { D: 'EBUSY', K: 'EBUSY', Ko: 'EBUSY' };

const row = (action: string, source: string, cells: Cells, listed = false): RegionRow => ({
  action,
  source,
  listed,
  cells,
});

const BINDING: readonly RegionRow[] = [
  row(`echo dax0.0 > ${DEVICE_DAX}/unbind`, '6 device_dax/unbind', {
    ...always('ENODEV'),
    D: 'ok U',
  }),
  row(`echo dax0.0 > ${KMEM}/unbind`, '6 kmem/unbind B-D', {
    ...always('ENODEV'),
    K: 'ok U',
    Ko: 'ok X',
  }),
  row(`echo dax0.0 > ${DEVICE_DAX}/bind`, '6 device_dax/bind v5.14 and later', {
    U: 'ok D',
    U0: 'ENXIO',
    D: 'EBUSY',
    K: 'EBUSY',
    Ko: 'EBUSY',
    X: 'EBUSY',
  }),
  row(`echo dax0.0 > ${KMEM}/bind`, '6 kmem/bind, no match', always('ENODEV')),
  row(
    `echo dax0.0 > ${KMEM}/bind`,
    '6 kmem/bind, match, v5.14 and later',
    { U: 'ok K', U0: 'ENXIO', D: 'EBUSY', K: 'EBUSY', Ko: 'EBUSY', X: 'EBUSY' },
    true,
  ),
  row(NEW_ID, '6 kmem/new_id valid', {
    U: 'ok K',
    U0: 'ok',
    D: 'ok',
    K: 'ok',
    Ko: 'ok',
    X: 'ok',
  }),
  row(`echo dax0 > ${KMEM}/new_id`, '6 new_id malformed', always('EINVAL')),
  row(REMOVE_ID, '6 remove_id', always('ok')),
];

const SIZES: readonly RegionRow[] = [
  row(`echo 0x8000000 > ${DAX0}/size`, '6 size, aligned', {
    U: 'ok',
    U0: 'ok U',
    ...BOUND_IS_BUSY,
    X: 'ok',
  }),
  row(`echo 0x10000000 > ${DAX0}/size`, '4 size step 4, the present size', {
    U: 'ok',
    U0: 'ok U',
    ...BOUND_IS_BUSY,
    X: 'ok',
  }),
  row(`echo 0x18000000 > ${DAX0}/size`, '4 size step 7, all that is free', {
    U: 'ok',
    U0: 'ok U',
    ...BOUND_IS_BUSY,
    X: 'ok',
  }),
  row(`echo 0x20000000 > ${DAX0}/size`, '6 size, more than is free', {
    U: 'ENOSPC',
    U0: 'ENOSPC',
    ...BOUND_IS_BUSY,
    X: 'ENOSPC',
  }),
  row(`echo 0 > ${DAX0}/size`, '4 size step 6, all of it', {
    U: 'ok U0',
    U0: 'ok',
    ...BOUND_IS_BUSY,
    X: 'ok',
  }),
  row(`echo 0x8001000 > ${DAX0}/size`, '6 size misaligned', always('EINVAL')),
  row(`echo 128M > ${DAX0}/size`, '6 size unparsable', always('EINVAL')),
  row(`echo 0x10000000000000000 > ${DAX0}/size`, '4 size step 1', always('ERANGE')),
];

const ALIGNS: readonly RegionRow[] = [
  row(`echo 4096 > ${DAX0}/align`, '6 align', {
    U: 'ok',
    U0: 'ok',
    ...BOUND_IS_BUSY,
    X: 'ok',
  }),
  row(`echo 1073741824 > ${DAX0}/align`, '6 align, a range does not fit', {
    U: 'EINVAL',
    U0: 'ok',
    ...BOUND_IS_BUSY,
    X: 'EINVAL',
  }),
  row(`echo 8192 > ${DAX0}/align`, '4 align unsupported', always('EINVAL')),
  row(`echo 2M > ${DAX0}/align`, '4 align, no number', always('ENXIO')),
];

const MAPPINGS: readonly RegionRow[] = [
  row(`echo 150000000-157ffffff > ${DAX0}/mapping`, '6 mapping', {
    ...always('ok'),
    U0: 'ok U',
  }),
  row(`echo 140000000-147ffffff > ${DAX0}/mapping`, '4 mapping overlapping', {
    ...always('ENOMEM'),
    U0: 'ok U',
  }),
  row(`echo 158000000-15fffffff > ${DAX0}/mapping`, '4 mapping outside', always('ENOMEM')),
  row(`echo 150000000-150000fff > ${DAX0}/mapping`, '6 mapping misaligned, D', always('ok')),
  row(`echo 150000000 > ${DAX0}/mapping`, '4 mapping, parse', always('EINVAL')),
];

const REGION_FILES: readonly RegionRow[] = [
  row(`echo dax0.0 > ${REGION}/delete`, '6 delete, and id 0', always('EBUSY')),
  row(`echo dax0.7 > ${REGION}/delete`, '4 delete, no such child', always('ENXIO')),
  row(`echo 1 > ${REGION}/create`, '4 create', always('ok')),
  row(`echo 2 > ${REGION}/create`, '4 create, not 1', always('EINVAL')),
  row(`echo one > ${REGION}/create`, '4 create, no number', always('EINVAL')),
  row(`echo 2147483648 > ${REGION}/create`, '4 create, no int', always('ERANGE')),
  row(`echo hmem.0 > ${HMEM}/bind`, '1.5 bind v5.14 and later', always('EBUSY')),
  row(`echo hmem.7 > ${HMEM}/bind`, '1.5 bind_store step 1', always('ENODEV')),
  row(`echo hmem.7 > ${HMEM}/unbind`, '1.5 unbind_store step 1', always('ENODEV')),
  row(`cat ${DAX0}/size`, 'source: size is 0644', always('ok')),
  row(`cat ${DAX0}/mapping`, 'source: mapping is 0200', always('EACCES')),
  row(`cat ${REGION}/delete`, 'source: delete is 0200', always('EACCES')),
  row(`cat ${REGION}/available_size`, 'source: available_size is 0444', always('ok')),
];

const STATES: readonly RegionState[] = ['U', 'U0', 'D', 'K', 'Ko', 'X'];

/** Every cell; `expected` is the outcome with the state after it written out. */
export const REGION_CELLS = [...BINDING, ...SIZES, ...ALIGNS, ...MAPPINGS, ...REGION_FILES].flatMap(
  ({ cells, ...rest }) =>
    STATES.map((state) => {
      const outcome = cells[state];
      return { ...rest, state, expected: outcome.includes(' ') ? outcome : `${outcome} ${state}` };
    }),
);

export interface SequenceRow {
  readonly title: string;
  readonly source: string;
  readonly machine: string;
  /** Only what the last line returns is looked at. */
  readonly lines: readonly string[];
  readonly expected: string;
}

const sequence = (
  title: string,
  source: string,
  lines: readonly string[],
  expected: string,
  machine: string = DYNAMIC,
): SequenceRow => ({ title, source, machine, lines, expected });

const CREATE = `echo 1 > ${REGION}/create`;
const DELETE = `echo dax0.1 > ${REGION}/delete`;
const GROW = `echo 0x8000000 > ${DEVICES}/dax0.1/size`;
const UNBIND = `echo hmem.0 > ${HMEM}/unbind`;
const BIND = `echo hmem.0 > ${HMEM}/bind`;

/** What takes more than one device, or a region without a driver. */
export const REGION_SEQUENCES: readonly SequenceRow[] = [
  sequence('create in a full region', '4 create', [CREATE], 'ENOSPC', FULL),
  sequence('delete of an empty device', '6 delete, U0, id above 0', [CREATE, DELETE], 'ok'),
  sequence('delete of a device with memory', '6 delete, U', [CREATE, GROW, DELETE], 'EBUSY'),
  sequence('delete, twice', '4 delete, no such child', [CREATE, DELETE, DELETE], 'ENXIO'),
  sequence('size of a deleted device', 'source', [CREATE, DELETE, GROW], 'ENOENT'),
  sequence('unbind of the region', '1.5 unbind_store', [UNBIND], 'ok'),
  sequence('unbind of the region, twice', '1.5 unbind_store step 1', [UNBIND, UNBIND], 'ENODEV'),
  sequence('bind of the region', '1.5 bind_store', [UNBIND, BIND], 'ok'),
  sequence(
    'size after unbind',
    'source: the files are gone',
    [UNBIND, `echo 0 > ${DAX0}/size`],
    'ENOENT',
  ),
  sequence('create after unbind', 'source: the files are gone', [UNBIND, CREATE], 'ENOENT'),
  sequence('seed of a new region', '4 seed', [`cat ${REGION}/seed`], 'ok '),
  sequence('seed after create', '4 create', [CREATE, `cat ${REGION}/seed`], 'ok dax0.1'),
  sequence('create after create', '4 create', [CREATE, `cat ${REGION}/create`], 'ok dax0.1'),
  sequence(
    'the seed is forgotten once a driver has it',
    '1.4 dax_bus_probe',
    [CREATE, GROW, `echo dax0.1 > ${DEVICE_DAX}/bind`, `cat ${REGION}/seed`],
    'ok ',
  ),
  sequence('seed after delete', '4 delete', [CREATE, DELETE, `cat ${REGION}/seed`], 'ok '),
  sequence(
    'available_size',
    'C1: available_size = rest',
    [CREATE, GROW, 'echo 0 > /sys/bus/dax/devices/dax0.0/size', `cat ${REGION}/available_size`],
    'ok 268435456',
  ),
  sequence('mapping0/start', '4 mapping show', [`cat ${DAX0}/mapping0/start`], 'ok'),
  sequence('mapping1/start', '4 mapping show', [`cat ${DAX0}/mapping1/start`], 'ENOENT'),
];
