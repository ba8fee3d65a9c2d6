/**
 * The engine's own failures: bugs of daxcheck, a stale build, or a machine without the memory asked
 * for.
 *
 * A wrong model or a limit never ends here: those are diagnostics, and results that say
 * `stoppedBy`.
 */
import {
  FAIL_LOOKUP,
  FAIL_NO_INITIAL,
  FAIL_STATE_BYTES,
  FAIL_TABLE_FULL,
  FAIL_THREADS,
  FAIL_TRACE,
} from '../../assembly/search/layout.js';

/** Codes above those of the WebAssembly side. */
export const FAIL_STALE = 1001;
export const FAIL_MEMORY = 1002;
export const FAIL_TRAP = 1003;
export const FAIL_USE = 1004;
export const FAIL_DISK = 1005;
export const FAIL_ROOM = 1006;
export const FAIL_LOST = 1007;

const TEXTS: Readonly<Record<number, string>> = {
  [FAIL_TABLE_FULL]: 'the table of visited states is full although places were given out',
  [FAIL_STATE_BYTES]: 'the size of a state is not a multiple of 8 between 8 and 16384 bytes',
  [FAIL_NO_INITIAL]: 'the system has no initial state',
  [FAIL_THREADS]: 'more than 64 threads take steps on the way to the violation',
  [FAIL_TRACE]: 'no path leads to a violation that the search has found',
  [FAIL_LOOKUP]: 'a visited state is not in the table',
};

/**
 * A failure of the engine; `code` is the number that the WebAssembly side left, or one of FAIL_*.
 */
export class EngineError extends Error {
  readonly code: number;

  constructor(code: number, text: string, cause?: unknown) {
    super(text, { cause });
    this.name = 'EngineError';
    this.code = code;
  }
}

/** Makes the error for a trap, from the code in the control block (0 when the trap left none). */
export function trapError(code: number, cause: unknown): EngineError {
  const trap = cause instanceof Error ? cause.message : String(cause);
  if (code === 0) return new EngineError(FAIL_TRAP, `the engine trapped: ${trap}`, cause);
  const text = TEXTS[code] ?? 'a step met a situation that the semantics rule out';
  return new EngineError(code, `the engine stopped itself (code ${code}): ${text}`, cause);
}

/**
 * Makes the error for a worker thread that is gone: by a trap, for want of memory, or ended from
 * outside.
 */
export function lostThreadError(code: number, cause: unknown): EngineError {
  if (code !== 0 || !(cause instanceof Error) || isTrap(cause)) return trapError(code, cause);
  if ('code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new EngineError(FAIL_MEMORY, 'a worker thread has no memory left; use fewer --workers');
  }
  const text = `a worker thread was lost: ${cause.message}; run it again, with fewer --workers`;
  return new EngineError(FAIL_LOST, text, cause);
}

/** Errors of another thread are copies: their names tell more than their classes. */
const isTrap = (cause: Error): boolean =>
  cause instanceof WebAssembly.RuntimeError || /RuntimeError/.test(`${cause.name} ${cause.stack}`);
