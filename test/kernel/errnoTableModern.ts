/**
 * kernel/dax.md section 6 for generation D on v6.12: a device of a dynamic region that kmem does
 * not claim by type. Cells typed from the paper's columns; form as in errnoTable.ts, with U0 added:
 * the device has no range.
 */
import { DYNAMIC_REGION, REGION } from './lockOrdersModern.ts';
import { DEVICE_DAX, DEVICES, KMEM, MEMORY } from './machines.ts';

export type ModernState = 'U' | 'U0' | 'D' | 'K' | 'Ko' | 'X';

export interface ModernCell {
  readonly action: string;
  readonly source: string;
  readonly state: ModernState;
  readonly listed: boolean;
  /** Result and state letter, such as 'EBUSY D'. */
  readonly expected: string;
}

const UNBIND = `echo dax0.0 > ${DEVICE_DAX}/unbind`;
const NEW_ID = `echo dax0.0 > ${KMEM}/new_id`;
const REMOVE_ID = `echo dax0.0 > ${KMEM}/remove_id`;
const ONLINE = `echo online_movable > ${MEMORY}/memory32/state`;
const EMPTY = `echo 0 > ${DEVICES}/dax0.0/size`;

/** Returns the lines that bring dax0.0 from device_dax, where it begins, to a state. */
export function modernPreamble(state: ModernState, listed: boolean): readonly string[] {
  const toKmem = [UNBIND, NEW_ID];
  const forget = listed ? [] : [REMOVE_ID];
  switch (state) {
    case 'D':
      return listed ? [NEW_ID] : [];
    case 'U':
      return listed ? [NEW_ID, UNBIND] : [UNBIND];
    case 'U0':
      return listed ? [NEW_ID, UNBIND, EMPTY] : [UNBIND, EMPTY];
    case 'K':
      return [...toKmem, ...forget];
    case 'Ko':
      return [...toKmem, ONLINE, ...forget];
    case 'X':
      return [...toKmem, ONLINE, `echo dax0.0 > ${KMEM}/unbind`, ...forget];
  }
}

export const MODERN_MACHINE = DYNAMIC_REGION;

type Row = readonly [
  action: string,
  source: string,
  listed: boolean,
  /** Outcomes in the order U, U0, D, K, Ko, X; an empty one is no cell. */
  outcomes: readonly [string, string, string, string, string, string],
];

const ORDER: readonly ModernState[] = ['U', 'U0', 'D', 'K', 'Ko', 'X'];

const all = (outcome: string): Row[3] => [outcome, outcome, outcome, outcome, outcome, outcome];

const ROWS: readonly Row[] = [
  [
    UNBIND,
    '6 device_dax/unbind',
    false,
    ['ENODEV', 'ENODEV', 'ok U', 'ENODEV', 'ENODEV', 'ENODEV'],
  ],
  [
    `echo dax0.0 > ${KMEM}/unbind`,
    '6 kmem/unbind B-D',
    false,
    ['ENODEV', 'ENODEV', 'ENODEV', 'ok U', 'ok X', 'ENODEV'],
  ],
  [
    `echo dax0.0 > ${DEVICE_DAX}/bind`,
    '6 device_dax/bind from v5.14',
    false,
    ['ok D', 'ENXIO', 'EBUSY', 'EBUSY', 'EBUSY', 'EBUSY'],
  ],
  [`echo dax0.0 > ${KMEM}/bind`, '6 kmem/bind, no id match', false, all('ENODEV')],
  [
    `echo dax0.0 > ${KMEM}/bind`,
    '6 kmem/bind, match, from v5.14',
    true,
    ['ok K', 'ENXIO', 'EBUSY', 'EBUSY', 'EBUSY', 'EBUSY'],
  ],
  [NEW_ID, '6 kmem/new_id valid', false, ['ok K', 'ok', 'ok', 'ok', 'ok', 'ok']],
  [`echo dax0 > ${KMEM}/new_id`, '6 new_id malformed', false, all('EINVAL')],
  [`echo dax00.0 > ${KMEM}/remove_id`, '6 remove_id malformed', false, all('EINVAL')],
  [REMOVE_ID, '6 remove_id', true, all('ok')],
  [
    `echo 0x8000000 > ${DEVICES}/dax0.0/size`,
    '6 size, aligned',
    false,
    ['ok', 'ok U', 'EBUSY', 'EBUSY', 'EBUSY', 'ok'],
  ],
  [
    `echo 0x40000000 > ${DEVICES}/dax0.0/size`,
    '6 size, more than there is',
    false,
    ['ENOSPC', 'ENOSPC', 'EBUSY', 'EBUSY', 'EBUSY', 'ENOSPC'],
  ],
  [`echo 1 > ${DEVICES}/dax0.0/size`, '6 size misaligned', false, all('EINVAL')],
  [`echo junk > ${DEVICES}/dax0.0/size`, '6 size unparsable', false, all('EINVAL')],
  [
    `echo 4096 > ${DEVICES}/dax0.0/align`,
    '6 align',
    false,
    ['ok', 'ok', 'EBUSY', 'EBUSY', 'EBUSY', 'ok'],
  ],
  [`echo 3 > ${DEVICES}/dax0.0/align`, '4 align, unsupported', false, all('EINVAL')],
  [
    `echo 110000000-117ffffff > ${DEVICES}/dax0.0/mapping`,
    '6 mapping: allowed in every state',
    false,
    ['ok', 'ok U', 'ok', 'ok', 'ok', 'ok'],
  ],
  [
    `echo dax0.0 > ${REGION}/delete`,
    '6 delete: id 0 stays',
    false,
    ['EBUSY', 'EBUSY', 'EBUSY', 'EBUSY', 'EBUSY', 'EBUSY'],
  ],
  [`echo dax0.7 > ${REGION}/delete`, '4 delete: no such child', false, all('ENXIO')],
  [`echo 2 > ${REGION}/create`, '4 create: not 1', false, all('EINVAL')],
  [`echo 1 > ${REGION}/create`, '4 create', false, all('ok')],
  [
    `echo offline > ${MEMORY}/memory32/state`,
    '6 memoryN/state offline',
    false,
    ['', '', '', 'EINVAL', 'ok K', 'ok'],
  ],
  ['rmmod kmem', '6 rmmod kmem', false, ['ok', 'ok', 'ok', 'ok U', 'ok X', 'ok']],
  ['open /dev/dax0.0', '6 data plane', false, ['ENXIO', 'ENXIO', 'ok', 'ENXIO', 'ENXIO', 'ENXIO']],
];

/** One entry for each cell, with the state after it always written out. */
export const MODERN_ERRNO_CELLS: readonly ModernCell[] = ROWS.flatMap(
  ([action, source, listed, outcomes]) =>
    ORDER.flatMap((state, index) => {
      const outcome = outcomes[index] ?? '';
      if (outcome === '') return [];
      const expected = outcome.includes(' ') ? outcome : `${outcome} ${state}`;
      return [{ action, source, state, listed, expected }];
    }),
);
