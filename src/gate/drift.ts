/**
 * Holds the answers of a gate against its baseline: what drifted becomes a failure.
 */
import { EXIT, worstStatus } from '../errors.js';
import type { Failure, GateRow } from '../report/gateRecord.js';
import { type Baseline, compareEntries, compareSeconds, entryOf, nameIn } from './baseline.js';
import { rowWithout } from './judge.js';
import type { Answer } from './task.js';

export interface DriftOptions {
  readonly file: string;
  readonly baseline: Baseline;
  /** How many times as long a model may take; null: as long as it likes. */
  readonly maxSlowdown: number | null;
}

function driftsOf(answer: Answer, options: DriftOptions): readonly string[] {
  const { file, baseline, maxSlowdown } = options;
  const now = entryOf(answer);
  if (now === null) return [];
  const before = baseline.models.get(nameIn(file, answer.row.model));
  if (before === undefined) return [`not in ${file}; --update adds it`];
  const slower = maxSlowdown === null ? null : compareSeconds(before, now, maxSlowdown);
  return [...compareEntries(before, now), ...(slower === null ? [] : [slower])];
}

/** Adds to a model's row what drifted from the baseline. */
export function withDrift(answer: Answer, options: DriftOptions): GateRow {
  const { row } = answer;
  const place = { file: row.model, line: 1, column: 1 };
  const drifts = driftsOf(answer, options).map((text): Failure => {
    return { kind: 'drift', text, place, property: null };
  });
  if (drifts.length === 0) return row;
  return {
    ...row,
    met: false,
    failures: [...row.failures, ...drifts],
    exitStatus: worstStatus([row.exitStatus, EXIT.selfCheckFailed]),
  };
}

/** Names in the baseline that are none of these models. */
export function goneFrom(options: Omit<DriftOptions, 'maxSlowdown'>, models: readonly string[]) {
  const known = new Set(models.map((model) => nameIn(options.file, model)));
  return [...options.baseline.models.keys()].filter((name) => !known.has(name)).sort();
}

/** A row for each model that the baseline has and the directory has not. */
export function goneRows(file: string, names: readonly string[]): GateRow[] {
  return names.map((name) => {
    const place = { file, line: 1, column: 1 };
    const text = `in ${file}, and no longer a model; --update takes it out`;
    const failure: Failure = { kind: 'drift', text, place, property: null };
    return rowWithout(name, 'gone', EXIT.selfCheckFailed, [failure]);
  });
}
