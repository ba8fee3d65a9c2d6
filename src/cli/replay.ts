/**
 * `daxcheck show` prints a trace file; `daxcheck replay` runs it again on the model that it came
 * from.
 */
import { diagnose, EXIT } from '../errors.js';
import { resolveKernel } from '../kernel/features.js';
import { readTextFile } from '../model/files.js';
import type { Model } from '../model/model.js';
import type { ReplayAnswer } from '../replay.js';
import type { ItfHeader } from '../report/itf.js';
import { type ItfReading, parseItf } from '../report/itfRead.js';
import { toLines } from '../report/json.js';
import { parsePlain } from '../report/plainTrace.js';
import { renderTrace } from '../report/traceText.js';
import type { Trace } from '../verdict/trace.js';
import { replayForeign, showForeign } from './foreign.js';
import { reject, withRejections } from './load.js';
import { type LookOptions, styleFor } from './look.js';
import type { Terminal } from './terminal.js';
import { asTraced, isUnchanged, modelOfTrace } from './tracedModel.js';
import { filesOf } from './traceFiles.js';

/** What can be done with a trace of another tool. */
const ONLY_SHOWN =
  'a trace of another tool can only be shown, written with --to, or replayed with --model';

/** Reads a trace file. */
export function readTrace(path: string): ItfReading {
  const place = { file: path, line: 1, column: 1 };
  const read = readTextFile(path, place);
  if (!read.ok) return { ok: false, diagnostics: [read.fault] };
  const reading = parseItf(read.text, path);
  if (!isForeign(reading) || !parsePlain(read.text, path).ok) return reading;
  return { ok: false, diagnostics: [diagnose('DAX402', place, ONLY_SHOWN)] };
}

/** JSON, but no trace of daxcheck: perhaps one of another tool. */
const isForeign = (reading: ItfReading): boolean =>
  !reading.ok && reading.diagnostics.every(({ code }) => code === 'DAX402');

/** Prints a trace file for reading, or its content as one JSON object. */
export function showCommand(path: string, options: LookOptions, terminal: Terminal): number {
  const reading = readTrace(path);
  if (!reading.ok && isForeign(reading)) return showForeign(path, options, terminal);
  if (!reading.ok) return reject(reading.diagnostics, options, terminal);
  terminal.writeOut(
    options.json === true
      ? toLines([{ header: reading.header, trace: reading.trace }])
      : renderTrace(reading.trace, styleFor(options, terminal)),
  );
  return EXIT.holds;
}

/** The kernel and granularity of a changed model, where they are others than those of the trace. */
function otherwiseThan(model: Model, { kernel, granularity }: ItfHeader): string {
  const [is, was] = [
    `${resolveKernel(model.kernel).name}, ${model.granularity}`,
    `${kernel}, ${granularity}`,
  ];
  return is === was ? '' : ` (${is}; the trace is of ${was})`;
}

async function replayOn(
  model: Model,
  { header, trace }: { readonly header: ItfHeader; readonly trace: Trace },
  look: { readonly options: LookOptions; readonly terminal: Terminal },
): Promise<number> {
  const { options, terminal } = look;
  const isChanged = !isUnchanged(model, header);
  const now = asTraced(model, header);
  if (isChanged) {
    const note = 'has changed since the trace was written; replaying on it as it is now';
    const files = filesOf(model).join(' or ');
    terminal.writeError(`daxcheck: ${files} ${note}${otherwiseThan(now, header)}\n`);
  }
  const { replay } = await import('../replay.js');
  const result = await replay(now, header, trace);
  // A model that is the same must behave the same, and not only end the same.
  const matches = result.matches && (isChanged || result.changes.length === 0);
  const exitStatus = matches ? EXIT.holds : EXIT.selfCheckFailed;
  if (options.json === true) {
    const { differences, changes } = result;
    terminal.writeOut(
      toLines([{ kind: 'replay', model: model.file, matches, differences, changes, exitStatus }]),
    );
    return exitStatus;
  }
  if (result.trace !== null)
    terminal.writeOut(renderTrace(result.trace, styleFor(options, terminal)));
  terminal.writeOut(`${answerLines(matches, result).join('\n  ')}\n`);
  return exitStatus;
}

function answerLines(matches: boolean, { differences, changes }: ReplayAnswer): string[] {
  if (!matches) {
    return [
      'NOT REPLAYED: the model no longer behaves as the trace says.',
      ...differences,
      ...changes,
    ];
  }
  if (changes.length === 0) return ['Replayed: the model behaves as the trace says.'];
  return ['Replayed: the finding is still there; of the trace this has changed:', ...changes];
}

/** A trace file as it was read. */
export type Reading = Extract<ItfReading, { readonly ok: true }>;

/**
 * Reads a trace file and loads its model, and does a job with both; faults of either are told, and
 * end with their status.
 */
export async function withTrace(
  path: string,
  options: LookOptions & { readonly model?: string },
  terminal: Terminal,
  job: (reading: Reading, model: Model) => Promise<number> | number,
): Promise<number> {
  const reading = readTrace(path);
  if (!reading.ok) return reject(reading.diagnostics, options, terminal);
  const { model: named } = options;
  const run = async (): Promise<number> => {
    const model = modelOfTrace(path, reading.header, { named, terminal });
    return 'file' in model ? job(reading, model) : reject(model, options, terminal);
  };
  return withRejections(run, options, terminal);
}

/** Runs a trace again without search; status 22 when the model no longer behaves so. */
export async function replayCommand(
  path: string,
  options: LookOptions & { readonly model?: string },
  terminal: Terminal,
): Promise<number> {
  const { model: named } = options;
  if (named !== undefined && isForeign(readTrace(path))) {
    return replayForeign(path, { ...options, model: named }, terminal);
  }
  return withTrace(path, options, terminal, (reading, model) =>
    replayOn(model, reading, { options, terminal }),
  );
}
