// drivers/dax/kmem.c, v7.3 and later: all of a device's ranges are reserved, then all are added; by
// probe, and again by a write to daxX.Y/state.
//
// The thread's DEVICE is the device, INDEX the range at hand, ARGUMENT the online type + 1. DRIVER
// is 0 in a write to the state file, and the driver at work in a probe. BLOCK is 1 once this pass
// has reserved a range.
import {
  DEVICE_EXTRA_DATA_LOCK_OFFSET,
  DEVICE_EXTRA_FLAGS_OFFSET,
  DEVICE_EXTRA_STATE_OFFSET,
  DEVICE_EXTRA_STATE_USERS_OFFSET,
  DEVICE_RANGES_OFFSET,
  DEVICE_RES_COUNT_OFFSET,
  DEVICE_RESERVED_OFFSET,
  Errno,
  EXTRA_STATE_FILE,
  Feature,
  Lock,
  Message,
  Pc,
  THREAD_ARGUMENT_OFFSET,
  THREAD_BLOCK_OFFSET,
  THREAD_DEVICE_OFFSET,
  THREAD_DRIVER_OFFSET,
  THREAD_ERROR_OFFSET,
  THREAD_INDEX_OFFSET,
} from '../layout';
import { observeMessage } from '../observe';
import { has } from '../scenario';
import {
  call,
  device,
  deviceExtra,
  goto,
  kmemSlot,
  leave,
  leaveFile,
  MOVED,
  ramSlot,
  th,
  unlockMutex,
} from '../state';
import { noteMemmapWritten } from './daxMemmap';
import { atRange, failsCounted, reserve, setBit, succeeds } from './kmem';
import { judgeStateWrite } from './kmemState';
import { isLinked, removeResource } from './resource';

/** Ranges that a pass looks at: in a write to the state file those that probe's table has. */
function ranges(index: u32): u32 {
  const at = device(index);
  const count = <u32>load<u8>(at, DEVICE_RANGES_OFFSET);
  const known = <u32>load<u8>(at, DEVICE_RES_COUNT_OFFSET);
  return load<u8>(th, THREAD_DRIVER_OFFSET) == 0 && known < count ? known : count;
}

function isHeld(index: u32, r: u32): bool {
  return ((<u32>load<u8>(device(index), DEVICE_RESERVED_OFFSET) >> r) & 1) != 0;
}

/** Drops the reservation of a range: res[r] is NULL from here on. */
export function dropReservation(index: u32, r: u32): void {
  if (!isHeld(index, r)) return;
  const at = device(index);
  removeResource(kmemSlot(index, r));
  store<u8>(
    at,
    load<u8>(at, DEVICE_RESERVED_OFFSET) & ~((<u8>1) << (<u8>r)),
    DEVICE_RESERVED_OFFSET,
  );
}

/** Drops every reservation. Source: drivers/dax/kmem.c dax_kmem_cleanup_resources(), v7.3. */
export function dropReservations(index: u32): void {
  for (let r: u32 = 0; r < ranges(index); r++) dropReservation(index, r);
}

/** Begins the first pass; `type` is the online type + 1. */
export function beginPasses(type: u32): void {
  store<u8>(th, 0, THREAD_INDEX_OFFSET);
  store<u8>(th, 0, THREAD_BLOCK_OFFSET);
  store<u8>(th, type, THREAD_ARGUMENT_OFFSET);
  goto(Pc.dax_kmem_init_resources__range);
}

/**
 * Reserves the next range that is large enough, one a step. The first that fails ends it while none
 * has been reserved; later ones are left out. Source: drivers/dax/kmem.c
 * dax_kmem_init_resources(), v7.3.
 */
export function initResourcesRange(): i32 {
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  let r = <u32>load<u8>(th, THREAD_INDEX_OFFSET);
  while (r < ranges(index) && (isHeld(index, r) || atRange(r) == 0)) r++;
  if (r < ranges(index)) {
    if (reserve(index, r, atRange(r))) {
      setBit(device(index), DEVICE_RESERVED_OFFSET, 1 << r);
      store<u8>(th, 1, THREAD_BLOCK_OFFSET);
    } else {
      observeMessage(Message.CouldNotReserveRegion, index, r);
      if (load<u8>(th, THREAD_BLOCK_OFFSET) == 0) return end(index, Errno.EBUSY);
    }
    store<u8>(th, r + 1, THREAD_INDEX_OFFSET);
    if (r + 1 < ranges(index)) return MOVED;
  }
  store<u8>(th, 0, THREAD_INDEX_OFFSET);
  store<u8>(th, 0, THREAD_BLOCK_OFFSET);
  goto(Pc.dax_kmem_do_hotplug__range);
  return MOVED;
}

/** Whether the second pass has added a range below `r`. */
function hasAdded(index: u32, r: u32): bool {
  for (let below: u32 = 0; below < r; below++) {
    if (isLinked(ramSlot(index, below))) return true;
  }
  return false;
}

/**
 * Adds the next range that is reserved. The form of version 5 of the series did not look whether it
 * is. Source: drivers/dax/kmem.c dax_kmem_do_hotplug(), v7.3; the series' version 5.
 */
export function doHotplugRange(): i32 {
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  let r = <u32>load<u8>(th, THREAD_INDEX_OFFSET);
  for (; r < ranges(index); r++) {
    if (atRange(r) == 0) continue;
    if (!isHeld(index, r) && !has(Feature.KmemStateV5)) continue;
    call(Pc.add_memory__lock, Pc.dax_kmem_do_hotplug__added);
    return MOVED;
  }
  return end(index, 0);
}

/**
 * Takes add_memory's answer: a range that failed gives its reservation back, and ends the pass only
 * while none has been added. Source: drivers/dax/kmem.c dax_kmem_do_hotplug(), v7.3.
 */
export function doHotplugAdded(): i32 {
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  const r = <u32>load<u8>(th, THREAD_INDEX_OFFSET);
  const errno = <u32>load<u8>(th, THREAD_ERROR_OFFSET);
  store<u8>(th, 0, THREAD_ERROR_OFFSET);
  if (errno != 0) {
    observeMessage(Message.AddMemoryFailed, index, r);
    dropReservation(index, r);
    if (!hasAdded(index, r)) return end(index, errno);
  } else noteMemmapWritten(index);
  store<u8>(th, r + 1, THREAD_INDEX_OFFSET);
  goto(Pc.dax_kmem_do_hotplug__range);
  return r + 1 < ranges(index) ? MOVED : end(index, 0);
}

/** Ends both passes: back to the probe, or out of the state file. */
function end(index: u32, errno: u32): i32 {
  store<u8>(th, 0, THREAD_INDEX_OFFSET);
  store<u8>(th, 0, THREAD_BLOCK_OFFSET);
  const type = load<u8>(th, THREAD_ARGUMENT_OFFSET);
  if (load<u8>(th, THREAD_DRIVER_OFFSET) == 0) return endStateStore(index, errno, type);
  store<u8>(th, 0, THREAD_ARGUMENT_OFFSET);
  if (errno != 0) {
    dropReservations(index);
    return failsCounted(index, errno);
  }
  if (has(Feature.KmemState)) {
    const extra = deviceExtra(index);
    store<u8>(extra, type, DEVICE_EXTRA_STATE_OFFSET);
    setBit(extra, DEVICE_EXTRA_FLAGS_OFFSET, EXTRA_STATE_FILE);
  }
  return succeeds(index);
}

/**
 * Leaves a write to the state file, data->lock held; `state` is the one to note where nothing has
 * failed. Source: drivers/dax/kmem.c state_store(), v7.3 (a failure drops the reservations); the
 * series' version 5 (keeps them).
 */
export function endStateStore(index: u32, errno: u32, state: u32): i32 {
  const extra = deviceExtra(index);
  if (errno == 0) {
    store<u8>(extra, state, DEVICE_EXTRA_STATE_OFFSET);
    if (state == 0) judgeStateWrite(index, 0);
  } else if (load<u8>(extra, DEVICE_EXTRA_STATE_OFFSET) == 0 && !has(Feature.KmemStateV5)) {
    dropReservations(index);
  }
  unlockMutex(extra + DEVICE_EXTRA_DATA_LOCK_OFFSET, Lock.KmemData, index);
  leaveFile(extra + DEVICE_EXTRA_STATE_USERS_OFFSET, Lock.DeviceFiles, index);
  return leave(errno);
}
