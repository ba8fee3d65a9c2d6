/**
 * Transcripts of Debian's 6.1.0-56-amd64 (v6.1.192) and 6.12.117+deb12-amd64 (v6.12.117) in QEMU,
 * typed from what the guests answered: two ranges with a block of them online, refused notifiers,
 * device_dax and ids.
 */
import type { Seen, Transcript } from './transcript.ts';
import {
  ALL_IDS,
  both,
  LAYOUT,
  SMALL,
  softReserved,
  TOO_SMALL,
  thenFailed,
} from './transcriptMachines.ts';

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
    {
      line: 'device_dax/bind dax0.0',
      result: 'EINVAL',
      says: thenFailed(
        ['device_dax dax0.0: dynamic-dax with pre-populated page map'],
        'device_dax',
        'dax0.0',
        22,
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

export const TRANSCRIPTS: readonly Transcript[] = [T1, T2, T7, T8];
