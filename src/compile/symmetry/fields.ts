/**
 * The state vector as fields: where each lies, what it holds, and where it comes from when its
 * records are renamed. docs/state-layout.md has the records.
 */
import {
  ASKER_BYTES,
  BENEATH_HMEM_LOCK_OFFSET,
  BENEATH_HMEM_USERS_OFFSET,
  BENEATH_PLATFORM_LOCK_OFFSET,
  BENEATH_PLATFORM_USERS_OFFSET,
  BENEATH_THREADS_OFFSET,
  BLOCK_BYTES,
  BLOCK_EXTRA_ADDED_OFFSET,
  BLOCK_EXTRA_BYTES,
  BLOCK_USERS_OFFSET,
  DEVICE_BYTES,
  DEVICE_EXTRA_BYTES,
  DEVICE_EXTRA_DATA_LOCK_OFFSET,
  DEVICE_EXTRA_HOLDER_OFFSET,
  DEVICE_EXTRA_STATE_USERS_OFFSET,
  DEVICE_LOCK_OFFSET,
  DEVICE_MAPS_OFFSET,
  DEVICE_OPENS_OFFSET,
  DEVICE_PINNED_OFFSET,
  DEVICE_PINS_OFFSET,
  DEVICE_USERS_OFFSET,
  DRIVER_BYTES,
  DRIVER_IDS_OFFSET,
  DRIVER_USERS_OFFSET,
  FieldKind,
  GLOBAL_BYTES,
  GLOBAL_DEV_READERS_OFFSET,
  GLOBAL_DEV_WRITER_OFFSET,
  GLOBAL_DRIVERS_OFFSET,
  GLOBAL_EXTRA_BYTES,
  GLOBAL_EXTRA_FSDEV_OFFSET,
  GLOBAL_HOTPLUG_OFFSET,
  GLOBAL_MEM_HOTPLUG_OFFSET,
  GLOBAL_REGION_READERS_OFFSET,
  GLOBAL_REGION_WRITER_OFFSET,
  RANGE_BYTES,
  RANGE_END_OFFSET,
  RANGE_START_OFFSET,
  RANGE_USERS_OFFSET,
  REGION_BYTES,
  REGION_EXTRA_BYTES,
  REGION_EXTRA_NAMESPACE_OFFSET,
  REGION_EXTRA_PROBES_OFFSET,
  REGION_EXTRA_REGION_OFFSET,
  REGION_EXTRA_USERS_OFFSET,
  REGION_LOCK_OFFSET,
  REGION_SEED_OFFSET,
  REGION_USERS_OFFSET,
  REGION_YOUNGEST_OFFSET,
  SLOT_BYTES,
  SLOT_END_OFFSET,
  SLOT_NAME_OFFSET,
  SLOT_PARENT_OFFSET,
  SLOT_START_OFFSET,
  SymmetryMap,
  THREAD_BLOCK_OFFSET,
  THREAD_BYTES,
  THREAD_DEVICE_OFFSET,
  THREAD_EVENT_OFFSET,
  THREAD_INSTRUCTION_OFFSET,
  ThreadKind,
} from '../../../assembly/layout.js';
import type { SymmetryContext } from './context.js';
import { inverse, type Renaming, same } from './renaming.js';

/** What a field of a record holds. */
export interface Content {
  readonly width: number;
  readonly kind: FieldKind;
  readonly map: SymmetryMap;
}

/** A field of the state vector. */
export interface Field extends Content {
  readonly at: number;
  /** Where its value comes from, for each renaming in the order given. */
  readonly from: readonly number[];
}

const PLAIN: Content = { width: 1, kind: FieldKind.Plain, map: 0 };
const byte = (map: SymmetryMap): Content => ({ width: 1, kind: FieldKind.Byte, map });
const word = (map: SymmetryMap): Content => ({ width: 2, kind: FieldKind.Word, map });
const OWNER = byte(SymmetryMap.Owner);
const THREADS = byte(SymmetryMap.Threads);
const NAMES: Content = { width: 2, kind: FieldKind.Set, map: SymmetryMap.Names };
const POINT = word(SymmetryMap.Point);

type Contents = readonly (readonly [number, Content])[];

const driverAt = (offset: number): Contents => [
  [offset + DRIVER_USERS_OFFSET, THREADS],
  [offset + DRIVER_IDS_OFFSET, NAMES],
];

const GLOBALS: Contents = [
  [GLOBAL_HOTPLUG_OFFSET, OWNER],
  [GLOBAL_MEM_HOTPLUG_OFFSET, OWNER],
  [GLOBAL_REGION_WRITER_OFFSET, OWNER],
  [GLOBAL_REGION_READERS_OFFSET, THREADS],
  [GLOBAL_DEV_WRITER_OFFSET, OWNER],
  [GLOBAL_DEV_READERS_OFFSET, THREADS],
  ...driverAt(GLOBAL_DRIVERS_OFFSET),
  ...driverAt(GLOBAL_DRIVERS_OFFSET + DRIVER_BYTES),
];
const DEVICE: Contents = [
  [DEVICE_LOCK_OFFSET, OWNER],
  [DEVICE_OPENS_OFFSET, THREADS],
  [DEVICE_MAPS_OFFSET, THREADS],
  [DEVICE_PINS_OFFSET, THREADS],
  [DEVICE_USERS_OFFSET, THREADS],
  [DEVICE_PINNED_OFFSET, THREADS],
];
const RANGE: Contents = [
  [RANGE_START_OFFSET, POINT],
  [RANGE_END_OFFSET, POINT],
  [RANGE_USERS_OFFSET, THREADS],
];
const BLOCK: Contents = [[BLOCK_USERS_OFFSET, THREADS]];
const REGION: Contents = [
  [REGION_LOCK_OFFSET, OWNER],
  [REGION_USERS_OFFSET, THREADS],
  [REGION_SEED_OFFSET, byte(SymmetryMap.DeviceAfter)],
  [REGION_YOUNGEST_OFFSET, byte(SymmetryMap.DeviceAfter)],
];
const SLOT: Contents = [
  [SLOT_START_OFFSET, POINT],
  [SLOT_END_OFFSET, POINT],
  [SLOT_PARENT_OFFSET, { width: 2, kind: FieldKind.Node, map: SymmetryMap.Static }],
  [SLOT_NAME_OFFSET, { width: 1, kind: FieldKind.Flagged, map: SymmetryMap.Device }],
];
const REGION_EXTRA: Contents = [
  [REGION_EXTRA_NAMESPACE_OFFSET, OWNER],
  [REGION_EXTRA_PROBES_OFFSET, THREADS],
  [REGION_EXTRA_USERS_OFFSET, THREADS],
  [REGION_EXTRA_REGION_OFFSET, OWNER],
];
const DEVICE_EXTRA: Contents = [
  [DEVICE_EXTRA_DATA_LOCK_OFFSET, OWNER],
  [DEVICE_EXTRA_STATE_USERS_OFFSET, THREADS],
  [DEVICE_EXTRA_HOLDER_OFFSET, byte(SymmetryMap.Holder)],
];
const BLOCK_EXTRA: Contents = [[BLOCK_EXTRA_ADDED_OFFSET, byte(SymmetryMap.Added)]];
const BENEATH: Contents = [
  [BENEATH_HMEM_LOCK_OFFSET, OWNER],
  [BENEATH_PLATFORM_LOCK_OFFSET, OWNER],
  [BENEATH_HMEM_USERS_OFFSET, THREADS],
  [BENEATH_PLATFORM_USERS_OFFSET, THREADS],
];

function threadContents(kind: ThreadKind): Contents {
  const event: Content = { width: 1, kind: FieldKind.Event, map: SymmetryMap.Object };
  const device: Content = { width: 1, kind: FieldKind.LocalDevice, map: SymmetryMap.Device };
  return [
    [THREAD_INSTRUCTION_OFFSET, word(SymmetryMap.Instruction)],
    [THREAD_DEVICE_OFFSET, device],
    [THREAD_BLOCK_OFFSET, { width: 1, kind: FieldKind.LocalBlock, map: SymmetryMap.Block }],
    ...(kind === ThreadKind.Udev ? [[THREAD_EVENT_OFFSET, event] as const] : []),
  ];
}

/** Records of one kind: how many, how long, what is in each, and which takes whose place. */
interface Records {
  readonly at: number;
  readonly bytes: number;
  readonly contents: (index: number) => Contents;
  /** For each renaming, the old numbers by the new ones. */
  readonly from: readonly (readonly number[])[];
}

function* fieldsOf({ at, bytes, contents, from }: Records): Generator<Field> {
  for (const index of same(from[0]?.length ?? 0)) {
    const known = new Map(contents(index));
    for (let offset = 0; offset < bytes; ) {
      const content = known.get(offset) ?? PLAIN;
      const places = from.map((old) => at + (old[index] ?? index) * bytes + offset);
      yield { ...content, at: at + index * bytes + offset, from: places };
      offset += content.width;
    }
  }
}

/** Bytes of the actors' variables, each thread's own ones side by side. */
function variablesFrom({ threads, actors }: SymmetryContext, old: readonly number[]): number[] {
  return threads.flatMap(({ actor }, thread) => {
    const count = actors[actor ?? -1]?.variables.length ?? 0;
    const first = threads[old[thread] ?? thread]?.firstVariable ?? 0;
    return same(count).map((number) => first + number);
  });
}

/** Old numbers of records by the new ones, for each renaming. */
type Olds = readonly (readonly number[])[];

/** Records that have one content, whatever their number; none where a scenario has no such part. */
const records = (at: number, bytes: number, from: Olds, contents: Contents): readonly Field[] =>
  at < 0 ? [] : [...fieldsOf({ at, bytes, from, contents: () => contents })];

/** Where an optional part lies; 0 in a plan means that there is none. */
const optional = (at: number, offset = 0): number => (at === 0 ? -1 : at + offset);

/**
 * Every field of the state, the threads' first: those tell most states apart.
 *
 * The faults' budgets are left out; they belong to nobody.
 */
export function stateFields(
  context: SymmetryContext,
  renamings: readonly Renaming[],
): readonly Field[] {
  const { state, threads } = context;
  const by = (numbers: (renaming: Renaming) => readonly number[]): Olds =>
    renamings.map((renaming) => inverse(numbers(renaming)));
  const people = by((renaming) => renaming.threads);
  const one = renamings.map(() => [0]);
  const kindOf = (index: number): ThreadKind => threads[index]?.kind ?? ThreadKind.Script;
  const variables = people.map((old) => variablesFrom(context, old));
  return [
    ...fieldsOf({
      at: state.threadsAt,
      bytes: THREAD_BYTES,
      from: people,
      contents: (index) => threadContents(kindOf(index)),
    }),
    ...machineFields(context, by),
    ...records(0, GLOBAL_BYTES, one, GLOBALS),
    ...records(
      optional(state.globalExtraAt),
      GLOBAL_EXTRA_BYTES,
      one,
      driverAt(GLOBAL_EXTRA_FSDEV_OFFSET),
    ),
    ...records(optional(state.beneathAt), BENEATH_THREADS_OFFSET, one, BENEATH),
    ...records(optional(state.beneathAt, BENEATH_THREADS_OFFSET), ASKER_BYTES, people, []),
    ...records(state.variablesAt, 1, variables, [[0, byte(SymmetryMap.String)]]),
  ];
}

/** Fields of devices, blocks, regions and slots. */
function machineFields(
  { plan, state }: SymmetryContext,
  by: (numbers: (renaming: Renaming) => readonly number[]) => Olds,
): readonly Field[] {
  const { rangeMax } = plan;
  const devices = by((renaming) => renaming.devices);
  const blocks = by((renaming) => renaming.blocks);
  const regions = by((renaming) => renaming.regions);
  const slots = by((renaming) => renaming.slots);
  const ranges = devices.map((old) =>
    old.flatMap((device) => same(rangeMax).map((range) => device * rangeMax + range)),
  );
  const objects = blocks.map((old, at) => [
    ...old,
    ...(devices[at] ?? []).map((device) => old.length + device),
  ]);
  return [
    ...records(state.devicesAt, DEVICE_BYTES, devices, DEVICE),
    ...records(state.blocksAt, BLOCK_BYTES, blocks, BLOCK),
    ...records(state.eventsAt, 1, objects, []),
    ...records(state.rangesAt, RANGE_BYTES, ranges, RANGE),
    ...records(state.regionsAt, REGION_BYTES, regions, REGION),
    ...records(state.slotsAt, SLOT_BYTES, slots, SLOT),
    ...records(optional(state.regionExtraAt), REGION_EXTRA_BYTES, regions, REGION_EXTRA),
    ...records(optional(state.deviceExtraAt), DEVICE_EXTRA_BYTES, devices, DEVICE_EXTRA),
    ...records(optional(state.blockExtraAt), BLOCK_EXTRA_BYTES, blocks, BLOCK_EXTRA),
  ];
}
