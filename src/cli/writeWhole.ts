/** Writes files that others read: whole or not at all. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Writes a file whole or not at all, with the folders above it where they are missing; not when
 * nothing changes.
 */
export function writeWhole(file: string, text: string): void {
  if (existsSync(file)) {
    // A pipe or /dev/stdout is written to, and not replaced.
    if (!statSync(file).isFile()) return writeFileSync(file, text);
    if (readFileSync(file, 'utf8') === text) return;
  }
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.new`;
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, file);
  } finally {
    rmSync(temporary, { force: true });
  }
}
