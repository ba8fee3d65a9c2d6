/**
 * `daxcheck show` prints a trace file; `daxcheck replay` runs it again on the model that it came
 * from.
 */
import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { EXIT } from '../errors.js';
import { readTextFile } from '../model/files.js';
import type { Model } from '../model/model.js';
import type { ItfHeader } from '../report/itf.js';
import { type ItfReading, parseItf } from '../report/itfRead.js';
import { toLines } from '../report/json.js';
import { renderTrace } from '../report/traceText.js';
import type { Trace } from '../verdict/trace.js';
import { reject, withModel } from './load.js';
import { type LookOptions, styleFor } from './look.js';
import { kernelRequestOf, override } from './options.js';
import type { Terminal } from './terminal.js';
import { hashOf } from './traceFiles.js';

/** Reads a trace file. */
export function readTrace(path: string): ItfReading {
  const read = readTextFile(path, { file: path, line: 1, column: 1 });
  return read.ok ? parseItf(read.text, path) : { ok: false, diagnostics: [read.fault] };
}

/** Prints a trace file for reading, or its content as one JSON object. */
export function showCommand(path: string, options: LookOptions, terminal: Terminal): number {
  const reading = readTrace(path);
  if (!reading.ok) return reject(reading.diagnostics, options, terminal);
  terminal.writeOut(
    options.json === true
      ? toLines([{ header: reading.header, trace: reading.trace }])
      : renderTrace(reading.trace, styleFor(options, terminal)),
  );
  return EXIT.holds;
}

/** Returns where the trace's model is: as written in it, or else beside the trace file. */
function modelPath(tracePath: string, model: string): string {
  if (isAbsolute(model) || existsSync(model)) return model;
  const beside = join(dirname(tracePath), model);
  return existsSync(beside) ? beside : model;
}

/**
 * The model as it was when the trace was written: options may have changed kernel and granularity.
 */
export function asTraced(model: Model, header: ItfHeader): Model {
  const kernel = { ...model.kernel, ...kernelRequestOf(header.kernel) };
  return { ...override(model, { granularity: header.granularity }), kernel };
}

async function replayOn(
  model: Model,
  { header, trace }: { readonly header: ItfHeader; readonly trace: Trace },
  look: { readonly options: LookOptions; readonly terminal: Terminal },
): Promise<number> {
  const { options, terminal } = look;
  if (hashOf(model) !== header.modelHash) {
    const note = 'has changed since the trace was written; replaying on it as it is now';
    terminal.writeError(`daxcheck: ${model.file} ${note}\n`);
  }
  const { replay } = await import('../replay.js');
  const result = await replay(asTraced(model, header), header, trace);
  const exitStatus = result.matches ? EXIT.holds : EXIT.selfCheckFailed;
  if (options.json === true) {
    const { matches, differences } = result;
    terminal.writeOut(
      toLines([{ kind: 'replay', model: model.file, matches, differences, exitStatus }]),
    );
    return exitStatus;
  }
  if (result.trace !== null)
    terminal.writeOut(renderTrace(result.trace, styleFor(options, terminal)));
  const lines = result.matches
    ? ['Replayed: the model behaves as the trace says.']
    : ['NOT REPLAYED: the model no longer behaves as the trace says.', ...result.differences];
  terminal.writeOut(`${lines.join('\n  ')}\n`);
  return exitStatus;
}

/** A trace file as it was read. */
export type Reading = Extract<ItfReading, { readonly ok: true }>;

/**
 * Reads a trace file and loads its model, and does a job with both; faults of either are told, and
 * end with their status.
 */
export async function withTrace(
  path: string,
  options: LookOptions,
  terminal: Terminal,
  job: (reading: Reading, model: Model) => Promise<number> | number,
): Promise<number> {
  const reading = readTrace(path);
  if (!reading.ok) return reject(reading.diagnostics, options, terminal);
  const model = modelPath(path, reading.header.model);
  return withModel(model, async (loaded) => job(reading, loaded), options, terminal);
}

/** Runs a trace again without search; status 22 when the model no longer behaves so. */
export function replayCommand(
  path: string,
  options: LookOptions,
  terminal: Terminal,
): Promise<number> {
  return withTrace(path, options, terminal, (reading, model) =>
    replayOn(model, reading, { options, terminal }),
  );
}
