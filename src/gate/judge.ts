/**
 * Decides whether a verdict is the one that its model declares, and names each failure by its kind.
 */
import type { Diagnostic } from '../errors.js';
import { EXIT, worstStatus } from '../errors.js';
import type { Model, Place } from '../model/model.js';
import type { Failure, GateRow } from '../report/gateRecord.js';
import type { Trace, Verdict } from '../verdict/trace.js';

const NO_DECLARATION =
  'declares no `expect`: no declaration, no gate; add the verdict and the counts to the model';

/** A row for a model that was not explored to a verdict. */
export function rowWithout(
  model: string,
  verdict: GateRow['verdict'],
  exitStatus: number,
  failures: readonly Failure[],
): GateRow {
  return {
    kind: 'model',
    model,
    met: false,
    failures: [...failures],
    exitStatus,
    verdict,
    kernel: null,
    distinctStates: 0,
    transitions: 0,
    depth: 0,
    violated: [],
    findings: [],
    vacuous: [],
    measured: { seconds: 0 },
  };
}

/** The row of a model that cannot be explored as it is written: a failure for each fault. */
export function rejectedRow(model: string, diagnostics: readonly Diagnostic[]): GateRow {
  const failures = diagnostics.map(({ code, message, place, hint }): Failure => {
    return { kind: 'invalid', text: `${code}: ${message}\n${hint}`, place, property: null };
  });
  return rowWithout(model, 'rejected', EXIT.modelRejected, failures);
}

/** The place that the user should look at: the last command that led there. */
export function placeOfTrace(trace: Trace, otherwise: Place): Place {
  const steps = trace.steps.filter((step) => step.command !== null);
  return steps.at(-1)?.command?.place ?? otherwise;
}

const nameOf = ({ finding: { property, device } }: Trace): string =>
  device === null ? property : `${property}(${device})`;

function failuresOf(model: Model, verdict: Verdict): Failure[] {
  const { expectation, violations } = verdict;
  const top = { file: model.file, line: 1, column: 1 };
  const place = model.expect?.place ?? top;
  if (expectation === null) {
    return [{ kind: 'undeclared', text: NO_DECLARATION, place: top, property: null }];
  }
  const failures = (expectation.details ?? []).map(({ kind, text, property }): Failure => {
    const trace =
      kind === 'violated'
        ? violations.find(({ finding }) => finding.property === property)
        : undefined;
    if (trace === undefined) return { kind, text, place, property };
    const told = `${text}: ${trace.finding.summary}`;
    return { kind, text: told, place: placeOfTrace(trace, place), property };
  });
  if (verdict.verdict !== 'vacuous') return failures;
  const text = `nothing was done: ${verdict.vacuous.join('; ')}`;
  return [...failures, { kind: 'vacuous', text, place, property: null }];
}

/** What each failure makes of the exit status; docs/ci.md has the table. */
function statusOf({ kind }: Failure, model: Model, verdict: Verdict): number {
  if (kind === 'violated') return verdict.exitStatus;
  if (kind === 'vacuous') return EXIT.vacuous;
  if (kind !== 'incomplete' || model.expect?.complete === false) return EXIT.selfCheckFailed;
  return verdict.exitStatus === EXIT.outOfMemory ? EXIT.outOfMemory : EXIT.incomplete;
}

/** Compares a verdict with its model's declaration; one without a declaration never passes. */
export function judge(model: Model, verdict: Verdict): GateRow {
  const failures = failuresOf(model, verdict);
  const named = (isScript: boolean): string[] =>
    verdict.violations
      .filter(({ finding }) => (finding.class === 'script') === isScript)
      .map(nameOf);
  return {
    kind: 'model',
    model: model.file,
    met: failures.length === 0,
    failures,
    exitStatus: worstStatus(failures.map((failure) => statusOf(failure, model, verdict))),
    verdict: verdict.verdict,
    kernel: verdict.kernel,
    distinctStates: verdict.distinctStates,
    transitions: verdict.transitions,
    depth: verdict.depth,
    violated: named(false),
    findings: named(true),
    vacuous: [...verdict.vacuous],
    measured: { seconds: verdict.measured.seconds },
  };
}
