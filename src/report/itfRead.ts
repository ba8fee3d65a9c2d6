/**
 * Reads a trace file back: what `replay` follows and `show` prints. Every fault is reported at
 * once, with its place in the file; a file of another kind or format gets the one fault that says
 * so.
 */
import { type Diagnostic, diagnose } from '../errors.js';
import type { Place } from '../model/model.js';
import type { Trace } from '../verdict/trace.js';
import type { ItfHeader } from './itf.js';
import { type ItfDocument, itfMarkSchema, itfSchema } from './itfSchema.js';
import { lineAndColumn, offsetOfPath } from './jsonPlace.js';

export type ItfReading =
  | { readonly ok: true; readonly header: ItfHeader; readonly trace: Trace }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** Most faults shown of one file. */
const FAULTS_MAX = 20;

/**
 * Parses a trace file.
 *
 * @param file its name, for the places of the faults only; nothing is read here.
 * Faults: DAX401 no JSON or cut off, DAX402 no trace of daxcheck, DAX403 another format, DAX404
 * wrong contents.
 */
export function parseItf(text: string, file = '<trace>'): ItfReading {
  const json = parseJson(text, file);
  if (!json.ok) return { ok: false, diagnostics: [json.fault] };
  const mark = itfMarkSchema.safeParse(json.value);
  if (!mark.success) {
    const found = 'no trace of daxcheck: expected an object with `#meta.daxcheck.format`';
    return { ok: false, diagnostics: [diagnose('DAX402', start(file), found)] };
  }
  const { format } = mark.data['#meta'].daxcheck;
  if (format !== 1) {
    const place = placeOf(text, file, ['#meta', 'daxcheck', 'format']);
    const found = `trace format ${format}: expected format 1`;
    return { ok: false, diagnostics: [diagnose('DAX403', place, found)] };
  }
  const parsed = itfSchema.safeParse(json.value);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => {
      const path = issue.path.filter((key) => typeof key !== 'symbol');
      return contentFault(text, file, path, issue.message);
    });
    return { ok: false, diagnostics: limitFaults(faults) };
  }
  const faults = consistencyFaults(parsed.data, text, file);
  if (faults.length > 0) return { ok: false, diagnostics: limitFaults(faults) };
  return { ok: true, ...assemble(parsed.data) };
}

type Json =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly fault: Diagnostic };

function parseJson(text: string, file: string): Json {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // V8 names the place as a position; where it names none, the text ended too early.
    const position = /position (\d+)/.exec(reason)?.[1];
    const offset = position === undefined ? text.length : Number(position);
    const isCutOff = offset >= text.trimEnd().length;
    const found = isCutOff ? 'the file ends in the middle: expected more JSON' : 'not JSON';
    return {
      ok: false,
      fault: diagnose('DAX401', { file, ...lineAndColumn(text, offset) }, found),
    };
  }
}

/** What a schema cannot say: the header and the states tell the same steps, in order. */
function consistencyFaults(document: ItfDocument, text: string, file: string): Diagnostic[] {
  const [, ...later] = document.states;
  const { ordinals, inevitableAt } = document['#meta'].daxcheck;
  const path = ['#meta', 'daxcheck', 'ordinals'];
  const faults: Diagnostic[] = [];
  if (ordinals.length !== later.length) {
    const message = `${ordinals.length} ordinals, but ${later.length} states after the first`;
    faults.push(contentFault(text, file, path, message));
  }
  if (inevitableAt !== null && inevitableAt >= later.length) {
    const message = `no such step: the trace has ${later.length}`;
    faults.push(contentFault(text, file, ['#meta', 'daxcheck', 'inevitableAt'], message));
  }
  const { loopFrom } = document['#meta'].daxcheck;
  if (loopFrom !== undefined && loopFrom > later.length) {
    const message = `no such state: the trace has ${later.length + 1}`;
    faults.push(contentFault(text, file, ['#meta', 'daxcheck', 'loopFrom'], message));
  }
  document.states.forEach((state, index) => {
    if (state['#meta'].index === index) return;
    const message = `index ${state['#meta'].index}, expected ${index}`;
    faults.push(contentFault(text, file, ['states', index, '#meta', 'index'], message));
  });
  later.forEach((state, index) => {
    const { ordinal } = state['#meta'].daxcheck;
    const expected = ordinals[index];
    if (expected === undefined || ordinal === expected) return;
    const where = ['states', index + 1, '#meta', 'daxcheck', 'ordinal'];
    faults.push(contentFault(text, file, where, `ordinal ${ordinal}, the header says ${expected}`));
  });
  return faults;
}

function assemble(document: ItfDocument): { header: ItfHeader; trace: Trace } {
  const header = document['#meta'].daxcheck;
  const [{ '#meta': _, ...initial }, ...later] = document.states;
  const steps = later.map(({ '#meta': meta, ...after }) => ({ ...meta.daxcheck, after }));
  const { model, title, kernel, granularity, finding, inevitableAt, loopFrom, ...more } = header;
  const { composition, ...rest } = more;
  const loop = loopFrom === undefined ? {} : { loopFrom };
  const behaviour = { finding, initial, steps, inevitableAt, ...loop };
  return {
    header: {
      ...{ ...rest, model, title, kernel, granularity, finding, inevitableAt, ...loop },
      ...(composition && { composition }),
    },
    trace: { format: 1, model, title, kernel, granularity, ...behaviour },
  };
}

function contentFault(
  text: string,
  file: string,
  path: readonly (string | number)[],
  message: string,
): Diagnostic {
  return diagnose('DAX404', placeOf(text, file, path), `${formatPath(path)}: ${message}`);
}

function limitFaults(faults: readonly Diagnostic[]): Diagnostic[] {
  const more = faults.slice(FAULTS_MAX);
  const first = more[0];
  if (first === undefined) return [...faults];
  return [
    ...faults.slice(0, FAULTS_MAX),
    diagnose('DAX015', first.place, `and ${more.length} more`),
  ];
}

function formatPath(path: readonly (string | number)[]): string {
  return path
    .map((key, index) => {
      if (typeof key === 'number') return `[${key}]`;
      return index === 0 ? key : `.${key}`;
    })
    .join('');
}

function placeOf(text: string, file: string, path: readonly (string | number)[]): Place {
  return { file, ...lineAndColumn(text, offsetOfPath(text, path)) };
}

function start(file: string): Place {
  return { file, line: 1, column: 1 };
}
