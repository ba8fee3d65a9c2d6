/**
 * bind and unbind of the drivers beneath a static region: what a write answers, kernel by kernel,
 * as Debian's kernels 6.1.192 and 6.12.117 did with an NVDIMM, and for the older ones typed from
 * drivers/base/bus.c bind_store(), unbind_store() and drivers/nvdimm/bus.c nvdimm_bus_match().
 */
import { describe, expect, it } from 'vitest';
import { runScript } from '../support/run.ts';
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

const DRIVER = '/sys/bus/nd/drivers/dax_pmem';
const UNBIND = `echo dax0.0 > ${DRIVER}/unbind`;
const BIND = `echo dax0.0 > ${DRIVER}/bind`;

interface Row {
  readonly kernel: string;
  readonly lines: readonly string[];
  readonly answer: string;
}

const rows = (kernels: readonly string[], lines: readonly string[], answer: string): Row[] =>
  kernels.map((kernel) => ({ kernel, lines, answer }));

const OLD = ['v5.1', 'v5.10'];
const NEW = ['v6.1.192', 'v6.12.117'];
const ALL = [...OLD, ...NEW];

const ANSWERS: readonly Row[] = [
  ...rows(ALL, [UNBIND], 'ok'),
  ...rows(ALL, [UNBIND, UNBIND], 'ENODEV'),
  ...rows(ALL, [UNBIND, BIND], 'ok'),
  ...rows(ALL, [UNBIND, BIND, UNBIND], 'ok'),
  // Since v5.14 who binds a device that has a driver is told so.
  ...rows(OLD, [BIND], 'ENODEV'),
  ...rows(NEW, [BIND], 'EBUSY'),
  // The bus has more devices, but of types that are not this driver's.
  ...rows(ALL, [`echo region0 > ${DRIVER}/unbind`], 'ENODEV'),
  ...rows(ALL, [`echo region0 > ${DRIVER}/bind`], 'ENODEV'),
  ...rows(ALL, [`echo namespace0.0 > ${DRIVER}/unbind`], 'ENODEV'),
  ...rows(ALL, [UNBIND, `echo namespace0.0 > ${DRIVER}/bind`], 'ENODEV'),
  // Other buses do not have it.
  ...rows(NEW, ['echo dax0.0 > /sys/bus/platform/drivers/hmem/unbind'], 'ENODEV'),
  ...rows(['v5.1'], [`echo dax0.0 > ${DRIVER}_compat/unbind`], 'ENODEV'),
];

const TITLED = titled(
  ANSWERS,
  ({ kernel, lines, answer }) => `${kernel}: ${lines.join('; ')} answers ${answer}`,
);

printCells('dax_pmem', TITLED.length);

describe('files of the driver beneath a static region (#4)', () => {
  it.each(TITLED)('%s', async (_title, { kernel, lines, answer }) => {
    const records = await runScript({ kernel, machine: MACHINE, lines });

    expect(last(records).result).toBe(answer);
  });

  it.each(ALL)(
    '%s: unbind takes the device and the metadata away, bind brings them back',
    async (kernel) => {
      const records = await runScript({ kernel, machine: MACHINE, lines: [UNBIND, BIND] });

      expect(records.map(({ devices }) => devices.length)).toEqual([0, 1]);
    },
  );

  // v6.12.117 as Debian's kernel did with an NVDIMM; before v5.5 all of the namespace is claimed.
  it.each([
    ['v5.4', 'ENODEV', []],
    ['v5.5', 'ok', [null]],
    ['v6.12.117', 'ok', [null]],
  ])('%s: bind above memory that stayed behind answers %s, and leaves %j', async (...row) => {
    const [kernel, answer, drivers] = row;
    const machine = `${MACHINE}\n    driver: kmem\n    blocks: online_movable`;

    const record = last(await runScript({ kernel, machine, lines: [UNBIND, BIND] }));

    expect(record.result).toBe(answer);
    expect(record.devices.map(({ driver }) => driver)).toEqual(drivers);
  });

  it('a compat device is of the compat driver alone', async () => {
    const machine = MACHINE.replace('target_node: 1', 'target_node: 1\n    compat: true');
    const lines = [UNBIND, `echo dax0.0 > ${DRIVER}_compat/unbind`];

    const records = await runScript({ kernel: 'v5.1', machine, lines });

    expect(records.map(({ result }) => result)).toEqual(['ENODEV', 'ok']);
  });
});
