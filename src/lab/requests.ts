/**
 * Commands of a model as requests to the agent of a guest (lab/agent.c).
 */
import type { Instruction, SysfsFile } from '../userland/program.js';
import { sysfsPath } from '../userland/sysfsForms.js';
import { SYSTEM_CALLS } from '../userland/systemCalls.js';
import type { Rig } from './rig.js';

/** What a process maps of a device: one huge page, the least that every device can map. */
const MAP_BYTES = 2 << 20;

/** One command: what the agent is asked, and what counts as success beside 'ok'. */
export interface Request {
  readonly line: string;
  /** An errno that the tool of this command passes over, as modprobe does with EEXIST. */
  readonly passes: string | null;
  /** It is the lab's own, and no part of the command: it must succeed. */
  readonly isOwn?: boolean;
}

/** What enables and disables a namespace that a device of nvdimm has claimed. */
const PROVIDER_FILES = { enable: 'bind', disable: 'unbind' } as const;

/** Path of a file in a guest. */
function pathOf(file: SysfsFile, { directories }: Rig): string {
  const directory = file.kind === 'region' ? directories.get(file.region) : undefined;
  if (file.kind !== 'region' || directory === undefined) return sysfsPath(file);
  return `${directory}/dax_region/${file.attr}`;
}

/**
 * The name of the device of nvdimm that dax_pmem has, by the region's: daxN.0 of the region's
 * NVDIMM (drivers/nvdimm/dax_devs.c nd_dax_alloc()).
 */
function claimOf(region: string, { directories }: Rig): string {
  return directories.get(region)?.split('/').at(-1) ?? region;
}

/**
 * The requests that do one command.
 *
 * @returns none for what is no system call; null for what no guest of the lab can do.
 */
export function requestsOf(command: Instruction, rig: Rig): readonly Request[] | null {
  const plain = (line: string): readonly Request[] => [{ line, passes: null }];
  switch (command.op) {
    case 'write': {
      const { value, file } = command;
      if (value.kind !== 'constant' || usesEvent(file)) return null;
      return plain(`write ${pathOf(file, rig)} ${value.text}`);
    }
    case 'read':
      return usesEvent(command.file) ? null : plain(`read ${pathOf(command.file, rig)}`);
    case 'exists':
      return usesEvent(command.file) ? null : plain(`exists ${pathOf(command.file, rig)}`);
    case 'module':
      return [
        command.verb === 'load'
          ? { line: `insert ${command.module}`, passes: 'EEXIST' }
          : { line: `remove ${command.module}`, passes: null },
      ];
    case 'process':
      return processRequest(command.verb, command.device);
    case 'namespace': {
      if (rig.kind !== 'nvdimm') return null;
      const attr = PROVIDER_FILES[command.verb];
      const file = { kind: 'provider', driver: 'dax_pmem', attr } as const;
      return plain(`write ${pathOf(file, rig)} ${claimOf(command.region, rig)}`);
    }
    case 'beneath':
      return beneathRequests(command.deed, command.first);
    default:
      return SYSTEM_CALLS.has(command.op) ? null : [];
  }
}

function usesEvent(file: SysfsFile): boolean {
  return 'block' in file && file.block === 'event';
}

function processRequest(verb: string, device: string): readonly Request[] | null {
  const lines: { readonly [verb: string]: string } = {
    open: `open /dev/${device}`,
    mmap: `map ${MAP_BYTES}`,
    touch: 'touch',
    pin: 'pin',
    unpin: 'unpin',
    munmap: 'unmap',
    close: 'close',
  };
  const line = lines[verb];
  return line === undefined ? null : [{ line, passes: null }];
}

function beneathRequests(deed: string, first: boolean): readonly Request[] | null {
  const [verb, module] = deed.split(' ');
  if (module === undefined) return null;
  if (verb === 'unload') return [{ line: `remove ${module}`, passes: null }];
  const load = { line: `insert ${module}`, passes: 'EEXIST' };
  return first ? [{ line: 'insert cxl_acpi', passes: 'EEXIST' }, load] : [load];
}
