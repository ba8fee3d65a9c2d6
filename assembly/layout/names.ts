// Names with numbers: errno, fault points, properties.

// Errno: the kernel's numbers, include/uapi/asm-generic/errno-base.h and errno.h.

export enum Errno {
  OK = 0,
  EPERM = 1,
  ENOENT = 2,
  EINTR = 4,
  ENXIO = 6,
  E2BIG = 7,
  EAGAIN = 11,
  ENOMEM = 12,
  EACCES = 13,
  EFAULT = 14,
  EBUSY = 16,
  EEXIST = 17,
  ENODEV = 19,
  EINVAL = 22,
  ENOSPC = 28,
  ERANGE = 34,
  EOPNOTSUPP = 95,
  EPROBE_DEFER = 133,
}

// ---- Fault points ---------------------------------------------------------------------

export enum FaultPoint {
  AddMemory,
  RequestRegion,
  GoingOnline,
  GoingOffline,
  ArchAddMemory,
  Memremap,
  Signal,
  Poison,
  // Memory hotplug.
  CreateMemoryBlock,
  PrepareOnline,
  // Regions of v5.10 and later.
  CreateDevDax,
  LateRelease,
  // Devices of nvdimm that come and go by works of their own.
  DeviceAdd,
}

// ---- Properties: bit numbers ----------------------------------------------------------

export enum Property {
  NoCrash,
  NoDeadlock,
  LockPairing,
  NoOverlap,
  Accounting,
  ResourceTree,
  Covered,
  Aligned,
  Node,
  QuerySound,
  Matching,
  Rollback,
  NoLeak,
  ReportTruth,
  NoSilentLoss,
  ExplicitKmem,
  NoDataLoss,
  NoRebindAfterKmem,
  Recoverable,
  Zone,
  Capacity,
  NoPoisonOnline,
  Encrypted,
  OwnerRemoval,
  Canary,
  Count,
}
