/**
 * Loads the models that a command names, all of them before anything else, so that a fault in one
 * leaves no partial output; and tells the user of every fault at once.
 */
import { diagnosticsOf } from '../ending.js';
import type { Diagnostic } from '../errors.js';
import { EXIT, formatDiagnostic } from '../errors.js';
import { resolveKernel } from '../kernel/features.js';
import { loadMachine, loadModel } from '../loadModel.js';
import type { Model } from '../model/model.js';
import type { Terminal } from './terminal.js';

export type Loaded =
  | { readonly ok: true; readonly models: readonly Model[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

interface LoadWishes {
  /** Models are cut to what the engine has room for; machines are taken as they are. */
  readonly wanted?: 'models' | 'machines';
  /** Memory blocks to keep of each device of a model. */
  readonly scope?: number | null;
}

/**
 * Loads every model; the faults of all of them when one is rejected. What was accepted with an
 * assumption is told on stderr.
 */
export function loadModels(
  paths: readonly string[],
  terminal: Terminal,
  { wanted = 'models', scope = null }: LoadWishes = {},
): Loaded {
  const load = (path: string) => (wanted === 'models' ? loadModel(path, scope) : loadMachine(path));
  const results = paths.map(load);
  const diagnostics = results.flatMap((result) => (result.ok ? [] : result.diagnostics));
  if (diagnostics.length > 0) return { ok: false, diagnostics };
  const warnings = results.flatMap((result) => (result.ok ? result.warnings : []));
  for (const warning of warnings) terminal.writeError(`warning: ${formatDiagnostic(warning)}\n`);
  return { ok: true, models: results.flatMap((result) => (result.ok ? [result.model] : [])) };
}

/**
 * Tells on stderr of features that the models' releases may or may not have: their kernels are
 * explored without them.
 */
export function warnOfUnknown(models: readonly Model[], terminal: Terminal): void {
  const kernels = models.map(({ kernel }) => ({ kernel, unknown: resolveKernel(kernel).unknown }));
  const lines = kernels
    .filter(({ unknown }) => unknown.length > 0)
    .map(
      ({ kernel, unknown }) =>
        `warning: nobody knows whether ${kernel.release} has ${unknown.join(', ')};` +
        ' left out: name them in `with` or `without`\n',
    );
  for (const line of new Set(lines)) terminal.writeError(line);
}

/**
 * Prints faults of the user's input to stderr, and with --json as one object to stdout; returns the
 * status.
 */
export function reject(
  diagnostics: readonly Diagnostic[],
  options: { readonly json?: boolean },
  terminal: Terminal,
): number {
  const lines = diagnostics.map((fault) => `${formatDiagnostic(fault)}\n`);
  const count = diagnostics.length === 1 ? 'one fault' : `${diagnostics.length} faults`;
  terminal.writeError(`${lines.join('')}daxcheck: ${count}; nothing was explored\n`);
  if (options.json === true) {
    const record = { verdict: 'rejected', exitStatus: EXIT.modelRejected, diagnostics };
    terminal.writeOut(`${JSON.stringify(record)}\n`);
  }
  return EXIT.modelRejected;
}

/**
 * Runs `job`; a rejection that it throws becomes faults and their status, anything else goes on up.
 */
export async function withRejections(
  job: () => Promise<number> | number,
  options: { readonly json?: boolean },
  terminal: Terminal,
): Promise<number> {
  try {
    return await job();
  } catch (error) {
    const diagnostics = diagnosticsOf(error);
    if (diagnostics === null) throw error;
    return reject(diagnostics, options, terminal);
  }
}

/** Loads one model and runs `job` with it; faults of either are told, and are the status. */
export async function withModel(
  path: string,
  job: (model: Model) => Promise<number>,
  options: { readonly json?: boolean },
  terminal: Terminal,
): Promise<number> {
  const loaded = loadModels([path], terminal);
  if (!loaded.ok) return reject(loaded.diagnostics, options, terminal);
  const [model] = loaded.models;
  if (model === undefined) return EXIT.bug;
  return withRejections(() => job(model), options, terminal);
}
