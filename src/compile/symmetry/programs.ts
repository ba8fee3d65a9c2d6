/**
 * Programs under a renaming of places: what each instruction becomes, and which actor runs what
 * another runs when its places are renamed.
 */
import {
  File,
  INSTRUCTION_BYTES,
  INSTRUCTION_ERRNO_OFFSET,
  INSTRUCTION_FILE_OFFSET,
  INSTRUCTION_JUMP_OFFSET,
  INSTRUCTION_OBJECT_OFFSET,
  INSTRUCTION_OP_OFFSET,
  INSTRUCTION_OTHER_OFFSET,
  INSTRUCTION_SUB_OFFSET,
  INSTRUCTION_VALUE_OFFSET,
  OBJECT_EVENT,
  Op,
  VALUE_VARIABLE,
} from '../../../assembly/layout.js';
import type { SymmetryContext } from './context.js';
import { isSame, type PlaceRenaming } from './renaming.js';

interface Item {
  readonly op: number;
  readonly file: number;
  readonly object: number;
  readonly sub: number;
  readonly value: number;
  readonly jump: number;
  readonly other: number;
  readonly errno: number;
}

const FILES_OF_BLOCKS: ReadonlySet<number> = new Set([
  File.BlockState,
  File.BlockOnline,
  File.BlockRemovable,
  File.BlockZones,
  File.BlockDirectory,
]);
const FILES_OF_DEVICES: ReadonlySet<number> = new Set([
  File.DeviceDirectory,
  File.DriverLink,
  File.OwnUnbind,
  File.OwnRemoveId,
]);
/** Files of drivers and of the bus: their object is no place. */
const FILES_OF_ALL: ReadonlySet<number> = new Set([
  File.Bind,
  File.Unbind,
  File.NewId,
  File.RemoveId,
  File.DriversProbe,
  File.AutoOnline,
]);
const FILE_OPS: ReadonlySet<number> = new Set([Op.Write, Op.Read, Op.Exists]);
const OPS_OF_DEVICES: ReadonlySet<number> = new Set([Op.Process, Op.ClearErrors]);
const JUMPS: ReadonlySet<number> = new Set([Op.Jump, Op.JumpIfFailed, Op.JumpIfOk]);
/** What has no places but strings: its value, or its value and its other operand. */
const OPS_WITH_TEXT: ReadonlySet<number> = new Set([Op.Write, Op.Assign, Op.Equal]);
const PLAIN_OPS: ReadonlySet<number> = new Set([
  Op.End,
  Op.Equal,
  Op.Event,
  Op.Assign,
  Op.Status,
  Op.Invert,
  ...JUMPS,
  Op.Sleep,
  Op.Settle,
  Op.Reboot,
  Op.Exit,
  Op.Trigger,
]);

function itemAt({ encoded }: SymmetryContext, index: number): Item {
  const { instructions } = encoded;
  const view = new DataView(instructions.buffer, instructions.byteOffset, instructions.length);
  const at = index * INSTRUCTION_BYTES;
  return {
    op: view.getUint8(at + INSTRUCTION_OP_OFFSET),
    file: view.getUint8(at + INSTRUCTION_FILE_OFFSET),
    object: view.getUint8(at + INSTRUCTION_OBJECT_OFFSET),
    sub: view.getUint8(at + INSTRUCTION_SUB_OFFSET),
    value: view.getUint16(at + INSTRUCTION_VALUE_OFFSET, true),
    jump: view.getUint16(at + INSTRUCTION_JUMP_OFFSET, true),
    other: view.getUint16(at + INSTRUCTION_OTHER_OFFSET, true),
    errno: view.getUint8(at + INSTRUCTION_ERRNO_OFFSET),
  };
}

/** An instruction's object under a renaming; null for a file or command that is not understood. */
function objectOf({ op, file, object }: Item, renaming: PlaceRenaming): number | null {
  if (object === OBJECT_EVENT) return object;
  if (OPS_OF_DEVICES.has(op)) return renaming.devices[object] ?? null;
  if (op === Op.Encrypt) return renaming.regions[object] ?? null;
  if (!FILE_OPS.has(op)) return PLAIN_OPS.has(op) ? object : null;
  if (FILES_OF_BLOCKS.has(file)) return renaming.blocks[object] ?? null;
  if (FILES_OF_DEVICES.has(file)) return renaming.devices[object] ?? null;
  return FILES_OF_ALL.has(file) ? object : null;
}

function textOf(operand: number, renaming: PlaceRenaming): number {
  return operand >= VALUE_VARIABLE ? operand : (renaming.strings[operand] ?? operand);
}

/** What an instruction does under a renaming, as a text; null when it is not understood. */
function imageOf(item: Item, base: number, renaming: PlaceRenaming): string | null {
  const object = isSame(renaming.devices) ? item.object : objectOf(item, renaming);
  if (object === null) return null;
  const value = OPS_WITH_TEXT.has(item.op) ? textOf(item.value, renaming) : item.value;
  const other = item.op === Op.Equal ? textOf(item.other, renaming) : item.other;
  const jump = JUMPS.has(item.op) ? item.jump - base : item.jump;
  return [item.op, item.file, object, item.sub, value, jump, other, item.errno].join(' ');
}

/** What each program of an actor does under a renaming; null when one is not understood. */
export function programsOf(
  context: SymmetryContext,
  actor: number,
  renaming: PlaceRenaming,
): readonly string[] | null {
  const { encoded } = context;
  const entries = encoded.entries[actor] ?? [];
  const images = entries.map((base) => {
    const lines: (string | null)[] = [];
    for (let index = base; ; index++) {
      lines.push(imageOf(itemAt(context, index), base, renaming));
      if (encoded.sources[index] === null || index >= encoded.sources.length) break;
    }
    return lines.includes(null) ? null : lines.join('\n');
  });
  return images.every((image) => image !== null) ? images : null;
}

/**
 * The instructions of one actor's programs by those of another's that do the same: the n-th of some
 * equal programs stands for the n-th. Null when they are not the same programs.
 */
export function pairPrograms(
  context: SymmetryContext,
  { from, to }: { readonly from: number; readonly to: number },
  renaming: PlaceRenaming,
): readonly (readonly [number, number])[] | null {
  const { encoded, plan } = context;
  const own = programsOf(context, from, renaming);
  const none = { ...renaming, ...identityOf(renaming, plan.devices.length) };
  const others = programsOf(context, to, none);
  if (own === null || others === null || own.length !== others.length) return null;
  const used = new Set<number>();
  const pairs: (readonly [number, number])[] = [];
  for (const [number, image] of own.entries()) {
    const found = others.findIndex((other, at) => other === image && !used.has(at));
    if (found < 0) return null;
    used.add(found);
    const base = encoded.entries[from]?.[number] ?? 0;
    const like = encoded.entries[to]?.[found] ?? 0;
    for (const at of image.split('\n').keys()) pairs.push([base + at, like + at]);
  }
  return pairs;
}

/** The renaming that leaves devices, blocks, regions and strings as they are. */
function identityOf(renaming: PlaceRenaming, devices: number): Partial<PlaceRenaming> {
  const keep = (numbers: readonly number[]): readonly number[] => numbers.map((_, at) => at);
  return {
    devices: keep(new Array<number>(devices).fill(0)),
    blocks: keep(renaming.blocks),
    regions: keep(renaming.regions),
    strings: keep(renaming.strings),
  };
}
