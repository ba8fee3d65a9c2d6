// drivers/dax/kmem.c, v7.3 and later: the file daxX.Y/state, and the removal of what it left.
//
// data->state says what was last written or what probe did; blocks that are written through
// memoryN/state make it stale. The thread's DEVICE is the device, ARGUMENT the state asked for: 0
// unplugged, else an online type + 1.
import {
  BlockState,
  CODE_INVALID,
  DEVICE_EXTRA_DATA_LOCK_OFFSET,
  DEVICE_EXTRA_FLAGS_OFFSET,
  DEVICE_EXTRA_STATE_OFFSET,
  DEVICE_EXTRA_STATE_USERS_OFFSET,
  DEVICE_GHOST_OFFSET,
  DEVICE_RANGES_OFFSET,
  DEVICE_RES_COUNT_OFFSET,
  DEVICE_RESERVED_OFFSET,
  Errno,
  EXTRA_STATE_FILE,
  Feature,
  GHOST_MESSAGE,
  GLOBAL_FLAGS_OFFSET,
  GLOBAL_HOTREMOVE_FAILED,
  Lock,
  Message,
  OnlineType,
  Pc,
  Property,
  Text,
  THREAD_ARGUMENT_OFFSET,
  THREAD_DEVICE_OFFSET,
  THREAD_ERROR_OFFSET,
  THREAD_INDEX_OFFSET,
} from '../layout';
import { filesDrained } from '../lockOrder';
import { observeMessage } from '../observe';
import { has } from '../scenario';
import {
  broken,
  call,
  device,
  deviceExtra,
  enterFile,
  goto,
  kmemSlot,
  leave,
  leaveWith,
  MOVED,
  othersInside,
  st,
  th,
  tryMutex,
  wait,
  waitForMutex,
} from '../state';
import { atRange, endRemove, leaveBehind, setBit } from './kmem';
import { beginPasses, dropReservations, endStateStore } from './kmemTwoPass';
import { firstBlock, isInRange, rangeStart } from './memoryHotplug';
import { isLinked } from './resource';
import { blockState } from './zone';

/** Whether daxX.Y/state is there: while kmem has the device. */
export function hasStateFile(index: u32): bool {
  if (!has(Feature.KmemState)) return false;
  return (load<u8>(deviceExtra(index), DEVICE_EXTRA_FLAGS_OFFSET) & EXTRA_STATE_FILE) != 0;
}

/** Reads daxX.Y/state; no lock. Source: drivers/dax/kmem.c state_show(), v7.3. */
export function daxStateShow(index: u32): i32 {
  if (!hasStateFile(index)) return leave(Errno.ENOENT);
  const state = load<u8>(deviceExtra(index), DEVICE_EXTRA_STATE_OFFSET);
  if (state == 0) return leaveWith(0, Text.Unplugged);
  const type: OnlineType = state - 1;
  if (type == OnlineType.Offline) return leaveWith(0, Text.Offline);
  if (type == OnlineType.Online) return leaveWith(0, Text.Online);
  return leaveWith(0, type == OnlineType.Kernel ? Text.OnlineKernel : Text.OnlineMovable);
}

/**
 * Writes daxX.Y/state: `code` is 0 for unplugged, an online type + 1, or CODE_INVALID. The string
 * is read before the lock. Source: drivers/dax/kmem.c state_store(), dax_kmem_parse_state(), v7.3.
 */
export function daxStateStore(index: u32, code: u32): i32 {
  if (!hasStateFile(index)) return leave(Errno.EACCES);
  if (code == CODE_INVALID) return leave(Errno.EINVAL);
  const users = deviceExtra(index) + DEVICE_EXTRA_STATE_USERS_OFFSET;
  enterFile(users, Lock.DeviceFiles, index);
  store<u8>(th, index, THREAD_DEVICE_OFFSET);
  store<u8>(th, code, THREAD_ARGUMENT_OFFSET);
  goto(Pc.dax_state_store__lock);
  return MOVED;
}

/**
 * Takes data->lock and looks at the state: the same one is a success at once; an online state can
 * follow the unplugged one alone. Source: drivers/dax/kmem.c state_store(), v7.3.
 */
export function daxStateStoreLock(): i32 {
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  const extra = deviceExtra(index);
  const lock = extra + DEVICE_EXTRA_DATA_LOCK_OFFSET;
  if (!tryMutex(lock, Lock.KmemData, index)) return waitForMutex(lock, Lock.KmemData, index, false);
  const state = <u32>load<u8>(extra, DEVICE_EXTRA_STATE_OFFSET);
  const asked = <u32>load<u8>(th, THREAD_ARGUMENT_OFFSET);
  if (state == asked) {
    judgeStateWrite(index, state);
    return endStateStore(index, 0, state);
  }
  // A mapping was added while kmem had the device: res[] is shorter than the ranges are many.
  const ranges = load<u8>(device(index), DEVICE_RANGES_OFFSET);
  const known = load<u8>(device(index), DEVICE_RES_COUNT_OFFSET);
  if (ranges > known && (asked == 0 || state == 0)) broken(Property.NoCrash, index);
  if (asked != 0) {
    if (state != 0) return endStateStore(index, Errno.EBUSY, state);
    beginPasses(asked);
    return MOVED;
  }
  if (load<u8>(device(index), DEVICE_RESERVED_OFFSET) == 0) return endStateStore(index, 0, 0);
  store<u8>(th, 0, THREAD_ARGUMENT_OFFSET);
  call(Pc.offline_and_remove_memory__lock, Pc.dax_state_store__unplugged);
  return MOVED;
}

/**
 * Takes the answer of the removal of all ranges: all are gone, or all are as they were. Source:
 * drivers/dax/kmem.c dax_kmem_do_hotremove(), v7.3; the series' version 5, whose failure keeps
 * kmem_name for ever.
 */
export function daxStateStoreUnplugged(): i32 {
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  const errno = takeAnswer(index);
  if (errno == 0) dropReservations(index);
  return endStateStore(index, errno, 0);
}

function takeAnswer(index: u32): u32 {
  const errno = <u32>load<u8>(th, THREAD_ERROR_OFFSET);
  store<u8>(th, 0, THREAD_ERROR_OFFSET);
  if (errno == 0) return 0;
  observeMessage(Message.HotremoveFailed, index, errno);
  if (has(Feature.KmemStateV5)) setBit(st, GLOBAL_FLAGS_OFFSET, GLOBAL_HOTREMOVE_FAILED);
  return errno;
}

/**
 * report-truth: a write that succeeds leaves no block where it asked for unplugged, and where it
 * found an online state noted every block is online. One that brought memory online is not judged:
 * who comes after it may take it offline before it returns. Source:
 * Documentation/ABI/testing/sysfs-bus-dax, daxX.Y/state, v7.3.
 */
export function judgeStateWrite(index: u32, state: u32): void {
  const count = <u32>load<u8>(device(index), DEVICE_RANGES_OFFSET);
  const wanted: BlockState = state == 0 ? BlockState.Absent : BlockState.Online;
  let holds = true;
  for (let r: u32 = 0; r < count; r++) {
    const bytes = atRange(r);
    const start = rangeStart();
    for (let block = firstBlock(start); isInRange(block, start, bytes); block++) {
      if (blockState(block) != wanted) holds = false;
    }
  }
  store<u8>(th, 0, THREAD_INDEX_OFFSET);
  if (!holds) broken(Property.ReportTruth, index);
}

// ---- Unbind ---------------------------------------------------------------------------

/** Takes the file away as kmem lets the device go: nobody enters it from here on. */
export function removeStateFile(index: u32): void {
  const extra = deviceExtra(index);
  const flags = load<u8>(extra, DEVICE_EXTRA_FLAGS_OFFSET);
  store<u8>(extra, flags & ~EXTRA_STATE_FILE, DEVICE_EXTRA_FLAGS_OFFSET);
}

/**
 * Waits for who is inside the state file; device_lock(dev) is held.
 * Source: drivers/base/dd.c __device_release_driver(), device_remove_groups(), v6.19.
 */
export function removeGroupsDrain(): i32 {
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  const inside = othersInside(deviceExtra(index) + DEVICE_EXTRA_STATE_USERS_OFFSET);
  if (inside != 0) return wait(Lock.DeviceFiles, index, inside, false);
  filesDrained(Lock.DeviceFiles);
  goto(Pc.dev_dax_kmem_remove__range);
  return MOVED;
}

/**
 * Ends kmem's removal as version 5 of the series does: by what the state file was last told.
 * Unplugged: nothing is there. Online: nothing is touched, and what is there stays for ever.
 * Offline: taken offline and removed, with device_lock(dev) held. Source: the series' version 5,
 * dev_dax_kmem_remove(), posted 2026-06-24.
 */
export function removeByState(index: u32): i32 {
  const state = <u32>load<u8>(deviceExtra(index), DEVICE_EXTRA_STATE_OFFSET);
  if (state == 0 || load<u8>(device(index), DEVICE_RESERVED_OFFSET) == 0) {
    dropReservations(index);
    return endRemove(index);
  }
  if (state - 1 != <u32>OnlineType.Offline) {
    observeMessage(Message.StuckOnline, index, 0);
    setBit(st, GLOBAL_FLAGS_OFFSET, GLOBAL_HOTREMOVE_FAILED);
    return leaveAll(index);
  }
  call(Pc.offline_and_remove_memory__lock, Pc.dev_dax_kmem_remove__unplugged);
  return MOVED;
}

export function kmemRemoveUnplugged(): i32 {
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  if (takeAnswer(index) != 0) return leaveAll(index);
  dropReservations(index);
  return endRemove(index);
}

/** Leaves everything that the device has, as the message says. */
function leaveAll(index: u32): i32 {
  const at = device(index);
  const count = <u32>load<u8>(at, DEVICE_RANGES_OFFSET);
  for (let r: u32 = 0; r < count; r++) {
    if (isLinked(kmemSlot(index, r))) leaveBehind(index, r);
  }
  setBit(at, DEVICE_GHOST_OFFSET, GHOST_MESSAGE);
  return endRemove(index);
}
