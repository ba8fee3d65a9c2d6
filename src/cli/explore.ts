/**
 * `daxcheck explore`: a verdict for each model, its traces, and the worst of their statuses.
 */
import { availableParallelism } from 'node:os';
import { EXIT, worstStatus } from '../errors.js';
import type { Reduction } from '../kernel/reductions.js';
import type { Model } from '../model/model.js';
import type { ReportSection } from '../report/document.js';
import { renderVerdictJson } from '../report/json.js';
import { renderLockOrder } from '../report/lockOrderText.js';
import { renderStats } from '../report/stats.js';
import { renderVerdict } from '../report/text.js';
import { renderTrace } from '../report/traceText.js';
import type { Coverage } from '../verdict/coverage.js';
import type { Verdict } from '../verdict/trace.js';
import {
  type CheckpointWishes,
  checkpointOf,
  endCheckpointOf,
  refuseCheckpoints,
} from './checkpoint.js';
import { type CoverageWishes, coverageFor, coverageText, refuseCoverage } from './coverage.js';
import { type GraphWishes, refuseGraph, writeGraph } from './graph.js';
import { loadModels, reject, warnOfUnknown, withRejections } from './load.js';
import { type LookOptions, progressFor, styleFor } from './look.js';
import { type Overrides, override, overridesOf } from './options.js';
import { refuseScripts, type ScriptWishes } from './scriptWishes.js';
import { refuseStorage, type StorageWishes, storageOf } from './storage.js';
import { refuseStrategy, type StrategyWishes, strategyOf } from './strategy.js';
import type { Terminal } from './terminal.js';
import type { TraceFolder } from './traceFiles.js';

export interface ExploreCommandOptions
  extends LookOptions,
    Overrides,
    CheckpointWishes,
    CoverageWishes,
    GraphWishes,
    StorageWishes,
    StrategyWishes {
  readonly workers?: number;
  readonly maxSeconds?: number;
  readonly memory?: number;
  readonly traceDir?: string;
  readonly html?: string;
  /** commander makes it false of --no-explorer. */
  readonly explorer?: boolean;
  readonly sarif?: string;
  readonly asDeclared?: boolean;
  readonly lockOrder?: boolean;
  readonly explain?: boolean;
  readonly stats?: boolean;
  readonly reduce?: readonly Reduction[];
}

/** Explores one model with the engine's options of the command line. */
export async function exploreModel(
  model: Model,
  options: ExploreCommandOptions,
  terminal: Terminal,
): Promise<Verdict> {
  const { explore } = await import('../explore.js');
  const progress = progressFor(options, terminal);
  try {
    return await explore(model, {
      workers: options.workers ?? availableParallelism(),
      signal: terminal.interrupt,
      onProgress: progress.update,
      lockOrder: options.lockOrder === true,
      stats: options.stats === true,
      ...strategyOf(options),
      ...(options.reduce !== undefined && { reduce: options.reduce }),
      ...(options.maxSeconds !== undefined && { seconds: options.maxSeconds }),
      ...(options.memory !== undefined && { memoryBytes: options.memory }),
      ...checkpointOf(options, terminal),
      ...storageOf(options),
    });
  } finally {
    progress.end();
  }
}

function verdictText(
  verdict: Verdict,
  traceFiles: readonly string[],
  look: {
    readonly options: LookOptions;
    readonly terminal: Terminal;
    readonly exitStatus: number;
  },
): string {
  const style = styleFor(look.options, look.terminal);
  const { exitStatus } = look;
  const traces = look.options.quiet === true ? [] : verdict.violations;
  const texts = traces.map((trace, index) => {
    const file = traceFiles[index];
    return renderTrace(trace, style, file === undefined ? {} : { file });
  });
  const order = verdict.lockOrder === null ? [] : [renderLockOrder(verdict.lockOrder, style)];
  const stats = verdict.measured.stats === undefined ? [] : [renderStats(verdict, style)];
  return [
    ...texts,
    ...order,
    ...stats,
    renderVerdict(verdict, style, { traceFiles, exitStatus }),
  ].join('\n');
}

/**
 * What --as-declared makes of a verdict: 0 when it is the declared one, 151 where nothing is
 * declared.
 */
export function declaredStatus(verdict: Verdict): number {
  if (verdict.expectation === null) return EXIT.optionMismatch;
  return verdict.expectation.met
    ? EXIT.holds
    : worstStatus([verdict.exitStatus, EXIT.selfCheckFailed]);
}

/** Writes the traces; what that needs is loaded only when somebody wants them. */
export async function traceFilesOf(
  verdict: Verdict,
  model: Model,
  traces: TraceFolder,
): Promise<readonly string[]> {
  const { writeTraces } = await import('./traceFiles.js');
  return writeTraces(verdict, model, traces);
}

/** A model with what was found out of it. */
interface Explored {
  readonly model: Model;
  readonly verdict: Verdict;
  readonly coverage: Coverage | null;
  /** What else its report tells. */
  readonly sections?: readonly ReportSection[];
}

interface ExploreContext {
  readonly terminal: Terminal;
  readonly traces: TraceFolder | null;
  /** Takes each run, for a report of all. */
  readonly runs: Explored[];
}

async function exploreOne(
  model: Model,
  options: ExploreCommandOptions,
  { terminal, traces, runs }: ExploreContext,
): Promise<number> {
  const verdict = await exploreModel(model, options, terminal);
  const coverage = await coverageFor(model, options, terminal);
  runs.push({ model, verdict, coverage });
  const traceFiles = traces === null ? [] : await traceFilesOf(verdict, model, traces);
  const isDeclared = options.asDeclared === true;
  const exitStatus = isDeclared ? declaredStatus(verdict) : verdict.exitStatus;
  if (coverage !== null) {
    terminal.writeOut(await coverageText(model, coverage, { options, terminal }));
  }
  terminal.writeOut(
    options.json === true
      ? renderVerdictJson(verdict, traceFiles)
      : verdictText(verdict, traceFiles, { options, terminal, exitStatus }),
  );
  if (options.explain === true) {
    const { explainTraces } = await import('./explain.js');
    await explainTraces(verdict.violations, model, { options, terminal });
  }
  await endCheckpointOf(options, verdict, terminal);
  const graphStatus = await writeGraph(model, verdict, options, terminal);
  if (isDeclared && verdict.expectation === null) {
    terminal.writeError(
      `daxcheck: ${model.file}: --as-declared needs a model with \`expect\`, as it is written\n`,
    );
  }
  return worstStatus([exitStatus, graphStatus]);
}

interface HtmlWishes {
  readonly html: string;
  /** Whether the engine goes into the page. */
  readonly explorer: boolean;
  readonly terminal: Terminal;
}

/** Writes the report of all; what that needs is loaded only when somebody wants it. */
export async function writeHtmlOf(
  explored: readonly Explored[],
  { html, explorer, terminal }: HtmlWishes,
): Promise<void> {
  const [{ runOfVerdict, withExplorer }, { sectionsOf }, { writeHtml }] = await Promise.all([
    import('../htmlReport.js'),
    import('../reportSections.js'),
    import('./html.js'),
  ]);
  const runs = explored.map(({ model, verdict, coverage, sections: own = [] }, run) => {
    const report = runOfVerdict(verdict);
    const more = sectionsOf(model, verdict, { coverage, run });
    const whole = { ...report, sections: [...own, ...more, ...(report.sections ?? [])] };
    return explorer ? withExplorer(whole, model) : whole;
  });
  writeHtml(html, runs, terminal);
}

const NO_JSON = '--explain writes text, and goes without --json';

/** Explores the models in order, and returns the worst of their statuses. */
export async function exploreCommand(
  paths: readonly string[],
  options: ExploreCommandOptions & ScriptWishes,
  terminal: Terminal,
): Promise<number> {
  const refusal =
    refuseScripts(paths, options) ??
    refuseCheckpoints(paths, options) ??
    refuseStorage(options) ??
    refuseStrategy(options) ??
    refuseGraph(paths, options) ??
    refuseCoverage(options) ??
    (options.explain === true && options.json === true ? NO_JSON : null);
  if (refusal !== null) {
    terminal.writeError(`daxcheck: ${refusal}\n`);
    return EXIT.usage;
  }
  if (options.script !== undefined) {
    const { ownScriptsCommand } = await import('./ownScripts.js');
    return ownScriptsCommand(options, terminal);
  }
  const loaded = loadModels(paths, terminal, { scope: options.scope ?? null });
  if (!loaded.ok) return reject(loaded.diagnostics, options, terminal);
  const models = loaded.models.map((model) => override(model, overridesOf(options)));
  warnOfUnknown(models, terminal);
  const { traceDir } = options;
  const traces = traceDir === undefined ? null : { directory: traceDir, used: new Set<string>() };
  const runs: Explored[] = [];
  const statuses: number[] = [];
  for (const [index, model] of models.entries()) {
    if (index > 0 && options.json !== true) terminal.writeOut('\n');
    const job = (): Promise<number> => exploreOne(model, options, { terminal, traces, runs });
    statuses.push(await withRejections(job, options, terminal));
    if (terminal.interrupt.aborted) break;
  }
  const { html, explorer = true } = options;
  if (html !== undefined && runs.length > 0) {
    await writeHtmlOf(runs, { html, explorer, terminal });
  }
  if (options.sarif !== undefined) {
    const { writeSarif } = await import('./sarif.js');
    const violations = runs.flatMap(({ verdict }) => verdict.violations);
    writeSarif(options.sarif, violations, worstStatus(statuses));
  }
  return worstStatus(statuses);
}
