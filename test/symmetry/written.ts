/** What the models of these tests are written of: machines, menus, scripts, commands. */
export const MACHINE = `
  block_size: 128M
  iomem: |
    00001000-0009ffff : System RAM
    00100000-7fffffff : System RAM
    140000000-147ffffff : Persistent Memory
    180000000-187ffffff : Persistent Memory
  dax:
    dax0.0: { range: 140000000-147ffffff, target_node: 1, driver: device_dax }
    dax1.0: { range: 180000000-187ffffff, target_node: 2, driver: device_dax }`;

/** The same with two blocks each. */
export const TWO_BLOCKS: string = MACHINE.replaceAll('47ffffff', '4fffffff').replaceAll(
  '87ffffff',
  '8fffffff',
);

export const ONE_DEVICE = `
  block_size: 128M
  iomem: |
    00001000-0009ffff : System RAM
    00100000-7fffffff : System RAM
    140000000-147ffffff : Persistent Memory
  dax:
    dax0.0: { range: 140000000-147ffffff, target_node: 1, driver: device_dax }`;

export const DEVICES = '/sys/bus/dax/devices';
export const DRIVERS = '/sys/bus/dax/drivers';
export const MEMORY = '/sys/devices/system/memory';

interface Written {
  readonly kernel: string;
  readonly granularity: 'call' | 'step';
  readonly machine: string;
  readonly actors: string;
  readonly more?: string;
}

export const written = ({ kernel, granularity, machine, actors, more = '' }: Written): string =>
  `format: 1\ntitle: like things\nkernel: ${kernel}\ngranularity: ${granularity}
continue: true\nmachine:${machine}\nactors:${actors}\n${more}`;

export const menu = (name: string, commands: readonly string[], times: number | null): string =>
  `\n  ${name}:\n    any:\n${commands.map((command) => `      - ${command}`).join('\n')}${
    times === null ? '' : `\n    times: ${times}`
  }`;

export const script = (name: string, lines: readonly string[]): string =>
  `\n  ${name}: |\n${lines.map((line) => `    ${line}`).join('\n')}`;

const RULE = 'SUBSYSTEM=="memory", ACTION=="add", ATTR{state}=="offline", ATTR{state}="online"';
export const UDEV = `\n  udev:\n    rules: '${RULE}'`;
export const WORKERS = UDEV.replace('udev:\n', 'udev:\n    workers: 2\n');

/** What can be done with a device without going over all of them. */
export const commandsFor = (device: string, block: number): readonly string[] => [
  `echo ${device} > ${DRIVERS}/device_dax/unbind`,
  `echo ${device} > ${DRIVERS}/kmem/bind`,
  `echo ${device} > ${DRIVERS}/kmem/unbind`,
  `echo ${device} > ${DRIVERS}/kmem/remove_id`,
  `echo online > ${MEMORY}/memory${block}/state`,
  `echo offline > ${MEMORY}/memory${block}/state`,
];

export const few = (device: string, block: number): readonly string[] => [
  `echo ${device} > ${DRIVERS}/device_dax/unbind`,
  `echo ${device} > ${DRIVERS}/kmem/bind`,
  `echo online_movable > ${MEMORY}/memory${block}/state`,
];

export const BOTH = [...commandsFor('dax0.0', 40), ...commandsFor('dax1.0', 48)];

export const BOTH_FEW = [...few('dax0.0', 40), ...few('dax1.0', 48)];
export const NEW_IDS = ['dax0.0', 'dax1.0'].map((name) => `echo ${name} > ${DRIVERS}/kmem/new_id`);
export const IDS = '\n  ids: { kmem: [dax0.0, dax1.0] }';

export const usesOf = (device: string): readonly string[] => [
  `open /dev/${device}`,
  `mmap /dev/${device}`,
  `pin /dev/${device}`,
  `unpin /dev/${device}`,
];
