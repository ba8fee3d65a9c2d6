/**
 * Compares the parts of a machine with each other: regions, devices, the iomem listing, modules.
 */
import { type Context, report, shownPlace } from './context.js';
import {
  type DaxDevice,
  type DaxRegion,
  type IomemNode,
  isRegistered,
  type Machine,
  type Place,
  type Range,
} from './model.js';
import { contains, formatRange, formatSize, overlaps, wholeBlocks } from './quantity.js';

type Checked = Pick<Machine, 'blockSize' | 'iomem' | 'regions' | 'devices' | 'modules'>;

interface PlacedRange extends Range {
  readonly owner: string;
  readonly place: Place;
}

/** Reports every contradiction between the parts of a machine. */
export function checkMachine(context: Context, machine: Checked): void {
  checkRegions(context, machine);
  for (const device of machine.devices) {
    const region = machine.regions.find((one) => one.name === device.region);
    if (region !== undefined) checkDevice(context, device, region);
    checkDriver(context, device, machine);
    checkOwnBlocks(context, device, machine.blockSize);
    checkNodes(context, device, machine);
  }
  checkDisjoint(
    context,
    'DAX035',
    machine.devices.flatMap((device) => rangesOf(context, device)),
  );
}

function checkRegions(context: Context, machine: Checked): void {
  const ram = flatten(machine.iomem).filter((node) => node.name === 'System RAM');
  const placed = machine.regions.map((region) => ({
    ...{ start: region.start, end: region.end, owner: region.name },
    place: regionPlace(context, region, machine.devices),
  }));
  for (const region of placed) {
    const found = ram.find((node) => overlaps(node, region));
    if (found === undefined) continue;
    const message = `\`${formatRange(region)}\` overlaps System RAM \`${formatRange(found)}\``;
    const values = { place: shownPlace(found.place, region.place) };
    report(context, 'DAX033', region.place, message, values);
  }
  checkDisjoint(context, 'DAX034', placed);
}

/**
 * Sorted by start, an overlap shows between a range and the one that reaches furthest before it.
 */
function checkDisjoint(
  context: Context,
  code: 'DAX034' | 'DAX035',
  ranges: readonly PlacedRange[],
): void {
  const sorted = [...ranges].sort((left, right) => (left.start < right.start ? -1 : 1));
  let furthest: PlacedRange | undefined;
  for (const range of sorted) {
    if (furthest !== undefined && overlaps(furthest, range)) {
      const [first, second] = byLine(furthest, range);
      const message = `${shown(second)} overlaps ${shown(first)}`;
      report(context, code, second.place, message, {
        place: shownPlace(first.place, second.place),
      });
    }
    if (furthest === undefined || range.end > furthest.end) furthest = range;
  }
}

/** The fault is placed at the later one in the file. */
function byLine(left: PlacedRange, right: PlacedRange): readonly [PlacedRange, PlacedRange] {
  const order = left.place.line - right.place.line || left.place.column - right.place.column;
  return order <= 0 ? [left, right] : [right, left];
}

function shown(range: PlacedRange): string {
  return `\`${formatRange(range)}\` of \`${range.owner}\``;
}

function checkDevice(context: Context, device: DaxDevice, region: DaxRegion): void {
  const metadata = region.namespace?.metadataBytes ?? 0n;
  const room = { start: region.start + metadata, end: region.end };
  for (const range of rangesOf(context, device)) {
    if (!contains(room, range)) {
      const taken = metadata > 0n ? ` without its first ${formatSize(metadata)} of metadata` : '';
      const values = { region: `${formatRange(region)}${taken}` };
      const message = `\`${formatRange(range)}\` is not inside the region \`${region.name}\``;
      report(context, 'DAX031', range.place, message, values);
    }
    const bytes = range.end - range.start + 1n;
    if (range.start % region.align === 0n && bytes % region.align === 0n) continue;
    const message = `\`${formatRange(range)}\` is not aligned to ${formatSize(region.align)}`;
    report(context, 'DAX036', range.place, message, { align: formatSize(region.align) });
  }
  if (region.kind === 'static' && device.ranges.length > 1) {
    const path = ['machine', 'dax', device.name, 'ranges'];
    const message = `\`${device.name}\` has ${device.ranges.length} ranges in a static region`;
    report(context, 'DAX041', context.source.keyPlaceOf(path), message);
  }
}

function checkDriver(context: Context, device: DaxDevice, machine: Checked): void {
  const path = ['machine', 'dax', device.name, 'driver'];
  if (device.driver === null) return;
  const state = machine.modules[device.driver];
  if (!isRegistered(state)) {
    const message = `\`${device.name}\` is on ${device.driver}, whose module is ${state}`;
    report(context, 'DAX040', path, message, { module: device.driver });
  }
  if (device.driver !== 'kmem') return;
  if (device.compat) report(context, 'DAX039', path, `compat device \`${device.name}\` is on kmem`);
  if (device.ranges.some((range) => wholeBlocks(range, machine.blockSize).count > 0)) return;
  const block = formatSize(machine.blockSize);
  const message = `\`${device.name}\` is on kmem but holds no full memory block of ${block}`;
  report(context, 'DAX038', path, message, { block });
}

/** Blocks that are written by number belong to the device. */
function checkOwnBlocks(context: Context, device: DaxDevice, blockSize: bigint): void {
  const spans = device.ranges
    .map((range) => wholeBlocks(range, blockSize))
    .filter(({ count }) => count > 0)
    .map(({ first, count }) => ({ first, last: first + count - 1 }));
  for (const { first, last, place } of device.ownBlocks) {
    if (spans.some((one) => first >= one.first && last <= one.last)) continue;
    const shown = first === last ? `memory${first} is` : `memory${first}-${last} are`;
    const own = spans.map((one) => `${one.first}-${one.last}`).join(', ');
    const expected = `its blocks are ${own} (address divided by block_size)`;
    report(context, 'DAX047', place, `${shown} not of \`${device.name}\``, { expected });
  }
}

/** A range lies inside one top-level node or touches none; System RAM has a fault of its own. */
function checkNodes(context: Context, device: DaxDevice, machine: Checked): void {
  for (const range of rangesOf(context, device)) {
    const touched = machine.iomem.filter((node) => overlaps(node, range));
    if (touched.some((node) => contains(node, range) || node.name === 'System RAM')) continue;
    if (touched.length === 0) continue;
    const nodes = touched
      .map((node) => `${formatRange(node)} : ${node.name} (${shownPlace(node.place, range.place)})`)
      .join('; ');
    const message = `\`${formatRange(range)}\` is partly inside and partly outside an iomem node`;
    report(context, 'DAX032', range.place, message, { nodes });
  }
}

function rangesOf(context: Context, device: DaxDevice): PlacedRange[] {
  const path = ['machine', 'dax', device.name];
  const isSingle = context.source.has([...path, 'range']);
  return device.ranges.map((range, index) => ({
    ...range,
    owner: device.name,
    place: context.source.placeOf(isSingle ? [...path, 'range'] : [...path, 'ranges', index]),
  }));
}

function regionPlace(context: Context, region: DaxRegion, devices: readonly DaxDevice[]): Place {
  const path = ['machine', 'regions', region.name, 'range'];
  if (context.source.has(path)) return context.source.placeOf(path);
  const device = devices.find((one) => one.region === region.name);
  const ranges = device === undefined ? [] : rangesOf(context, device);
  return ranges[0]?.place ?? region.place;
}

function flatten(nodes: readonly IomemNode[]): IomemNode[] {
  return nodes.flatMap((node) => [node, ...flatten(node.children)]);
}
