/**
 * How the features of the resource tree and of memory hotplug show in their source.
 */
import {
  all,
  any,
  defines,
  type FeatureProbe,
  first,
  inside,
  not,
  precedes,
  text,
} from '../rules.js';

const BASE_MEMORY = 'drivers/base/memory.c';
const RESOURCE = 'kernel/resource.c';
const HOTPLUG = 'mm/memory_hotplug.c';
/** Came after MEM_PREPARE_ONLINE, and before that went. */
const NODE_NOTIFIER = /\bNODE_ADDING_FIRST_MEMORY\b/;
/** A reference is dropped, and then again by what unregisters the device. */
const TWO_PUTS = /put_device\(&memory->dev\);\s*device_unregister\(/;

/** A lock that was not taken is given back where the wait for it was ended. */
const UNLOCKS_ANYWAY = /\block_device_hotplug_sysfs\(\);\s*if \(ret\)\s*goto/;

export const MEMORY_PROBES: readonly FeatureProbe[] = [
  ['probe-keeps-lock', not(inside(BASE_MEMORY, 'probe_store', UNLOCKS_ANYWAY))],
  [
    'add-error-altmap',
    inside(HOTPLUG, 'add_memory_resource', /\barch_remove_memory\([^;]*\bparams\.altmap\b/),
  ],
  ['try-offline-node-blocks', inside(HOTPLUG, 'try_offline_node', /\bfor_each_memory_block\(/)],
  [
    'address-bounds-check',
    text(HOTPLUG, /\bcheck_hotplug_memory_addressable\(|\bmhp_range_allowed\(/),
  ],
  ['range-prevalidated', text(HOTPLUG, /\bmhp_range_allowed\(/)],
  ['no-mem-sysfs-mutex', not(text(BASE_MEMORY, /\bmem_sysfs_mutex\b/))],
  ['auto-movable', text(HOTPLUG, /\bONLINE_POLICY_AUTO_MOVABLE\b/)],
  ['walk-error-codes', inside(RESOURCE, 'walk_system_ram_range', /ret = -EINVAL/)],
  [
    'memory-resource-children',
    inside(HOTPLUG, 'register_memory_resource', /request_(mem_)?region\(/),
  ],
  ['walk-ram-children', not(inside(RESOURCE, 'walk_system_ram_range', /\btrue\b/))],
  [
    'walk-copies-locked',
    precedes(RESOURCE, 'find_next_iomem_res', /res->start = max|\*res = /, /\bread_unlock\(/),
  ],
  ['walk-res-children', not(inside(RESOURCE, 'walk_system_ram_res', /IORES_DESC_NONE,\s*true/))],
  ['node-possible-check', inside(HOTPLUG, 'add_memory_resource', /\bnode_possible\(/)],
  [
    'memmap-falls-back',
    all(
      inside(HOTPLUG, 'add_memory_resource', /\bmhp_supports_memmap_on_memory\(/),
      not(inside(HOTPLUG, 'add_memory_resource', /!mhp_supports_memmap_on_memory\(/)),
    ),
  ],
  [
    'mem-prepare-online',
    any(text(BASE_MEMORY, /\bMEM_PREPARE_ONLINE\b/), text(HOTPLUG, NODE_NOTIFIER)),
  ],
  [
    'mem-prepare-gone',
    all(not(text(BASE_MEMORY, /\bMEM_PREPARE_ONLINE\b/)), text(HOTPLUG, NODE_NOTIFIER)),
  ],
  ['blocks-in-xarray', text(BASE_MEMORY, /\bxa_store\(&memory_blocks\b/)],
  [
    'block-single-put',
    not(
      first(
        inside(BASE_MEMORY, '__add_memory_block', TWO_PUTS),
        inside(BASE_MEMORY, 'register_memory', TWO_PUTS),
      ),
    ),
  ],
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
  ['zone-pfn-width', not(text(HOTPLUG, /\bzone_for_pfn_range\([^)]*\bunsigned start_pfn\b/))],
];
