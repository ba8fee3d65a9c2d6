// Runs user-level programs: one instruction is at most one system call. Instructions that touch
// nothing shared (jumps, assignments, comparisons) run on at the end of the step before them, so
// they are no steps.

import { fail } from '../fail';
import { beneathDeed } from '../kernel/beneath';
import { processDeed } from '../kernel/deviceDax';
import { loadModule, unloadModule } from '../kernel/module';
import { namespaceDisable, namespaceEnable } from '../kernel/pmem';
import { kcoreOpen, kexecCrash } from '../kernel/resourceIterate';
import { sysfsExists, sysfsRead, sysfsWrite } from '../kernel/sysfs';
import {
  DEVICE_MAPS_OFFSET,
  DEVICE_MEMORY_OFFSET,
  DEVICE_OPENS_OFFSET,
  DEVICE_PINNED_OFFSET,
  DEVICE_PINS_OFFSET,
  Driver,
  Errno,
  File,
  Header,
  INSTRUCTION_ENDED,
  INSTRUCTION_ERRNO_OFFSET,
  INSTRUCTION_FILE_OFFSET,
  INSTRUCTION_IDLE,
  INSTRUCTION_JUMP_OFFSET,
  INSTRUCTION_OBJECT_OFFSET,
  INSTRUCTION_OP_OFFSET,
  INSTRUCTION_OTHER_OFFSET,
  INSTRUCTION_SUB_OFFSET,
  INSTRUCTION_VALUE_OFFSET,
  Lock,
  MEMORY_POISON,
  Op,
  Property,
  REGION_ENCRYPTED,
  REGION_FLAGS_OFFSET,
  Text,
  THREAD_ACTION_OFFSET,
  THREAD_COUNT_OFFSET,
  THREAD_EVENT_OFFSET,
  THREAD_INSTRUCTION_OFFSET,
  THREAD_ROW_BOUNDED_OFFSET,
  THREAD_ROW_KIND_OFFSET,
  THREAD_ROW_TIMES_OFFSET,
  THREAD_ROW_VARIABLES_OFFSET,
  THREAD_STATUS_OFFSET,
  ThreadKind,
  WaitKind,
} from '../layout';
import { header } from '../scenario';
import {
  BLOCKED,
  blocks,
  broken,
  choose,
  device,
  devices,
  FAIL_INSTRUCTION,
  leave,
  me,
  region,
  returnedErrno,
  th,
  threadRecord,
  threadRow,
  threads,
  waitAs,
} from '../state';
import { announce, queueIsEmpty } from './event';
import { codeFor, instruction, object, setStatus, text, variableAt } from './operand';
import { reboot } from './reboot';
import { keptText, toolLocal } from './tool';

/**
 * Local instructions that may run in one step before a program counts as one that loops for ever.
 */
const LOCAL_MAX = 10000;

export function kindOf(thread: u32): ThreadKind {
  return load<u8>(threadRow(thread), THREAD_ROW_KIND_OFFSET);
}

function current(): usize {
  return instruction(load<u16>(th, THREAD_INSTRUCTION_OFFSET));
}

/** Whether the event at hand is of a subsystem (0 any, 1 memory, 2 dax) and an action (0 any). */
function eventIs(subsystem: u32, action: u32): bool {
  const ofBlock = <u32>load<u8>(th, THREAD_EVENT_OFFSET) < blocks();
  if (subsystem != 0 && (subsystem == 1) != ofBlock) return false;
  return action == 0 || load<u8>(th, THREAD_ACTION_OFFSET) == action;
}

/**
 * Does a local instruction and returns the next one's number; -1 when the instruction is a step.
 */
function local(index: u32): i32 {
  const at = instruction(index);
  const op: Op = load<u8>(at, INSTRUCTION_OP_OFFSET);
  const status = load<u8>(th, THREAD_STATUS_OFFSET);
  const jump = <i32>load<u16>(at, INSTRUCTION_JUMP_OFFSET);
  const next = <i32>index + 1;
  switch (op) {
    case Op.Jump:
      return jump;
    case Op.JumpIfFailed:
      return status != 0 ? jump : next;
    case Op.JumpIfOk:
      return status == 0 ? jump : next;
    case Op.Sleep:
      return next;
    case Op.Status: {
      setStatus(load<u16>(at, INSTRUCTION_VALUE_OFFSET));
      return next;
    }
    case Op.Invert: {
      setStatus(status == 0 ? 1 : 0);
      return next;
    }
    case Op.Equal: {
      const left = text(load<u16>(at, INSTRUCTION_VALUE_OFFSET));
      setStatus(left == text(load<u16>(at, INSTRUCTION_OTHER_OFFSET)) ? 0 : 1);
      return next;
    }
    case Op.Maybe: {
      setStatus(choose(2));
      return next;
    }
    case Op.Event: {
      const action = load<u8>(at, INSTRUCTION_OBJECT_OFFSET);
      setStatus(eventIs(load<u8>(at, INSTRUCTION_SUB_OFFSET), action) ? 0 : 1);
      return next;
    }
    case Op.Assign: {
      const value = text(load<u16>(at, INSTRUCTION_VALUE_OFFSET));
      store<u8>(variableAt(load<u16>(at, INSTRUCTION_OTHER_OFFSET)), value);
      return next;
    }
    default:
      return op >= Op.Count && toolLocal(op, at) ? next : -1;
  }
}

/** A process that ends closes what it had open; a page it still pinned is let go. */
function exitProcess(): void {
  const mine: u32 = 1 << me;
  const count = devices();
  for (let index: u32 = 0; index < count; index++) {
    const at = device(index);
    if ((load<u8>(at, DEVICE_PINNED_OFFSET) & mine) != 0) broken(Property.NoCrash, index);
    store<u8>(at, load<u8>(at, DEVICE_OPENS_OFFSET) & ~mine, DEVICE_OPENS_OFFSET);
    store<u8>(at, load<u8>(at, DEVICE_MAPS_OFFSET) & ~mine, DEVICE_MAPS_OFFSET);
    store<u8>(at, load<u8>(at, DEVICE_PINS_OFFSET) & ~mine, DEVICE_PINS_OFFSET);
    store<u8>(at, load<u8>(at, DEVICE_PINNED_OFFSET) & ~mine, DEVICE_PINNED_OFFSET);
  }
}

/** Whether a menu has done all the commands it may do. */
function isSpent(): bool {
  const row = threadRow(me);
  if (load<u8>(row, THREAD_ROW_BOUNDED_OFFSET) == 0) return false;
  return load<u8>(th, THREAD_COUNT_OFFSET) >= load<u16>(row, THREAD_ROW_TIMES_OFFSET);
}

/** Ends the program at hand: variables and status are dead, so all zero. */
function endProgram(): void {
  const kind = kindOf(me);
  const row = threadRow(me);
  const count = <u32>load<u8>(row, THREAD_ROW_VARIABLES_OFFSET);
  for (let number: u32 = 0; number < count; number++) store<u8>(variableAt(number), 0);
  setStatus(0);
  store<u8>(th, 0, THREAD_EVENT_OFFSET);
  store<u8>(th, 0, THREAD_ACTION_OFFSET);
  const over = kind == ThreadKind.Script || (kind == ThreadKind.Menu && isSpent());
  store<u16>(th, over ? INSTRUCTION_ENDED : INSTRUCTION_IDLE, THREAD_INSTRUCTION_OFFSET);
  if (kind == ThreadKind.Script) exitProcess();
}

/** Runs local instructions until one that is a step, or the end. */
export function advance(): void {
  let index = <u32>load<u16>(th, THREAD_INSTRUCTION_OFFSET);
  if (index >= <u32>INSTRUCTION_IDLE) return;
  for (let count = 0; count < LOCAL_MAX; count++) {
    const op: Op = load<u8>(instruction(index), INSTRUCTION_OP_OFFSET);
    if (op == Op.End || op == Op.Exit) {
      endProgram();
      return;
    }
    const next = local(index);
    if (next < 0) {
      store<u16>(th, index, THREAD_INSTRUCTION_OFFSET);
      return;
    }
    index = next;
  }
  endProgram();
}

/** Takes the answer of a system call that returned, and goes on to the next instruction. */
export function finishCall(): void {
  const index = <u32>load<u16>(th, THREAD_INSTRUCTION_OFFSET);
  if (index >= <u32>INSTRUCTION_IDLE) return;
  const at = instruction(index);
  const exact = load<u8>(at, INSTRUCTION_ERRNO_OFFSET) != 0;
  const number = exact && load<u8>(at, INSTRUCTION_OP_OFFSET) != Op.Read;
  setStatus(number ? returnedErrno : returnedErrno != 0 ? 1 : 0);
  if (load<u8>(at, INSTRUCTION_OP_OFFSET) == Op.Read) {
    const kept = returnedErrno == 0 ? keptText(exact) : Text.Empty;
    store<u8>(variableAt(load<u16>(at, INSTRUCTION_OTHER_OFFSET)), kept);
  }
  store<u16>(th, index + 1, THREAD_INSTRUCTION_OFFSET);
  advance();
}

/**
 * Where the thread is at what is not understood: picks what that does, and goes there.
 * @returns whether what it came to is to be done now; it has moved already where not.
 */
export function pickDeed(): bool {
  const index = load<u16>(th, THREAD_INSTRUCTION_OFFSET);
  if (load<u8>(instruction(index), INSTRUCTION_OP_OFFSET) != Op.Begin) return true;
  store<u16>(th, index + 1, THREAD_INSTRUCTION_OFFSET);
  advance();
  const reached = <u32>load<u16>(th, THREAD_INSTRUCTION_OFFSET);
  if (reached >= <u32>INSTRUCTION_IDLE) return false;
  return load<u8>(instruction(reached), INSTRUCTION_OP_OFFSET) != Op.Begin;
}

/** Waits until udev has nothing to do. Source: udevadm-settle(8). */
function settle(): i32 {
  let busy: u32 = 0;
  const count = threads();
  for (let other: u32 = 0; other < count; other++) {
    if (kindOf(other) != ThreadKind.Udev) continue;
    const at = threadRecord(other);
    if (load<u16>(at, THREAD_INSTRUCTION_OFFSET) != INSTRUCTION_IDLE) busy |= 1 << other;
  }
  if (busy != 0 || !queueIsEmpty()) return waitAs(WaitKind.UserLevel, Lock.Pages, 0xff, busy);
  return leave(0);
}

/** Starts the system call of the current instruction. */
export function userStep(): i32 {
  const at = current();
  const op: Op = load<u8>(at, INSTRUCTION_OP_OFFSET);
  const file: File = load<u8>(at, INSTRUCTION_FILE_OFFSET);
  const sub = <u32>load<u8>(at, INSTRUCTION_SUB_OFFSET);
  const about = object(at);
  switch (op) {
    case Op.Write: {
      const value = load<u16>(at, INSTRUCTION_VALUE_OFFSET);
      // A mapping is written as two numbers: the second one has the code of mappingN's files.
      const second = file == File.DeviceMapping ? codeFor(File.Mapping, value) : sub;
      return sysfsWrite(file, about, second, codeFor(file, value));
    }
    case Op.Read:
      return sysfsRead(file, about, sub);
    case Op.Exists:
      return leave(sysfsExists(file, about, sub) ? 0 : Errno.ENOENT);
    case Op.Settle:
      return settle();
    case Op.Trigger: {
      announce(sub, about);
      return leave(0);
    }
    case Op.Process:
      return processDeed(about, sub);
    case Op.Module: {
      if (about == Driver.None) return leave(Errno.ENOENT);
      return sub == 0 ? loadModule(about) : unloadModule(about);
    }
    case Op.Beneath:
      return beneathDeed(sub, about, load<u16>(at, INSTRUCTION_VALUE_OFFSET) != 0);
    case Op.Namespace:
      return sub == 0 ? namespaceEnable(about) : namespaceDisable(about);
    case Op.ClearErrors: {
      const record = device(about);
      store<u8>(
        record,
        load<u8>(record, DEVICE_MEMORY_OFFSET) & ~MEMORY_POISON,
        DEVICE_MEMORY_OFFSET,
      );
      return leave(0);
    }
    case Op.Encrypt: {
      const record = region(about);
      store<u8>(
        record,
        load<u8>(record, REGION_FLAGS_OFFSET) | REGION_ENCRYPTED,
        REGION_FLAGS_OFFSET,
      );
      return leave(0);
    }
    case Op.KexecCrash:
      return kexecCrash();
    case Op.OpenKcore:
      return kcoreOpen();
    case Op.Reboot:
      if (header(Header.RebootForbidden) != 0) return BLOCKED;
      return reboot();
    default: {
      fail(FAIL_INSTRUCTION);
      return BLOCKED;
    }
  }
}
