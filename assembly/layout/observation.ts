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
  // Devices of nvdimm that come and go by works of their own.
  ClaimFiles,
  NdRegionLock,
  NdAsync,
}

export enum LockMode {
  Write,
  Read,
  Active,
  /** Exclusive, and only tried: who fails does not wait. */
  Tried,
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
  PageMapLeft,
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
  // Devices of nvdimm that come and go by works of their own.
  NdDeletedTwice,
  NdParentFreed,
}

// ---- Choices --------------------------------------------------------------------------

/** In the worker's scratch memory, behind the record of a step: two bytes a choice. */
export const CHOICES_AT = 98304;
/** Room for choices of one step: a few at each memory block that a step brings online. */
export const CHOICES_MAX = 2048;

// ---- Looking ahead --------------------------------------------------------------------

/** In the worker's scratch memory, behind the choices: room of the search among other threads. */
export const AHEAD_AT = 131072;
export const AHEAD_BYTES = 786432;
/** Behind that: a state of at most STATE_BYTES_MAX. */
export const BEFORE_AT = 917504;
/** Behind that: how many steps a transition took, u32, and the state after each. */
export const WAY_AT = 933888;
export const WAY_STATES_OFFSET = 8;
export const WAY_BYTES = 114688;

// ---- The order of locks ---------------------------------------------------------------

/** Room for classes of locks; a class is a number of the enum Lock. */
export const LOCK_CLASSES = 32;
/** In the worker's scratch memory, behind the record of a step. */
export const LOCK_ORDER_AT = 131072;
/** u32: locks given back that nobody was seen to hold, a set of classes. */
export const LOCK_ORDER_STRAY = 0;
/** Edges, by the class held and the class taken. */
export const LOCK_ORDER_EDGES = 8;
export const EDGE_BYTES = 40;
/** u32: how it was taken; 0: never. */
export const EDGE_FLAGS_OFFSET = 0;
/** u32: classes held exclusively whenever it was taken by waiting, the class held apart. */
export const EDGE_COMMON_OFFSET = 4;
/** u32: of the fields below, 1 when they are filled. */
export const EDGE_EXAMPLE_OFFSET = 8;
/** u16 pc, u16 instruction, 8 bytes of stack, and its depth: of the thread that took it. */
export const EDGE_THREAD_OFFSET = 16;
/** Taken in a way that may wait; only tried; a thread of a deadlock waits so. */
export const EDGE_WAITED = 1;
export const EDGE_TRIED = 2;
export const EDGE_DEADLOCK = 4;
/** What is held and what is taken exclude each other only through a writer: both are read. */
export const EDGE_WRITE_WRITE = 8;
export const EDGE_WRITE_READ = 16;
export const EDGE_READ_WRITE = 32;
export const EDGE_READ_READ = 64;

// ---- Steps by who took them -----------------------------------------------------------

/** In the worker's scratch memory, u64 each: by instruction, thread and program point. */
export const TALLY_INSTRUCTIONS = 0;
export const TALLY_THREADS = 524288;
export const TALLY_POINTS = 526336;
/** Room for program points, and for all three tables. */
export const TALLY_POINTS_MAX = 4096;
export const TALLY_BYTES = 559104;
