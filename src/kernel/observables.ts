/**
 * The names by which a user's own properties speak of a state: every object, its fields, their
 * types, and how each is read out of the state's bytes. docs/properties.md prints this table.
 */
import {
  BLOCK_STATE_OFFSET,
  BLOCK_ZONE_OFFSET,
  BlockState,
  DEVICE_ALIVE,
  DEVICE_DATA,
  DEVICE_DRIVER_OFFSET,
  DEVICE_FLAGS_OFFSET,
  DEVICE_LOCK_OFFSET,
  DEVICE_MAPS_OFFSET,
  DEVICE_MEMORY_OFFSET,
  DEVICE_OPENS_OFFSET,
  DEVICE_PINS_OFFSET,
  DEVICE_PRESENT,
  DEVICE_RANGES_OFFSET,
  DRIVER_BYTES,
  DRIVER_FLAGS_OFFSET,
  DRIVER_IDS_OFFSET,
  DRIVER_REGISTERED,
  GLOBAL_DRIVERS_OFFSET,
  GLOBAL_EXTRA_FSDEV_OFFSET,
  GLOBAL_FLAGS_OFFSET,
  GLOBAL_OOPS,
  GLOBAL_POLICY_OFFSET,
  INSTRUCTION_ENDED,
  INSTRUCTION_IDLE,
  MEMORY_POISON,
  RANGE_END_OFFSET,
  RANGE_START_OFFSET,
  RESOURCE_LEAKED,
  RESOURCE_PRESENT,
  SLOT_FLAGS_OFFSET,
  THREAD_INSTRUCTION_OFFSET,
  THREAD_PC_OFFSET,
  THREAD_STATUS_OFFSET,
} from '../../assembly/layout.js';
import {
  and,
  arithmetic,
  type BoolCode,
  compare,
  constant,
  hasBit,
  type IntCode,
  load,
  type StatePart,
  sum,
} from './stateCode.js';

/** How many of each thing a scenario has. */
export interface Extent {
  readonly devices: number;
  readonly blocks: number;
  readonly threads: number;
  readonly rangeMax: number;
}

export type ObservedObject = 'device' | 'block' | 'driver' | 'thread' | 'machine';

/** How a field is read: of a state's bytes, or known of the object before anything runs. */
export type Reading =
  | { readonly type: 'bool'; readonly code: (index: number, extent: Extent) => BoolCode }
  | { readonly type: 'int'; readonly code: (index: number, extent: Extent) => IntCode }
  /** One of some texts, by its number. */
  | {
      readonly type: 'text';
      readonly texts: readonly string[];
      readonly code: (index: number, extent: Extent) => IntCode;
    }
  /** A set of names, as bits. */
  | { readonly type: 'names'; readonly code: (index: number, extent: Extent) => IntCode }
  | { readonly type: 'fixed'; readonly of: 'name' | 'owner' | 'number' };

export interface Observable {
  readonly object: ObservedObject;
  readonly name: string;
  readonly reading: Reading;
  /** One line for the manual. */
  readonly means: string;
}

/** Collections, and what one writes between the brackets. */
export const COLLECTIONS = {
  devices: { of: 'device', example: 'dax0.0' },
  blocks: { of: 'block', example: 'memory32' },
  drivers: { of: 'driver', example: 'kmem' },
  threads: { of: 'thread', example: 'admin' },
} as const satisfies { readonly [name: string]: { of: ObservedObject; example: string } };

export const OBSERVED_DRIVERS = ['device_dax', 'kmem', 'fsdev_dax'] as const;
/** By the number of `Driver`. */
export const DRIVER_TEXTS = ['none', 'device_dax', 'kmem', 'dax_pmem_compat', 'fsdev_dax'] as const;
/** By the number of `BlockState`, of `Zone`, of `OnlineType`. */
export const BLOCK_TEXTS = ['absent', 'offline', 'online', 'going-offline'] as const;
export const ZONE_TEXTS = ['none', 'DMA', 'DMA32', 'Normal', 'Movable'] as const;
export const POLICY_TEXTS = ['offline', 'online', 'online_kernel', 'online_movable'] as const;

const isSet =
  (part: StatePart, offset: number, bits: number) =>
  (index: number): BoolCode =>
    hasBit(load(part, index, offset), bits);

const users =
  (offset: number) =>
  (index: number): IntCode => ({ op: 'count', of: load('device', index, offset) });

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at);

/** Bytes of all ranges that a device has at the moment. */
function sizeOf(index: number, { rangeMax }: Extent): IntCode {
  const ranges = load('device', index, DEVICE_RANGES_OFFSET);
  const end = (range: number, offset: number): IntCode => ({
    op: 'point',
    place: load('range', index, offset, { bytes: 2, range }),
  });
  return sum(
    upTo(rangeMax).map((range) => ({
      op: 'either',
      test: compare('>', ranges, constant(range)),
      yes: arithmetic(
        '+',
        arithmetic('-', end(range, RANGE_END_OFFSET), end(range, RANGE_START_OFFSET)),
        constant(1),
      ),
      no: constant(0),
    })),
  );
}

/** Resources of one kind that a device has in /proc/iomem. */
const resources =
  (part: 'dax-slot' | 'kmem-slot' | 'ram-slot') =>
  (index: number, { rangeMax }: Extent): IntCode =>
    sum(
      upTo(rangeMax).map((range) => {
        const flags = load(part, index, SLOT_FLAGS_OFFSET, { range });
        const shown = arithmetic('&', flags, constant(RESOURCE_PRESENT | RESOURCE_LEAKED));
        return { op: 'number', of: compare('==', shown, constant(RESOURCE_PRESENT)) };
      }),
    );

const inKernel = (index: number): BoolCode =>
  compare('!=', load('thread', index, THREAD_PC_OFFSET, { bytes: 2 }), constant(0));

const isQuiet = (_: number, { threads }: Extent): BoolCode =>
  and(
    ...upTo(threads).map((index) =>
      compare('==', load('thread', index, THREAD_PC_OFFSET, { bytes: 2 }), constant(0)),
    ),
  );

const isSettled = (_: number, { blocks, devices }: Extent): BoolCode =>
  and(
    ...upTo(blocks).map((index) => compare('==', load('block-events', index, 0), constant(0))),
    ...upTo(devices).map((index) => compare('==', load('device-events', index, 0), constant(0))),
  );

const DEVICES: readonly (readonly [string, Reading, string])[] = [
  ['name', { type: 'fixed', of: 'name' }, 'its name'],
  [
    'driver',
    {
      type: 'text',
      texts: DRIVER_TEXTS,
      code: (index) => load('device', index, DEVICE_DRIVER_OFFSET),
    },
    'the driver it is bound to',
  ],
  [
    'present',
    { type: 'bool', code: isSet('device', DEVICE_FLAGS_OFFSET, DEVICE_PRESENT) },
    'registered on the bus',
  ],
  [
    'alive',
    { type: 'bool', code: isSet('device', DEVICE_FLAGS_OFFSET, DEVICE_ALIVE) },
    'its dax_device has not been killed',
  ],
  [
    'data',
    { type: 'bool', code: isSet('device', DEVICE_FLAGS_OFFSET, DEVICE_DATA) },
    "kmem's data of it exists",
  ],
  [
    'locked',
    {
      type: 'bool',
      code: (index) => compare('!=', load('device', index, DEVICE_LOCK_OFFSET), constant(0)),
    },
    'somebody holds its device_lock',
  ],
  [
    'poison',
    { type: 'bool', code: isSet('device', DEVICE_MEMORY_OFFSET, MEMORY_POISON) },
    'it has uncleared media errors',
  ],
  ['size', { type: 'int', code: sizeOf }, 'bytes of its ranges'],
  [
    'ranges',
    { type: 'int', code: (index) => load('device', index, DEVICE_RANGES_OFFSET) },
    'how many ranges it has',
  ],
  ['opens', { type: 'int', code: users(DEVICE_OPENS_OFFSET) }, 'processes that have it open'],
  ['mappings', { type: 'int', code: users(DEVICE_MAPS_OFFSET) }, 'processes that have it mapped'],
  ['pins', { type: 'int', code: users(DEVICE_PINS_OFFSET) }, 'processes that pin a page of it'],
  ['claims', { type: 'int', code: resources('dax-slot') }, "device_dax's claims in /proc/iomem"],
  ['reservations', { type: 'int', code: resources('kmem-slot') }, "kmem's reservations there"],
  ['ram', { type: 'int', code: resources('ram-slot') }, 'its System RAM there'],
];

const BLOCKS: readonly (readonly [string, Reading, string])[] = [
  ['name', { type: 'fixed', of: 'name' }, 'its name'],
  ['index', { type: 'fixed', of: 'number' }, 'N of memoryN'],
  ['device', { type: 'fixed', of: 'owner' }, 'the device whose range it lies in'],
  [
    'state',
    { type: 'text', texts: BLOCK_TEXTS, code: (index) => load('block', index, BLOCK_STATE_OFFSET) },
    'what its state file says; `absent` while it does not exist',
  ],
  [
    'zone',
    {
      type: 'text',
      texts: ZONE_TEXTS,
      code: (index) => ({
        op: 'either',
        test: compare('==', load('block', index, BLOCK_STATE_OFFSET), constant(BlockState.Online)),
        yes: arithmetic('&', load('block', index, BLOCK_ZONE_OFFSET), constant(15)),
        no: constant(0),
      }),
    },
    'the zone that it is online in; `none` while it is not',
  ],
];

/** Loads of a driver's record: the third one is in the optional part. */
function ofDriver(index: number, offset: number, bytes: 1 | 2 = 1): IntCode {
  return OBSERVED_DRIVERS[index] === 'fsdev_dax'
    ? load('global-extra', 0, GLOBAL_EXTRA_FSDEV_OFFSET + offset, { bytes })
    : load('global', 0, GLOBAL_DRIVERS_OFFSET + index * DRIVER_BYTES + offset, { bytes });
}

const DRIVERS: readonly (readonly [string, Reading, string])[] = [
  ['name', { type: 'fixed', of: 'name' }, 'its name'],
  [
    'registered',
    {
      type: 'bool',
      code: (index) => hasBit(ofDriver(index, DRIVER_FLAGS_OFFSET), DRIVER_REGISTERED),
    },
    'it is on the bus',
  ],
  [
    'ids',
    {
      type: 'names',
      code: (index) => ofDriver(index, DRIVER_IDS_OFFSET, 2),
    },
    'devices named to its new_id: `"dax0.0" in drivers["kmem"].ids`',
  ],
];

const THREADS: readonly (readonly [string, Reading, string])[] = [
  ['name', { type: 'fixed', of: 'name' }, 'its name: an actor, `udev/2`, `environment`'],
  [
    'done',
    {
      type: 'bool',
      code: (index) =>
        compare(
          '==',
          load('thread', index, THREAD_INSTRUCTION_OFFSET, { bytes: 2 }),
          constant(INSTRUCTION_ENDED),
        ),
    },
    'its script, or its bounded menu, has ended',
  ],
  [
    'idle',
    {
      type: 'bool',
      code: (index) =>
        compare(
          '>=',
          load('thread', index, THREAD_INSTRUCTION_OFFSET, { bytes: 2 }),
          constant(INSTRUCTION_IDLE),
        ),
    },
    'nothing of it is under way: it has ended, or waits for an event or its next command',
  ],
  ['inside', { type: 'bool', code: inKernel }, 'it is inside a system call'],
  [
    'failed',
    {
      type: 'bool',
      code: (index) => compare('!=', load('thread', index, THREAD_STATUS_OFFSET), constant(0)),
    },
    'its last command failed; false once it is done',
  ],
];

const MACHINE: readonly (readonly [string, Reading, string])[] = [
  ['quiet', { type: 'bool', code: isQuiet }, 'no thread is inside a system call'],
  ['settled', { type: 'bool', code: isSettled }, "udev's queue is empty"],
  [
    'oops',
    { type: 'bool', code: () => hasBit(load('global', 0, GLOBAL_FLAGS_OFFSET), GLOBAL_OOPS) },
    'a thread has died inside the kernel',
  ],
  [
    'auto_online_blocks',
    { type: 'text', texts: POLICY_TEXTS, code: () => load('global', 0, GLOBAL_POLICY_OFFSET) },
    'the policy for new blocks',
  ],
];

const rowsOf = (
  object: ObservedObject,
  rows: readonly (readonly [string, Reading, string])[],
): readonly Observable[] =>
  rows.map(([name, reading, means]) => ({ object, name, reading, means }));

export const OBSERVABLES: readonly Observable[] = [
  ...rowsOf('device', DEVICES),
  ...rowsOf('block', BLOCKS),
  ...rowsOf('driver', DRIVERS),
  ...rowsOf('thread', THREADS),
  ...rowsOf('machine', MACHINE),
];

/** Finds a field of a kind of object. */
export const observableNamed = (object: ObservedObject, name: string): Observable | undefined =>
  OBSERVABLES.find((row) => row.object === object && row.name === name);
