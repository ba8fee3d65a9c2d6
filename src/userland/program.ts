/**
 * The user-level instruction set: what sh scripts, udev rules and menus compile to.
 *
 * The engine only runs it (assembly/actor/); the compile layer turns it into bytes. One instruction
 * is at most one system call. Jumps are indices into the same program.
 */
import type { DriverName, Place } from '../model/model.js';

/** A sysfs file. The compile layer resolves names of objects; no other path ever gets here. */
export type SysfsFile =
  | {
      readonly kind: 'driver';
      readonly driver: DriverName;
      readonly attr: 'bind' | 'unbind' | 'new_id' | 'remove_id';
    }
  | { readonly kind: 'drivers_probe' }
  | { readonly kind: 'auto_online_blocks' }
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
  | { readonly kind: 'provider'; readonly attr: 'bind' | 'unbind' }
  /** A directory or link: only its existence can be asked. */
  | { readonly kind: 'device-directory'; readonly device: string }
  | { readonly kind: 'block-directory'; readonly block: BlockRef };

/** A memory block by number, or the block that a udev event speaks of. */
export type BlockRef = number | 'event';

/** A string: a constant, a shell variable of the actor, or the name of the event's device. */
export type Operand =
  | { readonly kind: 'constant'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'event-device' };

/** What a process does with /dev/daxX.Y. */
export type DeviceVerb = 'open' | 'mmap' | 'pin' | 'unpin' | 'munmap' | 'close';

export type Instruction = { readonly place: Place; readonly text: string } & (
  | { readonly op: 'write'; readonly file: SysfsFile; readonly value: Operand }
  /** Reads the file into a variable; when that fails, the status is 1 and the variable empty. */
  | { readonly op: 'read'; readonly file: SysfsFile; readonly into: string }
  | { readonly op: 'exists'; readonly file: SysfsFile }
  /** Status 0 when equal, 1 when not. */
  | { readonly op: 'equal'; readonly left: Operand; readonly right: Operand }
  /** udev: status 0 when the event is of this subsystem and action. */
  | {
      readonly op: 'event';
      readonly subsystem: 'memory' | 'dax' | null;
      readonly action: 'add' | 'remove' | 'change' | 'online' | 'offline' | null;
    }
  /** Leaves the status as it is. Variables are empty at the start. */
  | { readonly op: 'assign'; readonly variable: string; readonly value: Operand }
  | { readonly op: 'status'; readonly value: 0 | 1 }
  | { readonly op: 'invert' }
  | { readonly op: 'jump'; readonly to: number }
  | { readonly op: 'jump-if-failed'; readonly to: number }
  | { readonly op: 'jump-if-ok'; readonly to: number }
  /** Nothing relies on the status after sleep, settle and reboot: a `status` follows if need be. */
  | { readonly op: 'sleep' }
  | { readonly op: 'settle' }
  | { readonly op: 'process'; readonly verb: DeviceVerb; readonly device: string }
  | { readonly op: 'module'; readonly verb: 'load' | 'unload'; readonly module: DriverName }
  | { readonly op: 'namespace'; readonly verb: 'enable' | 'disable'; readonly region: string }
  | { readonly op: 'clear-errors'; readonly device: string }
  | { readonly op: 'encrypt'; readonly region: string }
  | { readonly op: 'reboot' }
  /** kexec -p: a crash kernel is loaded, with the list of all memory. */
  | { readonly op: 'kexec-crash' }
  /** A process opens /proc/kcore, and its segments are made. */
  | { readonly op: 'open-kcore' }
  | { readonly op: 'exit' }
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
