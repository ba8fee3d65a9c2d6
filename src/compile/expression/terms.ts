/**
 * What a part of an expression is, while it is compiled: a value of a type, an object of the model,
 * or a collection of objects of which some may be left out.
 */
import type { ObservedObject } from '../../kernel/observables.js';
import { type BoolCode, type IntCode, TRUE } from '../../kernel/stateCode.js';

/** An object of the model, known when the expression is compiled. */
export interface ObservedTerm {
  readonly kind: 'object';
  readonly object: ObservedObject;
  readonly index: number;
  readonly name: string;
}

export type Term =
  | { readonly kind: 'bool'; readonly code: BoolCode }
  | { readonly kind: 'int'; readonly code: IntCode }
  /** One of `texts`, by its number. */
  | { readonly kind: 'text'; readonly code: IntCode; readonly texts: readonly string[] }
  /** A text that is known now. */
  | { readonly kind: 'literal'; readonly text: string }
  /** A set of names, as bits of a number. */
  | { readonly kind: 'names'; readonly code: IntCode }
  | ObservedTerm
  /** Objects or values, each with the condition under which it is there. */
  | {
      readonly kind: 'list';
      readonly items: readonly { readonly term: Term; readonly given: BoolCode }[];
      /** Set for the collections of the model, which are indexed by name. */
      readonly of: ObservedObject | null;
    }
  /** A fault has been told; nothing more is said of it. */
  | { readonly kind: 'faulty' };

export const FAULTY: Term = { kind: 'faulty' };

/** Makes a list of which every item is there. */
export function listTerm(terms: readonly Term[], of: ObservedObject | null = null): Term {
  return { kind: 'list', items: terms.map((term) => ({ term, given: TRUE })), of };
}

/** Says in words what a term is, for faults. */
export function describeTerm(term: Term): string {
  switch (term.kind) {
    case 'bool':
      return 'true or false';
    case 'int':
      return 'a whole number';
    case 'text':
      return `one of ${term.texts.map((text) => `"${text}"`).join(', ')}`;
    case 'literal':
      return `the text "${term.text}"`;
    case 'names':
      return 'a set of names';
    case 'object':
      return `the ${term.object} ${term.name}`;
    case 'list':
      return 'a list';
    case 'faulty':
      return 'unknown';
  }
}
