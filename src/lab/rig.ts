/**
 * What hardware a guest needs to be the machine of a model: memory, nodes, boot parameters, modules.
 *
 * Dynamic regions become ranges that the firmware reserves for special purposes (dax_hmem), static
 * ones NVDIMMs. Where no such machine can be had, the reasons say so, all at once.
 */
import type { DaxRegion, Machine, Model, Range } from '../model/model.js';

export interface Rig {
  /** Memory of each node, from node 0 on; node 0 lies below 4 GiB and has the processors. */
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
  /** Where the model's regions lie. */
  readonly spans: readonly Range[];
}

export type RigAnswer =
  | { readonly rig: Rig; readonly reasons?: undefined }
  | { readonly rig?: undefined; readonly reasons: readonly string[] };

const LOW_BYTES = 512n << 20n;
const HIGH_START = 4n << 30n;
const BLOCK_BYTES = 128n << 20n;
const REGION_ALIGN = 2n << 20n;

const hex = (value: bigint): string => `0x${value.toString(16)}`;

/** Reasons why a region cannot be made in a guest. */
function regionFaults(region: DaxRegion): string[] {
  const { name, start, end, kind, align, encrypted, namespace, targetNode } = region;
  const faults: string[] = [];
  if (start < HIGH_START)
    faults.push(`region ${name} begins below 4 GiB, where the guest's RAM is`);
  if ((start | (end + 1n)) % REGION_ALIGN !== 0n) {
    faults.push(`region ${name} does not begin and end at a multiple of 2M`);
  }
  if (align !== REGION_ALIGN) faults.push(`region ${name} has align ${align}; in a guest it is 2M`);
  if (encrypted) faults.push(`region ${name} is encrypted, and no NVDIMM of a guest is`);
  if (targetNode === null) faults.push(`region ${name} has no target node`);
  if (kind === 'static' && namespace === null) {
    faults.push(
      `region ${name} is static and has no namespace; in a guest it is an NVDIMM with one`,
    );
  }
  return faults;
}

/** Reasons that lie in the machine but not in one of its regions. */
function machineFaults(machine: Machine): string[] {
  const faults: string[] = [];
  const { blockSize, regions, devices, firmware } = machine;
  if (blockSize !== BLOCK_BYTES) {
    faults.push(`block_size is ${blockSize}; a guest of this size has 128M`);
  }
  if (firmware !== null && firmware.hmat.length + firmware.windows.length > 0) {
    faults.push('the firmware names HMAT or CXL ranges, which the lab cannot make');
  }
  if (firmware === null && regions.length === 0) faults.push('the machine has no dax region');
  if (new Set(regions.map(({ kind }) => kind)).size > 1) {
    faults.push('dynamic and static regions in one machine');
  }
  for (const { name, compat, poison } of devices) {
    if (compat) faults.push(`${name} is on the compat driver, which no kernel of the lab has`);
    if (poison) faults.push(`${name} has media errors, which the lab cannot make`);
  }
  return faults;
}

interface Placed extends Range {
  readonly name: string;
  readonly targetNode: number | null;
}

/** Memory of the nodes above node 0, and the parameters that reserve the ranges and cut the gaps. */
function softReserved(ranges: readonly Placed[]): {
  readonly nodes: { bytes: bigint }[];
  readonly parameters: string[];
  readonly reasons: string[];
} {
  const nodes: { bytes: bigint }[] = [{ bytes: LOW_BYTES }];
  const parameters: string[] = [];
  const reasons: string[] = [];
  let cursor = HIGH_START;
  for (const { name, start, end, targetNode } of ranges) {
    const gap = start - cursor;
    if (gap > 0n) parameters.push(`memmap=${hex(gap)}%${hex(cursor)}-1`);
    if (gap === 0n && cursor > HIGH_START) {
      reasons.push(
        `${name} begins where the one before it ends; the firmware's map would merge them`,
      );
    }
    const bytes = end + 1n - start;
    parameters.push(`memmap=${hex(bytes)}%${hex(start)}-1+0xefffffff`);
    const node = nodes[targetNode ?? -1];
    const isNext = targetNode === nodes.length;
    if (isNext) nodes.push({ bytes: gap + bytes });
    else if (targetNode === nodes.length - 1 && node !== undefined && targetNode > 0) {
      node.bytes += gap + bytes;
    } else {
      reasons.push(
        `${name} has target node ${targetNode}; nodes must count from 1 in the order of addresses`,
      );
    }
    cursor = end + 1n;
  }
  return { nodes, parameters, reasons };
}

/** Boot options of the kernel that a model names. */
function bootOptions({ memmapOnMemory, movableNode, autoMovable, memoryLimit }: Machine): string[] {
  const options: string[] = [];
  if (memmapOnMemory) options.push('memory_hotplug.memmap_on_memory=1');
  if (movableNode) options.push('movable_node');
  if (memoryLimit !== null) options.push(`mem=${memoryLimit}`);
  if (autoMovable !== null) {
    const { ratio, numaAware } = autoMovable;
    options.push('memory_hotplug.online_policy=auto-movable');
    options.push(`memory_hotplug.auto_movable_ratio=${ratio}`);
    options.push(`memory_hotplug.auto_movable_numa_aware=${numaAware ? 'Y' : 'N'}`);
  }
  return options;
}

const INJECT = ['notifier_error_inject', 'memory_notifier_error_inject'];

function softReservedRig(machine: Machine, ranges: readonly Placed[]): RigAnswer {
  const { nodes, parameters, reasons } = softReserved(ranges);
  if (reasons.length > 0) return { reasons };
  const isBare = machine.firmware !== null;
  return {
    rig: {
      nodes,
      parameters: [...parameters, ...bootOptions(machine)],
      machine: '',
      memoryOptions: '',
      devices: [],
      insert: isBare ? INJECT : ['device_dax', 'dax_hmem', 'kmem', ...INJECT],
      spans: ranges.map(({ start, end }) => ({ start, end })),
    },
  };
}

function nvdimmRig(machine: Machine, regions: readonly DaxRegion[]): RigAnswer {
  const most = Math.max(...regions.map(({ targetNode }) => targetNode ?? 0));
  const end = (regions.at(-1)?.end ?? 0n) + 1n;
  const nodes = Array.from({ length: most + 1 }, (_, node) => ({
    bytes: node === 0 ? LOW_BYTES : 0n,
  }));
  return {
    rig: {
      nodes,
      parameters: bootOptions(machine),
      machine: ',nvdimm=on',
      memoryOptions: `,slots=${regions.length + 1},maxmem=${(end >> 20n) + 4096n}M`,
      devices: regions.flatMap((region, index) => [
        '-object',
        `memory-backend-ram,id=nv${index},size=${(region.end + 1n - region.start) >> 20n}M,reserve=off`,
        '-device',
        `nvdimm,id=nvdimm${index},memdev=nv${index},addr=${hex(region.start)},node=${region.targetNode}`,
      ]),
      insert: ['nfit', 'nd_pmem', 'dax_pmem', 'device_dax', 'kmem', ...INJECT],
      spans: regions.map(({ start, end }) => ({ start, end })),
    },
  };
}

/** The rig for the machine of a model, or why there is none. */
export function rigOf({ machine }: Model): RigAnswer {
  const { regions, firmware } = machine;
  const reasons = [...machineFaults(machine), ...regions.flatMap(regionFaults)];
  if (reasons.length > 0) return { reasons };
  const ascending = [...regions].sort((left, right) => (left.start < right.start ? -1 : 1));
  if (firmware !== null) {
    const ranges = firmware.softReserved.map((range, index) => ({
      ...range,
      name: `range ${index}`,
    }));
    return softReservedRig(machine, ranges);
  }
  return regions[0]?.kind === 'static'
    ? nvdimmRig(machine, ascending)
    : softReservedRig(machine, ascending);
}
