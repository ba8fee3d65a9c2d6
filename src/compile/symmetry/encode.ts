/**
 * Renamings as the engine's tables: the fields that some renaming changes, and for each renaming
 * where they come from and the maps of their values.
 */
import {
  BLOCK_ADDED_MASK,
  FIELD_BYTES,
  FieldKind,
  HOLDER_OPERATIONS,
  SLOT_PARENT_BASE,
  SymmetryMap,
} from '../../../assembly/layout.js';
import { makeBytes } from '../bytes.js';
import type { Field } from './fields.js';
import { isSame, type Renaming, same } from './renaming.js';

const BYTE_VALUES = Array.from({ length: 256 }, (_, value) => value);

const renamed = (numbers: readonly number[], number: number): number => numbers[number] ?? number;

/** A number + 1, where 0 is none. */
const after = (numbers: readonly number[], value: number): number =>
  value === 0 ? 0 : renamed(numbers, value - 1) + 1;

/** A set of numbers, as bits. */
function setOf(numbers: readonly number[], set: number, bits: number): number {
  let fresh = 0;
  for (let bit = 0; bit < bits; bit++) {
    if (((set >>> bit) & 1) === 1) fresh |= 1 << renamed(numbers, bit);
  }
  return fresh;
}

function byteMap(map: SymmetryMap, renaming: Renaming): ((value: number) => number) | null {
  const { threads, devices, blocks, strings } = renaming;
  switch (map) {
    case SymmetryMap.Owner:
      return (value) => after(threads, value);
    case SymmetryMap.Threads:
      return (value) => setOf(threads, value, 8);
    case SymmetryMap.Holder:
      return (value) =>
        (value & HOLDER_OPERATIONS) | after(threads, value & ~HOLDER_OPERATIONS & 0xff);
    case SymmetryMap.Device:
      return (value) => renamed(devices, value);
    case SymmetryMap.DeviceAfter:
      return (value) => after(devices, value);
    case SymmetryMap.Block:
      return (value) => renamed(blocks, value);
    case SymmetryMap.Added:
      return (value) =>
        (value & ~BLOCK_ADDED_MASK & 0xff) | after(devices, value & BLOCK_ADDED_MASK);
    case SymmetryMap.Object:
      return (value) =>
        value < blocks.length
          ? renamed(blocks, value)
          : blocks.length + renamed(devices, value - blocks.length);
    case SymmetryMap.String:
      return (value) => renamed(strings, value);
    default:
      return null;
  }
}

function words(values: readonly number[]): Uint8Array {
  const bytes = makeBytes();
  for (const value of values) bytes.u16(value);
  return bytes.done();
}

/** A map of words: how many there are, then each; none when every value stands for itself. */
const wordMap = (numbers: readonly number[]): Uint8Array =>
  isSame(numbers) ? words([0]) : words([numbers.length, ...numbers]);

/** The bytes of one map. */
function encodeMap(map: SymmetryMap, renaming: Renaming): Uint8Array {
  const renameByte = byteMap(map, renaming);
  if (renameByte !== null) return Uint8Array.from(BYTE_VALUES.map(renameByte));
  switch (map) {
    case SymmetryMap.Instruction:
      return wordMap(renaming.instructions);
    case SymmetryMap.Point:
      return wordMap(renaming.points);
    case SymmetryMap.Static:
      return wordMap(renaming.statics);
    case SymmetryMap.Slot:
      return wordMap(renaming.slots);
    default:
      return words([
        ...BYTE_VALUES.map((value) => setOf(renaming.names, value, 16)),
        ...BYTE_VALUES.map((value) => setOf(renaming.names, value << 8, 16)),
      ]);
  }
}

/** Whether a map changes no value. */
function isIdle(map: SymmetryMap, renaming: Renaming): boolean {
  const renameByte = byteMap(map, renaming);
  if (renameByte !== null) return BYTE_VALUES.every((value) => renameByte(value) === value);
  if (map === SymmetryMap.Instruction) return isSame(renaming.instructions);
  if (map === SymmetryMap.Point) return isSame(renaming.points);
  if (map === SymmetryMap.Static) return isSame(renaming.statics) && isSame(renaming.slots);
  return isSame(map === SymmetryMap.Names ? renaming.names : renaming.slots);
}

/** A field's value under a renaming, in a state in which nobody is inside the kernel. */
function imageOfValue(
  { kind, map }: Field,
  renaming: Renaming,
  { value, before }: { readonly value: number; readonly before: number },
): number {
  switch (kind) {
    case FieldKind.Flagged:
      return before === 0 ? value : (byteMap(map, renaming)?.(value) ?? value);
    case FieldKind.Byte:
      return byteMap(map, renaming)?.(value) ?? value;
    case FieldKind.Word:
      return renamed(
        map === SymmetryMap.Instruction ? renaming.instructions : renaming.points,
        value,
      );
    case FieldKind.Set:
      return setOf(renaming.names, value, 16);
    case FieldKind.Node:
      return value < SLOT_PARENT_BASE
        ? renamed(renaming.statics, value)
        : SLOT_PARENT_BASE + renamed(renaming.slots, value - SLOT_PARENT_BASE);
    default:
      return value;
  }
}

/** Whether renaming number `index` leaves a state alone in which nobody is inside the kernel. */
export function leavesAlone(
  state: Uint8Array,
  fields: readonly Field[],
  renaming: Renaming,
  index: number,
): boolean {
  const view = new DataView(state.buffer, state.byteOffset, state.length);
  const valueAt = (at: number, width: number): number =>
    width === 2 ? view.getUint16(at, true) : view.getUint8(at);
  return fields.every((field) => {
    const from = field.from[index] ?? field.at;
    const value = valueAt(from, field.width);
    const before = from === 0 ? 0 : valueAt(from - 1, 1);
    const image = imageOfValue(field, renaming, { value, before });
    return image === valueAt(field.at, field.width);
  });
}

const WIDEST = 8;

/** Whether a plain field lies behind another one wherever either of them comes from. */
function isBehind(field: Field, before: Field): boolean {
  return (
    field.kind === FieldKind.Plain &&
    before.kind === FieldKind.Plain &&
    field.at === before.at + before.width &&
    field.from.every((from, at) => from === (before.from[at] ?? 0) + before.width)
  );
}

/** A run of plain bytes as fields of 8, 4, 2 and 1 bytes. */
function* pieces(run: Field): Generator<Field> {
  for (let done = 0; done < run.width; ) {
    let width = WIDEST;
    while (width > run.width - done) width >>= 1;
    yield { ...run, width, at: run.at + done, from: run.from.map((from) => from + done) };
    done += width;
  }
}

/** The fields that some renaming changes, plain ones joined. */
export function changedFields(
  fields: readonly Field[],
  renamings: readonly Renaming[],
): readonly Field[] {
  const idle = new Map<SymmetryMap, boolean>();
  const isIdleMap = (map: SymmetryMap): boolean => {
    const known = idle.get(map) ?? renamings.every((renaming) => isIdle(map, renaming));
    idle.set(map, known);
    return known;
  };
  const runs: Field[] = [];
  for (const field of fields) {
    const isPlain = field.kind === FieldKind.Plain || isIdleMap(field.map);
    if (isPlain && field.from.every((from) => from === field.at)) continue;
    const own: Field = isPlain ? { ...field, kind: FieldKind.Plain, map: 0 } : field;
    const last = runs.at(-1);
    if (last !== undefined && isBehind(own, last))
      runs[runs.length - 1] = { ...last, width: last.width + own.width };
    else runs.push(own);
  }
  return runs.flatMap((run) => (run.kind === FieldKind.Plain ? [...pieces(run)] : [run]));
}

/** The table of fields. */
export function encodeFields(fields: readonly Field[]): Uint8Array {
  const bytes = makeBytes();
  for (const [index, { at, width, kind, map }] of fields.entries()) {
    bytes.u16(at);
    bytes.u8(width);
    bytes.u8(kind);
    bytes.u8(map);
    bytes.fillTo((index + 1) * FIELD_BYTES);
  }
  return bytes.done();
}

/** The fields that one renaming changes, by their numbers. */
function changedBy(fields: readonly Field[], renaming: Renaming, index: number): readonly number[] {
  const idle = same(SymmetryMap.Count).map((map) => isIdle(map, renaming));
  return fields.flatMap(({ at, kind, map, from }, number) => {
    const isKept = kind === FieldKind.Plain || idle[map] === true;
    return isKept && from[index] === at ? [] : [number];
  });
}

/**
 * The table of renamings: for each the places of its maps, where its fields come from, how many it
 * changes and which; then the maps.
 */
export function encodeRenamings(
  fields: readonly Field[],
  renamings: readonly Renaming[],
): Uint8Array {
  const each = SymmetryMap.Count * 4 + ((fields.length * 2 + 2) >> 1) * 4;
  const maps = makeBytes();
  const known = new Map<string, number>();
  const place = (map: Uint8Array): number => {
    const key = Buffer.from(map).toString('latin1');
    const at = known.get(key);
    if (at !== undefined) return at;
    const fresh = each * renamings.length + maps.length;
    known.set(key, fresh);
    maps.append(map);
    return fresh;
  };
  const bytes = makeBytes();
  for (const [index, renaming] of renamings.entries()) {
    for (let map = 0; map < SymmetryMap.Count; map++) bytes.u32(place(encodeMap(map, renaming)));
    for (const { from } of fields) bytes.u16(from[index] ?? 0);
    const changed = changedBy(fields, renaming, index);
    for (const number of [changed.length, ...changed]) bytes.u16(number);
    bytes.fillTo((index + 1) * each);
  }
  bytes.append(maps.done());
  return bytes.done();
}
