/**
 * kernel/dax.md section 8, column C (v5.10 to v6.8): which locks a path of a dynamic region takes,
 * in order, where device_lock(region) and device_lock(dev) guard its books. The form is that of
 * lockOrders.ts. Typed from the paper and from drivers/dax/bus.c v5.10.89, v6.1.192 and v6.8.1: the
 * semaphores of column D are in v6.9 and later, not in v6.8.
 */
import type { LockRow } from './lockOrders.ts';
import { DYNAMIC_REGION, REGION } from './lockOrdersModern.ts';
import { DEVICE_DAX, DEVICES, KMEM } from './machines.ts';

const UNBIND = `echo dax0.0 > ${DEVICE_DAX}/unbind`;
const NEW_ID = `echo dax0.0 > ${KMEM}/new_id`;
const CREATE = `echo 1 > ${REGION}/create`;

const row = (
  path: string,
  source: string,
  [preamble, line]: readonly [readonly string[], string],
  order: readonly string[],
  kernel = 'v5.10',
): LockRow => ({ path, source, kernel, machine: DYNAMIC_REGION, preamble, line, order });

const bothDeviceLocks = (attribute: string): readonly string[] => [
  `s_active(dax0.0/${attribute})`,
  'device_lock(hmem.0)',
  'device_lock(dax0.0)',
];

const regionLock = (attribute: string): readonly string[] => [
  `s_active(hmem.0/dax_region/${attribute})`,
  'device_lock(hmem.0)',
];

const KMEM_PROBE = [
  'resource_lock (r)',
  'device_hotplug_lock',
  'resource_lock (r)',
  'cpu_hotplug_lock',
  'mem_hotplug_lock',
  'device_lock(memory32)',
];

const ofAttributes = (kernel: string): readonly LockRow[] => [
  row(
    'size store, growing',
    '8 size C',
    [[UNBIND], `echo 0x10000000 > ${DEVICES}/dax0.0/size`],
    bothDeviceLocks('size'),
    kernel,
  ),
  row(
    'size store, to nothing',
    '8 size C',
    [[UNBIND], `echo 0 > ${DEVICES}/dax0.0/size`],
    bothDeviceLocks('size'),
    kernel,
  ),
  row(
    'size store, misaligned: tested before any lock',
    '4 size step 1',
    [[UNBIND], `echo 1 > ${DEVICES}/dax0.0/size`],
    [],
    kernel,
  ),
  row(
    'size show',
    'source: size_show() takes device_lock(dev) alone',
    [[], `cat ${DEVICES}/dax0.0/size`],
    ['s_active(dax0.0/size)', 'device_lock(dax0.0)'],
    kernel,
  ),
  row(
    'mapping store',
    '8 mapping C',
    [[UNBIND], `echo 110000000-117ffffff > ${DEVICES}/dax0.0/mapping`],
    bothDeviceLocks('mapping'),
    kernel,
  ),
  row(
    'align store',
    '8 align C',
    [[UNBIND], `echo 2097152 > ${DEVICES}/dax0.0/align`],
    bothDeviceLocks('align'),
    kernel,
  ),
  row(
    'mappingN show',
    '8 mappingN show C',
    [[], `cat ${DEVICES}/dax0.0/mapping0/start`],
    ['s_active(dax0.0/mapping0/start)', 'device_lock(hmem.0)'],
    kernel,
  ),
  row(
    'available_size show',
    '8 DL6: waits for device_lock(region)',
    [[], `cat ${REGION}/available_size`],
    regionLock('available_size'),
    kernel,
  ),
  row('seed show', '8 DL6', [[], `cat ${REGION}/seed`], regionLock('seed'), kernel),
  row(
    'delete of a device with size',
    '8 delete C',
    [[UNBIND], `echo dax0.0 > ${REGION}/delete`],
    [...regionLock('delete'), 'device_lock(dax0.0)'],
    kernel,
  ),
  row(
    'delete',
    '8 delete C; the last put takes device_lock(victim) once more: free_dev_dax_id()',
    [[CREATE], `echo dax0.1 > ${REGION}/delete`],
    [
      ...regionLock('delete'),
      'device_lock(dax0.1) (r)',
      'device_lock(dax0.1) (r)',
      'device_lock(dax0.1) (r)',
      'device_lock(dax0.1)',
    ],
    kernel,
  ),
];

export const DYNAMIC_LOCK_ROWS: readonly LockRow[] = [
  ...ofAttributes('v5.10'),
  ...ofAttributes('v6.1'),
  ...ofAttributes('v6.8'),
  row(
    'new_id of kmem, and its probe',
    '8 new_id C',
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
    '8 bind C',
    [[NEW_ID, UNBIND], `echo dax0.0 > ${KMEM}/bind`],
    ['s_active(kmem/bind)', 'dax_bus_lock (r)', 'device_lock(dax0.0)', ...KMEM_PROBE],
  ),
  row(
    'create: device_dax takes any device, kmem looks at its ids',
    '8 create C',
    [[], CREATE],
    [...regionLock('create'), 'device_lock(dax0.1)', 'dax_bus_lock'],
  ),
  row(
    'region driver unbind, the device on kmem, its ranges freed before',
    '8 region driver unbind C; 3.3 defects',
    [[UNBIND, NEW_ID], 'echo hmem.0 > /sys/bus/platform/drivers/hmem/unbind'],
    [
      'device_lock(hmem.0)',
      'device_lock(dax0.0) (r)',
      'device_lock(dax0.0) (r)',
      'device_lock(dax0.0)',
    ],
  ),
];
