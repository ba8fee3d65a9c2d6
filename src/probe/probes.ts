/**
 * How each feature shows in a kernel's source: one rule a feature, after identifiers and their
 * order inside a function, so that a backport is seen wherever its release came from.
 *
 * A rule is written for trees that have what the feature requires; without that the feature is
 * absent, whatever its rule says. Features that change nothing for userland have no probe.
 */
import {
  all,
  any,
  defines,
  file,
  first,
  inside,
  not,
  otherwise,
  precedes,
  type Rule,
  text,
} from './rules.js';

const BUS = 'drivers/dax/bus.c';
const KMEM = 'drivers/dax/kmem.c';
const DEVICE = 'drivers/dax/device.c';
const DD = 'drivers/base/dd.c';
const BASE_BUS = 'drivers/base/bus.c';
const BASE_MEMORY = 'drivers/base/memory.c';
const RESOURCE = 'kernel/resource.c';
const HOTPLUG = 'mm/memory_hotplug.c';
const MEMREMAP = ['mm/memremap.c', 'kernel/memremap.c'];

const DAX: readonly (readonly [string, Rule])[] = [
  ['dax-bus', all(file(BUS), otherwise(text(BUS, /\bdax_bus_type\b/), false))],
  [
    'common-pinning',
    inside(DEVICE, 'dev_dax_probe', /\brequest_mem_region\b|request_mem_region\(/),
  ],
  ['override-driver', text(BUS, /\bnew_id\b/)],
  ['class-compat', any(file('drivers/dax/pmem/compat.c'), file('drivers/dax/pmem.c'))],
  ['compat-gone', not(file('drivers/dax/pmem/compat.c'))],
  ['unique-node', text('drivers/dax/dax-private.h', /\btarget_node\b/)],
  ['attach-on-new-id', inside(BUS, 'do_id_store', /\bdriver_attach\(/)],
  ['target-node-attr', defines(BUS, 'target_node_show')],
  ['modalias-attr', defines(BUS, 'modalias_show')],
  ['kmem', file(KMEM)],
  [
    'kmem-add-rollback',
    inside(KMEM, 'dev_dax_kmem_probe', /\b(release|remove)_(resource|mem_region)\(/),
  ],
  ['kmem-hotremove', inside(KMEM, 'dev_dax_kmem_remove', /\bremove_memory\(/)],
  ['kmem-private-name', inside(KMEM, 'dev_dax_kmem_probe', /\bkstrdup(_const)?\(dev_name\(/)],
  ['driver-managed', inside(KMEM, 'dev_dax_kmem_probe', /add_memory_driver_managed\(/)],
  ['multi-range', inside(KMEM, 'dev_dax_kmem_probe', /->nr_range\b/)],
  ['region-subdivision', defines(BUS, 'create_store')],
  ['kmem-rejects-empty', inside(KMEM, 'dev_dax_kmem_probe', /if \(!total_len\)/)],
  ['remove-resource', inside(KMEM, 'dev_dax_kmem_remove', /\bremove_resource\(/)],
  ['match-by-type', any(defines(BUS, 'dax_match_type'), text(BUS, /\bDAXDRV_KMEM_TYPE\b/))],
  ['dax-rwsems', text(BUS, /\bDECLARE_RWSEM\(dax_region_rwsem\)/)],
  ['kmem-skips-null-slot', inside(KMEM, 'dev_dax_kmem_remove', /if \(!data->res\[i\]\)/)],
];

const CORE: readonly (readonly [string, Rule])[] = [
  ['bind-recheck', defines(DD, 'device_driver_attach')],
  ['bind-errno', not(inside(BASE_BUS, 'bind_store', /err > 0/))],
  [
    'unpin-free-unmap',
    first(
      inside(MEMREMAP, 'memunmap_pages', /\bpercpu_ref_put_many\(/),
      inside(MEMREMAP, 'devm_memremap_pages_release', /\bpercpu_ref_put_many\(/),
    ),
  ],
];

const MEMORY: readonly (readonly [string, Rule])[] = [
  ['walk-error-codes', inside(RESOURCE, 'walk_system_ram_range', /ret = -EINVAL/)],
  [
    'memory-resource-children',
    inside(HOTPLUG, 'register_memory_resource', /request_(mem_)?region\(/),
  ],
  ['walk-ram-children', not(inside(RESOURCE, 'walk_system_ram_range', /\btrue\b/))],
  ['blocks-as-batch', inside(HOTPLUG, 'add_memory_resource', /\bcreate_memory_block_devices\(/)],
  ['typed-auto-online', inside(BASE_MEMORY, 'auto_online_blocks_store', /online_type/)],
  [
    'zone-shrink-at-offline',
    first(
      inside(HOTPLUG, '__offline_pages', /\bremove_pfn_range_from_zone\(/),
      inside(HOTPLUG, 'offline_pages', /\bremove_pfn_range_from_zone\(/),
    ),
  ],
  ['online-trusts-block', not(inside(HOTPLUG, 'online_pages', /\bwalk_system_ram_range\(/))],
  [
    'offline-hole-check',
    first(
      inside(HOTPLUG, '__offline_pages', /\bcount_system_ram_pages_cb\b/),
      inside(HOTPLUG, 'offline_pages', /\bcount_system_ram_pages_cb\b/),
    ),
  ],
  ['remove-memory-errno', defines(HOTPLUG, 'try_remove_memory')],
  [
    'blocks-removed-outside-lock',
    any(
      precedes(
        HOTPLUG,
        'try_remove_memory',
        /\bremove_memory_block_devices\(/,
        /\bmem_hotplug_begin\(/,
      ),
      defines(HOTPLUG, 'remove_memory_blocks_and_altmaps'),
    ),
  ],
  ['paired-mem-hotplug-done', not(inside(HOTPLUG, 'try_remove_memory', /\bgoto done\b/))],
  ['blocks-removed-inside-lock', defines(HOTPLUG, 'remove_memory_blocks_and_altmaps')],
  [
    'parse-before-lock',
    all(
      inside(BASE_MEMORY, 'state_store', /online_type_from_str\(/),
      precedes(
        BASE_MEMORY,
        'state_store',
        /online_type_from_str\(/,
        /\block_device_hotplug_sysfs\(/,
      ),
    ),
  ],
  [
    'region-intersects-nested',
    first(
      inside(RESOURCE, '__region_intersects', /\bfor_each_resource\(/),
      inside(RESOURCE, 'region_intersects', /\bfor_each_resource\(/),
    ),
  ],
];

/** Feature and rule. A feature of the tables that changes something has one row here. */
export const PROBES: readonly (readonly [feature: string, rule: Rule])[] = [
  ...DAX,
  ...CORE,
  ...MEMORY,
];
