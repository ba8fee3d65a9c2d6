/**
 * `$((…))` over known values. 64-bit signed, as in sh.
 */
import type { ArithmeticExpression } from 'unbash';
import type { DiagnosticCode } from '../../errors.js';
import type { Environment } from './environment.js';

export type ArithmeticResult =
  | { readonly kind: 'number'; readonly value: bigint }
  | {
      readonly kind: 'fault';
      readonly code: DiagnosticCode;
      readonly message: string;
      readonly suggestion: string;
    };

/** Evaluates an expression whose variables are all known. Assignments inside it are refused. */
export function evaluateArithmetic(
  expression: ArithmeticExpression | undefined,
  env: Environment,
): ArithmeticResult {
  if (expression === undefined) return number(0n);
  switch (expression.type) {
    case 'ArithmeticGroup':
      return evaluateArithmetic(expression.expression, env);
    case 'ArithmeticWord':
      return evaluateWord(expression.value, env);
    case 'ArithmeticUnary': {
      const operand = evaluateArithmetic(expression.operand, env);
      if (operand.kind === 'fault') return operand;
      return applyUnary(expression.operator, operand.value);
    }
    case 'ArithmeticBinary': {
      const left = evaluateArithmetic(expression.left, env);
      if (left.kind === 'fault') return left;
      const right = evaluateArithmetic(expression.right, env);
      if (right.kind === 'fault') return right;
      return applyBinary(expression.operator, left.value, right.value);
    }
    case 'ArithmeticTernary': {
      const test = evaluateArithmetic(expression.test, env);
      if (test.kind === 'fault') return test;
      const branch = test.value !== 0n ? expression.consequent : expression.alternate;
      return evaluateArithmetic(branch, env);
    }
    case 'ArithmeticCommandExpansion':
      return notSupported(expression.text);
  }
}

/** Reads an integer as `[ -eq ]` does: decimal, with a sign; null when it is none. */
export function parseInteger(text: string): bigint | null {
  const trimmed = text.trim();
  return /^[+-]?\d{1,19}$/.test(trimmed) ? BigInt.asIntN(64, BigInt(trimmed)) : null;
}

function evaluateWord(word: string, env: Environment): ArithmeticResult {
  const name = /^\$?\{?([A-Za-z_]\w*)\}?$/.exec(word)?.[1];
  if (name === undefined) return literal(word);
  const value = env.variables.get(name);
  if (value === undefined) return number(0n);
  if (value.kind === 'text') return literal(value.text === '' ? '0' : value.text);
  const suggestion = 'count with constants: a counter must not depend on how a command ended';
  const message = `the value of ${name} is known at run time only`;
  return { kind: 'fault', code: 'DAX212', message, suggestion };
}

function literal(text: string): ArithmeticResult {
  if (/^0x[\da-f]{1,16}$/i.test(text)) return number(BigInt(text));
  if (/^0[0-7]{1,21}$/.test(text)) return number(BigInt(`0o${text}`));
  const value = parseInteger(text.replace(/^\$\{?|\}$/g, ''));
  return value === null ? notSupported(text) : number(value);
}

function applyUnary(operator: string, value: bigint): ArithmeticResult {
  if (operator === '-') return number(-value);
  if (operator === '+') return number(value);
  if (operator === '!') return number(value === 0n ? 1n : 0n);
  if (operator === '~') return number(~value);
  return notSupported(operator);
}

type Operator = (left: bigint, right: bigint) => bigint;

const truth = (value: boolean): bigint => (value ? 1n : 0n);

const BINARY: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['+', (left, right) => left + right],
  ['-', (left, right) => left - right],
  ['*', (left, right) => left * right],
  ['<<', (left, right) => left << (right & 63n)],
  ['>>', (left, right) => left >> (right & 63n)],
  ['&', (left, right) => left & right],
  ['|', (left, right) => left | right],
  ['^', (left, right) => left ^ right],
  ['==', (left, right) => truth(left === right)],
  ['!=', (left, right) => truth(left !== right)],
  ['<', (left, right) => truth(left < right)],
  ['<=', (left, right) => truth(left <= right)],
  ['>', (left, right) => truth(left > right)],
  ['>=', (left, right) => truth(left >= right)],
  ['&&', (left, right) => truth(left !== 0n && right !== 0n)],
  ['||', (left, right) => truth(left !== 0n || right !== 0n)],
]);

function applyBinary(operator: string, left: bigint, right: bigint): ArithmeticResult {
  if (operator === '/' || operator === '%') {
    if (right === 0n) {
      const suggestion = 'the shell would stop here';
      return { kind: 'fault', code: 'DAX204', message: 'division by zero', suggestion };
    }
    return number(operator === '/' ? left / right : left % right);
  }
  const apply = BINARY.get(operator);
  return apply === undefined ? notSupported(operator) : number(apply(left, right));
}

function number(value: bigint): ArithmeticResult {
  return { kind: 'number', value: BigInt.asIntN(64, value) };
}

function notSupported(what: string): ArithmeticResult {
  const message = `${what} is not supported in arithmetic`;
  const suggestion = 'integers, variables, + - * / %, comparisons and parentheses are';
  return { kind: 'fault', code: 'DAX201', message, suggestion };
}
