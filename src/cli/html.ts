/**
 * `--html`: writes a report as one HTML file, of what `explore` found or of a trace file.
 */
import { EXIT } from '../errors.js';
import { htmlReport, runOfTrace, withExplorer } from '../htmlReport.js';
import type { Model } from '../model/model.js';
import type { ReportRun } from '../report/document.js';
import type { ItfHeader } from '../report/itf.js';
import { reject } from './load.js';
import type { LookOptions } from './look.js';
import { readTrace } from './replay.js';
import type { Terminal } from './terminal.js';
import { asTraced, isUnchanged, modelOfTrace } from './tracedModel.js';
import { writeWhole } from './writeWhole.js';

/** Writes the report of some runs, and says where it is. */
export function writeHtml(file: string, runs: readonly ReportRun[], terminal: Terminal): void {
  writeWhole(file, htmlReport(runs));
  terminal.writeError(`daxcheck: report written to ${file}\n`);
}

export interface HtmlOptions extends LookOptions {
  /** Where the report goes. */
  readonly html: string;
  /** commander makes it false of --no-explorer. */
  readonly explorer?: boolean;
}

/** The model of a trace as it was; or why there is none to be explored. */
function modelOf(path: string, header: ItfHeader, terminal: Terminal): Model | string {
  const model = modelOfTrace(path, header, { named: undefined, terminal });
  if (!('file' in model)) return `${header.model} cannot be loaded`;
  if (!isUnchanged(model, header)) return `${header.model} has changed since`;
  return asTraced(model, header);
}

/** Writes the report of a trace file; it can be explored where its model is still the same. */
export function showHtmlCommand(path: string, options: HtmlOptions, terminal: Terminal): number {
  const reading = readTrace(path);
  if (!reading.ok) return reject(reading.diagnostics, options, terminal);
  const run = runOfTrace(reading.trace);
  const model = options.explorer === false ? null : modelOf(path, reading.header, terminal);
  if (typeof model === 'string') {
    terminal.writeError(`daxcheck: the report has no explorer: ${model}\n`);
  }
  const isExplored = model !== null && typeof model !== 'string';
  writeHtml(options.html, [isExplored ? withExplorer(run, model) : run], terminal);
  return EXIT.holds;
}
