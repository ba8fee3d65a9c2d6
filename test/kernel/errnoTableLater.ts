/**
 * kernel/dax.md section 6 for what drivers/dax has from v6.8 on: memmap_on_memory, daxX.Y/state and
 * fsdev_dax. Cells typed from drivers/dax/{bus,kmem,fsdev}.c of v6.8, v6.9, v6.12, v6.19 and v7.3.
 *
 * States are those of errnoTableModern.ts, and three more: P on kmem and unplugged, M brought
 * online_movable by the state file, F on fsdev_dax.
 */
import type { RunRecord } from '../../src/verdict/trace.js';
import { type ModernState, modernPreamble } from './errnoTableModern.ts';
import { DYNAMIC_REGION } from './lockOrdersModern.ts';
import { DEVICES, KMEM, stateLetter, withKey } from './machines.ts';

export type LaterState = ModernState | 'P' | 'M' | 'F';

export interface LaterCell {
  readonly action: string;
  readonly source: string;
  readonly kernel: string;
  readonly machine: string;
  readonly state: LaterState;
  /** Result and state letter. */
  readonly expected: string;
}

const DEVICE = `${DEVICES}/dax0.0`;
const FSDEV = '/sys/bus/dax/drivers/fsdev_dax';
const SUPPORTED = withKey(DYNAMIC_REGION, 'memmap_on_memory: true');
const THREE_DRIVERS = withKey(DYNAMIC_REGION, 'modules: { fsdev_dax: loaded }');

/** Lines that bring dax0.0 from device_dax, where it begins, to a state. */
export function laterPreamble(state: LaterState): readonly string[] {
  switch (state) {
    case 'P':
      return [...modernPreamble('K', false), `echo unplugged > ${DEVICE}/state`];
    case 'M':
      return [...laterPreamble('P'), `echo online_movable > ${DEVICE}/state`];
    case 'F':
      return [
        'echo dax0.0 > /sys/bus/dax/drivers/device_dax/unbind',
        `echo dax0.0 > ${FSDEV}/new_id`,
        `echo dax0.0 > ${FSDEV}/bind`,
        `echo dax0.0 > ${FSDEV}/remove_id`,
      ];
    default:
      return modernPreamble(state, false);
  }
}

/** Says which state dax0.0 is in; one that begins in `was` and has not moved is still there. */
export function laterLetter(record: RunRecord, was: LaterState): string {
  const device = record.devices.find(({ name }) => name === 'dax0.0');
  if (device?.driver === 'fsdev_dax') return 'F';
  if (device?.driver === 'kmem' && record.blocks.length === 0) return 'P';
  const letter = stateLetter(record);
  if (letter === 'Ko' && was === 'M') return 'M';
  return letter === 'U' && device?.size === '0' ? 'U0' : letter;
}

type Outcomes = { readonly [S in LaterState]?: string };

const BEFORE: readonly LaterState[] = ['U', 'U0', 'D', 'K', 'Ko', 'X'];

const same = (states: readonly LaterState[], outcome: string): Outcomes =>
  Object.fromEntries(states.map((state) => [state, outcome]));

type Row = readonly [
  action: string,
  source: string,
  kernels: readonly string[],
  machine: string,
  outcomes: Outcomes,
];

const KNOB = ['v6.9', 'v6.12', 'v6.19', 'v7.3'];

const MEMMAP_ROWS: readonly Row[] = [
  [
    `echo 1 > ${DEVICE}/memmap_on_memory`,
    'bus.c memmap_on_memory_store(): the driver is kmem',
    KNOB,
    SUPPORTED,
    { ...same(['U', 'U0', 'D', 'X'], 'ok'), ...same(['K', 'Ko'], 'EBUSY') },
  ],
  [
    `echo 0 > ${DEVICE}/memmap_on_memory`,
    'the same value is no change',
    KNOB,
    SUPPORTED,
    same(BEFORE, 'ok'),
  ],
  [
    `echo 1 > ${DEVICE}/memmap_on_memory`,
    'not supported: asked before the lock and the driver',
    KNOB,
    DYNAMIC_REGION,
    same(BEFORE, 'EOPNOTSUPP'),
  ],
  [
    `echo junk > ${DEVICE}/memmap_on_memory`,
    'kstrtobool()',
    KNOB,
    SUPPORTED,
    same(BEFORE, 'EINVAL'),
  ],
  [
    `echo 1 > ${DEVICE}/memmap_on_memory`,
    'v6.8 has the mark of the device and no file',
    ['v6.8'],
    SUPPORTED,
    same(BEFORE, 'EACCES'),
  ],
];

const STATE = `${DEVICE}/state`;

const STATE_ROWS: readonly Row[] = [
  [
    `echo unplugged > ${STATE}`,
    'kmem.c state_store(): all ranges at once; no file without kmem',
    ['v7.3'],
    DYNAMIC_REGION,
    { ...same(['U', 'U0', 'D', 'X'], 'EACCES'), K: 'ok P', Ko: 'ok P', P: 'ok', M: 'ok P' },
  ],
  [
    `echo online_movable > ${STATE}`,
    'only from unplugged; the state that is noted is a success',
    ['v7.3'],
    DYNAMIC_REGION,
    { ...same(['U', 'X'], 'EACCES'), ...same(['K', 'Ko'], 'EBUSY'), P: 'ok Ko', M: 'ok' },
  ],
  [
    `echo online > ${STATE}`,
    'another online type is refused',
    ['v7.3'],
    DYNAMIC_REGION,
    { K: 'EBUSY', Ko: 'EBUSY', P: 'ok Ko', M: 'EBUSY' },
  ],
  [
    `echo online_kernel > ${STATE}`,
    'another online type is refused',
    ['v7.3'],
    DYNAMIC_REGION,
    { K: 'EBUSY', Ko: 'EBUSY', P: 'ok Ko', M: 'EBUSY' },
  ],
  [
    `echo offline > ${STATE}`,
    'dax_kmem_parse_state(): offline is shown and not taken',
    ['v7.3'],
    DYNAMIC_REGION,
    same(['K', 'Ko', 'P', 'M'], 'EINVAL'),
  ],
  [
    `echo junk > ${STATE}`,
    'dax_kmem_parse_state()',
    ['v7.3'],
    DYNAMIC_REGION,
    same(['K', 'Ko', 'P', 'M'], 'EINVAL'),
  ],
  [
    `cat ${STATE}`,
    'state_show()',
    ['v7.3'],
    DYNAMIC_REGION,
    { ...same(['U', 'D', 'X'], 'ENOENT'), ...same(['K', 'Ko', 'P', 'M'], 'ok') },
  ],
  [
    `echo dax0.0 > ${KMEM}/unbind`,
    'dev_dax_kmem_remove(): never takes anything offline',
    ['v7.3'],
    DYNAMIC_REGION,
    { K: 'ok U', Ko: 'ok X', P: 'ok U', M: 'ok X' },
  ],
  [
    `echo dax0.0 > ${KMEM}/bind`,
    'bound is bound, unplugged or not; without an id there is no match',
    ['v7.3'],
    DYNAMIC_REGION,
    { P: 'ENODEV', M: 'ENODEV' },
  ],
  [
    'rmmod kmem',
    'as unbind',
    ['v7.3'],
    DYNAMIC_REGION,
    { K: 'ok U', Ko: 'ok X', P: 'ok U', M: 'ok X' },
  ],
  [
    `echo unplugged > ${STATE}`,
    'v7.2 has no such file',
    ['v7.2'],
    DYNAMIC_REGION,
    same(['U', 'D', 'K', 'Ko', 'X'], 'EACCES'),
  ],
];

const FSDEV_ROWS: readonly Row[] = [
  [
    `echo dax0.0 > ${FSDEV}/bind`,
    'bus.c dax_match_type(): never by type',
    ['v7.1', 'v7.3'],
    THREE_DRIVERS,
    same([...BEFORE, 'F'], 'ENODEV'),
  ],
  [
    `echo dax0.0 > ${FSDEV}/new_id`,
    'by its name alone',
    ['v7.1', 'v7.3'],
    THREE_DRIVERS,
    { U: 'ok F', U0: 'ok', D: 'ok', K: 'ok', Ko: 'ok', X: 'ok', F: 'ok' },
  ],
  [
    `echo dax0.0 > ${FSDEV}/unbind`,
    'dd.c',
    ['v7.1', 'v7.3'],
    THREE_DRIVERS,
    { ...same(BEFORE, 'ENODEV'), F: 'ok U' },
  ],
  [
    'echo dax0.0 > /sys/bus/dax/drivers/device_dax/bind',
    'matches by type, and the device is bound',
    ['v7.1', 'v7.3'],
    THREE_DRIVERS,
    { F: 'EBUSY' },
  ],
  [`echo 0 > ${DEVICE}/size`, 'bound is busy', ['v7.1', 'v7.3'], THREE_DRIVERS, { F: 'EBUSY' }],
  ['rmmod fsdev_dax', 'as unbind', ['v7.1', 'v7.3'], THREE_DRIVERS, { U: 'ok', F: 'ok U' }],
  ['open /dev/dax0.0', 'fsdev_open()', ['v7.1', 'v7.3'], THREE_DRIVERS, { F: 'ok' }],
];

/** One entry for each cell, with the state after it always written out. */
export const LATER_CELLS: readonly LaterCell[] = [
  ...MEMMAP_ROWS,
  ...STATE_ROWS,
  ...FSDEV_ROWS,
].flatMap(([action, source, kernels, machine, outcomes]) =>
  kernels.flatMap((kernel) =>
    (Object.keys(outcomes) as LaterState[]).map((state) => {
      const outcome = outcomes[state] ?? '';
      const expected = outcome.includes(' ') ? outcome : `${outcome} ${state}`;
      return { action, source, kernel, machine, state, expected };
    }),
  ),
);

/** What the state file says: what was last written to it, or what probe did. */
export const SHOWN_STATES: readonly (readonly [
  kernel: string,
  lines: readonly string[],
  shown: string,
])[] = [
  ['v7.3', laterPreamble('K'), 'offline'],
  // memoryN/state passes it by.
  ['v7.3', laterPreamble('Ko'), 'offline'],
  ['v7.3', laterPreamble('P'), 'unplugged'],
  ['v7.3', laterPreamble('M'), 'online_movable'],
  ['v7.3', [...laterPreamble('P'), `echo online_kernel > ${STATE}`], 'online_kernel'],
  ['v7.3', [...laterPreamble('P'), `echo online > ${STATE}`], 'online'],
];
