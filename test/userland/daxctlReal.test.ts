/**
 * Exit statuses of a real daxctl: what daxctl 76.1 returned on Debian's 6.12.117 in a guest with a
 * dynamic region of hmem, command after command, against what the model's daxctl v76 returns. The
 * guest's device had 16 memory blocks, the model's has two.
 */
import { describe, expect, it } from 'vitest';
import { parseModel } from '../../src/model/load.ts';
import { run } from '../../src/run.ts';
import type { RunRecord } from '../../src/verdict/trace.ts';

const POLICY = '/sys/devices/system/memory/auto_online_blocks';
const DRIVERS = '/sys/bus/dax/drivers';
const RECONFIGURE = 'daxctl reconfigure-device';

/** A command and the status that it really ended with; null: it only prepares the next one. */
type Seen = readonly [command: string, status: number | null];

const SEEN: readonly Seen[] = [
  ['daxctl online-memory dax0.0', 0],
  ['daxctl online-memory dax0.0', 1],
  ['daxctl offline-memory dax0.0', 0],
  ['daxctl offline-memory dax0.0', 1],
  [`echo dax0.0 > ${DRIVERS}/kmem/unbind`, 0],
  [`echo dax0.0 > ${DRIVERS}/kmem/remove_id`, 0],
  [`echo dax0.0 > ${DRIVERS}/device_dax/bind`, 1],
  [`echo dax0.0 > ${DRIVERS}/device_dax/new_id`, 0],
  ['daxctl online-memory dax0.0', 250],
  [`${RECONFIGURE} -m system-ram -N dax0.0`, 0],
  [`${RECONFIGURE} -m system-ram -N dax0.0`, 0],
  [`${RECONFIGURE} -m system-ram dax0.0`, 0],
  [`${RECONFIGURE} -m devdax dax0.0`, 240],
  [`${RECONFIGURE} -m devdax -f dax0.0`, 0],
  [`${RECONFIGURE} -m devdax -f dax0.0`, 0],
  ['daxctl offline-memory dax0.0', 250],
  [`echo online > ${POLICY}`, null],
  [`${RECONFIGURE} -m system-ram dax0.0`, 240],
  [`${RECONFIGURE} -m system-ram -f dax0.0`, 0],
  ['daxctl offline-memory dax0.0', 0],
  ['echo online_movable > /sys/devices/system/memory/memory33/state', null],
  ['daxctl online-memory dax0.0', 0],
  ['daxctl offline-memory dax0.0', 0],
  ['echo online_kernel > /sys/devices/system/memory/memory32/state', null],
  ['daxctl online-memory dax0.0', 0],
  ['daxctl online-memory --no-movable dax0.0', 1],
  ['daxctl disable-device dax0.0', 250],
  ['daxctl offline-memory dax0.0', 0],
  ['daxctl disable-device dax0.0', 250],
  ['daxctl enable-device dax0.0', 250],
];

const MACHINE = `
format: 1
title: what a real daxctl did
kernel: v6.12.117
machine:
  block_size: 128M
  iomem: |
    00100000-1ffdffff : System RAM
    100000000-10fffffff : Soft Reserved
  regions:
    hmem.0: { kind: dynamic, range: 100000000-10fffffff, target_node: 1, kmem: true }
  dax:
    dax0.0: { range: 100000000-10fffffff, region: hmem.0, driver: kmem, blocks: offline }
tools: { daxctl: v76 }
actors:
  admin: |
`;

const SIZE = 'cat /sys/bus/dax/devices/dax0.0/size';

/** Runs a script on the machine. */
function runOf(lines: readonly string[]): readonly RunRecord[] {
  const text = MACHINE + lines.map((line) => `    ${line}\n`).join('');
  const loaded = parseModel(text, 'seen.yaml', () => {
    throw new Error('no other file is named');
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
  return run(loaded.model);
}

/** Runs the commands; tells those whose status is another one, which then read the size. */
function otherStatuses(seen: readonly Seen[]): readonly string[] {
  const lines = seen.map(([command, status]) =>
    status === null ? command : `${command}; [ $? -eq ${status} ] || ${SIZE}`,
  );
  const first = MACHINE.split('\n').length;
  return runOf(lines)
    .filter(({ command }) => command === SIZE)
    .map(({ place }) => lines[(place?.line ?? 0) - first] ?? 'a line that is none of them');
}

const asked = SEEN.filter(([, status]) => status !== null).length;

describe('daxctl 76.1 on a real 6.12.117', () => {
  it(`ended with the statuses of the model's daxctl v76 (${asked} commands)`, () => {
    expect(otherStatuses(SEEN)).toEqual([]);
  });

  it('is compared by a check that sees every status that is another one', () => {
    const wrong = SEEN.map(([command, status]): Seen => [command, status === null ? null : 77]);
    expect(otherStatuses(wrong)).toHaveLength(asked);
  });

  it('warned of a race whenever a block was online before it began', () => {
    const online = 'daxctl online-memory dax0.0';
    expect(runOf([online, online]).flatMap(({ output }) => output ?? [])).toEqual([
      'daxctl: dax0.0: WARNING: detected a race while onlining memory',
      'daxctl: dax0.0: all memory sections already online',
    ]);
  });
});
