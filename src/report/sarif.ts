/**
 * Findings as SARIF 2.1.0, the format of code scanners: a rule for each property and for each way
 * to fail the gate, and a result for each finding with the steps that lead there.
 */
import { createHash } from 'node:crypto';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type {
  ArtifactLocation,
  CodeFlow,
  Invocation,
  Location,
  Log,
  LogicalLocation,
  ReportingDescriptor,
  Result,
  ThreadFlowLocation,
} from 'sarif';
import type { Place } from '../model/model.js';
import type { PropertyClass } from '../verdict/trace.js';
import { FAILURE_KINDS, type FailureKind, type GateReport } from './gateRecord.js';
import type { LocatedFinding, LocatedStep } from './located.js';
import { propertyRules } from './sarifRules.js';

const SCHEMA =
  'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/** What a relative path of the log is relative to: where daxcheck was called. */
const BASE = '%SRCROOT%';

/** Where paths are relative to, and which daxcheck wrote it. */
export interface SarifOptions {
  readonly version: string;
  readonly directory: string;
}

/** One result: a finding, or a failure that has no steps. */
export interface SarifIssue {
  readonly rule: string;
  readonly level: 'error' | 'warning';
  readonly text: string;
  readonly place: Place;
  readonly model: string;
  readonly finding: LocatedFinding | null;
}

const LEVELS: { readonly [C in PropertyClass]: SarifIssue['level'] } = {
  'kernel-defect': 'error',
  own: 'error',
  script: 'warning',
  policy: 'warning',
};

/** Name of the rule for a way to fail the gate. */
const gateRule = (kind: FailureKind): `gate/${FailureKind}` => `gate/${kind}`;

function artifact(file: string, { directory }: SarifOptions): ArtifactLocation {
  const path = relative(directory, resolve(directory, file));
  if (path === '' || path.startsWith('..') || isAbsolute(path)) {
    return { uri: pathToFileURL(resolve(directory, file)).href };
  }
  return { uri: path.split(sep).map(encodeURIComponent).join('/'), uriBaseId: BASE };
}

function functionOf({ functions, source }: LocatedStep): LogicalLocation[] {
  const name = functions.at(-1);
  if (name === undefined) return [];
  const fullyQualifiedName = source === null ? name : `${source}:${name}`;
  return [{ name, fullyQualifiedName, kind: 'function' }];
}

function locationOf(
  place: Place,
  logical: readonly LogicalLocation[],
  options: SarifOptions,
): Location {
  return {
    physicalLocation: {
      artifactLocation: artifact(place.file, options),
      region: { startLine: place.line, startColumn: place.column },
    },
    ...(logical.length > 0 && { logicalLocations: [...logical] }),
  };
}

function describeStep(step: LocatedStep, number: number): string {
  const what = step.functions.length === 0 ? step.command : step.functions.join(' > ');
  return [`${number} ${step.thread}: ${what ?? 'user level'}`, ...step.events].join('; ');
}

function kindsOf(step: LocatedStep): string[] {
  return [
    ...(step.takesLock ? ['acquire', 'lock'] : []),
    ...(step.releasesLock ? ['release', 'lock'] : []),
    ...(step.starts ? ['enter', 'function'] : []),
  ].filter((kind, index, all) => all.indexOf(kind) === index);
}

/** A flow for each thread; `executionOrder` says how their steps interleave. */
function codeFlow(issue: SarifIssue, finding: LocatedFinding, options: SarifOptions): CodeFlow {
  const threads = [...new Set(finding.steps.map(({ thread }) => thread))];
  const top = { file: issue.model, line: 1, column: 1 };
  const locations = finding.steps.map((step, index): ThreadFlowLocation => {
    const kinds = kindsOf(step);
    const location = locationOf(step.place ?? top, functionOf(step), options);
    return {
      executionOrder: index + 1,
      importance: index === finding.inevitableAt ? 'essential' : 'important',
      ...(kinds.length > 0 && { kinds }),
      location: { ...location, message: { text: describeStep(step, index + 1) } },
    };
  });
  return {
    message: { text: `${finding.summary}, on ${finding.kernel}` },
    threadFlows: threads.map((thread) => ({
      id: thread,
      message: { text: `what ${thread} does` },
      locations: locations.filter((_, index) => finding.steps[index]?.thread === thread),
    })),
  };
}

/** The same for the same finding, where lines have moved and on another machine too. */
function fingerprintOf({ rule, model, text, finding }: SarifIssue, options: SarifOptions): string {
  const steps = finding?.steps.map(({ thread, command, functions }) => [
    thread,
    command,
    functions,
  ]);
  const device = finding?.device ?? null;
  const what = JSON.stringify([rule, artifact(model, options).uri, device, steps ?? text]);
  return createHash('sha256').update(what).digest('hex').slice(0, 32);
}

function resultOf(
  issue: SarifIssue,
  rules: readonly ReportingDescriptor[],
  options: SarifOptions,
): Result {
  const { rule, level, text, place, finding } = issue;
  const lastInKernel = finding?.steps.filter((step) => step.functions.length > 0).at(-1);
  const logical = lastInKernel === undefined ? [] : functionOf(lastInKernel);
  return {
    ruleId: rule,
    ruleIndex: rules.findIndex(({ id }) => id === rule),
    level,
    message: { text },
    locations: [locationOf(place, logical, options)],
    partialFingerprints: { 'daxcheckFinding/v1': fingerprintOf(issue, options) },
    ...(finding !== null &&
      finding.steps.length > 0 && { codeFlows: [codeFlow(issue, finding, options)] }),
  };
}

/** What is told of a finding: the summary, and the steps in short. */
function textOf({ summary, steps, kernel }: LocatedFinding): string {
  const length = steps.length === 1 ? '1 step' : `${steps.length} steps`;
  return `${summary}, after ${length} on ${kernel}`;
}

/** Makes a result's content of a finding; it stands at the last command that led there. */
export function issueOf(finding: LocatedFinding): SarifIssue {
  const place = finding.steps.filter((step) => step.place !== null).at(-1)?.place;
  return {
    rule: finding.property,
    level: LEVELS[finding.class],
    text: textOf(finding),
    place: place ?? { file: finding.model, line: 1, column: 1 },
    model: finding.model,
    finding,
  };
}

/**
 * Makes results of what failed in a gate: an unexpected violation with its steps, all else as a
 * failure of the gate.
 *
 * @param findings of each row, in the order of the rows.
 */
export function issuesOfGate(
  { rows }: Pick<GateReport, 'rows'>,
  findings: readonly (readonly LocatedFinding[])[],
): SarifIssue[] {
  return rows.flatMap((row, index) =>
    row.failures.flatMap(({ kind, text, place, property }): SarifIssue[] => {
      const found = (findings[index] ?? []).filter((one) => one.property === property);
      if (kind === 'violated' && found.length > 0) return found.map(issueOf);
      const rule = gateRule(kind);
      return [{ rule, level: 'error', text, place, model: row.model, finding: null }];
    }),
  );
}

/** How a run ended, for logs of a whole gate. */
export function invocationOf(exitStatus: number, notRun: number): Invocation {
  return { executionSuccessful: exitStatus < 128 && notRun === 0, exitCode: exitStatus };
}

/** Renders a log with one run. */
export function renderSarif(
  issues: readonly SarifIssue[],
  invocation: Invocation,
  options: SarifOptions,
): string {
  const rules = propertyRules(
    issues.map(({ rule }) => rule),
    FAILURE_KINDS.map(gateRule),
  );
  const log: Log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'daxcheck',
            version: options.version,
            semanticVersion: options.version,
            rules,
          },
        },
        invocations: [invocation],
        originalUriBaseIds: {
          [BASE]: { description: { text: 'the directory in which daxcheck was called' } },
        },
        columnKind: 'utf16CodeUnits',
        results: issues.map((issue) => resultOf(issue, rules, options)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}
