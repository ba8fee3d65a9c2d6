/**
 * The model: what a user's file says, checked and with every place kept.
 *
 * First layer of the house. Everything here is data; later layers read it and never change it.
 * Addresses and sizes are exact 64-bit values (bigint); ranges have an inclusive end, as in the
 * kernel.
 */

/** A place in a file: line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Physical addresses, bytes; `end` is inclusive. */
export interface Range {
  readonly start: bigint;
  readonly end: bigint;
}

/** One line of /proc/iomem with the lines nested under it, in ascending order. */
export interface IomemNode extends Range {
  readonly name: string;
  readonly children: readonly IomemNode[];
  readonly place: Place;
}

export type DriverName = 'device_dax' | 'kmem' | 'fsdev_dax';
export type OnlinePolicy = 'offline' | 'online' | 'online_kernel' | 'online_movable';
export type BlockInitial = 'offline' | 'online' | 'online_kernel' | 'online_movable';
export type ModuleInitial = 'loaded' | 'not-loaded' | 'absent';
export type Granularity = 'call' | 'step';

/** The parent span of dax devices. Static: pmem (no create, delete, size). Dynamic: hmem, CXL. */
export interface DaxRegion extends Range {
  readonly name: string;
  readonly kind: 'static' | 'dynamic';
  /** The node that the firmware names; null is a region without one. */
  readonly targetNode: number | null;
  /** Bytes; a power of two. */
  readonly align: bigint;
  /** IORESOURCE_DAX_KMEM: devices of this region match kmem by type (v6.3 and later). */
  readonly kmemByType: boolean;
  readonly encrypted: boolean;
  /**
   * The nvdimm namespace beneath a static region. Its metadata takes the first bytes of the range.
   */
  readonly namespace: { readonly name: string; readonly metadataBytes: bigint } | null;
  readonly place: Place;
}

export interface DaxDevice {
  /** daxR.I */
  readonly name: string;
  /**
   * Name of its region; always one of `Machine.regions` (a device written alone gets a static
   * region of its own).
   */
  readonly region: string;
  readonly ranges: readonly Range[];
  readonly driver: DriverName | null;
  /** State of all its memory blocks while on kmem; ignored (and refused) otherwise. */
  readonly blocks: BlockInitial | null;
  /** On the /sys/class/dax compat driver instead of the bus. */
  readonly compat: boolean;
  /** Uncleared media errors. */
  readonly poison: boolean;
  readonly place: Place;
}

export interface Machine {
  /** Bytes: what memory_block_size_bytes() answers. */
  readonly blockSize: bigint;
  readonly autoOnlineBlocks: OnlinePolicy;
  /** The boot option memory_hotplug.memmap_on_memory. */
  readonly memmapOnMemory: boolean;
  /** The movable_node boot option. */
  readonly movableNode: boolean;
  /** The mem= boot option, bytes; null when absent. */
  readonly memoryLimit: bigint | null;
  /**
   * The tree at boot, before any dax driver claims anything: top-level nodes in ascending order.
   */
  readonly iomem: readonly IomemNode[];
  readonly regions: readonly DaxRegion[];
  readonly devices: readonly DaxDevice[];
  readonly modules: { readonly [M in DriverName]: ModuleInitial };
  /** Dynamic ids present at the start: names of devices, well formed, existing or not. */
  readonly ids: { readonly [M in DriverName]: readonly string[] };
}

/** Text with the place of its first character, so that faults inside it can be placed. */
export interface SourceText {
  readonly text: string;
  readonly place: Place;
}

export type Actor =
  | { readonly kind: 'script'; readonly name: string; readonly script: SourceText }
  | {
      readonly kind: 'any';
      readonly name: string;
      /** Each entry one command line; done in any order. */
      readonly commands: readonly SourceText[];
      /**
       * How many commands at most, or null for without a bound (the actor then carries no counter).
       */
      readonly times: number | null;
    }
  | {
      readonly kind: 'udev';
      readonly name: string;
      readonly rules: readonly SourceText[];
      /** Somebody may run `udevadm trigger` once, at any time. */
      readonly coldplug: boolean;
      readonly workers: number;
    };

/** A fault of the environment, allowed `times` times in a behaviour. */
export interface Fault {
  /** Where: a name of src/kernel/faults.ts, such as 'add_memory' or 'MEM_GOING_OFFLINE'. */
  readonly point: string;
  /** Such as '-ENOMEM'; null for faults without one (signal). */
  readonly errno: string | null;
  readonly times: number;
  readonly place: Place;
}

/** A property to check; `device` only where the property takes one (recoverable). */
export interface PropertyRequest {
  readonly name: string;
  readonly device: string | null;
  readonly place: Place;
}

export interface Expectation {
  /** Names of violated kernel-defect or policy properties; empty when none. */
  readonly violated: readonly string[];
  /** Names of script findings; empty when none. */
  readonly findings: readonly string[];
  /** Exact counts, each null when not declared. */
  readonly states: number | null;
  readonly transitions: number | null;
  readonly depth: number | null;
  /** False when the model's own limits are expected to end the search. */
  readonly complete: boolean;
  readonly place: Place;
}

export interface Limits {
  readonly states: number | null;
  readonly depth: number | null;
}

export interface Model {
  /** Path as given by the user; '<inline>' for a model made in memory. */
  readonly file: string;
  readonly title: string;
  readonly kernel: {
    readonly release: string;
    readonly without: readonly string[];
    readonly with: readonly string[];
    readonly place: Place;
  };
  readonly granularity: Granularity;
  readonly machine: Machine;
  readonly actors: readonly Actor[];
  readonly faults: readonly Fault[];
  /** null: every property that is on by default. */
  readonly check: readonly PropertyRequest[] | null;
  /** Explore on after a violation, to the end. */
  readonly continueAfterViolation: boolean;
  readonly limits: Limits;
  readonly expect: Expectation | null;
}
