/**
 * The user-level instruction set: what sh scripts, udev rules and menus compile to.
 *
 * The engine only runs it (assembly/actor/); the compile layer turns it into bytes. One instruction
 * is at most one system call. Jumps are indices into the same program.
 */
import type { BeneathModule, DriverName, Place } from '../model/model.js';

/** Drivers beneath a dax region: of the platform, nvdimm and CXL buses. */
export type ProviderDriver = 'hmem' | 'dax_pmem' | 'dax_pmem_compat' | 'cxl_dax_region';

/** A sysfs file. The compile layer resolves names of objects; no other path ever gets here. */
export type SysfsFile =
  | {
      readonly kind: 'driver';
      readonly driver: DriverName;
      readonly attr: 'bind' | 'unbind' | 'new_id' | 'remove_id';
    }
  | { readonly kind: 'drivers_probe' }
  | { readonly kind: 'auto_online_blocks' }
  /** /sys/devices/system/memory/probe */
  | { readonly kind: 'probe' }
  | {
      readonly kind: 'block';
      readonly block: BlockRef;
      readonly attr: 'state' | 'online' | 'removable' | 'valid_zones';
    }
  | {
      readonly kind: 'device';
      readonly device: string;
      readonly attr:
        | 'size'
        | 'align'
        | 'mapping'
        | 'target_node'
        | 'numa_node'
        | 'modalias'
        | 'resource'
        | 'memmap_on_memory'
        | 'state';
    }
  /** /sys/bus/dax/devices/daxR.I/mappingN/start|end|page_offset */
  | { readonly kind: 'mapping'; readonly device: string; readonly mapping: number }
  | {
      readonly kind: 'region';
      readonly region: string;
      readonly attr: 'create' | 'delete' | 'available_size' | 'seed' | 'size' | 'align' | 'id';
    }
  /** The driver beneath a region: unbinding tears the region down, binding brings it back. */
  | {
      readonly kind: 'provider';
      readonly driver: ProviderDriver;
      readonly attr: 'bind' | 'unbind';
    }
  /** A namespace's uuid, by the region above it. */
  | { readonly kind: 'namespace'; readonly region: string; readonly attr: 'uuid' }
  /** The namespace that a device of nvdimm claims for dax; it has the dax device's name. */
  | { readonly kind: 'claim'; readonly device: string }
  /** The driver of nvdimm's regions. */
  | { readonly kind: 'nd-region'; readonly attr: 'bind' | 'unbind' }
  /** The driver beneath hmem's regions. */
  | { readonly kind: 'platform'; readonly attr: 'bind' | 'unbind' }
  /** A directory or link: only its existence can be asked. */
  | { readonly kind: 'device-directory'; readonly device: string }
  | { readonly kind: 'block-directory'; readonly block: BlockRef }
  /** A file of the driver that the device has at that moment, by the link in its directory. */
  | {
      readonly kind: 'own-driver';
      readonly device: string;
      readonly attr: 'unbind' | 'remove_id';
    }
  /** The link between device and driver; null for any driver. */
  | { readonly kind: 'driver-link'; readonly device: string; readonly driver: DriverName | null }
  /** memoryN, while it exists and begins inside the device as its size is now. */
  | { readonly kind: 'device-block'; readonly device: string; readonly block: number };

/** A memory block by number, or the block that a udev event speaks of. */
export type BlockRef = number | 'event';

/** A string: a constant, a shell variable of the actor, or the name of the event's device. */
export type Operand =
  | { readonly kind: 'constant'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'event-device' };

/** As `[ A -lt B ]` says it. */
export type NumberRelation = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge';

/** What a command does beneath drivers/dax. */
export type BeneathDeed =
  | `${'load' | 'unload'} ${BeneathModule}`
  | 'create-region'
  | 'destroy-region'
  | 'disable-memdev'
  | 'enable-memdev';

/** What a process does with /dev/daxX.Y. */
export type DeviceVerb =
  | 'open'
  | 'mmap'
  | 'touch'
  | 'pin'
  | 'unpin'
  | 'munmap'
  | 'close'
  | 'mount'
  | 'umount';

/** What an event says of its object; `bind` and `unbind` only of dax devices. */
export type EventAction = 'add' | 'remove' | 'change' | 'online' | 'offline' | 'bind' | 'unbind';

/** Where an instruction comes from: a line of the source, or a tool that the line names. */
interface InstructionOrigin {
  readonly place: Place;
  readonly text: string;
  /** The command line whose tool does this; a tool does not do all it could. */
  readonly tool?: string;
}

export type Instruction = InstructionOrigin &
  (
    | {
        readonly op: 'write';
        readonly file: SysfsFile;
        readonly value: Operand;
        /** The status is the errno itself, not 1. */
        readonly errno?: boolean;
      }
    /** Reads the file into a variable; when that fails, the status is 1 and the variable empty. */
    | {
        readonly op: 'read';
        readonly file: SysfsFile;
        readonly into: string;
      }
    | { readonly op: 'exists'; readonly file: SysfsFile }
    /** Status 0 when equal, 1 when not. */
    | { readonly op: 'equal'; readonly left: Operand; readonly right: Operand }
    /** Status 0 when the relation holds between two numbers, 1 when not or when one is none. */
    | {
        readonly op: 'compare';
        readonly relation: NumberRelation;
        readonly left: Operand;
        readonly right: Operand;
      }
    /** udev: status 0 when the event is of this subsystem and action. */
    | {
        readonly op: 'event';
        readonly subsystem: 'memory' | 'dax' | null;
        readonly action: EventAction | null;
      }
    /** Leaves the status as it is. Variables are empty at the start. */
    | { readonly op: 'assign'; readonly variable: string; readonly value: Operand }
    | { readonly op: 'status'; readonly value: number }
    | { readonly op: 'invert' }
    | { readonly op: 'jump'; readonly to: number }
    | { readonly op: 'jump-if-failed'; readonly to: number }
    | { readonly op: 'jump-if-ok'; readonly to: number }
    /** Nothing relies on the status after sleep, settle, reboot: a `status` follows if need be. */
    | { readonly op: 'sleep' }
    | { readonly op: 'settle' }
    /** What is not understood: the instructions behind it pick what is done in this step. */
    | { readonly op: 'begin' }
    /** Status 0 or 1, either; only behind a `begin` or a step, which takes the choice. */
    | { readonly op: 'maybe' }
    /** udevadm trigger: everything that exists is announced once more; null: of both subsystems. */
    | {
        readonly op: 'trigger';
        readonly subsystem: 'memory' | 'dax' | null;
        readonly action: EventAction;
      }
    | { readonly op: 'process'; readonly verb: DeviceVerb; readonly device: string }
    | {
        readonly op: 'module';
        readonly verb: 'load' | 'unload';
        readonly module: DriverName;
        readonly errno?: boolean;
      }
    | { readonly op: 'namespace'; readonly verb: 'enable' | 'disable'; readonly region: string }
    /**
     * What is done beneath drivers/dax. `first`: cxl_acpi is loaded before dax_hmem, as modprobe
     * does for a soft dependency; `region` only where a CXL region is created or destroyed.
     */
    | {
        readonly op: 'beneath';
        readonly deed: BeneathDeed;
        readonly first: boolean;
        readonly region: string | null;
      }
    | { readonly op: 'clear-errors'; readonly device: string }
    | { readonly op: 'encrypt'; readonly region: string }
    | { readonly op: 'reboot' }
    /** kexec -p: a crash kernel is loaded, with the list of all memory. */
    | { readonly op: 'kexec-crash' }
    /** A process opens /proc/kcore, and its segments are made. */
    | { readonly op: 'open-kcore' }
    | { readonly op: 'exit' }
    /** A counter is a variable of its own: no text, a byte that begins with 0 ('' assigned). */
    | { readonly op: 'count'; readonly variable: string }
    /** Status 0 when one counter is less than the other. */
    | { readonly op: 'less'; readonly left: string; readonly right: string }
    /** A tool's message: the instruction's text. */
    | { readonly op: 'tell' }
    /** An errno as the exit status of a program that ends with -errno. */
    | { readonly op: 'negate' }
    /** The status goes into a variable, as a byte, and comes back from it. */
    | { readonly op: 'keep'; readonly variable: string }
    | { readonly op: 'recall'; readonly variable: string }
    /** Status 0 when it is this number. */
    | { readonly op: 'status-is'; readonly value: number }
  );

/** One program: entered at instruction 0, ends at its end or at `exit`. */
export interface Program {
  readonly instructions: readonly Instruction[];
}

/** What an actor runs: a script one program, a menu one a command, udev one for every event. */
export interface ActorProgram {
  readonly actor: string;
  readonly kind: 'script' | 'any' | 'udev';
  readonly programs: readonly Program[];
  /** Shell variables used, in order of first use. */
  readonly variables: readonly string[];
  readonly times: number | null;
  readonly workers: number;
  readonly coldplug: boolean;
}
