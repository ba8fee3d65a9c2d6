/**
 * What inputs tell of a machine: facts, each with the place it was read from, not yet compared with
 * each other. join.ts makes one machine of them.
 */
import { type Diagnostic, type DiagnosticCode, diagnose } from '../errors.js';
import { BLOCK_BYTES_MAX, BLOCK_BYTES_MIN } from '../model/blockSize.js';
import type { DriverName, IomemNode, OnlinePolicy, Place, Range } from '../model/model.js';
import { formatSize, isPowerOfTwo } from '../model/quantity.js';

export interface Fact<T> {
  readonly value: T;
  /** For a file of sysfs, the file's own path and line 1. */
  readonly place: Place;
}

/** Bytes that lie between two bounds: both the same, but for sizes that were printed for people. */
export interface Size {
  readonly low: bigint;
  readonly high: bigint;
}

/** Facts about one dax device; each list in the order of reading. */
export interface DeviceFacts {
  readonly name: string;
  /** All ranges of the device, exact. */
  readonly ranges: Fact<readonly Range[]>[];
  readonly sizes: Fact<Size>[];
  /** null: the firmware names none. */
  readonly nodes: Fact<number | null>[];
  /** Where a tool tells of the device without a node: only one that is negative is left out. */
  readonly nodeless: Fact<null>[];
  /** null: bound to no driver. */
  readonly drivers: Fact<DriverName | null>[];
  readonly aligns: Fact<bigint>[];
  /** The region's name in the model, such as hmem.0; static ones are the device's own. */
  readonly kinds: Fact<'static' | 'dynamic'>[];
  readonly onlineBlocks: Fact<number>[];
  readonly totalBlocks: Fact<number>[];
  readonly movable: Fact<boolean>[];
  /** Metadata of its namespace, in front of it. */
  readonly namespaces: Fact<string>[];
}

/** A dax region as a tool or sysfs tells of it. */
export interface RegionFacts {
  readonly id: number;
  readonly path: string | null;
  readonly size: Size | null;
  readonly devices: readonly string[];
  readonly place: Place;
}

/** Memory blocks in a row that are alike. */
export interface BlockRun extends Range {
  readonly state: string;
  /** As the kernel prints valid_zones; null where they were not printed. */
  readonly zones: string | null;
  readonly node: number | null;
  readonly place: Place;
}

/** A region of CXL with its range, as cxl list tells. */
export interface CxlRegionFacts extends Range {
  readonly name: string;
  readonly place: Place;
}

export interface Facts {
  listing: Fact<readonly IomemNode[]> | null;
  readonly devices: Map<string, DeviceFacts>;
  readonly regions: RegionFacts[];
  readonly cxlRegions: CxlRegionFacts[];
  /** Namespaces of persistent memory, by name, whatever their mode. */
  readonly namespaces: Fact<string>[];
  readonly blocks: BlockRun[];
  readonly blockSizes: Fact<bigint>[];
  /** What auto_online_blocks says. */
  readonly policies: Fact<OnlinePolicy>[];
  /**
   * What the command line asked for, and the default of the configuration: where nothing else
   * tells.
   */
  readonly bootPolicies: Fact<OnlinePolicy>[];
  readonly defaultPolicies: Fact<OnlinePolicy>[];
  /** The release as the kernel prints it, such as 6.12.117+deb12-amd64. */
  readonly releases: Fact<string>[];
  readonly memmapOnMemory: Fact<boolean>[];
  readonly movableNode: Fact<boolean>[];
  readonly rules: Fact<string>[];
  readonly faults: Diagnostic[];
  readonly warnings: Diagnostic[];
}

export function emptyFacts(): Facts {
  return {
    listing: null,
    devices: new Map(),
    regions: [],
    cxlRegions: [],
    namespaces: [],
    blocks: [],
    blockSizes: [],
    policies: [],
    bootPolicies: [],
    defaultPolicies: [],
    releases: [],
    memmapOnMemory: [],
    movableNode: [],
    rules: [],
    faults: [],
    warnings: [],
  };
}

/** The facts of a device, to add to. */
export function deviceOf(facts: Facts, name: string): DeviceFacts {
  const known = facts.devices.get(name);
  if (known !== undefined) return known;
  const device: DeviceFacts = {
    name,
    ranges: [],
    sizes: [],
    nodes: [],
    nodeless: [],
    drivers: [],
    aligns: [],
    kinds: [],
    onlineBlocks: [],
    totalBlocks: [],
    movable: [],
    namespaces: [],
  };
  facts.devices.set(name, device);
  return device;
}

/** Most faults and warnings that are told of one machine. */
const TOLD_MAX = 200;

type Values = { readonly [name: string]: string };

type Told = [code: DiagnosticCode, place: Place, message: string, values?: Values];

function tell(told: Diagnostic[], ...what: Told): void {
  if (told.length < TOLD_MAX) told.push(diagnose(...what));
}

/** Notes what makes the inputs useless. */
export const refuse = (facts: Facts, ...what: Told): void => tell(facts.faults, ...what);

/** Notes what the user is to know of the machine that comes out. */
export const warn = (facts: Facts, ...what: Told): void => tell(facts.warnings, ...what);

/** What the kernel has at most (CONFIG_NODES_SHIFT of 10). */
const NODE_MAX = 1023;
const ALIGN_MIN = 4096n;
const ALIGN_MAX = 1n << 30n;

/** Adds a target node; a negative one is none. */
export function addNode(facts: Facts, device: DeviceFacts, node: number, place: Place): void {
  if (node <= NODE_MAX) {
    device.nodes.push({ value: node < 0 ? null : node, place });
    return;
  }
  refuse(facts, 'DAX509', place, `the target node of ${device.name} is ${node}`, {
    expected: `-1 to ${NODE_MAX}`,
  });
}

/** Adds an alignment that a dax region can have. */
export function addAlign(facts: Facts, device: DeviceFacts, align: bigint, place: Place): void {
  if (isPowerOfTwo(align) && align >= ALIGN_MIN && align <= ALIGN_MAX) {
    device.aligns.push({ value: align, place });
    return;
  }
  refuse(facts, 'DAX509', place, `the alignment of ${device.name} is ${align}`, {
    expected: 'a power of two from 4K to 1G',
  });
}

/** Adds the size of a memory block, where a model can have it. */
export function addBlockSize(facts: Facts, bytes: bigint, place: Place): void {
  if (isPowerOfTwo(bytes) && bytes >= BLOCK_BYTES_MIN && bytes <= BLOCK_BYTES_MAX) {
    facts.blockSizes.push({ value: bytes, place });
    return;
  }
  refuse(facts, 'DAX509', place, `memory blocks have ${formatSize(bytes)}`, {
    expected: 'a power of two from 128M to 64G: others are not modelled',
  });
}
