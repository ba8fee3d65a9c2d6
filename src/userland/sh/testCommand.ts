/**
 * `[ … ]` and `test`: existence of sysfs files, comparison of texts, of known numbers, of `$?`.
 *
 * What is known decides at once; what is not becomes an instruction.
 */
import type { NumberRelation, SysfsFile } from '../program.js';
import { parseInteger } from './arithmetic.js';
import type { Invocation } from './command.js';
import { type Context, emit, finish, report, resolveFile, withStatus } from './context.js';
import { branch } from './control.js';
import type { Environment } from './environment.js';
import { clearReads } from './substitution.js';
import { type Field, knownText, requireOperand, requireText } from './words.js';

/** Compiles a test; null when its form is not supported (reported). */
export function compileTest(context: Context, call: Invocation): Environment | null {
  const fields = [...call.fields];
  if (call.name === '[') {
    const last = fields.pop();
    if (last === undefined || knownText(last) !== ']') return refuse(context, call, 'no closing ]');
  }
  let negated = false;
  // In `[ ! = x ]` the mark is an operand.
  while (fields.length > 1 && fields[0] && knownText(fields[0]) === '!' && fields.length !== 3) {
    negated = !negated;
    fields.shift();
  }
  const after = decide(context, call, fields);
  if (after === null) return null;
  clearReads(context, call.at);
  if (!negated) return after;
  if (after.status === 0 || after.status === 1) {
    return finish(context, call.at, after, after.status === 0 ? 1 : 0);
  }
  emit(context, call.at, { op: 'invert' });
  return after;
}

function decide(context: Context, call: Invocation, fields: readonly Field[]): Environment | null {
  const [first, second, third] = fields;
  if (first === undefined) return finish(context, call.at, call.env, 1);
  if (second === undefined) return isEmpty(context, call, first, true);
  if (third === undefined) return unary(context, call, first, second);
  if (fields.length > 3) {
    return refuse(context, call, 'more than one condition: use several [ … ] with && and ||');
  }
  return binary(context, call, [first, second, third]);
}

function unary(
  context: Context,
  call: Invocation,
  first: Field,
  operand: Field,
): Environment | null {
  const operator = knownText(first);
  if (operator === '-n') return isEmpty(context, call, operand, true);
  if (operator === '-z') return isEmpty(context, call, operand, false);
  // Root may read and write whatever is there.
  if (!['-e', '-f', '-d', '-r', '-w'].includes(operator ?? '')) {
    return refuse(context, call, `${operator ?? 'this test'} is not supported`);
  }
  const path = requireText(context, operand, 'the path');
  const file = path === null ? null : resolveFile(context, operand.at, path, call.env);
  if (file === null) return null;
  const directory = isDirectory(file);
  // -f on a directory, or -d on a file, fails whether it exists or not.
  if ((operator === '-f' && directory) || (operator === '-d' && !directory)) {
    return finish(context, call.at, call.env, 1);
  }
  const shown = call.constant ? undefined : `[ ${operator} ${path} ]`;
  emit(context, call.at, { op: 'exists', file }, shown);
  return withStatus(call.env, 'runtime');
}

function isDirectory(file: SysfsFile): boolean {
  return file.kind === 'device-directory' || file.kind === 'block-directory';
}

/** Tests a text for being empty; with `inverted`, for not being so. */
function isEmpty(
  context: Context,
  call: Invocation,
  field: Field,
  inverted: boolean,
): Environment | null {
  const text = knownText(field);
  if (text !== null) return finish(context, call.at, call.env, (text === '') !== inverted ? 0 : 1);
  // A run-time value is empty only where all of it is; text beside it decides.
  const solid = field.pieces.some((piece) => piece.kind === 'text' && piece.text !== '');
  if (solid) return finish(context, call.at, call.env, inverted ? 0 : 1);
  const left = requireOperand(context, field);
  if (left === null) return null;
  emit(context, call.at, { op: 'equal', left, right: { kind: 'constant', text: '' } });
  if (inverted) emit(context, call.at, { op: 'invert' });
  return withStatus(call.env, 'runtime');
}

function binary(
  context: Context,
  call: Invocation,
  [left, operator, right]: readonly [Field, Field, Field],
): Environment | null {
  const name = knownText(operator) ?? '';
  if (name === '=' || name === '==' || name === '!=') {
    return compareText(context, call, { left, right, inverted: name === '!=' });
  }
  const compare = NUMERIC.get(name);
  if (compare === undefined) return refuse(context, call, `${name} is not supported`);
  if (left.pieces.some(({ kind }) => kind === 'status')) {
    return compareStatus(context, call, name, right);
  }
  const [one, other] = [knownText(left), knownText(right)];
  if (one === null || other === null) return compareNumbers(context, call, name, { left, right });
  const [low, high] = [parseInteger(one), parseInteger(other)];
  if (low === null || high === null) {
    const bad = low === null ? one : other;
    return refuse(context, call, `'${bad}' is not an integer`);
  }
  return finish(context, call.at, call.env, compare(low, high) ? 0 : 1);
}

const NUMERIC: ReadonlyMap<string, (left: bigint, right: bigint) => boolean> = new Map<
  string,
  (left: bigint, right: bigint) => boolean
>([
  ['-eq', (left, right) => left === right],
  ['-ne', (left, right) => left !== right],
  ['-lt', (left, right) => left < right],
  ['-le', (left, right) => left <= right],
  ['-gt', (left, right) => left > right],
  ['-ge', (left, right) => left >= right],
]);

/** Compares numbers of which one was read from a file. */
function compareNumbers(
  context: Context,
  call: Invocation,
  name: string,
  { left, right }: Omit<Comparison, 'inverted'>,
): Environment | null {
  const [one, other] = [requireOperand(context, left), requireOperand(context, right)];
  if (one === null || other === null) return null;
  const relation = name.slice(1) as NumberRelation;
  emit(context, call.at, { op: 'compare', relation, left: one, right: other });
  return withStatus(call.env, 'runtime');
}

interface Comparison {
  readonly left: Field;
  readonly right: Field;
  readonly inverted: boolean;
}

function compareText(
  context: Context,
  call: Invocation,
  { left, right, inverted }: Comparison,
): Environment | null {
  const [one, other] = [requireOperand(context, left), requireOperand(context, right)];
  if (one === null || other === null) return null;
  if (one.kind === 'constant' && other.kind === 'constant') {
    return finish(context, call.at, call.env, (one.text === other.text) !== inverted ? 0 : 1);
  }
  emit(context, call.at, { op: 'equal', left: one, right: other });
  if (inverted) emit(context, call.at, { op: 'invert' });
  return withStatus(call.env, 'runtime');
}

/** `[ $? -eq N ]` right after a command: its status is still there. */
function compareStatus(
  context: Context,
  call: Invocation,
  operator: string,
  right: Field,
): Environment | null {
  const wanted = knownText(right) ?? '';
  const isStatus = /^\d{1,3}$/.test(wanted) && Number(wanted) <= 255;
  if (!isStatus || (operator !== '-eq' && operator !== '-ne')) {
    return refuse(context, call, '$? can only be compared with 0 to 255');
  }
  branch(context, call.at, call.env);
  if (wanted !== '0') emit(context, call.at, { op: 'status-is', value: Number(wanted) });
  if (operator === '-ne') emit(context, call.at, { op: 'invert' });
  return withStatus(call.env, 'runtime');
}

function refuse(context: Context, call: Invocation, message: string): null {
  const suggestion = 'supported: = != -n -z -e -f -d, and -eq … -ge on known numbers';
  report(context, 'DAX204', call.at, message, { suggestion });
  return null;
}
