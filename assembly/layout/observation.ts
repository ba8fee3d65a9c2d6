// What a step tells while it is recorded.

export const OBSERVATION_BYTES = 16;
export const OBSERVATION_MAX = 4096;
/** In the worker's scratch memory: count (u32) at 0, records from 16. */
export const OBSERVATION_RECORDS_OFFSET = 16;

export enum Observation {
  Function,
  Lock,
  Unlock,
  Wait,
  Message,
  Uevent,
  Fault,
  Return,
  Command,
  Tell,
}

/** What ends a wait other than what is waited for; least power last. */
export enum WaitKind {
  /** Nothing, not even kill -9. */
  Uninterruptible,
  /** The thread waits at user level: it may be killed, or gives up by itself. */
  UserLevel,
  /** A fatal signal. */
  Killable,
  /** Any signal: the system call holds nothing and begins again and again. */
  Restarts,
}

/** In a wait's record: its WaitKind, above the set of holders. */
export const WAIT_KIND_SHIFT = 16;

export enum Lock {
  DriverFiles,
  DeviceFiles,
  MappingFiles,
  RegionFiles,
  BlockFiles,
  DaxBus,
  DeviceLock,
  RegionLock,
  BlockLock,
  DeviceHotplug,
  CpuHotplug,
  MemHotplug,
  MemSysfs,
  ResourceLock,
  DaxRegionRwsem,
  DaxDevRwsem,
  Pages,
  /** data->lock of kmem, one for each device. */
  KmemData,
  // What lies beneath drivers/dax.
  HmemResource,
  HmemPlatform,
  Workqueue,
  DeviceProbe,
  NamespaceLock,
}

export enum LockMode {
  Write,
  Read,
  Active,
}

export enum Message {
  CouldNotReserveRegion,
  CouldNotReserveRange,
  CannotBeHotremoved,
  RemoveFailedOnlined,
  RejectedNode,
  RejectedEmpty,
  TooSmall,
  AddMemoryFailed,
  NonexistentResource,
  NullDereference,
  ProbeFailed,
  // drivers/dax, v6.8 and later.
  HotremoveFailed,
  StuckOnline,
  NullOperations,
  // What lies beneath drivers/dax: the object is a publication, or a region.
  HmemClaimFailed,
  HmemAlreadyClaimed,
  CxlCannotInsert,
  RegionProbeFailed,
  NullRegion,
  CxlPortNotEnabled,
}
