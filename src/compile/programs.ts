/**
 * Programs as the engine's instructions: 12 bytes each, all actors' in one table, with an entry for
 * each program.
 */
import {
  DRIVER_ANY,
  Driver,
  File,
  INSTRUCTION_BYTES,
  OBJECT_EVENT,
  Op,
  Provider,
  Relation,
  VALUE_EVENT,
  VALUE_VARIABLE,
  Verb,
} from '../../assembly/layout.js';
import type { DriverName } from '../model/model.js';
import type {
  ActorProgram,
  Instruction,
  Operand,
  ProviderDriver,
  SysfsFile,
} from '../userland/program.js';
import { makeBytes } from './bytes.js';
import { ACTIONS } from './eventsWanted.js';
import { encodeDeed } from './publications.js';
import { isNumberKept } from './reads.js';
import type { Strings } from './strings.js';
import type { Plan } from './universe.js';

export interface EncodedPrograms {
  readonly instructions: Uint8Array;
  /** For each actor the numbers of its programs' first instructions. */
  readonly entries: readonly (readonly number[])[];
  /** What each instruction number is; null for the End after a program. */
  readonly sources: readonly (Instruction | null)[];
}

export interface ProgramContext {
  readonly plan: Plan;
  readonly strings: Strings;
  /** Modules that can be loaded on this kernel. */
  readonly hasModule: (name: DriverName) => boolean;
}

interface Encoded {
  readonly op: Op;
  readonly file?: number;
  readonly object?: number;
  readonly sub?: number;
  readonly value?: number;
  readonly jump?: number;
  readonly other?: number;
  readonly errno?: number;
}

const DRIVERS: { readonly [D in DriverName]: Driver } = {
  device_dax: Driver.DeviceDax,
  kmem: Driver.Kmem,
  fsdev_dax: Driver.Fsdev,
};

const VERBS = {
  open: Verb.Open,
  mmap: Verb.Mmap,
  pin: Verb.Pin,
  unpin: Verb.Unpin,
  munmap: Verb.Munmap,
  close: Verb.Close,
  mount: Verb.Mount,
  umount: Verb.Umount,
  touch: Verb.Touch,
} as const;

const DRIVER_FILES = {
  bind: File.Bind,
  unbind: File.Unbind,
  new_id: File.NewId,
  remove_id: File.RemoveId,
} as const;
const BLOCK_FILES = {
  state: File.BlockState,
  online: File.BlockOnline,
  removable: File.BlockRemovable,
  valid_zones: File.BlockZones,
} as const;
const DEVICE_FILES = {
  size: File.DeviceSize,
  align: File.DeviceAlign,
  mapping: File.DeviceMapping,
  target_node: File.DeviceTargetNode,
  numa_node: File.DeviceNumaNode,
  modalias: File.DeviceModalias,
  resource: File.DeviceResource,
  memmap_on_memory: File.DeviceMemmap,
  state: File.DeviceState,
} as const;
const REGION_FILES = {
  create: File.RegionCreate,
  delete: File.RegionDelete,
  available_size: File.RegionAvailable,
  seed: File.RegionSeed,
  size: File.RegionSize,
  align: File.RegionAlign,
  id: File.RegionId,
} as const;

const PROVIDER_FILES = { bind: File.ProviderBind, unbind: File.ProviderUnbind } as const;

const PROVIDERS: { readonly [D in ProviderDriver]: Provider } = {
  hmem: Provider.Dynamic,
  cxl_dax_region: Provider.Dynamic,
  dax_pmem: Provider.Pmem,
  dax_pmem_compat: Provider.PmemCompat,
};

function deviceNumber(plan: Plan, name: string): number {
  return plan.devices.findIndex((device) => device.name === name);
}

function regionNumber(plan: Plan, name: string): number {
  return plan.regions.findIndex(
    (region) => region.name === name || region.namespace?.name === name,
  );
}

function blockNumber(plan: Plan, block: number | 'event'): number {
  return block === 'event' ? OBJECT_EVENT : plan.blocks.findIndex(({ index }) => index === block);
}

/** File and object numbers of a sysfs file. */
function encodeFile(file: SysfsFile, plan: Plan): { file: number; object: number; sub?: number } {
  switch (file.kind) {
    case 'driver':
      return { file: DRIVER_FILES[file.attr], object: DRIVERS[file.driver] };
    case 'drivers_probe':
      return { file: File.DriversProbe, object: 0 };
    case 'probe':
      return { file: File.MemoryProbe, object: 0 };
    case 'auto_online_blocks':
      return { file: File.AutoOnline, object: 0 };
    case 'block':
      return { file: BLOCK_FILES[file.attr], object: blockNumber(plan, file.block) };
    case 'device':
      return { file: DEVICE_FILES[file.attr], object: deviceNumber(plan, file.device) };
    case 'mapping':
      return { file: File.Mapping, object: deviceNumber(plan, file.device), sub: file.mapping };
    case 'region':
      return { file: REGION_FILES[file.attr], object: regionNumber(plan, file.region) };
    case 'provider':
      return { file: PROVIDER_FILES[file.attr], object: PROVIDERS[file.driver] };
    case 'namespace':
      return { file: File.NamespaceUuid, object: regionNumber(plan, file.region) };
    case 'claim': {
      const device = plan.devices[deviceNumber(plan, file.device)];
      return { file: File.ClaimNamespace, object: device?.region ?? 0 };
    }
    case 'nd-region':
      return { file: file.attr === 'bind' ? File.NdRegionBind : File.NdRegionUnbind, object: 0 };
    case 'platform':
      return { file: file.attr === 'bind' ? File.PlatformBind : File.PlatformUnbind, object: 0 };
    case 'device-directory':
      return { file: File.DeviceDirectory, object: deviceNumber(plan, file.device) };
    case 'own-driver': {
      const own = file.attr === 'unbind' ? File.OwnUnbind : File.OwnRemoveId;
      return { file: own, object: deviceNumber(plan, file.device) };
    }
    case 'driver-link': {
      const sub = file.driver === null ? DRIVER_ANY : DRIVERS[file.driver];
      return { file: File.DriverLink, object: deviceNumber(plan, file.device), sub };
    }
    case 'device-block': {
      const object = blockNumber(plan, file.block);
      return { file: File.DeviceBlock, object, sub: deviceNumber(plan, file.device) };
    }
    case 'block-directory':
      return { file: File.BlockDirectory, object: blockNumber(plan, file.block) };
  }
}

function encodeOperand(operand: Operand, program: ActorProgram, strings: Strings): number {
  if (operand.kind === 'event-device') return VALUE_EVENT;
  if (operand.kind === 'constant') return strings.number(operand.text);
  return VALUE_VARIABLE + program.variables.indexOf(operand.name);
}

/** One instruction; `base` is the number of its program's first one. */
function encode(
  item: Instruction,
  base: number,
  program: ActorProgram,
  context: ProgramContext,
): Encoded {
  const { plan, strings, hasModule } = context;
  const operand = (value: Operand): number => encodeOperand(value, program, strings);
  switch (item.op) {
    case 'write':
      return {
        op: Op.Write,
        ...encodeFile(item.file, plan),
        value: operand(item.value),
        errno: item.errno === true ? 1 : 0,
      };
    case 'read':
      return {
        op: Op.Read,
        ...encodeFile(item.file, plan),
        other: program.variables.indexOf(item.into),
        errno: isNumberKept(item, program) ? 1 : 0,
      };
    case 'exists':
      return { op: Op.Exists, ...encodeFile(item.file, plan) };
    case 'equal':
      return { op: Op.Equal, value: operand(item.left), other: operand(item.right) };
    case 'compare': {
      const { left, right, relation } = item;
      const sub = RELATIONS[relation];
      return { op: Op.Compare, sub, value: operand(left), other: operand(right) };
    }
    case 'event': {
      const sub = item.subsystem === null ? 0 : item.subsystem === 'memory' ? 1 : 2;
      return { op: Op.Event, sub, object: item.action === null ? 0 : ACTIONS[item.action] };
    }
    case 'assign':
      return {
        op: Op.Assign,
        value: operand(item.value),
        other: program.variables.indexOf(item.variable),
      };
    case 'status':
      return { op: Op.Status, value: item.value };
    case 'jump':
      return { op: Op.Jump, jump: base + item.to };
    case 'jump-if-failed':
      return { op: Op.JumpIfFailed, jump: base + item.to };
    case 'jump-if-ok':
      return { op: Op.JumpIfOk, jump: base + item.to };
    case 'process':
      return { op: Op.Process, object: deviceNumber(plan, item.device), sub: VERBS[item.verb] };
    case 'module': {
      const object = hasModule(item.module) ? DRIVERS[item.module] : Driver.None;
      const errno = item.errno === true ? 1 : 0;
      return { op: Op.Module, object, sub: item.verb === 'load' ? 0 : 1, errno };
    }
    case 'namespace':
      return {
        op: Op.Namespace,
        object: regionNumber(plan, item.region),
        sub: item.verb === 'enable' ? 0 : 1,
      };
    case 'beneath':
      return { op: Op.Beneath, ...encodeDeed(item, plan.publications) };
    case 'clear-errors':
      return { op: Op.ClearErrors, object: deviceNumber(plan, item.device) };
    case 'encrypt':
      return { op: Op.Encrypt, object: regionNumber(plan, item.region) };
    default:
      return encodeTool(item, program);
  }
}

/** What only tools do, and what has no operands. */
function encodeTool(item: ToolInstruction, program: ActorProgram): Encoded {
  const { variables } = program;
  switch (item.op) {
    case 'count':
    case 'keep':
    case 'recall':
      return { op: ON_VARIABLE[item.op], other: variables.indexOf(item.variable) };
    case 'less':
      return {
        op: Op.Less,
        value: variables.indexOf(item.left),
        other: variables.indexOf(item.right),
      };
    case 'status-is':
      return { op: Op.StatusIs, value: item.value };
    case 'trigger': {
      const sub = item.subsystem === null ? 0 : item.subsystem === 'memory' ? 1 : 2;
      return { op: Op.Trigger, sub, object: ACTIONS[item.action] };
    }
    default:
      return { op: PLAIN[item.op] };
  }
}

const ON_VARIABLE = { count: Op.Count, keep: Op.Keep, recall: Op.Recall } as const;

type ToolInstruction = Extract<
  Instruction,
  { readonly op: keyof typeof PLAIN | keyof typeof ON_VARIABLE | 'less' | 'status-is' | 'trigger' }
>;

const RELATIONS = {
  eq: Relation.Equal,
  ne: Relation.NotEqual,
  lt: Relation.Less,
  le: Relation.LessOrEqual,
  gt: Relation.Greater,
  ge: Relation.GreaterOrEqual,
} as const;

const PLAIN = {
  invert: Op.Invert,
  sleep: Op.Sleep,
  settle: Op.Settle,
  begin: Op.Begin,
  maybe: Op.Maybe,
  reboot: Op.Reboot,
  exit: Op.Exit,
  'kexec-crash': Op.KexecCrash,
  'open-kcore': Op.OpenKcore,
  tell: Op.Tell,
  negate: Op.Negate,
} as const;

/** Encodes the programs of all actors into one table. */
export function encodePrograms(
  actors: readonly ActorProgram[],
  context: ProgramContext,
): EncodedPrograms {
  const bytes = makeBytes();
  const sources: (Instruction | null)[] = [];
  const write = (item: Encoded): void => {
    bytes.u8(item.op);
    bytes.u8(item.file ?? 0);
    bytes.u8(item.object ?? 0);
    bytes.u8(item.sub ?? 0);
    bytes.u16(item.value ?? 0);
    bytes.u16(item.jump ?? 0);
    bytes.u16(item.other ?? 0);
    bytes.u8(item.errno ?? 0);
    bytes.fillTo((sources.length + 1) * INSTRUCTION_BYTES);
  };
  const entries = actors.map((actor) =>
    actor.programs.map((program) => {
      const base = sources.length;
      for (const item of program.instructions) {
        write(encode(item, base, actor, context));
        sources.push(item);
      }
      write({ op: Op.End });
      sources.push(null);
      return base;
    }),
  );
  return { instructions: bytes.done(), entries, sources };
}
