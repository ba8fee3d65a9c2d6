/**
 * Failures of files in words: what was to be done, what the disk said, what the user can do.
 */
import { EngineError, FAIL_DISK } from './engineError.js';

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; make room, or name a directory on another disk',
  EDQUOT: 'the quota is used up; make room, or name a directory on another disk',
  EFBIG: 'a file may not grow that large here; raise the limit, or name another directory',
  EACCES: 'permission denied; name a directory that you may write to',
  EPERM: 'permission denied; name a directory that you may write to',
  EROFS: 'the file system is read-only; name a directory that can be written to',
  ENOTDIR: 'a part of the path is no directory; name another one',
  EEXIST: 'there is a file of that name; name another directory',
  ENOENT: 'a part of the path does not exist; make it, or name another directory',
  EIO: 'the disk reports an error; look at it, or name a directory on another one',
  EMFILE: 'too many files are open; raise `ulimit -n`',
};

/** Code of a failure of the operating system, such as ENOENT; empty for any other. */
export function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
}

/** Makes the failure of something with files; an EngineError stays what it is. */
export function diskError(what: string, cause: unknown): EngineError {
  if (cause instanceof EngineError) return cause;
  const text = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
  return new EngineError(FAIL_DISK, `${what}: ${REASONS[codeOf(cause)] ?? text}`, cause);
}
