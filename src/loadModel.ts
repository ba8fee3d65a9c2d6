/**
 * `loadModel` as users call it: the file is checked against the kernels, features, properties and
 * sysfs paths that are modelled.
 */
import { nameFaults } from './compile/scenario.js';
import { byPlace, type Diagnostic } from './errors.js';
import { isRelease, RELEASES, SELECTABLE } from './kernel/features.js';
import { KNOWN_RELEASES } from './kernel/releases.js';
import { readTextFile } from './model/files.js';
import {
  type LoadOptions,
  type LoadResult,
  loadModel as loadWith,
  parseModel,
} from './model/load.js';
import { TOOL_FEATURES, TOOL_RELEASES } from './userland/tools.js';

/** Faults that may but echo one of the machine: an object, a device, a size that is not there. */
const ECHO_CODES: readonly string[] = ['DAX211', 'DAX303', 'DAX304', 'DAX306'];

/** Told after the last fault that is listed: there are more. */
const MORE_CODE = 'DAX015';

/** Adds what is wrong with scripts, rules and names to the faults of the file itself. */
function withNameFaults(result: LoadResult & { readonly ok: false }): readonly Diagnostic[] {
  const { diagnostics, sketch } = result;
  if (sketch === undefined || diagnostics.at(-1)?.code === MORE_CODE) return diagnostics;
  const more = nameFaults(sketch).filter(({ code }) => !ECHO_CODES.includes(code));
  return [...diagnostics, ...more].sort(byPlace);
}

const OPTIONS: LoadOptions = {
  releases: {
    names: RELEASES.map((release) => release.name),
    has: isRelease,
    known: KNOWN_RELEASES,
  },
  features: SELECTABLE.map((feature) => feature.id),
  tools: { releases: TOOL_RELEASES, features: TOOL_FEATURES.map(({ id }) => id) },
};

function withNames(result: LoadResult): LoadResult {
  if (!result.ok) return { ok: false, diagnostics: withNameFaults(result) };
  const faults = nameFaults(result.model);
  return faults.length === 0 ? result : { ok: false, diagnostics: [...faults].sort(byPlace) };
}

/**
 * Reads a model file for its machine: what its scripts and rules say is not looked at, nor whether
 * the machine is too large for the engine.
 */
export function loadMachine(path: string): LoadResult {
  return loadWith(path, OPTIONS);
}

/**
 * Reads and checks a model file.
 *
 * @param path of a YAML file; files that it names are relative to it.
 * @returns the model, or every fault of the file with its place.
 */
export function loadModel(path: string): LoadResult {
  return withNames(loadMachine(path));
}

/** Checks the text of a model that is in no file yet; `file` is the name that places carry. */
export function checkModelText(text: string, file: string): LoadResult {
  return withNames(parseModel(text, file, readTextFile, OPTIONS));
}
