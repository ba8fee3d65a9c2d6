/**
 * Regions and dax devices of a model, as written; machineChecks.ts compares them with each other.
 *
 * A device written without a region gets a static one of its own, which spans its ranges and the
 * metadata of its namespace in front of them.
 */
import { type Context, rangeAt, report, shownPlace, sizeAt } from './context.js';
import type {
  BlockInitial,
  DaxDevice,
  DaxRegion,
  InitialBlocks,
  OnlinePolicy,
  Range,
} from './model.js';
import { formatSize, isPowerOfTwo, spanOf } from './quantity.js';
import type { DeviceFile, MachineFile, RegionFile } from './schema.js';
import { suggestion } from './suggest.js';
import type { Path } from './yamlSource.js';

const ALIGN_DEFAULT = 2n << 20n;
const ALIGN_MIN = 4096n;
const ALIGN_MAX = 1n << 30n;

/** Keys of a device that describe a region of its own. */
const REGION_KEYS = ['target_node', 'align', 'encrypted', 'namespace'] as const;

export interface Layout {
  readonly regions: readonly DaxRegion[];
  readonly devices: readonly DaxDevice[];
}

/** Builds the regions and devices, the written regions first, in the order of the file. */
export function buildLayout(context: Context, machine: MachineFile, policy: OnlinePolicy): Layout {
  const regions: DaxRegion[] = [];
  for (const [name, written] of Object.entries(machine.regions ?? {})) {
    const region = buildRegion(context, name, written);
    if (region !== null) regions.push(region);
  }
  const declared = Object.keys(machine.regions ?? {});
  const devices: DaxDevice[] = [];
  for (const [name, written] of Object.entries(machine.dax ?? {})) {
    const ranges = rangesOf(context, name, written);
    if (ranges.length === 0) continue;
    const own = written.region === undefined ? ownRegion(context, name, written, ranges) : null;
    const region = own === null ? (written.region ?? '') : uniqueName(name, declared, regions);
    if (own !== null) regions.push({ ...own, name: region });
    else checkRegionKeys(context, name, written, declared);
    devices.push(buildDevice(context, name, written, { region, ranges, policy }));
  }
  return { regions, devices };
}

function buildRegion(context: Context, name: string, written: RegionFile): DaxRegion | null {
  const path = ['machine', 'regions', name];
  const range = rangeAt(context, written.range, [...path, 'range']);
  if (range === null) return null;
  const region: DaxRegion = {
    ...range,
    ...traitsOf(context, written, path),
    name,
    kind: written.kind ?? 'static',
    kmemByType: written.kmem ?? false,
    place: context.source.keyPlaceOf(path),
  };
  const metadata = region.namespace?.metadataBytes ?? 0n;
  if (metadata > range.end - range.start) {
    const values = { expected: 'make the region larger or the metadata smaller' };
    const message = `${formatSize(metadata)} of metadata fill the whole region`;
    report(context, 'DAX042', [...path, 'namespace', 'metadata'], message, values);
  }
  return region;
}

/** What a region and a device with a region of its own have in common. */
function traitsOf(
  context: Context,
  written: RegionFile | DeviceFile,
  path: Path,
): Pick<DaxRegion, 'targetNode' | 'align' | 'encrypted' | 'namespace'> {
  const node = written.target_node;
  const { namespace } = written;
  const metadata = [...path, 'namespace', 'metadata'];
  return {
    targetNode: node === undefined || node === 'none' ? null : node,
    align: alignOf(context, written.align, [...path, 'align']),
    encrypted: written.encrypted ?? false,
    namespace:
      namespace === undefined
        ? null
        : {
            name: namespace.name,
            metadataBytes: sizeAt(context, namespace.metadata, metadata),
          },
  };
}

function alignOf(context: Context, written: string | number | undefined, path: Path): bigint {
  if (written === undefined) return ALIGN_DEFAULT;
  const align = sizeAt(context, written, path);
  if (isPowerOfTwo(align) && align >= ALIGN_MIN && align <= ALIGN_MAX) return align;
  const expected = 'a power of two from 4K to 1G';
  report(context, 'DAX014', path, `found \`${written}\`, expected ${expected}`, { expected });
  return ALIGN_DEFAULT;
}

function ownRegion(
  context: Context,
  device: string,
  written: DeviceFile,
  ranges: readonly Range[],
): DaxRegion {
  const path = ['machine', 'dax', device];
  if (written.target_node === undefined) {
    const values = {
      example: '`target_node: 1`, or `target_node: none` where the firmware has none',
    };
    const message = `missing key \`target_node\` in \`machine.dax.${device}\``;
    report(context, 'DAX011', context.source.keyPlaceOf(path), message, values);
  }
  const traits = traitsOf(context, written, path);
  const { start, end } = spanOf(ranges);
  const metadata = traits.namespace?.metadataBytes ?? 0n;
  if (metadata > start) {
    const values = { expected: 'the metadata lie in front of the device, from address 0 on' };
    const message = `${formatSize(metadata)} of metadata do not fit in front of the device`;
    report(context, 'DAX042', [...path, 'namespace', 'metadata'], message, values);
  }
  return {
    start: metadata > start ? 0n : start - metadata,
    end,
    ...traits,
    name: '',
    kind: 'static',
    kmemByType: false,
    place: context.source.keyPlaceOf(path),
  };
}

/**
 * regionR for daxR.I, unless that is taken; device names are unique, so the second form is free.
 */
function uniqueName(
  device: string,
  declared: readonly string[],
  regions: readonly DaxRegion[],
): string {
  const taken = new Set([...declared, ...regions.map((region) => region.name)]);
  const [index = ''] = device.slice('dax'.length).split('.');
  let name = `region${index}`;
  while (taken.has(name)) name = name.includes('.') ? `${name}.0` : `region${device.slice(3)}`;
  return name;
}

function checkRegionKeys(
  context: Context,
  name: string,
  written: DeviceFile,
  declared: readonly string[],
): void {
  const path = ['machine', 'dax', name];
  const region = written.region ?? '';
  if (!declared.includes(region) && !context.source.has(['machine', 'regions', region])) {
    const values = { suggestion: suggestion(region, declared) };
    report(context, 'DAX030', [...path, 'region'], `no region is named \`${region}\``, values);
  }
  for (const key of REGION_KEYS) {
    if (written[key] === undefined) continue;
    const place = context.source.keyPlaceOf([...path, key]);
    const keys = `\`region\` and \`${key}\`; with a region, \`${key}\` is written there`;
    report(context, 'DAX017', place, `\`${key}\` belongs to the region \`${region}\``, { keys });
  }
}

function rangesOf(context: Context, name: string, written: DeviceFile): Range[] {
  const path = ['machine', 'dax', name];
  const key = context.source.keyPlaceOf(path);
  if (written.range !== undefined && written.ranges !== undefined) {
    const keys = '`range` and `ranges`';
    report(context, 'DAX017', key, `\`${name}\` has both ${keys}`, { keys });
  }
  if (written.range === undefined && written.ranges === undefined) {
    const values = { example: '`range: 100000000-17fffffff`' };
    report(context, 'DAX011', key, `missing key \`range\` in \`machine.dax.${name}\``, values);
  }
  const single =
    written.range === undefined ? [] : [rangeAt(context, written.range, [...path, 'range'])];
  const several = (written.ranges ?? []).map((range, index) =>
    rangeAt(context, range, [...path, 'ranges', index]),
  );
  return [...single, ...several].filter((range) => range !== null);
}

/** A driver that was written but is none has a fault of its own. */
function hasUnusableDriver(context: Context, name: string, written: DeviceFile): boolean {
  return written.driver === undefined && context.source.has(['machine', 'dax', name, 'driver']);
}

/** Blocks that are written by number, ascending; none is written twice. */
function ownBlocks(
  context: Context,
  written: Readonly<Record<string, BlockInitial>>,
  path: Path,
): readonly InitialBlocks[] {
  const runs = Object.entries(written).map(([key, initial]): InitialBlocks => {
    const [first = 0, last = first] = key.split('-').map(Number);
    return { first, last, initial, place: context.source.keyPlaceOf([...path, key]) };
  });
  for (const { first, last, place } of runs) {
    if (last >= first) continue;
    const expected = 'write the lower number first';
    report(context, 'DAX047', place, `blocks ${first}-${last} end before they start`, { expected });
  }
  const sorted = runs
    .filter(({ first, last }) => last >= first)
    .sort((left, right) => left.first - right.first);
  for (const [index, { first, place }] of sorted.entries()) {
    const before = sorted[index - 1];
    if (before === undefined || before.last < first) continue;
    const values = { place: shownPlace(before.place, place) };
    report(context, 'DAX046', place, `memory${first} is named twice`, values);
  }
  return sorted;
}

function buildDevice(
  context: Context,
  name: string,
  written: DeviceFile,
  found: { region: string; ranges: readonly Range[]; policy: OnlinePolicy },
): DaxDevice {
  const path = ['machine', 'dax', name];
  const driver = written.driver === undefined || written.driver === 'none' ? null : written.driver;
  const all = typeof written.blocks === 'object' ? undefined : written.blocks;
  const byNumber = typeof written.blocks === 'object' ? written.blocks : {};
  let blocks: BlockInitial | null = null;
  if (driver === 'kmem') blocks = all ?? found.policy;
  else if (written.blocks !== undefined && !hasUnusableDriver(context, name, written)) {
    const place = context.source.keyPlaceOf([...path, 'blocks']);
    report(context, 'DAX037', place, `\`${name}\` has no memory blocks: it is not on kmem`);
  }
  return {
    name,
    region: found.region,
    ranges: found.ranges,
    driver,
    blocks,
    ownBlocks: driver === 'kmem' ? ownBlocks(context, byNumber, [...path, 'blocks']) : [],
    compat: written.compat ?? false,
    poison: written.poison ?? false,
    place: context.source.keyPlaceOf(path),
  };
}
