/**
 * Type-checks an expression in CEL against the model, and compiles it to code over a state.
 *
 * The text is parsed by a library. Every object that can exist is known when a model is compiled,
 * so indices are resolved and macros over collections are written out here; what is left has no
 * loops, no texts and no way to fail.
 */
import { isDeepStrictEqual } from 'node:util';
import { type ASTNode, parse } from '@marcbachmann/cel-js';
import { type Diagnostic, type DiagnosticCode, diagnose } from '../../errors.js';
import { type BoolCode, constant, or } from '../../kernel/stateCode.js';
import type { SourceText } from '../../model/model.js';
import { placesOf } from '../../userland/source.js';
import { compileCall, type MacroCall } from './macros.js';
import { memberOf, nameOf } from './names.js';
import type { Namespace } from './namespace.js';
import { boolOf, compileOperator, isOperator } from './operators.js';
import { describeTerm, FAULTY, listTerm, type Term } from './terms.js';

/** What the compiler of one expression carries along. */
export interface Compiling {
  readonly namespace: Namespace;
  /** Variables of the macros around, innermost last. */
  readonly variables: readonly (readonly [string, Term])[];
  /** Tells a fault at a part of the expression, and answers what stands for its value. */
  readonly fault: (code: DiagnosticCode, at: ASTNode, message: string, hint: string) => Term;
  readonly compile: (node: ASTNode, variables?: Compiling['variables']) => Term;
}

/** A part of a top-level `||`. */
export interface Alternative {
  readonly code: BoolCode;
  readonly text: string;
}

export type CompiledExpression =
  | { readonly ok: true; readonly code: BoolCode; readonly alternatives: readonly Alternative[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** Longest text that is parsed, and deepest nesting of what it says. */
const LENGTH_MAX = 4096;

function syntaxFault(source: SourceText, cause: unknown): Diagnostic {
  const range = cause instanceof Error && 'range' in cause ? cause.range : undefined;
  const start =
    typeof range === 'object' && range !== null && 'start' in range ? Number(range.start) : 0;
  const text = cause instanceof Error && 'summary' in cause ? String(cause.summary) : String(cause);
  const place = placesOf(source)(start);
  return diagnose('DAX320', place, `not an expression: ${text.split('\n')[0]}`);
}

/** The parts of a top-level `||`, in order: each of them alone makes the expression true. */
function alternativesOf(node: ASTNode): readonly ASTNode[] {
  return node.op === '||' ? node.args.flatMap(alternativesOf) : [node];
}

/** Compiles one expression that must be true or false; every fault of it at once. */
export function compileExpression(source: SourceText, namespace: Namespace): CompiledExpression {
  if (source.text.length > LENGTH_MAX) {
    const message = `an expression has at most ${LENGTH_MAX} characters`;
    return { ok: false, diagnostics: [diagnose('DAX320', source.place, message)] };
  }
  let ast: ASTNode;
  try {
    ast = parse(source.text).ast;
  } catch (cause) {
    return { ok: false, diagnostics: [syntaxFault(source, cause)] };
  }
  const places = placesOf(source);
  const diagnostics: Diagnostic[] = [];
  const fault: Compiling['fault'] = (code, at, message, hint) => {
    const made = diagnose(code, places(at.start), message, { suggestion: hint });
    // The body of a macro is compiled for each object, and has the same fault each time.
    const isKnown = diagnostics.some((one) => isDeepStrictEqual(one, made));
    if (!isKnown) diagnostics.push(made);
    return FAULTY;
  };
  const compile = (node: ASTNode, variables: Compiling['variables'] = []): Term =>
    compileNode(node, { namespace, variables, fault, compile });
  const context: Compiling = { namespace, variables: [], fault, compile };
  const alternatives = alternativesOf(ast).map((node) => ({
    code: boolOf(node, compile, context),
    text: source.text.slice(node.start, node.end),
  }));
  if (diagnostics.length > 0) return { ok: false, diagnostics };
  return { ok: true, code: or(...alternatives.map(({ code }) => code)), alternatives };
}

function literal(value: unknown, node: ASTNode, { fault }: Compiling): Term {
  if (typeof value === 'boolean') return { kind: 'bool', code: { op: 'truth', value } };
  if (typeof value === 'string') return { kind: 'literal', text: value };
  if (typeof value === 'bigint') return { kind: 'int', code: constant(value) };
  const hint = 'write true, false, a whole number or a "text"';
  return fault('DAX323', node, 'values of this kind are not known here', hint);
}

function indexed(list: Term, index: Term, node: ASTNode, context: Compiling): Term {
  if (list.kind === 'faulty' || index.kind === 'faulty') return FAULTY;
  if (list.kind !== 'list' || list.of === null) {
    const message = `${describeTerm(list)} has no parts with a name`;
    return context.fault('DAX322', node, message, 'as in devices["dax0.0"]');
  }
  if (index.kind === 'literal') return context.namespace.object(list.of, index.text, node, context);
  if (index.kind === 'int' && index.code.op === 'constant' && list.of === 'block') {
    const name = `memory${index.code.value}`;
    return context.namespace.object(list.of, name, node, context);
  }
  const message = `found ${describeTerm(index)} between the brackets, expected a name`;
  return context.fault('DAX322', node, message, 'write the name of one, or use all() or exists()');
}

function compileNode(node: ASTNode, context: Compiling): Term {
  const compile = (part: ASTNode): Term => context.compile(part, context.variables);
  switch (node.op) {
    case 'value':
      return literal(node.args, node, context);
    case 'id':
      return nameOf(node.args, node, context);
    case '.':
      return memberOf(compile(node.args[0]), node.args[1], node, context);
    case '[]':
      return indexed(compile(node.args[0]), compile(node.args[1]), node, context);
    case 'list':
      return listTerm(node.args.map(compile));
    case 'call': {
      const call: MacroCall = { name: node.args[0], receiver: null, written: node.args[1] };
      return compileCall(call, node, context);
    }
    case 'rcall': {
      const [name, receiver, written] = node.args;
      return compileCall({ name, receiver, written }, node, context);
    }
    default:
      if (isOperator(node)) return compileOperator(node, compile, context);
      return context.fault('DAX323', node, `\`${node.op}\` is not known here`, 'see properties.md');
  }
}
