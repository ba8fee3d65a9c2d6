/**
 * Functions of the shell: compiled in place at each call, with their arguments.
 *
 * A value that is known at run time only goes into a variable of its own for the time of the call,
 * so that what the function assigns does not change its arguments.
 */
import type { Function as FunctionNode } from 'unbash';
import type { Invocation } from './command.js';
import { type CallFrame, type Context, emit, type Flow, report, type Span } from './context.js';
import { compileList, compileNode, deadContext } from './control.js';
import { type Argument, type Environment, joinAll, withVariable } from './environment.js';
import { type Field, knownText, requireOperand } from './words.js';

/** Defines a function; what it holds is read at once, for faults of language. */
export function compileFunction(
  context: Context,
  node: FunctionNode,
  env: Environment,
): Environment {
  const functions = new Map([...env.functions, [node.name.value, node] as const]);
  const after: Environment = { ...env, functions, status: 0 };
  emit(context, node, { op: 'status', value: 0 });
  if (context.universe.havoc === undefined) {
    const call = { stack: [node], returnLabel: context.builder.label(), returns: [] };
    const known = {
      ...after,
      functions: withLater(context, node, functions),
      positional: 'differs' as const,
    };
    compileBody(deadContext(context), node, known, call, true);
  }
  return after;
}

/** All functions of the script: one may be called from inside another before it is defined. */
function withLater(
  { source }: Context,
  node: FunctionNode,
  defined: Environment['functions'],
): Environment['functions'] {
  const names = [...source.matchAll(/(?:^|[\s;])(?:function\s+)?([A-Za-z_][\w-]*)\s*\(\s*\)/g)];
  return new Map([...names.map(([, name = '']) => [name, node] as const), ...defined]);
}

function compileBody(
  context: Context,
  { body }: FunctionNode,
  env: Environment,
  call: CallFrame,
  tested: boolean,
): Environment | null {
  const flow: Flow = { tested, loops: [], call };
  if (body.type === 'CompoundList') return compileList(context, body.commands, env, flow);
  return compileNode(context, body, env, flow);
}

/** Compiles a call: 'gone' where the function ends the script on every way. */
export function compileCall(
  context: Context,
  call: Invocation,
  node: FunctionNode,
  flow: Flow,
): Environment | 'gone' | null {
  const stack = flow.call?.stack ?? [];
  if (context.dead) return { ...call.env, status: 'runtime' };
  if (stack.includes(node)) {
    const suggestion = 'write a loop';
    report(context, 'DAX201', call.at, `${call.name} calls itself`, { suggestion });
    return null;
  }
  if (typeof call.redirects.output !== 'string' || call.redirects.input !== null) {
    const suggestion = 'redirect the commands inside';
    report(context, 'DAX205', call.at, 'redirection of a whole function', { suggestion });
    return null;
  }
  const { env } = call;
  const positional = argumentsOf(context, call, stack.length + 1);
  if (positional === null || !canHide(context, call, node)) return null;
  const frame = { stack: [...stack, node], returnLabel: context.builder.label(), returns: [] };
  const entered = { ...env, positional };
  const last = compileBody(context, node, entered, frame, flow.tested);
  context.builder.mark(frame.returnLabel);
  const after = joinAll(last === null ? frame.returns : [...frame.returns, last]);
  if (after === null) return 'gone';
  for (const argument of positional) {
    if (argument.kind === 'variable') forget(context, call.at, argument.name);
  }
  return restore(context, call, node, after);
}

/** Empties a variable, so that what it held does not tell states apart later. */
function forget(context: Context, at: Span, variable: string): void {
  emit(context, at, { op: 'assign', variable, value: { kind: 'constant', text: '' } });
}

function argumentsOf(
  context: Context,
  { fields, at }: Invocation,
  depth: number,
): readonly Argument[] | null {
  const found = fields.map((field, index): Argument | null => {
    const text = knownText(field);
    if (text !== null) return { kind: 'text', text };
    if (field.pieces.some(({ kind }) => kind === 'unknown')) return { kind: 'unknown' };
    const value = requireOperand(context, field);
    if (value?.kind !== 'variable') return value?.kind === 'event-device' ? value : null;
    const name = `_argument${depth}_${index + 1}`;
    emit(context, at, { op: 'assign', variable: name, value });
    return { kind: 'variable', name };
  });
  const positional = found.filter((argument) => argument !== null);
  return positional.length < found.length ? null : positional;
}

/** Names that a function declares `local`. */
function localsOf(context: Context, node: FunctionNode): readonly string[] {
  const text = context.source.slice(node.pos, node.end);
  const lines = [...text.matchAll(/(?:^|[\s;&|({])(?:local|declare|typeset)\s+([^;&|\n]*)/g)];
  return lines.flatMap(([, words = '']) =>
    [...words.matchAll(/(?:^|\s)([A-Za-z_]\w*)/g)].map(([, name = '']) => name),
  );
}

/** Whether the variables that the function makes its own can be put back after it. */
function canHide(context: Context, call: Invocation, node: FunctionNode): boolean {
  const hidden = localsOf(context, node).find(
    (name) => call.env.variables.get(name)?.kind === 'runtime',
  );
  if (hidden === undefined) return true;
  const suggestion = 'give the local variable another name';
  const message = `${call.name} has a local ${hidden}, and outside it is known at run time only`;
  report(context, 'DAX212', call.at, message, { suggestion });
  return false;
}

/** Puts back what the caller had: its arguments, and variables that were local. */
function restore(
  context: Context,
  { env, at }: Invocation,
  node: FunctionNode,
  after: Environment,
): Environment {
  const variables = new Map(after.variables);
  for (const name of localsOf(context, node)) {
    const outer = env.variables.get(name);
    if (outer === undefined) variables.delete(name);
    else variables.set(name, outer);
    const text = outer?.kind === 'text' ? outer.text : '';
    emit(context, at, { op: 'assign', variable: name, value: { kind: 'constant', text } });
  }
  return { ...after, variables, positional: env.positional };
}

/** `return`, `return N`, `return $?`. */
export function compileReturn(context: Context, call: Invocation, flow: Flow): 'gone' | null {
  const [field] = call.fields;
  const number = field === undefined ? null : knownText(field);
  const isKept = field === undefined || isStatus(field);
  if (call.fields.length > 1 || (!isKept && !/^\d{1,3}$/.test(number ?? ''))) {
    const suggestion = 'write it as: return [0-255]';
    report(context, 'DAX204', call.at, 'these arguments of return are not supported', {
      suggestion,
    });
    return null;
  }
  if (flow.call === undefined) {
    if (context.dead) return 'gone';
    const suggestion = 'it belongs into a function; a script ends by exit';
    report(context, 'DAX201', call.at, 'return outside of a function', { suggestion });
    return null;
  }
  const value = Number(number ?? 0);
  if (!isKept) emit(context, call.at, { op: 'status', value });
  const status = isKept ? call.env.status : value === 0 ? 0 : value === 1 ? 1 : 'runtime';
  flow.call.returns.push({ ...call.env, status });
  emit(context, call.at, { op: 'jump', to: flow.call.returnLabel });
  return 'gone';
}

const isStatus = ({ pieces }: Field): boolean =>
  pieces.length > 0 && pieces.every(({ kind }) => kind === 'status');

/** `shift` and `shift N`. */
export function compileShift(context: Context, call: Invocation): Environment | null {
  const { env, fields, at } = call;
  const word = fields[0] === undefined ? '1' : knownText(fields[0]);
  const count = /^\d{1,3}$/.test(word ?? '') ? Number(word) : null;
  const { positional } = env;
  if (count === null || typeof positional === 'string' || count > positional.length) {
    const suggestion = 'shift as many as there are';
    report(context, 'DAX204', at, 'this shift is not supported', { suggestion });
    return null;
  }
  emit(context, at, { op: 'status', value: 0 });
  return { ...env, positional: positional.slice(count), status: 0 };
}

/** `local x=…`, `export x=…`, `readonly x=…`: assignments; the status is that of the command. */
export const DECLARES: ReadonlySet<string> = new Set([
  ...['local', 'export', 'readonly', 'declare', 'typeset'],
]);

/** A name that is declared without a value: empty where it was not set before. */
export function declareName(env: Environment, name: string): Environment {
  if (env.variables.has(name)) return env;
  return withVariable(env, name, { kind: 'text', text: '' });
}
