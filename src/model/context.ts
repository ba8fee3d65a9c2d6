/**
 * What the builders of the parts of a model share: the text's places, the reader of other files,
 * and the list that faults are collected in.
 */
import { type Diagnostic, type DiagnosticCode, diagnose } from '../errors.js';
import type { FileText } from './files.js';
import type { Place, Range, SourceText } from './model.js';
import { parseRange, parseSize } from './quantity.js';
import type { Path, YamlSource } from './yamlSource.js';

export interface Context {
  readonly source: YamlSource;
  /** Reads a file named in the model; `place` is where it is named. */
  readonly readFile: (path: string, place: Place) => FileText & { readonly path: string };
  readonly faults: Diagnostic[];
  readonly warnings: Diagnostic[];
}

/** Adds a fault at a place. */
export function report(
  context: Context,
  code: DiagnosticCode,
  at: Place | Path,
  message: string,
  values: { readonly [name: string]: string } = {},
): void {
  const place = 'line' in at ? at : context.source.placeOf(at);
  context.faults.push(diagnose(code, place, message, values));
}

/** Prints a place within a hint: its line, and its file where that is another one. */
export function shownPlace(place: Place, from: Place): string {
  const where = `line ${place.line}, column ${place.column}`;
  return place.file === from.file ? where : `${place.file}, ${where}`;
}

/** Reads the text at a path; null (with a fault) when it is folded. */
export function textAt(context: Context, path: Path): SourceText | null {
  const text = context.source.textOf(path);
  if (text !== null) return text;
  report(context, 'DAX016', path, 'the lines of this text are folded into one');
  return null;
}

/** Reads a file named at a path; null (with a fault) when it cannot be read. */
export function fileAt(context: Context, name: string, path: Path): SourceText | null {
  const file = context.readFile(name, context.source.placeOf(path));
  if (file.ok) return { text: file.text, place: { file: file.path, line: 1, column: 1 } };
  context.faults.push(file.fault);
  return null;
}

/** Reads a size that the schema let through; 0 (with a fault) when it does not fit 64 bits. */
export function sizeAt(context: Context, value: string | number, path: Path): bigint {
  const bytes = parseSize(value);
  if (bytes !== null) return bytes;
  report(context, 'DAX020', path, `\`${value}\` does not fit 64 bits`);
  return 0n;
}

/** Reads a range that the schema let through; null (with a fault) when it ends before it starts. */
export function rangeAt(context: Context, value: string, path: Path): Range | null {
  const range = parseRange(value);
  if (range !== null && range.start <= range.end) return range;
  report(context, 'DAX022', path, `\`${value}\` ends before it starts`);
  return null;
}
