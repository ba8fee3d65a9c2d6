/**
 * kernel/dax.md section 8 (columns A/B) and kernel/mm.md section 6 for v5.1, as data: which locks a
 * path takes, in order.
 *
 * One entry for each acquisition, in order. ` (r)` behind a name is the papers' "(r)": released
 * before the next acquisition; without it the lock is still held then. The papers write "(r)" only
 * where it matters for the order; the rows here have it wherever v5.1 releases. The last entry of a
 * path never has it. A row of the papers that stops at "→ probe" is joined with that of the probe.
 * Not locks of the order: of->mutex (one for each open file), the active reference of a file that
 * nothing removes (auto_online_blocks), the notifier chain, zone locks.
 */
import { DEVICE_DAX, KMEM, MEMORY, ONE_BLOCK, withKey } from './machines.ts';

export interface LockRow {
  readonly path: string;
  readonly source: string;
  readonly kernel: string;
  readonly machine: string;
  readonly preamble: readonly string[];
  readonly line: string;
  readonly order: readonly string[];
}

const UNBIND = `echo dax0.0 > ${DEVICE_DAX}/unbind`;
const NEW_ID = `echo dax0.0 > ${KMEM}/new_id`;
const KMEM_UNBIND = `echo dax0.0 > ${KMEM}/unbind`;

/** mm.md 6, "kmem probe", policy offline, one block of one section. */
const KMEM_PROBE = [
  'resource_lock (r)',
  'device_hotplug_lock',
  'resource_lock (r)',
  'cpu_hotplug_lock',
  'mem_hotplug_lock',
  'mem_sysfs_mutex',
  'device_lock(memory40)',
];

/** The same with auto-online: the block's locks are taken again, one block after another. */
const KMEM_PROBE_ONLINE = [
  ...KMEM_PROBE.slice(0, 3),
  'cpu_hotplug_lock',
  'mem_hotplug_lock',
  'mem_sysfs_mutex',
  'device_lock(memory40) (r)',
  'device_lock(memory40)',
  'cpu_hotplug_lock',
  'mem_hotplug_lock',
  'resource_lock',
];

/** devm_request_mem_region, region_intersects, then memremap under the hotplug locks. */
const DEVICE_DAX_PROBE = [
  'resource_lock (r)',
  'resource_lock (r)',
  'cpu_hotplug_lock',
  'mem_hotplug_lock',
];

const row = (
  path: string,
  source: string,
  [preamble, line]: readonly [readonly string[], string],
  order: readonly string[],
  machine = ONE_BLOCK,
): LockRow => ({ path, source, kernel: 'v5.1', machine, preamble, line, order });

export const LOCK_ROWS: readonly LockRow[] = [
  row(
    'new_id of kmem, and its probe',
    'dax.md 8 new_id A, mm.md 6 kmem probe',
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
    'new_id of kmem with auto-online',
    'dax.md 8 new_id A, mm.md 6 kmem probe',
    [[UNBIND], NEW_ID],
    [
      's_active(kmem/new_id)',
      'dax_bus_lock (r)',
      'dax_bus_lock (r)',
      'device_lock(dax0.0)',
      ...KMEM_PROBE_ONLINE,
    ],
    withKey(ONE_BLOCK, 'auto_online_blocks: online'),
  ),
  row(
    'new_id of another device',
    'dax.md 8 new_id A',
    [[UNBIND], `echo dax9.9 > ${KMEM}/new_id`],
    ['s_active(kmem/new_id)', 'dax_bus_lock (r)', 'dax_bus_lock'],
  ),
  row(
    'remove_id',
    'dax.md 1.3 steps 3 and 4',
    [[], `echo dax0.0 > ${KMEM}/remove_id`],
    ['s_active(kmem/remove_id)', 'dax_bus_lock'],
  ),
  row(
    'bind of kmem, and its probe',
    'dax.md 8 bind A, mm.md 6 kmem probe',
    [[NEW_ID, UNBIND], `echo dax0.0 > ${KMEM}/bind`],
    ['s_active(kmem/bind)', 'dax_bus_lock (r)', 'device_lock(dax0.0)', ...KMEM_PROBE],
  ),
  row(
    'bind of kmem without an id',
    'dax.md 8 bind A',
    [[UNBIND], `echo dax0.0 > ${KMEM}/bind`],
    ['s_active(kmem/bind)', 'dax_bus_lock'],
  ),
  row(
    'bind of device_dax, which matches without the bus lock',
    'dax.md 8 bind A, 1.2',
    [[UNBIND], `echo dax0.0 > ${DEVICE_DAX}/bind`],
    ['s_active(device_dax/bind)', 'device_lock(dax0.0)', ...DEVICE_DAX_PROBE],
  ),
  row(
    'unbind of kmem, which removes nothing',
    'dax.md 3.1 remove',
    [[UNBIND, NEW_ID], KMEM_UNBIND],
    ['s_active(kmem/unbind)', 'device_lock(dax0.0)'],
  ),
  row(
    'unbind of device_dax',
    'dax.md 8 device_dax remove',
    [[], UNBIND],
    [
      's_active(device_dax/unbind)',
      'device_lock(dax0.0)',
      'cpu_hotplug_lock',
      'mem_hotplug_lock (r)',
      'resource_lock',
    ],
  ),
  row(
    'state store, online',
    'mm.md 6 sysfs state/online store',
    [[UNBIND, NEW_ID], `echo online > ${MEMORY}/memory40/state`],
    [
      's_active(memory40/state)',
      'device_hotplug_lock',
      'device_lock(memory40)',
      'cpu_hotplug_lock',
      'mem_hotplug_lock',
      'resource_lock',
    ],
  ),
  row(
    'state store, offline',
    'mm.md 6 sysfs state/online store',
    [
      [UNBIND, NEW_ID, `echo online > ${MEMORY}/memory40/state`],
      `echo offline > ${MEMORY}/memory40/state`,
    ],
    [
      's_active(memory40/state)',
      'device_hotplug_lock',
      'device_lock(memory40)',
      'cpu_hotplug_lock',
      'mem_hotplug_lock',
    ],
  ),
  row(
    'state store, junk: v5.1 parses under the lock',
    'mm.md 3.5',
    [[UNBIND, NEW_ID], `echo junk > ${MEMORY}/memory40/state`],
    ['s_active(memory40/state)', 'device_hotplug_lock'],
  ),
  row(
    'online store',
    'mm.md 6 sysfs state/online store',
    [[UNBIND, NEW_ID], `echo 1 > ${MEMORY}/memory40/online`],
    [
      's_active(memory40/online)',
      'device_hotplug_lock',
      'device_lock(memory40)',
      'cpu_hotplug_lock',
      'mem_hotplug_lock',
      'resource_lock',
    ],
  ),
  row(
    'auto_online_blocks store takes no lock',
    'mm.md 2.11',
    [[], `echo online > ${MEMORY}/auto_online_blocks`],
    [],
  ),
];

/**
 * Reads lock events into the form of the rows.
 *
 * @param events as lockOrder gives them: `+name` where a lock is taken, `-name` where it is given
 *   back, in order. A ` (read)` behind a name is left out.
 */
export function acquisitions(events: readonly string[]): string[] {
  const moves = events.map((event) => ({
    isTaken: event.startsWith('+'),
    name: event.slice(1).replace(/ \(read\)$/, ''),
  }));
  const taken = moves.flatMap((move, at) => (move.isTaken ? [{ name: move.name, at }] : []));
  return taken.map(({ name, at }, index) => {
    const next = taken[index + 1]?.at ?? at;
    const between = moves.slice(at + 1, next);
    const isReleased = between.some((move) => !move.isTaken && move.name === name);
    return isReleased ? `${name} (r)` : name;
  });
}
