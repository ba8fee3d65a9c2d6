/**
 * `--html`: writes a report as one HTML file, of what `explore` found or of a trace file.
 */
import { writeFileSync } from 'node:fs';
import { EXIT } from '../errors.js';
import { htmlReport, runOfTrace } from '../htmlReport.js';
import type { ReportRun } from '../report/document.js';
import { reject } from './load.js';
import type { LookOptions } from './look.js';
import { readTrace } from './replay.js';
import type { Terminal } from './terminal.js';

/** Writes the report of some runs, and says where it is. */
export function writeHtml(file: string, runs: readonly ReportRun[], terminal: Terminal): void {
  writeFileSync(file, htmlReport(runs));
  terminal.writeError(`daxcheck: report written to ${file}\n`);
}

export interface HtmlOptions extends LookOptions {
  /** Where the report goes. */
  readonly html: string;
}

/** Writes the report of a trace file. */
export function showHtmlCommand(path: string, options: HtmlOptions, terminal: Terminal): number {
  const reading = readTrace(path);
  if (!reading.ok) return reject(reading.diagnostics, options, terminal);
  writeHtml(options.html, [runOfTrace(reading.trace)], terminal);
  return EXIT.holds;
}
