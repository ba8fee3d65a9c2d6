/**
 * What becomes of an error that no stage has met: a fault of the user's model, a limit of the
 * machine, or a bug; in words and as an exit status.
 */
import { FAIL_RANGES } from '../assembly/layout.js';
import {
  EngineError,
  FAIL_DISK,
  FAIL_LOST,
  FAIL_MEMORY,
  FAIL_ROOM,
  FAIL_STALE,
  FAIL_USE,
} from './engine/engineError.js';
import type { Diagnostic } from './errors.js';
import { EXIT } from './errors.js';

/**
 * Returns the faults that an error carries, when it is a rejection of the user's model; else null.
 */
export function diagnosticsOf(error: unknown): readonly Diagnostic[] | null {
  if (!(error instanceof Error) || !('diagnostics' in error)) return null;
  return Array.isArray(error.diagnostics) ? error.diagnostics : null;
}

/** What the user is told of an error that is no fault of the model, and the status it ends with. */
export interface Ending {
  readonly status: number;
  /** One line without a line feed, but for what the lab lacks: a line each, all at once. */
  readonly message: string;
}

const TOO_MANY_RANGES =
  'a device came to have more ranges than the engine has room for; bound the actors that write' +
  ' `mapping` or `size` with `times:`';

/** Failures of the engine that are no bugs: what it cannot meet, memory, another build. */
const ENGINE_ENDINGS: ReadonlyMap<number, { readonly status: number; readonly message?: string }> =
  new Map([
    [FAIL_USE, { status: EXIT.optionMismatch }],
    [FAIL_MEMORY, { status: EXIT.outOfMemory }],
    [FAIL_ROOM, { status: EXIT.outOfMemory }],
    [FAIL_LOST, { status: EXIT.systemError }],
    [FAIL_STALE, { status: EXIT.systemError }],
    [FAIL_DISK, { status: EXIT.systemError }],
    [FAIL_RANGES, { status: EXIT.modelRejected, message: TOO_MANY_RANGES }],
  ]);

/** Turns an unexpected error into one line and a status; never a stack. */
export function endingOf(error: unknown): Ending {
  const text = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
  if (error instanceof RangeError && /memory|array buffer|allocation/i.test(text)) {
    const helps = 'free some, or explore less: --max-depth N';
    const message = `the machine has no memory left (${text}); ${helps}`;
    return { status: EXIT.outOfMemory, message };
  }
  if (error instanceof Error && 'syscall' in error && 'code' in error) {
    return { status: EXIT.systemError, message: text };
  }
  const engine = error instanceof EngineError ? ENGINE_ENDINGS.get(error.code) : undefined;
  if (engine !== undefined) return { status: engine.status, message: engine.message ?? text };
  const name = error instanceof Error ? error.name : 'error';
  const message = `${name}: ${text}\n  this is a bug in daxcheck; please report it with the model`;
  return { status: EXIT.bug, message };
}
