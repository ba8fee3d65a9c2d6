/**
 * Where each part of the state vector lies in this scenario, and which resource slot belongs to
 * whom.
 */
import {
  BLOCK_BYTES,
  DEVICE_BYTES,
  GLOBAL_BYTES,
  RANGE_BYTES,
  REGION_BYTES,
  SLOT_BYTES,
  THREAD_BYTES,
} from '../../assembly/layout.js';
import type { Plan } from './universe.js';

export interface StatePlan {
  readonly devicesAt: number;
  readonly rangesAt: number;
  readonly blocksAt: number;
  readonly regionsAt: number;
  readonly slotsAt: number;
  readonly eventsAt: number;
  readonly faultsAt: number;
  readonly variablesAt: number;
  readonly threadsAt: number;
  /** A multiple of 8. */
  readonly stateBytes: number;
  readonly slotCount: number;
  readonly daxSlot: (device: number) => number;
  readonly kmemSlot: (device: number) => number;
  readonly ramSlot: (device: number) => number;
  readonly spareSlot: (device: number) => number;
  readonly spares: number;
  readonly namespaceSlot: (region: number) => number;
}

/**
 * Plans the vector: globals, devices, ranges, blocks, regions, slots, events; faults, variables,
 * threads.
 */
export function planState(
  plan: Plan,
  counts: {
    readonly faults: number;
    readonly variables: number;
    readonly threads: number;
    /** Reservations of each device that failed adds may leave behind, one inside the other. */
    readonly spares: number;
  },
): StatePlan {
  const { devices, regions, blocks, rangeMax } = plan;
  const each = rangeMax * 3 + counts.spares;
  const slotCount = devices.length * each + regions.length;
  const devicesAt = GLOBAL_BYTES;
  const rangesAt = devicesAt + devices.length * DEVICE_BYTES;
  const blocksAt = rangesAt + devices.length * rangeMax * RANGE_BYTES;
  const regionsAt = blocksAt + blocks.length * BLOCK_BYTES;
  const slotsAt = regionsAt + regions.length * REGION_BYTES;
  const eventsAt = slotsAt + slotCount * SLOT_BYTES;
  const faultsAt = eventsAt + blocks.length + devices.length;
  const variablesAt = faultsAt + counts.faults;
  const threadsAt = (variablesAt + counts.variables + 7) & ~7;
  const stateBytes = (threadsAt + counts.threads * THREAD_BYTES + 7) & ~7;
  return {
    devicesAt,
    rangesAt,
    blocksAt,
    regionsAt,
    slotsAt,
    eventsAt,
    faultsAt,
    variablesAt,
    threadsAt,
    stateBytes,
    slotCount,
    daxSlot: (device) => device * each,
    kmemSlot: (device) => device * each + rangeMax,
    ramSlot: (device) => device * each + rangeMax * 2,
    spareSlot: (device) => device * each + rangeMax * 3,
    spares: counts.spares,
    namespaceSlot: (region) => devices.length * each + region,
  };
}
