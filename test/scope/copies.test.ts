/** Copies of devices and scripts, for sweeps. */
import { describe, expect, it } from 'vitest';
import { copyObstacle, withActors, withDevices } from '../../src/advice/copies.ts';
import { compileModel } from '../../src/compile/scenario.ts';
import { UNBIND, wide } from './support.ts';

const model = wide({ scripts: [UNBIND] });

describe('a copied device', () => {
  it('lies behind everything else, on a node of its own, and is asked for', () => {
    const { machine, check } = withDevices(model, 3);
    const nodes = machine.regions.map(({ targetNode }) => targetNode);
    const starts = machine.devices.map(({ ranges: [range] }) => range?.start);
    const recoverable = check?.filter(({ name }) => name === 'recoverable') ?? [];

    expect(machine.devices.map(({ name }) => name)).toEqual(['dax0.0', 'dax1.0', 'dax2.0']);
    expect(new Set(machine.devices.map(({ region }) => region)).size).toBe(3);
    expect(nodes).toEqual([1, 2, 3]);
    expect(starts).toEqual([0x100000000n, 0x180000000n, 0x200000000n]);
    expect(recoverable.map(({ device }) => device)).toEqual(['dax0.0', 'dax1.0', 'dax2.0']);
  });

  it('can be explored like any other', () => {
    const { plan } = compileModel(withDevices(model, 2));

    expect(plan.devices.map(({ name }) => name)).toEqual(['dax0.0', 'dax1.0']);
    expect(plan.blocks).toHaveLength(16);
  });

  it('is not made of one that shares its region', () => {
    const [device] = model.machine.devices;
    if (device === undefined) throw new Error('no device');
    const devices = [device, { ...device, name: 'dax0.1' }];

    expect(copyObstacle({ ...model, machine: { ...model.machine, devices } })).toBe(
      'dax0.0 is not alone in its region',
    );
    expect(copyObstacle(model)).toBeNull();
  });
});

describe('a copied script', () => {
  it('has a name of its own, and stands before udev', () => {
    const { actors } = withActors(wide({ scripts: [UNBIND], rule: 'ACTION=="add"' }), 3);

    expect(actors.map(({ name }) => name)).toEqual(['a.sh', 'a.sh-2', 'a.sh-3', 'udev']);
  });

  it('is the script itself where there is one', () => {
    expect(withActors(model, 1)).toBe(model);
    expect(withDevices(model, 1)).toBe(model);
  });
});
