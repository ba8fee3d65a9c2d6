// recoverable: can a device be bound again from here by a fresh administrator, without a reboot?
//
// A breadth-first search of its own over the kernel's part of the state: the model's actors are
// gone, one thread does the recovery menu's commands whole, without faults and without udev, and
// the kernel's own threads do what these leave to them (an asynchronous probe). Every
// block is taken offline first, as far as that can succeed: no bind needs a block online, and so
// the subsets of blocks that are offline need not be told apart. The states live in scratch memory,
// so none is added to the search. Answers are exact as long as those fit; beyond, the answer is
// "unknown".
import { runThread } from '../actor/thread';
import { systemScratch } from '../control';
import {
  DEVICE_DRIVER_OFFSET,
  Driver,
  File,
  Header,
  INSTRUCTION_BYTES,
  INSTRUCTION_ENDED,
  INSTRUCTION_FILE_OFFSET,
  THREAD_BYTES,
  THREAD_INSTRUCTION_OFFSET,
  THREAD_PC_OFFSET,
  THREAD_ROW_KIND_OFFSET,
  ThreadKind,
} from '../layout';
import { header, table } from '../scenario';
import {
  device,
  forgetChoices,
  lookAt,
  nextChoices,
  threadRecord,
  threadRow,
  threads,
} from '../state';

/** Where the local states begin in the scratch memory, and how many bytes they may take. */
const LOCAL_AT: usize = 131072;
const LOCAL_BYTES: usize = 786432;

export const RECOVERABLE: i32 = 1;
export const NOT_RECOVERABLE: i32 = 0;
export const RECOVERY_UNKNOWN: i32 = 2;

function localState(index: u32): usize {
  return systemScratch() + LOCAL_AT + <usize>index * <usize>header(Header.StateBytes);
}

function isBound(state: usize, index: u32): bool {
  lookAt(state);
  return load<u8>(device(index), DEVICE_DRIVER_OFFSET) != Driver.None;
}

/** A fresh administrator: every thread over, no event pending, no fault left, no variable set. */
function isolate(state: usize): void {
  const from = <usize>header(Header.EventsAt);
  memory.fill(state + from, 0, <usize>header(Header.StateBytes) - from);
  lookAt(state);
  for (let thread: u32 = 0; thread < threads(); thread++) {
    store<u16>(threadRecord(thread), INSTRUCTION_ENDED, THREAD_INSTRUCTION_OFFSET);
  }
}

function isKnown(state: usize, count: u32): bool {
  const bytes = <usize>header(Header.EventsAt);
  for (let index: u32 = 0; index < count; index++) {
    if (memory.compare(localState(index), state, bytes) == 0) return true;
  }
  return false;
}

/** Does one command of the menu on a copy of a local state; false when it has to wait for ever. */
function command(from: usize, to: usize, entry: u32): bool {
  memory.copy(to, from, <usize>header(Header.StateBytes));
  lookAt(to);
  memory.fill(threadRecord(0), 0, THREAD_BYTES);
  store<u16>(threadRecord(0), entry, THREAD_INSTRUCTION_OFFSET);
  if (!runThread(to, 0, true)) return false;
  lookAt(to);
  return load<u16>(threadRecord(0), THREAD_PC_OFFSET) == 0;
}

/** Lets a thread do whole what is queued for it; false unless it is the kernel's and has work. */
function kernelWork(from: usize, to: usize, thread: u32): bool {
  memory.copy(to, from, <usize>header(Header.StateBytes));
  lookAt(to);
  if (load<u8>(threadRow(thread), THREAD_ROW_KIND_OFFSET) != ThreadKind.Worker) return false;
  if (!runThread(to, thread, true)) return false;
  lookAt(to);
  return load<u16>(threadRecord(thread), THREAD_PC_OFFSET) == 0;
}

/** Does the move of a number: a command of the menu, or behind these a thread of the kernel's. */
function move(from: usize, to: usize, number: u32): bool {
  const commands = header(Header.RecoveryCount);
  if (number < commands) return command(from, to, recoveryEntry(number));
  return kernelWork(from, to, number - commands);
}

function recoveryEntry(number: u32): u32 {
  return load<u16>(table(Header.RecoveryTable) + ((<usize>number) << 1));
}

/** Takes every block offline in the first local state; of two outcomes the one that succeeds. */
function offlineAll(): void {
  const commands = header(Header.RecoveryCount);
  for (let number: u32 = 0; number < commands; number++) {
    const entry = recoveryEntry(number);
    const instruction = table(Header.InstructionTable) + <usize>entry * INSTRUCTION_BYTES;
    if (load<u8>(instruction, INSTRUCTION_FILE_OFFSET) != File.BlockState) continue;
    forgetChoices();
    if (!command(localState(0), localState(1), entry)) continue;
    isolate(localState(1));
    memory.copy(localState(0), localState(1), <usize>header(Header.StateBytes));
  }
}

/**
 * Tells whether a device can be bound again from a state in which no system call is under way.
 * @returns RECOVERABLE, NOT_RECOVERABLE, or RECOVERY_UNKNOWN when the local search grew too large.
 */
export function recover(state: usize, index: u32): i32 {
  if (isBound(state, index)) return RECOVERABLE;
  const most = <u32>(LOCAL_BYTES / <usize>header(Header.StateBytes));
  memory.copy(localState(0), state, <usize>header(Header.StateBytes));
  isolate(localState(0));
  offlineAll();
  let count: u32 = 1;
  const moves = header(Header.RecoveryCount) + threads();
  for (let open: u32 = 0; open < count; open++) {
    for (let number: u32 = 0; number < moves; number++) {
      forgetChoices();
      do {
        if (count + 1 >= most) return RECOVERY_UNKNOWN;
        const next = localState(count);
        if (!move(localState(open), next, number)) continue;
        isolate(next);
        if (isBound(next, index)) return RECOVERABLE;
        if (!isKnown(next, count)) count++;
      } while (nextChoices());
    }
  }
  return NOT_RECOVERABLE;
}
