/**
 * `daxcheck gate`: explores every model below a directory and compares each with what it declares.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '../errors.js';
import { EXIT, formatDiagnostic } from '../errors.js';
import type { Reduction } from '../kernel/reductions.js';
import { loadModel } from '../loadModel.js';
import { toLines } from '../report/json.js';
import { formatCount } from '../report/layout.js';
import type { Style } from '../report/style.js';
import type { Verdict } from '../verdict/trace.js';
import { exploreModel } from './explore.js';
import { type LookOptions, styleFor } from './look.js';
import { diagnosticsOf, worstStatus } from './status.js';
import type { Terminal } from './terminal.js';

export interface GateOptions extends LookOptions {
  readonly workers?: number;
  readonly reduce?: readonly Reduction[];
}

/** One line of the gate's table. */
export interface GateRow {
  readonly model: string;
  readonly met: boolean;
  /** Why not, each in words; empty when met. */
  readonly differences: readonly string[];
  /** What this model alone makes of the exit status. */
  readonly exitStatus: number;
  readonly verdict: string;
  readonly distinctStates: number;
  readonly transitions: number;
  readonly depth: number;
}

const NOTHING = { distinctStates: 0, transitions: 0, depth: 0 } as const;

/** A table about the models beside it, and no model. */
const TABLE = 'corpus.yaml';

/**
 * Lists the model files below a directory, in a fixed order: every YAML file but tables named
 * corpus.yaml. Throws the system's error when it cannot be read.
 */
export function modelFiles(directory: string): string[] {
  const entries = readdirSync(directory, { withFileTypes: true });
  entries.sort((left, right) => (left.name < right.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return modelFiles(path);
    return /\.ya?ml$/.test(entry.name) && entry.name !== TABLE ? [path] : [];
  });
}

function rejectedRow(model: string, diagnostics: readonly Diagnostic[]): GateRow {
  const differences = diagnostics.map(formatDiagnostic);
  const exitStatus = EXIT.modelRejected;
  return { model, met: false, differences, exitStatus, verdict: 'rejected', ...NOTHING };
}

/** Compares a verdict with its model's declaration; one without a declaration never passes. */
export function gateRow(model: string, verdict: Verdict): GateRow {
  const { distinctStates, transitions, depth, expectation } = verdict;
  const met = expectation?.met === true;
  const differences = expectation?.differences ?? [
    'declares no `expect`: no declaration, no gate; add the verdict and the counts to the model',
  ];
  return {
    model,
    met,
    differences: met ? [] : differences,
    exitStatus: met ? EXIT.holds : worstStatus([EXIT.selfCheckFailed, verdict.exitStatus]),
    verdict: verdict.verdict,
    distinctStates,
    transitions,
    depth,
  };
}

async function gateOne(path: string, options: GateOptions, terminal: Terminal): Promise<GateRow> {
  const loaded = loadModel(path);
  if (!loaded.ok) return rejectedRow(path, loaded.diagnostics);
  try {
    return gateRow(path, await exploreModel(loaded.model, options, terminal));
  } catch (error) {
    const diagnostics = diagnosticsOf(error);
    if (diagnostics === null) throw error;
    return rejectedRow(path, diagnostics);
  }
}

/** Renders the table of the gate: a line for each model, and its differences under it. */
export function gateText(rows: readonly GateRow[], style: Style): string {
  const width = Math.max(5, ...rows.map((row) => row.model.length));
  const head = `        ${'model'.padEnd(width)}  ${'verdict'.padEnd(10)}`;
  const columns = `${'states'.padStart(12)}${'transitions'.padStart(14)}${'depth'.padStart(7)}`;
  const lines = rows.flatMap((row) => {
    const outcome = row.met ? style.good('ok    ') : style.bad('FAILED');
    const counts = [
      formatCount(row.distinctStates).padStart(12),
      formatCount(row.transitions).padStart(14),
      String(row.depth).padStart(7),
    ].join('');
    const name = row.model.padEnd(width);
    return [
      `${outcome}  ${name}  ${row.verdict.padEnd(10)}${counts}`,
      ...row.differences.flatMap((text) => text.split('\n').map((line) => `        ${line}`)),
    ];
  });
  const failed = rows.filter((row) => !row.met).length;
  const summary = `${rows.length - failed} of ${rows.length} models as declared`;
  return [style.faint(head + columns), ...lines, '', summary, ''].join('\n');
}

/** Explores every model below `directory`; 0 when each is as declared, else the worst status. */
export async function gateCommand(
  directory: string,
  options: GateOptions,
  terminal: Terminal,
): Promise<number> {
  const paths = modelFiles(directory);
  if (paths.length === 0) {
    terminal.writeError(`daxcheck: no model (*.yaml, *.yml) below ${directory}\n`);
    return EXIT.usage;
  }
  const rows: GateRow[] = [];
  for (const path of paths) {
    rows.push(await gateOne(path, options, terminal));
    if (terminal.interrupt.aborted) return EXIT.incomplete;
  }
  const exitStatus = worstStatus(rows.map((row) => row.exitStatus));
  const met = rows.filter((row) => row.met).length;
  const summary = { kind: 'gate', directory, models: rows.length, met, exitStatus };
  terminal.writeOut(
    options.json === true
      ? toLines([...rows, summary])
      : gateText(rows, styleFor(options, terminal)),
  );
  return exitStatus;
}
