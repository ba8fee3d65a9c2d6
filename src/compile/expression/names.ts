/**
 * Names of an expression: collections, fields of objects, what holds of the whole machine, and the
 * variables of macros.
 */
import type { ASTNode } from '@marcbachmann/cel-js';
import {
  COLLECTIONS,
  OBSERVABLES,
  type Observable,
  type ObservedObject,
  observableNamed,
} from '../../kernel/observables.js';
import { constant } from '../../kernel/stateCode.js';
import { suggestion } from '../../model/suggest.js';
import type { Compiling } from './compile.js';
import { collection, type Namespace } from './namespace.js';
import { describeTerm, type Term } from './terms.js';

const fieldsOf = (object: ObservedObject): readonly string[] =>
  OBSERVABLES.filter((row) => row.object === object).map(({ name }) => name);

function fixed(of: 'name' | 'owner' | 'number', term: Term, namespace: Namespace): Term {
  if (term.kind !== 'object') return term;
  if (of === 'number') return { kind: 'int', code: constant(namespace.numberOf(term.index)) };
  const text = of === 'name' ? term.name : namespace.ownerOf(term.index);
  return { kind: 'literal', text };
}

function read({ reading }: Observable, index: number, { extent }: Namespace): Term | null {
  switch (reading.type) {
    case 'bool':
      return { kind: 'bool', code: reading.code(index, extent) };
    case 'text':
      return { kind: 'text', code: reading.code(index, extent), texts: reading.texts };
    case 'int':
    case 'names':
      return { kind: reading.type, code: reading.code(index, extent) };
    case 'fixed':
      return null;
  }
}

/** A name that stands alone. */
export function nameOf(name: string, node: ASTNode, context: Compiling): Term {
  const { namespace, variables, fault } = context;
  const variable = variables.findLast(([known]) => known === name);
  if (variable !== undefined) return variable[1];
  const found = Object.entries(COLLECTIONS).find(([known]) => known === name);
  if (found !== undefined) return collection(namespace, found[1].of);
  const field = observableNamed('machine', name);
  const value = field === undefined ? null : read(field, 0, namespace);
  if (value !== null) return value;
  const known = [...Object.keys(COLLECTIONS), ...fieldsOf('machine')];
  return fault('DAX321', node, `nothing is named \`${name}\``, suggestion(name, known));
}

/** A field of an object. */
export function memberOf(term: Term, name: string, node: ASTNode, context: Compiling): Term {
  const { namespace, fault } = context;
  if (term.kind === 'faulty') return term;
  if (term.kind !== 'object') {
    const hint =
      term.kind === 'list' ? 'name one of them, or use all() or exists()' : 'leave it out';
    return fault('DAX322', node, `${describeTerm(term)} has no field \`${name}\``, hint);
  }
  const field = observableNamed(term.object, name);
  if (field === undefined) {
    const hint = suggestion(name, fieldsOf(term.object));
    return fault('DAX321', node, `a ${term.object} has no field \`${name}\``, hint);
  }
  const { reading } = field;
  if (reading.type === 'fixed') return fixed(reading.of, term, namespace);
  return read(field, term.index, namespace) ?? term;
}
