/**
 * Expands the words of a command into what is known of them: text, patterns, run-time variables.
 *
 * Follows the order of sh: parameters and commands first, then field splitting of what was not
 * quoted. Pathname expansion is left to the loop that asks for it. A run-time variable without
 * quotes counts as one field, because what sysfs answers here has no spaces.
 */
import type {
  ArithmeticExpansionPart,
  CommandExpansionPart,
  ParameterExpansionPart,
  Word,
  WordPart,
} from 'unbash';
import { type GlobToken, literalTokens, parseGlob } from '../glob.js';
import type { Operand } from '../program.js';
import { evaluateArithmetic } from './arithmetic.js';
import { type Context, report, type Span } from './context.js';
import type { Argument, Environment, Status, Value } from './environment.js';
import { cutText } from './parameter.js';
import { substitute } from './substitution.js';

export type Piece =
  /** `quoted` text is literal; other text may hold pattern characters. */
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'event-device' }
  /** What was printed by a command that changes nothing: nobody knows it, and few need to. */
  | { readonly kind: 'unknown'; readonly what: string; readonly status: Status }
  /** `$?` where it is known at run time only. */
  | { readonly kind: 'status' };

export interface Field {
  readonly pieces: readonly Piece[];
  readonly at: Span;
}

/** One word before field splitting: parts in order, each with whether sh splits its text. */
interface Part {
  readonly piece: Piece;
  readonly split: boolean;
}

/** What an expansion may need besides the word. */
export interface ExpansionOptions {
  /** The variable that a lone `$(cat …)` is read into. */
  readonly into?: string;
}

/** Expands words to fields; null when a part of one cannot be compiled (already reported). */
export function expandFields(
  context: Context,
  words: readonly Word[],
  env: Environment,
): Field[] | null {
  const fields: Field[] = [];
  let complete = true;
  for (const word of words) {
    const parts = expandParts(context, word, env, {});
    if (parts === null) complete = false;
    else fields.push(...splitFields(parts, word));
  }
  return complete ? fields : null;
}

/** Expands a word without field splitting, as on the right of `=` and in a redirection. */
export function expandSingle(
  context: Context,
  word: Word,
  env: Environment,
  options: ExpansionOptions = {},
): Field | null {
  const parts = expandParts(context, word, env, options);
  return parts === null ? null : { pieces: parts.map(({ piece }) => piece), at: word };
}

/** The field as text; null when a part is known at run time only. */
export function knownText(field: Field): string | null {
  let text = '';
  for (const piece of field.pieces) {
    if (piece.kind !== 'text') return null;
    text += piece.text;
  }
  return text;
}

/** The field as text; reports and returns null when it is known at run time only. */
export function requireText(context: Context, field: Field, what: string): string | null {
  const text = knownText(field);
  if (text === null && refuseUnknown(context, field)) return null;
  if (text === null) {
    const suggestion = 'it must follow from constants, loop words and universe globs';
    report(context, 'DAX212', field.at, `${what} is known at run time only`, { suggestion });
  }
  return text;
}

/** Reports a field of which a part is not known at all. */
function refuseUnknown(context: Context, field: Field): boolean {
  const part = field.pieces.find((piece) => piece.kind === 'unknown');
  if (part?.kind !== 'unknown') return false;
  const suggestion = 'set it to a text before this line';
  report(context, 'DAX212', field.at, `what ${part.what} is not known`, { suggestion });
  return true;
}

/** The field as an operand: text, or one variable alone; reports mixtures. */
export function requireOperand(context: Context, field: Field): Operand | null {
  const text = knownText(field);
  if (text !== null) return { kind: 'constant', text };
  const pieces = field.pieces.filter((piece) => piece.kind !== 'text' || piece.text !== '');
  const [only] = pieces;
  if (pieces.length === 1 && only?.kind === 'variable') return only;
  if (pieces.length === 1 && only?.kind === 'event-device') return only;
  if (refuseUnknown(context, field)) return null;
  const suggestion = 'a run-time value must stand alone';
  report(context, 'DAX212', field.at, 'text is joined to a value known at run time only', {
    suggestion,
  });
  return null;
}

/** The field as a pattern; text in quotes matches itself. */
export function fieldTokens(field: Field): GlobToken[] {
  return field.pieces.flatMap((piece) => {
    if (piece.kind !== 'text') return [];
    return piece.quoted ? literalTokens(piece.text) : parseGlob(piece.text);
  });
}

function expandParts(
  context: Context,
  word: Word,
  env: Environment,
  options: ExpansionOptions,
): Part[] | null {
  if (word.parts === undefined) return [text(word.value, word.text !== word.value)];
  const into = holdsOneCommand(word.parts) ? options.into : undefined;
  return collect(word.parts, (part) => expandPart(context, part, env, { quoted: false, into }));
}

/** Concatenates the parts of all; null when one of them is null, after all were looked at. */
function collect<T>(items: readonly T[], expand: (item: T) => Part[] | null): Part[] | null {
  const expanded = items.map(expand);
  return expanded.every((parts) => parts !== null) ? expanded.flat() : null;
}

function holdsOneCommand(parts: readonly WordPart[]): boolean {
  const [only] = parts;
  if (parts.length !== 1 || only === undefined) return false;
  if (only.type === 'DoubleQuoted') return holdsOneCommand(only.parts);
  return only.type === 'CommandExpansion';
}

interface PartOptions {
  readonly quoted: boolean;
  readonly into: string | undefined;
}

function expandPart(
  context: Context,
  part: WordPart,
  env: Environment,
  options: PartOptions,
): Part[] | null {
  const split = !options.quoted;
  switch (part.type) {
    case 'Literal':
      // Without quotes a difference between value and text is a backslash: then it is literal.
      return [text(part.value, options.quoted || part.value !== part.text)];
    case 'Glob':
      return [text(part.text, options.quoted)];
    case 'SingleQuoted':
      return [text(part.value, true)];
    case 'DoubleQuoted': {
      const inner = collect(part.parts, (child) =>
        expandPart(context, child, env, { ...options, quoted: true }),
      );
      // Quotes around nothing are still a field.
      return inner === null ? null : [text('', true), ...inner];
    }
    case 'SimpleExpansion':
      return expandVariable(context, part, { name: part.text.slice(1), env, split });
    case 'ParameterExpansion':
      return expandParameter(context, part, env, split);
    case 'CommandExpansion':
      return expandCommand(context, part, env, { ...options, split });
    case 'ArithmeticExpansion':
      return expandArithmetic(context, part, env);
    default:
      return refusePart(context, part);
  }
}

function text(value: string, quoted: boolean): Part {
  return { piece: { kind: 'text', text: value, quoted }, split: false };
}

function refusePart(context: Context, part: WordPart): null {
  const brace = part.type === 'BraceExpansion';
  const suggestion = brace ? 'sh has no braces: write the words out, or $(seq 1 3)' : 'not sh';
  report(context, 'DAX201', part, `${part.text} is not supported`, { suggestion });
  return null;
}

interface VariableUse {
  readonly name: string;
  readonly env: Environment;
  readonly split: boolean;
}

function expandVariable(context: Context, at: Span, use: VariableUse): Part[] | null {
  const { name, env, split } = use;
  if (name === '?') {
    if (env.status === 0 || env.status === 1) return [text(String(env.status), true)];
    return [{ piece: { kind: 'status' }, split: false }];
  }
  if (name === '@' || name === '*') return expandArguments(context, at, use);
  const value = parameterValue(context, env, name);
  if (value === undefined) {
    if (/^(?:\d+|#)$/.test(name)) return refuseArgument(context, at, name);
    report(context, 'DAX213', at, `variable ${name} is never set before this`, { name });
    return null;
  }
  return [valuePart(value, name, split)];
}

/** What a parameter holds; undefined where it is not set. */
function parameterValue(
  context: Context,
  env: Environment,
  name: string,
): Value | Argument | undefined {
  if (name === '0') return { kind: 'text', text: context.placeOf(0).file };
  if (name === '#' || /^\d+$/.test(name)) return argumentValue(env, name);
  return env.variables.get(name) ?? OF_ROOT.get(name);
}

/** An argument, empty beyond the last one; undefined where none are given, or it is not known. */
function argumentValue({ positional }: Environment, name: string): Argument | undefined {
  if (positional === 'differs') return { kind: 'unknown' };
  if (positional === 'not given') return undefined;
  if (name === '#') return { kind: 'text', text: String(positional.length) };
  return positional[Number(name) - 1] ?? { kind: 'text', text: '' };
}

const UNKNOWN: Value = { kind: 'unknown' };

/** Variables that every shell of root has. */
const OF_ROOT: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['EUID', { kind: 'text', text: '0' }],
  ['UID', { kind: 'text', text: '0' }],
  ['USER', { kind: 'text', text: 'root' }],
  ...[
    '$',
    'PPID',
    'RANDOM',
    'LINENO',
    'SECONDS',
    'HOSTNAME',
    'PATH',
    'HOME',
    'PWD',
    'FUNCNAME',
  ].map((name) => [name, UNKNOWN] as const),
]);

function valuePart(value: Value | Argument, name: string, split: boolean): Part {
  switch (value.kind) {
    case 'text':
      return known(value.text, split);
    case 'unknown':
      return unknownPart(`${name} holds`, 'lost');
    case 'event-device':
      return { piece: { kind: 'event-device' }, split: false };
    case 'variable':
      return { piece: value, split: false };
    default:
      return { piece: { kind: 'variable', name }, split: false };
  }
}

const unknownPart = (what: string, status: Status): Part => ({
  piece: { kind: 'unknown', what, status },
  split: false,
});

/** `$@` and `$*`: all arguments, each one a field, or one text in quotes. */
function expandArguments(context: Context, at: Span, use: VariableUse): Part[] | null {
  const { name, env, split } = use;
  if (typeof env.positional === 'string') return refuseArgument(context, at, name);
  const blank = split || name === '@' ? { ...known(' ', true), split: true } : known(' ', false);
  return env.positional.flatMap((value, index) => [
    ...(index > 0 ? [blank] : []),
    // Quotes around an empty argument are still a field.
    ...(split ? [] : [text('', true)]),
    valuePart(value, `$${index + 1}`, split),
  ]);
}

function refuseArgument(context: Context, at: Span, name: string): null {
  const suggestion = 'scripts run without arguments: put `set -- dax0.0` before this line';
  report(context, 'DAX212', at, `what $${name} holds is not known`, { suggestion });
  return null;
}

/** Text that came out of an expansion: split and a pattern without quotes, literal inside them. */
function known(value: string, split: boolean): Part {
  return { piece: { kind: 'text', text: value, quoted: !split }, split };
}

function expandParameter(
  context: Context,
  part: ParameterExpansionPart,
  env: Environment,
  split: boolean,
): Part[] | null {
  const { parameter: name, operation } = part;
  const value = parameterValue(context, env, name);
  if (part.index !== undefined || part.prefix === '!') return refusePart(context, part);
  if (part.prefix === '#') {
    if (value?.kind === 'text') return [text(String(value.text.length), true)];
    return refuseRuntime(context, part, name);
  }
  if (operation === undefined) return expandVariable(context, part, { name, env, split });
  // `${x:?text}` ends a script that was not given x.
  if (operation.type === 'Default' && operation.operator.endsWith('?') && value?.kind === 'text') {
    if (value.text !== '') return expandVariable(context, part, { name, env, split });
  }
  if (operation.type === 'Default' && operation.operator.endsWith('-')) {
    const empty = value?.kind === 'text' && value.text === '' && operation.operator === ':-';
    if (value === undefined || empty) return expandParts(context, operation.operand, env, {});
    if (value.kind === 'runtime' || value.kind === 'variable') {
      return refuseRuntime(context, part, name);
    }
    return expandVariable(context, part, { name, env, split });
  }
  if (operation.type !== 'Remove') return refusePart(context, part);
  if (value === undefined) return expandVariable(context, part, { name, env, split });
  if (value.kind !== 'text') return refuseRuntime(context, part, name);
  const pattern = expandSingle(context, operation.operand, env);
  if (pattern === null) return null;
  return [known(cutText(value.text, operation.operator, fieldTokens(pattern)), split)];
}

function refuseRuntime(context: Context, at: Span, name: string): null {
  const suggestion = 'it works on constants and loop words';
  report(context, 'DAX212', at, `the value of ${name} is known at run time only`, { suggestion });
  return null;
}

function expandCommand(
  context: Context,
  part: CommandExpansionPart,
  env: Environment,
  options: PartOptions & { readonly split: boolean },
): Part[] | null {
  const result = substitute(context, part, env, options.into);
  if (result === null) return null;
  if (result.kind === 'text') return [known(result.text, options.split)];
  if (result.kind === 'unknown') return [unknownPart(`${part.text} prints`, result.status)];
  return [{ piece: { kind: 'variable', name: result.name }, split: false }];
}

function expandArithmetic(
  context: Context,
  part: ArithmeticExpansionPart,
  env: Environment,
): Part[] | null {
  const result = evaluateArithmetic(part.expression, env);
  if (result.kind === 'number') return [text(String(result.value), true)];
  const { message, suggestion } = result;
  report(context, result.code, part, `${part.text}: ${message}`, { suggestion });
  return null;
}

/** Splits at blanks what sh splits. A field of nothing but empty unquoted text disappears. */
function splitFields(parts: readonly Part[], at: Span): Field[] {
  const fields: Field[] = [];
  let pieces: Piece[] = [];
  const close = () => {
    const visible = pieces.some((piece) => piece.kind !== 'text' || piece.quoted || piece.text);
    if (visible) fields.push({ pieces, at });
    pieces = [];
  };
  for (const { piece, split } of parts) {
    if (piece.kind !== 'text' || !split) {
      pieces.push(piece);
      continue;
    }
    for (const [index, chunk] of piece.text.split(/[ \t\n]+/).entries()) {
      if (index > 0) close();
      pieces.push({ kind: 'text', text: chunk, quoted: false });
    }
  }
  close();
  return fields;
}
