/** Classes of locks: their names, which exist once, and which lockdep does not look at. */
import { LOCK_CLASSES, Lock } from '../../assembly/layout.js';

const NAMES: { readonly [L in Lock]?: string } = {
  [Lock.DriverFiles]: 's_active(driver/*)',
  [Lock.DeviceFiles]: 's_active(daxX.Y/*)',
  [Lock.MappingFiles]: 's_active(daxX.Y/mappingN/*)',
  [Lock.RegionFiles]: 's_active(dax_region/*)',
  [Lock.BlockFiles]: 's_active(memoryN/*)',
  [Lock.DaxBus]: 'dax_bus_lock',
  [Lock.DeviceLock]: 'device_lock(daxX.Y)',
  [Lock.RegionLock]: 'device_lock(region)',
  [Lock.BlockLock]: 'device_lock(memoryN)',
  [Lock.DeviceHotplug]: 'device_hotplug_lock',
  [Lock.CpuHotplug]: 'cpu_hotplug_lock',
  [Lock.MemHotplug]: 'mem_hotplug_lock',
  [Lock.MemSysfs]: 'mem_sysfs_mutex',
  [Lock.ResourceLock]: 'resource_lock',
  [Lock.DaxRegionRwsem]: 'dax_region_rwsem',
  [Lock.DaxDevRwsem]: 'dax_dev_rwsem',
  [Lock.Pages]: 'page references',
  [Lock.KmemData]: 'data->lock',
  [Lock.HmemResource]: 'hmem_resource_lock',
  [Lock.HmemPlatform]: 'device_lock(hmem_platform.0)',
  [Lock.Workqueue]: 'dax_hmem_wq',
  [Lock.DeviceProbe]: 'probes under way',
  [Lock.NamespaceLock]: 'device_lock(namespaceX.Y)',
  [Lock.ClaimFiles]: "s_active(nvdimm's daxX.Y/namespace)",
  [Lock.NdRegionLock]: "device_lock(nvdimm's regionN)",
  [Lock.NdAsync]: 'nd_async_domain',
};

/** There is one of each, so two threads that hold it exclusively cannot be. */
const SINGLE: ReadonlySet<Lock> = new Set([
  Lock.DaxBus,
  Lock.DeviceHotplug,
  Lock.MemHotplug,
  Lock.MemSysfs,
  Lock.ResourceLock,
  Lock.DaxRegionRwsem,
  Lock.DaxDevRwsem,
  Lock.HmemResource,
  Lock.HmemPlatform,
]);

/**
 * Every device_lock is exempt from lockdep, and page references are no lock to it. Source:
 * drivers/base/core.c device_initialize(), v5.1 and v6.12.
 */
const HIDDEN: ReadonlySet<Lock> = new Set([
  Lock.DeviceLock,
  Lock.RegionLock,
  Lock.BlockLock,
  Lock.HmemPlatform,
  Lock.NamespaceLock,
  Lock.NdRegionLock,
  Lock.Pages,
]);

/** Name of a class, as it is written where one lock stands for all of its kind. */
export const classNameOf = (lock: Lock): string => NAMES[lock] ?? Lock[lock] ?? `lock ${lock}`;

/** Whether there is only one lock of a class. */
export const isSingle = (lock: Lock): boolean => SINGLE.has(lock);

/** Whether lockdep does not look at a class. */
export const isHiddenFromLockdep = (lock: Lock): boolean => HIDDEN.has(lock);

/** All numbers that a class can have. */
export const classesOf = (): readonly Lock[] =>
  Array.from({ length: LOCK_CLASSES }, (_, lock) => lock as Lock);
