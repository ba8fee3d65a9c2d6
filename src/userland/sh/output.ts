/**
 * Commands that write to and read from sysfs files: echo, printf, tee, cat, read.
 */
import type { Command, Pipeline } from 'unbash';
import type { Operand } from '../program.js';
import { shellWord } from '../source.js';
import { expandCommandWords, type Invocation } from './command.js';
import {
  type Context,
  emit,
  type Flow,
  finish,
  report,
  resolveFile,
  type Span,
  withStatus,
} from './context.js';
import { compileNode } from './control.js';
import { type Environment, withVariable } from './environment.js';
import { applyExitOnError } from './errexit.js';
import { printfText } from './printf.js';
import { newReadVariable } from './substitution.js';
import { type Field, knownText, requireOperand, requireText } from './words.js';

/** Compiles echo: a write when it is redirected to a file, else nothing. */
export function compileEcho(context: Context, call: Invocation): Environment | null {
  // What goes to the screen may hold anything.
  if (typeof call.redirects.output === 'string') return finish(context, call.at, call.env, 0);
  return writeTo(context, call, call.redirects.output, echoValue(context, call));
}

/** Compiles printf, like echo. */
export function compilePrintf(context: Context, call: Invocation): Environment | null {
  if (typeof call.redirects.output === 'string') return finish(context, call.at, call.env, 0);
  return writeTo(context, call, call.redirects.output, printfValue(context, call));
}

/** Compiles `cat file`: the file is read, what it says goes nowhere. */
export function compileCat(context: Context, call: Invocation): Environment | null {
  const { fields, redirects, env, at } = call;
  const [field] = fields;
  const path =
    field === undefined ? redirects.input?.path : requireText(context, field, 'the path');
  if (path === null) return null;
  if (path === undefined || fields.length > 1) return refuseArguments(context, call, 'cat FILE');
  if (typeof redirects.output !== 'string') {
    const suggestion = 'x=$(cat FILE), then echo "$x" > FILE';
    report(context, 'DAX205', redirects.output.at, 'cat into a file', { suggestion });
    return null;
  }
  const file = resolveFile(context, field?.at ?? at, path, env);
  if (file === null) return null;
  emit(context, at, { op: 'read', file, into: newReadVariable(context) }, `cat ${path}`);
  return withStatus(env, 'runtime');
}

/** Compiles `read x < file`. */
export function compileRead(context: Context, call: Invocation): Environment | null {
  const { redirects, env, at } = call;
  const names = call.fields.map(knownText).filter((word) => word !== '-r');
  const [name] = names;
  if (redirects.input === null || names.length !== 1 || !name || !/^[A-Za-z_]\w*$/.test(name)) {
    return refuseArguments(context, call, 'read NAME < FILE');
  }
  const { path } = redirects.input;
  const file = resolveFile(context, redirects.input.at, path, env);
  if (file === null) return null;
  emit(context, at, { op: 'read', file, into: name }, `read ${name} < ${path}`);
  return withStatus(withVariable(env, name, { kind: 'runtime' }), 'runtime');
}

/** Compiles `echo text | tee file`, the form that works with sudo. */
export function compileTee(
  context: Context,
  node: Pipeline,
  env: Environment,
  flow: Flow,
): Environment | null {
  const [source, sink, ...rest] = node.commands;
  const left = asCommand(source?.type === 'Command' ? source : undefined, ['echo', 'printf']);
  const right = asCommand(sink?.type === 'Command' ? sink : undefined, ['tee', 'sudo']);
  if (left === null || right === null || rest.length > 0 || node.operators[0] !== '|') {
    const suggestion = 'supported: echo … | tee FILE';
    report(context, 'DAX201', node, 'this pipeline is not supported', { suggestion });
    for (const command of node.commands) compileNode(context, command, env, flow);
    return withStatus(env, 'runtime');
  }
  const from = expandCommandWords(context, left, env);
  const to = expandCommandWords(context, right, env);
  const failed = withStatus(env, 'runtime');
  if (from === null || to === null) return failed;
  const target = to.fields.filter((field) => knownText(field) !== '-a');
  const [file] = target;
  if (to.name !== 'tee' || file === undefined || target.length > 1) {
    refuseArguments(context, to, 'echo … | tee FILE');
    return failed;
  }
  const path = requireText(context, file, 'the file');
  const value = from.name === 'echo' ? echoValue(context, from) : printfValue(context, from);
  if (path === null) return failed;
  const call = { ...from, at: node };
  const after = writeTo(context, call, { path, at: file.at }, value);
  return applyExitOnError(context, node, after ?? failed, flow);
}

function asCommand(node: Command | undefined, names: readonly string[]): Command | null {
  if (node === undefined) return null;
  return names.includes(node.name?.value ?? '') ? node : null;
}

/** Reports arguments that a command does not support; returns null. */
export function refuseArguments(context: Context, call: Invocation, usage: string): null {
  const suggestion = `write it as: ${usage}`;
  const message = `these arguments of ${call.name} are not supported`;
  report(context, 'DAX204', call.at, message, { suggestion });
  return null;
}

type Target = Invocation['redirects']['output'] | { readonly path: string; readonly at: Span };

function writeTo(
  context: Context,
  call: Invocation,
  target: Target,
  value: Operand | null,
): Environment | null {
  const { at, env } = call;
  if (typeof target === 'string') return finish(context, at, env, 0);
  const file = resolveFile(context, target.at, target.path, env);
  if (file === null || value === null) return null;
  const shown = call.constant ? undefined : `echo ${shownOperand(value)} > ${target.path}`;
  emit(context, at, { op: 'write', file, value }, shown);
  return withStatus(env, 'runtime');
}

function shownOperand(value: Operand): string {
  if (value.kind === 'constant') return shellWord(value.text);
  return value.kind === 'variable' ? `"$${value.name}"` : '$kernel';
}

/** What echo writes, without the newline: sysfs takes no notice of it. */
function echoValue(context: Context, call: Invocation): Operand | null {
  const written = typeof call.redirects.output !== 'string' || call.name !== 'echo';
  const first = call.fields[0] === undefined ? null : knownText(call.fields[0]);
  const words = first === '-n' ? call.fields.slice(1) : call.fields;
  if (first === '-e' || first === '-ne') {
    if (written) refuseArguments(context, call, 'echo TEXT, or printf');
    return null;
  }
  if (words.length === 0 && first === '-n') return refuseEmpty(context, call);
  return joinWords(context, words);
}

function printfValue(context: Context, call: Invocation): Operand | null {
  const [format, only] = call.fields;
  const conversion = format === undefined ? null : knownText(format);
  if (call.fields.length === 2 && only !== undefined && /^%s(\\n)?$/.test(conversion ?? '')) {
    return requireOperand(context, only);
  }
  const words = call.fields.map(knownText);
  const known = words.filter((word) => word !== null);
  const text = known.length < words.length ? null : printfText(known);
  if (text === null) return refuseArguments(context, call, "printf '%s' TEXT");
  if (text === '') return refuseEmpty(context, call);
  return { kind: 'constant', text: text.replace(/\n$/, '') };
}

function refuseEmpty(context: Context, call: Invocation): null {
  const suggestion = 'write a text';
  if (typeof call.redirects.output === 'string') return null;
  report(context, 'DAX204', call.at, 'this writes nothing at all', { suggestion });
  return null;
}

function joinWords(context: Context, fields: readonly Field[]): Operand | null {
  const [only] = fields;
  if (fields.length === 1 && only !== undefined) return requireOperand(context, only);
  const texts = fields.map((field) => requireText(context, field, 'a part of the text'));
  if (texts.some((part) => part === null)) return null;
  return { kind: 'constant', text: texts.join(' ') };
}
