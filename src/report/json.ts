/**
 * JSON lines for programs. One object a line; addresses and sizes are hex strings (`0x100000000`),
 * since a JSON number cannot hold 64 bits. Everything but `measured` is the same bytes for any
 * number of workers.
 */
import type { RunRecord, Trace, TraceStep, Verdict } from '../verdict/trace.js';
import { formatIomemLine } from './iomemDiff.js';
import { machineDelta } from './machineDelta.js';

/**
 * Renders `explore --json`: one line for each violation, one with the order of locks where it was
 * asked for, then one line with the summary.
 *
 * @param traceFiles names of the trace files, one for each violation in order, when written.
 */
export function renderVerdictJson(verdict: Verdict, traceFiles: readonly string[] = []): string {
  const violations = verdict.violations.map((trace, index) => ({
    kind: 'violation',
    ...violationSummary(trace),
    deadlock: trace.finding.deadlock,
    inevitableAt: trace.inevitableAt,
    ...(trace.loopFrom !== undefined && { loopFrom: trace.loopFrom }),
    traceFile: traceFiles[index] ?? null,
    trace: trace.steps.map((step, at) => stepRecord(trace, step, at)),
  }));
  const order = verdict.lockOrder;
  const lockOrder = order === null ? [] : [{ kind: 'lock-order', model: verdict.model, ...order }];
  const witnesses = (verdict.witnesses ?? []).map((trace) => ({
    kind: 'witness',
    ...violationSummary(trace),
    trace: trace.steps.map((step, at) => stepRecord(trace, step, at)),
  }));
  return toLines([...violations, ...witnesses, ...lockOrder, verdictSummary(verdict)]);
}

/** Renders `run --json`: one record a line. */
export function renderRunJson(records: readonly RunRecord[]): string {
  return toLines(records);
}

/** Renders any values as JSON lines, 64-bit integers as hex strings. */
export function toLines(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value, hexBigint)}\n`).join('');
}

function verdictSummary(verdict: Verdict) {
  return {
    kind: 'verdict',
    model: verdict.model,
    title: verdict.title,
    kernel: verdict.kernel,
    granularity: verdict.granularity,
    ...(verdict.strategy !== undefined && { strategy: verdict.strategy }),
    ...(verdict.reductions !== undefined && { reductions: verdict.reductions }),
    verdict: verdict.verdict,
    exitStatus: verdict.exitStatus,
    distinctStates: verdict.distinctStates,
    transitions: verdict.transitions,
    depth: verdict.depth,
    stoppedBy: verdict.stoppedBy,
    ...(verdict.omission !== undefined && { omission: verdict.omission }),
    ...(verdict.unanswered !== undefined && { unanswered: verdict.unanswered }),
    violations: verdict.violations.map(violationSummary),
    held: verdict.held,
    scope: verdict.scope,
    ...(verdict.cut !== undefined && { cut: verdict.cut }),
    vacuous: verdict.vacuous,
    expectation: verdict.expectation,
    measured: verdict.measured,
  };
}

function violationSummary(trace: Trace) {
  const { finding } = trace;
  return {
    property: finding.property,
    class: finding.class,
    device: finding.device,
    summary: finding.summary,
    steps: trace.steps.length,
  };
}

function stepRecord(trace: Trace, step: TraceStep, index: number) {
  const before = trace.steps[index - 1]?.after ?? trace.initial;
  const delta = machineDelta(before, step.after);
  const lines = (op: 'remove' | 'add') =>
    delta.iomem.filter((edit) => edit.op === op).map((edit) => formatIomemLine(edit.line));
  return {
    thread: step.thread,
    command: step.command,
    starts: step.starts,
    functions: step.functions,
    source: step.source,
    events: step.events,
    ordinal: step.ordinal,
    iomem: { removed: lines('remove'), added: lines('add') },
    changes: delta.changes,
  };
}

function hexBigint(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `0x${value.toString(16)}` : value;
}
