/**
 * Each property that a state shows can be broken: a sound state passes, and the same state with one
 * thing damaged is found out. No model here breaks all of them, so the damage is done by hand.
 */
import { describe, expect, it } from 'vitest';
import {
  BLOCK_STATE_OFFSET,
  BlockState,
  DEVICE_DRIVER_OFFSET,
  DEVICE_FLAGS_OFFSET,
  DEVICE_GHOST_OFFSET,
  DEVICE_MEMORY_OFFSET,
  Driver,
  GHOST_KMEM_NAMED,
  GHOST_KMEM_UNBOUND,
  GLOBAL_HOTPLUG_OFFSET,
  MEMORY_OVERWRITTEN,
  RESOURCE_LEAKED,
  RESOURCE_NAME_DANGLING,
  SLOT_BYTES,
  SLOT_END_OFFSET,
  SLOT_FLAGS_OFFSET,
} from '../../assembly/layout.js';
import { compileModel } from '../../src/compile/scenario.js';
import { PROPERTIES } from '../../src/kernel/properties.js';
import { openKernelEngine } from '../../src/kernelEngine.js';
import { modelOf } from '../support/run.ts';

/** kmem has the device; both blocks are offline. */
const scenario = compileModel(
  modelOf(`format: 1
title: a machine to damage
kernel: v5.1
machine:
  block_size: 128M
  iomem: |
    00000000-3fffffff : System RAM
    140000000-14fffffff : Persistent Memory
  dax:
    dax0.0: { range: 140000000-14fffffff, target_node: 1, driver: kmem }
actors:
  admin: |
    true
    echo dax0.0 > /sys/bus/dax/drivers/kmem/unbind
`),
);

const engine = openKernelEngine(scenario, { debug: true });
const { devicesAt, blocksAt, slotsAt } = scenario.state;
const kmemSlot = slotsAt + scenario.state.kmemSlot(0) * SLOT_BYTES;
const ramSlot = slotsAt + scenario.state.ramSlot(0) * SLOT_BYTES;

/** Names of the properties that a damaged copy of the initial state violates. */
function brokenBy(damage: (state: DataView) => void): readonly string[] {
  const [sound] = engine.successors.initial();
  if (sound === undefined) throw new Error('the scenario has no initial state');
  const state = Uint8Array.from(sound);
  damage(new DataView(state.buffer));
  const bits = engine.successors.check(state);
  return PROPERTIES.filter(({ bit }) => ((bits >>> bit) & 1) !== 0).map(({ name }) => name);
}

const setBits = (state: DataView, at: number, bits: number): void =>
  state.setUint8(at, state.getUint8(at) | bits);
const clearBits = (state: DataView, at: number, bits: number): void =>
  state.setUint8(at, state.getUint8(at) & ~bits);

describe('a sound state', () => {
  it('violates nothing', () => {
    expect(brokenBy(() => undefined)).toEqual([]);
  });
});

describe('a damaged state', () => {
  it.each([
    [
      'device_dax has a device whose range is System RAM',
      'no-overlap',
      (state: DataView) => state.setUint8(devicesAt + DEVICE_DRIVER_OFFSET, Driver.DeviceDax),
    ],
    [
      'added memory ends inside a block',
      'aligned',
      (state: DataView) => {
        const end = state.getUint16(ramSlot + SLOT_END_OFFSET, true);
        state.setUint16(ramSlot + SLOT_END_OFFSET, end - 1, true);
      },
    ],
    [
      'kmem has a device that nobody named',
      'explicit-kmem',
      (state: DataView) => clearBits(state, devicesAt + DEVICE_GHOST_OFFSET, GHOST_KMEM_NAMED),
    ],
    [
      'a device that nobody named was written to',
      'no-data-loss',
      (state: DataView) => {
        clearBits(state, devicesAt + DEVICE_GHOST_OFFSET, GHOST_KMEM_NAMED);
        setBits(state, devicesAt + DEVICE_MEMORY_OFFSET, MEMORY_OVERWRITTEN);
      },
    ],
    [
      'a device is bound again whose memory v5.1 has kept',
      'no-rebind-after-kmem',
      (state: DataView) => setBits(state, devicesAt + DEVICE_GHOST_OFFSET, GHOST_KMEM_UNBOUND),
    ],
    [
      'a block is online and no System RAM covers it',
      'covered',
      (state: DataView) => {
        state.setUint8(blocksAt + BLOCK_STATE_OFFSET, BlockState.Online);
        state.setUint8(ramSlot + SLOT_FLAGS_OFFSET, 0);
      },
    ],
    [
      'a reservation is in no tree and not freed',
      'no-leak',
      (state: DataView) => setBits(state, ramSlot + SLOT_FLAGS_OFFSET, RESOURCE_LEAKED),
    ],
    [
      'a device is gone and its driver is not',
      'no-leak',
      (state: DataView) => state.setUint8(devicesAt + DEVICE_FLAGS_OFFSET, 0),
    ],
    [
      'a node shows a freed name',
      'resource-tree',
      (state: DataView) => setBits(state, kmemSlot + SLOT_FLAGS_OFFSET, RESOURCE_NAME_DANGLING),
    ],
    [
      'a lock is held and nobody is in the kernel',
      'lock-pairing',
      (state: DataView) => state.setUint8(GLOBAL_HOTPLUG_OFFSET, 1),
    ],
  ])('in which %s violates %s', (_, property, damage) => {
    expect(brokenBy(damage)).toContain(property);
  });
});
