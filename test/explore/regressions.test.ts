/** Answers that were wrong once. */
import { describe, expect, it } from 'vitest';
import { runScript } from '../support/run.ts';

const MACHINE = `
block_size: 128M
iomem: |
  00000000-1fffffff : System RAM
  100000000-17fffffff : Soft Reserved
regions:
  hmem.0: { range: 100000000-11fffffff, kind: dynamic, target_node: 1 }
dax:
  dax0.0: { region: hmem.0, range: 100000000-107ffffff }
`;

const BLOCK = '/sys/devices/system/memory/memory32';
const KMEM = '/sys/bus/dax/drivers/kmem';
const DEVICE = '/sys/bus/dax/devices/dax0.0';

describe('a refused request', () => {
  it('to go offline leaves the online type that an earlier one left', async () => {
    const records = await runScript({
      kernel: 'v6.12',
      machine: MACHINE,
      lines: [
        `echo dax0.0 > ${KMEM}/new_id`,
        `echo online > ${BLOCK}/state`,
        `echo online_movable > ${BLOCK}/state`,
        `echo offline > ${BLOCK}/state`,
        `echo offline > ${BLOCK}/state`,
        `echo 1 > ${BLOCK}/online`,
      ],
    });

    expect(records.map(({ result }) => result)).toEqual([
      'ok',
      'ok',
      'EINVAL',
      'ok',
      'EINVAL',
      'ok',
    ]);
    expect(records.at(-1)?.blocks).toEqual([
      { name: 'memory32', state: 'online', zones: 'Movable' },
    ]);
  });
});

describe('a range that took the number of a stuck one', () => {
  it('is added beside it', async () => {
    const records = await runScript({
      kernel: 'v6.12.117',
      machine: MACHINE,
      lines: [
        `echo dax0.0 > ${KMEM}/new_id`,
        `echo online > ${BLOCK}/state`,
        `echo dax0.0 > ${KMEM}/unbind`,
        `echo 0 > ${DEVICE}/size`,
        `echo 110000000-117ffffff > ${DEVICE}/mapping`,
        `echo dax0.0 > ${KMEM}/bind`,
      ],
    });

    expect(records.at(-1)?.result).toBe('ok');
    expect(records.at(-1)?.iomem.filter(([, , name]) => name === 'dax0.0')).toEqual([
      ['100000000', '107ffffff', 'dax0.0', 1],
      ['110000000', '117ffffff', 'dax0.0', 1],
    ]);
  });
});
