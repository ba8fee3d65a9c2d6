/**
 * A state's bytes as the machine that userland and /proc show.
 */
import {
  BLOCK_BYTES,
  BLOCK_STATE_OFFSET,
  BlockState,
  DEVICE_BYTES,
  DEVICE_DRIVER_OFFSET,
  DEVICE_FLAGS_OFFSET,
  DEVICE_MAPS_OFFSET,
  DEVICE_MEMORY_OFFSET,
  DEVICE_OPENS_OFFSET,
  DEVICE_PINS_OFFSET,
  DEVICE_PRESENT,
  DEVICE_RANGES_OFFSET,
  DRIVER_BYTES,
  DRIVER_FLAGS_OFFSET,
  DRIVER_IDS_OFFSET,
  DRIVER_REGISTERED,
  Driver,
  GLOBAL_DRIVERS_OFFSET,
  GLOBAL_EXTRA_FSDEV_OFFSET,
  GLOBAL_POLICY_OFFSET,
  MEMORY_POISON,
  NAME_CXL_REGION,
  NAME_CXL_WINDOW,
  NAME_HMEM,
  NAME_NAMESPACE,
  NAME_SOFT_RESERVED,
  NAME_SYSTEM_RAM,
  NAME_SYSTEM_RAM_KMEM,
  RANGE_BYTES,
  RANGE_END_OFFSET,
  RANGE_START_OFFSET,
  RESOURCE_LEAKED,
  RESOURCE_NAME_DANGLING,
  RESOURCE_PRESENT,
  SLOT_BYTES,
  SLOT_END_OFFSET,
  SLOT_FLAGS_OFFSET,
  SLOT_NAME_OFFSET,
  SLOT_PARENT_BASE,
  SLOT_PARENT_OFFSET,
  SLOT_START_OFFSET,
} from '../../assembly/layout.js';
import type { ScenarioWords } from '../compile/words.js';
import { DRIVER_TEXTS } from '../kernel/observables.js';
import type { Range } from '../model/model.js';
import { locksOf } from './locks.js';
import type { BlockView, DeviceView, DriverView, IomemLine, MachineView } from './trace.js';

const POLICIES = ['offline', 'online', 'online_kernel', 'online_movable'];

/** Answers of the engine about the state at hand that its bytes alone do not show. */
export interface StateQueries {
  /** What valid_zones of a block shows. */
  readonly zones: (block: number) => string;
}

interface Node extends Range {
  readonly name: string;
  readonly key: number;
  readonly parent: number;
}

const countBits = (set: number): number => {
  let count = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) count++;
  return count;
};

/** Name of a node that publishes a range; null for a node of another kind. */
function publicationName(name: number, slot: number, scenario: ScenarioWords): string | null {
  if (name === NAME_SOFT_RESERVED) return 'Soft Reserved';
  if (name !== NAME_HMEM && name !== NAME_CXL_WINDOW && name !== NAME_CXL_REGION) return null;
  const { plan, state } = scenario;
  const index = plan.publications.findIndex((_, number) => {
    const first = state.publicationSlot(number);
    return slot === first || slot === first + 1;
  });
  return plan.publications[index]?.name ?? '?';
}

function slotName(name: number, slot: number, dangling: boolean, scenario: ScenarioWords): string {
  if (name === NAME_SYSTEM_RAM) return 'System RAM';
  if (name === NAME_SYSTEM_RAM_KMEM)
    return dangling ? '<freed name, was System RAM (kmem)>' : 'System RAM (kmem)';
  if (name === NAME_NAMESPACE) {
    return scenario.plan.regions[slot - scenario.state.namespaceSlot(0)]?.namespace?.name ?? '?';
  }
  const publication = publicationName(name, slot, scenario);
  if (publication !== null) return publication;
  const device = scenario.plan.devices[name]?.name ?? '?';
  return dangling ? `<freed name, was ${device}>` : device;
}

function nodesOf(view: DataView, scenario: ScenarioWords): Node[] {
  const nodes: Node[] = scenario.statics.map(({ start, end, name, number, parent }) => ({
    start,
    end,
    name,
    key: number,
    parent,
  }));
  for (let slot = 0; slot < scenario.state.slotCount; slot++) {
    const at = scenario.state.slotsAt + slot * SLOT_BYTES;
    const flags = view.getUint8(at + SLOT_FLAGS_OFFSET);
    if ((flags & RESOURCE_PRESENT) === 0 || (flags & RESOURCE_LEAKED) !== 0) continue;
    nodes.push({
      start: scenario.points[view.getUint16(at + SLOT_START_OFFSET, true)] ?? 0n,
      end: scenario.points[view.getUint16(at + SLOT_END_OFFSET, true)] ?? 0n,
      name: slotName(
        view.getUint8(at + SLOT_NAME_OFFSET),
        slot,
        (flags & RESOURCE_NAME_DANGLING) !== 0,
        scenario,
      ),
      key: SLOT_PARENT_BASE + slot,
      parent: view.getUint16(at + SLOT_PARENT_OFFSET, true),
    });
  }
  return nodes;
}

function iomemOf(view: DataView, scenario: ScenarioWords): readonly IomemLine[] {
  const children = new Map<number, Node[]>();
  for (const node of nodesOf(view, scenario)) {
    const siblings = children.get(node.parent);
    if (siblings === undefined) children.set(node.parent, [node]);
    else siblings.push(node);
  }
  const lines: IomemLine[] = [];
  const visit = (parent: number, depth: number): void => {
    const siblings = children.get(parent) ?? [];
    siblings.sort((left, right) => (left.start < right.start ? -1 : 1));
    for (const { start, end, name, key } of siblings) {
      lines.push({ start, end, name, depth });
      visit(key, depth + 1);
    }
  };
  visit(0, 0);
  return lines;
}

function rangesOf(
  view: DataView,
  scenario: ScenarioWords,
  device: number,
  count: number,
): readonly Range[] {
  return Array.from({ length: count }, (_, number) => {
    const at = scenario.state.rangesAt + (device * scenario.plan.rangeMax + number) * RANGE_BYTES;
    return {
      start: scenario.points[view.getUint16(at + RANGE_START_OFFSET, true)] ?? 0n,
      end: scenario.points[view.getUint16(at + RANGE_END_OFFSET, true)] ?? 0n,
    };
  });
}

function deviceOf(view: DataView, scenario: ScenarioWords, index: number): DeviceView {
  const at = scenario.state.devicesAt + index * DEVICE_BYTES;
  const planned = scenario.plan.devices[index];
  const driver: Driver = view.getUint8(at + DEVICE_DRIVER_OFFSET);
  const ranges = rangesOf(view, scenario, index, view.getUint8(at + DEVICE_RANGES_OFFSET));
  return {
    name: planned?.name ?? '?',
    driver: driver === Driver.None ? null : (DRIVER_TEXTS[driver] ?? null),
    present: (view.getUint8(at + DEVICE_FLAGS_OFFSET) & DEVICE_PRESENT) !== 0,
    size: ranges.reduce((sum, { start, end }) => sum + end - start + 1n, 0n),
    ranges,
    targetNode: scenario.plan.regions[planned?.region ?? 0]?.targetNode ?? null,
    opens: countBits(view.getUint8(at + DEVICE_OPENS_OFFSET)),
    mappings: countBits(view.getUint8(at + DEVICE_MAPS_OFFSET)),
    pins: countBits(view.getUint8(at + DEVICE_PINS_OFFSET)),
    poison: (view.getUint8(at + DEVICE_MEMORY_OFFSET) & MEMORY_POISON) !== 0,
  };
}

const BLOCK_STATES: { readonly [state: number]: BlockView['state'] } = {
  [BlockState.Offline]: 'offline',
  [BlockState.Online]: 'online',
  [BlockState.GoingOffline]: 'going-offline',
};

function blocksOf(
  view: DataView,
  scenario: ScenarioWords,
  queries: StateQueries,
): readonly BlockView[] {
  return scenario.plan.blocks.flatMap((block, index) => {
    const state =
      BLOCK_STATES[
        view.getUint8(scenario.state.blocksAt + index * BLOCK_BYTES + BLOCK_STATE_OFFSET)
      ];
    if (state === undefined) return [];
    const owner = scenario.plan.universe.devices.find(({ blocks }) => blocks.includes(block.index));
    return [{ index: block.index, state, zones: queries.zones(index), device: owner?.name ?? '?' }];
  });
}

function driversOf(view: DataView, scenario: ScenarioWords): readonly DriverView[] {
  const drivers: readonly (readonly [string, number])[] = [
    ['device_dax', GLOBAL_DRIVERS_OFFSET],
    ['kmem', GLOBAL_DRIVERS_OFFSET + DRIVER_BYTES],
    ...(scenario.kernel.features.has('fsdev-dax')
      ? [['fsdev_dax', scenario.state.globalExtraAt + GLOBAL_EXTRA_FSDEV_OFFSET] as const]
      : []),
  ];
  return drivers.map(([name, at]) => {
    const ids = view.getUint16(at + DRIVER_IDS_OFFSET, true);
    return {
      name,
      registered: (view.getUint8(at + DRIVER_FLAGS_OFFSET) & DRIVER_REGISTERED) !== 0,
      ids: scenario.names.filter((_, bit) => ((ids >> bit) & 1) !== 0),
    };
  });
}

/** Decodes a state. */
export function viewMachine(
  state: Uint8Array,
  scenario: ScenarioWords,
  queries: StateQueries,
): MachineView {
  const view = new DataView(state.buffer, state.byteOffset, state.byteLength);
  return {
    iomem: iomemOf(view, scenario),
    devices: scenario.plan.devices.map((_, index) => deviceOf(view, scenario, index)),
    blocks: blocksOf(view, scenario, queries),
    drivers: driversOf(view, scenario),
    autoOnlineBlocks: POLICIES[view.getUint8(GLOBAL_POLICY_OFFSET)] ?? '?',
    locks: locksOf(state, scenario),
  };
}
