// A thread of the model: a script, a menu, a udev worker, the environment, or one of the kernel's
// own. Takes its next step.

import { must } from '../fail';
import { isBooting, workerStep } from '../kernel/beneath';
import { lateReleases, releaseLate } from '../kernel/daxMapping';
import { kernelStep } from '../kernel/dispatch';
import { reportToPageMap } from '../kernel/fsdev';
import {
  DEED_COLDPLUG,
  DEED_RELEASE,
  DEVICE_MEMORY_OFFSET,
  EVENT_ADD,
  FaultPoint,
  GLOBAL_COLDPLUG_OFFSET,
  Header,
  INSTRUCTION_ENDED,
  INSTRUCTION_IDLE,
  MEMORY_POISON,
  Observation,
  Pc,
  THREAD_ACTION_OFFSET,
  THREAD_COUNT_OFFSET,
  THREAD_EVENT_OFFSET,
  THREAD_INSTRUCTION_OFFSET,
  THREAD_PC_OFFSET,
  THREAD_ROW_BOUNDED_OFFSET,
  THREAD_ROW_DEEDS_OFFSET,
  THREAD_ROW_ENTRIES_OFFSET,
  THREAD_ROW_ENTRY_OFFSET,
  ThreadKind,
} from '../layout';
import { observe } from '../observe';
import { header, table } from '../scenario';
import {
  BLOCKED,
  blocks,
  choose,
  device,
  devices,
  enterState,
  eventsOfBlock,
  FAIL_ENDLESS_CALL,
  faultRow,
  forgetReturn,
  isOopsed,
  MOVED,
  me,
  restartChoices,
  returned,
  returnedErrno,
  returnedText,
  st,
  th,
  threadRecord,
  threadRow,
  threads,
} from '../state';
import { announce } from './event';
import { advance, finishCall, kindOf, pickDeed, userStep } from './program';

/** Steps that one system call may take before it counts as a bug of the model. */
const CALL_STEPS_MAX = 10000;

/** The instruction whose system call this successor starts, + 1; 0 when it goes on with one. */
export let startedInstruction: u32 = 0;

function entry(number: u32): u32 {
  const first = <u32>load<u16>(threadRow(me), THREAD_ROW_ENTRY_OFFSET);
  return load<u16>(table(Header.EntryTable) + ((<usize>(first + number)) << 1));
}

function enterProgram(number: u32): void {
  store<u16>(th, entry(number), THREAD_INSTRUCTION_OFFSET);
  advance();
}

/** Picks one of the menu's commands. */
function startMenu(): void {
  const row = threadRow(me);
  const picked = choose(load<u16>(row, THREAD_ROW_ENTRIES_OFFSET));
  if (load<u8>(row, THREAD_ROW_BOUNDED_OFFSET) != 0) {
    store<u8>(th, load<u8>(th, THREAD_COUNT_OFFSET) + 1, THREAD_COUNT_OFFSET);
  }
  enterProgram(picked);
}

/**
 * Whether another udev worker handles an event of this object: one device's events come in order.
 */
function isHandled(object: u32): bool {
  const count = threads();
  for (let other: u32 = 0; other < count; other++) {
    if (other == me || kindOf(other) != ThreadKind.Udev) continue;
    const at = threadRecord(other);
    const idle = load<u16>(at, THREAD_INSTRUCTION_OFFSET) == INSTRUCTION_IDLE;
    if (!idle && <u32>load<u8>(at, THREAD_EVENT_OFFSET) == object) return true;
  }
  return false;
}

/** Tells which event udev has taken: kinds 2 and 3 stand for blocks' and devices' taken events. */
function observeTaken(object: u32, action: u32): void {
  if (object < blocks()) observe(Observation.Uevent, 2, object, action);
  else observe(Observation.Uevent, 3, object - blocks(), action);
}

/** Takes a pending event, any object's; false when there is none. */
function startUdev(): bool {
  const objects = blocks() + devices();
  let pending: u32 = 0;
  for (let object: u32 = 0; object < objects; object++) {
    if (load<u8>(eventsOfBlock(object)) != 0 && !isHandled(object)) pending++;
  }
  if (pending == 0) return false;
  let left = choose(pending);
  for (let object: u32 = 0; object < objects; object++) {
    const actions = <u32>load<u8>(eventsOfBlock(object));
    if (actions == 0 || isHandled(object)) continue;
    if (left > 0) {
      left--;
      continue;
    }
    const action = actions & (~actions + 1);
    store<u8>(eventsOfBlock(object), actions & ~action);
    store<u8>(th, object, THREAD_EVENT_OFFSET);
    store<u8>(th, action, THREAD_ACTION_OFFSET);
    observeTaken(object, action);
    break;
  }
  enterProgram(0);
  return true;
}

/** udevadm trigger --action=add, once, as at boot: every object that exists is announced again. */
function coldplug(): void {
  store<u8>(st, 1, GLOBAL_COLDPLUG_OFFSET);
  announce(0, EVENT_ADD);
}

/** Number of the fault that still allows an error notification; -1 when none does. */
function poisonFault(): i32 {
  const count = header(Header.FaultCount);
  for (let index: u32 = 0; index < count; index++) {
    const left = load<u8>(st + <usize>header(Header.FaultsAt) + <usize>index);
    if (load<u8>(faultRow(index)) == FaultPoint.Poison && left > 0) return index;
  }
  return -1;
}

/**
 * Does one deed of the environment: announces everything again, reports an error on a medium, or
 * frees what was to be freed later.
 */
function environmentStep(): i32 {
  const deeds = load<u8>(threadRow(me), THREAD_ROW_DEEDS_OFFSET);
  const plugs: u32 =
    (deeds & DEED_COLDPLUG) != 0 && load<u8>(st, GLOBAL_COLDPLUG_OFFSET) == 0 ? 1 : 0;
  const fault = poisonFault();
  const poisons = fault < 0 ? 0 : devices();
  const releases = (deeds & DEED_RELEASE) != 0 ? lateReleases() : 0;
  if (plugs + poisons + releases == 0) return BLOCKED;
  const picked = choose(plugs + poisons + releases);
  if (picked >= plugs + poisons) {
    releaseLate(picked - plugs - poisons);
    return MOVED;
  }
  if (picked < plugs) {
    coldplug();
    return MOVED;
  }
  const at = device(picked - plugs);
  const left = st + <usize>header(Header.FaultsAt) + <usize>fault;
  store<u8>(left, load<u8>(left) - 1);
  store<u8>(at, load<u8>(at, DEVICE_MEMORY_OFFSET) | MEMORY_POISON, DEVICE_MEMORY_OFFSET);
  observe(Observation.Fault, fault, picked - plugs + 1, 0);
  reportToPageMap(picked - plugs);
  return MOVED;
}

/** One step at user level: from idle into a program, or the start of a system call. */
function startStep(): i32 {
  const kind = kindOf(me);
  if (kind == ThreadKind.Worker) return workerStep();
  if (isBooting()) return BLOCKED;
  if (kind == ThreadKind.Environment) return environmentStep();
  const at = load<u16>(th, THREAD_INSTRUCTION_OFFSET);
  if (at == INSTRUCTION_ENDED) return BLOCKED;
  if (at == INSTRUCTION_IDLE) {
    if (kind == ThreadKind.Udev) return startUdev() ? MOVED : BLOCKED;
    startMenu();
    if (load<u16>(th, THREAD_INSTRUCTION_OFFSET) >= <u32>INSTRUCTION_IDLE) return MOVED;
  }
  if (!pickDeed()) return MOVED;
  const started = load<u16>(th, THREAD_INSTRUCTION_OFFSET);
  observe(Observation.Command, started, me, 0);
  const answer = userStep();
  if (answer == MOVED) startedInstruction = <u32>started + 1;
  return answer;
}

function oneStep(): i32 {
  const pc: Pc = load<u16>(th, THREAD_PC_OFFSET);
  forgetReturn();
  if (pc != Pc.User) observe(Observation.Function, pc, me, 0);
  const answer = pc == Pc.User ? startStep() : kernelStep();
  if (answer == MOVED && returned) {
    observe(Observation.Return, returnedErrno, returnedText, me);
    finishCall();
  }
  return answer;
}

/**
 * Moves a thread of a state: one step, or with `whole` to the end of its system call or until it
 * has to wait.
 * @returns whether it moved.
 */
export function runThread(state: usize, thread: u32, whole: bool): bool {
  restartChoices();
  return runOn(state, thread, whole);
}

/** Moves a thread as runThread() does, within a transition that has taken choices already. */
export function runOn(state: usize, thread: u32, whole: bool): bool {
  enterState(state, thread);
  startedInstruction = 0;
  let steps = 0;
  while (true) {
    if (oneStep() == BLOCKED) return steps > 0;
    steps++;
    if (!whole || load<u16>(th, THREAD_PC_OFFSET) == Pc.User) return true;
    if (isOopsed()) return true;
    must(steps < CALL_STEPS_MAX, FAIL_ENDLESS_CALL);
  }
}

/** Brings every thread of an initial state to its first step. */
export function settleThreads(state: usize): void {
  const count = threads();
  for (let thread: u32 = 0; thread < count; thread++) {
    enterState(state, thread);
    if (load<u16>(th, THREAD_INSTRUCTION_OFFSET) < <u32>INSTRUCTION_IDLE) advance();
  }
}
