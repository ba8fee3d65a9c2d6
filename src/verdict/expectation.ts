/**
 * Compares an outcome with what the model declares, and says each difference in words.
 */
import type { Expectation } from '../model/model.js';
import type { Trace } from './trace.js';

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

function compareNames(
  what: string,
  declared: readonly string[],
  found: readonly string[],
): string[] {
  const missing = declared.filter((name) => !found.includes(name));
  const extra = found.filter((name) => !declared.includes(name));
  return [
    ...missing.map((name) => `${what} \`${name}\` is declared and was not found`),
    ...extra.map((name) => `${what} \`${name}\` was found and is not declared`),
  ];
}

/** Returns whether the declaration was met, and every difference; null without a declaration. */
export function compareExpectation(
  declared: Expectation | null,
  outcome: Outcome,
): { met: boolean; differences: readonly string[] } | null {
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
  const differences = [
    ...compareNames('the violation', declared.violated, named(false)),
    ...compareNames('the finding', declared.findings, named(true)),
    ...counts
      .filter(([, wanted, found]) => !outcome.isReduced && wanted !== null && wanted !== found)
      .map(([what, wanted, found]) => `${what}: ${wanted} declared, ${found} found`),
    ...(declared.complete && outcome.isCutShort
      ? ['the search was declared complete and ended early']
      : []),
    ...(!declared.complete && !outcome.isCutShort
      ? ['the search was declared incomplete and ran to its end']
      : []),
  ];
  return { met: differences.length === 0, differences };
}
