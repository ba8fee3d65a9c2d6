/**
 * Where each part of the state vector lies in this scenario, and which resource slot belongs to
 * whom.
 */
import {
  BENEATH_BYTES,
  BLOCK_BYTES,
  BLOCK_EXTRA_BYTES,
  DEVICE_BYTES,
  DEVICE_EXTRA_BYTES,
  GLOBAL_BYTES,
  GLOBAL_EXTRA_BYTES,
  RANGE_BYTES,
  REGION_BYTES,
  REGION_EXTRA_BYTES,
  SLOT_BYTES,
  THREAD_BYTES,
} from '../../assembly/layout.js';
import type { Extras } from './extras.js';
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
  /** 0 for a part that this scenario does not have. */
  readonly globalExtraAt: number;
  readonly regionExtraAt: number;
  readonly deviceExtraAt: number;
  readonly blockExtraAt: number;
  readonly beneathAt: number;
  /** A multiple of 8. */
  readonly stateBytes: number;
  readonly slotCount: number;
  readonly daxSlot: (device: number) => number;
  readonly kmemSlot: (device: number) => number;
  readonly ramSlot: (device: number) => number;
  readonly spareSlot: (device: number) => number;
  readonly spares: number;
  readonly namespaceSlot: (region: number) => number;
  /** Its own node; the next one is that of its platform device. */
  readonly publicationSlot: (publication: number) => number;
}

const SLOTS_OF_PUBLICATION = 2;

/**
 * Plans the vector: globals, devices, ranges, blocks, regions, slots, extras, events; faults,
 * variables, threads.
 */
export function planState(
  plan: Plan,
  counts: {
    readonly faults: number;
    readonly variables: number;
    readonly threads: number;
    /** Reservations of each device that failed adds may leave behind, one inside the other. */
    readonly spares: number;
    readonly extras: Extras;
  },
): StatePlan {
  const { devices, regions, blocks, rangeMax } = plan;
  const each = rangeMax * 3 + counts.spares;
  const ownSlots = devices.length * each + regions.length;
  const slotCount = ownSlots + plan.publications.length * SLOTS_OF_PUBLICATION;
  const devicesAt = GLOBAL_BYTES;
  const rangesAt = devicesAt + devices.length * DEVICE_BYTES;
  const blocksAt = rangesAt + devices.length * rangeMax * RANGE_BYTES;
  const regionsAt = blocksAt + blocks.length * BLOCK_BYTES;
  const slotsAt = regionsAt + regions.length * REGION_BYTES;
  const { extras } = counts;
  const globalExtraAt = slotsAt + slotCount * SLOT_BYTES;
  const regionExtraAt = globalExtraAt + (extras.global ? GLOBAL_EXTRA_BYTES : 0);
  const deviceExtraAt = regionExtraAt + (extras.region ? regions.length * REGION_EXTRA_BYTES : 0);
  const blockExtraAt = deviceExtraAt + (extras.device ? devices.length * DEVICE_EXTRA_BYTES : 0);
  const beneathAt = blockExtraAt + (extras.block ? blocks.length * BLOCK_EXTRA_BYTES : 0);
  const published = plan.publications.length;
  const eventsAt = beneathAt + (published > 0 ? (BENEATH_BYTES + published + 7) & ~7 : 0);
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
    globalExtraAt: extras.global ? globalExtraAt : 0,
    regionExtraAt: extras.region ? regionExtraAt : 0,
    deviceExtraAt: extras.device ? deviceExtraAt : 0,
    blockExtraAt: extras.block ? blockExtraAt : 0,
    beneathAt: published > 0 ? beneathAt : 0,
    stateBytes,
    slotCount,
    daxSlot: (device) => device * each,
    kmemSlot: (device) => device * each + rangeMax,
    ramSlot: (device) => device * each + rangeMax * 2,
    spareSlot: (device) => device * each + rangeMax * 3,
    spares: counts.spares,
    namespaceSlot: (region) => devices.length * each + region,
    publicationSlot: (publication) => ownSlots + publication * SLOTS_OF_PUBLICATION,
  };
}
