/**
 * How the features of drivers/base and of page maps show in their source.
 */
import { defines, type FeatureProbe, first, inside, not, text } from '../rules.js';

const DD = 'drivers/base/dd.c';
const BASE_BUS = 'drivers/base/bus.c';
const MEMREMAP = ['mm/memremap.c', 'kernel/memremap.c'];
/** One of these waits until the last page is no longer used. */
const WAITS = /\bwait_for_completion\(|\bdev_pagemap_cleanup\(|->cleanup\(/;

export const CORE_PROBES: readonly FeatureProbe[] = [
  ['bind-recheck', defines(DD, 'device_driver_attach')],
  ['attach-skips-dead', inside(DD, '__device_attach', /\bdead\b/)],
  ['bind-errno', not(inside(BASE_BUS, 'bind_store', /err > 0/))],
  [
    'pagemap-waits-first',
    first(
      inside(MEMREMAP, 'memunmap_pages', WAITS),
      inside(MEMREMAP, 'devm_memremap_pages_release', WAITS),
    ),
  ],
  ['ready-to-probe', text(DD, /\bready_to_probe\b|\bdev_ready_to_probe\(/)],
  [
    'unpin-free-unmap',
    first(
      inside(MEMREMAP, 'memunmap_pages', /\bpercpu_ref_put_many\(/),
      inside(MEMREMAP, 'devm_memremap_pages_release', /\bpercpu_ref_put_many\(/),
    ),
  ],
];
