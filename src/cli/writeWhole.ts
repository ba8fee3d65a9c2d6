/** Writes files that others read: whole or not at all. */
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

/**
 * Writes a file whole or not at all, with the folders above it where they are missing; not when
 * nothing changes.
 */
export function writeWhole(file: string, text: string): void {
  const isThere = existsSync(file);
  if (isThere && !statSync(file).isFile()) {
    // A pipe or /dev/stdout is written to, and not replaced.
    writeFileSync(file, text);
    return;
  }
  if (isThere && readFileSync(file, 'utf8') === text) return;
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.new`;
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, file);
  } finally {
    rmSync(temporary, { force: true });
  }
}
