/**
 * Patches that are posted and not merged: no release has them, a model asks for one by `with:`.
 * `since` says when which version was posted; oldest first. CONTRIBUTING.md has the recipe.
 */
import { Feature as Bit } from '../../../assembly/layout.js';
import type { Row } from './row.js';

export const IN_FLIGHT_FEATURES: readonly Row[] = [
  [
    'size-store-unlocks-held',
    null,
    'dax/bus.c: Fix a locking bug',
    'posted 2026-02-23 (patch 4 of 62)',
    ['dax-rwsems'],
    'a size write that is killed while it waits gives back only what it holds',
    Bit.SizeStoreUnlocksHeld,
  ],
  [
    'kmem-type-per-device',
    null,
    'mm/memory-tiers: consolidate memory type dedup into mt_get_memory_type()',
    'posted 2026-03-21 (patch 1 of 8)',
    ['kmem-type-by-distance'],
    'kmem lets go of the memory type that it has counted',
    Bit.KmemTypePerDevice,
  ],
  [
    'block-error-altmap',
    null,
    'mm/memory_hotplug: fix incorrect altmap passing in error path',
    'posted 2026-04-26',
    ['blocks-removed-inside-lock'],
    'the way back of a block that fails to be made knows where its memory map lies',
    Bit.BlockErrorAltmap,
  ],
  [
    'cxl-dax-probe-flushes',
    null,
    'dax/hmem, cxl: Coordinate Soft Reserved handling with CXL and HMEM (version 5 of the series)',
    'posted 2026-01 (v5)',
    ['hmem-awaits-cxl'],
    "the probe of dax_regionN waits for hmem's deferred work, and that for all probes",
    Bit.CxlDaxProbeFlushes,
  ],
  [
    'kmem-state-v5',
    null,
    'dax/kmem: add sysfs interface for atomic whole-device hotplug (version 5 of the series)',
    'posted 2026-06-24',
    ['kmem-state'],
    'daxX.Y/state as first posted under that name: unbind trusts what was last written to it',
    Bit.KmemStateV5,
  ],
  [
    'create-error-put',
    null,
    'device-dax: Fix refcount leak in __devm_create_dev_dax() error path',
    'posted 2026-04-13 (v3)',
    ['region-subdivision'],
    'a device that fails to be made gives its name back',
    Bit.CreateErrorPut,
  ],
];
