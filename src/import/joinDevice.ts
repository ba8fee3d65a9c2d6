/**
 * One dax device out of what the inputs tell of it.
 *
 * A device's range is exact where sysfs, `daxctl list -M` or a claim of device_dax tell it. A
 * claim of kmem is cut to whole blocks; the device around it may be larger, and what is taken then
 * is told as an assumption.
 */
import { BLOCK_BYTES_MIN } from '../model/blockSize.js';
import type { DriverName, IomemNode, Range } from '../model/model.js';
import { contains, formatRange, formatSize, greatest, least, spanOf } from '../model/quantity.js';
import { agreed, shownPlace } from './agree.js';
import { type Around, startOfInput } from './around.js';
import { bytesOf, kmemRange } from './capacity.js';
import { type DeviceFacts, type Facts, refuse, type Size, warn } from './facts.js';
import { blocksOf } from './joinBlocks.js';
import type { Claim } from './listing.js';
import { runsInside } from './lsmem.js';
import type { ImportedDevice, ImportedRegion, Known } from './machine.js';
import { intersect, onGrain } from './size.js';

const GRAIN = 2n << 20n;
const PAGE = 4096n;

function driverOf(
  device: DeviceFacts,
  claim: Claim | null,
  around: Around,
): Known<DriverName | null> {
  const { facts } = around;
  const told = [...device.drivers];
  if (claim !== null) {
    told.push({ value: claim.isKmem ? 'kmem' : 'device_dax', place: claim.node.place });
  }
  const known = agreed(facts, `the driver of ${device.name}`, told, (value) => value ?? 'none');
  if (known !== null) return known;
  const place = device.sizes[0]?.place ?? startOfInput(facts);
  const assumed = 'taken as device_dax';
  warn(facts, 'DAX519', place, `no input tells the driver of ${device.name}`, {
    assumed,
    how: 'give --daxctl with the `mode` of each device, or --sysfs',
  });
  return { value: 'device_dax', origin: { assumed } };
}

/** All that sizes allow; null where they contradict each other, which is told, or none is known. */
function sizeOf(device: DeviceFacts, facts: Facts): Size | null {
  const [first, ...rest] = device.sizes;
  if (first === undefined) return null;
  const grain = device.aligns[0]?.value ?? GRAIN;
  let size = onGrain(first.value, grain);
  for (const other of rest) {
    const both = intersect(size, onGrain(other.value, grain));
    if (both === null) {
      const message = `the size of ${device.name} is another in ${shownPlace(first.place)}`;
      refuse(facts, 'DAX510', other.place, message);
      return null;
    }
    size = both;
  }
  return size;
}

/** What a claim has around it: up to its neighbours, or to the ends of the line above it. */
function roomAround({ node, above }: Claim): Range {
  const parent = above.at(-1);
  if (parent === undefined) return node;
  const siblings = parent.children.filter((one) => one !== node);
  const before = siblings.filter((one) => one.end < node.start).map((one) => one.end + 1n);
  const after = siblings.filter((one) => one.start > node.end).map((one) => one.start - 1n);
  return {
    start: greatest(parent.start, ...before),
    end: least(parent.end, ...after),
  };
}

const isOn = ({ start, end }: Range, grain: bigint): boolean =>
  start % grain === 0n && (end + 1n) % grain === 0n;

/** How a range is taken that is known only as whole blocks. */
export const AS_KMEM_HAS = 'taken as what kmem has; the device may reach further at both ends';

const isSame = (left: Range, right: Range): boolean =>
  left.start === right.start && left.end === right.end;

/** The largest block up to a size that a range on the smallest grain is a multiple of. */
function largestBlock(range: Range, blockSize: bigint): bigint {
  let size = blockSize;
  while (size > BLOCK_BYTES_MIN && !isOn(range, size)) size /= 2n;
  return size;
}

/** Refuses a claim that the device or the blocks of the machine have no room for. */
function checkClaim(device: DeviceFacts, claim: Claim, size: Size | null, around: Around): void {
  const { place, ...range } = claim.node;
  const shown = `kmem has ${formatRange(range)} of ${device.name}`;
  const [told] = device.sizes;
  if (size !== null && told !== undefined && size.high < bytesOf(range)) {
    const message = `${shown}, which is larger than its size in ${shownPlace(told.place)}`;
    refuse(around.facts, 'DAX510', place, message);
  }
  const { blockSize } = around;
  // Off the smallest block there is: told when the listing was read.
  if (blockSize === null || !isOn(range, BLOCK_BYTES_MIN) || isOn(range, blockSize)) return;
  const message = `${shown}, which is no multiple of a block of ${formatSize(blockSize)}`;
  if (!around.isWished) {
    refuse(around.facts, 'DAX510', place, message);
    return;
  }
  const most = formatSize(largestBlock(range, blockSize));
  const advice =
    `kmem there has smaller blocks, of ${most} at most: name their size by --block-size; ` +
    '`daxcheck capacity` then tells under `otherwise` what larger ones would give';
  refuse(around.facts, 'DAX516', place, message, { advice });
}

/** The device around a claim of kmem, as its size and the room around it say. */
function aroundClaim(
  device: DeviceFacts,
  claim: Claim,
  size: Size | null,
  around: Around,
): Known<readonly Range[]> {
  const { facts, blockSize } = around;
  const room = roomAround(claim);
  const { place } = claim.node;
  const fits = (range: Range): boolean => {
    const bytes = bytesOf(range);
    if (size !== null && (bytes < size.low || bytes > size.high)) return false;
    if (blockSize === null) return isSame(range, claim.node) || size !== null;
    const taken = kmemRange(range, blockSize);
    return taken !== null && isSame(taken, claim.node);
  };
  const exact = size !== null && size.low === size.high;
  const candidates: Range[] = [
    room,
    ...(exact ? [{ start: room.start, end: room.start + size.low - 1n }] : []),
    { start: claim.node.start, end: claim.node.end },
  ];
  checkClaim(device, claim, size, around);
  const found = candidates.find(fits) ?? { start: claim.node.start, end: claim.node.end };
  if (isSame(found, room) && isSame(room, claim.node)) return { value: [found], origin: { place } };
  const assumed = isSame(found, room)
    ? 'taken as all that lies between its neighbours'
    : exact
      ? 'taken from its size'
      : AS_KMEM_HAS;
  warn(facts, 'DAX512', place, `the listing shows what kmem has of ${device.name}, not its range`, {
    assumed: `${formatRange(found)}, ${assumed}`,
    how: 'give `daxctl list -RDM` as root, or --sysfs',
  });
  return { value: [found], origin: { assumed } };
}

/** The only run of blocks of the device's node, where it has the device's size. */
function fromBlocks(device: DeviceFacts, size: Size, facts: Facts): Known<readonly Range[]> | null {
  const [node] = device.nodes;
  if (node === undefined || node.value === null) return null;
  const runs = facts.blocks.filter((run) => run.node === node.value);
  const [first] = runs;
  const last = runs.at(-1);
  if (first === undefined || last === undefined) return null;
  const range = { start: first.start, end: last.end };
  const bytes = runs.reduce((sum, run) => sum + bytesOf(run), 0n);
  if (bytes !== bytesOf(range) || bytes < size.low || bytes > size.high) return null;
  const assumed = `the blocks of node ${node.value} (${shownPlace(first.place)})`;
  warn(facts, 'DAX512', node.place, `no input tells the range of ${device.name}`, {
    assumed: `${formatRange(range)}, taken from ${assumed}`,
    how: 'give --iomem, or `daxctl list -RDM` as root',
  });
  return { value: [range], origin: { assumed } };
}

/** The only CXL region of the device's size. */
function fromCxlRegion(
  device: DeviceFacts,
  size: Size,
  facts: Facts,
): Known<readonly Range[]> | null {
  const all = facts.cxlRegions.filter((one) => {
    const bytes = bytesOf(one);
    return bytes >= size.low && bytes <= size.high;
  });
  const region = all.length === 1 ? all[0] : undefined;
  if (region === undefined) return null;
  const assumed = `all of ${region.name}, which has its size`;
  warn(facts, 'DAX512', region.place, `no input tells the range of ${device.name}`, {
    assumed: `taken as ${assumed}`,
    how: 'give --iomem, or `daxctl list -RDM` as root',
  });
  return { value: [{ start: region.start, end: region.end }], origin: { assumed } };
}

function rangesOf(
  device: DeviceFacts,
  claim: Claim | null,
  around: Around,
): Known<readonly Range[]> | null {
  const { facts } = around;
  const told = [...device.ranges];
  if (claim !== null && !claim.isKmem) {
    const range = { start: claim.node.start, end: claim.node.end };
    told.push({ value: [range], place: claim.node.place });
  }
  const shown = (ranges: readonly Range[]): string => ranges.map(formatRange).join(', ');
  const known = agreed(facts, `the range of ${device.name}`, told, shown);
  const size = sizeOf(device, facts);
  if (known !== null) {
    const bytes = known.value.reduce((sum, range) => sum + bytesOf(range), 0n);
    const [first] = device.sizes;
    if (size !== null && first !== undefined && (bytes < size.low || bytes > size.high)) {
      const message = `${device.name} has ${bytes} bytes of ranges, another size is told here`;
      refuse(facts, 'DAX510', first.place, message);
    }
    return known;
  }
  if (claim !== null) return aroundClaim(device, claim, size, around);
  const found =
    size === null ? null : (fromBlocks(device, size, facts) ?? fromCxlRegion(device, size, facts));
  if (found !== null) return found;
  const place = device.sizes[0]?.place ?? startOfInput(facts);
  refuse(facts, 'DAX511', place, `no input tells the range of ${device.name}`, {
    how: '--iomem with a listing that was read as root, or --daxctl with `daxctl list -RDM`',
  });
  return null;
}

function nodeOf(
  device: DeviceFacts,
  ranges: readonly Range[],
  around: Around,
): Known<number | null> {
  const { facts } = around;
  const told = [...device.nodes];
  const isTaken = around.blockSize !== null;
  const runs = isTaken ? ranges.flatMap((range) => runsInside(facts.blocks, range)) : [];
  for (const run of runs) {
    if (run.node !== null) told.push({ value: run.node, place: run.place });
  }
  const show = (node: number | null): string => (node === null ? 'none' : `${node}`);
  const known = agreed(facts, `the target node of ${device.name}`, told, show);
  if (known !== null) return known;
  const [without] = device.nodeless;
  if (without !== undefined) return { value: null, origin: { place: without.place } };
  const node = around.freeNode();
  const assumed = `node ${node}, one of its own`;
  const place = device.sizes[0]?.place ?? startOfInput(facts);
  warn(facts, 'DAX519', place, `no input tells the target node of ${device.name}`, {
    assumed: `taken as ${assumed}`,
    how: 'give --daxctl with `target_node`, or --sysfs',
  });
  return { value: node, origin: { assumed } };
}

/** The largest grain that a region can have over these ranges. */
function alignOf(device: DeviceFacts, ranges: readonly Range[], facts: Facts): Known<bigint> {
  const known = agreed(facts, `the alignment of ${device.name}`, device.aligns, formatSize);
  if (known !== null) return known;
  let grain = GRAIN;
  while (grain > PAGE && !ranges.every((range) => isOn(range, grain))) grain /= 2n;
  return { value: grain, origin: { assumed: 'what its range is a multiple of, 2M at most' } };
}

const STATIC = /^(Persistent Memory|namespace[0-9])/;
const DYNAMIC = /^(hmem\.[0-9]+|region[0-9]+|Soft Reserved|Application Reserved|CXL Window)/;

function kindOf(device: DeviceFacts, claim: Claim | null, facts: Facts): 'static' | 'dynamic' {
  const known = agreed(facts, `the kind of region of ${device.name}`, device.kinds, (kind) => kind);
  if (known !== null) return known.value;
  const names = (claim?.above ?? []).map(({ name }) => name);
  if (names.some((name) => STATIC.test(name))) return 'static';
  return names.some((name) => DYNAMIC.test(name)) ? 'dynamic' : 'static';
}

/** The line that is the device's dax region, and the region's name. */
function regionOf(
  device: DeviceFacts,
  claim: Claim | null,
  ranges: readonly Range[],
): ImportedRegion {
  const [index = '0'] = device.name.slice('dax'.length).split('.');
  const line = (claim?.above ?? []).findLast(({ name }) => /^(hmem\.|region)[0-9]+$/.test(name));
  const span = spanOf(ranges);
  const isCxl = line?.name.startsWith('region') === true;
  const name = isCxl ? `dax_region${index}` : `hmem.${index}`;
  return line !== undefined && contains(line, span)
    ? { name, start: line.start, end: line.end }
    : { name, ...span };
}

/** The line in front of a static device that is the metadata of its namespace. */
function namespaceOf(
  device: DeviceFacts,
  claim: Claim | null,
  ranges: readonly Range[],
): ImportedDevice['namespace'] {
  const [range] = ranges;
  const siblings: readonly IomemNode[] = claim?.above.at(-1)?.children ?? [];
  const line = siblings.find(
    ({ name, end }) => /^namespace[0-9]+\.[0-9]+$/.test(name) && end + 1n === range?.start,
  );
  if (line === undefined || range === undefined) return null;
  const [told] = device.namespaces;
  if (told !== undefined && told.value !== line.name) return null;
  return { name: line.name, range: { start: line.start, end: range.end } };
}

/** Joins one device; null where its range is not known, which is told. */
export function joinDevice(
  device: DeviceFacts,
  claim: Claim | null,
  around: Around,
): ImportedDevice | null {
  const driver = driverOf(device, claim, around);
  const ranges = rangesOf(device, claim, around);
  if (ranges === null) return null;
  // Only a dynamic region gives a device several ranges.
  const isSingle = ranges.value.length === 1;
  const isStatic = isSingle && kindOf(device, claim, around.facts) === 'static';
  return {
    name: device.name,
    ranges,
    driver,
    targetNode: nodeOf(device, ranges.value, around),
    align: alignOf(device, ranges.value, around.facts),
    blocks: driver.value === 'kmem' ? blocksOf(device, ranges.value, around) : null,
    claimed:
      claim === null
        ? null
        : {
            range: { start: claim.node.start, end: claim.node.end },
            isKmem: claim.isKmem,
            place: claim.node.place,
          },
    region: isStatic ? null : regionOf(device, claim, ranges.value),
    namespace: isStatic ? namespaceOf(device, claim, ranges.value) : null,
  };
}
