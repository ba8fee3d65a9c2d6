/**
 * kernel/dax.md section 8, column D (v6.8 and later), and kernel/mm.md section 6, for v6.12: which
 * locks a path takes, in order. The form is that of lockOrders.ts.
 *
 * A drain of active references stands in a row where the papers name it in the order, as
 * `s_active(object/*)`. A path that returns before its first lock has an empty row: nothing can
 * wait for it.
 */
import type { LockRow } from './lockOrders.ts';
import { DEVICE_DAX, DEVICES, KMEM } from './machines.ts';

/** A dynamic region of four blocks; dax0.0 has the first one, memory32. */
export const DYNAMIC_REGION = `
block_size: 128M
iomem: |
  00000000-3fffffff : System RAM
  100000000-11fffffff : Soft Reserved
regions:
  hmem.0: { range: 100000000-11fffffff, kind: dynamic, target_node: 1 }
dax:
  dax0.0: { region: hmem.0, range: 100000000-107ffffff, driver: device_dax }
`;

export const REGION = '/sys/devices/platform/hmem.0/dax_region';

const UNBIND = `echo dax0.0 > ${DEVICE_DAX}/unbind`;
const NEW_ID = `echo dax0.0 > ${KMEM}/new_id`;

const row = (
  path: string,
  source: string,
  [preamble, line]: readonly [readonly string[], string],
  order: readonly string[],
): LockRow => ({
  path,
  source,
  kernel: 'v6.12',
  machine: DYNAMIC_REGION,
  preamble,
  line,
  order,
});

const KMEM_PROBE = [
  'dax_dev_rwsem (r)',
  'resource_lock (r)',
  'device_hotplug_lock',
  'resource_lock (r)',
  'cpu_hotplug_lock',
  'mem_hotplug_lock',
  'device_lock(memory32)',
];

const bothSemaphores = (attribute: string): readonly string[] => [
  `s_active(dax0.0/${attribute})`,
  'dax_region_rwsem',
  'dax_dev_rwsem',
];

export const MODERN_LOCK_ROWS: readonly LockRow[] = [
  row(
    'new_id of kmem, and its probe',
    '8 new_id D',
    [[UNBIND], NEW_ID],
    [
      's_active(kmem/new_id)',
      'dax_bus_lock (r)',
      'dax_bus_lock (r)',
      'device_lock(dax0.0)',
      ...KMEM_PROBE,
    ],
  ),
  row(
    'bind of kmem, and its probe',
    '8 bind D',
    [[NEW_ID, UNBIND], `echo dax0.0 > ${KMEM}/bind`],
    ['s_active(kmem/bind)', 'dax_bus_lock (r)', 'device_lock(dax0.0)', ...KMEM_PROBE],
  ),
  row(
    'unbind of kmem',
    '8 kmem remove, mm.md 6 kmem unbind 6.8+',
    [[UNBIND, NEW_ID], `echo dax0.0 > ${KMEM}/unbind`],
    [
      's_active(kmem/unbind)',
      'device_lock(dax0.0)',
      'device_hotplug_lock',
      'cpu_hotplug_lock',
      'mem_hotplug_lock',
      's_active(memory32/*) (r)',
      'resource_lock (r)',
      'resource_lock',
    ],
  ),
  row(
    'size store, growing',
    '8 size D',
    [[UNBIND], `echo 0x10000000 > ${DEVICES}/dax0.0/size`],
    bothSemaphores('size'),
  ),
  row(
    'size store, to nothing',
    '8 size D',
    [[UNBIND], `echo 0 > ${DEVICES}/dax0.0/size`],
    bothSemaphores('size'),
  ),
  row(
    'size store, bound',
    '8 size D',
    [[], `echo 0 > ${DEVICES}/dax0.0/size`],
    bothSemaphores('size'),
  ),
  row(
    'size store, misaligned: tested before any lock',
    '4 size step 1',
    [[UNBIND], `echo 1 > ${DEVICES}/dax0.0/size`],
    [],
  ),
  row(
    'mapping store',
    '8 mapping D',
    [[UNBIND], `echo 110000000-117ffffff > ${DEVICES}/dax0.0/mapping`],
    bothSemaphores('mapping'),
  ),
  row(
    'align store',
    '8 align D',
    [[UNBIND], `echo 2097152 > ${DEVICES}/dax0.0/align`],
    bothSemaphores('align'),
  ),
  row(
    'mappingN show takes the semaphore for writing',
    '8 mappingN show D',
    [[], `cat ${DEVICES}/dax0.0/mapping0/start`],
    ['s_active(dax0.0/mapping0/start)', 'dax_region_rwsem'],
  ),
  row(
    'available_size show',
    '8 DL6: moved to dax_region_rwsem',
    [[], `cat ${REGION}/available_size`],
    ['s_active(hmem.0/dax_region/available_size)', 'dax_region_rwsem'],
  ),
  row(
    'create',
    '8 create D',
    [[], `echo 1 > ${REGION}/create`],
    [
      's_active(hmem.0/dax_region/create)',
      'dax_region_rwsem',
      'device_lock(dax0.1)',
      'dax_bus_lock (r)',
      'dax_dev_rwsem (r)',
      'dax_bus_lock',
    ],
  ),
  row(
    'delete',
    '8 delete D',
    [[`echo 1 > ${REGION}/create`], `echo dax0.1 > ${REGION}/delete`],
    [
      's_active(hmem.0/dax_region/delete)',
      'device_lock(hmem.0)',
      'device_lock(dax0.1)',
      'dax_dev_rwsem (r)',
      'dax_region_rwsem',
      'device_lock(dax0.1) (r)',
      'device_lock(dax0.1) (r)',
      'dax_dev_rwsem',
    ],
  ),
  row(
    'delete of a device with size',
    '8 delete D',
    [[UNBIND], `echo dax0.0 > ${REGION}/delete`],
    [
      's_active(hmem.0/dax_region/delete)',
      'device_lock(hmem.0)',
      'device_lock(dax0.0)',
      'dax_dev_rwsem',
    ],
  ),
  row(
    'region driver unbind, the device on kmem',
    '8 region driver unbind D',
    [[UNBIND, NEW_ID], 'echo hmem.0 > /sys/bus/platform/drivers/hmem/unbind'],
    [
      'device_lock(hmem.0)',
      'dax_region_rwsem',
      'device_lock(dax0.0) (r)',
      'device_lock(dax0.0)',
      'device_hotplug_lock',
      'cpu_hotplug_lock',
      'mem_hotplug_lock',
      's_active(memory32/*) (r)',
      'resource_lock (r)',
      'resource_lock (r)',
      // The last reference goes inside dax_region_rwsem: dev_dax_release().
      'dax_dev_rwsem',
    ],
  ),
];
