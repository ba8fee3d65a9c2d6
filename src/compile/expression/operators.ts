/**
 * Operators of expressions: logic, comparison, membership, arithmetic.
 */
import type { ASTNode } from '@marcbachmann/cel-js';
import {
  type Arithmetic,
  and,
  arithmetic,
  type BoolCode,
  type Comparison,
  compare,
  constant,
  FALSE,
  hasBit,
  type IntCode,
  not,
  or,
  TRUE,
} from '../../kernel/stateCode.js';
import { suggestion } from '../../model/suggest.js';
import type { Compiling } from './compile.js';
import { describeTerm, FAULTY, type Term } from './terms.js';

const LOGIC = ['&&', '||', '!_', '?:'] as const;
const COMPARISONS = ['==', '!=', '<', '<=', '>', '>='] as const;
const ARITHMETIC = ['+', '-', '*', '/', '%'] as const;
const OPERATORS: readonly string[] = [...LOGIC, ...COMPARISONS, ...ARITHMETIC, '-_', 'in'];

type OperatorNode = Extract<
  ASTNode,
  { op: (typeof LOGIC)[number] | Comparison | (typeof ARITHMETIC)[number] | '-_' | 'in' }
>;

export const isOperator = (node: ASTNode): node is OperatorNode => OPERATORS.includes(node.op);

type Compile = (node: ASTNode) => Term;

/** Compiles a part that must be true or false. */
export function boolOf(node: ASTNode, compile: Compile, { fault }: Compiling): BoolCode {
  const term = compile(node);
  if (term.kind === 'bool') return term.code;
  if (term.kind === 'faulty') return TRUE;
  fault('DAX322', node, `found ${describeTerm(term)}, expected true or false`, 'compare it');
  return TRUE;
}

function intOf(node: ASTNode, compile: Compile, { fault }: Compiling): IntCode {
  const term = compile(node);
  if (term.kind === 'int') return term.code;
  if (term.kind === 'faulty') return constant(0);
  const hint = 'calculate with whole numbers';
  fault('DAX322', node, `found ${describeTerm(term)}, expected a whole number`, hint);
  return constant(0);
}

/** Whether two values are the same; null (with a fault) where they can never be. */
export function equality(left: Term, right: Term, node: ASTNode, context: Compiling): BoolCode {
  if (left.kind === 'faulty' || right.kind === 'faulty') return TRUE;
  if (left.kind === 'bool' && right.kind === 'bool') {
    return or(and(left.code, right.code), and(not(left.code), not(right.code)));
  }
  if (left.kind === 'int' && right.kind === 'int') return compare('==', left.code, right.code);
  if (left.kind === 'literal' && right.kind === 'literal') {
    return left.text === right.text ? TRUE : FALSE;
  }
  if (left.kind === 'text' && right.kind === 'literal') return isText(left, right, node, context);
  if (left.kind === 'literal' && right.kind === 'text') return isText(right, left, node, context);
  if (left.kind === 'text' && right.kind === 'text' && left.texts === right.texts) {
    return compare('==', left.code, right.code);
  }
  const message = `${describeTerm(left)} is never ${describeTerm(right)}`;
  context.fault('DAX322', node, message, 'compare values of one type');
  return TRUE;
}

function isText(
  field: Term & { readonly kind: 'text' },
  { text }: { readonly text: string },
  node: ASTNode,
  { fault }: Compiling,
): BoolCode {
  const number = field.texts.indexOf(text);
  if (number >= 0) return compare('==', field.code, constant(number));
  fault('DAX322', node, `this is never "${text}"`, suggestion(text, field.texts));
  return TRUE;
}

function membership(left: Term, right: Term, node: ASTNode, context: Compiling): BoolCode {
  if (left.kind === 'faulty' || right.kind === 'faulty') return TRUE;
  if (right.kind === 'names' && left.kind === 'literal') {
    const { ids } = context.namespace;
    const bit = ids.indexOf(left.text);
    if (bit >= 0) return hasBit(right.code, 2 ** bit);
    const hint = suggestion(left.text, ids);
    context.fault('DAX321', node, `nothing of this model is named \`${left.text}\``, hint);
    return TRUE;
  }
  if (right.kind !== 'list' || right.of !== null) {
    const message = `found ${describeTerm(right)} after \`in\`, expected a list or a set of names`;
    context.fault('DAX322', node, message, 'as in `x.state in ["online", "offline"]`');
    return TRUE;
  }
  return or(
    ...right.items.map(({ term, given }) => and(given, equality(left, term, node, context))),
  );
}

function choice(
  node: ASTNode,
  test: BoolCode,
  [then, otherwise]: [Term, Term],
  context: Compiling,
): Term {
  if (then.kind === 'faulty' || otherwise.kind === 'faulty') return FAULTY;
  if (then.kind === 'bool' && otherwise.kind === 'bool') {
    return { kind: 'bool', code: or(and(test, then.code), and(not(test), otherwise.code)) };
  }
  if (then.kind === 'int' && otherwise.kind === 'int') {
    const code: IntCode = { op: 'either', test, yes: then.code, no: otherwise.code };
    return { kind: 'int', code };
  }
  const message = `the two answers are ${describeTerm(then)} and ${describeTerm(otherwise)}`;
  const hint = 'both must be true or false, or both whole numbers';
  return context.fault('DAX322', node, message, hint);
}

/** Division and remainder only by what is known and not 0, so that nothing can fail later. */
function calculation(
  node: Extract<ASTNode, { op: Arithmetic & ('+' | '-' | '*' | '/' | '%') }>,
  compile: Compile,
  context: Compiling,
): Term {
  const left = intOf(node.args[0], compile, context);
  const right = intOf(node.args[1], compile, context);
  const divides = node.op === '/' || node.op === '%';
  if (divides && (right.op !== 'constant' || right.value <= 0n)) {
    const hint = 'divide by a whole number above 0, written out';
    return context.fault('DAX323', node.args[1], 'this could be 0', hint);
  }
  return { kind: 'int', code: arithmetic(node.op, left, right) };
}

/** Compiles an operator with its operands. */
export function compileOperator(node: OperatorNode, compile: Compile, context: Compiling): Term {
  const bool = (part: ASTNode): BoolCode => boolOf(part, compile, context);
  switch (node.op) {
    case '&&':
      return { kind: 'bool', code: and(bool(node.args[0]), bool(node.args[1])) };
    case '||':
      return { kind: 'bool', code: or(bool(node.args[0]), bool(node.args[1])) };
    case '!_':
      return { kind: 'bool', code: not(bool(node.args)) };
    case '?:': {
      const test = bool(node.args[0]);
      return choice(node, test, [compile(node.args[1]), compile(node.args[2])], context);
    }
    case '-_':
      return {
        kind: 'int',
        code: arithmetic('-', constant(0), intOf(node.args, compile, context)),
      };
    case 'in': {
      const [left, right] = node.args;
      return { kind: 'bool', code: membership(compile(left), compile(right), node, context) };
    }
    case '==':
    case '!=': {
      const code = equality(compile(node.args[0]), compile(node.args[1]), node, context);
      return { kind: 'bool', code: node.op === '==' ? code : not(code) };
    }
    case '<':
    case '<=':
    case '>':
    case '>=': {
      const left = intOf(node.args[0], compile, context);
      return { kind: 'bool', code: compare(node.op, left, intOf(node.args[1], compile, context)) };
    }
    default:
      return calculation(node, compile, context);
  }
}
