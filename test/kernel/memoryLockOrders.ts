/**
 * kernel/mm.md section 6: the locks of removing memory in each generation, typed from
 * try_remove_memory() of v5.3.1, v5.8.1, v5.10.89, v5.15.135, v6.1.192, v6.8.1, v6.12.117 and
 * v6.19, and of what kmem's remove does around it. The form is that of lockOrders.ts.
 */
import type { LockRow } from './lockOrders.ts';
import { DEVICE_DAX, KMEM, ONE_BLOCK } from './machines.ts';

const PREAMBLE = [`echo dax0.0 > ${DEVICE_DAX}/unbind`, `echo dax0.0 > ${KMEM}/new_id`];

/** Up to v5.5, and from v6.8 on: the block's files are drained under mem_hotplug_lock. */
const INSIDE = ['cpu_hotplug_lock', 'mem_hotplug_lock', 's_active(memory40/*) (r)'];
/** Up to v5.4 a mutex of its own is around the removal of block devices. */
const WITH_MUTEX = [
  'cpu_hotplug_lock',
  'mem_hotplug_lock',
  'mem_sysfs_mutex',
  's_active(memory40/*) (r)',
];
/** From v5.6 to v6.7: before it is taken. */
const OUTSIDE = ['s_active(memory40/*) (r)', 'cpu_hotplug_lock', 'mem_hotplug_lock'];

const unbind = (kernel: string, remove: readonly string[]): LockRow => ({
  path: 'kmem unbind',
  source: 'mm.md 6',
  kernel,
  machine: ONE_BLOCK,
  preamble: PREAMBLE,
  line: `echo dax0.0 > ${KMEM}/unbind`,
  order: [
    's_active(kmem/unbind)',
    'device_lock(dax0.0)',
    'device_hotplug_lock',
    ...remove,
    'resource_lock (r)',
    'resource_lock',
  ],
});

export const MEMORY_LOCK_ROWS: readonly LockRow[] = [
  unbind('v5.3', WITH_MUTEX),
  unbind('v5.4', WITH_MUTEX),
  unbind('v5.5', INSIDE),
  unbind('v5.6', OUTSIDE),
  unbind('v5.8', OUTSIDE),
  unbind('v5.10', OUTSIDE),
  unbind('v5.15', OUTSIDE),
  unbind('v6.1', OUTSIDE),
  unbind('v6.7', OUTSIDE),
  unbind('v6.8', INSIDE),
  unbind('v6.12', INSIDE),
  unbind('v6.19', INSIDE),
];
