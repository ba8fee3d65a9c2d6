/**
 * Faults that a model may allow, by the names that users write, and the errnos each may give.
 */
import { Errno, FaultPoint } from '../../assembly/layout.js';

export interface FaultKind {
  readonly name: string;
  readonly point: FaultPoint;
  /** Errnos that make sense here; empty for faults without one. */
  readonly errnos: readonly string[];
  readonly meaning: string;
}

export const FAULTS: readonly FaultKind[] = [
  {
    name: 'add_memory',
    point: FaultPoint.AddMemory,
    errnos: ['ENOMEM', 'EEXIST'],
    meaning: 'add_memory fails before it has done anything',
  },
  {
    name: 'request_mem_region',
    point: FaultPoint.RequestRegion,
    errnos: ['EBUSY', 'ENOMEM'],
    meaning: "kmem's reservation fails",
  },
  {
    name: 'MEM_GOING_ONLINE',
    point: FaultPoint.GoingOnline,
    errnos: ['ENOMEM', 'EPERM', 'EBUSY'],
    meaning: 'a notifier refuses that a block goes online',
  },
  {
    name: 'MEM_PREPARE_ONLINE',
    point: FaultPoint.PrepareOnline,
    errnos: ['ENOMEM', 'EPERM', 'EBUSY'],
    meaning: 'a notifier refuses that a block is prepared to go online (v6.8 to v6.18)',
  },
  {
    name: 'MEM_GOING_OFFLINE',
    point: FaultPoint.GoingOffline,
    errnos: ['EBUSY', 'EPERM', 'ENOMEM'],
    meaning: 'a notifier refuses that a block goes offline',
  },
  {
    name: 'arch_add_memory',
    point: FaultPoint.ArchAddMemory,
    errnos: ['ENOMEM'],
    meaning: 'sections fail to be added, after some of them have been',
  },
  {
    name: 'create_memory_block',
    point: FaultPoint.CreateMemoryBlock,
    errnos: ['ENOMEM'],
    meaning: 'a memory block device fails to be made, after some of a range have been (from v5.3)',
  },
  {
    name: 'memremap',
    point: FaultPoint.Memremap,
    errnos: ['ENOMEM'],
    meaning: "device_dax's memory map fails",
  },
  {
    name: 'signal',
    point: FaultPoint.Signal,
    errnos: [],
    meaning: 'a signal reaches a thread in an interruptible wait or loop',
  },
  {
    name: 'poison',
    point: FaultPoint.Poison,
    errnos: [],
    meaning: 'an error notification names a device: its medium has an uncleared error',
  },
  {
    name: 'create_dev_dax',
    point: FaultPoint.CreateDevDax,
    errnos: ['ENOMEM'],
    meaning: 'a dax device fails to be made after it has its name (v5.10 and later)',
  },
  {
    name: 'device_add',
    point: FaultPoint.DeviceAdd,
    errnos: ['ENOMEM'],
    meaning: 'a device of nvdimm fails to be registered by the work that registers it',
  },
  {
    name: 'late_release',
    point: FaultPoint.LateRelease,
    errnos: [],
    meaning:
      'a mapping is freed some time after its last reference has gone, as with ' +
      'CONFIG_DEBUG_KOBJECT_RELEASE',
  },
];

/** Number of an errno by its name; null when it has none here. */
export function errnoOf(name: string): number | null {
  const value = (Errno as unknown as Record<string, number | string>)[name];
  return typeof value === 'number' ? value : null;
}

/** Name of an errno; 'ok' for 0. */
export function errnoName(value: number): string {
  return value === 0 ? 'ok' : (Errno[value] ?? `errno ${value}`);
}
