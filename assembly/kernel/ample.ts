// Partial order reduction of the kernel model: which thread's steps suffice at a state, and how far
// a transition runs on before the next state that is kept. docs/partial-order.md has the proof.
import { runOn } from '../actor/thread';
import { scratchState } from '../control';
import { Header, REDUCE_MERGE, REDUCE_ORDER, THREAD_PC_OFFSET } from '../layout';
import { isQuiet } from '../property/invariants';
import { header } from '../scenario';
import { copyState } from '../search/fingerprint';
import { isOopsed, lookAt, threadRecord } from '../state';
import { mayBePutOff, sufficesAt } from './ahead';

/** Steps that one transition may run on for; a kernel path that never ends is cut here. */
const MERGED_MAX: u32 = 64;

function isInside(state: usize, thread: u32): bool {
  lookAt(state);
  return load<u16>(threadRecord(thread), THREAD_PC_OFFSET) != 0;
}

/** The thread inside the kernel whose next steps suffice, one with a single successor if any. */
function sufficient(state: usize): i32 {
  const threads = header(Header.ThreadCount);
  let chosen = -1;
  for (let thread: u32 = 0; thread < threads; thread++) {
    if (!isInside(state, thread)) continue;
    const count = sufficesAt(state, thread);
    if (count == 1) return thread;
    if (count > 0 && chosen < 0) chosen = thread;
  }
  return chosen;
}

/** Number of a thread whose next steps alone suffice at a state; -1 when all are to be taken. */
export function ampleThread(state: usize): i32 {
  if ((header(Header.Reductions) & REDUCE_ORDER) == 0) return -1;
  lookAt(state);
  return isOopsed() ? -1 : sufficient(state);
}

/**
 * Runs a transition on, beyond states that need not be kept: after a step that may be put off until
 * the thread's next one, and where one thread's steps suffice.
 *
 * @param from where the transition began. @param to where its first step, of `thread`, has led.
 */
export function runFurther(from: usize, to: usize, thread: u32, whole: bool): void {
  if ((header(Header.Reductions) & REDUCE_MERGE) == 0) return;
  const bytes = header(Header.StateBytes);
  const before = scratchState(2);
  let moving = thread;
  let putOff = whole;
  copyState(before, from, bytes);
  for (let count: u32 = 0; count < MERGED_MAX; count++) {
    lookAt(to);
    if (isOopsed() || isQuiet()) return;
    putOff = putOff && isInside(to, moving) && mayBePutOff(before, to, moving);
    if (!putOff) {
      const next = sufficient(to);
      if (next < 0) return;
      moving = next;
    }
    copyState(before, to, bytes);
    runOn(to, moving, false);
  }
}
