/**
 * `$(…)`: reading a sysfs file, and the pure commands that scripts build names with.
 */
import type { Command, CommandExpansionPart, Statement } from 'unbash';
import { type Context, emit, report, resolveFile, type Span } from './context.js';
import type { Environment, Status } from './environment.js';
import { printfText } from './printf.js';
import { quietStatus } from './quiet.js';
import { expandFields, type Field, requireText } from './words.js';

export type Substitution =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string }
  /** Printed by a command that changes nothing. */
  | { readonly kind: 'unknown'; readonly status: Status };

/** Start of the names of variables that hold what a `$(cat …)` inside a command read. */
const READ_VARIABLE = '_read';

/** Most words that `$(seq …)` may give. */
const SEQUENCE_MAX = 4096;

/**
 * Compiles a command substitution.
 *
 * `$(cat file)` emits the read into `into`, or into a variable of its own; the others are computed.
 * Returns null when the command is not supported (reported).
 */
export function substitute(
  context: Context,
  part: CommandExpansionPart,
  env: Environment,
  into: string | undefined,
): Substitution | null {
  for (const { pos, message } of part.script?.errors ?? []) {
    report(context, 'DAX200', { pos, end: pos }, message);
    return null;
  }
  const printed = printedBy(part, env);
  if (printed !== null) return printed;
  const command = onlyCommand(part);
  const name = command?.name?.value;
  if (command === null || name === undefined) return refuse(context, part);
  const words = command.suffix.filter((item) => item.type === 'Word');
  const quiet = command.redirects.every(
    (redirect) =>
      redirect.type === 'Redirect' &&
      redirect.descriptor?.type === 'FileDescriptor' &&
      redirect.descriptor.value === 2 &&
      redirect.target?.value === '/dev/null',
  );
  if (!quiet || command.prefix.length > 0) return refuse(context, part);
  const fields = expandFields(context, words, env);
  if (fields === null) return null;
  if (name === 'cat') return substituteCat(context, part, { fields, env, into });
  const texts = fields.map((field) => requireText(context, field, `an argument of ${name}`));
  const known = texts.filter((text) => text !== null);
  if (known.length < texts.length) return null;
  const text = compute(name, known);
  return text === null ? refuse(context, part) : { kind: 'text', text };
}

/** What commands print that change nothing; null where there are others. */
function printedBy(part: CommandExpansionPart, env: Environment): Substitution | null {
  const [statement, ...rest] = part.script?.commands ?? [];
  if (statement === undefined || rest.length > 0 || statement.background) return null;
  if (isComputed(statement.command)) return null;
  const status = quietStatus(statement.command, env);
  if (status === null) return null;
  const text = OF_ROOT.get(part.text.slice(2, -1).trim());
  return text === undefined ? { kind: 'unknown', status } : { kind: 'text', text };
}

const isComputed = (node: Statement['command']): boolean =>
  node.type === 'Command' && /^(?:echo|printf)$/.test(node.name?.value ?? '');

/** What is the same on every machine that is modelled. */
const OF_ROOT: ReadonlyMap<string, string> = new Map([
  ['id -u', '0'],
  ['whoami', 'root'],
  ['id -un', 'root'],
  ['uname -m', 'x86_64'],
]);

function onlyCommand(part: CommandExpansionPart): Command | null {
  const [statement, ...rest] = part.script?.commands ?? [];
  if (statement === undefined || rest.length > 0 || statement.background) return null;
  return statement.command.type === 'Command' ? statement.command : null;
}

function refuse(context: Context, part: CommandExpansionPart): null {
  const suggestion = 'supported: $(cat file), basename, dirname, seq, echo and printf';
  report(context, 'DAX201', part, `${part.text} is not supported`, { suggestion });
  return null;
}

interface CatUse {
  readonly fields: readonly Field[];
  readonly env: Environment;
  readonly into: string | undefined;
}

function substituteCat(context: Context, at: Span, use: CatUse): Substitution | null {
  const [field, ...rest] = use.fields;
  if (field === undefined || rest.length > 0) {
    report(context, 'DAX204', at, 'cat takes one file', { suggestion: 'write $(cat file)' });
    return null;
  }
  const path = requireText(context, field, 'the path');
  if (path === null) return null;
  const file = resolveFile(context, field.at, path, use.env);
  if (file === null) return null;
  const name = use.into ?? newReadVariable(context);
  const shown = use.into === undefined ? `cat ${path}` : `${name}=$(cat ${path})`;
  emit(context, at, { op: 'read', file, into: name }, shown);
  return { kind: 'variable', name };
}

/** Takes a variable for what one command reads and does not keep. */
export function newReadVariable(context: Context): string {
  context.reads.count++;
  return `${READ_VARIABLE}${context.reads.count}`;
}

/**
 * Empties the variables that a command took, so that what it read does not tell states apart later.
 * An assignment leaves the status alone.
 */
export function clearReads(context: Context, at: Span): void {
  for (let index = 1; index <= context.reads.count; index++) {
    const value = { kind: 'constant', text: '' } as const;
    emit(context, at, { op: 'assign', variable: `${READ_VARIABLE}${index}`, value });
  }
  context.reads.count = 0;
}

/** What a pure command prints, without its last newlines; null when it is none of them. */
function compute(name: string, words: readonly string[]): string | null {
  const [first = '', second] = words;
  if (name === 'echo') return words.join(' ').trimEnd();
  if (name === 'printf') return printfText(words)?.trimEnd() ?? null;
  if (name === 'basename' && words.length >= 1 && words.length <= 2) {
    const base = first.replace(/\/+$/, '').replace(/^.*\//s, '');
    const cut = second !== undefined && base !== second && base.endsWith(second);
    return cut ? base.slice(0, base.length - second.length) : base;
  }
  if (name === 'dirname' && words.length === 1) {
    const trimmed = first.replace(/\/+$/, '');
    const slash = trimmed.lastIndexOf('/');
    if (slash < 0) return '.';
    return trimmed.slice(0, slash).replace(/\/+$/, '') || '/';
  }
  return name === 'seq' ? sequence(words) : null;
}

function sequence(words: readonly string[]): string | null {
  const numbers = words.map((word) => (/^-?\d{1,9}$/.test(word) ? Number(word) : Number.NaN));
  if (numbers.length < 1 || numbers.length > 2 || numbers.some(Number.isNaN)) return null;
  const last = numbers[numbers.length - 1] ?? 0;
  const first = numbers.length === 2 ? (numbers[0] ?? 1) : 1;
  if (last - first >= SEQUENCE_MAX) return null;
  const count = Math.max(0, last - first + 1);
  return Array.from({ length: count }, (_, index) => String(first + index)).join('\n');
}
