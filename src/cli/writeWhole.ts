/** Writes files that others read: whole or not at all. */
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** Puts a text in the place of a file, which may be there already. */
function replace(file: string, text: string, mode: number | null): void {
  const temporary = `${file}.${process.pid}.new`;
  try {
    writeFileSync(temporary, text);
    if (mode !== null) chmodSync(temporary, mode);
    renameSync(temporary, file);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/**
 * Writes a file whole or not at all, with the folders above it where they are missing; not when
 * nothing changes. A file that is there keeps its permissions, and a link what it points to.
 */
export function writeWhole(file: string, text: string): void {
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true });
    replace(file, text, null);
    return;
  }
  const found = statSync(file);
  // A pipe or /dev/stdout is written to, and not replaced.
  if (!found.isFile()) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text) replace(realpathSync(file), text, found.mode);
}

/**
 * Writes a file that is not there yet; one that cannot be written to its end is taken away again.
 *
 * @returns false where something of that name is there already: it stays as it is.
 */
export function writeNew(file: string, text: string): boolean {
  let opened: number;
  try {
    opened = openSync(file, 'wx');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
  try {
    writeFileSync(opened, text);
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  } finally {
    closeSync(opened);
  }
  return true;
}
