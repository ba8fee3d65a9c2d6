/** Large machines are cut, and a sweep shows when that changes nothing any more. */
import { describe, expect, it } from 'vitest';
import { composeModel } from '../../src/advice/compose.ts';
import { type SweepRow, stableAlong, sweepScopes } from '../../src/advice/sweep.ts';
import { parseModel } from '../../src/model/load.ts';
import type { Model } from '../../src/model/model.ts';
import { cutModel } from '../../src/scope/choose.ts';
import { scopeModel } from '../../src/scope/cut.ts';
import { file, ONLINE_RULE } from '../advice/support.ts';

/** dax0.0 of a terabyte, 64 MiB off the grid at both ends. */
function large(script: string, blocks = 'online_movable'): Model {
  const loaded = parseModel(
    `format: 1
title: a large machine
kernel: v6.12
machine:
  block_size: 128M
  auto_online_blocks: online_movable
  iomem: |
    00000000-1fffffff : System RAM
    10000000000-1ffffffffff : Soft Reserved
  dax:
    dax0.0: { range: 10004000000-1fffbffffff, target_node: 1, driver: kmem, blocks: ${blocks} }
`,
    'large.yaml',
    () => {
      throw new Error('no other file is named');
    },
  );
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
  const { model } = composeModel(loaded.model, {
    scripts: [file('a.sh', script)],
    rules: [ONLINE_RULE],
    ...{ coldplug: true, workers: null, virt: 'none', havoc: null },
  });
  return model;
}

const RETIRE = `daxctl offline-memory dax0.0
echo dax0.0 > /sys/bus/dax/drivers/kmem/unbind
`;

describe('the cut of a machine', () => {
  it('keeps the bytes in front of the first block and behind the last one', () => {
    const { model, cuts } = cutModel(large(RETIRE), 2);
    const [device] = model.machine.devices;

    expect(cuts).toEqual([{ device: 'dax0.0', blocks: 8190, kept: 2, stretches: 1 }]);
    expect(device?.ranges).toEqual([{ start: 0x10004000000n, end: 0x1001bffffffn }]);
    expect(model.cut?.kept).toBe(2);
    expect(model.cut?.text).toMatch(
      /^blocks cut \(--scope widens\): dax0.0 to 2 of 8190: not proved/,
    );
  });

  it('leaves a device alone whose blocks the files name', () => {
    const state = '/sys/devices/system/memory/memory8193/state';
    const { model, whole } = scopeModel(large(`echo offline > ${state}\n`), 2);

    expect(whole).toEqual([
      'dax0.0 keeps its 8190 blocks: the files name memory blocks of it by number',
    ]);
    expect(model.cut).toBeUndefined();
  });

  it('cuts a region that has room left where the files do not divide it', () => {
    const whole = { start: 0x10000000000n, end: 0x1ffffffffffn };
    const region = { name: 'region0', kind: 'dynamic', ...whole } as const;
    const withRoom = (script: string): Model => {
      const model = large(script);
      const regions = model.machine.regions.map((one) => ({ ...one, ...region }));
      const devices = model.machine.devices.map((one) => ({ ...one, region: region.name }));
      return { ...model, machine: { ...model.machine, regions, devices } };
    };
    const cut = cutModel(withRoom(RETIRE), 2);

    expect(cut.cuts).toMatchObject([{ device: 'dax0.0', kept: 2 }]);
    expect(cut.model.machine.regions).toMatchObject([
      { start: 0x10004000000n, end: 0x1001bffffffn },
    ]);
    const dividing = [
      'daxctl create-device -r 0\n',
      'echo dax0.0 > /sys/bus/dax/devices/../../dax_region/delete\n',
      'echo 0 > /sys/bus/dax/devices/dax0.0/size\n',
    ];
    for (const script of dividing) {
      expect(scopeModel(withRoom(script), 2).whole).toEqual([
        'dax0.0 keeps its 8190 blocks: its region has room left, and the files divide it',
      ]);
    }
  });

  it('keeps some of each stretch of blocks that begin alike', () => {
    const blocks = '{ 8193-9000: offline, 9001: online_kernel, 9002-16382: online_movable }';
    const { model, cuts } = scopeModel(large(RETIRE, blocks), 2);
    const [device] = model.machine.devices;
    const own = device?.ownBlocks.map(({ first, last, initial }) => [first, last, initial]);

    expect(cuts).toEqual([{ device: 'dax0.0', blocks: 8190, kept: 5, stretches: 3 }]);
    expect(own).toEqual([
      [8193, 8194, 'offline'],
      [8195, 8195, 'online_kernel'],
      [8196, 8197, 'online_movable'],
    ]);
    expect(device?.ranges[0]?.end).toBe(0x10004000000n + 6n * 0x8000000n - 1n);
    expect(cutModel(large(RETIRE, blocks), null).model.cut?.text).toContain(
      'dax0.0 to 3 of 8190 in 3 stretches: not proved',
    );
  });

  it('keeps some of each state where there are many stretches', () => {
    const odd = Array.from({ length: 6 }, (_, index) => `${8195 + 3 * index}: offline`).join(', ');
    const { model, cuts } = scopeModel(large(RETIRE, `{ ${odd} }`), 1);
    const [device] = model.machine.devices;

    expect(cuts).toEqual([{ device: 'dax0.0', blocks: 8190, kept: 2, stretches: 13 }]);
    expect(device?.ownBlocks.map(({ initial }) => initial)).toEqual(['online_movable', 'offline']);
    expect(cutModel(large(RETIRE, `{ ${odd} }`), 1).model.cut?.text).toContain(
      'the blocks of dax0.0 begin in many stretches',
    );
  });

  it('leaves a machine alone that is small enough', () => {
    const model = large(RETIRE);

    expect(scopeModel(model, 9000).model).toBe(model);
  });
});

describe('a sweep', () => {
  it('tells from which width on the findings stay the same', async () => {
    const { rows, stableFrom: from } = await sweepScopes(large(RETIRE), { blocks: 3 });

    expect(rows.map(({ blocks }) => blocks)).toEqual([1, 2, 3]);
    expect(rows.every(({ findings }) => findings.includes('recoverable(dax0.0)'))).toBe(true);
    expect(from.blocks).not.toBeNull();
  });

  const row = (blocks: number, ...findings: string[]): SweepRow => ({
    ...{
      blocks,
      devices: 1,
      actors: 1,
      findings,
      verdict: 'findings',
      distinctStates: 1,
      transitions: 1,
      depth: 1,
    },
  });

  it.each([
    [[row(1, 'a'), row(2, 'a'), row(3, 'a')], 1],
    [[row(1), row(2, 'a'), row(3, 'a')], 2],
    [[row(1), row(2), row(3, 'a')], null],
    [[row(1)], null],
  ])('of %j is stable from %s on', (rows, from) => {
    expect(stableAlong(rows, 'blocks')).toBe(from);
  });
});
