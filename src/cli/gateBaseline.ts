/** The baseline that a gate's options name, and the daxcheck that compares with it. */
import { existsSync } from 'node:fs';
import packageJson from '../../package.json' with { type: 'json' };
import {
  type Baseline,
  type Program,
  printBaseline,
  programOf,
  readBaseline,
} from '../gate/baseline.js';
import { engineBytes } from '../kernelEngine.js';
import type { GateOptions } from './gateOptions.js';
import { writeWhole } from './writeWhole.js';

export interface BaselineFile {
  readonly file: string;
  /** null where --update writes the first one, or one anew. */
  readonly before: Baseline | null;
  /** The daxcheck that runs now. */
  readonly program: Program;
}

export type Opened =
  | { readonly ok: true; readonly baseline: BaselineFile | null }
  | { readonly ok: false; readonly why: string };

/** Reads the baseline; says why it cannot be compared with. */
export function openBaseline(options: GateOptions): Opened {
  const { baseline: file, update = false, filter, changed } = options;
  if (file === undefined) return { ok: true, baseline: null };
  const reading = readBaseline(file);
  const isOfAll = filter === undefined && changed === undefined;
  // One that cannot be read is written anew, but only with every model.
  if (!reading.ok && !(update && (isOfAll || !existsSync(file)))) return reading;
  const before = reading.ok ? reading.baseline : null;
  const program = programOf(packageJson.version, engineBytes());
  return { ok: true, baseline: { file, before, program } };
}

/** Writes a baseline whole or not at all. */
export function saveBaseline(file: string, baseline: Baseline): void {
  writeWhole(file, printBaseline(baseline));
}
