/**
 * The model that a trace file came from: a model file, or scripts and rules on a machine.
 */
import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { Diagnostic } from '../errors.js';
import { kernelRequestOf } from '../kernel/features.js';
import type { Model } from '../model/model.js';
import type { ItfHeader } from '../report/itf.js';
import { cutModel, wholeOf } from '../scope/choose.js';
import { composeAgain } from './composed.js';
import { loadModels } from './load.js';
import { override } from './options.js';
import type { Terminal } from './terminal.js';
import { hashOf } from './traceFiles.js';

/**
 * Returns where a file is that a trace names: from the folder that it was explored in, or as it is
 * written, or else beside the trace file.
 */
export function modelPath(tracePath: string, model: string, folder?: string): string {
  if (isAbsolute(model)) return model;
  const there = folder === undefined ? model : join(dirname(tracePath), folder, model);
  if (there !== model && existsSync(there))
    return resolve(there) === resolve(model) ? model : there;
  if (existsSync(model)) return model;
  const beside = join(dirname(tracePath), model);
  return existsSync(beside) ? beside : model;
}

/** What a model is made of. */
type Made = Pick<Model, 'file' | 'composition'>;

/** Whether the files that a model is made of are what they were when the trace was written. */
export const isUnchanged = (model: Made, header: ItfHeader): boolean =>
  hashOf(model) === header.modelHash;

const MISSING =
  'looked for from the folder that it was explored in, from here, and beside the trace';

/** Faults of files that a trace names: one that is missing is not one of a model's. */
const ofTrace = (faults: readonly Diagnostic[]): readonly Diagnostic[] =>
  faults.map((fault) => (fault.code === 'DAX001' ? { ...fault, hint: MISSING } : fault));

/**
 * The model as it was when the trace was written: options may have changed kernel and granularity.
 * Where its text has changed since, its own count: they may be what was changed.
 *
 * @param made what the trace is of, where that is more than the model.
 */
export function asTraced(model: Model, header: ItfHeader, made: Made = model): Model {
  const { granularity, scope } = header;
  const kernel = { ...model.kernel, ...kernelRequestOf(header.kernel) };
  const traced = isUnchanged(made, header)
    ? { ...override(wholeOf(model), { granularity }), kernel }
    : wholeOf(model);
  return scope === undefined ? traced : cutModel(traced, scope).model;
}

/**
 * Loads the model of a trace file; scripts and rules are put onto its machine again.
 *
 * @param named another file than the trace names.
 * Throws a ModelRejection for faults of scripts and rules.
 */
export function modelOfTrace(
  path: string,
  header: ItfHeader,
  { named, terminal }: { readonly named: string | undefined; readonly terminal: Terminal },
): Model | readonly Diagnostic[] {
  const { composition, folder } = header;
  const locate = (file: string): string => modelPath(path, file, folder);
  const wanted = composition === undefined ? 'models' : 'machines';
  const loaded = loadModels([named ?? locate(header.model)], terminal, { wanted });
  if (!loaded.ok) return named === undefined ? ofTrace(loaded.diagnostics) : loaded.diagnostics;
  const [model] = loaded.models;
  if (model === undefined || composition === undefined) return model ?? [];
  // What is kept of the machine depends on the scripts: it is cut when they are there.
  const { scope, ...whole } = header;
  const [scripts, rules] = [composition.scripts.map(locate), composition.rules.map(locate)];
  const made = { file: model.file, composition: { ...composition, scripts, rules } };
  const machine = asTraced(model, whole, made);
  const again = composeAgain(machine, { ...made.composition, scope: scope ?? null });
  return 'file' in again ? again : ofTrace(again);
}
