/**
 * Features of drivers/base and mm/memremap.c: the driver core and page maps, oldest first.
 */
import { Feature as Bit } from '../../../assembly/layout.js';
import type { Row } from './row.js';

export const CORE_FEATURES: readonly Row[] = [
  [
    'bind-recheck',
    null,
    'driver core: bind looks again whether the device is bound, under its lock',
    'v5.1',
    [],
    'two racing binds cannot both probe',
    Bit.BindRecheck,
  ],
  [
    'pagemap-waits-first',
    '50f44ee7248a',
    'mm/devm_memremap_pages: Fix final page put race',
    'v5.2',
    ['common-pinning'],
    'a page map waits for the last page reference before it frees the memory map, not after',
    Bit.PageMapWaitsFirst,
  ],
  [
    'attach-skips-dead',
    null,
    'driver core: Avoid binding drivers to dead devices',
    'v5.9',
    ['bind-recheck'],
    'drivers_probe leaves a device that is being unregistered alone, and says ok',
    Bit.AttachSkipsDead,
  ],
  [
    'bind-errno',
    null,
    "driver core: bind reports the probe's own errno",
    'v5.14',
    ['bind-recheck'],
    'bind answers EBUSY, EINVAL … instead of ENODEV',
    Bit.BindErrno,
  ],
  [
    'unpin-free-unmap',
    null,
    'memremap: a page map is torn down without waiting for page pins',
    'v5.18',
    ['common-pinning'],
    'unbinding device_dax no longer waits for pinned pages, and frees the memory map beneath them',
    Bit.UnpinFreeUnmap,
  ],
  [
    'ready-to-probe',
    'a2225b6e834a',
    "driver core: Don't let a device probe until it's ready",
    'v7.1',
    ['bind-errno'],
    'a bind between the add event and the end of device_add() answers EAGAIN',
    Bit.ReadyToProbe,
    ['v6.1.192?', 'v6.12.117?'],
  ],
];
