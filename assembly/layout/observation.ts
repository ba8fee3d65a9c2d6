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
}

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
  // What lies beneath drivers/dax.
  HmemResource,
  HmemPlatform,
  Workqueue,
  DeviceProbe,
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
  // What lies beneath drivers/dax: the object is a publication, or a region.
  HmemClaimFailed,
  HmemAlreadyClaimed,
  CxlCannotInsert,
  RegionProbeFailed,
  NullRegion,
}
