/**
 * `[[ … ]]`: the tests of `[ … ]` without field splitting, joined by `&&`, `||` and `!`; `==` takes
 * a pattern, against a text that is known.
 */
import type { TestBinaryExpression, TestCommand, TestExpression, Word } from 'unbash';
import { globMatches } from '../glob.js';
import { type Context, emit, finish, report, type Span, withStatus } from './context.js';
import { branch } from './control.js';
import { type Environment, joinAll } from './environment.js';
import { compileTest } from './testCommand.js';
import { expandSingle, type Field, fieldTokens, knownText } from './words.js';

/** Compiles `[[ … ]]`; null when its form is not supported (reported). */
export function compileBrackets(
  context: Context,
  node: TestCommand,
  env: Environment,
): Environment | null {
  return compileExpression(context, node.expression, env);
}

function compileExpression(
  context: Context,
  node: TestExpression,
  env: Environment,
): Environment | null {
  switch (node.type) {
    case 'TestGroup':
      return compileExpression(context, node.expression, env);
    case 'TestNot':
      return compileNot(context, node, env, node.negations.length % 2 === 1);
    case 'TestLogical':
      return compileLogical(context, node.operands, node.operator === '&&', env);
    case 'TestUnary':
      return test(context, node, env, [literal(node.operator, node), node.operand]);
    case 'TestBinary':
      return compileBinary(context, node, env);
  }
}

function compileNot(
  context: Context,
  node: Extract<TestExpression, { readonly type: 'TestNot' }>,
  env: Environment,
  isInverted: boolean,
): Environment | null {
  const after = compileExpression(context, node.operand, env);
  if (after === null || !isInverted) return after;
  if (after.status === 0 || after.status === 1) {
    return finish(context, node, after, after.status === 0 ? 1 : 0);
  }
  emit(context, node, { op: 'invert' });
  return after;
}

function compileLogical(
  context: Context,
  operands: readonly TestExpression[],
  isAnd: boolean,
  start: Environment,
): Environment | null {
  const done = context.builder.label();
  const ways: Environment[] = [];
  let env: Environment | null = start;
  for (const [index, operand] of operands.entries()) {
    env = compileExpression(context, operand, env);
    if (env === null) return null;
    if (index === operands.length - 1) break;
    const { ifOk, ifFailed } = branch(context, operand, env);
    const [goOn, leave]: readonly (Environment | null)[] = isAnd
      ? [ifOk, ifFailed]
      : [ifFailed, ifOk];
    if (leave != null) ways.push(leave);
    if (goOn == null) {
      context.builder.mark(done);
      return joinAll(ways);
    }
    if (leave != null) {
      emit(context, operand, { op: isAnd ? 'jump-if-failed' : 'jump-if-ok', to: done });
    }
    env = goOn;
  }
  context.builder.mark(done);
  return joinAll([...ways, env]);
}

function compileBinary(
  context: Context,
  node: TestBinaryExpression,
  env: Environment,
): Environment | null {
  const { operator, left, right } = node;
  if (operator === '=~' || operator === '<' || operator === '>') {
    const suggestion = 'supported: == != -eq … -ge -e -f -d -n -z';
    report(context, 'DAX204', node, `${operator} is not supported`, { suggestion });
    return null;
  }
  if (operator === '=' || operator === '==' || operator === '!=') {
    const [one, other] = [expandSingle(context, left, env), expandSingle(context, right, env)];
    if (one === null || other === null) return null;
    const text = knownText(one);
    const tokens = fieldTokens(other);
    const isPattern = tokens.some(({ kind }) => kind !== 'character');
    if (isPattern && text !== null && knownText(other) !== null) {
      const holds = globMatches(tokens, text) === (operator !== '!=');
      return finish(context, node, env, holds ? 0 : 1);
    }
    if (isPattern) {
      const suggestion = 'use case, or write the texts out';
      report(context, 'DAX212', node, 'a pattern over a value known at run time only', {
        suggestion,
      });
      return null;
    }
  }
  return test(context, node, env, [left, literal(operator, node), right]);
}

const literal = (value: string, { pos, end }: Span): Word => ({
  ...{ type: 'Word', text: value, value, pos, end },
});

function test(
  context: Context,
  at: Span,
  env: Environment,
  words: readonly Word[],
): Environment | null {
  const expanded = words.map((word) => expandSingle(context, word, env));
  const fields = expanded.filter((field): field is Field => field !== null);
  if (fields.length < expanded.length) return null;
  const redirects = { output: 'shown', input: null } as const;
  const call = { name: 'test', fields, redirects, env, at, constant: false };
  return compileTest(context, call) ?? withStatus(env, 'runtime');
}
