/** What changed between two machines, in words. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { machineDelta } from '../../src/report/machineDelta.js';
import type { BlockView } from '../../src/verdict/trace.js';
import { FC, SEED_TITLE } from '../support/fc.js';
import { machineView } from './arbitraries.js';
import { device, machine } from './fixtures.js';

function blocks(count: number, state: BlockView['state'], zones = 'Movable'): BlockView[] {
  return Array.from({ length: count }, (_, n) => ({ index: 32 + n, state, zones, device: 'd' }));
}

describe(`what changed between two machines (${SEED_TITLE})`, () => {
  it('is nothing between a machine and itself', () => {
    fc.assert(
      fc.property(machineView, (view) => {
        expect(machineDelta(view, view)).toEqual({ iomem: [], changes: [] });
      }),
      FC,
    );
  });

  it('says driver -> none when a device is unbound', () => {
    const after = machine({ devices: [device({ driver: null })] });

    expect(machineDelta(machine(), after).changes).toEqual(['dax0.0: driver device_dax -> none']);
  });

  it('joins a run of like blocks into one line', () => {
    const before = machine({ blocks: blocks(512, 'offline') });
    const after = machine({ blocks: blocks(512, 'online') });

    expect(machineDelta(before, after).changes).toEqual([
      'memory32-543: offline -> online Movable',
    ]);
  });

  it('tells blocks that appear from blocks that go away', () => {
    const none = machine();
    const some = machine({ blocks: blocks(1, 'offline') });

    expect([machineDelta(none, some).changes, machineDelta(some, none).changes]).toEqual([
      ['memory32: added, offline'],
      ['memory32: removed'],
    ]);
  });

  it('speaks of valid_zones when only the permitted zones of an offline block change', () => {
    const before = machine({ blocks: blocks(1, 'offline', 'Normal Movable') });
    const after = machine({ blocks: blocks(1, 'offline', 'Movable') });

    expect(machineDelta(before, after).changes).toEqual([
      'memory32: valid_zones Normal Movable -> Movable',
    ]);
  });

  it('names ids added to and removed from a driver', () => {
    const before = machine({ drivers: [{ name: 'kmem', registered: true, ids: ['dax0.0'] }] });
    const after = machine({ drivers: [{ name: 'kmem', registered: true, ids: ['dax1.0'] }] });

    expect(machineDelta(before, after).changes).toEqual([
      'kmem: id dax1.0 added',
      'kmem: id dax0.0 removed',
    ]);
  });

  it('says in whole units how a device grew', () => {
    const grown = device({
      size: 0x20000000n,
      ranges: [{ start: 0x100000000n, end: 0x11fffffffn }],
    });

    expect(machineDelta(machine(), machine({ devices: [grown] })).changes).toEqual([
      'dax0.0: size 256M -> 512M',
      'dax0.0: ranges 100000000-10fffffff -> 100000000-11fffffff',
    ]);
  });
});
