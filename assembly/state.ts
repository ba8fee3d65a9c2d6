// The state vector: where each record lies, the running thread, and the locks that live in it.
//
// A step works on one state (`st`) for one thread (`th`, number `me`). Locks are bytes of the
// state: a mutex holds its owner's number + 1, readers and users of a file are bit sets of threads.

import { must } from './fail';
import {
  BLOCK_BYTES,
  BLOCK_ROW_BYTES,
  DEVICE_BYTES,
  DEVICE_ROW_BYTES,
  DEVICE_ROW_DAX_SLOT_OFFSET,
  DEVICE_ROW_KMEM_SLOT_OFFSET,
  DEVICE_ROW_RAM_SLOT_OFFSET,
  DEVICE_ROW_SPARE_SLOT_OFFSET,
  DEVICE_ROW_SPARES_OFFSET,
  DRIVER_BYTES,
  Driver,
  Errno,
  FAULT_ROW_BYTES,
  GLOBAL_BROKEN_ABOUT_OFFSET,
  GLOBAL_BROKEN_OFFSET,
  GLOBAL_DRIVERS_OFFSET,
  GLOBAL_EXTRA_FSDEV_OFFSET,
  GLOBAL_FLAGS_OFFSET,
  GLOBAL_OOPS,
  Header,
  Lock,
  LockMode,
  Observation,
  Pc,
  Property,
  RANGE_BYTES,
  REGION_BYTES,
  REGION_ROW_BYTES,
  RETURN_MAX,
  SLOT_BYTES,
  THREAD_BYTES,
  THREAD_DEPTH_OFFSET,
  THREAD_DEVICE_OFFSET,
  THREAD_PC_OFFSET,
  THREAD_ROW_BYTES,
  THREAD_STACK_OFFSET,
  WAIT_KIND_SHIFT,
  WaitKind,
} from './layout';

export {
  allocated,
  blockExtra,
  deviceExtra,
  freed,
  globalExtra,
  hasDeviceExtra,
  heapOf,
} from './extra';

import { observe, observeLock, observeUnlock } from './observe';
import { header, table } from './scenario';

export {
  choiceCount,
  choiceDepth,
  choicesDiffer,
  choose,
  forgetChoices,
  nextChoices,
  restartChoices,
  restoreChoices,
  saveChoices,
  saveChoicesFrom,
} from './choice';

/** A step's answer. */
export const BLOCKED: i32 = 0;
export const MOVED: i32 = 1;

/** Errors of daxcheck itself, for fail(). */
export const FAIL_STACK: i32 = 101;
export const FAIL_POINT: i32 = 102;
export const FAIL_PROGRAM_POINT: i32 = 103;
export const FAIL_ENDLESS_CALL: i32 = 104;
export const FAIL_INSTRUCTION: i32 = 105;
export const FAIL_RESOURCE: i32 = 106;

/** The state a step works on. */
export let st: usize = 0;
/** The running thread's record, and its number. */
export let th: usize = 0;
export let me: u32 = 0;

/** What the running thread waits for, set by a step that is blocked. */
export let waitHolders: u32 = 0;
export let waitKind: WaitKind = 0;
export let waitLock: u32 = 0;
export let waitObject: u32 = 0;

export function enterState(state: usize, thread: u32): void {
  st = state;
  me = thread;
  th = threadRecord(thread);
  waitHolders = 0;
  waitKind = WaitKind.Uninterruptible;
}

/** Works on another state without a running thread. */
export function lookAt(state: usize): void {
  st = state;
}

export function devices(): u32 {
  return header(Header.DeviceCount);
}
export function blocks(): u32 {
  return header(Header.BlockCount);
}
export function threads(): u32 {
  return header(Header.ThreadCount);
}

export function device(index: u32): usize {
  return st + <usize>header(Header.DevicesAt) + <usize>index * DEVICE_BYTES;
}
export function deviceRow(index: u32): usize {
  return table(Header.DeviceTable) + <usize>index * DEVICE_ROW_BYTES;
}
export function range(deviceIndex: u32, index: u32): usize {
  const at = deviceIndex * header(Header.RangeMax) + index;
  return st + <usize>header(Header.RangesAt) + <usize>at * RANGE_BYTES;
}
export function block(index: u32): usize {
  return st + <usize>header(Header.BlocksAt) + <usize>index * BLOCK_BYTES;
}
export function blockRow(index: u32): usize {
  return table(Header.BlockTable) + <usize>index * BLOCK_ROW_BYTES;
}
export function region(index: u32): usize {
  return st + <usize>header(Header.RegionsAt) + <usize>index * REGION_BYTES;
}
export function regionRow(index: u32): usize {
  return table(Header.RegionTable) + <usize>index * REGION_ROW_BYTES;
}
export function slot(index: u32): usize {
  return st + <usize>header(Header.SlotsAt) + <usize>index * SLOT_BYTES;
}
/** Slots of a device's range: device_dax's claim, kmem's reservation, the System RAM in it. */
export function daxSlot(index: u32, r: u32): u32 {
  return <u32>load<u16>(deviceRow(index), DEVICE_ROW_DAX_SLOT_OFFSET) + r;
}
export function kmemSlot(index: u32, r: u32): u32 {
  return <u32>load<u16>(deviceRow(index), DEVICE_ROW_KMEM_SLOT_OFFSET) + r;
}
export function ramSlot(index: u32, r: u32): u32 {
  return <u32>load<u16>(deviceRow(index), DEVICE_ROW_RAM_SLOT_OFFSET) + r;
}
/** A device's further slots, for what failed adds and removals leave behind: how many, and each. */
export function spareCount(index: u32): u32 {
  return load<u8>(deviceRow(index), DEVICE_ROW_SPARES_OFFSET);
}
export function spareSlot(index: u32, number: u32): u32 {
  return <u32>load<u16>(deviceRow(index), DEVICE_ROW_SPARE_SLOT_OFFSET) + number;
}
/** A driver's record; fsdev_dax's is one of the extra globals. */
export function driver(index: u32): usize {
  if (index == Driver.Fsdev)
    return st + <usize>header(Header.GlobalExtraAt) + GLOBAL_EXTRA_FSDEV_OFFSET;
  return st + GLOBAL_DRIVERS_OFFSET + <usize>(index - 1) * DRIVER_BYTES;
}
export function eventsOfBlock(index: u32): usize {
  return st + <usize>header(Header.EventsAt) + <usize>index;
}
export function eventsOfDevice(index: u32): usize {
  return st + <usize>header(Header.EventsAt) + <usize>(blocks() + index);
}
export function variable(index: u32): usize {
  return st + <usize>header(Header.VariablesAt) + <usize>index;
}
export function faultRow(index: u32): usize {
  return table(Header.FaultTable) + <usize>index * FAULT_ROW_BYTES;
}
export function threadRecord(index: u32): usize {
  return st + <usize>header(Header.ThreadsAt) + <usize>index * THREAD_BYTES;
}
export function threadRow(index: u32): usize {
  return table(Header.ThreadTable) + <usize>index * THREAD_ROW_BYTES;
}

// ---- Program points -------------------------------------------------------------------

/** Goes to a program point of the same thread. */
export function goto(pc: Pc): void {
  store<u16>(th, pc, THREAD_PC_OFFSET);
}

/** Calls a path that comes back to `back`. */
export function call(callee: Pc, back: Pc): void {
  const depth = <u32>load<u8>(th, THREAD_DEPTH_OFFSET);
  must(depth < <u32>RETURN_MAX, FAIL_STACK);
  store<u16>(th + ((<usize>depth) << 1), back, THREAD_STACK_OFFSET);
  store<u8>(th, depth + 1, THREAD_DEPTH_OFFSET);
  goto(callee);
}

/** Returns to the program point that called. */
export function back(): void {
  const depth = <u32>load<u8>(th, THREAD_DEPTH_OFFSET);
  must(depth > 0, FAIL_STACK);
  const at = th + ((<usize>(depth - 1)) << 1);
  goto(load<u16>(at, THREAD_STACK_OFFSET));
  store<u16>(at, 0, THREAD_STACK_OFFSET);
  store<u8>(th, depth - 1, THREAD_DEPTH_OFFSET);
}

// ---- Broken promises ------------------------------------------------------------------

/**
 * Notes in the state that a step broke a property; `about` is the number of the object it speaks
 * of.
 */
export function broken(property: Property, about: u32): void {
  const checked = header(Header.Properties);
  if (((checked >> property) & 1) == 0) return;
  const before = load<u32>(st, GLOBAL_BROKEN_OFFSET);
  if (before == 0) store<u8>(st, about + 1, GLOBAL_BROKEN_ABOUT_OFFSET);
  store<u32>(st, before | (1 << property), GLOBAL_BROKEN_OFFSET);
}

/** Ends the behaviour: a thread has died in the kernel, with what it held. */
export function oops(): void {
  store<u8>(st, load<u8>(st, GLOBAL_FLAGS_OFFSET) | GLOBAL_OOPS, GLOBAL_FLAGS_OFFSET);
}

export function isOopsed(): bool {
  return (load<u8>(st, GLOBAL_FLAGS_OFFSET) & GLOBAL_OOPS) != 0;
}

// ---- Locks ----------------------------------------------------------------------------

/** Notes what the running thread waits for and what else ends the wait, and answers BLOCKED. */
export function waitAs(kind: WaitKind, lock: Lock, object: u32, holders: u32): i32 {
  waitHolders = holders;
  waitKind = kind;
  waitLock = lock;
  waitObject = object;
  observe(Observation.Wait, lock, object, (kind << WAIT_KIND_SHIFT) | holders);
  return BLOCKED;
}

/** Waits inside the kernel; `killable` where a fatal signal ends the wait. */
export function wait(lock: Lock, object: u32, holders: u32, killable: bool): i32 {
  return waitAs(killable ? WaitKind.Killable : WaitKind.Uninterruptible, lock, object, holders);
}

/** Takes a mutex, a byte of the state; false when another thread has it. */
export function tryMutex(at: usize, lock: Lock, object: u32): bool {
  if (load<u8>(at) != 0) return false;
  store<u8>(at, me + 1);
  observeLock(lock, object, LockMode.Write);
  return true;
}

/** Notes that the running thread waits for the owner of a mutex. */
export function waitForMutex(at: usize, lock: Lock, object: u32, killable: bool): i32 {
  return wait(lock, object, 1 << (load<u8>(at) - 1), killable);
}

/** Takes a free mutex that the kernel only tries: had it been taken, nobody would have waited. */
export function takeTried(at: usize, lock: Lock, object: u32): void {
  store<u8>(at, me + 1);
  observeLock(lock, object, LockMode.Tried);
}

/**
 * A mutex that is only tried: the system call gives everything back and restarts until it is free.
 */
export function restartForMutex(at: usize, lock: Lock, object: u32): i32 {
  return waitAs(WaitKind.Restarts, lock, object, 1 << (load<u8>(at) - 1));
}

/** Gives a mutex back; giving back what another thread holds breaks lock-pairing. */
export function unlockMutex(at: usize, lock: Lock, object: u32): void {
  if (load<u8>(at) != me + 1) broken(Property.LockPairing, 0);
  store<u8>(at, 0);
  observeUnlock(lock, object, LockMode.Write);
}

/** Takes a semaphore for writing: `at` its writer, `at + 1` the bit set of its readers. */
export function tryWrite(at: usize, lock: Lock): bool {
  if (load<u8>(at) != 0 || load<u8>(at, 1) != 0) return false;
  store<u8>(at, me + 1);
  observeLock(lock, 0, LockMode.Write);
  return true;
}

export function tryRead(at: usize, lock: Lock): bool {
  if (load<u8>(at) != 0) return false;
  store<u8>(at, load<u8>(at, 1) | ((<u8>1) << (<u8>me)), 1);
  observeLock(lock, 0, LockMode.Read);
  return true;
}

export function waitForSemaphore(at: usize, lock: Lock): i32 {
  const writer = <u32>load<u8>(at);
  const readers = <u32>load<u8>(at, 1);
  return wait(lock, 0, writer != 0 ? 1 << (writer - 1) : readers, true);
}

export function unlockWrite(at: usize, lock: Lock): void {
  if (load<u8>(at) != me + 1) broken(Property.LockPairing, 0);
  store<u8>(at, 0);
  observeUnlock(lock, 0, LockMode.Write);
}

export function unlockRead(at: usize, lock: Lock): void {
  if ((load<u8>(at, 1) & (1 << me)) == 0) broken(Property.LockPairing, 0);
  store<u8>(at, load<u8>(at, 1) & ~((<u8>1) << (<u8>me)), 1);
  observeUnlock(lock, 0, LockMode.Read);
}

/** Enters a sysfs attribute: takes its kernfs active reference. */
export function enterFile(users: usize, lock: Lock, object: u32): void {
  store<u8>(users, load<u8>(users) | ((<u8>1) << (<u8>me)));
  observeLock(lock, object, LockMode.Active);
}

export function leaveFile(users: usize, lock: Lock, object: u32): void {
  store<u8>(users, load<u8>(users) & ~((<u8>1) << (<u8>me)));
  observeUnlock(lock, object, LockMode.Active);
}

/** Whether others are inside a file; its removal must wait for them. */
export function othersInside(users: usize): u32 {
  return <u32>load<u8>(users) & ~(1 << me);
}

// ---- Return to user level -------------------------------------------------------------

/** Set by leave(): the running thread's system call returned in this step. */
export let returned: bool = false;
export let returnedErrno: u32 = 0;
/** What a read gave: a string number, or RETURNED_NOTHING, or a number above RETURNED_NUMBER. */
export let returnedText: u32 = 0;
export const RETURNED_NOTHING: u32 = 0xffff;
export const RETURNED_NUMBER: u32 = 0x10000;
/** Above this: a place of the boundary table, for addresses and sizes. */
export const RETURNED_POINT: u32 = 0x20000;

export function forgetReturn(): void {
  returned = false;
}

/** Ends the running thread's system call with an errno (0: success). */
export function leave(errno: u32): i32 {
  return leaveWith(errno, RETURNED_NOTHING);
}

export function leaveWith(errno: u32, text: u32): i32 {
  // Whoever runs here is root: nobody lacks a permission.
  if (errno == Errno.EPERM) broken(Property.ReportTruth, load<u8>(th, THREAD_DEVICE_OFFSET));
  store<u16>(th, Pc.User, THREAD_PC_OFFSET);
  store<u64>(th, 0, THREAD_STACK_OFFSET);
  store<u8>(th, 0, THREAD_DEPTH_OFFSET);
  // Device, driver, block, index, error, argument: dead, so all zero.
  store<u32>(th, 0, 14);
  store<u16>(th, 0, 18);
  store<u8>(th, 0, 22);
  returned = true;
  returnedErrno = errno;
  returnedText = text;
  return MOVED;
}
