/**
 * Macros over collections, written out for each object of the model, and the few functions.
 */
import type { ASTNode } from '@marcbachmann/cel-js';
import {
  and,
  type BoolCode,
  compare,
  constant,
  type IntCode,
  not,
  or,
  sum,
} from '../../kernel/stateCode.js';
import { suggestion } from '../../model/suggest.js';
import type { Compiling } from './compile.js';
import { boolOf } from './operators.js';
import { describeTerm, FAULTY, type Term } from './terms.js';

/** A call as it was written: `name(written)` or `receiver.name(written)`. */
export interface MacroCall {
  readonly name: string;
  readonly receiver: ASTNode | null;
  readonly written: readonly ASTNode[];
}

type ListTerm = Term & { readonly kind: 'list' };

const MACROS = ['all', 'exists', 'exists_one', 'filter', 'size'] as const;

const countOf = (codes: readonly BoolCode[]): IntCode =>
  sum(codes.map((of): IntCode => ({ op: 'number', of })));

/** Each item's condition to be there, and what the body says of it. */
function bodies(
  list: ListTerm,
  [variable, body]: readonly [ASTNode, ASTNode],
  context: Compiling,
): readonly { readonly given: BoolCode; readonly says: BoolCode }[] {
  const { variables, fault } = context;
  if (variable.op !== 'id') {
    fault(
      'DAX322',
      variable,
      'expected the name of a variable',
      'as in all(b, b.state == "online")',
    );
    return [];
  }
  const name = variable.args;
  return list.items.map(({ term, given }) => {
    const inner = [...variables, [name, term] as const];
    return { given, says: boolOf(body, (node) => context.compile(node, inner), context) };
  });
}

function macro(
  name: string,
  list: ListTerm,
  parts: readonly [ASTNode, ASTNode],
  context: Compiling,
): Term {
  const said = bodies(list, parts, context);
  if (name === 'filter') {
    const items = list.items.map(({ term, given }, at) => ({
      term,
      given: and(given, said[at]?.says ?? given),
    }));
    return { kind: 'list', items, of: null };
  }
  const both = said.map(({ given, says }) => and(given, says));
  if (name === 'all') {
    return { kind: 'bool', code: and(...said.map(({ given, says }) => or(not(given), says))) };
  }
  if (name === 'exists') return { kind: 'bool', code: or(...both) };
  return { kind: 'bool', code: compare('==', countOf(both), constant(1)) };
}

function size(term: Term, node: ASTNode, { fault }: Compiling): Term {
  if (term.kind === 'faulty') return term;
  if (term.kind === 'list') {
    return { kind: 'int', code: countOf(term.items.map(({ given }) => given)) };
  }
  if (term.kind === 'names') return { kind: 'int', code: { op: 'count', of: term.code } };
  if (term.kind === 'literal') return { kind: 'int', code: constant(term.text.length) };
  const hint = 'size() counts devices, blocks, a list, or names';
  return fault('DAX322', node, `${describeTerm(term)} cannot be counted`, hint);
}

/** startsWith, endsWith, contains: of a field, the numbers of the texts of which it is true. */
function textCall(
  name: string,
  term: Term,
  argument: Term,
  node: ASTNode,
  context: Compiling,
): Term {
  if (term.kind === 'faulty' || argument.kind === 'faulty') return FAULTY;
  if (argument.kind !== 'literal' || (term.kind !== 'text' && term.kind !== 'literal')) {
    const message = `\`${name}\` is asked of a text, with a text that is written out`;
    return context.fault('DAX322', node, message, 'as in b.zone.startsWith("DMA")');
  }
  const test = (text: string): boolean => {
    if (name === 'startsWith') return text.startsWith(argument.text);
    return name === 'endsWith' ? text.endsWith(argument.text) : text.includes(argument.text);
  };
  if (term.kind === 'literal') {
    return { kind: 'bool', code: { op: 'truth', value: test(term.text) } };
  }
  const { code, texts } = term;
  const fits = texts.flatMap((text, at) => (test(text) ? [compare('==', code, constant(at))] : []));
  return { kind: 'bool', code: or(...fits) };
}

const TEXT_CALLS: readonly string[] = ['startsWith', 'endsWith', 'contains'];
const KNOWN = [...MACROS, ...TEXT_CALLS];

/** Compiles a call. */
export function compileCall(call: MacroCall, node: ASTNode, context: Compiling): Term {
  const { name, receiver, written } = call;
  const compile = (part: ASTNode): Term => context.compile(part, context.variables);
  const [first, second, ...others] = written;
  if (name === 'size') {
    const about = receiver ?? first;
    if (about !== undefined && written.length === (receiver === null ? 1 : 0)) {
      return size(compile(about), node, context);
    }
  }
  if (
    receiver !== null &&
    TEXT_CALLS.includes(name) &&
    first !== undefined &&
    second === undefined
  ) {
    return textCall(name, compile(receiver), compile(first), node, context);
  }
  const isMacro = (MACROS as readonly string[]).includes(name) && name !== 'size';
  if (receiver === null || !isMacro || first === undefined || second === undefined) {
    const message = `\`${name}\` with ${written.length} arguments is not known here`;
    return context.fault('DAX323', node, message, suggestion(name, KNOWN));
  }
  const list = compile(receiver);
  if (list.kind === 'faulty') return FAULTY;
  if (list.kind !== 'list' || others.length > 0) {
    const message = `\`${name}\` is asked of a collection, with a variable and a condition`;
    return context.fault('DAX322', node, message, 'as in blocks.all(b, b.state == "online")');
  }
  return macro(name, list, [first, second], context);
}
