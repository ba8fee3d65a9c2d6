/**
 * Tiny models for the tests of the model layer, and their faults in short form.
 */
import type { Diagnostic } from '../../src/errors.ts';
import { diagnose } from '../../src/errors.ts';
import type { ReadFile } from '../../src/model/files.ts';
import { type LoadOptions, type LoadResult, parseModel } from '../../src/model/load.ts';
import type { Model } from '../../src/model/model.ts';

/** The lines that every model needs. A `machine:` of the case's own follows in line 4. */
export const HEAD = 'format: 1\ntitle: a test\nkernel: v5.1\n';

/** A head and a machine with one device on kmem; line 9 is the first line after it. */
export const BASE = `${HEAD}machine:
  block_size: 128M
  dax:
    dax0.0: { range: 100000000-10fffffff, target_node: 1, driver: kmem }
`;

/** Loads a text; files it names come from `files`. */
export function load(
  text: string,
  files: { readonly [path: string]: string } = {},
  options: LoadOptions = {},
): LoadResult {
  const readFile: ReadFile = (path, place) => {
    const found = files[path];
    if (found !== undefined) return { ok: true, text: found };
    return { ok: false, fault: diagnose('DAX001', place, `${path} does not exist`) };
  };
  return parseModel(text, 'model.yaml', readFile, options);
}

/** Loads a text that must be sound. */
export function modelOf(text: string, files: { readonly [path: string]: string } = {}): Model {
  const result = load(text, files);
  if (!result.ok) throw new Error(short(result.diagnostics).join('\n'));
  return result.model;
}

/** Loads a text and gives its faults as `CODE line:column`, in order. */
export function faultsOf(
  text: string,
  files: { readonly [path: string]: string } = {},
  options: LoadOptions = {},
): string[] {
  const result = load(text, files, options);
  return result.ok ? [] : short(result.diagnostics);
}

/** Faults as `CODE line:column`. */
export function short(faults: readonly Diagnostic[]): string[] {
  return faults.map(({ code, place }) => `${code} ${place.line}:${place.column}`);
}

/** The hint of the first fault. */
export function hintOf(text: string): string {
  const result = load(text);
  return result.ok ? '' : (result.diagnostics[0]?.hint ?? '');
}
