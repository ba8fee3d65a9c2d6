/**
 * What a dax device gives to kmem: whole memory blocks, and nothing else.
 *
 * kmem rounds the start of each range up and its end down to blocks and adds what lies between; the
 * rest is lost for as long as the device is on kmem.
 * Source: drivers/dax/kmem.c dax_kmem_range(), v5.10 to v6.19; dev_dax_kmem_probe(), v5.1 to v5.9.
 */
import type { Range } from '../model/model.js';
import { alignDown, alignUp, wholeBlocks } from '../model/quantity.js';
import type { ImportedDevice, ImportedMachine } from './machine.js';

export const bytesOf = ({ start, end }: Range): bigint => end - start + 1n;

/** What kmem takes of a range; null where no whole block lies in it. */
export function kmemRange(range: Range, blockSize: bigint): Range | null {
  const { first, count } = wholeBlocks(range, blockSize);
  if (count === 0) return null;
  const start = BigInt(first) * blockSize;
  return { start, end: start + BigInt(count) * blockSize - 1n };
}

export interface RangeCapacity {
  readonly range: Range;
  /** null: no whole block lies in the range, and all of it is lost. */
  readonly taken: Range | null;
  readonly blocks: bigint;
  readonly head: bigint;
  readonly tail: bigint;
}

export interface Capacity {
  readonly blockSize: bigint;
  readonly ranges: readonly RangeCapacity[];
  readonly blocks: bigint;
  /** Bytes that become System RAM. */
  readonly usable: bigint;
  readonly lost: bigint;
}

function ofRange(range: Range, blockSize: bigint): RangeCapacity {
  const taken = kmemRange(range, blockSize);
  if (taken === null) return { range, taken, blocks: 0n, head: bytesOf(range), tail: 0n };
  return {
    range,
    taken,
    blocks: bytesOf(taken) / blockSize,
    head: taken.start - range.start,
    tail: range.end - taken.end,
  };
}

/** What ranges give with blocks of one size. */
export function capacityOf(ranges: readonly Range[], blockSize: bigint): Capacity {
  const each = ranges.map((range) => ofRange(range, blockSize));
  const sum = (of: (one: RangeCapacity) => bigint): bigint =>
    each.reduce((total, one) => total + of(one), 0n);
  const blocks = sum((one) => one.blocks);
  return {
    blockSize,
    ranges: each,
    blocks,
    usable: blocks * blockSize,
    lost: sum((one) => one.head + one.tail),
  };
}

/** Bytes of one struct page in the memory map that ndctl reserves. */
const PAGE_STRUCT_BYTES = 64n;
const PAGE_BYTES = 4096n;
/** What a namespace keeps for its own description. */
const INFO_BYTES = 8192n;
const PMD_BYTES = 2n << 20n;

/** How a namespace may be created again: its alignment, and where the memory map lies. */
export interface NamespaceChoice {
  readonly align: bigint;
  readonly map: 'dev' | 'mem';
  readonly range: Range;
  readonly capacity: Capacity;
}

/**
 * Where the data of a devdax namespace lie, by its range, alignment and map.
 * Source: drivers/nvdimm/pfn_devs.c nd_pfn_init(), v5.4 to v6.19.
 */
export function namespaceData(
  namespace: Range,
  { align, map }: { readonly align: bigint; readonly map: 'dev' | 'mem' },
): Range | null {
  const pages = bytesOf(namespace) / PAGE_BYTES;
  const reserve = map === 'dev' ? INFO_BYTES + PAGE_STRUCT_BYTES * pages : INFO_BYTES;
  const grain = map === 'dev' && align < PMD_BYTES ? PMD_BYTES : align;
  const start = alignUp(namespace.start + reserve, grain);
  const end = alignDown(namespace.end + 1n, align) - 1n;
  return start < end ? { start, end } : null;
}

/** Alignments that ndctl takes for devdax. */
const ALIGNMENTS = [2n << 20n, 1n << 30n];

function choicesOf(device: ImportedDevice, blockSize: bigint): NamespaceChoice[] {
  const { namespace } = device;
  if (namespace === null) return [];
  return ALIGNMENTS.flatMap((align) =>
    (['dev', 'mem'] as const).flatMap((map) => {
      const range = namespaceData(namespace.range, { align, map });
      return range === null
        ? []
        : [{ align, map, range, capacity: capacityOf([range], blockSize) }];
    }),
  );
}

const MIB = 1n << 20n;

/** Sizes of blocks that are looked at beside the machine's own. */
export const OTHER_SIZES: readonly bigint[] = [128n * MIB, 256n * MIB, 1024n * MIB, 2048n * MIB];

export interface DeviceCapacity {
  readonly device: ImportedDevice;
  readonly now: Capacity;
  readonly others: readonly Capacity[];
  /** Only for a device on a namespace: what other ways to create it would give. */
  readonly choices: readonly NamespaceChoice[];
  /** False where kmem has taken something else than the arithmetic says. */
  readonly agrees: boolean;
}

const isSame = (left: Range, right: Range): boolean =>
  left.start === right.start && left.end === right.end;

function agrees({ claimed }: ImportedDevice, now: Capacity): boolean {
  if (claimed === null || !claimed.isKmem) return true;
  return now.ranges.some(({ taken }) => taken !== null && isSame(taken, claimed.range));
}

/** What every device of a machine gives, with blocks of its size and of others. */
export function capacities(machine: ImportedMachine, blockSize: bigint): DeviceCapacity[] {
  return machine.devices.map((device) => {
    const ranges = device.ranges.value;
    const now = capacityOf(ranges, blockSize);
    return {
      device,
      now,
      others: OTHER_SIZES.filter((size) => size !== blockSize).map((size) =>
        capacityOf(ranges, size),
      ),
      choices: choicesOf(device, blockSize),
      agrees: agrees(device, now),
    };
  });
}
