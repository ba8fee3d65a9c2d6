/**
 * What can ever exist while a model runs: the names that scripts and rules may speak of.
 *
 * The compile layer fills it from the machine. A name outside it is a fault of the model; a name
 * inside it that is absent at some moment fails at run time, with the kernel's errno.
 */

import type { BeneathModule, DriverName } from '../model/model.js';
import type { Havoc } from './havoc.js';

/** A dax device that exists at the start or can be created later. */
export interface UniverseDevice {
  /** daxR.I */
  readonly name: string;
  /** Name of its region in `Universe.regions`. */
  readonly region: string;
  /** Numbers N of the memory blocks memoryN that kmem can ever add for it, ascending. */
  readonly blocks: readonly number[];
  /** Number of the block right behind its last byte, on the same node; null where there is none. */
  readonly blockBehind?: number | null;
  /** Its ranges change while the model runs: which blocks are its own is asked then. */
  readonly divided?: boolean;
  /** On the compat driver of /sys/class/dax. */
  readonly compat?: boolean;
}

export interface UniverseRegion {
  readonly name: string;
  readonly kind: 'static' | 'dynamic';
  /** Name of the nvdimm namespace beneath it; null where there is none. */
  readonly namespace: string | null;
  /** Of persistent memory: the listing says so, or a namespace is declared. */
  readonly isPmem?: boolean;
}

export interface Universe {
  readonly devices: readonly UniverseDevice[];
  readonly regions: readonly UniverseRegion[];
  /** CXL regions that the firmware has set up: regionN. */
  readonly cxlRegions?: readonly string[];
  /** Memory devices of CXL that the model names, with the region that each is behind. */
  readonly cxlMemdevs?: readonly { readonly name: string; readonly region: string }[];
  /** Drivers that are in the kernel image: there is no module to load or unload. */
  readonly builtin?: readonly DriverName[];
  /** Modules beneath drivers/dax that can be loaded. */
  readonly modules?: readonly BeneathModule[];
  /** What `systemd-detect-virt --vm` prints: 'none' on bare metal, else such as 'kvm'. */
  readonly virt: string;
  /** The kernel has daxX.Y/state. */
  readonly hasDaxState?: boolean;
  /** What daxctl, ndctl and cxl can do; without it, all of it. */
  readonly tools?: ReadonlySet<string>;
  /** What is not understood may do anything; without it, it is a fault. */
  readonly havoc?: Havoc;
}

/** Lists the numbers of all memory blocks that can ever exist, ascending, each once. */
export function blocksOf(universe: Universe): readonly number[] {
  return [...blockSet(universe)];
}

/** Tells whether memoryN can ever exist. */
export function hasBlock(universe: Universe, block: number): boolean {
  return blockSet(universe).has(block);
}

/** Large machines have tens of thousands of blocks, and every path asks for them. */
const blockSets = new WeakMap<Universe, ReadonlySet<number>>();

function blockSet(universe: Universe): ReadonlySet<number> {
  const known = blockSets.get(universe);
  if (known !== undefined) return known;
  const numbers = universe.devices.flatMap((device) => device.blocks);
  const made = new Set(numbers.sort((left, right) => left - right));
  blockSets.set(universe, made);
  return made;
}
