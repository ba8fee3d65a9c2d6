/**
 * How the features of drivers/dax show in its source.
 */
import {
  all,
  any,
  defines,
  type FeatureProbe,
  file,
  inside,
  not,
  otherwise,
  precedes,
  text,
} from '../rules.js';

const BUS = 'drivers/dax/bus.c';
const KMEM = 'drivers/dax/kmem.c';
const DEVICE = 'drivers/dax/device.c';
const FSDEV = 'drivers/dax/fsdev.c';
const HMEM = ['drivers/dax/hmem/hmem.c', 'drivers/dax/hmem.c'];

export const DAX_PROBES: readonly FeatureProbe[] = [
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
  ['range-alloc-checked', inside(BUS, 'alloc_dev_dax_range', /if \(!alloc\)/)],
  ['range-array-freed', defines(BUS, 'trim_dev_dax_range')],
  ['kmem-memory-group', inside(KMEM, 'dev_dax_kmem_probe', /\bmemory_group_register_static\(/)],
  ['dynamic-pagemap', inside(DEVICE, 'dev_dax_probe', /\bstatic_dev_dax\(/)],
  ['mapping-pins-device', inside(BUS, 'dax_mapping_release', /\bput_device\(parent\)/)],
  ['region-references', not(inside(HMEM, 'dax_hmem_probe', /\bdax_region_put\(/))],
  ['delete-device-locks', inside(BUS, 'delete_store', /\bdevice_lock\(victim\)/)],
  ['memmap-on-memory', inside(KMEM, 'dev_dax_kmem_probe', /->memmap_on_memory\b/)],
  ['memmap-on-memory-attr', defines(BUS, 'memmap_on_memory_store')],
  ['dax-regions-tree', text(BUS, /"DAX Regions"/)],
  ['fsdev-dax', file(FSDEV)],
  [
    'dax-holder-put',
    precedes('drivers/dax/super.c', 'fs_put_dax', /->holder_ops = NULL/, /\bcmpxchg\(/),
  ],
  [
    'dax-holder-read-once',
    inside('drivers/dax/super.c', 'dax_holder_notify_failure', /READ_ONCE\(/),
  ],
  [
    'memory-group-in-pages',
    inside(KMEM, 'dev_dax_kmem_probe', /\bmemory_group_register_static\([^;]*\bPFN_/),
  ],
  [
    'fsdev-pgmap-late',
    precedes(FSDEV, 'fsdev_dax_probe', /\bdevm_memremap_pages\(/, /\bdev_dax->pgmap = /),
  ],
  ['fsdev-clears-ops', defines(FSDEV, 'fsdev_clear_pgmap_ops')],
  ['kmem-policy-at-probe', text(KMEM, /\bmhp_get_default_online_type\(/)],
  ['kmem-two-pass', defines(KMEM, 'dax_kmem_init_resources')],
  ['kmem-state', defines(KMEM, 'dax_kmem_parse_state')],
  ['kmem-skips-null-slot', inside(KMEM, 'dev_dax_kmem_remove', /if \(!data->res\[i\]\)/)],
  ['kmem-type-by-distance', inside(KMEM, 'dev_dax_kmem_probe', /\bmt_calc_adistance\(/)],
];
