/** Which models a gate explores: all, those of --filter, those of --changed. */
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { changedFiles, filesOf } from '../gate/changed.js';
import { matcherOf, modelFiles } from '../gate/models.js';
import type { BaselineFile } from './gateBaseline.js';
import type { GateOptions } from './gateOptions.js';

export type Chosen =
  | {
      readonly ok: true;
      readonly all: readonly string[];
      readonly paths: readonly string[];
      /** What the user should know of the choice. */
      readonly notes: readonly string[];
    }
  | { readonly ok: false; readonly why: string };

/** The baseline was written by another daxcheck: then every model may answer otherwise. */
function isOtherProgram(baseline: BaselineFile | null): boolean {
  if (baseline === null || baseline.before === null) return false;
  const { before, program } = baseline;
  return before.engine !== program.engine || before.daxcheck !== program.daxcheck;
}

/**
 * Chooses the models. Throws the system's error when the directory cannot be read.
 *
 * Nothing that changed is no fault: a gate of no model passes. A pattern that matches nothing is a
 * fault, since it is most likely mistyped.
 */
export function chooseModels(
  directory: string,
  options: GateOptions,
  baseline: BaselineFile | null,
): Chosen {
  const all = modelFiles(directory);
  if (all.length === 0) return { ok: false, why: `no model (*.yaml, *.yml) below ${directory}` };
  const { filter, changed } = options;
  const matchers = filter?.map(matcherOf);
  const named = all.filter((path) => matchers?.some((matches) => matches(path)) ?? true);
  if (named.length === 0) {
    return { ok: false, why: `no model below ${directory} matches ${filter?.join(' or ')}` };
  }
  if (changed === undefined) return { ok: true, all, paths: named, notes: [] };
  if (isOtherProgram(baseline)) {
    const note = `${baseline?.file} was written by another daxcheck: every model is explored`;
    return { ok: true, all, paths: named, notes: [note] };
  }
  const ref = changed === true ? 'HEAD' : changed;
  const where = statSync(directory).isDirectory() ? directory : dirname(directory);
  const answer = changedFiles(where, ref);
  if (!answer.ok) return { ok: false, why: `--changed: ${answer.why}` };
  const paths = named.filter((path) => filesOf(path).some((file) => answer.files.has(file)));
  const notes = paths.length === 0 ? [`no model changed since ${ref}`] : [];
  return { ok: true, all, paths, notes };
}
