/**
 * The scenario's tables of things that do not change: devices, blocks, regions, threads, faults.
 */
import {
  BLOCK_ROW_BYTES,
  DEED_COLDPLUG,
  DEED_RELEASE,
  DEVICE_ROW_BYTES,
  FAULT_ROW_BYTES,
  NODE_NONE,
  REGION_HAS_NAMESPACE,
  REGION_KMEM_TYPE,
  REGION_ROW_BYTES,
  REGION_STATIC,
  SLOT_NONE,
  THREAD_ROW_BYTES,
  ThreadKind,
  Worker,
  Zone,
} from '../../assembly/layout.js';
import { errnoOf, FAULTS } from '../kernel/faults.js';
import type { Model } from '../model/model.js';
import type { ActorProgram } from '../userland/program.js';
import { makeBytes } from './bytes.js';
import { BOOT_NODE, hasNvdimmWorks } from './extras.js';
import type { StatePlan } from './statePlan.js';
import type { StaticNode } from './statics.js';
import type { Strings } from './strings.js';
import type { Plan } from './universe.js';

const GIB4 = 1n << 32n;
const MIB16 = 1n << 24n;

interface Span {
  readonly start: bigint;
  readonly end: bigint;
}

function hull(spans: readonly Span[], from: bigint, to: bigint): Span | null {
  const inside = spans.filter(({ start, end }) => start < to && end >= from);
  if (inside.length === 0) return null;
  let start = to;
  let end = from;
  for (const span of inside) {
    if (span.start < start) start = span.start < from ? from : span.start;
    if (span.end > end) end = span.end >= to ? to - 1n : span.end;
  }
  return { start, end };
}

export interface BlockZones {
  readonly kernelZone: Zone;
  /** Bit 0: boot memory's zone spans the block; bit 1: it has memory below, bit 2: above. */
  readonly inKernel: number;
}

/**
 * The zones of boot memory around a block. Up to v5.14 the number of its first page has 32 bits, so
 * from 16 TiB on another address is looked at. Source: mm/memory_hotplug.c zone_for_pfn_range(),
 * default_kernel_zone_for_pfn(), v5.1 and v5.15.
 */
export function zonesAround(
  block: bigint,
  { node, isWide }: { readonly node: number; readonly isWide: boolean },
  statics: readonly StaticNode[],
): BlockZones {
  if (node !== BOOT_NODE) return { kernelZone: Zone.Normal, inKernel: 0 };
  const start = isWide ? block : BigInt.asUintN(44, block);
  const ram = statics.filter(({ name }) => /^System RAM/.test(name));
  const low: readonly [Zone, bigint, bigint][] = [
    [Zone.Dma, 0n, MIB16],
    [Zone.Dma32, MIB16, GIB4],
  ];
  for (const [zone, from, to] of low) {
    const span = hull(ram, from, to);
    if (span !== null && start >= span.start && start <= span.end)
      return { kernelZone: zone, inKernel: 1 };
  }
  const normal = hull(ram, GIB4, 1n << 64n);
  if (normal === null) return { kernelZone: Zone.Normal, inKernel: 0 };
  const within = start >= normal.start && start <= normal.end;
  return { kernelZone: Zone.Normal, inKernel: within ? 1 : normal.end < start ? 2 : 4 };
}

/** The node that this kernel would give the memory of a region. */
export function nodeUsed(targetNode: number | null, features: ReadonlySet<string>): number {
  return features.has('unique-node') ? (targetNode ?? NODE_NONE) : BOOT_NODE;
}

export interface DeviceContext {
  readonly plan: Plan;
  readonly state: StatePlan;
  readonly strings: Strings;
  readonly names: readonly string[];
  readonly features: ReadonlySet<string>;
}

/** The device table. */
export function encodeDevices({
  plan,
  state,
  strings,
  names,
  features,
}: DeviceContext): Uint8Array {
  const bytes = makeBytes();
  for (const [index, device] of plan.devices.entries()) {
    const region = plan.regions[device.region];
    const node = region?.targetNode ?? null;
    bytes.u8(device.region);
    bytes.u8(nodeUsed(node, features));
    bytes.u8(names.indexOf(device.name));
    bytes.u8(device.id);
    bytes.u8(device.declared?.compat === true ? 1 : 0);
    bytes.u8(0);
    bytes.u16(state.daxSlot(index));
    bytes.u16(state.kmemSlot(index));
    bytes.u16(state.ramSlot(index));
    bytes.u8(BOOT_NODE);
    bytes.u8(strings.number(device.name));
    bytes.u8(node ?? NODE_NONE);
    bytes.u8(state.spares);
    bytes.u16(state.spareSlot(index));
    bytes.fillTo((index + 1) * DEVICE_ROW_BYTES);
  }
  return bytes.done();
}

/** The block table; with `strings`, blocks have their names for udev's KERNEL tests. */
export function encodeBlocks(
  plan: Plan,
  zones: readonly BlockZones[],
  features: ReadonlySet<string>,
  strings: Strings | null,
): Uint8Array {
  const bytes = makeBytes();
  for (const [index, block] of plan.blocks.entries()) {
    bytes.u64(block.start);
    bytes.u8(nodeUsed(plan.regions[block.region]?.targetNode ?? null, features));
    bytes.u8(zones[index]?.kernelZone ?? Zone.Normal);
    bytes.u8(zones[index]?.inKernel ?? 0);
    bytes.u8(strings === null ? 0 : strings.number(`memory${block.index}`));
    bytes.fillTo((index + 1) * BLOCK_ROW_BYTES);
  }
  return bytes.done();
}

export function encodeRegions(plan: Plan, state: StatePlan): Uint8Array {
  const bytes = makeBytes();
  for (const [index, region] of plan.regions.entries()) {
    bytes.u64(region.start);
    bytes.u64(region.end);
    const kind = region.kind === 'static' ? REGION_STATIC : 0;
    const type = region.kmemByType ? REGION_KMEM_TYPE : 0;
    bytes.u8(kind | type | (region.namespace === null ? 0 : REGION_HAS_NAMESPACE));
    bytes.u8(0);
    bytes.u16(region.namespace === null ? SLOT_NONE : state.namespaceSlot(index));
    bytes.align(4);
    bytes.u64(region.namespace?.metadataBytes ?? 0n);
    bytes.u8(region.align.toString(2).length - 1);
    bytes.fillTo((index + 1) * REGION_ROW_BYTES);
  }
  return bytes.done();
}

/** A thread of the scenario: an actor, one of its udev workers, or the environment. */
export interface PlannedThread {
  readonly name: string;
  readonly kind: ThreadKind;
  /** Index of its actor; null for the environment. */
  readonly actor: number | null;
  readonly firstVariable: number;
  /** What a thread of the kernel is for. */
  readonly worker?: Worker;
}

const KINDS = { script: ThreadKind.Script, any: ThreadKind.Menu, udev: ThreadKind.Udev } as const;

/** Faults that need a thread of their own. */
const DEEDS: readonly string[] = ['poison', 'late_release'];

/** Plans threads in the order of the actors, the environment last where it has anything to do. */
export function planThreads(
  actors: readonly ActorProgram[],
  model: Model,
  features: ReadonlySet<string> = new Set(),
): readonly PlannedThread[] {
  const threads: PlannedThread[] = [];
  let firstVariable = 0;
  for (const [index, actor] of actors.entries()) {
    for (let worker = 0; worker < actor.workers; worker++) {
      const name = worker === 0 ? actor.actor : `${actor.actor}/${worker + 1}`;
      threads.push({ name, kind: KINDS[actor.kind], actor: index, firstVariable });
      firstVariable += actor.variables.length;
    }
  }
  const deeds =
    actors.some(({ coldplug }) => coldplug) ||
    model.faults.some(({ point }) => DEEDS.includes(point));
  if (deeds)
    threads.push({
      name: 'environment',
      kind: ThreadKind.Environment,
      actor: null,
      firstVariable: 0,
    });
  return [...threads, ...kernelThreads(model, features)];
}

/** The kernel's own threads, where the machine names firmware ranges or devices of nvdimm go. */
function kernelThreads(model: Model, features: ReadonlySet<string>): readonly PlannedThread[] {
  const thread = (name: string, worker: Worker): PlannedThread => ({
    name,
    kind: ThreadKind.Worker,
    actor: null,
    firstVariable: 0,
    worker,
  });
  const nvdimm = hasNvdimmWorks(model) ? [thread('nd_async', Worker.Nvdimm)] : [];
  if (model.machine.firmware === null) return nvdimm;
  const boot = thread('kernel', Worker.Boot);
  if (!features.has('hmem-awaits-cxl')) return [boot, ...nvdimm];
  return [
    ...nvdimm,
    boot,
    thread('dax_hmem_wq', Worker.Hmem),
    thread('events_long', Worker.Long),
    thread('async', Worker.Probe),
  ];
}

/** The thread table; `entryBase` is where each actor's entries begin. */
export function encodeThreads(
  threads: readonly PlannedThread[],
  actors: readonly ActorProgram[],
  entryBase: readonly number[],
  model: Model,
): Uint8Array {
  const bytes = makeBytes();
  const plugs = actors.some(({ coldplug }) => coldplug) ? DEED_COLDPLUG : 0;
  const isLate = model.faults.some(({ point }) => point === 'late_release');
  const deeds = plugs | (isLate ? DEED_RELEASE : 0);
  for (const [index, thread] of threads.entries()) {
    const actor = thread.actor === null ? undefined : actors[thread.actor];
    bytes.u8(thread.kind);
    bytes.u8(actor !== undefined && actor.times !== null ? 1 : 0);
    bytes.u16(actor?.times ?? 0);
    bytes.u16(thread.actor === null ? 0 : (entryBase[thread.actor] ?? 0));
    bytes.u16(actor?.programs.length ?? 0);
    bytes.u8(thread.firstVariable);
    bytes.u8(actor?.variables.length ?? 0);
    bytes.u8(thread.worker ?? (thread.kind === ThreadKind.Environment ? deeds : 0));
    bytes.fillTo((index + 1) * THREAD_ROW_BYTES);
  }
  return bytes.done();
}

export function encodeFaults(model: Model): Uint8Array {
  const bytes = makeBytes();
  for (const [index, fault] of model.faults.entries()) {
    const kind = FAULTS.find(({ name }) => name === fault.point);
    bytes.u8(kind?.point ?? 0);
    bytes.u8(0);
    const errno = fault.errno === null ? null : errnoOf(fault.errno.replace(/^-/, ''));
    bytes.u16(errno ?? 1);
    bytes.fillTo((index + 1) * FAULT_ROW_BYTES);
  }
  return bytes.done();
}
