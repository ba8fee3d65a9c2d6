/**
 * What a shell has to do for one instruction of a trace: the file with its value, or the program.
 * Shell variables and the event of a udev rule are looked up in the state before the step.
 */
import {
  INSTRUCTION_BYTES,
  INSTRUCTION_VALUE_OFFSET,
  THREAD_BYTES,
  THREAD_EVENT_OFFSET,
  VALUE_EVENT,
  VALUE_VARIABLE,
} from '../../assembly/layout.js';
import type { ScenarioWords } from '../compile/words.js';
import type { DeviceVerb, Instruction, SysfsFile } from '../userland/program.js';
import { sysfsPath } from '../userland/sysfsForms.js';
import { resolveSysfs } from '../userland/sysfsPath.js';

export type Deed =
  | { readonly kind: 'write'; readonly value: string; readonly path: string }
  | { readonly kind: 'read'; readonly path: string }
  | { readonly kind: 'exists'; readonly path: string }
  /** A command line as a shell takes it. */
  | { readonly kind: 'command'; readonly text: string }
  | { readonly kind: 'process'; readonly verb: DeviceVerb; readonly path: string }
  /** No script can do it; the reason in words. */
  | { readonly kind: 'cannot'; readonly why: string };

/** Where an instruction is done: the state before the step, and by which thread. */
export interface DeedPlace {
  readonly scenario: ScenarioWords;
  readonly before: Uint8Array;
  readonly thread: number;
  readonly instruction: number;
}

/** Name of the memory block or device that a udev worker's event speaks of. */
function eventName({ scenario, before, thread }: DeedPlace): string {
  const { blocks, devices } = scenario.plan;
  const at = scenario.state.threadsAt + thread * THREAD_BYTES + THREAD_EVENT_OFFSET;
  const about = before[at] ?? 0;
  const block = blocks[about];
  if (block !== undefined) return `memory${block.index}`;
  return devices[about - blocks.length]?.name ?? '?';
}

/** The text that an instruction writes. */
function writtenBy(place: DeedPlace): string {
  const { scenario, before, thread, instruction } = place;
  const { bytes, instructionsAt, strings, state, threads } = scenario;
  const at = instructionsAt + instruction * INSTRUCTION_BYTES + INSTRUCTION_VALUE_OFFSET;
  const operand = new DataView(bytes.buffer, bytes.byteOffset).getUint16(at, true);
  if (operand === VALUE_EVENT) return eventName(place);
  if (operand < VALUE_VARIABLE) return strings[operand] ?? '?';
  const variable = (threads[thread]?.firstVariable ?? 0) + operand - VALUE_VARIABLE;
  return strings[before[state.variablesAt + variable] ?? 0] ?? '?';
}

/** Two files are the same when all that is said of them is. */
function isSameFile(left: SysfsFile, right: SysfsFile): boolean {
  const others = new Map(Object.entries(right));
  const own = Object.entries(left);
  return own.length === others.size && own.every(([key, value]) => others.get(key) === value);
}

/**
 * The path of a file: as the user wrote it where the line has it in full, for a region may lie on
 * another bus than the usual form says.
 */
function pathOf(file: SysfsFile, text: string, place: DeedPlace): string {
  const { universe } = place.scenario.plan;
  const written = text.match(/\/sys\/[^\s"';|&)\]]+/g) ?? [];
  const found = written.find((path) => {
    const resolution = path.includes('$') ? null : resolveSysfs(path, universe);
    return resolution?.kind === 'file' && isSameFile(resolution.file, file);
  });
  if (found !== undefined) return found;
  const path = sysfsPath(file);
  return path.replace('/sys$devpath', `/sys/devices/system/memory/${eventName(place)}`);
}

const TOOL = /^(?:modprobe|rmmod|ndctl|daxctl|cxl)\s/;

/** The user's own command line; that of `otherwise` where the text is none that can be run. */
function commandOf(text: string, otherwise: string): Deed {
  const plain = text.replace(/\s#.*$/, '').trim();
  return { kind: 'command', text: TOOL.test(plain) ? plain : otherwise };
}

const isDeviceUse = (verb: DeviceVerb): boolean => verb !== 'mount' && verb !== 'umount';

function beneathDeed(item: Extract<Instruction, { op: 'beneath' }>): Deed {
  const [verb, module] = item.deed.split(' ');
  if (verb === 'load') return commandOf(item.text, `modprobe ${module}`);
  if (verb === 'unload') return commandOf(item.text, `modprobe -r ${module}`);
  return commandOf(item.tool ?? item.text, item.text);
}

/**
 * Tells what an instruction is to a script; null for what is not seen from outside: variables,
 * jumps, and waiting for udev, which is held while a script runs.
 */
export function deedOf(item: Instruction, place: DeedPlace): Deed | null {
  switch (item.op) {
    case 'write':
      return { kind: 'write', value: writtenBy(place), path: pathOf(item.file, item.text, place) };
    case 'read':
    case 'exists':
      return { kind: item.op, path: pathOf(item.file, item.text, place) };
    case 'module': {
      const verb = item.verb === 'load' ? 'modprobe' : 'rmmod';
      return commandOf(item.text, `${verb} ${item.module}`);
    }
    case 'beneath':
      return beneathDeed(item);
    case 'namespace':
    case 'clear-errors':
    case 'encrypt':
      return commandOf(item.tool ?? item.text, item.text);
    case 'process':
      return isDeviceUse(item.verb)
        ? { kind: 'process', verb: item.verb, path: `/dev/${item.device}` }
        : { kind: 'cannot', why: `${item.verb} of a file system is not modelled in detail` };
    case 'open-kcore':
      return { kind: 'command', text: 'head -c 1 /proc/kcore' };
    case 'reboot':
      return { kind: 'cannot', why: 'a script does not outlive a reboot' };
    case 'kexec-crash':
      return { kind: 'cannot', why: 'which crash kernel is loaded is not in the trace' };
    default:
      return null;
  }
}
