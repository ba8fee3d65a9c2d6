/**
 * `daxcheck show --lkml` writes a trace as a mail to kernel developers, with what the lab saw.
 */
import packageJson from '../../package.json' with { type: 'json' };
import { type Diagnostic, diagnose, EXIT } from '../errors.js';
import { FEATURES, kernelRequestOf, resolveKernel } from '../kernel/features.js';
import { readTextFile } from '../model/files.js';
import { type NamedCommit, renderLkml } from '../report/lkml.js';
import { isSeen, type LabRun, otherThan, parseLabRuns } from '../report/lkmlRun.js';
import type { Trace } from '../verdict/trace.js';
import { reject } from './load.js';
import type { LookOptions } from './look.js';
import { readTrace } from './replay.js';
import type { Terminal } from './terminal.js';

export interface LkmlCommandOptions extends LookOptions {
  /** Files that `daxcheck lab replay --json` wrote. */
  readonly lab?: readonly string[];
}

type RunsRead =
  | { readonly ok: true; readonly runs: readonly LabRun[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

function readRuns(paths: readonly string[], trace: Trace): RunsRead {
  const runs: LabRun[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const file of paths) {
    const place = { file, line: 1, column: 1 };
    const read = readTextFile(file, place);
    if (!read.ok) {
      diagnostics.push(read.fault);
      continue;
    }
    const parsed = parseLabRuns(read.text);
    if (!parsed.ok) {
      diagnostics.push(diagnose('DAX405', { ...place, line: parsed.line }, parsed.found));
      continue;
    }
    for (const [index, run] of parsed.runs.entries()) {
      const why = otherThan(run, trace);
      if (why === null) runs.push(run);
      else diagnostics.push(diagnose('DAX406', { ...place, line: index + 1 }, why));
    }
  }
  return diagnostics.length === 0 ? { ok: true, runs } : { ok: false, diagnostics };
}

/** Features of the kernel that ran, as its report names them: 'v6.12.117, from its version'. */
function featuresOf({ facts }: LabRun): ReadonlySet<string> | null {
  const name = /^(.*), from /.exec(facts.features ?? '')?.[1];
  return name === undefined ? null : resolveKernel(kernelRequestOf(name)).features;
}

const without = (left: ReadonlySet<string>, right: ReadonlySet<string>): readonly string[] =>
  [...left].filter((id) => !right.has(id));

/**
 * The commit that brought what is reported: a kernel that has nothing but it beyond one on which it
 * was not seen shows it. null where no two such kernels were run.
 */
export function fixesOf(runs: readonly LabRun[]): NamedCommit | null {
  for (const after of runs.filter(isSeen)) {
    for (const before of runs.filter((run) => !isSeen(run))) {
      const [has, had] = [featuresOf(after), featuresOf(before)];
      if (has === null || had === null || without(had, has).length > 0) continue;
      const [id, ...more] = without(has, had);
      const row = FEATURES.find((feature) => feature.id === id);
      if (row?.commit != null && more.length === 0) return { commit: row.commit, title: row.title };
    }
  }
  return null;
}

/** Writes the mail to stdout. */
export function lkmlCommand(path: string, options: LkmlCommandOptions, terminal: Terminal): number {
  const reading = readTrace(path);
  if (!reading.ok) return reject(reading.diagnostics, options, terminal);
  const { trace } = reading;
  const read = readRuns(options.lab ?? [], trace);
  if (!read.ok) return reject(read.diagnostics, options, terminal);
  const { runs } = read;
  const tool = `daxcheck ${packageJson.version}`;
  terminal.writeOut(renderLkml(trace, { runs, fixes: fixesOf(runs), tool }));
  return EXIT.holds;
}
