// drivers/dax/bus.c, v6.8 and later: the mark of a device that tells kmem to keep the memory map of
// its blocks in its own memory; from v6.9 it is daxX.Y/memmap_on_memory.
import {
  CODE_INVALID,
  DEVICE_DRIVER_OFFSET,
  DEVICE_EXTRA_MEMMAP_OFFSET,
  DEVICE_MEMORY_OFFSET,
  DEVICE_USERS_OFFSET,
  Driver,
  Errno,
  Feature,
  GLOBAL_DEV_WRITER_OFFSET,
  Header,
  Lock,
  MEMORY_OVERWRITTEN,
  Pc,
  Text,
  THREAD_ARGUMENT_OFFSET,
  THREAD_DEVICE_OFFSET,
} from '../layout';
import { has, header } from '../scenario';
import {
  device,
  deviceExtra,
  enterFile,
  goto,
  hasDeviceExtra,
  leave,
  leaveFile,
  leaveWith,
  st,
  th,
  tryWrite,
  unlockWrite,
  waitForSemaphore,
} from '../state';
import { isInterrupted } from './regionLock';

/** Whether a device is marked; the machine must support it (memory_hotplug.memmap_on_memory). */
export function wantsMemmap(index: u32): bool {
  if (!has(Feature.MemmapOnMemory) || !hasDeviceExtra()) return false;
  const marked = load<u8>(deviceExtra(index), DEVICE_EXTRA_MEMMAP_OFFSET) != 0;
  return marked && header(Header.MemmapOnMemory) != 0;
}

/**
 * Marks a device as it is made: that of a CXL region alone, and only the one that its driver makes.
 * Source: drivers/dax/cxl.c cxl_dax_region_probe(), drivers/dax/bus.c create_store(), v6.8.
 */
export function setMemmapDefault(index: u32, marked: bool): void {
  if (!has(Feature.MemmapOnMemory) || !hasDeviceExtra()) return;
  store<u8>(deviceExtra(index), marked ? 1 : 0, DEVICE_EXTRA_MEMMAP_OFFSET);
}

/** Notes that adding has written the memory map to the device's own memory. */
export function noteMemmapWritten(index: u32): void {
  if (!wantsMemmap(index)) return;
  const at = device(index);
  store<u8>(at, load<u8>(at, DEVICE_MEMORY_OFFSET) | MEMORY_OVERWRITTEN, DEVICE_MEMORY_OFFSET);
}

/** Reads it, without a lock. Source: drivers/dax/bus.c memmap_on_memory_show(), v6.12. */
export function memmapOnMemoryShow(index: u32): i32 {
  if (!has(Feature.MemmapOnMemoryAttr)) return leave(Errno.ENOENT);
  const marked = load<u8>(deviceExtra(index), DEVICE_EXTRA_MEMMAP_OFFSET) != 0;
  return leaveWith(0, marked ? Text.One : Text.Zero);
}

/**
 * Writes it: `code` is 0, 1 or CODE_INVALID. Whether the machine supports it is asked before the
 * lock. Source: drivers/dax/bus.c memmap_on_memory_store(), v6.12.
 */
export function memmapOnMemoryStore(index: u32, code: u32): i32 {
  if (!has(Feature.MemmapOnMemoryAttr)) return leave(Errno.EACCES);
  if (code == CODE_INVALID) return leave(Errno.EINVAL);
  if (code != 0 && header(Header.MemmapOnMemory) == 0) return leave(Errno.EOPNOTSUPP);
  enterFile(device(index) + DEVICE_USERS_OFFSET, Lock.DeviceFiles, index);
  store<u8>(th, index, THREAD_DEVICE_OFFSET);
  store<u8>(th, code, THREAD_ARGUMENT_OFFSET);
  goto(Pc.memmap_on_memory_store__device);
  return memmapOnMemoryStoreDevice();
}

/**
 * Changes it, unless kmem has the device: the driver is read without device_lock. Source:
 * drivers/dax/bus.c memmap_on_memory_store(), v6.12.
 */
export function memmapOnMemoryStoreDevice(): i32 {
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  const lock = st + GLOBAL_DEV_WRITER_OFFSET;
  if (!tryWrite(lock, Lock.DaxDevRwsem)) {
    return isInterrupted()
      ? leaveStore(index, Errno.EINTR)
      : waitForSemaphore(lock, Lock.DaxDevRwsem);
  }
  const extra = deviceExtra(index);
  const asked = load<u8>(th, THREAD_ARGUMENT_OFFSET);
  const differs = load<u8>(extra, DEVICE_EXTRA_MEMMAP_OFFSET) != asked;
  const busy = differs && load<u8>(device(index), DEVICE_DRIVER_OFFSET) == Driver.Kmem;
  if (!busy) store<u8>(extra, asked, DEVICE_EXTRA_MEMMAP_OFFSET);
  unlockWrite(lock, Lock.DaxDevRwsem);
  return leaveStore(index, busy ? Errno.EBUSY : 0);
}

function leaveStore(index: u32, errno: u32): i32 {
  leaveFile(device(index) + DEVICE_USERS_OFFSET, Lock.DeviceFiles, index);
  return leave(errno);
}
