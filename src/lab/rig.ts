/**
 * What hardware a guest needs to be the machine of a model: memory, nodes, boot parameters and
 * modules.
 *
 * Dynamic regions become ranges that the firmware reserves for special purposes (dax_hmem), static
 * ones NVDIMMs. Where no such machine can be had, the reasons say so, all at once.
 */
import type { DaxRegion, DriverName, Machine, Model, Range } from '../model/model.js';
import { INJECTION_MODULES } from './faults.js';
import { HIGH_START, machineFaults, regionFaults } from './rigFaults.js';

export interface Rig {
  /** What the model's regions are in the guest. */
  readonly kind: 'soft-reserved' | 'nvdimm';
  /** RAM below 4 GiB, where the guest runs: the first bytes of node 0. */
  readonly lowBytes: bigint;
  /** Memory of each node; node 0 has the processors, and lowBytes are counted in. */
  readonly nodes: readonly { readonly bytes: bigint }[];
  /** Boot parameters of the kernel. */
  readonly parameters: readonly string[];
  /** What is added to QEMU's -M and -m. */
  readonly machine: string;
  readonly memoryOptions: string;
  /** Further arguments of QEMU. */
  readonly devices: readonly string[];
  /** Modules that the guest inserts when it comes up, in this order, after what they need. */
  readonly insert: readonly string[];
  /** Modules that a command may insert later; a kernel that has no such module goes without. */
  readonly carry: readonly string[];
  /** Where the model's regions lie. */
  readonly spans: readonly Range[];
  /** The directory in which each of the model's regions has its dax_region. */
  readonly directories: ReadonlyMap<string, string>;
}

export type RigAnswer =
  | { readonly rig: Rig; readonly reasons?: undefined }
  | { readonly rig?: undefined; readonly reasons: readonly string[] };

const LOW_BYTES = 512n << 20n;
/** E820_TYPE_SOFT_RESERVED (arch/x86/include/asm/e820/types.h). */
const SOFT_RESERVED = '0xefffffff';

const hex = (value: bigint): string => `0x${value.toString(16)}`;
const bytesOf = ({ start, end }: Range): bigint => end + 1n - start;

interface Placed extends Range {
  readonly name: string;
  readonly targetNode: number | null;
}

/** Parameters that reserve the ranges, and cut what lies between them out of the RAM. */
function reservations(ranges: readonly Placed[]): string[] {
  let cursor = HIGH_START;
  return ranges.flatMap((range) => {
    const gap = range.start - cursor;
    const cut = gap > 0n ? [`memmap=${hex(gap)}%${hex(cursor)}-1`] : [];
    cursor = range.end + 1n;
    return [...cut, `memmap=${hex(bytesOf(range))}%${hex(range.start)}-1+${SOFT_RESERVED}`];
  });
}

const merged = (name: string): string =>
  `${name} begins where the one before it ends; the kernel would make one of them`;

const unordered = ({ name, targetNode }: Placed): string =>
  `${name} has target node ${targetNode}; in a guest nodes go up with the addresses, none left out`;

/** Memory of the nodes: node 0 has the low RAM, and the RAM above goes on from node to node. */
function nodesFor(ranges: readonly Placed[]): {
  readonly nodes: { bytes: bigint }[];
  readonly reasons: string[];
} {
  const nodes: { bytes: bigint }[] = [{ bytes: LOW_BYTES }];
  const reasons: string[] = [];
  let cursor = HIGH_START;
  for (const range of ranges) {
    if (range.start === cursor && cursor > HIGH_START) reasons.push(merged(range.name));
    if (range.targetNode === nodes.length) nodes.push({ bytes: 0n });
    const last = nodes.at(-1);
    if (last === undefined || range.targetNode !== nodes.length - 1) {
      reasons.push(unordered(range));
    } else {
      last.bytes += range.end + 1n - cursor;
    }
    cursor = range.end + 1n;
  }
  return { nodes, reasons };
}

/** Boot options of the kernel that a model names. */
function bootOptions({ memmapOnMemory, movableNode, autoMovable, memoryLimit }: Machine): string[] {
  const options: string[] = [];
  if (memmapOnMemory) options.push('memory_hotplug.memmap_on_memory=1');
  if (movableNode) options.push('movable_node');
  // Behind the reservations: what is RAM beyond the limit by then is cut off.
  if (memoryLimit !== null) options.push(`mem=${memoryLimit}`);
  if (autoMovable !== null) {
    const { ratio, numaAware } = autoMovable;
    options.push('memory_hotplug.online_policy=auto-movable');
    options.push(`memory_hotplug.auto_movable_ratio=${ratio}`);
    options.push(`memory_hotplug.auto_movable_numa_aware=${numaAware ? 'Y' : 'N'}`);
  }
  return options;
}

/** Modules of the dax bus that the model has at the start, and those that it may get. */
function modulesOf({ modules, firmware }: Machine): {
  readonly loaded: readonly string[];
  readonly carry: readonly string[];
} {
  const names: readonly DriverName[] = ['device_dax', 'kmem'];
  const beneath = firmware?.modules ?? {};
  return {
    loaded: names.filter((name) => modules[name] === 'loaded'),
    carry: [
      ...names.filter((name) => modules[name] !== 'absent'),
      ...Object.entries(beneath).flatMap(([name, state]) => (state === 'absent' ? [] : [name])),
    ],
  };
}

/** Devices whose names say another region than the one that hmem has at their place. */
function misnumbered({ devices }: Machine, ranges: readonly Placed[]): string[] {
  return devices.flatMap(({ name, region }) => {
    const index = ranges.findIndex((range) => range.name === region);
    if (index < 0 || name.startsWith(`dax${index}.`)) return [];
    return [`${name} is of region ${region}, which is hmem.${index} by its address`];
  });
}

function softReservedRig(machine: Machine, written: readonly Placed[]): RigAnswer {
  const ranges = [...written].sort((left, right) => (left.start < right.start ? -1 : 1));
  const { nodes, reasons } = nodesFor(ranges);
  reasons.push(...misnumbered(machine, ranges));
  if (machine.firmware !== null && ranges.some((range, index) => range !== written[index])) {
    reasons.push('soft_reserved is not in the order of addresses, in which the kernel numbers');
  }
  if (reasons.length > 0) return { reasons };
  const { loaded, carry } = modulesOf(machine);
  const provider = machine.firmware === null ? ['dax_hmem'] : [];
  return {
    rig: {
      kind: 'soft-reserved',
      lowBytes: LOW_BYTES,
      nodes,
      parameters: [...reservations(ranges), ...bootOptions(machine)],
      machine: '',
      memoryOptions: '',
      devices: [],
      insert: [...provider, ...loaded, ...INJECTION_MODULES],
      carry: [...carry, ...provider],
      spans: ranges.map(({ start, end }) => ({ start, end })),
      directories: new Map(
        ranges.map(({ name }, index) => [name, `/sys/devices/platform/hmem.${index}`]),
      ),
    },
  };
}

/** The number of regionN, which the kernel gives to the NVDIMMs as the firmware lists them. */
const numberOf = ({ namespace }: DaxRegion): number =>
  Number(/^namespace(\d+)\.0$/.exec(namespace?.name ?? '')?.[1] ?? Number.NaN);

function nvdimmReasons(regions: readonly DaxRegion[], machine: Machine): string[] {
  const reasons: string[] = [];
  const seen = new Set([0]);
  for (const [index, region] of regions.entries()) {
    const name = `region ${region.name}`;
    const { namespace, targetNode } = region;
    if (numberOf(region) !== index) {
      reasons.push(`${name} has ${namespace?.name}; namespaces are numbered from namespace0.0 on`);
    }
    if (targetNode !== null && !seen.has(targetNode) && targetNode !== seen.size) {
      reasons.push(
        `${name} has target node ${targetNode}; nodes are numbered as NVDIMMs name them`,
      );
    }
    if (targetNode !== null) seen.add(targetNode);
    const data = region.start + (namespace?.metadataBytes ?? 0n);
    const own = machine.devices.filter((device) => device.region === region.name);
    if (
      own.length !== 1 ||
      own[0]?.ranges[0]?.start !== data ||
      own[0].ranges[0].end !== region.end
    ) {
      reasons.push(`${name} has not one device that fills what its metadata leave`);
    }
  }
  return reasons;
}

function nvdimmArguments(region: DaxRegion, index: number): string[] {
  const place = `addr=${hex(region.start)},node=${region.targetNode}`;
  return [
    '-object',
    `memory-backend-ram,id=nv${index},size=${bytesOf(region) >> 20n}M,reserve=off`,
    '-device',
    `nvdimm,id=nvdimm${index},memdev=nv${index},${place}`,
  ];
}

function nvdimmRig(machine: Machine): RigAnswer {
  const regions = [...machine.regions].sort((left, right) => numberOf(left) - numberOf(right));
  const reasons = nvdimmReasons(regions, machine);
  if (reasons.length > 0) return { reasons };
  const most = Math.max(...regions.map(({ targetNode }) => targetNode ?? 0));
  const [end = 0n] = regions.map((one) => one.end + 1n).sort((a, b) => (a > b ? -1 : 1));
  const { loaded, carry } = modulesOf(machine);
  return {
    rig: {
      kind: 'nvdimm',
      lowBytes: LOW_BYTES,
      nodes: Array.from({ length: most + 1 }, (_, node) => ({
        bytes: node === 0 ? LOW_BYTES : 0n,
      })),
      parameters: bootOptions(machine),
      machine: ',nvdimm=on',
      memoryOptions: `,slots=${regions.length},maxmem=${(end + LOW_BYTES) >> 20n}M`,
      devices: regions.flatMap(nvdimmArguments),
      insert: ['nfit', 'nd_pmem', 'dax_pmem', ...loaded, ...INJECTION_MODULES],
      carry,
      spans: regions.map(({ start, end }) => ({ start, end })),
      directories: new Map(
        regions.map(({ name }, index) => [name, `/sys/bus/nd/devices/dax${index}.0`]),
      ),
    },
  };
}

/** The rig for the machine of a model, or why there is none. */
export function rigOf({ machine }: Model): RigAnswer {
  const { regions, firmware } = machine;
  const reasons = [...machineFaults(machine), ...regions.flatMap(regionFaults)];
  if (reasons.length > 0) return { reasons };
  if (firmware === null && regions[0]?.kind === 'static') return nvdimmRig(machine);
  const ranges: readonly Placed[] =
    firmware?.softReserved.map((range, index) => ({ ...range, name: `hmem.${index}` })) ?? regions;
  return softReservedRig(machine, ranges);
}
