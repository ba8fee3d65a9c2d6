/**
 * The steps of the kernel's own test of daxX.Y/state, in order on one machine: what each write
 * answers, what the file says then, and how many blocks are online (its MemTotal).
 *
 * Typed from tools/testing/selftests/dax/dax-kmem-hotplug.sh, v7.3.
 */
import { describe, expect, it } from 'vitest';
import { runScript } from '../support/run.ts';
import { printCells } from './cells.ts';
import { SHOWN_STATES } from './errnoTableLater.ts';
import { DYNAMIC_REGION } from './lockOrdersModern.ts';
import { DEVICES, KMEM, last, MEMORY } from './machines.ts';

const STATE = `${DEVICES}/dax0.0/state`;
const write = (state: string): string => `echo ${state} > ${STATE}`;

const MACHINE = `
block_size: 128M
auto_online_blocks: online_movable
iomem: |
  00000000-3fffffff : System RAM
  100000000-10fffffff : Soft Reserved
regions:
  hmem.0: { range: 100000000-10fffffff, kind: dynamic, target_node: 1, kmem: true }
dax:
  dax0.0: { region: hmem.0, range: 100000000-10fffffff, driver: kmem, blocks: offline }
`;

type Step = readonly [
  line: string,
  result: string,
  /** What the state file says then; null where there is none. */
  shown: string | null,
  online: number,
  blocks: number,
];

const CYCLE: readonly Step[] = [
  [write('online_movable'), 'ok', 'online_movable', 2, 2],
  [write('unplugged'), 'ok', 'unplugged', 0, 0],
];

const STEPS: readonly Step[] = [
  // The baseline.
  [write('unplugged'), 'ok', 'unplugged', 0, 0],
  // online_movable, and again.
  [write('online_movable'), 'ok', 'online_movable', 2, 2],
  [write('online_movable'), 'ok', 'online_movable', 2, 2],
  // Another type without an unplug between, and the unplug.
  [write('online_kernel'), 'EBUSY', 'online_movable', 2, 2],
  [write('unplugged'), 'ok', 'unplugged', 0, 0],
  [write('bogus_state'), 'EINVAL', 'unplugged', 0, 0],
  // Three rounds give back what they took.
  ...CYCLE,
  ...CYCLE,
  ...CYCLE,
  // A block that was taken offline behind the file's back does not hinder the unplug.
  [write('online_movable'), 'ok', 'online_movable', 2, 2],
  [`echo offline > ${MEMORY}/memory32/state`, 'ok', 'online_movable', 1, 2],
  [write('unplugged'), 'ok', 'unplugged', 0, 0],
  // The policy is that of the time of the bind.
  [`echo dax0.0 > ${KMEM}/unbind`, 'ok', null, 0, 0],
  [`echo offline > ${MEMORY}/auto_online_blocks`, 'ok', null, 0, 0],
  [`echo dax0.0 > ${KMEM}/bind`, 'ok', 'offline', 0, 2],
  [write('unplugged'), 'ok', 'unplugged', 0, 0],
  // All blocks offline, and the file still says online_movable: unbind removes them.
  [write('online_movable'), 'ok', 'online_movable', 2, 2],
  [`echo offline > ${MEMORY}/memory32/state`, 'ok', 'online_movable', 1, 2],
  [`echo offline > ${MEMORY}/memory33/state`, 'ok', 'online_movable', 0, 2],
  [`echo dax0.0 > ${KMEM}/unbind`, 'ok', null, 0, 0],
  [`echo dax0.0 > ${KMEM}/bind`, 'ok', 'offline', 0, 2],
  [write('unplugged'), 'ok', 'unplugged', 0, 0],
  // Unbound while online: it does not hang, and the memory stays.
  [write('online_movable'), 'ok', 'online_movable', 2, 2],
  [`echo dax0.0 > ${KMEM}/unbind`, 'ok', null, 2, 2],
];

printCells('dax-kmem-hotplug.sh', STEPS.length * 4 + SHOWN_STATES.length);

describe('daxX.Y/state does on v7.3 what the test of the kernel expects of it', () => {
  const cases = STEPS.map((step, at): [string, number, Step] => [
    `step ${at + 1}, ${step[0]}, answers ${step[1]}`,
    at,
    step,
  ]);

  it.each(cases)('%s', async (_title, at, [, result, shown, online, blocks]) => {
    const before = STEPS.slice(0, at + 1).map(([line]) => line);
    const records = await runScript({
      kernel: 'v7.3',
      machine: MACHINE,
      lines: [...before, `cat ${STATE}`],
    });
    const record = records.at(-2);
    const read = last(records);

    expect(record?.result).toBe(result);
    expect(read.result === 'ok' ? read.value : null).toBe(shown);
    expect(record?.blocks.filter(({ state }) => state === 'online')).toHaveLength(online);
    expect(record?.blocks).toHaveLength(blocks);
  });

  it('leaves the name of the device in /proc/iomem only where memory stays', async () => {
    const lines = STEPS.map(([line]) => line);
    const records = await runScript({ kernel: 'v7.3', machine: MACHINE, lines });
    const named = (at: number): number =>
      records[at]?.iomem.filter(([, , name]) => name === 'dax0.0').length ?? 0;

    // Step 23 is the unbind of offline memory, the last step that of online memory.
    expect(named(22)).toBe(0);
    expect(named(STEPS.length - 1)).toBe(1);
  });
});

const SHOWN = SHOWN_STATES.map(([kernel, lines, shown]): [string, typeof kernel, typeof lines] => [
  shown,
  kernel,
  lines,
]);

describe('daxX.Y/state says what it was last told, or what probe did', () => {
  it.each(SHOWN)('%s', async (shown, kernel, lines) => {
    const script = { kernel, machine: DYNAMIC_REGION, lines: [...lines, `cat ${STATE}`] };

    expect(last(await runScript(script)).value).toBe(shown);
  });
});
