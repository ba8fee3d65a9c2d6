/**
 * Everything that can exist while a model runs: declared devices, those that scripts may create,
 * blocks, nodes.
 */
import { BLOCK_MAX, DEVICE_MAX, Publication, RANGE_MAX } from '../../assembly/layout.js';
import { type Diagnostic, diagnose } from '../errors.js';
import { resolveKernel } from '../kernel/features.js';
import type {
  BeneathModule,
  DaxDevice,
  DaxRegion,
  DriverName,
  IomemNode,
  Model,
  Range,
} from '../model/model.js';
import { wholeBlocks } from '../model/quantity.js';
import { TOOL_RELEASE_DEFAULT, toolFeatures } from '../userland/tools.js';
import type { Universe, UniverseDevice } from '../userland/universe.js';
import {
  numberOfRegion,
  type PlannedPublication,
  planPublications,
  publishedRegions,
} from './publications.js';

export interface PlannedDevice {
  readonly name: string;
  /** Index into `regions`. */
  readonly region: number;
  /** I of daxR.I. */
  readonly id: number;
  /** null for a device that does not exist at the start. */
  readonly declared: DaxDevice | null;
}

export interface PlannedBlock {
  /** N of memoryN. */
  readonly index: number;
  readonly start: bigint;
  readonly region: number;
}

export interface Plan {
  /** Declared ones first, then those that the firmware's ranges can become. */
  readonly regions: readonly DaxRegion[];
  readonly devices: readonly PlannedDevice[];
  /** Ascending by address. */
  readonly blocks: readonly PlannedBlock[];
  /** Ranges that a device may have. */
  readonly rangeMax: number;
  /** Scripts of the model write size or mapping files. */
  readonly isDivided: boolean;
  readonly publications: readonly PlannedPublication[];
  readonly universe: Universe;
}

/**
 * Devices that may be created in a dynamic region beyond the declared ones: as many as there are
 * writes of create, and at least these, for a menu may repeat one.
 */
const CREATED_LEAST = 2;
const RANGES_OF_DIVIDED = 4;

/** Whole blocks of a range, ascending. */
export function blocksOfRange(range: Range, blockSize: bigint): readonly bigint[] {
  const { first, count } = wholeBlocks(range, blockSize);
  // One more than there may be: so that too many are seen to be too many.
  const length = Math.min(count, BLOCK_MAX + 1);
  return Array.from({ length }, (_, index) => BigInt(first + index) * blockSize);
}

function actorTexts(model: Model): string {
  return model.actors
    .map((actor) => {
      if (actor.kind === 'script') return actor.script.text;
      const texts = actor.kind === 'any' ? actor.commands : actor.rules;
      return texts.map(({ text }) => text).join('\n');
    })
    .join('\n');
}

/**
 * How often the texts write what divides regions: then devices may be created and have several
 * ranges.
 */
export function divides(model: Model): { creates: number; resizes: number } {
  const text = actorTexts(model);
  const countOf = (file: RegExp): number => text.match(file)?.length ?? 0;
  const created = countOf(/\bdaxctl\s+create-device\b/g);
  const resized =
    countOf(/\bdaxctl\s+destroy-device\b/g) +
    countOf(/\bdaxctl\s+reconfigure-device\b[^\n]*\s(?:-s|--size)\b/g);
  return {
    creates: countOf(/\/create\b/g) + created,
    resizes: countOf(/\/(size|mapping)\b/g) + created + resized,
  };
}

function createdDevices(
  region: DaxRegion,
  index: number,
  { declared, count }: { readonly declared: readonly PlannedDevice[]; readonly count: number },
): PlannedDevice[] {
  const own = declared.filter((device) => device.region === index);
  const number = own[0]?.name.match(/^dax(\d+)\./)?.[1] ?? String(index);
  const taken = new Set(own.map(({ id }) => id));
  const created: PlannedDevice[] = [];
  for (let id = 0; created.length < count; id++) {
    if (taken.has(id)) continue;
    created.push({ name: `dax${number}.${id}`, region: index, id, declared: null });
  }
  return region.kind === 'dynamic' ? created : [];
}

/** The device that each published region begins with, once it exists. */
function publishedDevices(model: Model, regions: readonly DaxRegion[]): PlannedDevice[] {
  return regions.slice(model.machine.regions.length).map(({ name }, index) => ({
    name: `dax${numberOfRegion(name)}.0`,
    region: model.machine.regions.length + index,
    id: 0,
    declared: null,
  }));
}

function planDevices(model: Model, regions: readonly DaxRegion[]): PlannedDevice[] {
  const { devices } = model.machine;
  const written = devices.map(
    (device): PlannedDevice => ({
      name: device.name,
      region: regions.findIndex(({ name }) => name === device.region),
      id: Number(device.name.split('.')[1] ?? 0),
      declared: device,
    }),
  );
  const declared = [...written, ...publishedDevices(model, regions)];
  const { creates } = divides(model);
  if (creates === 0) return declared;
  const count = Math.max(CREATED_LEAST, creates);
  const created = regions.flatMap((region, index) =>
    createdDevices(region, index, { declared, count }),
  );
  return [...declared, ...created];
}

function planBlocks(model: Model, regions: readonly DaxRegion[]): PlannedBlock[] {
  const { devices, blockSize } = model.machine;
  const starts = new Map<bigint, number>();
  for (const [index, region] of regions.entries()) {
    const own = devices.filter((device) => device.region === region.name);
    const ranges = region.kind === 'dynamic' ? [region] : own.flatMap((device) => device.ranges);
    for (const range of ranges) {
      for (const start of blocksOfRange(range, blockSize)) starts.set(start, index);
    }
  }
  return [...starts]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([start, region]) => ({ start, region, index: Number(start / blockSize) }));
}

const DRIVERS: readonly DriverName[] = ['device_dax', 'kmem', 'fsdev_dax'];

/** Plans what can exist; faults when it is more than the engine has room for. */
export function planUniverse(model: Model): { plan: Plan; diagnostics: readonly Diagnostic[] } {
  const { blockSize } = model.machine;
  const regions = [...model.machine.regions, ...publishedRegions(model.machine)];
  const publications = planPublications(model.machine);
  const devices = planDevices(model, regions);
  const blocks = planBlocks(model, regions);
  const place = model.kernel.place;
  const diagnostics: Diagnostic[] = [];
  const tooMany = (count: number, limit: number, what: string): void => {
    if (count <= limit) return;
    diagnostics.push(
      diagnose('DAX303', place, `the model has more than ${limit} ${what}`, { limit: `${limit}` }),
    );
  };
  tooMany(devices.length, DEVICE_MAX, 'dax devices');
  tooMany(
    blocks.length,
    BLOCK_MAX,
    `memory blocks of ${blockSize >> 20n}M; declare a smaller device`,
  );
  tooMany(regions.length, DEVICE_MAX, 'dax regions');
  const declaredRanges = Math.max(1, ...model.machine.devices.map(({ ranges }) => ranges.length));
  tooMany(declaredRanges, RANGE_MAX, 'ranges of one device');
  const { resizes } = divides(model);
  const divided = Math.min(RANGE_MAX, Math.max(RANGES_OF_DIVIDED, declaredRanges + resizes));
  const rangeMax = resizes > 0 ? divided : declaredRanges;
  const universe: Universe = {
    virt: model.machine.virt,
    hasDaxState: resolveKernel(model.kernel).features.has('kmem-state'),
    regions: regions.map((region) => ({
      name: region.name,
      kind: region.kind,
      namespace: region.namespace?.name ?? null,
      isPmem: isPmem(region, model.machine.iomem),
    })),
    cxlRegions: publications
      .filter(({ kind }) => kind === Publication.CxlRegion)
      .map(({ name }) => name),
    cxlMemdevs: (model.machine.firmware?.cxlRegions ?? []).flatMap(({ name, memdev }) =>
      memdev === null ? [] : [{ name: memdev, region: name }],
    ),
    builtin: DRIVERS.filter((name) => model.machine.modules[name] === 'builtin'),
    modules: beneathModules(model),
    devices: devices.map((device) =>
      describeDevice(model, { device, regions, blocks, isDivided: resizes > 0 }),
    ),
    tools: toolFeatures(model.tools ?? { release: TOOL_RELEASE_DEFAULT, without: [] }),
    ...(model.havoc !== undefined && { havoc: { ...model.havoc, noted: new Map() } }),
  };
  return {
    plan: { regions, devices, blocks, rangeMax, isDivided: resizes > 0, publications, universe },
    diagnostics,
  };
}

/** Whether a region is one of persistent memory: as its namespace or the listing says. */
function isPmem(region: DaxRegion, iomem: readonly IomemNode[]): boolean {
  const holds = ({ start, end }: Range): boolean => start <= region.start && region.end <= end;
  const lies = (nodes: readonly IomemNode[]): boolean =>
    nodes.some(
      (node) => holds(node) && (/^Persistent Memory\b/.test(node.name) || lies(node.children)),
    );
  return region.kind === 'static' && (region.namespace !== null || lies(iomem));
}

/** Modules beneath drivers/dax that exist; none where the model names no firmware range. */
function beneathModules({ machine }: Model): readonly BeneathModule[] {
  const { firmware } = machine;
  if (firmware === null) return [];
  const all: readonly BeneathModule[] = ['dax_hmem', 'cxl_acpi', 'dax_cxl'];
  return all.filter((name) => firmware.modules[name] !== 'absent');
}

/** What scripts and tools may know of a device. */
function describeDevice(
  model: Model,
  {
    device,
    regions,
    blocks,
    isDivided,
  }: {
    readonly device: PlannedDevice;
    readonly regions: readonly DaxRegion[];
    readonly blocks: readonly PlannedBlock[];
    readonly isDivided: boolean;
  },
): UniverseDevice {
  const { blockSize } = model.machine;
  const isPublished = device.region >= model.machine.regions.length;
  const region = regions[device.region];
  const divided = isDivided && region?.kind === 'dynamic';
  const own = blocks.filter((block) =>
    divided
      ? block.region === device.region
      : belongs(block, device, isPublished ? (region ?? null) : null, blockSize),
  );
  const last = device.declared?.ranges.at(-1);
  const behind = blocks.find(
    (block) =>
      last !== undefined &&
      block.start === last.end + 1n &&
      regions[block.region]?.targetNode === region?.targetNode,
  );
  return {
    name: device.name,
    region: region?.name ?? '',
    blocks: own.map(({ index }) => index),
    blockBehind: divided ? null : (behind?.index ?? null),
    divided,
    compat: device.declared?.compat ?? false,
  };
}

/**
 * Whether a block can come of a device; `published` is the region of one that does not exist at the
 * start.
 */
function belongs(
  block: PlannedBlock,
  device: PlannedDevice,
  published: DaxRegion | null,
  blockSize: bigint,
): boolean {
  if (published === null && block.region !== device.region) return false;
  const ranges = published === null ? device.declared?.ranges : [published];
  if (ranges === undefined) return true;
  return ranges.some(
    ({ start, end }) => block.start >= start && block.start + blockSize - 1n <= end,
  );
}
