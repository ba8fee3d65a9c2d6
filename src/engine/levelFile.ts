/**
 * The states of a lossy search on disk: every level that has been expanded, one after the other.
 *
 * The files have no name once they are open, so that they are gone when the process is, however it
 * ends.
 */
import { closeSync, mkdirSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskError } from './diskError.js';
import { EngineError, FAIL_DISK } from './engineError.js';

/** A file without a name. */
export interface NamelessFile {
  /** Writes all bytes at a place. Throws EngineError FAIL_DISK when the disk takes no more. */
  write(bytes: Uint8Array, at: number): void;
  /** Fills all bytes from a place. */
  read(bytes: Uint8Array, at: number): void;
  close(): void;
}

/** Bytes of one call: the system takes less than 2 GiB at a time. */
const CALL_BYTES = 1 << 28;

/**
 * Opens files without names in a directory, which is made when it is missing; in the system's
 * temporary one by default. Throws EngineError FAIL_DISK.
 */
export function openNameless(directory: string | undefined, count: number): NamelessFile[] {
  const home = directory ?? tmpdir();
  try {
    mkdirSync(home, { recursive: true });
    const folder = mkdtempSync(join(home, 'daxcheck-'));
    try {
      return Array.from({ length: count }, (_, number) =>
        fileOf(openSync(join(folder, String(number)), 'wx+'), home),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  } catch (cause) {
    throw diskError(`no file for old levels can be made in ${home} (--disk)`, cause);
  }
}

function fileOf(file: number, home: string): NamelessFile {
  return {
    write: (bytes, at) => {
      try {
        for (let done = 0; done < bytes.length; ) {
          const length = Math.min(CALL_BYTES, bytes.length - done);
          done += writeSync(file, bytes, done, length, at + done);
        }
      } catch (cause) {
        throw diskError(`old levels cannot be written to ${home} (--disk)`, cause);
      }
    },
    read: (bytes, at) => {
      for (let done = 0; done < bytes.length; ) {
        const length = Math.min(CALL_BYTES, bytes.length - done);
        const got = readSync(file, bytes, done, length, at + done);
        if (got === 0)
          throw new EngineError(FAIL_DISK, `old levels in ${home} have been cut short`);
        done += got;
      }
    },
    close: () => closeSync(file),
  };
}
