/**
 * Transcripts of Debian's 6.1.0-56-amd64 (v6.1.192) and 6.12.117+deb12-amd64 (v6.12.117) under QEMU,
 * typed from what the guests answered: two ranges, a block of them online, device_dax and its ids,
 * refused notifiers, devices without a whole block, and an NVDIMM.
 */
import type { KernelName, Seen, Transcript } from './transcript.ts';

/** A region of 2 GiB at 4 GiB with devices in it; 6.1 shows its platform device in the tree. */
function softReserved(devices: readonly string[], ids = '{}', region = '100000000-17fffffff') {
  return (kernel: KernelName): string =>
    [
      'block_size: 128M',
      'iomem: |',
      '  00100000-1fffffff : System RAM',
      ...(kernel === 'v6.1.192'
        ? [`  ${region} : hmem.0`, `    ${region} : Soft Reserved`]
        : [`  ${region} : Soft Reserved`]),
      'regions:',
      `  hmem.0: { range: ${region}, kind: dynamic, target_node: 1${
        kernel === 'v6.1.192' ? '' : ', kmem: true'
      } }`,
      'dax:',
      ...devices.map((device) => `  ${device}`),
      `ids: ${ids}`,
    ].join('\n');
}

const LAYOUT = [
  'dax0.0: { region: hmem.0, ranges: [100000000-10fffffff, 120000000-12fffffff] }',
  'dax0.1: { region: hmem.0, range: 110000000-11fffffff }',
  'dax0.2: { region: hmem.0, range: 130000000-133ffffff }',
];
const ALL_IDS = '{ kmem: [dax0.0, dax0.1, dax0.2], device_dax: [dax0.0, dax0.1, dax0.2] }';

/** Messages of a probe, with the line of the driver core behind them that it failed. */
function thenFailed(
  texts: readonly string[],
  driver: string,
  device: string,
  errno: number,
): readonly [readonly string[], readonly string[]] {
  return [
    [...texts, `${driver}: probe of ${device} failed with error -${errno}`],
    [...texts, `${driver} ${device}: probe with driver ${driver} failed with error -${errno}`],
  ];
}

const both = (texts: readonly string[]): readonly [readonly string[], readonly string[]] => [
  texts,
  texts,
];

const LOW = '100000000-10fffffff dax0.0+';
const HIGH = '120000000-12fffffff dax0.0+';
const REFUSED_36 =
  'removing memory fails, because memory [0x0000000120000000-0x0000000127ffffff] is onlined';
const REFUSED_33 =
  'removing memory fails, because memory [0x0000000108000000-0x000000010fffffff] is onlined';
const LEFT_HIGH =
  'kmem dax0.0: mapping1: 0x120000000-0x12fffffff cannot be hotremoved until the next reboot';
const LEFT_LOW =
  'kmem dax0.0: mapping0: 0x100000000-0x10fffffff cannot be hotremoved until the next reboot';
const TAKEN_HIGH = 'kmem dax0.0: mapping1: 0x120000000-0x12fffffff could not reserve region';
const TAKEN_LOW = 'kmem dax0.0: mapping0: 0x100000000-0x10fffffff could not reserve region';

const BOUND: Seen = {
  line: 'kmem/bind dax0.0',
  result: 'ok',
  iomem: `${LOW}, ${HIGH}`,
  blocks: '32-33 offline, 36-37 offline',
  drivers: 'dax0.0 kmem',
};

const T1: Transcript = {
  name: 'a block of the second range is online: unbind says ok and leaves that range for ever',
  machine: softReserved(LAYOUT, ALL_IDS),
  seen: [
    BOUND,
    {
      line: 'memory36/state online_movable',
      result: 'ok',
      blocks: '32-33 offline, 36 online Movable, 37 offline',
    },
    {
      line: 'kmem/unbind dax0.0',
      result: 'ok',
      says: both([REFUSED_36, LEFT_HIGH]),
      iomem: HIGH,
      blocks: '36 online Movable, 37 offline',
      drivers: '',
    },
    { line: 'memory36/state offline', result: 'ok', blocks: '36-37 offline' },
    { ...BOUND, says: TAKEN_HIGH },
    {
      line: 'kmem/unbind dax0.0',
      result: 'ok',
      iomem: HIGH,
      blocks: '36-37 offline',
      drivers: '',
    },
    {
      line: 'device_dax/bind dax0.0',
      result: 'EBUSY',
      says: thenFailed(
        ['device_dax dax0.0: mapping1: 0x120000000-0x12fffffff could not reserve range'],
        'device_dax',
        'dax0.0',
        16,
      ),
    },
  ],
};

const T2: Transcript = {
  name: 'a block of the first range is online: what is left refuses both drivers',
  machine: softReserved(LAYOUT, ALL_IDS),
  seen: [
    BOUND,
    {
      line: 'memory33/state online_movable',
      result: 'ok',
      blocks: '32 offline, 33 online Movable, 36-37 offline',
    },
    {
      line: 'kmem/unbind dax0.0',
      result: 'ok',
      says: both([REFUSED_33, LEFT_LOW]),
      iomem: LOW,
      blocks: '32 offline, 33 online Movable',
      drivers: '',
    },
    { line: 'memory33/state offline', result: 'ok', blocks: '32-33 offline' },
    {
      line: 'kmem/bind dax0.0',
      result: 'EBUSY',
      says: thenFailed([TAKEN_LOW], 'kmem', 'dax0.0', 16),
    },
    {
      line: 'device_dax/bind dax0.0',
      result: 'EBUSY',
      says: thenFailed(
        ['device_dax dax0.0: mapping0: 0x100000000-0x10fffffff could not reserve range'],
        'device_dax',
        'dax0.0',
        16,
      ),
    },
  ],
};

const T7: Transcript = {
  name: 'a notifier refuses a block, which stays as it was',
  machine: softReserved(LAYOUT, ALL_IDS),
  seen: [
    BOUND,
    {
      line: 'memory36/state online_movable',
      result: 'ENOMEM',
      injected: 'MEM_GOING_ONLINE -ENOMEM',
    },
    {
      line: 'memory36/state online_movable',
      result: 'ok',
      blocks: '32-33 offline, 36 online Movable, 37 offline',
    },
    { line: 'memory36/state online_movable', result: 'EINVAL' },
    { line: 'memory36/state online', result: 'EINVAL' },
    { line: 'memory36/state bogus', result: 'EINVAL' },
    { line: 'memory36/state offline', result: 'EBUSY', injected: 'MEM_GOING_OFFLINE -EBUSY' },
    { line: 'memory36/state offline', result: 'ok', blocks: '32-33 offline, 36-37 offline' },
    { line: 'memory36/state offline', result: 'EINVAL' },
  ],
};

const CLAIMED_LOW = '100000000-10fffffff dax0.0';
const CLAIMED_HIGH = '120000000-12fffffff dax0.0';
const MIDDLE = '110000000-11fffffff dax0.1+';
const SMALL = '130000000-133ffffff dax0.2';
const TOO_SMALL = [
  'kmem dax0.2: mapping0: 0x130000000-0x133ffffff too small after alignment',
  'kmem dax0.2: rejecting DAX region without any memory after alignment',
];

const T8: Transcript = {
  name: 'an id attaches every device without a driver, and type stands for an id on v6.12',
  machine: softReserved(LAYOUT, ALL_IDS),
  seen: [
    { line: 'kmem/remove_id dax0.0', result: 'ok' },
    {
      line: 'device_dax/bind dax0.0',
      result: 'ok',
      iomem: `${CLAIMED_LOW}, ${CLAIMED_HIGH}`,
      drivers: 'dax0.0 device_dax',
    },
    {
      line: 'kmem/new_id dax0.0',
      result: 'ok',
      says: thenFailed(TOO_SMALL, 'kmem', 'dax0.2', 22),
      iomem: `${CLAIMED_LOW}, ${MIDDLE}, ${CLAIMED_HIGH}`,
      blocks: '34-35 offline',
      drivers: 'dax0.0 device_dax, dax0.1 kmem',
    },
    { line: 'kmem/bind dax0.0', result: 'EBUSY' },
    { line: 'device_dax/unbind dax0.0', result: 'ok', iomem: MIDDLE, drivers: 'dax0.1 kmem' },
    { line: 'device_dax/unbind dax0.0', result: 'ENODEV' },
    { line: 'kmem/remove_id dax0.0', result: 'ok' },
    {
      line: 'kmem/bind dax0.0',
      result: ['ENODEV', 'ok'],
      iomem: [MIDDLE, `${LOW}, ${MIDDLE}, ${HIGH}`],
      blocks: ['34-35 offline', '32-37 offline'],
      drivers: ['dax0.1 kmem', 'dax0.0 kmem, dax0.1 kmem'],
    },
    {
      line: 'kmem/unbind dax0.0',
      result: ['ENODEV', 'ok'],
      iomem: MIDDLE,
      blocks: '34-35 offline',
      drivers: 'dax0.1 kmem',
    },
    { line: 'device_dax/remove_id dax0.0', result: 'ok' },
    {
      line: 'device_dax/bind dax0.0',
      result: ['ok', 'ENODEV'],
      iomem: [`${CLAIMED_LOW}, ${MIDDLE}, ${CLAIMED_HIGH}`, MIDDLE],
      drivers: ['dax0.0 device_dax, dax0.1 kmem', 'dax0.1 kmem'],
    },
    { line: 'device_dax/new_id nosuch', result: 'EINVAL' },
    { line: 'device_dax/remove_id nosuch', result: 'EINVAL' },
    {
      line: 'device_dax/new_id dax7.7',
      result: 'ok',
      iomem: [`${CLAIMED_LOW}, ${MIDDLE}, ${CLAIMED_HIGH}, ${SMALL}`, `${MIDDLE}, ${SMALL}`],
      drivers: [
        'dax0.0 device_dax, dax0.1 kmem, dax0.2 device_dax',
        'dax0.1 kmem, dax0.2 device_dax',
      ],
    },
    { line: 'kmem/new_id nosuch', result: 'EINVAL' },
    { line: 'kmem/remove_id nosuch', result: 'EINVAL' },
    {
      line: 'kmem/new_id dax7.7',
      result: 'ok',
      iomem: [
        `${CLAIMED_LOW}, ${MIDDLE}, ${CLAIMED_HIGH}, ${SMALL}`,
        `${LOW}, ${MIDDLE}, ${HIGH}, ${SMALL}`,
      ],
      blocks: ['34-35 offline', '32-37 offline'],
      drivers: [
        'dax0.0 device_dax, dax0.1 kmem, dax0.2 device_dax',
        'dax0.0 kmem, dax0.1 kmem, dax0.2 device_dax',
      ],
    },
  ],
};

const T9: Transcript = {
  name: 'a device without a whole block is refused by kmem, and not by device_dax',
  machine: softReserved(LAYOUT, ALL_IDS),
  seen: [
    {
      line: 'kmem/bind dax0.2',
      result: 'EINVAL',
      says: thenFailed(TOO_SMALL, 'kmem', 'dax0.2', 22),
    },
    {
      line: 'device_dax/bind dax0.2',
      result: 'ok',
      iomem: SMALL,
      drivers: 'dax0.2 device_dax',
    },
  ],
};

const UNALIGNED: Transcript = {
  name: 'a device across blocks gives the whole ones, and the tree has its aligned range only',
  machine: softReserved(
    [
      'dax0.0: { region: hmem.0, range: 100000000-10fffffff }',
      'dax0.3: { region: hmem.0, range: 134000000-13bffffff }',
      'dax0.4: { region: hmem.0, range: 13c000000-147ffffff }',
    ],
    '{ kmem: [dax0.3, dax0.4] }',
  ),
  seen: [
    {
      line: 'kmem/bind dax0.3',
      result: 'EINVAL',
      says: thenFailed(
        [
          'kmem dax0.3: mapping0: 0x134000000-0x13bffffff too small after alignment',
          'kmem dax0.3: rejecting DAX region without any memory after alignment',
        ],
        'kmem',
        'dax0.3',
        22,
      ),
    },
    {
      line: 'kmem/bind dax0.4',
      result: 'ok',
      iomem: '140000000-147ffffff dax0.4+',
      blocks: '40 offline',
      drivers: 'dax0.4 kmem',
    },
  ],
};

const UNALIGNED_REGION: Transcript = {
  name: 'a region across blocks gives the whole ones',
  machine: softReserved(
    ['dax0.0: { region: hmem.0, range: 164000000-17fffffff }'],
    '{ kmem: [dax0.0] }',
    '164000000-17fffffff',
  ),
  seen: [
    {
      line: 'kmem/bind dax0.0',
      result: 'ok',
      iomem: '168000000-17fffffff dax0.0+',
      blocks: '45-47 offline',
      drivers: 'dax0.0 kmem',
    },
  ],
};

const NVDIMM_LEFT = '108000000-13fffffff dax0.0+';
const NVDIMM: Transcript = {
  name: 'an NVDIMM loses its first block to the namespace, and is lost when a block is online',
  machine: () =>
    [
      'block_size: 128M',
      'iomem: |',
      '  00100000-7fffffff : System RAM',
      '  100000000-13fffffff : Persistent Memory',
      'dax:',
      '  dax0.0:',
      '    range: 100200000-13fffffff',
      '    target_node: 0',
      '    namespace: { name: namespace0.0, metadata: 2M }',
      '    driver: device_dax',
    ].join('\n'),
  seen: [
    {
      line: 'kmem/new_id dax0.0',
      result: 'ok',
      iomem: '100000000-1001fffff namespace0.0, 100200000-13fffffff dax0.0',
      drivers: 'dax0.0 device_dax',
    },
    { line: 'kmem/bind dax0.0', result: 'EBUSY' },
    {
      line: 'device_dax/unbind dax0.0',
      result: 'ok',
      iomem: '100000000-1001fffff namespace0.0',
      drivers: '',
    },
    { line: 'device_dax/unbind dax0.0', result: 'ENODEV' },
    {
      line: 'kmem/bind dax0.0',
      result: 'ok',
      iomem: `100000000-1001fffff namespace0.0, ${NVDIMM_LEFT}`,
      blocks: '33-39 offline',
      drivers: 'dax0.0 kmem',
    },
    {
      line: 'memory34/state online_movable',
      result: 'ok',
      blocks: '33 offline, 34 online Movable, 35-39 offline',
    },
    {
      line: 'kmem/unbind dax0.0',
      result: 'ok',
      says: both([
        'removing memory fails, because memory [0x0000000110000000-0x0000000117ffffff] is onlined',
        'kmem dax0.0: mapping0: 0x108000000-0x13fffffff cannot be hotremoved until the next reboot',
      ]),
      drivers: '',
    },
    {
      line: 'device_dax/bind dax0.0',
      result: 'EBUSY',
      says: thenFailed(
        ['device_dax dax0.0: mapping0: 0x100200000-0x13fffffff could not reserve range'],
        'device_dax',
        'dax0.0',
        16,
      ),
    },
    { line: 'memory34/state offline', result: 'ok', blocks: '33-39 offline' },
    {
      line: 'kmem/bind dax0.0',
      result: 'EBUSY',
      says: thenFailed(
        ['kmem dax0.0: mapping0: 0x108000000-0x13fffffff could not reserve region'],
        'kmem',
        'dax0.0',
        16,
      ),
    },
    {
      line: 'device_dax/bind dax0.0',
      result: 'EBUSY',
      says: thenFailed(
        ['device_dax dax0.0: mapping0: 0x100200000-0x13fffffff could not reserve range'],
        'device_dax',
        'dax0.0',
        16,
      ),
    },
  ],
};

export const TRANSCRIPTS: readonly Transcript[] = [
  T1,
  T2,
  T7,
  T8,
  T9,
  UNALIGNED,
  UNALIGNED_REGION,
  NVDIMM,
];
