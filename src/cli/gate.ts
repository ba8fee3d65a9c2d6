/**
 * `daxcheck gate`: explores every model below a directory and compares each with what it declares,
 * and with a baseline where there is one.
 */
import { appendFileSync, existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, relative } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { EXIT, worstStatus } from '../errors.js';
import { type Baseline, entryOf, nameIn, updateBaseline } from '../gate/baseline.js';
import { goneFrom, goneRows, withDrift } from '../gate/drift.js';
import { runGate } from '../gate/gate.js';
import type { Answer } from '../gate/task.js';
import {
  type BaselineLine,
  countFailures,
  type GateReport,
  type GateRow,
} from '../report/gateRecord.js';
import { gateText } from '../report/gateText.js';
import { toLines } from '../report/json.js';
import { type BaselineFile, openBaseline, saveBaseline } from './gateBaseline.js';
import { chooseModels } from './gateModels.js';
import { type GateOptions, refuseGate } from './gateOptions.js';
import { progressOfGate } from './gateProgress.js';
import { styleFor } from './look.js';
import type { Terminal } from './terminal.js';
import { writeWhole } from './writeWhole.js';

export type { GateOptions } from './gateOptions.js';

/** What is explored, and what it is compared with. */
interface Plan {
  readonly directory: string;
  /** All models below the directory. */
  readonly all: readonly string[];
  /** Those that are explored. */
  readonly paths: readonly string[];
  readonly baseline: BaselineFile | null;
}

async function exploreAll(
  { paths, baseline }: Plan,
  options: GateOptions,
  terminal: Terminal,
): Promise<readonly (Answer | null)[]> {
  const processors = availableParallelism();
  const { workers, memory, reduce } = options;
  const progress = progressOfGate(options, terminal);
  try {
    return await runGate({
      paths,
      jobs: jobsOf(options),
      processors,
      workers,
      failFast: options.failFast === true,
      signal: terminal.interrupt,
      onProgress: progress.update,
      options: {
        wantsCoverage: baseline !== null,
        ...(memory !== undefined && { memoryBytes: memory }),
        ...(reduce !== undefined && { reduce }),
      },
    });
  } finally {
    progress.end();
  }
}

/** Models at a time: as many as there are processors for their threads. */
function jobsOf({ jobs, workers }: GateOptions): number {
  return jobs ?? Math.max(1, Math.floor(availableParallelism() / (workers ?? 1)));
}

/** The rows in the order of the models, with what drifted, and then what is gone. */
function rowsOf(
  plan: Plan,
  answers: readonly Answer[],
  options: GateOptions,
): { readonly rows: readonly GateRow[]; readonly baseline: BaselineLine | null } {
  const { baseline, all, paths } = plan;
  if (baseline === null) return { rows: answers.map(({ row }) => row), baseline: null };
  const { file, before, program } = baseline;
  const isWhole = all.length === paths.length;
  const compared: Baseline = before ?? { ...program, models: new Map() };
  const unknown = goneFrom({ file, baseline: compared }, all);
  const pathOf = (name: string): string => join(dirname(file), name);
  // A gate of one folder, or of one model, says nothing of the others.
  const isAsked = (name: string): boolean =>
    !relative(plan.directory, pathOf(name)).startsWith('..');
  // Of those that changed, a file that was taken out is one.
  const isDeleted = (name: string): boolean =>
    options.filter === undefined && !existsSync(pathOf(name));
  const gone = unknown.filter((name) => isAsked(name) && (isWhole || isDeleted(name)));
  if (options.update === true) {
    const entries = answers.flatMap((answer) => {
      const entry = entryOf(answer);
      return entry === null ? [] : [[nameIn(file, answer.row.model), entry] as const];
    });
    const update = updateBaseline(before, program, new Map(entries), gone);
    saveBaseline(file, update.baseline);
    const changes = [...update.changes];
    return { rows: answers.map(({ row }) => row), baseline: { kind: 'baseline', file, changes } };
  }
  const drift = { file, baseline: compared, maxSlowdown: options.maxSlowdown ?? null };
  const rows = [...answers.map((answer) => withDrift(answer, drift)), ...goneRows(file, gone)];
  return { rows, baseline: null };
}

function reportOf(
  plan: Plan,
  answers: readonly (Answer | null)[],
  options: GateOptions,
  seconds: number,
): GateReport {
  const done = answers.filter((answer) => answer !== null);
  const { rows, baseline } = rowsOf(plan, done, options);
  const notRun = answers.length - done.length;
  const isStopped = notRun > 0 && rows.every((row) => row.met);
  return {
    rows,
    baseline,
    summary: {
      kind: 'gate',
      directory: plan.directory,
      models: rows.length,
      met: rows.filter((row) => row.met).length,
      failures: countFailures(rows),
      notRun,
      skipped: plan.all.length - plan.paths.length,
      exitStatus: worstStatus([
        ...rows.map((row) => row.exitStatus),
        ...(isStopped ? [EXIT.incomplete] : []),
      ]),
      measured: { seconds, jobs: jobsOf(options) },
    },
  };
}

/** Writes the reports for other programs; what each needs is loaded only when it is wanted. */
async function writeReports(
  report: GateReport,
  answers: readonly (Answer | null)[],
  options: GateOptions,
  startedAt: Date,
): Promise<void> {
  const { junit, sarif } = options;
  if (junit !== undefined) {
    const { renderJunit } = await import('../report/junit.js');
    writeWhole(junit, renderJunit(report, startedAt));
  }
  if (sarif === undefined) return;
  const { invocationOf, issuesOfGate, renderSarif } = await import('../report/sarif.js');
  const findings = answers.flatMap((answer) => (answer === null ? [] : [answer.findings]));
  const { exitStatus, notRun } = report.summary;
  const about = { version: packageJson.version, directory: process.cwd() };
  const issues = issuesOfGate(report, findings);
  writeWhole(sarif, renderSarif(issues, invocationOf(exitStatus, notRun), about));
}

async function tellGithub(
  report: GateReport,
  options: GateOptions,
  terminal: Terminal,
): Promise<void> {
  const { environment = {} } = terminal;
  if (!(options.github ?? environment.GITHUB_ACTIONS === 'true')) return;
  const { renderAnnotations, renderSummary } = await import('../report/github.js');
  // GitHub reads both streams; with --json stdout is for programs.
  const write = options.json === true ? terminal.writeError : terminal.writeOut;
  write(renderAnnotations(report));
  const file = environment.GITHUB_STEP_SUMMARY ?? '';
  if (file !== '') appendFileSync(file, renderSummary(report));
}

/** Explores the models; 0 when each is as declared, else the worst of what failed. */
export async function gateCommand(
  directory: string,
  options: GateOptions,
  terminal: Terminal,
): Promise<number> {
  const startedAt = new Date();
  const start = terminal.now();
  const refuse = (why: string): number => {
    terminal.writeError(`daxcheck: ${why}\n`);
    return EXIT.usage;
  };
  const refusal = refuseGate(options);
  if (refusal !== null) return refuse(refusal);
  const opened = openBaseline(options);
  if (!opened.ok) return refuse(opened.why);
  const chosen = chooseModels(directory, options, opened.baseline);
  if (!chosen.ok) return refuse(chosen.why);
  for (const note of chosen.notes) terminal.writeError(`daxcheck: ${note}\n`);
  const plan: Plan = { directory, ...chosen, baseline: opened.baseline };
  const answers = await exploreAll(plan, options, terminal);
  const seconds = Math.round(terminal.now() - start) / 1000;
  const report = reportOf(plan, answers, options, seconds);
  const { rows, baseline, summary } = report;
  terminal.writeOut(
    options.json === true
      ? toLines([...rows, ...(baseline === null ? [] : [baseline]), summary])
      : gateText(report, styleFor(options, terminal), { quiet: options.quiet === true }),
  );
  await writeReports(report, answers, options, startedAt);
  await tellGithub(report, options, terminal);
  return summary.exitStatus;
}
