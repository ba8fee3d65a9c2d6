/**
 * Kernel functions behind program points and sysfs files, and the source file each is in.
 */
import { File, Op, Pc } from '../../assembly/layout.js';

const BY_FILE: { readonly [source: string]: readonly string[] } = {
  'drivers/base/bus.c': ['bind_store', 'unbind_store', 'drivers_probe_store'],
  'drivers/base/dd.c': [
    'driver_attach',
    'driver_detach',
    'device_driver_attach',
    'device_driver_detach',
    'device_remove_groups',
  ],
  'drivers/base/core.c': ['device_add', 'device_del', 'online_store', 'online_show'],
  'drivers/base/devres.c': ['devres_release_all'],
  'drivers/base/memory.c': [
    'memory_notify',
    'state_store',
    'probe_store',
    'state_show',
    'valid_zones_show',
    'removable_show',
    'auto_online_blocks_store',
    'auto_online_blocks_show',
  ],
  'drivers/dax/bus.c': [
    'do_id_store',
    'dax_bus_probe',
    'unregister_dev_dax',
    'size_store',
    'size_show',
    'create_store',
    'delete_store',
    'mapping_store',
    'start_show',
    'align_store',
    'available_size_show',
    'seed_show',
    'create_show',
    'target_node_show',
    'modalias_show',
    'dax_region_unregister',
    'unregister_dax_mapping',
    'dax_mapping_release',
    'dev_dax_shrink',
    'memmap_on_memory_store',
    'memmap_on_memory_show',
    'devm_create_dev_dax',
    'dev_dax_release',
  ],
  'drivers/dax/device.c': ['dev_dax_probe', 'dev_dax_remove', 'dax_open', 'dax_mmap'],
  'drivers/dax/kmem.c': [
    'dev_dax_kmem_probe',
    'dev_dax_kmem_remove',
    'dax_kmem_init_resources',
    'dax_kmem_do_hotplug',
    // state_store() and state_show() of that file; the names are those of memory blocks' too.
    'dax_state_store',
    'dax_state_show',
  ],
  'drivers/dax/fsdev.c': ['fsdev_dax_probe'],
  'drivers/dax/super.c': ['fs_dax_get', 'fs_put_dax', 'dax_holder_notify_failure'],
  'drivers/dax/pmem/core.c': ['dax_pmem_probe', 'dax_pmem_remove'],
  'drivers/dax/hmem/hmem.c': [
    'hmem_probe',
    'hmem_remove',
    'dax_hmem_probe',
    'dax_hmem_init',
    'dax_hmem_exit',
    'dax_hmem_platform_probe',
    'process_defer_work',
    'hmem_platform_bind',
    'hmem_platform_unbind',
  ],
  'drivers/acpi/numa/hmat.c': ['hmat_init'],
  'drivers/dax/hmem/device.c': ['hmem_init'],
  'drivers/dax/cxl.c': [
    'cxl_dax_region_init',
    'cxl_dax_region_exit',
    'cxl_dax_region_driver_register',
    'cxl_dax_region_probe',
  ],
  'drivers/cxl/acpi.c': ['cxl_acpi_probe', 'cxl_acpi_exit'],
  'drivers/nvdimm/bus.c': [
    'nd_async_device_register',
    'nd_async_device_unregister',
    'nd_device_unregister',
  ],
  'drivers/nvdimm/region.c': ['nd_region_probe', 'nd_region_remove'],
  'drivers/nvdimm/pfn_devs.c': ['namespace_store'],
  'drivers/nvdimm/namespace_devs.c': ['nvdimm_namespace_common_probe', 'uuid_store'],
  'drivers/cxl/mem.c': ['cxl_mem_probe'],
  'drivers/cxl/core/region.c': [
    'cxl_add_to_region',
    'cxl_region_probe',
    'construct_region',
    'create_region_store',
    'delete_region_store',
    'cxl_region_detach',
  ],
  'mm/memory_hotplug.c': [
    'add_memory',
    'add_memory_resource',
    'remove_memory',
    'try_remove_memory',
    'offline_and_remove_memory',
  ],
  'kernel/resource.c': ['find_next_iomem_res'],
  'kernel/module.c': ['init_module', 'delete_module'],
};

const SOURCES = new Map(
  Object.entries(BY_FILE).flatMap(([source, names]) =>
    names.map((name): [string, string] => [name, source]),
  ),
);

/** Every function that a step may name, as far as its source is known. */
export const FUNCTION_NAMES: readonly string[] = [...SOURCES.keys()];

/** Source file of a kernel function; null when it is not known. */
export const sourceOf = (name: string): string | null => SOURCES.get(name) ?? null;

/** Function of a program point: the part before the two underscores; null at user level. */
export function functionOfPc(pc: number): string | null {
  const name = Pc[pc];
  return name === undefined || pc === Pc.User ? null : (name.split('__')[0] ?? null);
}

const STORES: { readonly [file: number]: string } = {
  [File.Bind]: 'bind_store',
  [File.Unbind]: 'unbind_store',
  [File.NewId]: 'do_id_store',
  [File.RemoveId]: 'do_id_store',
  [File.DriversProbe]: 'drivers_probe_store',
  [File.AutoOnline]: 'auto_online_blocks_store',
  [File.MemoryProbe]: 'probe_store',
  [File.BlockState]: 'state_store',
  [File.BlockOnline]: 'online_store',
  [File.DeviceSize]: 'size_store',
  [File.DeviceAlign]: 'align_store',
  [File.DeviceMapping]: 'mapping_store',
  [File.DeviceMemmap]: 'memmap_on_memory_store',
  [File.DeviceState]: 'dax_state_store',
  [File.RegionCreate]: 'create_store',
  [File.RegionDelete]: 'delete_store',
  [File.NamespaceUuid]: 'uuid_store',
  [File.ClaimNamespace]: 'namespace_store',
  [File.NdRegionBind]: 'bind_store',
  [File.NdRegionUnbind]: 'unbind_store',
  [File.PlatformBind]: 'bind_store',
  [File.PlatformUnbind]: 'unbind_store',
  [File.ProviderBind]: 'bind_store',
  [File.ProviderUnbind]: 'unbind_store',
  [File.OwnUnbind]: 'unbind_store',
  [File.OwnRemoveId]: 'do_id_store',
};

const SHOWS: { readonly [file: number]: string } = {
  [File.AutoOnline]: 'auto_online_blocks_show',
  [File.BlockState]: 'state_show',
  [File.BlockOnline]: 'online_show',
  [File.BlockRemovable]: 'removable_show',
  [File.BlockZones]: 'valid_zones_show',
  [File.DeviceSize]: 'size_show',
  [File.DeviceTargetNode]: 'target_node_show',
  [File.DeviceModalias]: 'modalias_show',
  [File.DeviceMemmap]: 'memmap_on_memory_show',
  [File.DeviceState]: 'dax_state_show',
  [File.Mapping]: 'start_show',
  [File.RegionCreate]: 'create_show',
  [File.RegionAvailable]: 'available_size_show',
  [File.RegionSeed]: 'seed_show',
};

/** Kernel function that a system call enters; null when it is none that is modelled. */
export function entryFunction(op: Op, file: number): string | null {
  if (op === Op.Write) return STORES[file] ?? null;
  return op === Op.Read ? (SHOWS[file] ?? null) : null;
}
