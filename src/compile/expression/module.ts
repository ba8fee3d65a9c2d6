/**
 * Expressions as a WebAssembly module over the engine's memory: one call for a batch of states.
 *
 * The module is written byte by byte; WebAssembly core specification, section 5, has the format. It
 * imports the memory, allocates nothing, keeps nothing, and exports
 * `check(from, count, stride, to)`: for `count` states that begin at `from`, `stride` bytes apart,
 * bit n of a word says whether expression n is true. The words are stored from `to` on unless that
 * is 0; the answer is all of them together.
 */
import {
  BLOCK_BYTES,
  DEVICE_BYTES,
  RANGE_BYTES,
  SCENARIO_OFFSET,
  SLOT_BYTES,
  THREAD_BYTES,
} from '../../../assembly/layout.js';
import type {
  Arithmetic,
  BoolCode,
  Comparison,
  IntCode,
  LoadCode,
} from '../../kernel/stateCode.js';
import type { StatePlan } from '../statePlan.js';

/** Expressions of one module: bits of a word. */
export const EXPRESSIONS_MAX = 32;

/** What is needed to turn names of records into addresses. */
export interface Places {
  readonly state: StatePlan;
  readonly rangeMax: number;
  readonly blocks: number;
  /** Offset of the boundary table from the scenario's start. */
  readonly pointsAt: number;
}

const I32 = 0x7f;
const I64 = 0x7e;
const NO_RESULT = 0x40;
const OP = {
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  branch: 0x0c,
  branchIf: 0x0d,
  get: 0x20,
  set: 0x21,
  store32: 0x36,
  const32: 0x41,
  const64: 0x42,
  eqz32: 0x45,
  add32: 0x6a,
  sub32: 0x6b,
  shl32: 0x74,
  or32: 0x72,
  count64: 0x7b,
  extend: 0xad,
  wrap: 0xa7,
  load64: 0x29,
} as const;

const LOADS: { readonly [B in LoadCode['bytes']]: number } = { 1: 0x31, 2: 0x33, 4: 0x35 };
const ARITHMETIC: { readonly [A in Arithmetic]: number } = {
  '+': 0x7c,
  '-': 0x7d,
  '*': 0x7e,
  '/': 0x7f,
  '%': 0x81,
  '&': 0x83,
};
const COMPARISONS: { readonly [C in Comparison]: number } = {
  '==': 0x51,
  '!=': 0x52,
  '<': 0x53,
  '>': 0x55,
  '<=': 0x57,
  '>=': 0x59,
};

// Parameters and locals of check().
const FROM = 0;
const COUNT = 1;
const STRIDE = 2;
const TO = 3;
const WORD = 4;
const ALL = 5;

/** Unsigned LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return bytes;
}

/** Signed LEB128. */
function signed(value: bigint): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; ) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    const isLast = (rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0);
    bytes.push(isLast ? low : low | 0x80);
    if (isLast) return bytes;
  }
}

const section = (number: number, content: readonly number[]): number[] => [
  number,
  ...unsigned(content.length),
  ...content,
];

const text = (name: string): number[] => [...unsigned(name.length), ...Buffer.from(name, 'ascii')];

/** Offset of a record's byte from the state's start. */
function offsetOf(code: LoadCode, { state, rangeMax, blocks }: Places): number {
  const { part, index, range, offset } = code;
  const at: { readonly [P in LoadCode['part']]: () => number } = {
    global: () => 0,
    'global-extra': () => state.globalExtraAt,
    device: () => state.devicesAt + index * DEVICE_BYTES,
    range: () => state.rangesAt + (index * rangeMax + range) * RANGE_BYTES,
    block: () => state.blocksAt + index * BLOCK_BYTES,
    thread: () => state.threadsAt + index * THREAD_BYTES,
    'block-events': () => state.eventsAt + index,
    'device-events': () => state.eventsAt + blocks + index,
    'dax-slot': () => state.slotsAt + (state.daxSlot(index) + range) * SLOT_BYTES,
    'kmem-slot': () => state.slotsAt + (state.kmemSlot(index) + range) * SLOT_BYTES,
    'ram-slot': () => state.slotsAt + (state.ramSlot(index) + range) * SLOT_BYTES,
  };
  return at[part]() + offset;
}

/** Leaves a number of 64 bits on the stack. */
function int(code: IntCode, places: Places): number[] {
  switch (code.op) {
    case 'constant':
      return [OP.const64, ...signed(BigInt.asIntN(64, code.value))];
    case 'load':
      if (code.part === 'global-extra' && places.state.globalExtraAt === 0) {
        return [OP.const64, 0];
      }
      return [OP.get, FROM, LOADS[code.bytes], 0, ...unsigned(offsetOf(code, places))];
    case 'point': {
      const table = unsigned(SCENARIO_OFFSET + places.pointsAt);
      const eight = [OP.const32, 3, OP.shl32];
      return [...int(code.place, places), OP.wrap, ...eight, OP.load64, 0, ...table];
    }
    case 'count':
      return [...int(code.of, places), OP.count64];
    case 'arithmetic':
      return [...int(code.left, places), ...int(code.right, places), ARITHMETIC[code.name]];
    case 'number':
      return [...bool(code.of, places), OP.extend];
    case 'either': {
      const yes = int(code.yes, places);
      const no = int(code.no, places);
      return [...bool(code.test, places), OP.if, I64, ...yes, OP.else, ...no, OP.end];
    }
  }
}

/** Leaves 1 or 0 on the stack; `and` and `or` look at no more parts than they need. */
function bool(code: BoolCode, places: Places): number[] {
  switch (code.op) {
    case 'truth':
      return [OP.const32, code.value ? 1 : 0];
    case 'compare':
      return [...int(code.left, places), ...int(code.right, places), COMPARISONS[code.name]];
    case 'not':
      return [...bool(code.of, places), OP.eqz32];
    case 'and':
    case 'or': {
      const parts = code.parts.map((part) => bool(part, places));
      const last = parts.pop() ?? [OP.const32, 1];
      const isAll = code.op === 'and';
      const opening = isAll ? [OP.if, I32] : [OP.if, I32, OP.const32, 1, OP.else];
      const closing = isAll ? [OP.else, OP.const32, 0, OP.end] : [OP.end];
      return [
        ...parts.flatMap((part) => [...part, ...opening]),
        ...last,
        ...parts.flatMap(() => closing),
      ];
    }
  }
}

/** Sets the bits of the expressions that are true, in WORD. */
function word(expressions: readonly BoolCode[], places: Places): number[] {
  return expressions.flatMap((code, bit) => [
    ...bool(code, places),
    ...[OP.const32, ...signed(BigInt(bit)), OP.shl32],
    ...[OP.get, WORD, OP.or32, OP.set, WORD],
  ]);
}

/** The body of check(); `guard` false leaves the word 0. */
function body(expressions: readonly BoolCode[], guard: BoolCode, places: Places): number[] {
  const guarded =
    guard.op === 'truth' && guard.value
      ? word(expressions, places)
      : [...bool(guard, places), OP.if, NO_RESULT, ...word(expressions, places), OP.end];
  const storing = [
    ...[OP.get, TO, OP.if, NO_RESULT],
    ...[OP.get, TO, OP.get, WORD, OP.store32, 2, 0],
    ...[OP.get, TO, OP.const32, 4, OP.add32, OP.set, TO],
    OP.end,
  ];
  return [
    ...[OP.block, NO_RESULT, OP.loop, NO_RESULT],
    ...[OP.get, COUNT, OP.eqz32, OP.branchIf, 1],
    ...[OP.const32, 0, OP.set, WORD],
    ...guarded,
    ...storing,
    ...[OP.get, ALL, OP.get, WORD, OP.or32, OP.set, ALL],
    ...[OP.get, FROM, OP.get, STRIDE, OP.add32, OP.set, FROM],
    ...[OP.get, COUNT, OP.const32, 1, OP.sub32, OP.set, COUNT],
    ...[OP.branch, 0, OP.end, OP.end],
    ...[OP.get, ALL, OP.end],
  ];
}

/**
 * Makes the module.
 *
 * @param expressions at most EXPRESSIONS_MAX.
 * @param guard where it is false, no expression counts as true.
 */
export function makeModule(
  expressions: readonly BoolCode[],
  guard: BoolCode,
  places: Places,
): Uint8Array {
  if (expressions.length > EXPRESSIONS_MAX) throw new Error('too many expressions for one word');
  const code = [1, 2, I32, ...body(expressions, guard, places)];
  // A memory with a maximum, shared: at least 1 page, at most 65,535.
  const memory = [
    ...text('env'),
    ...text('memory'),
    0x02,
    0x03,
    ...unsigned(1),
    ...unsigned(65535),
  ];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [1, 0x60, 4, I32, I32, I32, I32, 1, I32]),
    ...section(2, [1, ...memory]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...text('check'), 0x00, 0]),
    ...section(10, [1, ...unsigned(code.length), ...code]),
  ]);
}
