/**
 * kernel/dax.md section 6 for generation C: a device of a dynamic region on v5.10 (bind reports
 * ENODEV for whatever went wrong) and on v5.15 and v6.1 (its own errno). Cells typed from the
 * paper's columns; state letters, preamble and machine are those of errnoTableModern.ts.
 */
import type { ModernCell, ModernState } from './errnoTableModern.ts';
import { REGION } from './lockOrdersModern.ts';
import { DEVICE_DAX, DEVICES, KMEM, MEMORY } from './machines.ts';

export interface DynamicCell extends ModernCell {
  readonly kernel: string;
}

type Outcomes = readonly [string, string, string, string, string, string];

type Row = readonly [
  action: string,
  source: string,
  listed: boolean,
  /** In the order U, U0, D, K, Ko, X, up to v5.13; an empty one is no cell. */
  early: Outcomes,
  /** From v5.14; absent where it is the same. */
  late?: Outcomes,
];

const ORDER: readonly ModernState[] = ['U', 'U0', 'D', 'K', 'Ko', 'X'];

const all = (outcome: string): Outcomes => [outcome, outcome, outcome, outcome, outcome, outcome];

const NO_DEVICE = all('ENODEV');

const ROWS: readonly Row[] = [
  [
    `echo dax0.0 > ${DEVICE_DAX}/unbind`,
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
    '6 device_dax/bind',
    false,
    ['ok D', 'ENODEV', 'ENODEV', 'ENODEV', 'ENODEV', 'ENODEV'],
    ['ok D', 'ENXIO', 'EBUSY', 'EBUSY', 'EBUSY', 'EBUSY'],
  ],
  [`echo dax0.0 > ${KMEM}/bind`, '6 kmem/bind, no id match', false, NO_DEVICE],
  [
    `echo dax0.0 > ${KMEM}/bind`,
    '6 kmem/bind, match',
    true,
    ['ok K', 'ENODEV', 'ENODEV', 'ENODEV', 'ENODEV', 'ENODEV'],
    ['ok K', 'ENXIO', 'EBUSY', 'EBUSY', 'EBUSY', 'EBUSY'],
  ],
  [
    'echo dax0.0 > /sys/bus/dax/drivers_probe',
    '1.5 drivers_probe',
    false,
    ['ok D', 'ok', 'ok', 'ok', 'ok', 'ok'],
  ],
  [
    `echo dax0.0 > ${KMEM}/new_id`,
    '6 kmem/new_id valid',
    false,
    ['ok K', 'ok', 'ok', 'ok', 'ok', 'ok'],
  ],
  [
    `echo dax9.9 > ${DEVICE_DAX}/new_id`,
    '1.3 device_dax takes every unbound device',
    false,
    ['ok D', 'ok', 'ok', 'ok', 'ok', 'ok'],
  ],
  [`echo dax0 > ${KMEM}/new_id`, '6 new_id malformed', false, all('EINVAL')],
  [`echo dax00.0 > ${KMEM}/remove_id`, '6 remove_id malformed', false, all('EINVAL')],
  [`echo dax0.0 > ${KMEM}/remove_id`, '6 remove_id', true, all('ok')],
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
  [`echo junk > ${DEVICES}/dax0.0/align`, '4 align, no number', false, all('ENXIO')],
  [
    `echo 110000000-117ffffff > ${DEVICES}/dax0.0/mapping`,
    '6 mapping: allowed in every state',
    false,
    ['ok', 'ok U', 'ok', 'ok', 'ok', 'ok'],
  ],
  [
    `echo 110000000-110000fff > ${DEVICES}/dax0.0/mapping`,
    '6 mapping, misaligned: C ENXIO',
    false,
    all('ENXIO'),
  ],
  [
    `echo 130000000-137ffffff > ${DEVICES}/dax0.0/mapping`,
    '4 mapping: outside the region',
    false,
    all('ENOMEM'),
  ],
  [`echo dax0.0 > ${REGION}/delete`, '6 delete: id 0 stays', false, all('EBUSY')],
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

const KERNELS: readonly (readonly [kernel: string, isLate: boolean])[] = [
  ['v5.10', false],
  ['v5.15', true],
  ['v6.1', true],
  ['v6.1.192', true],
];

/** One entry for each cell and kernel, with the state after it always written out. */
export const DYNAMIC_ERRNO_CELLS: readonly DynamicCell[] = KERNELS.flatMap(([kernel, isLate]) =>
  ROWS.flatMap(([action, source, listed, early, late]) =>
    ORDER.flatMap((state, index) => {
      const outcome = (isLate ? (late ?? early) : early)[index] ?? '';
      if (outcome === '') return [];
      const expected = outcome.includes(' ') ? outcome : `${outcome} ${state}`;
      return [{ kernel, action, source, state, listed, expected }];
    }),
  ),
);

/**
 * What a second bind of device_dax answers in state X: from v5.17 on the first one has left its
 * page map behind. Read in drivers/dax/device.c dev_dax_probe() of each version.
 */
export const SECOND_BIND: readonly (readonly [kernel: string, first: string, second: string])[] = [
  ['v5.10', 'ENODEV', 'ENODEV'],
  ['v5.15', 'EBUSY', 'EBUSY'],
  ['v6.1', 'EBUSY', 'EINVAL'],
  ['v6.1.192', 'EBUSY', 'EINVAL'],
  ['v6.8', 'EBUSY', 'EINVAL'],
  ['v6.12', 'EBUSY', 'EINVAL'],
];
