/**
 * Renaming a state, written for reading and independently of the engine's tables: copies each
 * record to its new place and then renames what stands in it.
 */
import * as layout from '../../assembly/layout.js';
import type { Scenario } from '../../src/compile/scenario.js';
import type { Renaming } from '../../src/compile/symmetry/renaming.js';

const { Pc, ThreadKind } = layout;

/** Program points at which DEVICE, and at which BLOCK, is the object at hand. */
const FUNCTIONS_OF_DEVICES = [
  'bind_store|unbind_store|drivers_probe_store|device_add|dax_bus_probe',
  'dev_dax_probe|dev_dax_remove|dev_dax_kmem_probe|dev_dax_kmem_remove',
  'add_memory|add_memory_resource|remove_memory|try_remove_memory',
];
const POINTS_OF_DEVICES = new RegExp(`^(${FUNCTIONS_OF_DEVICES.join('|')})__`);
const POINTS_OF_BLOCKS = /^(state_store__|add_memory_resource__online|try_remove_memory__drain)/;

/** A state that can be written to. */
interface Writing {
  readonly old: DataView;
  readonly fresh: DataView;
  readonly bytes: Uint8Array;
}

const after = (numbers: readonly number[], value: number): number =>
  value === 0 ? 0 : (numbers[value - 1] ?? value - 1) + 1;

function setOf(numbers: readonly number[], value: number): number {
  return [...numbers.entries()].reduce(
    (set, [old, now]) => ((value >> old) & 1 ? set | (1 << now) : set),
    0,
  );
}

/** Moves records to their new numbers. */
function move({ old, bytes }: Writing, at: number, each: number, numbers: readonly number[]): void {
  for (const [from, to] of numbers.entries()) {
    bytes.set(new Uint8Array(old.buffer, old.byteOffset + at + from * each, each), at + to * each);
  }
}

/** The same state with everything renamed. */
export function renameNaively(
  scenario: Scenario,
  renaming: Renaming,
  state: Uint8Array,
): Uint8Array {
  const bytes = Uint8Array.from(state);
  const old = new DataView(state.buffer, state.byteOffset, state.length);
  const fresh = new DataView(bytes.buffer);
  const writing = { old, fresh, bytes };
  const { threads, devices, blocks, regions, points, names, statics, slots } = renaming;
  const plan = scenario.state;
  const byte = (at: number, value: (before: number) => number): void =>
    fresh.setUint8(at, value(fresh.getUint8(at)));
  const word = (at: number, value: (before: number) => number): void =>
    fresh.setUint16(at, value(fresh.getUint16(at, true)), true);
  const owner = (at: number): void => byte(at, (value) => after(threads, value));
  const set = (at: number): void => byte(at, (value) => setOf(threads, value));
  const point = (at: number): void => word(at, (value) => points[value] ?? value);

  for (const at of [1, 2, 3, 5]) owner(at);
  for (const at of [4, 6]) set(at);
  const drivers = [layout.GLOBAL_DRIVERS_OFFSET, layout.GLOBAL_DRIVERS_OFFSET + 8];
  if (plan.globalExtraAt !== 0) drivers.push(plan.globalExtraAt + layout.GLOBAL_EXTRA_FSDEV_OFFSET);
  for (const at of drivers) {
    set(at + layout.DRIVER_USERS_OFFSET);
    word(at + layout.DRIVER_IDS_OFFSET, (value) => setOf(names, value));
  }

  move(writing, plan.devicesAt, layout.DEVICE_BYTES, devices);
  for (const device of devices.keys()) {
    const at = plan.devicesAt + device * layout.DEVICE_BYTES;
    owner(at + layout.DEVICE_LOCK_OFFSET);
    for (const offset of [4, 5, 6, 7, 12]) set(at + offset);
  }
  if (plan.deviceExtraAt !== 0) {
    move(writing, plan.deviceExtraAt, layout.DEVICE_EXTRA_BYTES, devices);
    for (const device of devices.keys()) {
      const at = plan.deviceExtraAt + device * layout.DEVICE_EXTRA_BYTES;
      owner(at + layout.DEVICE_EXTRA_DATA_LOCK_OFFSET);
      set(at + layout.DEVICE_EXTRA_STATE_USERS_OFFSET);
      byte(at + layout.DEVICE_EXTRA_HOLDER_OFFSET, (value) =>
        value & 0x80 ? after(threads, value & 0x7f) | 0x80 : after(threads, value),
      );
    }
  }
  const { rangeMax } = scenario.plan;
  move(writing, plan.rangesAt, layout.RANGE_BYTES * rangeMax, devices);
  for (let range = 0; range < devices.length * rangeMax; range++) {
    const at = plan.rangesAt + range * layout.RANGE_BYTES;
    point(at + layout.RANGE_START_OFFSET);
    point(at + layout.RANGE_END_OFFSET);
    set(at + layout.RANGE_USERS_OFFSET);
  }

  move(writing, plan.blocksAt, layout.BLOCK_BYTES, blocks);
  for (const block of blocks.keys()) set(plan.blocksAt + block * 4 + layout.BLOCK_USERS_OFFSET);
  if (plan.blockExtraAt !== 0) {
    move(writing, plan.blockExtraAt, layout.BLOCK_EXTRA_BYTES, blocks);
    for (const block of blocks.keys()) {
      byte(plan.blockExtraAt + block * layout.BLOCK_EXTRA_BYTES, (value) =>
        value & 0x1f ? (value & 0xe0) | after(devices, value & 0x1f) : value,
      );
    }
  }
  move(writing, plan.eventsAt, 1, blocks);
  move(writing, plan.eventsAt + blocks.length, 1, devices);

  move(writing, plan.regionsAt, layout.REGION_BYTES, regions);
  for (const region of regions.keys()) {
    const at = plan.regionsAt + region * layout.REGION_BYTES;
    owner(at + layout.REGION_LOCK_OFFSET);
    set(at + layout.REGION_USERS_OFFSET);
    for (const offset of [layout.REGION_SEED_OFFSET, layout.REGION_YOUNGEST_OFFSET])
      byte(at + offset, (value) => after(devices, value));
    if (plan.regionExtraAt === 0) continue;
    const extra = plan.regionExtraAt + region * layout.REGION_EXTRA_BYTES;
    for (const offset of [6, 11]) owner(extra + offset);
    for (const offset of [7, 10]) set(extra + offset);
  }

  move(writing, plan.slotsAt, layout.SLOT_BYTES, slots);
  for (const slot of slots.keys()) {
    const at = plan.slotsAt + slot * layout.SLOT_BYTES;
    point(at + layout.SLOT_START_OFFSET);
    point(at + layout.SLOT_END_OFFSET);
    word(at + layout.SLOT_PARENT_OFFSET, (value) => {
      if (value === layout.PARENT_GONE) return value;
      if (value < layout.SLOT_PARENT_BASE) return statics[value] ?? value;
      const parent = value - layout.SLOT_PARENT_BASE;
      return layout.SLOT_PARENT_BASE + (slots[parent] ?? parent);
    });
    if (fresh.getUint8(at + layout.SLOT_FLAGS_OFFSET) !== 0)
      byte(at + layout.SLOT_NAME_OFFSET, (value) => devices[value] ?? value);
  }
  if (plan.beneathAt !== 0) {
    for (const offset of [2, 3]) owner(plan.beneathAt + offset);
    for (const offset of [5, 6]) set(plan.beneathAt + offset);
    move(writing, plan.beneathAt + layout.BENEATH_THREADS_OFFSET, layout.ASKER_BYTES, threads);
  }
  renameThreads(scenario, renaming, writing);
  if (devices.some((device, index) => device !== index))
    bytes[layout.GLOBAL_BROKEN_ABOUT_OFFSET] = 0;
  return bytes;
}

function renameThreads(scenario: Scenario, renaming: Renaming, writing: Writing): void {
  const { threads, devices, blocks, strings, instructions } = renaming;
  const { old, fresh } = writing;
  const plan = scenario.state;
  move(writing, plan.threadsAt, layout.THREAD_BYTES, threads);
  for (const [from, to] of threads.entries()) {
    const at = plan.threadsAt + to * layout.THREAD_BYTES;
    const instruction = fresh.getUint16(at + layout.THREAD_INSTRUCTION_OFFSET, true);
    const isAt = instructions[instruction];
    fresh.setUint16(at + layout.THREAD_INSTRUCTION_OFFSET, isAt ?? instruction, true);
    const point = Pc[fresh.getUint16(at, true)] ?? '';
    const local = (offset: number, numbers: readonly number[]): void => {
      const value = fresh.getUint8(at + offset);
      fresh.setUint8(at + offset, numbers[value] ?? value);
    };
    if (POINTS_OF_DEVICES.test(point)) local(layout.THREAD_DEVICE_OFFSET, devices);
    if (POINTS_OF_BLOCKS.test(point)) local(layout.THREAD_BLOCK_OFFSET, blocks);
    const objects = [...blocks, ...devices.map((device) => blocks.length + device)];
    const isUdev = scenario.threads[from]?.kind === ThreadKind.Udev;
    if (isUdev && isAt !== undefined) local(layout.THREAD_EVENT_OFFSET, objects);
    const [one, two] = [scenario.threads[from], scenario.threads[to]];
    const count = scenario.model.actors.length === 0 ? 0 : variablesOf(scenario, from);
    for (let number = 0; number < count; number++) {
      const value = old.getUint8(plan.variablesAt + (one?.firstVariable ?? 0) + number);
      const place = plan.variablesAt + (two?.firstVariable ?? 0) + number;
      fresh.setUint8(place, strings[value] ?? value);
    }
  }
}

/** How many variables a thread has: up to where the next thread's begin. */
function variablesOf(scenario: Scenario, thread: number): number {
  const view = new DataView(scenario.bytes.buffer);
  const table = view.getUint32(layout.Header.ThreadTable * 4, true);
  const row = table + thread * layout.THREAD_ROW_BYTES;
  return view.getUint8(row + layout.THREAD_ROW_VARIABLES_OFFSET);
}

/** The least image of a state by its bytes, as a text that is equal for equal states. */
export function classOf(scenario: Scenario, state: Uint8Array): string {
  const renamings = scenario.symmetry?.renamings ?? [];
  const own = Uint8Array.from(state);
  const movesDevices = renamings.some(({ devices }) => devices.some((to, from) => to !== from));
  if (movesDevices) own[layout.GLOBAL_BROKEN_ABOUT_OFFSET] = 0;
  const images = renamings.map((renaming) => renameNaively(scenario, renaming, own));
  return [own, ...images].map((image) => Buffer.from(image).toString('latin1')).sort()[0] ?? '';
}
