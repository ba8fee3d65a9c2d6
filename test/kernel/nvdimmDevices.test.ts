/**
 * Devices of nvdimm that come and go: what writes to their files answer, kernel by kernel, typed
 * from drivers/nvdimm/claim.c nd_namespace_store(), drivers/nvdimm/region.c, drivers/nvdimm/bus.c
 * and drivers/base/bus.c of v5.1, v5.3 and v6.12.
 */
import { describe, expect, it } from 'vitest';
import { lockOrder, runScript } from '../support/run.ts';
import { printCells, titled } from './cells.ts';
import { last } from './machines.ts';

const MACHINE = [
  'block_size: 128M',
  'iomem: |',
  '  00000000-3fffffff : System RAM',
  '  140000000-14fffffff : Persistent Memory',
  'dax:',
  '  dax0.0:',
  '    range: 140200000-14fffffff',
  '    target_node: 1',
  '    namespace: { name: namespace0.0, metadata: 2M }',
].join('\n');

const DISABLE = 'ndctl disable-namespace namespace0.0';
const ENABLE = 'ndctl enable-namespace namespace0.0';
const CLAIM = '/sys/bus/nd/devices/dax0.0/namespace';
const FORGET = `echo > ${CLAIM}`;
const NAME = `echo namespace0.0 > ${CLAIM}`;
const OFF = 'echo region0 > /sys/bus/nd/drivers/nd_region/unbind';
const ON = 'echo region0 > /sys/bus/nd/drivers/nd_region/bind';

interface Row {
  readonly kernel: string;
  readonly lines: readonly string[];
  readonly answer: string;
}

const rows = (kernels: readonly string[], lines: readonly string[], answer: string): Row[] =>
  kernels.map((kernel) => ({ kernel, lines, answer }));

const ALL = ['v5.1', 'v5.3', 'v6.12'];

const ANSWERS: readonly Row[] = [
  // Whose device has a driver is left alone, whatever is written.
  ...rows(ALL, [FORGET], 'EBUSY'),
  ...rows(ALL, [NAME], 'EBUSY'),
  ...rows(ALL, [`echo pmem0 > ${CLAIM}`], 'EBUSY'),
  ...rows(ALL, [DISABLE, `echo pmem0 > ${CLAIM}`], 'EINVAL'),
  ...rows(ALL, [DISABLE, NAME], 'EBUSY'),
  ...rows(ALL, [DISABLE, `echo namespace7.7 > ${CLAIM}`], 'EBUSY'),
  ...rows(ALL, [DISABLE, FORGET], 'ok'),
  // The work has been done by the next line: the device and its files are gone.
  ...rows(ALL, [DISABLE, FORGET, FORGET], 'ENOENT'),
  ...rows(ALL, [DISABLE, FORGET, NAME], 'ENOENT'),
  ...rows(ALL, [DISABLE, FORGET, ENABLE], 'ENODEV'),
  // The region takes its devices with it, and brings them back.
  ...rows(ALL, [OFF], 'ok'),
  ...rows(ALL, [OFF, OFF], 'ENODEV'),
  ...rows(ALL, [ON], 'ENODEV'),
  ...rows(ALL, [OFF, FORGET], 'ENOENT'),
  ...rows(ALL, [OFF, ENABLE], 'ENODEV'),
  ...rows(ALL, [OFF, ON], 'ok'),
  ...rows(ALL, [OFF, ON, DISABLE], 'ok'),
  ...rows(ALL, [DISABLE, FORGET, OFF, ON, DISABLE], 'ok'),
  ...rows(ALL, ['echo region9 > /sys/bus/nd/drivers/nd_region/unbind'], 'ENODEV'),
];

const TITLED = titled(
  ANSWERS,
  ({ kernel, lines, answer }) => `${kernel}: ${lines.join('; ')} answers ${answer}`,
);

printCells('devices of nvdimm', TITLED.length);

describe('files of devices of nvdimm', () => {
  it.each(TITLED)('%s', async (_title, { kernel, lines, answer }) => {
    const records = await runScript({ kernel, machine: MACHINE, lines });

    expect(last(records).result).toBe(answer);
  });
});

describe('a region of nvdimm that loses its driver', () => {
  it('takes the dax device with it; its work brings it back after the bind', async () => {
    const lines = [OFF, ON, DISABLE];

    const records = await runScript({ kernel: 'v5.3', machine: MACHINE, lines });

    const counts = records.map(({ devices }) => devices.length);
    expect(counts).toEqual([0, 0, 1, 0]);
  });

  it.each([
    // To delete the device, and to release its driver; from v5.3 on also to mark it dead.
    ['v5.1', 2],
    ['v5.3', 3],
  ])('%s takes the device_lock of its claim %i times', async (kernel, times) => {
    const line = OFF;

    const events = await lockOrder({ kernel, machine: MACHINE, preamble: [], line });

    expect(events.filter((event) => event === '+device_lock(region0)')).toHaveLength(times);
  });
});
