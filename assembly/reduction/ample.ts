// Partial order reduction of the kernel model: which thread's steps suffice at a state, and how far
// a transition runs on before the next state that is kept. docs/partial-order.md has the proof.
import { runOn } from '../actor/thread';
import { systemScratch } from '../control';
import {
  BEFORE_AT,
  Header,
  Property,
  REDUCE_MERGE,
  REDUCE_ORDER,
  THREAD_PC_OFFSET,
  WAY_AT,
  WAY_BYTES,
  WAY_STATES_OFFSET,
} from '../layout';
import { isQuiet } from '../property/invariants';
import { header } from '../scenario';
import { copyState } from '../search/fingerprint';
import { choiceDepth, isOopsed, lookAt, threadRecord } from '../state';
import { HARMLESS, PUT_OFF_POSSIBLE, putOffKinds, STEADY, sufficesAt } from './ahead';

/** Steps that one transition may run on for; a kernel path that never ends is cut here. */
const MERGED_MAX: u32 = 64;

/** The states after each step of a transition are written down. */
let tellsWay: bool = false;

/** Begins or ends to write down the way of each transition. */
export function tellWays(on: bool): void {
  tellsWay = on;
}

function tellStep(number: u32, state: usize): void {
  const bytes = header(Header.StateBytes);
  const way = systemScratch() + WAY_AT;
  store<u32>(way, number);
  copyState(way + WAY_STATES_OFFSET + <usize>(number - 1) * <usize>bytes, state, bytes);
}

/** Steps that a transition may take: as many as there is room to tell. */
function stepsMax(): u32 {
  return min(MERGED_MAX, (WAY_BYTES - WAY_STATES_OFFSET) / header(Header.StateBytes));
}

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

/** Whether a wait that nobody ends is of interest: else no step needs to be seen waiting. */
function asksForDeadlocks(): bool {
  return ((header(Header.Properties) >> Property.NoDeadlock) & 1) != 0;
}

/**
 * Runs a transition on, beyond states that need not be kept: after a step that may be put off until
 * the thread's next one, and where one thread's steps suffice.
 *
 * @param from where the transition began.
 * @param to where its first step, of `thread`, has led.
 * @param whole whether all threads' steps are taken at `from`, so that what others do after a step
 * of this one is found where they do it before.
 */
export function runFurther(from: usize, to: usize, thread: u32, whole: bool): void {
  if (tellsWay) tellStep(1, to);
  if ((header(Header.Reductions) & REDUCE_MERGE) == 0) return;
  const bytes = header(Header.StateBytes);
  const before = systemScratch() + BEFORE_AT;
  const most = stepsMax();
  let moving = thread;
  let putOff = whole;
  let harmless = true;
  let choices: u32 = 0;
  copyState(before, from, bytes);
  for (let count: u32 = 1; count < most; count++) {
    lookAt(to);
    if (isOopsed() || isQuiet()) return;
    if (putOff) {
      const kinds = isInside(to, moving) ? putOffKinds(before, to, moving, choices) : 0;
      harmless = harmless && ((kinds & HARMLESS) != 0 || !asksForDeadlocks());
      putOff = (kinds & PUT_OFF_POSSIBLE) != 0 && ((kinds & STEADY) != 0 || harmless);
    }
    choices = choiceDepth;
    copyState(before, to, bytes);
    if (putOff && runOn(to, moving, false)) {
      if (tellsWay) tellStep(count + 1, to);
      continue;
    }
    putOff = false;
    copyState(to, before, bytes);
    const next = sufficient(to);
    if (next < 0) return;
    moving = next;
    runOn(to, moving, false);
    if (tellsWay) tellStep(count + 1, to);
  }
}
