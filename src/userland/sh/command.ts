/**
 * Simple commands: assignments, and the table of commands that are known.
 */
import type { Assignment, Command, Word } from 'unbash';
import { compileDaxctl } from '../daxctl/command.js';
import { editDistance } from '../sysfsPath.js';
import { compileInsmod } from './beneathCommands.js';
import { type Context, emit, type Flow, finish, report, type Span, withStatus } from './context.js';
import { type Environment, withVariable } from './environment.js';
import { applyExitOnError } from './errexit.js';
import { compileTrap, emitExit } from './exitTrap.js';
import { compileLeave } from './forLoop.js';
import { compileCall, compileReturn, compileShift, DECLARES, declareName } from './functions.js';
import {
  compileCxl,
  compileKexec,
  compileModule,
  compileNdctl,
  compileProcess,
  compileUdevadm,
} from './machineCommands.js';
import { compileCat, compileEcho, compilePrintf, compileRead, refuseArguments } from './output.js';
import { compileQuiet } from './quiet.js';
import { type Redirects, readRedirects } from './redirects.js';
import { clearReads } from './substitution.js';
import { compileTest } from './testCommand.js';
import {
  expandFields,
  expandSingle,
  type Field,
  knownText,
  requireOperand,
  requireText,
} from './words.js';

/** A command with its words expanded. */
export interface Invocation {
  readonly name: string;
  /** The arguments. */
  readonly fields: readonly Field[];
  readonly redirects: Redirects;
  readonly env: Environment;
  readonly at: Span;
  /** No word was changed by expansion: the source line says what is done. */
  readonly constant: boolean;
}

/** Compiles a simple command with its assignments, and the way out of `set -e`. */
export function compileSimple(
  context: Context,
  node: Command,
  env: Environment,
  flow: Flow,
): Environment | null {
  if (node.name === undefined) {
    const after = compileAssignments(context, node, env);
    return applyExitOnError(context, node, after, flow);
  }
  if (DECLARES.has(node.name.value)) return compileDeclaration(context, node, env);
  const quiet = compileQuiet(context, node, env);
  if (quiet !== undefined) return applyExitOnError(context, node, quiet, flow);
  const call = expandCommandWords(context, node, env);
  // Words at fault must not hide that the command itself is unknown.
  if (call === null && node.name.parts === undefined && !env.functions.has(node.name.value)) {
    checkKnown(context, node, node.name.value);
  }
  const after = call === null ? null : dispatch(context, call, flow);
  clearReads(context, node);
  if (after === 'gone') return null;
  // A command at fault is taken as one that may fail, so that what follows is read as well.
  return applyExitOnError(context, node, after ?? withStatus(env, 'runtime'), flow);
}

/** Expands the words and redirections of a command; null when one is at fault (reported). */
export function expandCommandWords(
  context: Context,
  node: Command,
  env: Environment,
): Invocation | null {
  const prefix = node.prefix.find((item) => item.type === 'Assignment');
  if (prefix !== undefined) {
    const suggestion = 'set the variable in a line of its own';
    report(context, 'DAX201', prefix, 'a variable for one command', { suggestion });
    return null;
  }
  const words: Word[] = node.name === undefined ? [] : [node.name];
  for (const item of node.suffix) {
    if (item.type === 'Word') words.push(item);
    if (item.type === 'Assignment') {
      words.push({ type: 'Word', text: item.text, value: item.text, pos: item.pos, end: item.end });
    }
  }
  const fields = expandFields(context, words, env);
  const redirects = readRedirects(context, node.redirects, env);
  if (fields === null || redirects === null) return null;
  const [first, ...rest] = fields;
  const name = first === undefined ? null : knownText(first);
  if (name === null) {
    const suggestion = 'write the command itself';
    report(context, 'DAX202', node, 'the command is known at run time only', { suggestion });
    return null;
  }
  const constant = !/[$`]/.test(context.source.slice(node.pos, node.end));
  const call = { name, fields: rest, redirects, env, at: node, constant };
  return name === 'sudo' ? withoutSudo(context, call) : call;
}

/** In the model every actor is root, but sudo does not reach the redirection of its own line. */
function withoutSudo(context: Context, call: Invocation): Invocation | null {
  const [first, ...rest] = call.fields;
  const name = first === undefined ? null : knownText(first);
  if (name === null || name.startsWith('-')) return refuseArguments(context, call, 'sudo COMMAND');
  if (typeof call.redirects.output !== 'string') {
    const suggestion = 'echo … | sudo tee FILE';
    const message = 'the shell opens this file, not sudo: it is opened without root';
    report(context, 'DAX205', call.redirects.output.at, message, { suggestion });
    return null;
  }
  return { ...call, name, fields: rest };
}

/** Assignments behind a word that declares variables. */
function compileDeclaration(
  context: Context,
  node: Command,
  start: Environment,
): Environment | null {
  let env = start;
  for (const item of node.suffix) {
    if (item.type === 'Assignment') env = compileAssignment(context, item, env);
    else if (item.type !== 'Word' || !/^(?:-[rxg]+|[A-Za-z_]\w*)$/.test(item.text)) {
      const suggestion = 'write name=text';
      report(context, 'DAX201', item, 'this declaration is not supported', { suggestion });
    } else if (!item.text.startsWith('-')) env = declareName(env, item.text);
  }
  const after = finish(context, node, env, 0);
  clearReads(context, node);
  return after;
}

function compileAssignments(context: Context, node: Command, start: Environment): Environment {
  let env = finish(context, node, start, 0);
  for (const redirect of node.redirects) {
    const suggestion = 'echo a text into the file';
    report(context, 'DAX205', redirect, 'a redirection without a command', { suggestion });
  }
  for (const item of node.prefix) {
    if (item.type === 'Assignment') env = compileAssignment(context, item, env);
  }
  clearReads(context, node);
  return env;
}

function compileAssignment(context: Context, item: Assignment, env: Environment): Environment {
  const { name, value } = item;
  if (value.type !== 'Word' || item.append || item.index !== undefined) {
    const suggestion = 'write name=text';
    report(context, 'DAX201', item, 'arrays and += are not sh', { suggestion });
    return withVariable(env, name, { kind: 'runtime' });
  }
  const field = expandSingle(context, value, env, { into: name });
  const unknown = field?.pieces.find((piece) => piece.kind === 'unknown');
  if (unknown?.kind === 'unknown') {
    return withStatus(withVariable(env, name, { kind: 'unknown' }), unknown.status);
  }
  const operand = field === null ? null : requireOperand(context, field);
  if (operand === null) return withVariable(env, name, { kind: 'runtime' });
  if (operand.kind === 'constant') {
    emit(context, item, { op: 'assign', variable: name, value: operand });
    return withVariable(env, name, { kind: 'text', text: operand.text });
  }
  const read = /\$\(|`/.test(value.text);
  // A file read straight into the variable needs no assignment.
  if (operand.kind === 'event-device' || operand.name !== name) {
    emit(context, item, { op: 'assign', variable: name, value: operand });
  }
  const kind = operand.kind === 'event-device' ? 'event-device' : 'runtime';
  const after = withVariable(env, name, { kind });
  return read ? withStatus(after, 'runtime') : after;
}

type Compiler = (context: Context, call: Invocation, flow: Flow) => Environment | 'gone' | null;

const nothing: Compiler = (context, { at, env }) => finish(context, at, env, 0);

const COMMANDS: ReadonlyMap<string, Compiler> = new Map<string, Compiler>([
  ['echo', compileEcho],
  ['printf', compilePrintf],
  ['cat', compileCat],
  ['read', compileRead],
  ['[', compileTest],
  ['test', compileTest],
  ['true', nothing],
  [':', nothing],
  ['false', (context, { at, env }) => finish(context, at, env, 1)],
  ['exit', compileExit],
  ['return', compileReturn],
  ['shift', compileShift],
  ['command', compileWhich],
  ['which', compileWhich],
  ['type', compileWhich],
  ['trap', compileTrap],
  ['break', leave('break')],
  ['continue', leave('continue')],
  ['set', compileSet],
  ['cd', compileChangeDirectory],
  ['sleep', compileSleep],
  ['sync', nothing],
  ['udevadm', compileUdevadm],
  ['kexec', compileKexec],
  ['modprobe', compileModule],
  ['rmmod', compileModule],
  ['insmod', compileInsmod],
  ['ndctl', compileNdctl],
  ['cxl', compileCxl],
  ['open', compileProcess],
  ['mmap', compileProcess],
  ['touch', compileProcess],
  ['pin', compileProcess],
  ['unpin', compileProcess],
  ['munmap', compileProcess],
  ['close', compileProcess],
  ['mount', compileProcess],
  ['umount', compileProcess],
  ['reboot', compileReboot],
  ['daxctl', compileDaxctl],
]);

function dispatch(context: Context, call: Invocation, flow: Flow): Environment | 'gone' | null {
  const own = call.env.functions.get(call.name);
  if (own === null) {
    const suggestion = 'define it once, at the top';
    const message = `${call.name} is defined on one way to here and not on another`;
    report(context, 'DAX201', call.at, message, { suggestion });
    return null;
  }
  if (own !== undefined) return compileCall(context, call, own, flow);
  const name = plainName(call.name);
  const compiler = COMMANDS.get(name);
  if (compiler !== undefined) return compiler(context, { ...call, name }, flow);
  checkKnown(context, call.at, call.name);
  return null;
}

/** /sbin/modprobe is modprobe. */
function plainName(name: string): string {
  return name.replace(/^\/(?:usr\/)?s?bin\//, '');
}

function checkKnown(context: Context, at: Span, word: string): void {
  const name = plainName(word);
  if (COMMANDS.has(name) || name === 'sudo') return;
  const near = [...COMMANDS.keys()].find(
    (known) => known.length > 3 && editDistance(known, name.slice(0, 40)) <= 2,
  );
  const suggestion =
    near === undefined ? 'docs/userland.md lists the commands' : `did you mean ${near}`;
  report(context, 'DAX202', at, `${name || "''"} is not a known command`, { suggestion });
}

/** `command -v NAME`: the tools that are modelled are there. */
function compileWhich(context: Context, call: Invocation): Environment | null {
  const words = call.fields.map(knownText).filter((word) => word !== '-v' && word !== '-p');
  const [name] = words;
  const isThere = name != null && (COMMANDS.has(plainName(name)) || call.env.functions.has(name));
  if (words.length !== 1 || !isThere) {
    return refuseArguments(context, call, `${call.name} of a command that is modelled`);
  }
  return finish(context, call.at, call.env, 0);
}

function compileExit(context: Context, call: Invocation): 'gone' | null {
  const known = call.fields.map(knownText);
  if (known.length > 1 || known.some((word) => word !== null && !/^\d{1,3}$/.test(word))) {
    return refuseArguments(context, call, 'exit [0-255]');
  }
  emitExit(context, call.at, call.env);
  return 'gone';
}

function leave(kind: 'break' | 'continue'): Compiler {
  return (context, call, flow) => {
    if (call.fields.length > 0) return refuseArguments(context, call, kind);
    return compileLeave(context, call.at, call.env, { flow, kind }) ?? 'gone';
  };
}

/** `set -e` and `set +e`; -x, -u, -v and pipefail change nothing here. */
function compileSet(context: Context, call: Invocation): Environment | null {
  let exitOnError = call.env.exitOnError;
  const words = call.fields.map(knownText);
  if (words[0] === '--') return setArguments(context, call);
  for (const [index, word] of words.entries()) {
    const before = words[index - 1];
    if (before === '-o' || before === '+o' || /^-\w*o$/.test(before ?? '')) {
      if (word === 'errexit') exitOnError = before !== '+o';
      else if (!['pipefail', 'nounset', 'xtrace'].includes(word ?? '')) {
        return refuseArguments(context, call, 'set -e');
      }
    } else if (word !== null && /^[-+][euxvo]+$/.test(word)) {
      if (word.includes('e')) exitOnError = word.startsWith('-');
    } else {
      return refuseArguments(context, call, 'set -e');
    }
  }
  if (words.length === 0) return refuseArguments(context, call, 'set -e');
  return { ...finish(context, call.at, call.env, 0), exitOnError };
}

/** `set -- WORDS`. */
function setArguments(context: Context, call: Invocation): Environment | null {
  const texts = call.fields.slice(1).map((field) => requireText(context, field, 'an argument'));
  const positional = texts.flatMap((text) =>
    text === null ? [] : [{ kind: 'text' as const, text }],
  );
  if (positional.length < texts.length) return null;
  return { ...finish(context, call.at, call.env, 0), positional };
}

function compileChangeDirectory(context: Context, call: Invocation): Environment | null {
  const [field] = call.fields;
  const path = field === undefined ? null : knownText(field);
  const base = path?.startsWith('/') ? '' : call.env.directory;
  if (call.fields.length !== 1 || path === null || base === null) {
    return refuseArguments(context, call, 'cd /sys/…');
  }
  const directory = `${base}/${path}`.replace(/\/+/g, '/').replace(/(?<=.)\/$/, '');
  if (!/^\/($|sys(\/|$))/.test(directory) || path === '-') {
    return refuseArguments(context, call, 'cd /sys/…');
  }
  return { ...finish(context, call.at, call.env, 0), directory };
}

function compileSleep(context: Context, call: Invocation): Environment | null {
  const known = call.fields.map(knownText);
  if (known.length !== 1 || !/^\d+(\.\d+)?[smhd]?$|^infinity$/.test(known[0] ?? '')) {
    return refuseArguments(context, call, 'sleep SECONDS');
  }
  emit(context, call.at, { op: 'sleep' });
  return finish(context, call.at, call.env, 0);
}

function compileReboot(context: Context, call: Invocation): Environment | null {
  if (call.fields.length > 0) return refuseArguments(context, call, 'reboot');
  emit(context, call.at, { op: 'reboot' });
  return finish(context, call.at, call.env, 0);
}
