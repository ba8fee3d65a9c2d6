/**
 * Writes trace files, one for each violation, with names that say what they are and never clash in
 * one run.
 */
import { mkdirSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { readTextFile } from '../model/files.js';
import type { Model } from '../model/model.js';
import { hashModelText, renderItf } from '../report/itf.js';
import type { Trace, Verdict } from '../verdict/trace.js';
import { writeWhole } from './writeWhole.js';

/** Where trace files go, and the names that this run has used there. */
export interface TraceFolder {
  readonly directory: string;
  readonly used: Set<string>;
}

/**
 * Returns the name of a trace's file without its suffix: the model's, the property's and the
 * device's.
 */
export function traceName(model: string, trace: Trace): string {
  const { property, device } = trace.finding;
  const parts = [
    basename(model).replace(/\.(?:ya?ml|sh)$/, ''),
    property,
    ...(device ? [device] : []),
  ];
  return parts.join('.').replace(/[^\w.-]+/g, '-');
}

function freeName(name: string, used: ReadonlySet<string>): string {
  for (let count = 1; ; count++) {
    const candidate = `${count === 1 ? name : `${name}-${count}`}.itf.json`;
    if (!used.has(candidate)) return candidate;
  }
}

/** Files that a model is made of, as they were named. */
export const filesOf = ({
  file,
  composition,
}: Pick<Model, 'file' | 'composition'>): readonly string[] => [
  file,
  ...(composition?.scripts ?? []),
  ...(composition?.rules ?? []),
];

/**
 * Returns the hash of the model's file and of those that were put onto its machine; one that cannot
 * be read counts as empty.
 */
export function hashOf(model: Pick<Model, 'file' | 'composition'>): string {
  const texts = filesOf(model).map((file) => {
    const read = readTextFile(file, { file, line: 1, column: 1 });
    return read.ok ? read.text : '';
  });
  return hashModelText(texts.join('\0'));
}

/**
 * Writes a file for each violation, making the directory where it is missing; returns their paths
 * in order.
 */
export function writeTraces(verdict: Verdict, model: Model, folder: TraceFolder): string[] {
  mkdirSync(folder.directory, { recursive: true });
  const { composition } = model;
  const origin = {
    ...{ modelHash: hashOf(model), initial: 0, scope: model.cut?.kept },
    ...(composition && { composition, folder: relative(folder.directory, '.') }),
  };
  return verdict.violations.map((trace) => {
    const first = composition?.scripts[0] ?? model.file;
    const name = freeName(traceName(first, trace), folder.used);
    folder.used.add(name);
    const path = join(folder.directory, name);
    writeWhole(path, renderItf(trace, origin));
    return path;
  });
}
