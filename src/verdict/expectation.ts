/**
 * Compares an outcome with what the model declares, and says each difference in words.
 */
import type { Expectation } from '../model/model.js';
import type { Trace, Verdict } from './trace.js';

export interface Outcome {
  readonly violations: readonly Trace[];
  /** A limit or an interrupt ended the search; a violation that ends it is no such thing. */
  readonly isCutShort: boolean;
  /** Reductions were made: what is declared counts a search without. */
  readonly isReduced: boolean;
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
}

/**
 * One difference. `violated`: found and not declared; `held`: declared and not found; `counts`:
 * other numbers; `incomplete`: ended early, or not as declared.
 */
export interface Difference {
  readonly kind: 'violated' | 'held' | 'counts' | 'incomplete';
  /** The property that it is about; null where it is about none. */
  readonly property: string | null;
  readonly text: string;
}

function compareNames(
  what: string,
  declared: readonly string[],
  found: readonly string[],
): Difference[] {
  const missing = declared.filter((name) => !found.includes(name));
  const extra = found.filter((name) => !declared.includes(name));
  return [
    ...missing.map((property): Difference => {
      const text = `${what} \`${property}\` is declared and was not found`;
      return { kind: 'held', property, text };
    }),
    ...extra.map((property): Difference => {
      const text = `${what} \`${property}\` was found and is not declared`;
      return { kind: 'violated', property, text };
    }),
  ];
}

function compareEnd(declared: Expectation, outcome: Outcome): Difference[] {
  if (declared.complete !== outcome.isCutShort) return [];
  const text = declared.complete
    ? 'the search was declared complete and ended early'
    : 'the search was declared incomplete and ran to its end';
  return [{ kind: 'incomplete', property: null, text }];
}

/**
 * Returns whether the declaration was met, and every difference in words and by its kind; null
 * without a declaration.
 */
export function compareExpectation(
  declared: Expectation | null,
  outcome: Outcome,
): Verdict['expectation'] {
  if (declared === null) return null;
  const named = (isScript: boolean): string[] => [
    ...new Set(
      outcome.violations
        .filter(({ finding }) => (finding.class === 'script') === isScript)
        .map(({ finding }) => finding.property),
    ),
  ];
  const counts: readonly (readonly [string, number | null, number])[] = [
    ['states', declared.states, outcome.states],
    ['transitions', declared.transitions, outcome.transitions],
    ['depth', declared.depth, outcome.depth],
  ];
  const details: readonly Difference[] = [
    ...compareNames('the violation', declared.violated, named(false)),
    ...compareNames('the finding', declared.findings, named(true)),
    ...counts
      .filter(([, wanted, found]) => !outcome.isReduced && wanted !== null && wanted !== found)
      .map(([what, wanted, found]): Difference => {
        const text = `${what}: ${wanted} declared, ${found} found`;
        return { kind: 'counts', property: null, text };
      }),
    ...compareEnd(declared, outcome),
  ];
  return { met: details.length === 0, differences: details.map(({ text }) => text), details };
}
