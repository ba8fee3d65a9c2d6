/**
 * Loads a model file: text to YAML, to shape, to a checked Model, with every fault at once.
 */
import { dirname, join } from 'node:path';
import { byPlace, type Diagnostic, diagnose } from '../errors.js';
import { buildActors, buildFaults } from './actors.js';
import { type Context, report } from './context.js';
import { buildCheck, buildExpectation } from './expectation.js';
import { type ReadFile, readTextFile } from './files.js';
import { buildMachine } from './machine.js';
import type { Limits, Model } from './model.js';
import { buildProperties, reportUnchecked } from './ownProperties.js';
import type { ModelFile } from './schema.js';
import { checkShape } from './shape.js';
import { suggestion } from './suggest.js';
import { type Path, readYaml } from './yamlSource.js';

/** Faults that are listed; of the others only the number is told. */
const FAULTS_SHOWN_MAX = 50;

const UNREADABLE_CODES: readonly string[] = ['DAX004', 'DAX006', 'DAX008'];

/** The names that a release may have. */
export interface Releases {
  /** The ones that a mistyped name is compared with, such as 'v5.1'. */
  readonly names: readonly string[];
  /** Whether there is one of that name; by default, whether it is one of `names`. */
  readonly has?: (name: string) => boolean;
  /** All of them in words; by default `names`. */
  readonly known?: string;
}

export interface LoadOptions {
  /** Kernel releases that exist; without it any well-formed name passes. */
  readonly releases?: Releases;
  /** Ids of kernel features that exist; without it any name passes. */
  readonly features?: readonly string[];
  /** Releases of daxctl and ids of the tools' features; without them any passes. */
  readonly tools?: { readonly releases: readonly string[]; readonly features: readonly string[] };
}

export type LoadResult =
  | {
      readonly ok: true;
      readonly model: Model;
      /** What was accepted with an assumption. */
      readonly warnings: readonly Diagnostic[];
    }
  | {
      readonly ok: false;
      readonly diagnostics: readonly Diagnostic[];
      /** What could be made of the file, for checks that find more faults; never to be run. */
      readonly sketch?: Model;
    };

/**
 * Loads a model from a file. Never throws on what the file holds; files it names are read as well.
 */
export function loadModel(path: string, options: LoadOptions = {}): LoadResult {
  const file = readTextFile(path, { file: path, line: 1, column: 1 });
  if (!file.ok) return { ok: false, diagnostics: [file.fault] };
  return parseModel(file.text, path, readTextFile, options);
}

/**
 * Checks the text of a model and builds it.
 *
 * @param file the name that places carry; files named in the model are relative to its directory.
 * @param readFile reads those files.
 */
export function parseModel(
  text: string,
  file: string,
  readFile: ReadFile,
  options: LoadOptions = {},
): LoadResult {
  const source = readYaml(text, file);
  if (source.diagnostics.some(isUnreadable)) return refused(source.diagnostics);
  const shape = checkShape(source, options.releases?.names[0] ?? 'v5.1');
  const faults = [...source.diagnostics];
  faults.push(...shape.faults.filter((fault) => !isRefusedAlready(fault, source.diagnostics)));
  if (shape.file === null) return refused(faults);
  const context: Context = {
    source,
    readFile: (name, place) => {
      const path = name.startsWith('/') ? name : join(dirname(file), name);
      return { ...readFile(path, place), path };
    },
    faults: [],
    warnings: [],
  };
  const model = buildModel(context, shape.file, file, options);
  faults.push(...context.faults.filter((fault) => !shape.isEcho(fault)));
  if (faults.length > 0) return refused(faults, model);
  return { ok: true, model, warnings: [...context.warnings].sort(byPlace) };
}

function buildModel(
  context: Context,
  written: ModelFile,
  file: string,
  options: LoadOptions,
): Model {
  const kernel = buildKernel(context, written.kernel, options);
  const machine = buildMachine(context, written.machine, kernel.release);
  const limits: Limits = {
    states: written.limits?.states ?? null,
    depth: written.limits?.depth ?? null,
  };
  const properties = buildProperties(context, written.properties);
  const check = buildCheck(context, written.check, machine);
  reportUnchecked(context, properties, check);
  return {
    file,
    title: written.title,
    kernel,
    tools: buildTools(context, written.tools, options),
    granularity: written.granularity ?? 'call',
    machine,
    actors: buildActors(context, written.actors),
    faults: buildFaults(context, written.faults),
    properties,
    check,
    continueAfterViolation: written.continue ?? false,
    limits,
    expect: buildExpectation(context, written.expect, limits),
  };
}

function buildKernel(
  context: Context,
  written: ModelFile['kernel'],
  options: LoadOptions,
): Model['kernel'] {
  const isName = typeof written === 'string';
  const kernel = {
    release: isName ? written : written.base,
    without: isName ? [] : (written.without ?? []),
    with: isName ? [] : (written.with ?? []),
    place: context.source.placeOf(['kernel']),
  };
  const { releases } = options;
  if (releases !== undefined && !isOneOf(releases, kernel.release)) {
    const values = { suggestion: suggestion(kernel.release, releases.names, releases.known) };
    const path = isName ? ['kernel'] : ['kernel', 'base'];
    report(context, 'DAX024', path, `no release is named \`${kernel.release}\``, values);
  }
  for (const list of ['without', 'with'] as const) {
    for (const [index, feature] of kernel[list].entries()) {
      if (options.features === undefined || options.features.includes(feature)) continue;
      const values = { suggestion: suggestion(feature, options.features) };
      const message = `no kernel feature is named \`${feature}\``;
      report(context, 'DAX025', ['kernel', list, index], message, values);
    }
  }
  for (const [index, feature] of kernel.with.entries()) {
    if (!kernel.without.includes(feature)) continue;
    report(context, 'DAX026', ['kernel', 'with', index], `\`${feature}\` is in both lists`);
  }
  return kernel;
}

function buildTools(
  context: Context,
  written: ModelFile['tools'],
  options: LoadOptions,
): Model['tools'] {
  if (written === undefined) return null;
  const tools = { release: written.daxctl, without: written.without ?? [] };
  const known = options.tools;
  if (known === undefined) return tools;
  const check = (word: string, path: Path, candidates: readonly string[]): void => {
    if (candidates.includes(word)) return;
    const values = { suggestion: suggestion(word, candidates) };
    report(context, 'DAX027', path, `the tools have no \`${word}\``, values);
  };
  check(tools.release, ['tools', 'daxctl'], known.releases);
  for (const [index, feature] of tools.without.entries())
    check(feature, ['tools', 'without', index], known.features);
  return tools;
}

const isOneOf = ({ names, has }: Releases, name: string): boolean =>
  has === undefined ? names.includes(name) : has(name);

/** After a fault of syntax the structure is a guess: what is checked below it would mislead. */
function isUnreadable(fault: Diagnostic): boolean {
  return UNREADABLE_CODES.includes(fault.code);
}

/** An alias has no value: that it also is none of the right type is no fault of its own. */
function isRefusedAlready(fault: Diagnostic, refusals: readonly Diagnostic[]): boolean {
  const { line, column } = fault.place;
  return refusals.some(({ place }) => place.line === line && place.column === column);
}

/** Sorts the faults by place and lists the first ones; `sketch`: what could be made of the file. */
function refused(faults: readonly Diagnostic[], sketch?: Model): LoadResult {
  const sorted = [...faults].sort(byPlace);
  const shown = sorted.slice(0, FAULTS_SHOWN_MAX);
  const rest = { ok: false, ...(sketch !== undefined && { sketch }) } as const;
  const last = shown.at(-1);
  const hidden = sorted.length - shown.length;
  if (last === undefined || hidden === 0) return { ...rest, diagnostics: shown };
  const more = diagnose('DAX015', last.place, `and at least ${hidden} more faults`);
  return { ...rest, diagnostics: [...shown, more] };
}
