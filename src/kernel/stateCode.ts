/**
 * What is computed of a state: a small language of loads, arithmetic and tests, between the
 * observable names (observables.ts) and the WebAssembly that is made of them
 * (compile/expression/module.ts).
 */

/** Records of the state vector; which one is meant is `index`, and `range` for those of ranges. */
export type StatePart =
  | 'global'
  /** The optional part of the globals; all zero where a scenario has none. */
  | 'global-extra'
  | 'device'
  | 'range'
  | 'block'
  | 'thread'
  | 'block-events'
  | 'device-events'
  | 'dax-slot'
  | 'kmem-slot'
  | 'ram-slot';

export interface LoadCode {
  readonly op: 'load';
  readonly part: StatePart;
  readonly index: number;
  readonly range: number;
  readonly offset: number;
  readonly bytes: 1 | 2 | 4;
}

export type Arithmetic = '+' | '-' | '*' | '/' | '%' | '&';
export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** A whole number of 64 bits, with a sign. */
export type IntCode =
  | { readonly op: 'constant'; readonly value: bigint }
  | LoadCode
  /** The address at a place of the scenario's table of boundary points. */
  | { readonly op: 'point'; readonly place: IntCode }
  /** How many bits are set. */
  | { readonly op: 'count'; readonly of: IntCode }
  | {
      readonly op: 'arithmetic';
      readonly name: Arithmetic;
      readonly left: IntCode;
      readonly right: IntCode;
    }
  | { readonly op: 'number'; readonly of: BoolCode }
  | {
      readonly op: 'either';
      readonly test: BoolCode;
      readonly yes: IntCode;
      readonly no: IntCode;
    };

export type BoolCode =
  | { readonly op: 'truth'; readonly value: boolean }
  | {
      readonly op: 'compare';
      readonly name: Comparison;
      readonly left: IntCode;
      readonly right: IntCode;
    }
  | { readonly op: 'and' | 'or'; readonly parts: readonly BoolCode[] }
  | { readonly op: 'not'; readonly of: BoolCode };

export const constant = (value: bigint | number): IntCode => ({
  op: 'constant',
  value: BigInt(value),
});

export const TRUE: BoolCode = { op: 'truth', value: true };
export const FALSE: BoolCode = { op: 'truth', value: false };

/** Loads a byte, or so many, of a record. */
export function load(
  part: StatePart,
  index: number,
  offset: number,
  { bytes = 1, range = 0 }: { readonly bytes?: 1 | 2 | 4; readonly range?: number } = {},
): IntCode {
  return { op: 'load', part, index, range, offset, bytes };
}

/** Calculates; known at once where both sides are constants. Division is by what is not 0. */
export function arithmetic(name: Arithmetic, left: IntCode, right: IntCode): IntCode {
  if (left.op !== 'constant' || right.op !== 'constant') {
    return { op: 'arithmetic', name, left, right };
  }
  return constant(BigInt.asIntN(64, CALCULATE[name](left.value, right.value)));
}

const CALCULATE: { readonly [A in Arithmetic]: (a: bigint, b: bigint) => bigint } = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '&': (a, b) => a & b,
};

/** Compares; known at once where both sides are constants. */
export function compare(name: Comparison, left: IntCode, right: IntCode): BoolCode {
  if (left.op !== 'constant' || right.op !== 'constant')
    return { op: 'compare', name, left, right };
  const { value: a } = left;
  const { value: b } = right;
  const answers: { readonly [C in Comparison]: boolean } = {
    '==': a === b,
    '!=': a !== b,
    '<': a < b,
    '<=': a <= b,
    '>': a > b,
    '>=': a >= b,
  };
  return answers[name] ? TRUE : FALSE;
}

/** True when every part is; what is known at once is left out. */
export function and(...parts: readonly BoolCode[]): BoolCode {
  const open = parts.filter((part) => part.op !== 'truth' || !part.value);
  if (open.some(({ op }) => op === 'truth')) return FALSE;
  const [only, ...others] = open;
  if (only === undefined) return TRUE;
  return others.length === 0 ? only : { op: 'and', parts: open };
}

/** True when a part is. */
export function or(...parts: readonly BoolCode[]): BoolCode {
  return not(and(...parts.map(not)));
}

export function not(code: BoolCode): BoolCode {
  if (code.op === 'truth') return code.value ? FALSE : TRUE;
  if (code.op === 'not') return code.of;
  // By De Morgan, so that or() of negated parts has no `not` left.
  if (code.op === 'and') return { op: 'or', parts: code.parts.map(not) };
  if (code.op === 'or') return { op: 'and', parts: code.parts.map(not) };
  return { op: 'not', of: code };
}

/** True when any of some bits is set. */
export function hasBit(of: IntCode, bits: number): BoolCode {
  return compare('!=', arithmetic('&', of, constant(bits)), constant(0));
}

/** Adds up. */
export function sum(parts: readonly IntCode[]): IntCode {
  const [first, ...rest] = parts;
  if (first === undefined) return constant(0);
  return rest.reduce((left, right) => arithmetic('+', left, right), first);
}
