/**
 * kernel/dax.md section 8, column D, for v7.3: the state file of kmem, the two passes of its probe,
 * and the drain of the file at unbind. Typed from drivers/dax/kmem.c, v7.3, and drivers/base/dd.c,
 * v6.19.
 */
import { laterPreamble } from './errnoTableLater.ts';
import type { LockRow } from './lockOrders.ts';
import { DYNAMIC_REGION } from './lockOrdersModern.ts';
import { DEVICES, KMEM, withKey } from './machines.ts';

const STATE = `${DEVICES}/dax0.0/state`;
const DATA = 'data->lock of kmem (dax0.0)';

const row = (
  path: string,
  kernel: string,
  preamble: readonly string[],
  line: string,
  order: readonly string[],
): LockRow => ({
  path,
  source: '8, column D',
  kernel,
  machine: withKey(DYNAMIC_REGION, 'memmap_on_memory: true'),
  preamble,
  line,
  order,
});

const REMOVE = ['cpu_hotplug_lock', 'mem_hotplug_lock', 's_active(memory32/*) (r)'];
const ADD = [
  'device_hotplug_lock',
  'resource_lock (r)',
  'cpu_hotplug_lock',
  'mem_hotplug_lock',
  // drivers/base/core.c device_add() offers a new block to drivers.
  'device_lock(memory32) (r)',
];

export const LATER_LOCK_ROWS: readonly LockRow[] = [
  row(
    'state, unplugged, all blocks offline',
    'v7.3',
    laterPreamble('K'),
    `echo unplugged > ${STATE}`,
    [
      's_active(dax0.0/state)',
      DATA,
      'device_hotplug_lock',
      ...REMOVE,
      'resource_lock (r)',
      'resource_lock',
    ],
  ),
  row('state, unplugged, a block online', 'v7.3', laterPreamble('M'), `echo unplugged > ${STATE}`, [
    's_active(dax0.0/state)',
    DATA,
    'device_hotplug_lock',
    'device_lock(memory32)',
    'cpu_hotplug_lock',
    'mem_hotplug_lock',
    'resource_lock (r)',
    ...REMOVE,
    'resource_lock (r)',
    'resource_lock',
  ]),
  row('state, online from unplugged', 'v7.3', laterPreamble('P'), `echo online > ${STATE}`, [
    's_active(dax0.0/state)',
    DATA,
    'resource_lock (r)',
    ...ADD,
    'device_lock(memory32)',
    'cpu_hotplug_lock',
    'mem_hotplug_lock',
  ]),
  row(
    'state, the one that is noted',
    'v7.3',
    laterPreamble('M'),
    `echo online_movable > ${STATE}`,
    ['s_active(dax0.0/state)', DATA],
  ),
  row('state, another online type', 'v7.3', laterPreamble('M'), `echo online > ${STATE}`, [
    's_active(dax0.0/state)',
    DATA,
  ]),
  row(
    'state, a bad string: read before any lock',
    'v7.3',
    laterPreamble('M'),
    `echo x > ${STATE}`,
    [],
  ),
  row('state show takes no lock', 'v7.3', laterPreamble('M'), `cat ${STATE}`, []),
  row('unbind of kmem', 'v7.3', laterPreamble('K'), `echo dax0.0 > ${KMEM}/unbind`, [
    's_active(kmem/unbind)',
    'device_lock(dax0.0)',
    'device_hotplug_lock',
    ...REMOVE,
    'resource_lock (r)',
    'resource_lock',
  ]),
  row('memmap_on_memory store', 'v6.12', [], `echo 1 > ${DEVICES}/dax0.0/memmap_on_memory`, [
    's_active(dax0.0/memmap_on_memory)',
    'dax_dev_rwsem',
  ]),
  row(
    'memmap_on_memory show takes no lock',
    'v6.12',
    [],
    `cat ${DEVICES}/dax0.0/memmap_on_memory`,
    [],
  ),
];
