/**
 * Reads the files that a model is made of, within bounds.
 *
 * A file is looked at before it is read: what is no regular file, cannot be read, is too large, or
 * is no text becomes one fault. Nothing here follows what the text says.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { Diagnostic } from '../errors.js';
import { diagnose } from '../errors.js';
import type { Place } from './model.js';
import { formatSize } from './quantity.js';

/** No file of a model is larger; a listing of a big server is some ten thousand bytes. */
export const FILE_BYTES_MAX = 16 * 1024 * 1024;

const OPEN_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;

export type FileText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly fault: Diagnostic };

/** Reads a file; `place` is where a fault is reported (the line that names the file). */
export type ReadFile = (path: string, place: Place) => FileText;

/** Reads a text file of at most FILE_BYTES_MAX bytes. */
export function readTextFile(path: string, place: Place): FileText {
  let descriptor: number;
  try {
    // Non-blocking: opening a named pipe would otherwise wait for a writer.
    descriptor = openSync(path, OPEN_FLAGS);
  } catch (error) {
    return { ok: false, fault: openFault(path, place, error) };
  }
  try {
    return readOpenFile(descriptor, path, place);
  } catch (error) {
    return { ok: false, fault: openFault(path, place, error) };
  } finally {
    closeSync(descriptor);
  }
}

/** Checks bytes for being UTF-8 text and decodes them; for readers of other sources as well. */
export function decodeText(bytes: Uint8Array, path: string, place: Place): FileText {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return { ok: true, text };
  } catch {
    // The decoder's only complaint is malformed UTF-8: the fault below says so.
  }
  return { ok: false, fault: diagnose('DAX005', place, `\`${path}\` is not a text file`) };
}

function readOpenFile(descriptor: number, path: string, place: Place): FileText {
  const stat = fstatSync(descriptor);
  if (!stat.isFile()) {
    const kind = stat.isDirectory() ? 'a directory' : 'a device or a pipe';
    const message = `\`${path}\` is ${kind}, expected a file`;
    return { ok: false, fault: diagnose('DAX002', place, message, { kind }) };
  }
  if (stat.size > FILE_BYTES_MAX) return { ok: false, fault: tooLarge(path, place) };
  // Files of /proc say size 0: read until the end, one byte more than allowed at most.
  const bytes = Buffer.alloc(stat.size === 0 ? FILE_BYTES_MAX + 1 : stat.size + 1);
  let length = 0;
  for (;;) {
    const count = readSync(descriptor, bytes, length, bytes.length - length, null);
    length += count;
    if (count === 0 || length === bytes.length) break;
  }
  if (length > FILE_BYTES_MAX) return { ok: false, fault: tooLarge(path, place) };
  return decodeText(bytes.subarray(0, length), path, place);
}

function tooLarge(path: string, place: Place): Diagnostic {
  const limit = formatSize(BigInt(FILE_BYTES_MAX));
  return diagnose('DAX004', place, `\`${path}\` is larger than ${limit}`, { limit });
}

function openFault(path: string, place: Place, error: unknown): Diagnostic {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    const relative = 'paths inside a model are relative to the model file';
    return diagnose('DAX001', place, `\`${path}\` does not exist`, { relative });
  }
  return diagnose('DAX003', place, `\`${path}\` cannot be read (${code})`, { reason: code });
}
