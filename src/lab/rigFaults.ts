/**
 * Reasons why a machine of a model cannot be had as a guest: what no firmware, NVDIMM or kernel of
 * the lab can be made to be.
 */
import { type DaxRegion, isRegistered, type Machine } from '../model/model.js';

/** Where RAM that is not below 4 GiB begins. */
export const HIGH_START = 4n << 30n;
/** Bytes of a memory block on x86 with less than 64 GiB of RAM (arch/x86/mm/init_64.c). */
export const BLOCK_BYTES = 128n << 20n;
/** PMD_SIZE: grain of hmem's regions, and of what QEMU gives to an NVDIMM. */
export const REGION_ALIGN = 2n << 20n;
const PAGE_BYTES = 4n << 10n;
/** Bytes of physical addresses that an emulated processor has, less room for PCI behind the RAM. */
const ADDRESS_END = 1n << 39n;

/** Bytes of a struct page, and what a namespace keeps for itself before them. */
const PAGE_STRUCT_BYTES = 64n;
const INFO_BYTES = 8n << 10n;

/**
 * Where the memory map of a namespace is, by the size of its metadata: nd_pfn_init() of
 * drivers/nvdimm/pfn_devs.c, v6.1 and v6.12. Null for a size that no namespace has.
 */
export function mapModeOf(region: DaxRegion): 'ram' | 'pmem' | null {
  const metadata = region.namespace?.metadataBytes ?? 0n;
  if (metadata === REGION_ALIGN) return 'ram';
  const pages = (region.end + 1n - region.start - INFO_BYTES) / PAGE_BYTES;
  const needed = INFO_BYTES + pages * PAGE_STRUCT_BYTES;
  const rounded = ((needed + REGION_ALIGN - 1n) / REGION_ALIGN) * REGION_ALIGN;
  return metadata === rounded ? 'pmem' : null;
}

const hex = (value: bigint): string => `0x${value.toString(16)}`;

function staticFaults(region: DaxRegion): string[] {
  const { name, align, namespace } = region;
  if (namespace === null) {
    return [`region ${name} is static and has no namespace; in a guest it is an NVDIMM with one`];
  }
  const faults: string[] = [];
  if (align !== REGION_ALIGN && align !== PAGE_BYTES) {
    faults.push(`region ${name} has align ${hex(align)}; an NVDIMM of a guest has 4K or 2M`);
  }
  if (mapModeOf(region) === null) {
    faults.push(
      `the metadata of region ${name} take ${hex(namespace.metadataBytes)} bytes; the kernel ` +
        'takes 2M, or 64 bytes a page and 8K, rounded up to 2M',
    );
  }
  if (region.encrypted) faults.push(`region ${name} is encrypted, and no NVDIMM of a guest is`);
  return faults;
}

function dynamicFaults({ name, align, encrypted }: DaxRegion): string[] {
  const faults: string[] = [];
  if (align !== REGION_ALIGN) {
    faults.push(`region ${name} has align ${hex(align)}; hmem's regions have 2M`);
  }
  if (encrypted) faults.push(`region ${name} is encrypted, and memory that hmem has is not`);
  return faults;
}

/** Reasons why a region cannot be made in a guest. */
export function regionFaults(region: DaxRegion): string[] {
  const { name, start, end, kind, targetNode } = region;
  const faults: string[] = [];
  if (start < HIGH_START) {
    faults.push(`region ${name} begins below 4 GiB, where the guest's RAM is`);
  }
  if (end >= ADDRESS_END) {
    faults.push(`region ${name} ends above 512 GiB, and an emulated processor has 40 address bits`);
  }
  if ((start | (end + 1n)) % REGION_ALIGN !== 0n) {
    faults.push(`region ${name} does not begin and end at a multiple of 2M`);
  }
  if (targetNode === null) {
    faults.push(`region ${name} has no target node; the firmware of a guest names one for all`);
  }
  return [...faults, ...(kind === 'static' ? staticFaults(region) : dynamicFaults(region))];
}

function firmwareFaults({ firmware, regions }: Machine): string[] {
  if (firmware === null) {
    return regions.length === 0 ? ['the machine has no dax region'] : [];
  }
  const faults: string[] = [];
  if (firmware.hmat.length > 0) faults.push('the firmware names HMAT targets');
  if (firmware.windows.length + firmware.cxlRegions.length > 0) {
    faults.push('the firmware names CXL windows; CXL memory of a QEMU that is packaged is no RAM');
  }
  if (firmware.isCxlBuiltIn) faults.push('drivers/cxl is built in; in the kernels it is modules');
  return faults;
}

/** Reasons that lie in the machine but not in one of its regions. */
export function machineFaults(machine: Machine): string[] {
  const { blockSize, regions, devices, modules, possibleNodes } = machine;
  const faults = firmwareFaults(machine);
  if (blockSize !== BLOCK_BYTES) {
    faults.push(`block_size is ${hex(blockSize)}; a guest of this size has 128M`);
  }
  if (new Set(regions.map(({ kind }) => kind)).size > 1) {
    faults.push('dynamic and static regions in one machine');
  }
  if (isRegistered(modules.fsdev_dax))
    faults.push('fsdev_dax is loaded; no kernel packaged has it');
  for (const name of ['device_dax', 'kmem'] as const) {
    if (modules[name] !== 'builtin') continue;
    faults.push(`${name} is in the kernel image; in every kernel packaged it is a module`);
  }
  const missing = regions.filter(
    ({ targetNode }) => targetNode !== null && possibleNodes?.includes(targetNode) === false,
  );
  for (const { name, targetNode } of missing) {
    faults.push(`node ${targetNode} of region ${name} is not possible; in a guest it is`);
  }
  for (const { name, compat, poison } of devices) {
    if (compat) faults.push(`${name} is on the compat driver, which no kernel packaged has`);
    if (poison) faults.push(`${name} has media errors, which no memory of a guest has`);
  }
  return faults;
}
