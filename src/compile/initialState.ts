/**
 * The bytes of the initial state and of the state that the machine boots into.
 */
import {
  BLOCK_BYTES,
  BLOCK_EXTRA_ADDED_OFFSET,
  BLOCK_EXTRA_BYTES,
  BLOCK_SPAN_KERNEL,
  BLOCK_SPAN_MOVABLE,
  BLOCK_STATE_OFFSET,
  BLOCK_ZONE_OFFSET,
  BlockState,
  DEVICE_ALIVE,
  DEVICE_BYTES,
  DEVICE_DATA,
  DEVICE_DRIVER_OFFSET,
  DEVICE_EXTRA_BYTES,
  DEVICE_EXTRA_FLAGS_OFFSET,
  DEVICE_EXTRA_HEAP_OFFSET,
  DEVICE_EXTRA_STATE_OFFSET,
  DEVICE_FLAGS_OFFSET,
  DEVICE_GHOST_OFFSET,
  DEVICE_ID,
  DEVICE_MEMORY_OFFSET,
  DEVICE_PRESENT,
  DEVICE_RANGES_OFFSET,
  DEVICE_RES_COUNT_OFFSET,
  DEVICE_RESERVED_OFFSET,
  DRIVER_BEHIND_DAX,
  DRIVER_BEHIND_KMEM,
  DRIVER_BYTES,
  DRIVER_FIRST,
  DRIVER_FLAGS_OFFSET,
  DRIVER_IDS_OFFSET,
  DRIVER_REGISTERED,
  Driver,
  EXTRA_FSDEV_OPS,
  EXTRA_STATE_FILE,
  GHOST_KMEM_BOUND,
  GHOST_KMEM_NAMED,
  GLOBAL_DRIVERS_OFFSET,
  GLOBAL_EXTRA_FSDEV_OFFSET,
  GLOBAL_EXTRA_KCORE_OFFSET,
  GLOBAL_EXTRA_TYPE_COUNT_OFFSET,
  GLOBAL_EXTRA_TYPE_OFFSET,
  GLOBAL_POLICY_OFFSET,
  HEAP_NAME,
  HEAP_RANGES,
  KCORE_FRESH,
  MEMORY_OVERWRITTEN,
  MEMORY_POISON,
  NAME_NAMESPACE,
  NAME_SOFT_RESERVED,
  NAME_SYSTEM_RAM,
  NAME_SYSTEM_RAM_KMEM,
  NODE_TYPE_DRAM,
  OnlineType,
  Publication,
  RANGE_BYTES,
  RANGE_END_OFFSET,
  RANGE_FLAGS_OFFSET,
  RANGE_MAPPING,
  RANGE_START_OFFSET,
  REGION_ALIVE,
  REGION_BOUND,
  REGION_BYTES,
  REGION_ENCRYPTED,
  REGION_FILES,
  REGION_FLAGS_OFFSET,
  RESOURCE_BUSY,
  RESOURCE_DRIVER_MANAGED,
  RESOURCE_MEM,
  RESOURCE_PRESENT,
  RESOURCE_SYSRAM,
  SLOT_BYTES,
  SLOT_END_OFFSET,
  SLOT_FLAGS_OFFSET,
  SLOT_NAME_OFFSET,
  SLOT_PARENT_BASE,
  SLOT_PARENT_OFFSET,
  SLOT_START_OFFSET,
  Zone,
} from '../../assembly/layout.js';
import {
  type DaxDevice,
  type DaxRegion,
  type DriverName,
  isRegistered,
  type Model,
  type OnlinePolicy,
  type Range,
} from '../model/model.js';
import { followsMemoryType, says } from './extras.js';
import type { StatePlan } from './statePlan.js';
import { parentOf, type StaticNode } from './statics.js';
import { blocksOfRange, type Plan, type PlannedDevice } from './universe.js';

export interface InitialContext {
  readonly model: Model;
  readonly plan: Plan;
  readonly state: StatePlan;
  readonly statics: readonly StaticNode[];
  readonly points: readonly bigint[];
  readonly names: readonly string[];
  readonly features: ReadonlySet<string>;
  /** The zone that a kernel allocation would find in a block. */
  readonly kernelZones: readonly Zone[];
}

/**
 * What the namespace's driver holds: its metadata, or before common-pinning all of the namespace.
 * Source: drivers/dax/pmem.c dax_pmem_probe(), v5.0; drivers/dax/pmem/core.c __dax_pmem_probe(),
 * v5.1.
 */
function namespaceClaim(region: DaxRegion, features: ReadonlySet<string>): Range {
  const metadata = region.namespace?.metadataBytes ?? 0n;
  const end = features.has('common-pinning') ? region.start + metadata - 1n : region.end;
  return { start: region.start, end };
}

const POLICIES: { readonly [P in OnlinePolicy]: OnlineType } = {
  offline: OnlineType.Offline,
  online: OnlineType.Online,
  online_kernel: OnlineType.Kernel,
  online_movable: OnlineType.Movable,
};

const DRIVERS: { readonly [D in DriverName]: Driver } = {
  device_dax: Driver.DeviceDax,
  kmem: Driver.Kmem,
  fsdev_dax: Driver.Fsdev,
};

/**
 * Driver of a device in the initial state; at boot nobody has kmem, and device_dax takes what it
 * matches.
 */
function driverAt(device: PlannedDevice, context: InitialContext, isBoot: boolean): Driver {
  const { declared } = device;
  if (declared === null) return Driver.None;
  if (declared.compat && context.features.has('class-compat')) return Driver.Compat;
  // Without class-compat there is no compat driver: device_dax has taken the device from the bus.
  if (!isBoot && !declared.compat) {
    if (declared.driver === null) return Driver.None;
    return DRIVERS[declared.driver];
  }
  const { modules } = context.model.machine;
  return isRegistered(modules.device_dax) ? Driver.DeviceDax : Driver.None;
}

/** Writes fields of one state; offsets are checked against the plan by the engine's own tests. */
function writerOf(bytes: Uint8Array, context: InitialContext) {
  const { points, state, statics } = context;
  const view = new DataView(bytes.buffer);
  const places = new Map(points.map((value, index) => [value, index]));
  const placeOf = (address: bigint): number => {
    const place = places.get(address);
    if (place === undefined) throw new Error(`address 0x${address.toString(16)} is not a boundary`);
    return place;
  };
  const slot = (
    number: number,
    range: Range,
    parent: number,
    flags: number,
    name: number,
  ): void => {
    const at = state.slotsAt + number * SLOT_BYTES;
    view.setUint16(at + SLOT_START_OFFSET, placeOf(range.start), true);
    view.setUint16(at + SLOT_END_OFFSET, placeOf(range.end), true);
    view.setUint16(at + SLOT_PARENT_OFFSET, parent, true);
    view.setUint8(at + SLOT_FLAGS_OFFSET, flags | RESOURCE_PRESENT | RESOURCE_MEM);
    view.setUint8(at + SLOT_NAME_OFFSET, name);
  };
  return { view, placeOf, slot, parentOf: (range: Range) => parentOf(statics, range) };
}

type Writer = ReturnType<typeof writerOf>;

function writeGlobals({ view }: Writer, context: InitialContext): void {
  const { machine } = context.model;
  if (says(context.model, '/proc/kcore'))
    view.setUint8(context.state.globalExtraAt + GLOBAL_EXTRA_KCORE_OFFSET, KCORE_FRESH);
  if (followsMemoryType(context.features, context.model)) {
    view.setUint8(context.state.globalExtraAt + GLOBAL_EXTRA_TYPE_OFFSET, NODE_TYPE_DRAM);
    view.setUint8(context.state.globalExtraAt + GLOBAL_EXTRA_TYPE_COUNT_OFFSET, 1);
  }
  view.setUint8(GLOBAL_POLICY_OFFSET, POLICIES[machine.autoOnlineBlocks]);
  const drivers: readonly DriverName[] = ['device_dax', 'kmem'];
  const isLoaded = drivers.map(
    (name) =>
      isRegistered(machine.modules[name]) && (name !== 'kmem' || context.features.has('kmem')),
  );
  for (const [index, name] of drivers.entries()) {
    if (isLoaded[index] !== true) continue;
    const at = GLOBAL_DRIVERS_OFFSET + index * DRIVER_BYTES;
    const isFirst = index === 0 || isLoaded[0] !== true;
    view.setUint8(at + DRIVER_FLAGS_OFFSET, DRIVER_REGISTERED | (isFirst ? DRIVER_FIRST : 0));
    const ids = machine.ids[name].reduce((set, id) => set | (1 << context.names.indexOf(id)), 0);
    view.setUint16(at + DRIVER_IDS_OFFSET, ids, true);
  }
  if (!isRegistered(machine.modules.fsdev_dax) || !context.features.has('fsdev-dax')) return;
  const at = context.state.globalExtraAt + GLOBAL_EXTRA_FSDEV_OFFSET;
  const behind =
    (isLoaded[0] === true ? DRIVER_BEHIND_DAX : 0) |
    (isLoaded[1] === true ? DRIVER_BEHIND_KMEM : 0);
  view.setUint8(at + DRIVER_FLAGS_OFFSET, DRIVER_REGISTERED | behind);
  const ids = machine.ids.fsdev_dax.map((id) => 1 << context.names.indexOf(id));
  view.setUint16(
    at + DRIVER_IDS_OFFSET,
    ids.reduce((set, bit) => set | bit, 0),
    true,
  );
}

function writeRegions({ view, slot, parentOf: parent }: Writer, context: InitialContext): void {
  for (const [index, region] of context.plan.regions.entries()) {
    const at = context.state.regionsAt + index * REGION_BYTES;
    // What the firmware's ranges become does not exist yet.
    if (index >= context.model.machine.regions.length) continue;
    const flags =
      REGION_BOUND | REGION_FILES | REGION_ALIVE | (region.encrypted ? REGION_ENCRYPTED : 0);
    view.setUint8(at + REGION_FLAGS_OFFSET, flags);
    if (region.namespace === null) continue;
    const range = namespaceClaim(region, context.features);
    slot(context.state.namespaceSlot(index), range, parent(range), RESOURCE_BUSY, NAME_NAMESPACE);
  }
}

/** Entries of the firmware's map are in the tree at boot, up to v6.19. */
function writePublications({ slot, parentOf: parent }: Writer, context: InitialContext): void {
  if (context.features.has('soft-reserve-tree')) return;
  for (const [index, publication] of context.plan.publications.entries()) {
    if (publication.kind !== Publication.SoftReserved) continue;
    const number = context.state.publicationSlot(index);
    slot(number, publication, parent(publication), 0, NAME_SOFT_RESERVED);
  }
}

function blockZone(context: InitialContext, block: number, initial: OnlinePolicy): Zone {
  if (initial === 'online_movable') return Zone.Movable;
  const kernel = context.kernelZones[block] ?? Zone.Normal;
  return initial === 'online' && context.model.machine.movableNode ? Zone.Movable : kernel;
}

/** What a block of a device is at the start. */
function initialOf({ blocks, ownBlocks }: DaxDevice, block: number): OnlinePolicy {
  const own = ownBlocks.find(({ first, last }) => block >= first && block <= last);
  return own?.initial ?? blocks ?? 'offline';
}

const hasOnlineBlock = (device: DaxDevice, blockSize: bigint): boolean =>
  device.ranges
    .flatMap((range) => blocksOfRange(range, blockSize))
    .some((start) => initialOf(device, Number(start / blockSize)) !== 'offline');

/** kmem's reservation, the System RAM in it, and its blocks. */
function writeKmem(
  writer: Writer,
  context: InitialContext,
  index: number,
  range: Range,
  number: number,
): void {
  const { view, slot } = writer;
  const { model, plan, state, features } = context;
  const starts = blocksOfRange(range, model.machine.blockSize);
  const first = starts[0];
  if (first === undefined) return;
  const added = { start: first, end: first + BigInt(starts.length) * model.machine.blockSize - 1n };
  const managed = features.has('driver-managed');
  slot(state.kmemSlot(index) + number, added, writer.parentOf(added), RESOURCE_SYSRAM, index);
  const flags = RESOURCE_SYSRAM | RESOURCE_BUSY | (managed ? RESOURCE_DRIVER_MANAGED : 0);
  const name = managed ? NAME_SYSTEM_RAM_KMEM : NAME_SYSTEM_RAM;
  slot(
    state.ramSlot(index) + number,
    added,
    SLOT_PARENT_BASE + state.kmemSlot(index) + number,
    flags,
    name,
  );
  const declared = plan.devices[index]?.declared;
  for (const [block, { start, index: number }] of plan.blocks.entries()) {
    if (start < added.start || start > added.end) continue;
    const initial = declared ? initialOf(declared, number) : 'offline';
    const at = state.blocksAt + block * BLOCK_BYTES;
    view.setUint8(
      at + BLOCK_STATE_OFFSET,
      initial === 'offline' ? BlockState.Offline : BlockState.Online,
    );
    if (state.blockExtraAt !== 0) {
      const extra = state.blockExtraAt + block * BLOCK_EXTRA_BYTES;
      view.setUint8(extra + BLOCK_EXTRA_ADDED_OFFSET, index + 1);
    }
    if (initial === 'offline') continue;
    const zone = blockZone(context, block, initial);
    const span = zone === Zone.Movable ? BLOCK_SPAN_MOVABLE : BLOCK_SPAN_KERNEL;
    view.setUint8(at + BLOCK_ZONE_OFFSET, zone | span);
  }
}

/** The ranges of a device of kmem that it holds, a bit set: those with a whole block. */
const reservedRanges = ({ model }: InitialContext, ranges: readonly Range[]): number =>
  ranges.reduce((set, range, number) => {
    const isUsable = blocksOfRange(range, model.machine.blockSize).length > 0;
    return isUsable ? set | (1 << number) : set;
  }, 0);

const hasNamespace = (plan: Plan, device: PlannedDevice): boolean =>
  (plan.regions[device.region]?.namespace ?? null) !== null;

function writeDevice(
  writer: Writer,
  context: InitialContext,
  index: number,
  isBoot: boolean,
): void {
  const { view, placeOf, slot } = writer;
  const { plan, state } = context;
  const device = plan.devices[index];
  const declared = device?.declared;
  if (device === undefined || declared === null || declared === undefined) return;
  const driver = driverAt(device, context, isBoot);
  const at = state.devicesAt + index * DEVICE_BYTES;
  const isKmem = driver === Driver.Kmem;
  const isAlive = [Driver.DeviceDax, Driver.Compat, Driver.Fsdev].includes(driver);
  const present = DEVICE_PRESENT | DEVICE_ID;
  view.setUint8(at + DEVICE_DRIVER_OFFSET, driver);
  view.setUint8(
    at + DEVICE_FLAGS_OFFSET,
    present | (isKmem ? DEVICE_DATA : 0) | (isAlive ? DEVICE_ALIVE : 0),
  );
  view.setUint8(at + DEVICE_RANGES_OFFSET, declared.ranges.length);
  const isNamed = isKmem || (!isBoot && context.model.machine.ids.kmem.includes(declared.name));
  const ghost = (isKmem ? GHOST_KMEM_BOUND : 0) | (isNamed ? GHOST_KMEM_NAMED : 0);
  view.setUint8(at + DEVICE_GHOST_OFFSET, ghost);
  const isOnline = isKmem && hasOnlineBlock(declared, context.model.machine.blockSize);
  view.setUint8(
    at + DEVICE_MEMORY_OFFSET,
    (declared.poison ? MEMORY_POISON : 0) | (isOnline ? MEMORY_OVERWRITTEN : 0),
  );
  if (isKmem) view.setUint8(at + DEVICE_RESERVED_OFFSET, reservedRanges(context, declared.ranges));
  if (isKmem && context.features.has('region-subdivision'))
    view.setUint8(at + DEVICE_RES_COUNT_OFFSET, declared.ranges.length);
  if (state.deviceExtraAt !== 0) {
    const extra = state.deviceExtraAt + index * DEVICE_EXTRA_BYTES;
    view.setUint8(extra + DEVICE_EXTRA_HEAP_OFFSET, HEAP_NAME | HEAP_RANGES);
  }
  if (driver === Driver.Fsdev && plan.regions[device.region]?.kind === 'static') {
    const extra = state.deviceExtraAt + index * DEVICE_EXTRA_BYTES;
    view.setUint8(extra + DEVICE_EXTRA_FLAGS_OFFSET, EXTRA_FSDEV_OPS);
  }
  if (isKmem && context.features.has('kmem-state')) {
    const extra = state.deviceExtraAt + index * DEVICE_EXTRA_BYTES;
    view.setUint8(extra + DEVICE_EXTRA_STATE_OFFSET, POLICIES[declared.blocks ?? 'offline'] + 1);
    view.setUint8(extra + DEVICE_EXTRA_FLAGS_OFFSET, EXTRA_STATE_FILE);
  }
  for (const [number, range] of declared.ranges.entries()) {
    const place = state.rangesAt + (index * plan.rangeMax + number) * RANGE_BYTES;
    view.setUint16(place + RANGE_START_OFFSET, placeOf(range.start), true);
    view.setUint16(place + RANGE_END_OFFSET, placeOf(range.end), true);
    view.setUint8(place + RANGE_FLAGS_OFFSET, RANGE_MAPPING);
    const isPinned = context.features.has('common-pinning') ? isAlive : !hasNamespace(plan, device);
    if (isPinned)
      slot(state.daxSlot(index) + number, range, writer.parentOf(range), RESOURCE_BUSY, index);
    if (isKmem) writeKmem(writer, context, index, range, number);
  }
}

/** Makes the state's bytes, threads and fault budgets left at zero. */
export function makeState(context: InitialContext, isBoot: boolean): Uint8Array {
  const bytes = new Uint8Array(context.state.stateBytes);
  const writer = writerOf(bytes, context);
  writeGlobals(writer, context);
  if (isBoot) clearIds(writer, context);
  writeRegions(writer, context);
  writePublications(writer, context);
  for (let index = 0; index < context.plan.devices.length; index++) {
    writeDevice(writer, context, index, isBoot);
  }
  return bytes;
}

/** A boot begins without dynamic ids. */
function clearIds({ view }: Writer, context: InitialContext): void {
  const extra = context.state.globalExtraAt;
  if (extra !== 0) view.setUint16(extra + GLOBAL_EXTRA_FSDEV_OFFSET + DRIVER_IDS_OFFSET, 0, true);
  for (const index of [0, 1])
    view.setUint16(GLOBAL_DRIVERS_OFFSET + index * DRIVER_BYTES + DRIVER_IDS_OFFSET, 0, true);
}
