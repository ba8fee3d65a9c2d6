/**
 * kernel/dax.md section 6 for generation B, a static device on v5.3 and v5.8: action × state →
 * result. Cells are typed from the paper's columns for B and for kernels before v5.14; the state
 * letters, the preamble and the form are those of errnoTable.ts.
 */
import type { ErrnoCell } from './errnoTable.ts';
import {
  DEVICE_DAX,
  DEVICES,
  KMEM,
  MEMORY,
  NO_BLOCK,
  NO_NODE,
  type StateLetter,
  TWO_BLOCKS,
} from './machines.ts';

export const STATIC_KERNELS: readonly string[] = ['v5.3', 'v5.8'];

const ORDER: readonly StateLetter[] = ['U', 'D', 'K', 'Ko', 'X'];

type Outcomes = readonly [string, string, string, string, string];

type Row = readonly [
  action: string,
  source: string,
  listed: boolean,
  /** In the order U, D, K, Ko, X; an empty one is no cell. */
  outcomes: Outcomes,
  machine?: string,
];

const all = (outcome: string): Outcomes => [outcome, outcome, outcome, outcome, outcome];

const ROWS: readonly Row[] = [
  [
    `echo dax0.0 > ${DEVICE_DAX}/unbind`,
    '6 device_dax/unbind',
    false,
    ['ENODEV', 'ok U', 'ENODEV', 'ENODEV', 'ENODEV'],
  ],
  [
    `echo dax0.0 > ${KMEM}/unbind`,
    '6 kmem/unbind B-D',
    false,
    ['ENODEV', 'ENODEV', 'ok U', 'ok X', 'ENODEV'],
  ],
  [
    `echo dax0.0 > ${DEVICE_DAX}/bind`,
    '6 device_dax/bind up to v5.13',
    false,
    ['ok D', 'ENODEV', 'ENODEV', 'ENODEV', 'ENODEV'],
  ],
  [`echo dax0.0 > ${KMEM}/bind`, '6 kmem/bind, no id match', false, all('ENODEV')],
  [
    `echo dax0.0 > ${KMEM}/bind`,
    '6 kmem/bind, match, up to v5.13',
    true,
    ['ok K', 'ENODEV', 'ENODEV', 'ENODEV', 'ENODEV'],
  ],
  [
    `echo dax0.0 > ${KMEM}/bind`,
    '3.2 probe as in A: no whole block',
    true,
    ['ENODEV', '', '', '', ''],
    NO_BLOCK,
  ],
  [
    `echo dax0.0 > ${KMEM}/bind`,
    '3.2 probe as in A: no node',
    true,
    ['ENODEV', '', '', '', ''],
    NO_NODE,
  ],
  [
    'echo dax0.0 > /sys/bus/dax/drivers_probe',
    '1.5 drivers_probe',
    false,
    ['ok D', 'ok', 'ok', 'ok', 'ok'],
  ],
  [`echo dax0.0 > ${KMEM}/new_id`, '6 kmem/new_id valid', false, ['ok K', 'ok', 'ok', 'ok', 'ok']],
  [
    `echo dax9.9 > ${KMEM}/new_id`,
    '1.3 another name binds what is still listed',
    true,
    ['ok K', 'ok', 'ok', 'ok', 'ok'],
  ],
  [
    `echo dax9.9 > ${DEVICE_DAX}/new_id`,
    '1.3 device_dax takes every unbound device',
    false,
    ['ok D', 'ok', 'ok', 'ok', 'ok'],
  ],
  [`echo dax0 > ${KMEM}/new_id`, '6 new_id malformed', false, all('EINVAL')],
  [`echo dax00.0 > ${KMEM}/remove_id`, '6 remove_id malformed', false, all('EINVAL')],
  [`echo dax0.0 > ${KMEM}/remove_id`, '6 remove_id, present', true, all('ok')],
  [`echo dax0.0 > ${KMEM}/remove_id`, '6 remove_id, absent', false, all('ok')],
  [
    `echo offline > ${MEMORY}/memory40/state`,
    '6 memoryN/state offline',
    false,
    ['', '', 'EINVAL', 'ok K', 'ok'],
  ],
  [
    `echo online > ${MEMORY}/memory41/state`,
    '3.2 blocks stay controllable in X',
    false,
    ['', '', 'ok Ko', 'ok', 'ok'],
  ],
  ['rmmod kmem', '6 rmmod kmem', false, ['ok', 'ok', 'ok U', 'ok X', 'ok']],
  [
    `echo 268435456 > ${DEVICES}/dax0.0/size`,
    '6 static region: size is 0444',
    false,
    all('EACCES'),
  ],
  [`cat ${DEVICES}/dax0.0/mapping`, '6 static region: no mapping file', false, all('ENOENT')],
  [`cat ${DEVICES}/dax0.0/align`, 'source: bus.c has no align file in v5.8', false, all('ENOENT')],
  ['open /dev/dax0.0', '6 data plane', false, ['ENXIO', 'ok', 'ENXIO', 'ENXIO', 'ENXIO']],
];

/** One entry for each cell, with the state after it always written out. */
export const STATIC_ERRNO_CELLS: readonly ErrnoCell[] = ROWS.flatMap(
  ([action, source, listed, outcomes, machine]) =>
    ORDER.flatMap((state, index) => {
      const outcome = outcomes[index] ?? '';
      if (outcome === '') return [];
      const expected = outcome.includes(' ') ? outcome : `${outcome} ${state}`;
      return [{ action, source, state, listed, machine: machine ?? TWO_BLOCKS, expected }];
    }),
);
