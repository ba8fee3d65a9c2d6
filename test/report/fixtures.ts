/**
 * Traces and verdicts made by hand, as the report tests need them: a sequential one (kmem unbound
 * while a block is online, v6.12) and an interleaved one (size_store against the unbind of the
 * region's driver).
 */

import type {
  BlockView,
  DeviceView,
  IomemLine,
  LockView,
  MachineView,
  StepEvent,
  Trace,
  TraceStep,
  Verdict,
} from '../../src/verdict/trace.js';
import { DEADLOCK_VIEW } from './deadlockFixture.ts';

const UNBIND_MODEL = 'models/lifecycle/unbind-while-online.yaml';
const DEADLOCK_MODEL = 'models/bugs/size-against-unbind.yaml';

export function line(depth: number, start: bigint, end: bigint, name: string): IomemLine {
  return { depth, start, end, name };
}

const BASE: readonly IomemLine[] = [
  line(0, 0x0n, 0xfffn, 'Reserved'),
  line(0, 0x1000n, 0x9fbffn, 'System RAM'),
  line(0, 0x100000n, 0x1fffffffn, 'System RAM'),
  line(0, 0x100000000n, 0x17fffffffn, 'Soft Reserved'),
];

const DEVDAX_CLAIM = line(1, 0x100000000n, 0x10fffffffn, 'dax0.0');
const KMEM_CLAIM = [DEVDAX_CLAIM, line(2, 0x100000000n, 0x10fffffffn, 'System RAM (kmem)')];

export function device(changes: Partial<DeviceView> = {}): DeviceView {
  return {
    name: 'dax0.0',
    driver: 'device_dax',
    present: true,
    size: 0x10000000n,
    ranges: [{ start: 0x100000000n, end: 0x10fffffffn }],
    targetNode: 1,
    opens: 0,
    mappings: 0,
    pins: 0,
    poison: false,
    ...changes,
  };
}

export function machine(changes: Partial<MachineView> = {}): MachineView {
  return {
    iomem: [...BASE, DEVDAX_CLAIM],
    devices: [device()],
    blocks: [],
    drivers: [
      { name: 'device_dax', registered: true, ids: [] },
      { name: 'kmem', registered: true, ids: [] },
    ],
    autoOnlineBlocks: 'offline',
    locks: [],
    ...changes,
  };
}

function block(index: number, state: BlockView['state'], zones: string): BlockView {
  return { index, state, zones, device: 'dax0.0' };
}

function at(file: string, lineNumber: number) {
  return { file, line: lineNumber, column: 5 };
}

function held(holder: string, lock: string, mode: LockView['mode']): LockView {
  return { holder, lock, mode };
}

const lock = (name: string, mode: LockView['mode'] = 'write'): StepEvent => {
  return { kind: 'lock', lock: name, mode };
};
const unlock = (name: string, mode: LockView['mode'] = 'write'): StepEvent => {
  return { kind: 'unlock', lock: name, mode };
};
const returns = (result: string): StepEvent => ({ kind: 'return', result, value: null });

type CallStep = Pick<TraceStep, 'functions' | 'source' | 'events' | 'after'> & {
  readonly thread?: string;
  readonly text: string;
  readonly line: number;
  readonly ordinal: number;
};

function callStep({ thread = 'admin', text, line: lineNumber, ...rest }: CallStep): TraceStep {
  return { thread, command: { text, place: at(UNBIND_MODEL, lineNumber) }, starts: true, ...rest };
}

const OFFLINE = [block(32, 'offline', 'Normal Movable'), block(33, 'offline', 'Normal Movable')];
const ONE_ONLINE = [block(32, 'offline', 'Normal Movable'), block(33, 'online', 'Movable')];
const LOST = machine({
  iomem: [...BASE, ...KMEM_CLAIM],
  devices: [device({ driver: null })],
  blocks: ONE_ONLINE,
});

const UNBIND_STEPS: readonly TraceStep[] = [
  callStep({
    text: 'echo dax0.0 > /sys/bus/dax/drivers/device_dax/unbind',
    line: 14,
    ordinal: 0,
    functions: ['unbind_store', 'device_driver_detach', 'dax_bus_remove', 'devres_release_all'],
    source: 'drivers/base/devres.c',
    events: [
      lock('s_active(device_dax/unbind)', 'active'),
      lock('device_lock(dax0.0)'),
      lock('mem_hotplug_lock'),
      unlock('mem_hotplug_lock'),
      unlock('device_lock(dax0.0)'),
      unlock('s_active(device_dax/unbind)', 'active'),
      returns('ok'),
    ],
    after: machine({ iomem: BASE, devices: [device({ driver: null })] }),
  }),
  callStep({
    text: 'echo dax0.0 > /sys/bus/dax/drivers/kmem/bind',
    line: 15,
    ordinal: 0,
    functions: ['bind_store', 'dax_bus_probe', 'dev_dax_kmem_probe', 'add_memory_driver_managed'],
    source: 'mm/memory_hotplug.c',
    events: [
      lock('device_lock(dax0.0)'),
      lock('device_hotplug_lock'),
      lock('mem_hotplug_lock'),
      unlock('mem_hotplug_lock'),
      { kind: 'uevent', text: 'add /devices/system/memory/memory32' },
      { kind: 'uevent', text: 'add /devices/system/memory/memory33' },
      unlock('device_hotplug_lock'),
      unlock('device_lock(dax0.0)'),
      returns('ok'),
    ],
    after: machine({
      iomem: [...BASE, ...KMEM_CLAIM],
      devices: [device({ driver: 'kmem' })],
      blocks: OFFLINE,
    }),
  }),
  callStep({
    thread: 'udev',
    text: 'echo online > /sys/devices/system/memory/memory33/state',
    line: 19,
    ordinal: 2,
    functions: ['state_store', 'device_online', 'memory_subsys_online', 'online_pages'],
    source: 'mm/memory_hotplug.c',
    events: [
      lock('device_hotplug_lock'),
      lock('device_lock(memory33)'),
      unlock('device_lock(memory33)'),
      unlock('device_hotplug_lock'),
      returns('ok'),
    ],
    after: machine({
      iomem: [...BASE, ...KMEM_CLAIM],
      devices: [device({ driver: 'kmem' })],
      blocks: ONE_ONLINE,
    }),
  }),
  callStep({
    text: 'echo dax0.0 > /sys/bus/dax/drivers/kmem/unbind',
    line: 16,
    ordinal: 0,
    functions: ['unbind_store', 'dax_bus_remove', 'dev_dax_kmem_remove', 'remove_memory'],
    source: 'drivers/dax/kmem.c',
    events: [
      lock('device_lock(dax0.0)'),
      lock('device_hotplug_lock'),
      {
        kind: 'message',
        text:
          'removing memory fails, because memory [0x0000000108000000-0x000000010fffffff] ' +
          'is onlined',
      },
      unlock('device_hotplug_lock'),
      {
        kind: 'message',
        text:
          'kmem dax0.0: mapping0: 0x100000000-0x10fffffff cannot be hotremoved until the ' +
          'next reboot',
      },
      unlock('device_lock(dax0.0)'),
      returns('ok'),
    ],
    after: LOST,
  }),
  callStep({
    text: 'echo dax0.0 > /sys/bus/dax/drivers/device_dax/bind',
    line: 17,
    ordinal: 1,
    functions: ['bind_store', 'dax_bus_probe', 'dev_dax_probe'],
    source: 'drivers/dax/device.c',
    events: [
      lock('device_lock(dax0.0)'),
      {
        kind: 'message',
        text: 'device_dax dax0.0: mapping0: 0x100000000-0x10fffffff could not reserve range',
      },
      unlock('device_lock(dax0.0)'),
      returns('EBUSY'),
    ],
    after: LOST,
  }),
];

/** Sequential, granularity call, five system calls of two actors. */
export const UNBIND_TRACE: Trace = {
  format: 1,
  model: UNBIND_MODEL,
  title: 'kmem is unbound while udev has a block online',
  kernel: 'v6.12',
  granularity: 'call',
  finding: {
    property: 'recoverable',
    class: 'script',
    summary:
      'dax0.0 cannot be bound to any driver again without a reboot: kmem was unbound while ' +
      'memory33 was online, and the kernel keeps 100000000-10fffffff claimed.',
    deadlock: null,
    device: 'dax0.0',
  },
  initial: machine(),
  steps: UNBIND_STEPS,
  inevitableAt: 3,
};

const RESIZE = {
  text: 'echo 536870912 > /sys/bus/dax/devices/dax0.0/size',
  place: at(DEADLOCK_MODEL, 12),
};
const UNBIND = {
  text: 'echo hmem.0 > /sys/bus/platform/drivers/hmem/unbind',
  place: at(DEADLOCK_MODEL, 14),
};

const SIZE_LOCK = held('resizer', 's_active(dax0.0/size)', 'active');
const UNBIND_LOCK = held('remover', 's_active(hmem/unbind)', 'active');
const REGION_LOCK = held('remover', 'device_lock(hmem.0)', 'write');
const REGION_RWSEM = held('remover', 'dax_region_rwsem', 'write');
const IDLE = machine({ iomem: BASE, devices: [device({ driver: null })] });

type LockStep = Pick<TraceStep, 'functions' | 'source' | 'events'> & {
  readonly thread: 'resizer' | 'remover';
  readonly locks: readonly LockView[];
  readonly starts?: boolean;
};

function lockStep(
  { thread, locks, starts = false, ...rest }: LockStep,
  ordinal: number,
): TraceStep {
  const command = thread === 'resizer' ? RESIZE : UNBIND;
  return { thread, command, starts, ordinal, after: { ...IDLE, locks }, ...rest };
}

const TEARDOWN = ['unbind_store', 'device_driver_detach', 'devres_release_all'];

const DEADLOCK_STEPS: readonly TraceStep[] = [
  lockStep(
    {
      thread: 'remover',
      starts: true,
      functions: ['kernfs_fop_write_iter', 'unbind_store'],
      source: 'drivers/base/bus.c',
      events: [lock('s_active(hmem/unbind)', 'active')],
      locks: [UNBIND_LOCK],
    },
    1,
  ),
  lockStep(
    {
      thread: 'remover',
      functions: ['unbind_store', 'device_driver_detach'],
      source: 'drivers/base/dd.c',
      events: [lock('device_lock(hmem.0)')],
      locks: [UNBIND_LOCK, REGION_LOCK],
    },
    1,
  ),
  lockStep(
    {
      thread: 'resizer',
      starts: true,
      functions: ['kernfs_fop_write_iter', 'size_store'],
      source: 'drivers/dax/bus.c',
      events: [lock('s_active(dax0.0/size)', 'active')],
      locks: [UNBIND_LOCK, REGION_LOCK, SIZE_LOCK],
    },
    0,
  ),
  lockStep(
    {
      thread: 'remover',
      functions: [...TEARDOWN, 'unregister_dev_dax'],
      source: 'drivers/dax/bus.c',
      events: [lock('dax_region_rwsem')],
      locks: [UNBIND_LOCK, REGION_LOCK, SIZE_LOCK, REGION_RWSEM],
    },
    1,
  ),
  lockStep(
    {
      thread: 'resizer',
      functions: ['kernfs_fop_write_iter', 'size_store'],
      source: 'drivers/dax/bus.c',
      events: [
        {
          kind: 'wait',
          lock: 'dax_region_rwsem',
          killable: true,
          restarts: false,
          holders: ['remover'],
        },
      ],
      locks: [UNBIND_LOCK, REGION_LOCK, SIZE_LOCK, REGION_RWSEM],
    },
    0,
  ),
  lockStep(
    {
      thread: 'remover',
      functions: [...TEARDOWN, 'unregister_dev_dax', 'device_del', 'kernfs_drain'],
      source: 'fs/kernfs/dir.c',
      events: [
        {
          kind: 'wait',
          lock: 's_active(dax0.0/size)',
          killable: false,
          restarts: false,
          holders: ['resizer'],
        },
      ],
      locks: [UNBIND_LOCK, REGION_LOCK, SIZE_LOCK, REGION_RWSEM],
    },
    0,
  ),
];

/** Interleaved, granularity step, two threads that end waiting for each other. */
export const DEADLOCK_TRACE: Trace = {
  format: 1,
  model: DEADLOCK_MODEL,
  title: 'size is written while the region driver is unbound',
  kernel: 'v6.12',
  granularity: 'step',
  finding: {
    property: 'no-deadlock',
    class: 'kernel-defect',
    summary:
      'resizer in size_store waits for dax_region_rwsem, whose holder remover waits in ' +
      'kernfs_drain for resizer to leave dax0.0/size.',
    device: null,
    deadlock: DEADLOCK_VIEW,
  },
  initial: IDLE,
  steps: DEADLOCK_STEPS,
  inevitableAt: 3,
};

/** A verdict with the fields of a search that held; change what a test speaks of. */
export function verdict(changes: Partial<Verdict> = {}): Verdict {
  return {
    model: UNBIND_MODEL,
    title: 'kmem is unbound while udev has a block online',
    kernel: 'v6.12',
    granularity: 'call',
    verdict: 'holds',
    exitStatus: 0,
    distinctStates: 1312,
    transitions: 4096,
    depth: 17,
    stoppedBy: null,
    violations: [],
    held: ['no-crash', 'no-deadlock', 'no-overlap'],
    scope: '1 device (dax0.0), 2 blocks, 2 actors, no faults; not modelled: CXL',
    vacuous: [],
    lockOrder: null,
    expectation: { met: true, differences: [] },
    measured: { seconds: 0.21, statesPerSecond: 6247.6, memoryBytes: 67_108_864, workers: 2 },
    ...changes,
  };
}
