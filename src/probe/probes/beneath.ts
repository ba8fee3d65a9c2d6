/**
 * How the features of what lies beneath drivers/dax show in its source: hmem, the HMAT, CXL.
 */
import { any, defines, type FeatureProbe, file, inside, otherwise, text } from '../rules.js';

const CXL_REGION = 'drivers/cxl/core/region.c';
const HMEM = 'drivers/dax/hmem/hmem.c';
const HMEM_DEVICE = 'drivers/dax/hmem/device.c';
const ND_BUS = 'drivers/nvdimm/bus.c';
const RESOURCE = 'kernel/resource.c';

export const BENEATH_PROBES: readonly FeatureProbe[] = [
  ['hmem-region', any(file(HMEM), file('drivers/dax/hmem.c'))],
  [
    'hmem-keeps-descriptor',
    // Since the module makes the devices they have no node of their own that could hide it.
    any(
      otherwise(
        inside(HMEM_DEVICE, 'hmem_register_device', /\.desc = IORES_DESC_SOFT_RESERVED/),
        false,
      ),
      otherwise(defines(HMEM, 'dax_hmem_platform_probe'), false),
    ),
  ],
  ['hmem-active-tree', otherwise(text(HMEM_DEVICE, /\bhmem_active\b/), false)],
  ['hmem-platform', otherwise(defines(HMEM, 'dax_hmem_platform_probe'), false)],
  ['cxl-dax-region', file('drivers/dax/cxl.c')],
  ['soft-reserve-tree', defines(RESOURCE, 'region_intersects_soft_reserve')],
  ['hmem-awaits-cxl', defines(HMEM, 'process_defer_work')],
  ['cxl-region-notifier', text(CXL_REGION, /\b(memory|node)_notifier\b/)],
  [
    'cxl-notifier-checks-range',
    inside(CXL_REGION, 'cxl_region_probe', /\bregister_(memory|node)_notifier\(/),
  ],
  ['cxl-port-first', text('drivers/cxl/Makefile', /\bcxl_port\.o\b[\s\S]*\bcxl_acpi\.o\b/)],
  [
    'hmat-only-updates',
    inside('drivers/acpi/numa/hmat.c', 'hmat_callback', /\bhmat_hotplug_target\(/),
  ],
  [
    'namespace-header-claim',
    inside(
      'drivers/nvdimm/claim.c',
      'devm_nsio_enable',
      /\bdevm_request_mem_region\(dev, [\w.>-]+, size\b/,
    ),
  ],
  ['nvdimm-kills-once', inside(ND_BUS, 'nd_device_unregister', /\bkill_device\(/)],
  ['nvdimm-keeps-parent', inside(ND_BUS, 'nd_async_device_register', /\bparent = dev->parent\b/)],
  [
    'nvdimm-idle-unlocks',
    inside(ND_BUS, 'wait_nvdimm_bus_probe_idle', /\bdevice_unlock\(dev\)|_device_unlock\(dev\)/),
  ],
];
