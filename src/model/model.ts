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
export type ModuleInitial = 'loaded' | 'not-loaded' | 'absent' | 'builtin';

/** Whether the driver of a module is registered when the machine has booted. */
export const isRegistered = (state: ModuleInitial): boolean =>
  state === 'loaded' || state === 'builtin';

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

/** Memory blocks `first` to `last`, by number, and what they are at the start. */
export interface InitialBlocks {
  readonly first: number;
  readonly last: number;
  readonly initial: BlockInitial;
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
  /** State of its memory blocks while on kmem; ignored (and refused) otherwise. */
  readonly blocks: BlockInitial | null;
  /** Those that begin otherwise. */
  readonly ownBlocks: readonly InitialBlocks[];
  /** On the /sys/class/dax compat driver instead of the bus. */
  readonly compat: boolean;
  /** Uncleared media errors. */
  readonly poison: boolean;
  readonly place: Place;
}

/** A range that the firmware names, with the node of its memory; null is a range without one. */
export interface FirmwareRange extends Range {
  readonly targetNode: number | null;
  readonly place: Place;
}

/** A CXL region that the firmware has set up. */
export interface CxlRegion extends FirmwareRange {
  /** regionN */
  readonly name: string;
  /** Whether all its memory devices are found; `maybe`: sometimes. */
  readonly assembles: boolean | 'maybe';
  /** memN, the memory device that is behind it; null where the model does not name it. */
  readonly memdev: string | null;
}

/** What the firmware says about ranges that dax devices may come of. */
export interface Firmware {
  /** Entries of the memory map that are reserved for special purposes. */
  readonly softReserved: readonly FirmwareRange[];
  /** Memory targets of the HMAT. */
  readonly hmat: readonly FirmwareRange[];
  readonly windows: readonly (Range & { readonly place: Place })[];
  readonly cxlRegions: readonly CxlRegion[];
  /** drivers/cxl is in the kernel image. */
  readonly isCxlBuiltIn: boolean;
  readonly modules: { readonly [M in BeneathModule]: ModuleInitial };
}

/** Modules beneath drivers/dax; at boot none of them is loaded. */
export type BeneathModule = 'dax_hmem' | 'cxl_acpi' | 'dax_cxl';

export interface Machine {
  /** Bytes: what memory_block_size_bytes() answers. */
  readonly blockSize: bigint;
  readonly autoOnlineBlocks: OnlinePolicy;
  /** What systemd-detect-virt prints: `none` on bare metal, else such as `kvm`. */
  readonly virt: string;
  /** The boot option memory_hotplug.memmap_on_memory. */
  readonly memmapOnMemory: boolean;
  /** The movable_node boot option. */
  readonly movableNode: boolean;
  /** memory_hotplug.online_policy=auto-movable, and its parameters; null: contig-zones. */
  readonly autoMovable: { readonly ratio: number; readonly numaAware: boolean } | null;
  /** Nodes that memory may be added to; null: all that a device names. */
  readonly possibleNodes: readonly number[] | null;
  /** The mem= boot option, bytes; null when absent. */
  readonly memoryLimit: bigint | null;
  /**
   * The tree at boot, before any dax driver claims anything: top-level nodes in ascending order.
   */
  readonly iomem: readonly IomemNode[];
  readonly regions: readonly DaxRegion[];
  readonly devices: readonly DaxDevice[];
  readonly modules: { readonly [M in DriverName]: ModuleInitial };
  /** null when the model names no range of the firmware's. */
  readonly firmware: Firmware | null;
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

/**
 * What a property of the user's own says. `quiet`: the expression holds in every state in which no
 * thread is inside the kernel; `always`: in every state; the others speak of behaviours.
 */
export type OwnForm = 'quiet' | 'always' | 'eventually' | 'reachable' | 'leads-to' | 'never-after';

export interface OwnProperty {
  /** The name it is declared by, or its form where it is written in `check`. */
  readonly name: string;
  readonly form: OwnForm;
  /** One expression; two for `leads-to` and `never-after`. */
  readonly expressions: readonly SourceText[];
  readonly place: Place;
}

/** A property to check; `device` only where the property takes one (recoverable). */
export interface PropertyRequest {
  readonly name: string;
  readonly device: string | null;
  readonly place: Place;
  /** A property of the user's own that is written where it is asked for. */
  readonly own?: OwnProperty;
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

/** The user's own files that were put onto a machine, and how: what makes the model again. */
export interface Composition {
  /** Paths as given by the user. */
  readonly scripts: readonly string[];
  readonly rules: readonly string[];
  readonly coldplug: boolean;
  readonly workers: number | null;
  readonly virt: string;
  readonly havoc: { readonly files: readonly string[] | null } | null;
}

/** How a machine was cut to what can be explored. */
export interface MachineCut {
  /** Memory blocks that are kept of each large device. */
  readonly kept: number;
  /** The number that somebody asked for; null: none. */
  readonly wanted: number | null;
  /** It is proved that whatever breaks on the whole machine breaks on this one. */
  readonly isProved: boolean;
  /** What was cut, and what follows from it for the whole machine. */
  readonly text: string;
  /** The machine as it was. */
  readonly machine: Machine;
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
  /** Release of daxctl, ndctl and cxl, and what is taken from it; null: the newest. */
  readonly tools: { readonly release: string; readonly without: readonly string[] } | null;
  readonly granularity: Granularity;
  readonly machine: Machine;
  readonly actors: readonly Actor[];
  readonly faults: readonly Fault[];
  /** The user's own, by name. */
  readonly properties: readonly OwnProperty[];
  /**
   * Parts of scripts and rules that are not understood may do anything to files of these patterns
   * (null: to all); absent: they are faults.
   */
  readonly havoc?: { readonly files: readonly string[] | null };
  /** Absent: the model is its file alone. */
  readonly composition?: Composition;
  /** What was cut of the machine before it was explored. */
  readonly cut?: MachineCut;
  /** null: every property that is on by default, and all of the user's own. */
  readonly check: readonly PropertyRequest[] | null;
  /** Explore on after a violation, to the end. */
  readonly continueAfterViolation: boolean;
  readonly limits: Limits;
  readonly expect: Expectation | null;
}
