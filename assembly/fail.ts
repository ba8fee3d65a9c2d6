// How the engine gives up: a code in the control block, then a trap. Never for a wrong model or a
// limit.
import { CONTROL_ABORT, CONTROL_ERROR } from './search/layout';

/** Traps with a code; the driver turns it into text. The other workers are told to leave. */
export function fail(code: i32): void {
  atomic.store<i32>(CONTROL_ERROR, code);
  atomic.store<i32>(CONTROL_ABORT, 1);
  unreachable();
}

/** Traps with a code unless `ok`; stays in release builds. */
export function must(ok: bool, code: i32): void {
  if (!ok) fail(code);
}
