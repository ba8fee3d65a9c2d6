/**
 * What one model of the gate takes: load, explore, judge. It runs in a process of its own
 * (lane.ts), so what goes in and comes out is plain JSON.
 */
import { diagnosticsOf, endingOf } from '../ending.js';
import { EXIT } from '../errors.js';
import { explore } from '../explore.js';
import type { Reduction } from '../kernel/reductions.js';
import { loadModel } from '../loadModel.js';
import type { GateRow } from '../report/gateRecord.js';
import { type LocatedFinding, locate } from '../report/located.js';
import type { Verdict } from '../verdict/trace.js';
import { judge, rejectedRow, rowWithout } from './judge.js';

/** How models are explored. */
export interface TaskOptions {
  /** Threads of the search. */
  readonly workers: number;
  readonly memoryBytes?: number;
  readonly reduce?: readonly Reduction[];
  /** Tell what was executed; it costs a second pass over all states. */
  readonly wantsCoverage: boolean;
}

/** One model to explore. */
export interface Task {
  readonly path: string;
  readonly options: TaskOptions;
}

/** What a search executed, each in a fixed order. */
export interface Coverage {
  /** Commands of scripts, menus and rules, and threads that are none of the user's. */
  readonly commands: readonly string[];
  /** Places in the kernel. */
  readonly points: readonly string[];
}

/** All there is to tell of one model. */
export interface Answer {
  readonly row: GateRow;
  /** The violations, with their steps. */
  readonly findings: readonly LocatedFinding[];
  /** null unless it was asked for, and where nothing was explored. */
  readonly coverage: Coverage | null;
  /** A limit of memory ended it: with more, it may answer. */
  readonly isShortOfMemory: boolean;
}

/** An answer about a model that has no verdict. */
export function answerWithout(row: GateRow, isShortOfMemory = false): Answer {
  return { row, findings: [], coverage: null, isShortOfMemory };
}

/** Names without the line they stand in, which changes with every comment above. */
function namesOf(rows: readonly { readonly name: string }[]): string[] {
  return [...new Set(rows.map(({ name }) => name.replace(/^line \d+: /, '')))].sort();
}

function coverageOf({ measured: { stats } }: Verdict): Coverage | null {
  if (stats?.commands === undefined) return null;
  return { commands: namesOf(stats.commands), points: namesOf(stats.points ?? []) };
}

/** Explores one model, and judges it. Never throws: what is unexpected is a failure too. */
export async function perform({ path, options }: Task): Promise<Answer> {
  const loaded = loadModel(path);
  if (!loaded.ok) return answerWithout(rejectedRow(path, loaded.diagnostics));
  const { workers, memoryBytes, reduce, wantsCoverage } = options;
  try {
    const verdict = await explore(loaded.model, {
      workers,
      ...(memoryBytes !== undefined && { memoryBytes }),
      ...(reduce !== undefined && { reduce }),
      ...(wantsCoverage && { stats: 'counts' as const }),
    });
    return {
      row: judge(loaded.model, verdict),
      findings: verdict.violations.map(locate),
      coverage: coverageOf(verdict),
      isShortOfMemory: verdict.stoppedBy?.memory !== undefined,
    };
  } catch (error) {
    return failed(path, error, memoryBytes !== undefined);
  }
}

/** @param isLimited with more memory, a limit that does not fit the model may. */
function failed(path: string, error: unknown, isLimited: boolean): Answer {
  const diagnostics = diagnosticsOf(error);
  if (diagnostics !== null) return answerWithout(rejectedRow(path, diagnostics));
  const { status, message } = endingOf(error);
  const isRejected = status === EXIT.modelRejected;
  const place = { file: path, line: 1, column: 1 };
  const kind = isRejected ? 'invalid' : 'error';
  const failures = [{ kind, text: message, place, property: null } as const];
  const row = rowWithout(path, isRejected ? 'rejected' : 'error', status, failures);
  const isTooLittle = isLimited && status === EXIT.optionMismatch;
  return answerWithout(row, status === EXIT.outOfMemory || isTooLittle);
}
