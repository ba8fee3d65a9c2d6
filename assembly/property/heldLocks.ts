// Which classes of locks a thread of a state holds between two steps, by the bytes of the state.
import {
  BENEATH_HMEM_LOCK_OFFSET,
  BENEATH_HMEM_USERS_OFFSET,
  BENEATH_PLATFORM_LOCK_OFFSET,
  BENEATH_PLATFORM_USERS_OFFSET,
  BLOCK_USERS_OFFSET,
  DEVICE_EXTRA_DATA_LOCK_OFFSET,
  DEVICE_EXTRA_STATE_USERS_OFFSET,
  DEVICE_LOCK_OFFSET,
  DEVICE_USERS_OFFSET,
  DRIVER_USERS_OFFSET,
  Driver,
  Feature,
  GLOBAL_DEV_READERS_OFFSET,
  GLOBAL_DEV_WRITER_OFFSET,
  GLOBAL_HOTPLUG_OFFSET,
  GLOBAL_MEM_HOTPLUG_OFFSET,
  GLOBAL_REGION_READERS_OFFSET,
  GLOBAL_REGION_WRITER_OFFSET,
  Header,
  Lock,
  Pc,
  RANGE_USERS_OFFSET,
  REGION_EXTRA_BYTES,
  REGION_EXTRA_NAMESPACE_OFFSET,
  REGION_EXTRA_REGION_OFFSET,
  REGION_EXTRA_USERS_OFFSET,
  REGION_LOCK_OFFSET,
  REGION_USERS_OFFSET,
  THREAD_PC_OFFSET,
} from '../layout';
import { has, header } from '../scenario';
import {
  block,
  blocks,
  device,
  deviceExtra,
  devices,
  driver,
  range,
  region,
  st,
  threadRecord,
} from '../state';

/** A region's optional record; 0 where the scenario has none. */
function regionExtra(index: u32): usize {
  const first = <usize>header(Header.RegionExtraAt);
  return first == 0 ? 0 : st + first + <usize>index * REGION_EXTRA_BYTES;
}

function bitOf(is: bool, lock: Lock): u32 {
  return is ? 1 << lock : 0;
}

function owns(at: usize, thread: u32): bool {
  return <u32>load<u8>(at) == thread + 1;
}

function isIn(at: usize, thread: u32): bool {
  return ((<u32>load<u8>(at) >> thread) & 1) != 0;
}

/** device_lock(memoryN), which has no byte: it lies between a block's file and mem_hotplug_lock. */
function hasBlockLock(thread: u32): bool {
  const pc: Pc = load<u16>(threadRecord(thread), THREAD_PC_OFFSET);
  return (
    pc == Pc.state_store__online ||
    pc == Pc.state_store__offline ||
    pc == Pc.state_store__offlined ||
    pc == Pc.offline_and_remove_memory__offlined ||
    pc == Pc.memory_notify__online
  );
}

/** mem_sysfs_mutex, which has no byte: a removal holds it while it drains a block's files. */
function hasMemSysfs(thread: u32): bool {
  if (has(Feature.NoMemSysfsMutex)) return false;
  const pc: Pc = load<u16>(threadRecord(thread), THREAD_PC_OFFSET);
  return pc == Pc.try_remove_memory__drain || pc == Pc.offline_and_remove_memory__drain;
}

/** The classes that a thread holds exclusively; of the state last looked at. */
export function locksOwned(thread: u32): u32 {
  let held: u32 = bitOf(owns(st + GLOBAL_HOTPLUG_OFFSET, thread), Lock.DeviceHotplug);
  held |= bitOf(owns(st + GLOBAL_MEM_HOTPLUG_OFFSET, thread), Lock.MemHotplug);
  held |= bitOf(owns(st + GLOBAL_REGION_WRITER_OFFSET, thread), Lock.DaxRegionRwsem);
  held |= bitOf(owns(st + GLOBAL_DEV_WRITER_OFFSET, thread), Lock.DaxDevRwsem);
  held |= bitOf(hasBlockLock(thread), Lock.BlockLock);
  held |= bitOf(hasMemSysfs(thread), Lock.MemSysfs);
  const beneath = <usize>header(Header.BeneathAt);
  if (beneath != 0) {
    held |= bitOf(owns(st + beneath + BENEATH_PLATFORM_LOCK_OFFSET, thread), Lock.HmemPlatform);
    held |= bitOf(owns(st + beneath + BENEATH_HMEM_LOCK_OFFSET, thread), Lock.HmemResource);
  }
  for (let index: u32 = 0; index < devices(); index++) {
    held |= bitOf(owns(device(index) + DEVICE_LOCK_OFFSET, thread), Lock.DeviceLock);
    const extra = deviceExtra(index);
    if (extra == 0) continue;
    held |= bitOf(owns(extra + DEVICE_EXTRA_DATA_LOCK_OFFSET, thread), Lock.KmemData);
  }
  for (let index: u32 = 0; index < header(Header.RegionCount); index++) {
    held |= bitOf(owns(region(index) + REGION_LOCK_OFFSET, thread), Lock.RegionLock);
    const extra = regionExtra(index);
    if (extra == 0) continue;
    held |= bitOf(owns(extra + REGION_EXTRA_NAMESPACE_OFFSET, thread), Lock.NamespaceLock);
    held |= bitOf(owns(extra + REGION_EXTRA_REGION_OFFSET, thread), Lock.NdRegionLock);
  }
  return held;
}

/** The classes that it holds with others: semaphores for reading, and files that it is inside. */
export function locksShared(thread: u32): u32 {
  let held: u32 = bitOf(isIn(st + GLOBAL_REGION_READERS_OFFSET, thread), Lock.DaxRegionRwsem);
  held |= bitOf(isIn(st + GLOBAL_DEV_READERS_OFFSET, thread), Lock.DaxDevRwsem);
  // cpu_hotplug_lock, which has no byte, is taken just before mem_hotplug_lock and given after it.
  held |= bitOf(owns(st + GLOBAL_MEM_HOTPLUG_OFFSET, thread), Lock.CpuHotplug);
  for (let which: u32 = Driver.DeviceDax; which <= <u32>Driver.Kmem; which++) {
    held |= bitOf(isIn(driver(which) + DRIVER_USERS_OFFSET, thread), Lock.DriverFiles);
  }
  if (has(Feature.FsdevDax)) {
    held |= bitOf(isIn(driver(Driver.Fsdev) + DRIVER_USERS_OFFSET, thread), Lock.DriverFiles);
  }
  const beneath = <usize>header(Header.BeneathAt);
  if (beneath != 0) {
    held |= bitOf(isIn(st + beneath + BENEATH_HMEM_USERS_OFFSET, thread), Lock.DriverFiles);
    held |= bitOf(isIn(st + beneath + BENEATH_PLATFORM_USERS_OFFSET, thread), Lock.DriverFiles);
  }
  for (let index: u32 = 0; index < devices(); index++) {
    held |= bitOf(isIn(device(index) + DEVICE_USERS_OFFSET, thread), Lock.DeviceFiles);
    const extra = deviceExtra(index);
    if (extra != 0) {
      const users = extra + DEVICE_EXTRA_STATE_USERS_OFFSET;
      held |= bitOf(isIn(users, thread), Lock.DeviceFiles);
    }
    for (let r: u32 = 0; r < header(Header.RangeMax); r++) {
      held |= bitOf(isIn(range(index, r) + RANGE_USERS_OFFSET, thread), Lock.MappingFiles);
    }
  }
  for (let index: u32 = 0; index < header(Header.RegionCount); index++) {
    held |= bitOf(isIn(region(index) + REGION_USERS_OFFSET, thread), Lock.RegionFiles);
    const extra = regionExtra(index);
    if (extra == 0) continue;
    held |= bitOf(isIn(extra + REGION_EXTRA_USERS_OFFSET, thread), Lock.ClaimFiles);
  }
  for (let index: u32 = 0; index < blocks(); index++) {
    held |= bitOf(isIn(block(index) + BLOCK_USERS_OFFSET, thread), Lock.BlockFiles);
  }
  return held;
}
