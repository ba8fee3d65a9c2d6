// The kernel model as a System of the search: initial state, successors, properties.

import { kindOf } from '../actor/program';
import { runThread, settleThreads, startedInstruction } from '../actor/thread';
import { scratchState } from '../control';
import {
  Header,
  INSTRUCTION_ENDED,
  INSTRUCTION_IDLE,
  Property,
  REDUCE_SYMMETRY,
  SCENARIO_OFFSET,
  THREAD_INSTRUCTION_OFFSET,
  THREAD_PC_OFFSET,
  ThreadKind,
} from '../layout';
import { beginCollecting, clearLockOrder, lockMissed } from '../lockOrder';
import { isRecording, record } from '../observe';
import { deadlocked, forgetWaits, noteEnded, noteWait } from '../property/deadlock';
import { locksOwned, locksShared } from '../property/heldLocks';
import { violations } from '../property/invariants';
import { forgetAnswers } from '../reduction/ahead';
import { ampleThread, runFurther, tellWays } from '../reduction/ample';
import { header } from '../scenario';
import { copyState, isEqual } from '../search/fingerprint';
import {
  choiceCount,
  forgetChoices,
  isOopsed,
  lookAt,
  nextChoices,
  threadRecord,
  waitHolders,
  waitKind,
  waitLock,
  waitObject,
} from '../state';
import { makeCanonical } from '../symmetry';
import { collecting, watchLocks } from '../watch';

let source: usize = 0;
let cursor: u32 = 0;
/** The first thread that is no longer tried. */
let last: u32 = 0;
/** Only one thread's steps are enumerated. */
let restricted: bool = false;

@unmanaged
export class KernelSystem {
  stateBytes(): u32 {
    if (header(Header.Reductions) != 0) forgetAnswers();
    return header(Header.StateBytes);
  }

  initialCount(): u32 {
    return 1;
  }

  writeInitial(index: u32, to: usize): void {
    const bytes = <usize>header(Header.StateBytes);
    const from = SCENARIO_OFFSET + <usize>header(Header.InitialTable) + <usize>index * bytes;
    memory.copy(to, from, bytes);
    settleThreads(to);
  }

  begin(state: usize): void {
    source = state;
    lookAt(state);
    // After an oops nothing goes on.
    last = header(Header.ThreadCount);
    cursor = isOopsed() ? last : 0;
    restricted = false;
    forgetChoices();
    forgetWaits();
  }

  ample(): i32 {
    return ampleThread(source);
  }

  restrict(thread: u32): void {
    cursor = thread;
    last = thread + 1;
    restricted = true;
  }

  next(to: usize): i32 {
    const bytes = header(Header.StateBytes);
    const whole = header(Header.Granularity) == 0;
    while (cursor < last) {
      copyState(to, source, bytes);
      const thread = cursor;
      if (isRecording()) record(true);
      if (collecting) collectOf(to, thread);
      const moved = runThread(to, thread, whole);
      const label = thread | (startedInstruction << 8);
      if (moved) runFurther(source, to, thread, !restricted);
      else if (choiceCount == 0) noteBlocked(thread);
      if (!nextChoices()) {
        cursor++;
        forgetChoices();
      }
      if (moved) return label;
    }
    return -1;
  }

  check(state: usize): u32 {
    return violations(state);
  }

  canonical(state: usize): void {
    if ((header(Header.Reductions) & REDUCE_SYMMETRY) != 0) makeCanonical(state);
  }

  finish(): u32 {
    return deadlocked() != 0 ? (1 << Property.NoDeadlock) & header(Header.Properties) : 0;
  }
}

/**
 * A thread that waits inside a system call, or a script or a udev worker at one that it cannot
 * enter; or one that has come to its end, and keeps for ever what it has.
 */
function noteBlocked(thread: u32): void {
  lookAt(source);
  const at = threadRecord(thread);
  const instruction = <u32>load<u16>(at, THREAD_INSTRUCTION_OFFSET);
  const inside = load<u16>(at, THREAD_PC_OFFSET) != 0;
  // A menu that cannot enter one command does another.
  const bound = kindOf(thread) != ThreadKind.Menu && instruction < <u32>INSTRUCTION_IDLE;
  if (inside || bound) noteWait(thread, waitHolders);
  else if (instruction == INSTRUCTION_ENDED) noteEnded(thread);
}

/** Threads of the state expanded last that wait for one another for ever. */
export function deadlockedThreads(): u32 {
  return deadlocked();
}

/** Tries a thread of a state, and tells what it waits for; the state stays as it is. */
export function waitPart(state: usize, thread: u32, part: u32): u32 {
  memory.copy(scratchState(3), state, <usize>header(Header.StateBytes));
  forgetChoices();
  if (runThread(scratchState(3), thread, false)) return 0;
  if (part == 0) return waitLock;
  if (part == 1) return waitObject;
  return part == 2 ? waitHolders : waitKind;
}

/**
 * Finds the transition of a reduced search that leads from a state to another, and writes down its
 * steps (layout/observation.ts, WAY_AT). Neither state lies in scratch place 0.
 *
 * @returns whether there is one.
 */
export function findWay(from: usize, to: usize): bool {
  const system = changetype<KernelSystem>(0);
  const bytes = system.stateBytes();
  let isFound = false;
  tellWays(true);
  // In full, and as it is where one thread's steps suffice.
  for (let thread = -1; thread < <i32>header(Header.ThreadCount) && !isFound; thread++) {
    system.begin(from);
    if (thread >= 0) system.restrict(thread);
    while (!isFound && system.next(scratchState(0)) >= 0) {
      system.canonical(scratchState(0));
      isFound = isEqual(scratchState(0), to, bytes);
    }
  }
  tellWays(false);
  return isFound;
}

/** Tells the collection of locks whose step begins, and what that thread holds. */
function collectOf(state: usize, thread: u32): void {
  lookAt(state);
  beginCollecting(threadRecord(thread), locksOwned(thread), locksShared(thread));
}

/** Begins to collect which locks are taken while which are held. */
export function beginLockOrder(): void {
  clearLockOrder();
}

/** Collects the order of locks in every step of consecutive states, and in their deadlocks. */
export function lockOrderOf(states: usize, count: u32): void {
  const system = changetype<KernelSystem>(0);
  const bytes = <usize>header(Header.StateBytes);
  for (let index: u32 = 0; index < count; index++) {
    const state = states + <usize>index * bytes;
    watchLocks(true);
    system.begin(state);
    while (system.next(scratchState(0)) >= 0) {}
    const stuck = deadlocked();
    for (let thread: u32 = 0; thread < 8; thread++) {
      if (((stuck >> thread) & 1) == 0) continue;
      watchLocks(false);
      waitPart(state, thread, 0);
      const lock = waitLock;
      collectOf(state, thread);
      lockMissed(lock);
    }
  }
  watchLocks(false);
}
