/**
 * Who owns a range that the firmware names, kernel by kernel: typed from drivers/dax/hmem,
 * drivers/acpi/numa/hmat.c, drivers/dax/cxl.c, drivers/cxl/core/region.c and kernel/resource.c of
 * v5.10, v6.1, v6.8, v6.12 and v7.1.
 */

export interface OwnerCase {
  readonly kernel: string;
  readonly title: string;
  /** YAML of what the firmware says. */
  readonly firmware: string;
  readonly lines: readonly string[];
  /** Devices with their drivers, by name; 'nobody' for none. */
  readonly owners: string;
}

const RESERVED = 'soft_reserved: [{ range: 400000000-40fffffff, target_node: 1 }]';
const RESERVED_LARGER = 'soft_reserved: [{ range: 400000000-41fffffff, target_node: 1 }]';
const WINDOW = 'cxl: { windows: [400000000-40fffffff] }';
const region = (assembles: boolean): string =>
  [
    'cxl:',
    '  windows: [400000000-40fffffff]',
    '  regions:',
    `    region8: { range: 400000000-40fffffff, target_node: 1, assembles: ${assembles} }`,
  ].join('\n');
const TARGETS = [
  'hmat:',
  '  - { range: 400000000-407ffffff, target_node: 1 }',
  '  - { range: 408000000-40fffffff, target_node: 2 }',
].join('\n');
const PARTS = [
  'hmat:',
  '  - { range: 400000000-40fffffff, target_node: 1 }',
  '  - { range: 410000000-41fffffff, target_node: 1 }',
].join('\n');
const ONE_TARGET = 'hmat: [{ range: 400000000-407ffffff, target_node: 1 }]';

const both = (first: string, second: string): string => `${first}\n${second}`;
const ALL = ['modprobe dax_hmem', 'modprobe dax_cxl'];
const HMEM_FIRST = ['insmod dax_hmem.ko', 'modprobe cxl_acpi', 'modprobe dax_cxl'];

export const OWNER_CASES: readonly OwnerCase[] = [
  // The initcalls make the devices; device_dax takes what no id names.
  ['v5.10', 'an entry alone', RESERVED, ['modprobe dax_hmem'], 'dax0.0 device_dax'],
  // hmem_register_one() of v5.10 asks only whether the entry is still at the top of the tree.
  [
    'v5.10',
    'an entry with two targets in it',
    both(RESERVED, TARGETS),
    ['modprobe dax_hmem'],
    // hmem.0 and hmem.1 are the HMAT's. What is coarse meets their nodes in part: EBUSY.
    'dax0.0 device_dax, dax1.0 device_dax, dax2.0 none',
  ],
  [
    'v6.1',
    'an entry with two targets in it',
    both(RESERVED, TARGETS),
    ['modprobe dax_hmem'],
    'dax0.0 device_dax, dax1.0 device_dax',
  ],
  // The message of 472faf72b33d says so itself: the rest of the entry is stranded.
  [
    'v6.1',
    'a target that names half of an entry',
    both(RESERVED, ONE_TARGET),
    ['modprobe dax_hmem'],
    'dax0.0 device_dax',
  ],
  ['v6.8', 'an entry alone', RESERVED, ALL, 'dax0.0 kmem'],
  ['v6.8', 'an entry without the module', RESERVED, ['modprobe dax_cxl'], 'nobody'],
  ['v6.8', 'a window and no region', both(RESERVED, WINDOW), ALL, 'nobody'],
  // kmem's request meets the window in part.
  ['v6.8', 'an entry around a window', both(RESERVED_LARGER, WINDOW), ALL, 'dax0.0 none'],
  ['v6.12', 'an entry around a window', both(RESERVED_LARGER, WINDOW), ALL, 'nobody'],
  ['v7.1', 'an entry around a window', both(RESERVED_LARGER, WINDOW), ALL, 'dax0.0 none'],
  [
    'v6.11',
    'an entry around a window, a target for each part',
    `${RESERVED_LARGER}\n${PARTS}\n${WINDOW}`,
    ALL,
    'dax0.0 kmem, dax1.0 kmem',
  ],
  [
    'v6.12',
    'an entry around a window, a target for each part',
    `${RESERVED_LARGER}\n${PARTS}\n${WINDOW}`,
    ALL,
    'dax1.0 kmem',
  ],
  ['v6.12', 'a region that assembles', both(RESERVED, region(true)), ALL, 'dax8.0 kmem'],
  ['v6.12', 'a region that does not', both(RESERVED, region(false)), ALL, 'nobody'],
  ['v7.1', 'a region that assembles', both(RESERVED, region(true)), ALL, 'dax8.0 kmem'],
  ['v7.1', 'a region that does not', both(RESERVED, region(false)), ALL, 'dax0.0 kmem'],
  // The region finds System RAM in it, and makes no dax device.
  ['v6.12', 'hmem before CXL', both(RESERVED, region(true)), HMEM_FIRST, 'dax0.0 kmem'],
  ['v6.12', 'a region without an entry', region(true), ALL, 'dax8.0 kmem'],
  [
    'v6.12',
    'a target alone, of memory that is not reserved',
    ONE_TARGET,
    ['modprobe dax_hmem'],
    'nobody',
  ],
  // Unloading takes the driver off its devices; the next loading offers it all of them again.
  ...['v5.10', 'v6.1'].map((kernel) => [
    kernel,
    'dax_hmem unloaded',
    RESERVED,
    ['modprobe dax_hmem', 'rmmod dax_hmem'],
    'nobody',
  ]),
  ...['v5.10', 'v6.1'].map((kernel) => [
    kernel,
    'dax_hmem loaded again',
    RESERVED,
    ['modprobe dax_hmem', 'modprobe -r dax_hmem', 'modprobe dax_hmem'],
    'dax0.0 device_dax',
  ]),
  ...['v6.12', 'v7.1'].map((kernel) => [
    kernel,
    'dax_hmem loaded again',
    RESERVED,
    ['modprobe dax_hmem', 'modprobe -r dax_hmem', 'modprobe dax_hmem'],
    'dax0.0 kmem',
  ]),
  ...['v6.12', 'v7.1'].map((kernel) => [
    kernel,
    'dax_cxl loaded again',
    both(RESERVED, region(true)),
    [...ALL, 'rmmod dax_cxl', 'modprobe dax_cxl'],
    'dax8.0 kmem',
  ]),
  // MODULE_SOFTDEP of v6.12: modprobe -r goes on with cxl_acpi, and that with its regions.
  [
    'v6.12',
    'modprobe -r of dax_hmem',
    both(RESERVED, region(true)),
    [...ALL, 'modprobe -r dax_hmem'],
    'nobody',
  ],
  [
    'v6.12',
    'rmmod of dax_hmem',
    both(RESERVED, region(true)),
    [...ALL, 'rmmod dax_hmem'],
    'dax8.0 kmem',
  ],
  // The decoders have been reset: nobody assembles the region again.
  [
    'v6.12',
    'cxl_acpi loaded again',
    both(RESERVED, region(true)),
    [...ALL, 'rmmod cxl_acpi', 'modprobe cxl_acpi'],
    'nobody',
  ],
  // v7.1: hmem_platform remembers that hmem has decided, longer than the module lives.
  [
    'v7.1',
    'a region that does not assemble, dax_hmem loaded again',
    both(RESERVED, region(false)),
    [...ALL, 'modprobe -r dax_cxl', 'modprobe dax_hmem'],
    'nobody',
  ],
].map(([kernel, title, firmware, lines, owners]) => ({
  kernel: String(kernel),
  title: String(title),
  firmware: String(firmware),
  lines: lines as readonly string[],
  owners: String(owners),
}));

export interface TreeCase {
  readonly kernel: string;
  readonly firmware: string;
  readonly lines: readonly string[];
  /** Names of the nodes above 16 GiB, the outermost first. */
  readonly tree: string;
}

/** Typed from the order of insert_resource() and request_region() in each version. */
export const TREE_CASES: readonly TreeCase[] = [
  {
    kernel: 'v5.15',
    firmware: RESERVED,
    lines: ['modprobe dax_hmem'],
    tree: 'hmem.0 > Soft Reserved > dax0.0',
  },
  {
    kernel: 'v6.12',
    firmware: RESERVED,
    lines: ALL,
    tree: 'Soft Reserved > dax0.0 > System RAM (kmem)',
  },
  {
    kernel: 'v6.12',
    firmware: both(RESERVED, region(true)),
    lines: ALL,
    tree: 'CXL Window 0 > region8 > Soft Reserved > dax8.0 > System RAM (kmem)',
  },
  {
    kernel: 'v6.12',
    firmware: both(RESERVED, region(true)),
    lines: [...ALL, 'cxl destroy-region -f region8'],
    tree: 'CXL Window 0 > Soft Reserved',
  },
  {
    kernel: 'v7.1',
    firmware: RESERVED,
    lines: ALL,
    tree: 'dax0.0 > System RAM (kmem)',
  },
  {
    kernel: 'v7.1',
    firmware: both(RESERVED, region(true)),
    lines: ALL,
    tree: 'CXL Window 0 > region8 > dax8.0 > System RAM (kmem)',
  },
];

export interface AnswerCase {
  readonly kernel: string;
  readonly firmware: string;
  readonly lines: readonly string[];
  /** What the last line answers. */
  readonly answer: string;
}

const PLATFORM = '/sys/bus/platform/drivers/hmem_platform';
const HMEM = '/sys/bus/platform/drivers/hmem';

/** Errnos of commands and files beneath drivers/dax. */
export const ANSWER_CASES: readonly AnswerCase[] = [
  // cxl/region.c destroy_region(): an active region is left alone without --force.
  {
    kernel: 'v6.12',
    firmware: both(RESERVED, region(true)),
    lines: [...ALL, 'cxl destroy-region region8'],
    answer: 'EBUSY',
  },
  // With it, and since v79, its memory goes offline first, so that nothing of it stays.
  {
    kernel: 'v6.12',
    firmware: both(RESERVED, region(true)),
    lines: [
      'echo online_movable > /sys/devices/system/memory/auto_online_blocks',
      ...ALL,
      'cxl destroy-region -f region8',
      'test -e /sys/devices/system/memory/memory128',
    ],
    answer: 'ENOENT',
  },
  {
    kernel: 'v6.12',
    firmware: both(RESERVED, region(true)),
    lines: [...ALL, 'cxl destroy-region -f region8', 'cxl create-region region8'],
    answer: 'ERANGE',
  },
  {
    kernel: 'v7.1',
    firmware: both(RESERVED, region(true)),
    lines: [...ALL, 'cxl destroy-region -f region8', 'cxl create-region region8'],
    answer: 'ok',
  },
  {
    kernel: 'v6.12',
    firmware: both(RESERVED, region(true)),
    lines: [...ALL, 'cxl create-region region8'],
    answer: 'EBUSY',
  },
  {
    kernel: 'v6.12',
    firmware: both(RESERVED, region(true)),
    lines: ['cxl create-region region8'],
    answer: 'ENODEV',
  },
  {
    kernel: 'v6.12',
    firmware: RESERVED,
    lines: [`echo hmem_platform.0 > ${PLATFORM}/bind`],
    answer: 'ENOENT',
  },
  {
    kernel: 'v6.12',
    firmware: RESERVED,
    lines: [...ALL, `echo hmem_platform.0 > ${PLATFORM}/bind`],
    answer: 'EBUSY',
  },
  {
    kernel: 'v6.12',
    firmware: RESERVED,
    lines: [...ALL, `echo hmem.1 > ${PLATFORM}/unbind`],
    answer: 'ENODEV',
  },
  {
    kernel: 'v6.12',
    firmware: RESERVED,
    lines: [...ALL, `echo hmem_platform.0 > ${PLATFORM}/unbind`, `echo hmem.0 > ${HMEM}/bind`],
    answer: 'ENODEV',
  },
  {
    kernel: 'v6.12',
    firmware: RESERVED,
    lines: [...ALL, `echo hmem.0 > ${HMEM}/unbind`, `echo hmem.0 > ${HMEM}/bind`],
    answer: 'ok',
  },
  // delete_module(): EAGAIN while another module uses it; ENOENT when it is not there, which
  // modprobe -r does not mind.
  {
    kernel: 'v7.1',
    firmware: RESERVED,
    lines: [...ALL, 'rmmod dax_hmem'],
    answer: 'EAGAIN',
  },
  {
    kernel: 'v6.12',
    firmware: RESERVED,
    lines: [...ALL, 'rmmod dax_hmem'],
    answer: 'ok',
  },
  {
    kernel: 'v6.12',
    firmware: RESERVED,
    lines: ['rmmod dax_hmem'],
    answer: 'ENOENT',
  },
  {
    kernel: 'v6.12',
    firmware: RESERVED,
    lines: ['modprobe -r dax_hmem'],
    answer: 'ok',
  },
  {
    kernel: 'v7.1',
    firmware: RESERVED,
    lines: [...ALL, 'modprobe -r dax_cxl', 'rmmod dax_hmem'],
    answer: 'ENOENT',
  },
];
