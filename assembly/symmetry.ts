// The representative of a state's class: of all its images under the scenario's permutations the
// one with the least fields.
//
// A permutation renames threads, devices and all that belongs to them. An image is made field by
// field, and given up at the first field that is greater than that of the least image so far; every
// permutation goes over the same fields in the same order, so the least one depends on the class
// alone.
import { systemScratch } from './control';
import { fail } from './fail';
import {
  FAIL_SYMMETRY,
  FIELD_AT_OFFSET,
  FIELD_BYTES,
  FIELD_KIND_OFFSET,
  FIELD_MAP_OFFSET,
  FIELD_WIDTH_OFFSET,
  FieldKind,
  GLOBAL_BROKEN_ABOUT_OFFSET,
  Header,
  IMAGE_AT,
  INSTRUCTION_IDLE,
  LOCAL_BLOCK,
  LOCAL_DEVICE,
  LOCAL_ORDERED,
  SLOT_PARENT_BASE,
  SymmetryMap,
  THREAD_BLOCK_OFFSET,
  THREAD_BYTES,
  THREAD_DEPTH_OFFSET,
  THREAD_DEVICE_OFFSET,
  THREAD_EVENT_OFFSET,
  THREAD_INSTRUCTION_OFFSET,
  THREAD_PC_OFFSET,
  THREAD_STACK_OFFSET,
} from './layout';
import { header, table } from './scenario';

/**
 * The permutation whose image is made: where its maps lie, where its fields come from, and which it
 * changes.
 */
let maps: usize = 0;
let sources: usize = 0;
let changed: usize = 0;
let from: usize = 0;

function permutation(number: u32, fields: u32): void {
  const own = (<usize>SymmetryMap.Count) << 2;
  // The sources, then a count and as many numbers of fields: words of 16 bits, a multiple of 4.
  const bytes = own + (((((<usize>fields) << 1) + 2) >> 1) << 2);
  maps = table(Header.SymmetryTable) + <usize>number * bytes;
  sources = maps + own;
  changed = sources + ((<usize>fields) << 1);
}

function mapAt(map: u32): usize {
  return table(Header.SymmetryTable) + <usize>load<u32>(maps + ((<usize>map) << 2));
}

function mapByte(map: u32, value: u32): u32 {
  return load<u8>(mapAt(map) + <usize>value);
}

/** A map of words begins with how many there are. */
function mapWord(map: u32, value: u32): u32 {
  const at = mapAt(map);
  if (value >= <u32>load<u16>(at)) return value;
  return load<u16>(at + ((<usize>(value + 1)) << 1));
}

function mapSet(map: u32, value: u32): u32 {
  const at = mapAt(map);
  const low = <u32>load<u16>(at + ((<usize>(value & 0xff)) << 1));
  return low | <u32>load<u16>(at + 512 + ((<usize>(value >> 8)) << 1));
}

function mapNode(map: u32, value: u32): u32 {
  const base = <u32>SLOT_PARENT_BASE;
  if (value < base) return mapWord(map, value);
  return base + mapWord(map + 1, value - base);
}

/** What a thread's program point says of its locals; `at` is the thread's record. */
function localsOf(at: usize): u32 {
  return load<u8>(table(Header.SymmetryPointTable) + <usize>load<u16>(at, THREAD_PC_OFFSET));
}

function loadField(at: usize, width: u32): u64 {
  if (width == 1) return load<u8>(at);
  if (width == 2) return load<u16>(at);
  return width == 4 ? <u64>load<u32>(at) : load<u64>(at);
}

function storeField(at: usize, width: u32, value: u64): void {
  if (width == 1) store<u8>(at, value);
  else if (width == 2) store<u16>(at, value);
  else if (width == 4) store<u32>(at, value);
  else store<u64>(at, value);
}

/** A field of the image that the permutation makes of the state at `from`. */
function imageOf(field: usize, number: u32): u64 {
  const at = from + <usize>load<u16>(sources + ((<usize>number) << 1));
  const kind: FieldKind = load<u8>(field, FIELD_KIND_OFFSET);
  const map = <u32>load<u8>(field, FIELD_MAP_OFFSET);
  switch (kind) {
    case FieldKind.Byte:
      return mapByte(map, load<u8>(at));
    case FieldKind.Word:
      return mapWord(map, load<u16>(at));
    case FieldKind.Flagged:
      return load<u8>(at - 1) != 0 ? mapByte(map, load<u8>(at)) : load<u8>(at);
    case FieldKind.Set:
      return mapSet(map, load<u16>(at));
    case FieldKind.Node:
      return mapNode(map, load<u16>(at));
    case FieldKind.LocalDevice: {
      const live = (localsOf(at - THREAD_DEVICE_OFFSET) & LOCAL_DEVICE) != 0;
      return live ? mapByte(map, load<u8>(at)) : load<u8>(at);
    }
    case FieldKind.LocalBlock: {
      const live = (localsOf(at - THREAD_BLOCK_OFFSET) & LOCAL_BLOCK) != 0;
      return live ? mapByte(map, load<u8>(at)) : load<u8>(at);
    }
    case FieldKind.Event: {
      const place = <u32>load<u16>(at - THREAD_EVENT_OFFSET, THREAD_INSTRUCTION_OFFSET);
      return place < <u32>INSTRUCTION_IDLE ? mapByte(map, load<u8>(at)) : load<u8>(at);
    }
    default:
      return loadField(at, load<u8>(field, FIELD_WIDTH_OFFSET));
  }
}

/**
 * Gives up where a thread, or a path that called where it is, goes over devices in their order:
 * then they are not alike, and the states found so far may stand for others that they do not equal.
 */
function mustBeAlike(state: usize): void {
  const points = table(Header.SymmetryPointTable);
  const count = header(Header.ThreadCount);
  let at = state + <usize>header(Header.ThreadsAt);
  for (let thread: u32 = 0; thread < count; thread++) {
    let found = <u32>load<u8>(points + <usize>load<u16>(at, THREAD_PC_OFFSET));
    const depth = <u32>load<u8>(at, THREAD_DEPTH_OFFSET);
    for (let level: u32 = 0; level < depth; level++) {
      const point = load<u16>(at + ((<usize>level) << 1), THREAD_STACK_OFFSET);
      found |= load<u8>(points + <usize>point);
    }
    if ((found & LOCAL_ORDERED) != 0) fail(FAIL_SYMMETRY);
    at += THREAD_BYTES;
  }
}

function fieldAt(number: u32): usize {
  return table(Header.SymmetryFieldTable) + <usize>number * FIELD_BYTES;
}

/** A field of the state whose representative is made. */
function ownField(field: usize): u64 {
  return loadField(
    from + <usize>load<u16>(field, FIELD_AT_OFFSET),
    load<u8>(field, FIELD_WIDTH_OFFSET),
  );
}

/** Replaces a state by the representative of its class. */
export function makeCanonical(state: usize): void {
  if (header(Header.SymmetryPointTable) != 0) {
    mustBeAlike(state);
    // What a broken promise speaks of tells like objects apart, and decides nothing.
    store<u8>(state, 0, GLOBAL_BROKEN_ABOUT_OFFSET);
  }
  const count = header(Header.SymmetryCount);
  const fields = header(Header.SymmetryFieldCount);
  const image = systemScratch() + IMAGE_AT;
  let isOwn = true;
  from = state;
  for (let element: u32 = 0; element < count; element++) {
    permutation(element, fields);
    if (!(isOwn ? isLessThanOwn() : isLessThan(image, fields))) continue;
    isOwn = false;
    for (let number: u32 = 0; number < fields; number++) {
      store<u64>(image + ((<usize>number) << 3), imageOf(fieldAt(number), number));
    }
  }
  if (isOwn) return;
  for (let number: u32 = 0; number < fields; number++) {
    const field = fieldAt(number);
    const at = state + <usize>load<u16>(field, FIELD_AT_OFFSET);
    const value = load<u64>(image + ((<usize>number) << 3));
    storeField(at, load<u8>(field, FIELD_WIDTH_OFFSET), value);
  }
}

/** Whether the image of the present permutation is less than the state, by what changes alone. */
function isLessThanOwn(): bool {
  const count = <u32>load<u16>(changed);
  for (let index: u32 = 1; index <= count; index++) {
    const number = <u32>load<u16>(changed + ((<usize>index) << 1));
    const field = fieldAt(number);
    const made = imageOf(field, number);
    const own = ownField(field);
    if (made != own) return made < own;
  }
  return false;
}

/** Whether it is less than another image. */
function isLessThan(image: usize, fields: u32): bool {
  for (let number: u32 = 0; number < fields; number++) {
    const made = imageOf(fieldAt(number), number);
    const least = load<u64>(image + ((<usize>number) << 3));
    if (made != least) return made < least;
  }
  return false;
}
