/**
 * Transcripts of the same kernels: devices that are no whole blocks, and an NVDIMM.
 */
import type { Transcript } from './transcript.ts';
import {
  ALL_IDS,
  both,
  LAYOUT,
  SMALL,
  softReserved,
  TOO_SMALL,
  thenFailed,
} from './transcriptMachines.ts';

const T9: Transcript = {
  name: 'a device without a whole block is refused by kmem, and not by device_dax',
  machine: softReserved(LAYOUT, ALL_IDS),
  seen: [
    {
      line: 'kmem/bind dax0.2',
      result: 'EINVAL',
      says: thenFailed(TOO_SMALL, 'kmem', 'dax0.2', 22),
    },
    {
      line: 'device_dax/bind dax0.2',
      result: 'ok',
      iomem: SMALL,
      drivers: 'dax0.2 device_dax',
    },
  ],
};

const UNALIGNED: Transcript = {
  name: 'a device across blocks gives the whole ones, and the tree has its aligned range only',
  machine: softReserved(
    [
      'dax0.0: { region: hmem.0, range: 100000000-10fffffff }',
      'dax0.3: { region: hmem.0, range: 134000000-13bffffff }',
      'dax0.4: { region: hmem.0, range: 13c000000-147ffffff }',
    ],
    '{ kmem: [dax0.3, dax0.4] }',
  ),
  seen: [
    {
      line: 'kmem/bind dax0.3',
      result: 'EINVAL',
      says: thenFailed(
        [
          'kmem dax0.3: mapping0: 0x134000000-0x13bffffff too small after alignment',
          'kmem dax0.3: rejecting DAX region without any memory after alignment',
        ],
        'kmem',
        'dax0.3',
        22,
      ),
    },
    {
      line: 'kmem/bind dax0.4',
      result: 'ok',
      iomem: '140000000-147ffffff dax0.4+',
      blocks: '40 offline',
      drivers: 'dax0.4 kmem',
    },
  ],
};

const UNALIGNED_REGION: Transcript = {
  name: 'a region across blocks gives the whole ones',
  machine: softReserved(
    ['dax0.0: { region: hmem.0, range: 164000000-17fffffff }'],
    '{ kmem: [dax0.0] }',
    '164000000-17fffffff',
  ),
  seen: [
    {
      line: 'kmem/bind dax0.0',
      result: 'ok',
      iomem: '168000000-17fffffff dax0.0+',
      blocks: '45-47 offline',
      drivers: 'dax0.0 kmem',
    },
  ],
};

const NVDIMM_LEFT = '108000000-13fffffff dax0.0+';
const NVDIMM: Transcript = {
  name: 'an NVDIMM loses its first block to the namespace, and is lost when a block is online',
  machine: () =>
    [
      'block_size: 128M',
      'iomem: |',
      '  00100000-7fffffff : System RAM',
      '  100000000-13fffffff : Persistent Memory',
      'dax:',
      '  dax0.0:',
      '    range: 100200000-13fffffff',
      '    target_node: 0',
      '    namespace: { name: namespace0.0, metadata: 2M }',
      '    driver: device_dax',
    ].join('\n'),
  seen: [
    {
      line: 'kmem/new_id dax0.0',
      result: 'ok',
      iomem: '100000000-1001fffff namespace0.0, 100200000-13fffffff dax0.0',
      drivers: 'dax0.0 device_dax',
    },
    { line: 'kmem/bind dax0.0', result: 'EBUSY' },
    {
      line: 'device_dax/unbind dax0.0',
      result: 'ok',
      iomem: '100000000-1001fffff namespace0.0',
      drivers: '',
    },
    { line: 'device_dax/unbind dax0.0', result: 'ENODEV' },
    {
      line: 'kmem/bind dax0.0',
      result: 'ok',
      iomem: `100000000-1001fffff namespace0.0, ${NVDIMM_LEFT}`,
      blocks: '33-39 offline',
      drivers: 'dax0.0 kmem',
    },
    {
      line: 'memory34/state online_movable',
      result: 'ok',
      blocks: '33 offline, 34 online Movable, 35-39 offline',
    },
    {
      line: 'kmem/unbind dax0.0',
      result: 'ok',
      says: both([
        'removing memory fails, because memory [0x0000000110000000-0x0000000117ffffff] is onlined',
        'kmem dax0.0: mapping0: 0x108000000-0x13fffffff cannot be hotremoved until the next reboot',
      ]),
      drivers: '',
    },
    {
      line: 'device_dax/bind dax0.0',
      result: 'EBUSY',
      says: thenFailed(
        ['device_dax dax0.0: mapping0: 0x100200000-0x13fffffff could not reserve range'],
        'device_dax',
        'dax0.0',
        16,
      ),
    },
    { line: 'memory34/state offline', result: 'ok', blocks: '33-39 offline' },
    {
      line: 'kmem/bind dax0.0',
      result: 'EBUSY',
      says: thenFailed(
        ['kmem dax0.0: mapping0: 0x108000000-0x13fffffff could not reserve region'],
        'kmem',
        'dax0.0',
        16,
      ),
    },
    {
      line: 'device_dax/bind dax0.0',
      result: 'EBUSY',
      says: thenFailed(
        ['device_dax dax0.0: mapping0: 0x100200000-0x13fffffff could not reserve range'],
        'device_dax',
        'dax0.0',
        16,
      ),
    },
  ],
};

export const SHAPES: readonly Transcript[] = [T9, UNALIGNED, UNALIGNED_REGION, NVDIMM];
