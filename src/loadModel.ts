/**
 * `loadModel` as users call it: the file is checked against the kernels, features, properties and
 * sysfs paths that are modelled.
 */
import { nameFaults } from './compile/scenario.js';
import { byPlace, type Diagnostic, diagnose } from './errors.js';
import { isRelease, RELEASES, SELECTABLE } from './kernel/features.js';
import { KNOWN_RELEASES } from './kernel/releases.js';
import { readTextFile } from './model/files.js';
import {
  type LoadOptions,
  type LoadResult,
  loadModel as loadWith,
  parseModel,
} from './model/load.js';
import { fitModel } from './scope/choose.js';
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

/** Cuts a machine that is larger than the engine has room for, or as somebody asks; and says so. */
function cut(loaded: LoadResult & { readonly ok: true }, wanted: number | null): typeof loaded {
  const { model, cuts, whole } = fitModel(loaded.model, wanted);
  const place = loaded.model.machine.devices[0]?.place ?? loaded.model.kernel.place;
  const warn = (message: string, advice: string): Diagnostic =>
    diagnose('DAX309', place, message, { advice });
  const warnings = [
    ...cuts.map(({ device, blocks, kept }) =>
      warn(
        `${device} has ${blocks} memory blocks, of which ${kept} are kept`,
        'the verdict says what follows; --scope N keeps N of each device (docs/scopes.md)',
      ),
    ),
    ...whole.map((why) => warn(why, 'docs/scopes.md says which devices can be cut')),
  ];
  return { ...loaded, model, warnings: [...loaded.warnings, ...warnings] };
}

function withNames(result: LoadResult, wanted: number | null): LoadResult {
  if (!result.ok) return { ok: false, diagnostics: withNameFaults(result) };
  const fitting = cut(result, wanted);
  const faults = nameFaults(fitting.model);
  return faults.length === 0 ? fitting : { ok: false, diagnostics: [...faults].sort(byPlace) };
}

/**
 * Reads a model file for its machine: what its scripts and rules say is not looked at, nor whether
 * the machine is too large for the engine.
 */
export function loadMachine(path: string): LoadResult {
  return loadWith(path, OPTIONS);
}

/**
 * Reads and checks a model file. A machine of more memory blocks than the engine has room for is
 * cut to some of each device, with a warning.
 *
 * @param path of a YAML file; files that it names are relative to it.
 * @param scope memory blocks that are kept of each device, whether there is room for more or not.
 * @returns the model, or every fault of the file with its place.
 */
export function loadModel(path: string, scope: number | null = null): LoadResult {
  return withNames(loadMachine(path), scope);
}

/** Checks the text of a model that is in no file yet; `file` is the name that places carry. */
export function checkModelText(text: string, file: string): LoadResult {
  return withNames(parseModel(text, file, readTextFile, OPTIONS), null);
}
