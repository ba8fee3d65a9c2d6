// drivers/base/memory.c: /sys/devices/system/memory/probe, by which an administrator tells the
// kernel of memory that it has not found. Modelled for addresses of boot memory, where nothing is
// added.
import { CODE_INVALID, Errno, Feature, GLOBAL_HOTPLUG_OFFSET, Lock, LockMode, Pc } from '../layout';
import { observePair } from '../observe';
import { has } from '../scenario';
import { goto, leave, MOVED, st, tryMutex, unlockMutex, waitForMutex } from '../state';

/**
 * Writes an address to probe. device_hotplug_lock is only tried; in v5.0 the way out gives it back
 * also where it was not taken, and the system call restarts.
 * Source: drivers/base/memory.c probe_store(), v5.0 and v5.1.
 */
export function probeStore(code: u32): i32 {
  if (code == CODE_INVALID) return leave(Errno.EINVAL);
  const lock = st + GLOBAL_HOTPLUG_OFFSET;
  if (tryMutex(lock, Lock.DeviceHotplug, 0)) {
    goto(Pc.probe_store__add);
    return MOVED;
  }
  if (has(Feature.ProbeKeepsLock)) return waitForMutex(lock, Lock.DeviceHotplug, 0, true);
  unlockMutex(lock, Lock.DeviceHotplug, 0);
  return MOVED;
}

/**
 * Adds the block there; boot memory is busy, so nothing comes of it.
 * Source: mm/memory_hotplug.c register_memory_resource(), v5.0 and v5.1.
 */
export function probeStoreAdd(): i32 {
  observePair(Lock.ResourceLock, 0, LockMode.Write);
  unlockMutex(st + GLOBAL_HOTPLUG_OFFSET, Lock.DeviceHotplug, 0);
  return leave(Errno.EEXIST);
}
