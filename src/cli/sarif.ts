/** `explore --sarif` and `show --sarif`: violations as SARIF 2.1.0, for code scanners. */
import packageJson from '../../package.json' with { type: 'json' };
import { EXIT } from '../errors.js';
import { locate } from '../report/located.js';
import { invocationOf, issueOf, renderSarif } from '../report/sarif.js';
import type { Trace } from '../verdict/trace.js';
import { reject } from './load.js';
import type { LookOptions } from './look.js';
import { readTrace } from './replay.js';
import type { Terminal } from './terminal.js';
import { writeWhole } from './writeWhole.js';

/** Writes a log with a result for each trace. */
export function writeSarif(file: string, traces: readonly Trace[], exitStatus: number): void {
  const issues = traces.map((trace) => issueOf(locate(trace)));
  const about = { version: packageJson.version, directory: process.cwd() };
  writeWhole(file, renderSarif(issues, invocationOf(exitStatus, 0), about));
}

/** Writes a trace file as SARIF. */
export function showSarifCommand(
  path: string,
  options: LookOptions & { readonly sarif: string },
  terminal: Terminal,
): number {
  const reading = readTrace(path);
  if (!reading.ok) return reject(reading.diagnostics, options, terminal);
  writeSarif(options.sarif, [reading.trace], EXIT.holds);
  return EXIT.holds;
}
