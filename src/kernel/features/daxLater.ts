/**
 * Features of drivers/dax that came with v6.8 and later, oldest first.
 */
import { Feature as Bit } from '../../../assembly/layout.js';
import type { Row } from './row.js';

export const DAX_LATER_FEATURES: readonly Row[] = [
  [
    'memmap-on-memory',
    null,
    'dax/kmem: allow kmem to add memory with memmap_on_memory',
    'v6.8',
    ['remove-resource'],
    'a device marked for it keeps the memory map of its blocks in its own memory',
    Bit.MemmapOnMemory,
  ],
  [
    'memmap-on-memory-attr',
    null,
    'dax: add a sysfs knob to control memmap_on_memory behavior',
    'v6.9',
    ['memmap-on-memory', 'dax-rwsems'],
    'daxX.Y/memmap_on_memory',
    Bit.MemmapOnMemoryAttr,
  ],
  [
    'kmem-truncation-warned',
    null,
    'DAX: warn when kmem regions are truncated for memory block alignment.',
    'v6.16',
    ['kmem-rejects-empty'],
    null,
    null,
  ],
  [
    'fsdev-dax',
    'd5406bd458b0',
    'dax: add fsdev.c driver for fs-dax on character dax',
    'v7.1',
    ['match-by-type', 'region-subdivision'],
    'a third driver, fsdev_dax, that gets devices by their names alone',
    Bit.FsdevDax,
  ],
  [
    'fsdev-pgmap-late',
    'caf906009d12',
    "dax/fsdev: don't leave a dangling dev_dax->pgmap on probe failure",
    'v7.3',
    ['fsdev-dax'],
    'a failed probe of fsdev_dax does not make every later probe fail',
    Bit.FsdevPgmapLate,
  ],
  [
    'fsdev-clears-ops',
    'f48884ac31b6',
    'dax/fsdev: clear pgmap ops and owner on unbind',
    'v7.3',
    ['fsdev-dax'],
    "nothing of fsdev_dax stays in a static device's page map",
    Bit.FsdevClearsOps,
  ],
  [
    'kmem-policy-at-probe',
    '496a4cd6585c',
    'dax/kmem: resolve default online type at probe time',
    'v7.3',
    ['typed-auto-online', 'multi-range'],
    'all ranges come up as the policy was when the probe began',
    Bit.KmemPolicyAtProbe,
  ],
  [
    'kmem-two-pass',
    'bb76d369b690',
    'dax/kmem: extract hotplug/hotremove helper functions',
    'v7.3',
    ['kmem-policy-at-probe', 'kmem-rejects-empty', 'remove-resource'],
    'every range is reserved before the first is added',
    Bit.KmemTwoPass,
  ],
  [
    'kmem-state',
    '2a6f2aef1126',
    'dax/kmem: add sysfs interface for atomic whole-device hotplug',
    'v7.3',
    ['kmem-two-pass'],
    'daxX.Y/state: all memory of a device goes and comes back at once',
    Bit.KmemState,
  ],
];
