/**
 * Names of locks as the kernel's own messages write them, and which locks a state shows as held.
 */
import {
  BENEATH_HMEM_LOCK_OFFSET,
  BENEATH_HMEM_USERS_OFFSET,
  BENEATH_PLATFORM_LOCK_OFFSET,
  BENEATH_PLATFORM_USERS_OFFSET,
  BLOCK_BYTES,
  BLOCK_USERS_OFFSET,
  DEVICE_BYTES,
  DEVICE_EXTRA_BYTES,
  DEVICE_EXTRA_DATA_LOCK_OFFSET,
  DEVICE_EXTRA_STATE_USERS_OFFSET,
  DEVICE_LOCK_OFFSET,
  DEVICE_USERS_OFFSET,
  DRIVER_BYTES,
  DRIVER_USERS_OFFSET,
  Driver,
  FILES_HMEM,
  FILES_HMEM_PLATFORM,
  GLOBAL_DEV_READERS_OFFSET,
  GLOBAL_DEV_WRITER_OFFSET,
  GLOBAL_DRIVERS_OFFSET,
  GLOBAL_EXTRA_FSDEV_OFFSET,
  GLOBAL_HOTPLUG_OFFSET,
  GLOBAL_MEM_HOTPLUG_OFFSET,
  GLOBAL_REGION_READERS_OFFSET,
  GLOBAL_REGION_WRITER_OFFSET,
  Lock,
  RANGE_BYTES,
  RANGE_USERS_OFFSET,
  REGION_BYTES,
  REGION_EXTRA_BYTES,
  REGION_EXTRA_NAMESPACE_OFFSET,
  REGION_EXTRA_REGION_OFFSET,
  REGION_EXTRA_USERS_OFFSET,
  REGION_LOCK_OFFSET,
  REGION_USERS_OFFSET,
  THREAD_BYTES,
  THREAD_INSTRUCTION_OFFSET,
} from '../../assembly/layout.js';
import type { ScenarioWords } from '../compile/words.js';
import { DRIVER_TEXTS } from '../kernel/observables.js';
import type { SysfsFile } from '../userland/program.js';
import type { LockView } from './trace.js';

function attributeOf(file: SysfsFile): string {
  if ('attr' in file) return file.attr;
  return file.kind === 'mapping' ? 'start' : '*';
}

/** The attribute that an instruction is inside, or '*' when it is in none. */
export function attributeOfInstruction(scenario: ScenarioWords, number: number): string {
  const instruction = scenario.instructions[number];
  if (instruction === null || instruction === undefined || !('file' in instruction)) return '*';
  return attributeOf(instruction.file);
}

/** The attribute that the first of a set of threads is inside. */
export function attributeOfHolders(
  state: Uint8Array,
  scenario: ScenarioWords,
  holders: number,
): string {
  const thread = firstOf(holders);
  if (thread === undefined) return '*';
  const at = scenario.state.threadsAt + thread * THREAD_BYTES + THREAD_INSTRUCTION_OFFSET;
  return attributeOfInstruction(
    scenario,
    new DataView(state.buffer, state.byteOffset).getUint16(at, true),
  );
}

const firstOf = (set: number): number | undefined => {
  for (let thread = 0; thread < 8; thread++) if (((set >> thread) & 1) !== 0) return thread;
  return undefined;
};

/** The driver that a file is of. */
function filesOf(driver: number): string {
  if (driver === FILES_HMEM) return 'hmem';
  return driver === FILES_HMEM_PLATFORM ? 'hmem_platform' : (DRIVER_TEXTS[driver] ?? '?');
}

/** Name of a region's first dax device. */
const deviceOn = (region: number, { plan }: ScenarioWords): string =>
  plan.devices.find((device) => device.region === region)?.name ?? '?';

/** Name of a lock of an object; `attribute` is the file that an active reference is of. */
export function lockName(
  lock: Lock,
  object: number,
  attribute: string,
  scenario: ScenarioWords,
): string {
  const { plan } = scenario;
  const device = plan.devices[lock === Lock.MappingFiles ? object >> 4 : object]?.name ?? '?';
  const region = plan.regions[object]?.name ?? '?';
  switch (lock) {
    case Lock.NamespaceLock:
      return `device_lock(${plan.regions[object]?.namespace?.name ?? '?'})`;
    case Lock.ClaimFiles:
      return `s_active(nvdimm's ${deviceOn(object, scenario)}/namespace)`;
    case Lock.NdRegionLock:
      return `device_lock(nvdimm's ${region})`;
    case Lock.NdAsync:
      return 'nd_async_domain';
    case Lock.HmemResource:
      return 'hmem_resource_lock';
    case Lock.HmemPlatform:
      return 'device_lock(hmem_platform.0)';
    case Lock.Workqueue:
      return 'dax_hmem_wq';
    case Lock.DeviceProbe:
      return 'probes under way';
    case Lock.DriverFiles:
      return `s_active(${filesOf(object)}/${attribute})`;
    case Lock.DeviceFiles:
      return `s_active(${device}/${attribute})`;
    case Lock.MappingFiles:
      return `s_active(${device}/mapping${object & 15}/${attribute})`;
    case Lock.RegionFiles:
      return `s_active(${region}/dax_region/${attribute})`;
    case Lock.BlockFiles:
      return `s_active(memory${plan.blocks[object]?.index ?? '?'}/${attribute})`;
    case Lock.DaxBus:
      return 'dax_bus_lock';
    case Lock.DeviceLock:
      return `device_lock(${device})`;
    case Lock.RegionLock:
      return `device_lock(${region})`;
    case Lock.BlockLock:
      return `device_lock(memory${plan.blocks[object]?.index ?? '?'})`;
    case Lock.DeviceHotplug:
      return 'device_hotplug_lock';
    case Lock.CpuHotplug:
      return 'cpu_hotplug_lock';
    case Lock.MemHotplug:
      return 'mem_hotplug_lock';
    case Lock.MemSysfs:
      return 'mem_sysfs_mutex';
    case Lock.ResourceLock:
      return 'resource_lock';
    case Lock.DaxRegionRwsem:
      return 'dax_region_rwsem';
    case Lock.DaxDevRwsem:
      return 'dax_dev_rwsem';
    case Lock.KmemData:
      return `data->lock of kmem (${device})`;
    case Lock.Pages:
      return object === 0xff ? "udev's queue" : `page references of ${device}`;
  }
}

/** Notes that threads of a set hold a lock. */
type AddLock = (lock: Lock, object: number, mode: LockView['mode'], set: number) => void;

/** Locks beneath drivers/dax, in the parts of the state that only some scenarios have. */
function addBeneath(state: Uint8Array, scenario: ScenarioWords, add: AddLock): void {
  const { plan, state: places } = scenario;
  const byteAt = (at: number): number => state[at] ?? 0;
  const owner = (at: number): number => (byteAt(at) === 0 ? 0 : 1 << (byteAt(at) - 1));
  for (let index = 0; places.regionExtraAt > 0 && index < plan.regions.length; index++) {
    const at = places.regionExtraAt + index * REGION_EXTRA_BYTES;
    add(Lock.NamespaceLock, index, 'write', owner(at + REGION_EXTRA_NAMESPACE_OFFSET));
    add(Lock.NdRegionLock, index, 'write', owner(at + REGION_EXTRA_REGION_OFFSET));
    add(Lock.ClaimFiles, index, 'active', byteAt(at + REGION_EXTRA_USERS_OFFSET));
  }
  if (places.beneathAt > 0) {
    const users = (at: number): number => byteAt(places.beneathAt + at);
    add(Lock.DriverFiles, FILES_HMEM, 'active', users(BENEATH_HMEM_USERS_OFFSET));
    add(Lock.DriverFiles, FILES_HMEM_PLATFORM, 'active', users(BENEATH_PLATFORM_USERS_OFFSET));
    add(Lock.HmemPlatform, 0, 'write', owner(places.beneathAt + BENEATH_PLATFORM_LOCK_OFFSET));
    add(Lock.HmemResource, 0, 'write', owner(places.beneathAt + BENEATH_HMEM_LOCK_OFFSET));
  }
}

/** Locks that a state shows as held, by kind, then by object. */
export function locksOf(state: Uint8Array, scenario: ScenarioWords): readonly LockView[] {
  const { plan, state: places } = scenario;
  const found: LockView[] = [];
  const add: AddLock = (lock, object, mode, set) => {
    for (let thread = 0; thread < scenario.threads.length; thread++) {
      if (((set >> thread) & 1) === 0) continue;
      const holder = scenario.threads[thread]?.name ?? '?';
      found.push({
        lock: lockName(lock, object, attributeOfHolders(state, scenario, 1 << thread), scenario),
        mode,
        holder,
      });
    }
  };
  const byteAt = (at: number): number => state[at] ?? 0;
  const owner = (at: number): number => (byteAt(at) === 0 ? 0 : 1 << (byteAt(at) - 1));
  for (const index of [1, 2]) {
    add(
      Lock.DriverFiles,
      index,
      'active',
      byteAt(GLOBAL_DRIVERS_OFFSET + (index - 1) * DRIVER_BYTES + DRIVER_USERS_OFFSET),
    );
  }
  if (scenario.kernel.features.has('fsdev-dax')) {
    const at = places.globalExtraAt + GLOBAL_EXTRA_FSDEV_OFFSET + DRIVER_USERS_OFFSET;
    add(Lock.DriverFiles, Driver.Fsdev, 'active', byteAt(at));
  }
  for (let index = 0; index < plan.regions.length; index++) {
    const at = places.regionsAt + index * REGION_BYTES;
    add(Lock.RegionFiles, index, 'active', byteAt(at + REGION_USERS_OFFSET));
    add(Lock.RegionLock, index, 'write', owner(at + REGION_LOCK_OFFSET));
  }
  add(Lock.DaxRegionRwsem, 0, 'write', owner(GLOBAL_REGION_WRITER_OFFSET));
  add(Lock.DaxRegionRwsem, 0, 'read', byteAt(GLOBAL_REGION_READERS_OFFSET));
  for (let index = 0; index < plan.devices.length; index++) {
    const at = places.devicesAt + index * DEVICE_BYTES;
    add(Lock.DeviceFiles, index, 'active', byteAt(at + DEVICE_USERS_OFFSET));
    if (scenario.kernel.features.has('kmem-state')) {
      const extra = places.deviceExtraAt + index * DEVICE_EXTRA_BYTES;
      add(Lock.DeviceFiles, index, 'active', byteAt(extra + DEVICE_EXTRA_STATE_USERS_OFFSET));
      add(Lock.KmemData, index, 'write', owner(extra + DEVICE_EXTRA_DATA_LOCK_OFFSET));
    }
    for (let range = 0; range < plan.rangeMax; range++) {
      const place = places.rangesAt + (index * plan.rangeMax + range) * RANGE_BYTES;
      add(Lock.MappingFiles, (index << 4) | range, 'active', byteAt(place + RANGE_USERS_OFFSET));
    }
    add(Lock.DeviceLock, index, 'write', owner(at + DEVICE_LOCK_OFFSET));
  }
  add(Lock.DaxDevRwsem, 0, 'write', owner(GLOBAL_DEV_WRITER_OFFSET));
  add(Lock.DaxDevRwsem, 0, 'read', byteAt(GLOBAL_DEV_READERS_OFFSET));
  for (let index = 0; index < plan.blocks.length; index++) {
    add(
      Lock.BlockFiles,
      index,
      'active',
      byteAt(places.blocksAt + index * BLOCK_BYTES + BLOCK_USERS_OFFSET),
    );
  }
  add(Lock.DeviceHotplug, 0, 'write', owner(GLOBAL_HOTPLUG_OFFSET));
  add(Lock.MemHotplug, 0, 'write', owner(GLOBAL_MEM_HOTPLUG_OFFSET));
  addBeneath(state, scenario, add);
  return found;
}
