/**
 * Features of what lies beneath drivers/dax: hmem, the HMAT, CXL; oldest first.
 */
import { Feature as Bit } from '../../../assembly/layout.js';
import type { Row } from './row.js';

export const BENEATH_FEATURES: readonly Row[] = [
  [
    'hmem-region',
    null,
    'device-dax: add a driver for "hmem" devices',
    'v5.5',
    [],
    'ranges that the firmware reserves for special purposes become hmem platform devices',
    Bit.HmemRegion,
  ],
  [
    'hmem-keeps-descriptor',
    null,
    'devdax: Fix soft-reservation memory description',
    'v6.0',
    ['hmem-region'],
    "the node of an hmem device is still found as 'Soft Reserved'",
    Bit.HmemKeepsDescriptor,
  ],
  [
    'hmem-active-tree',
    '472faf72b33d',
    "device-dax: Fix duplicate 'hmem' device registration",
    'v6.1',
    ['hmem-region'],
    'a range that overlaps one that hmem has already is refused',
    Bit.HmemActiveTree,
  ],
  [
    'hmem-platform',
    null,
    'dax/hmem: Move hmem device registration to dax_hmem.ko',
    'v6.3',
    ['hmem-active-tree'],
    'the module dax_hmem makes the platform devices, and not the initcalls',
    Bit.HmemPlatform,
  ],
  [
    'cxl-dax-region',
    '09d09e04d2fc',
    'cxl/dax: Create dax devices for CXL RAM regions',
    'v6.3',
    ['hmem-platform', 'match-by-type'],
    'CXL regions of RAM become dax devices; hmem leaves ranges in CXL windows to them',
    Bit.CxlDaxRegion,
  ],
  [
    'soft-reserve-tree',
    'bc62f5b308cb',
    'x86/e820, dax/hmem: Defer publication of Soft Reserved ranges',
    'v7.0',
    ['cxl-dax-region'],
    "'Soft Reserved' entries are in a tree of their own and not in /proc/iomem",
    Bit.SoftReserveTree,
  ],
  [
    'hmem-awaits-cxl',
    '39aa1d4be12b',
    'dax/hmem, cxl: Defer and resolve Soft Reserved ownership',
    'v7.1',
    ['soft-reserve-tree'],
    'hmem waits until CXL has probed, and takes what no region covers; dax_cxl comes after it',
    Bit.HmemAwaitsCxl,
  ],
  [
    'dax-region-tree',
    '34f80bb969cc',
    'dax: Track all dax_region allocations under a global resource tree',
    'v7.1',
    ['cxl-dax-region'],
    'a dax region that overlaps another one is refused',
    Bit.DaxRegionTree,
  ],
];
