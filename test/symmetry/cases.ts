/** Small models with like threads or like devices, one for each way in which they can be. */
import {
  BOTH,
  BOTH_FEW,
  commandsFor,
  DEVICES,
  DRIVERS,
  few,
  IDS,
  MACHINE,
  MEMORY,
  menu,
  NEW_IDS,
  ONE_DEVICE,
  script,
  TWO_BLOCKS,
  UDEV,
  usesOf,
  WORKERS,
  written,
} from './written.ts';

/** A model of like things, and how many renamings its symmetries have. */
export interface Case {
  readonly name: string;
  readonly text: string;
  readonly renamings: number;
  /** What else looks alike and is kept apart. */
  readonly refused?: readonly string[];
}

/** Threads that are alike. */
const OF_THREADS: readonly Case[] = [
  {
    name: 'two administrators with one menu, step by step',
    text: written({
      kernel: 'v5.1',
      granularity: 'step',
      machine: ONE_DEVICE,
      actors: menu('admin', few('dax0.0', 40), 2) + menu('second', few('dax0.0', 40), 2),
    }),
    renamings: 1,
  },
  {
    name: 'three administrators with one menu, a call at a time',
    text: written({
      kernel: 'v6.12',
      granularity: 'call',
      machine: ONE_DEVICE,
      actors: ['one', 'two', 'three']
        .map((name) => menu(name, commandsFor('dax0.0', 40), 1))
        .join(''),
    }),
    renamings: 5,
  },
  {
    name: 'two workers of udev beside an administrator, step by step',
    text: written({
      kernel: 'v6.12',
      granularity: 'step',
      machine: `${ONE_DEVICE}\n  ids: { kmem: [dax0.0] }`,
      actors: menu('admin', commandsFor('dax0.0', 40), 4) + WORKERS,
    }),
    renamings: 1,
  },
  {
    name: 'two processes that open, map and pin one device, beside who unbinds it',
    text: written({
      kernel: 'v5.1',
      granularity: 'step',
      machine: ONE_DEVICE,
      actors:
        script('first', usesOf('dax0.0')) +
        script('second', usesOf('dax0.0')) +
        script('admin', [`echo dax0.0 > ${DRIVERS}/device_dax/unbind`]),
    }),
    renamings: 1,
  },
  {
    name: 'two scripts that keep what they read, in other words',
    text: written({
      kernel: 'v6.12',
      granularity: 'step',
      machine: ONE_DEVICE.replace('driver: device_dax', 'driver: kmem'),
      actors:
        script('first', [
          `was=$(cat ${MEMORY}/memory40/state)`,
          `echo online > ${MEMORY}/memory40/state`,
          '[ "$was" = offline ] && echo offline > /sys/devices/system/memory/memory40/state',
        ]) +
        script('second', [
          `old=$(cat ${MEMORY}/memory40/state)`,
          `echo online > ${MEMORY}/memory40/state`,
          '[ "$old" = offline ] && echo offline > /sys/devices/system/memory/memory40/state',
        ]),
    }),
    renamings: 1,
  },
  {
    name: 'two administrators of regions that are divided, step by step',
    text: written({
      kernel: 'v6.12',
      granularity: 'step',
      machine: `
  block_size: 128M
  iomem: |
    00001000-0009ffff : System RAM
    00100000-7fffffff : System RAM
    140000000-15fffffff : Soft Reserved
  regions:
    hmem.0: { range: 140000000-15fffffff, kind: dynamic, target_node: 1, kmem: true }
  dax:
    dax0.0: { region: hmem.0, range: 140000000-147ffffff }`,
      actors: ['admin', 'second']
        .map((name) =>
          menu(
            name,
            [
              'echo 1 > /sys/devices/platform/hmem.0/dax_region/create',
              'echo dax0.0 > /sys/devices/platform/hmem.0/dax_region/delete',
              `echo 0 > ${DEVICES}/dax0.0/size`,
              'echo hmem.0 > /sys/bus/platform/drivers/hmem/unbind',
            ],
            1,
          ),
        )
        .join(''),
    }),
    renamings: 1,
  },
  {
    name: 'two administrators write daxX.Y/state, step by step',
    text: written({
      kernel: 'v7.3',
      granularity: 'step',
      machine: ONE_DEVICE.replace('driver: device_dax', 'driver: kmem'),
      actors: ['admin', 'second']
        .map((name) =>
          menu(
            name,
            [`echo unplugged > ${DEVICES}/dax0.0/state`, `echo online > ${DEVICES}/dax0.0/state`],
            1,
          ),
        )
        .join(''),
    }),
    renamings: 1,
  },
];

/** Devices that are alike, alone and with threads. */
const OF_DEVICES: readonly Case[] = [
  {
    name: 'two devices, and a property of your own that speaks of all',
    text: written({
      kernel: 'v6.12',
      granularity: 'call',
      machine: `${MACHINE}${IDS}`,
      actors: menu('admin', BOTH, 5),
      more: `properties:\n  none-online: 'blocks.all(b, b.state != "online")'`,
    }),
    renamings: 1,
  },
  {
    name: 'an administrator and udev with two devices, a call at a time',
    text: written({
      kernel: 'v5.1',
      granularity: 'call',
      machine: MACHINE,
      actors: menu('admin', [...BOTH, ...NEW_IDS], 4) + UDEV,
    }),
    renamings: 1,
  },
  {
    name: 'an administrator and udev with two devices, step by step',
    text: written({
      kernel: 'v5.1',
      granularity: 'step',
      machine: `${MACHINE}${IDS}`,
      actors: menu('admin', BOTH, 3) + UDEV,
    }),
    renamings: 1,
  },
  {
    name: 'two administrators with two devices, step by step',
    text: written({
      kernel: 'v5.1',
      granularity: 'step',
      machine: `${MACHINE}${IDS}`,
      actors: menu('admin', BOTH_FEW, 2) + menu('second', BOTH_FEW, 2),
    }),
    renamings: 3,
  },
  {
    name: 'two processes with a device each, and who unbinds both',
    text: written({
      kernel: 'v5.1',
      granularity: 'step',
      machine: MACHINE,
      actors:
        script('first', usesOf('dax0.0')) +
        script('second', usesOf('dax1.0')) +
        menu(
          'admin',
          ['dax0.0', 'dax1.0'].map((name) => `echo ${name} > ${DRIVERS}/device_dax/unbind`),
          2,
        ),
    }),
    renamings: 1,
  },
  {
    name: 'two devices of two blocks that kmem takes, with a fault',
    text: written({
      kernel: 'v6.12',
      granularity: 'step',
      machine: `${TWO_BLOCKS}${IDS}`,
      actors: menu('admin', [...few('dax0.0', 40), ...few('dax1.0', 48)], 3) + UDEV,
      more: 'faults: [add_memory -ENOMEM]',
    }),
    renamings: 1,
  },
];

const KMEM = MACHINE.replaceAll('driver: device_dax', 'driver: kmem');

const THREE = MACHINE.replace(
  '\n  dax:',
  '\n    1c0000000-1c7ffffff : Persistent Memory\n  dax:',
).concat('\n    dax2.0: { range: 1c0000000-1c7ffffff, target_node: 3, driver: device_dax }');

/** The paths that are left: removal, a policy that brings blocks online, the bus's own probe. */
const OF_PATHS: readonly Case[] = [
  {
    name: 'an administrator with three devices, a call at a time',
    text: written({
      kernel: 'v6.12',
      granularity: 'call',
      machine: `${THREE}\n  ids: { kmem: [dax0.0, dax1.0, dax2.0] }`,
      actors: menu(
        'admin',
        [
          ...BOTH_FEW,
          ...few('dax2.0', 56),
          ...['dax0.0', 'dax1.0', 'dax2.0'].map((name) => `echo ${name} > ${DRIVERS}/kmem/unbind`),
        ],
        5,
      ),
    }),
    renamings: 5,
  },
  {
    name: 'an administrator unbinds two devices while another writes to their blocks',
    text: written({
      kernel: 'v6.12',
      granularity: 'step',
      machine: KMEM,
      actors:
        menu(
          'admin',
          [`echo dax0.0 > ${DRIVERS}/kmem/unbind`, `echo dax1.0 > ${DRIVERS}/kmem/unbind`],
          2,
        ) +
        menu(
          'second',
          [`echo online > ${MEMORY}/memory40/state`, `echo online > ${MEMORY}/memory48/state`],
          1,
        ),
    }),
    renamings: 1,
  },
  {
    name: 'two devices of two blocks that the policy brings online',
    text: written({
      kernel: 'v6.12',
      granularity: 'step',
      machine: `${TWO_BLOCKS}${IDS}\n  auto_online_blocks: online_movable`,
      actors: menu('admin', BOTH_FEW, 4),
    }),
    renamings: 1,
  },
  {
    name: 'two administrators who bind two devices to device_dax, and probe them',
    text: written({
      kernel: 'v6.1',
      granularity: 'step',
      machine: MACHINE.replaceAll('driver: device_dax', 'driver: none'),
      actors: ['admin', 'second']
        .map((name) =>
          menu(
            name,
            ['dax0.0', 'dax1.0'].flatMap((device) => [
              `echo ${device} > ${DRIVERS}/device_dax/bind`,
              `echo ${device} > ${DRIVERS}/device_dax/unbind`,
              `echo ${device} > /sys/bus/dax/drivers_probe`,
            ]),
            1,
          ),
        )
        .join(''),
    }),
    renamings: 3,
  },
];

export const CASES: readonly Case[] = [...OF_THREADS, ...OF_DEVICES, ...OF_PATHS];
