// Every number that the engine (AssemblyScript) and the driver (TypeScript) must agree on.
//
// Portable subset: only plain constants and plain enums, so that asc compiles it and TypeScript
// imports it. Drawn in docs/state-layout.md. Rule of names: *_OFFSET counts bytes from the start of
// its record, *_BYTES is a size, *_AT is the offset of a header word of the scenario.

/** Changes with any change below; a stale .wasm is refused. */
export const LAYOUT_VERSION = 1;

// ---- Scenario header: 32-bit words at SCENARIO_OFFSET, then tables --------------------

export const SCENARIO_OFFSET = 65536;
export const SCENARIO_MAX_BYTES = 1048576;
export const SCENARIO_MAGIC = 0x44415843;

/**
 * Word numbers of the header. Tables are byte offsets from SCENARIO_OFFSET; state parts from a
 * state's start.
 */
export enum Header {
  Magic,
  Version,
  StateBytes,
  InitialTable,
  BootTable,
  Granularity,
  FeaturesLow,
  FeaturesHigh,
  Properties,
  ThreadCount,
  DeviceCount,
  BlockCount,
  RangeMax,
  SlotCount,
  StaticCount,
  PointCount,
  RegionCount,
  FaultCount,
  VariableCount,
  StringCount,
  // Parts of the state vector.
  DevicesAt,
  RangesAt,
  BlocksAt,
  RegionsAt,
  SlotsAt,
  EventsAt,
  FaultsAt,
  VariablesAt,
  ThreadsAt,
  // Tables.
  PointTable,
  StaticTable,
  DeviceTable,
  BlockTable,
  RegionTable,
  ThreadTable,
  FaultTable,
  InstructionTable,
  EntryTable,
  ValueTable,
  RecoveryTable,
  RecoveryCount,
  // Settings.
  BlockBytesLow,
  BlockBytesHigh,
  MemoryLimitLow,
  MemoryLimitHigh,
  MovableNode,
  EventsWanted,
  KernelBytes,
  /** Not 0 while it is asked what can be reached without a reboot. */
  RebootForbidden,
  Count,
}

// ---- Capacities -----------------------------------------------------------------------

export const THREAD_MAX = 8;
export const DEVICE_MAX = 16;
/** The engine gives up: a device came to have more ranges than there is room for. */
export const FAIL_RANGES = 107;
/** Ranges of a device: bits of a byte. */
export const RANGE_MAX = 8;
export const BLOCK_MAX = 128;
export const STATIC_MAX = 4096;
export const POINT_MAX = 65000;
export const RETURN_MAX = 4;
export const NAME_MAX = 16;

// ---- State vector: globals ------------------------------------------------------------

export const GLOBAL_POLICY_OFFSET = 0;
export const GLOBAL_HOTPLUG_OFFSET = 1;
export const GLOBAL_MEM_HOTPLUG_OFFSET = 2;
export const GLOBAL_REGION_WRITER_OFFSET = 3;
export const GLOBAL_REGION_READERS_OFFSET = 4;
export const GLOBAL_DEV_WRITER_OFFSET = 5;
export const GLOBAL_DEV_READERS_OFFSET = 6;
export const GLOBAL_FLAGS_OFFSET = 7;
/** Sticky bit set of properties that a step found broken. */
export const GLOBAL_BROKEN_OFFSET = 8;
/** What the first broken property speaks of: object number + 1. */
export const GLOBAL_BROKEN_ABOUT_OFFSET = 12;
export const GLOBAL_COLDPLUG_OFFSET = 13;
/** A kmem hot-removal has failed since boot (any_hotremove_failed). */
export const GLOBAL_HOTREMOVE_FAILED = 1;
/** A thread has died inside the kernel, with what it held: nothing goes on. */
export const GLOBAL_OOPS = 2;
/**
 * Two driver records of 8 bytes: flags, users of its attributes, dynamic ids (16-bit set of names).
 */
export const GLOBAL_DRIVERS_OFFSET = 16;
export const DRIVER_BYTES = 8;
export const DRIVER_FLAGS_OFFSET = 0;
export const DRIVER_USERS_OFFSET = 1;
export const DRIVER_IDS_OFFSET = 2;
export const DRIVER_REGISTERED = 1;
/** dax_driver_unregister has begun: the attributes are going away. */
export const DRIVER_LEAVING = 2;
/** The order of registration: 1 when it was registered before the other one. */
export const DRIVER_FIRST = 4;
export const GLOBAL_BYTES = 32;

/** Drivers of a dax device. */
export enum Driver {
  None,
  DeviceDax,
  Kmem,
  Compat,
}

// ---- State vector: devices ------------------------------------------------------------

export const DEVICE_BYTES = 16;
export const DEVICE_DRIVER_OFFSET = 0;
export const DEVICE_FLAGS_OFFSET = 1;
export const DEVICE_LOCK_OFFSET = 2;
export const DEVICE_RANGES_OFFSET = 3;
export const DEVICE_OPENS_OFFSET = 4;
export const DEVICE_MAPS_OFFSET = 5;
export const DEVICE_PINS_OFFSET = 6;
/** Threads inside one of its sysfs attributes (kernfs active references). */
export const DEVICE_USERS_OFFSET = 7;
/** Ranges whose kmem reservation is held: res[i] is not NULL. */
export const DEVICE_RESERVED_OFFSET = 8;
/** Ranges that a failed hot-removal left behind, as its message says. */
export const DEVICE_STUCK_OFFSET = 9;
export const DEVICE_MEMORY_OFFSET = 10;
/** What properties remember of it: a set of GHOST_ bits. */
export const DEVICE_GHOST_OFFSET = 11;
/** Processes whose pin has outlived the page map it was taken through. */
export const DEVICE_PINNED_OFFSET = 12;
/**
 * Ranges that the device had when kmem's probe made its table of reservations: the length of res[].
 */
export const DEVICE_RES_COUNT_OFFSET = 13;
/** Binary logarithm of its align attribute; 0: as its region. */
export const DEVICE_ALIGN_OFFSET = 14;

export const DEVICE_PRESENT = 1;
export const DEVICE_ALIVE = 2;
/** device_del has begun: no probe any more. */
export const DEVICE_DEAD = 4;
/** kmem's driver data exists. */
export const DEVICE_DATA = 8;
/** Its attributes have been removed. */
export const DEVICE_FILES_GONE = 16;
/** Its id is still allocated (delete_store sets it to -1). */
export const DEVICE_ID = 32;
/** Made while its region's driver was already being unbound: that unbind does not take it away. */
export const DEVICE_LATE = 64;

export const MEMORY_POISON = 1;
/** The kernel may have written to it: a block of it has been online. */
export const MEMORY_OVERWRITTEN = 2;

/** kmem has owned it since boot. */
export const GHOST_KMEM_BOUND = 1;
/** Somebody named it to kmem: new_id, or bind. */
export const GHOST_KMEM_NAMED = 2;
/** kmem had it, and it was unbound. */
export const GHOST_KMEM_UNBOUND = 4;
/** When kmem let it go, every block was offline. */
export const GHOST_ALL_OFFLINE = 8;
/** When kmem let it go, the kernel said that the memory stays. */
export const GHOST_MESSAGE = 16;

export const RANGE_BYTES = 8;
export const RANGE_START_OFFSET = 0;
export const RANGE_END_OFFSET = 2;
/** Threads inside mappingN's attributes. */
export const RANGE_USERS_OFFSET = 4;
export const RANGE_FLAGS_OFFSET = 5;
export const RANGE_MAPPING = 1;
/**
 * Its mappingN was made while the region's driver was being unbound: that unbind does not take it
 * away.
 */
export const RANGE_LATE = 2;

// ---- State vector: memory blocks ------------------------------------------------------

export const BLOCK_BYTES = 4;
export const BLOCK_STATE_OFFSET = 0;
/** Low nibble: zone; then which zones' spans cover it because of it. */
export const BLOCK_ZONE_OFFSET = 1;
/** Low nibble: online_type left behind; then flags. */
export const BLOCK_TYPE_OFFSET = 2;
export const BLOCK_USERS_OFFSET = 3;
export const BLOCK_SPAN_KERNEL = 0x10;
export const BLOCK_SPAN_MOVABLE = 0x20;
export const BLOCK_UNMOVABLE = 0x10;
/** Asked for by the last online request: for the property `zone`. */
export const BLOCK_ASKED_KERNEL = 0x20;
export const BLOCK_ASKED_MOVABLE = 0x40;
/** Its sections are present without a memory block device (a failed add left them). */
export const BLOCK_SECTIONS = 0x80;

export enum BlockState {
  Absent,
  Offline,
  Online,
  GoingOffline,
}

export enum Zone {
  None,
  Dma,
  Dma32,
  Normal,
  Movable,
}

/**
 * Numbered as the typed policy of v5.7 and later; earlier releases know Offline and Online only.
 */
export enum OnlineType {
  Offline,
  Online,
  Kernel,
  Movable,
}

// ---- State vector: regions ------------------------------------------------------------

export const REGION_BYTES = 8;
export const REGION_FLAGS_OFFSET = 0;
export const REGION_LOCK_OFFSET = 1;
export const REGION_USERS_OFFSET = 2;
export const REGION_SEED_OFFSET = 3;
export const REGION_YOUNGEST_OFFSET = 4;
/** The provider's driver is bound. */
export const REGION_BOUND = 1;
/** The dax_region/ attributes exist. */
export const REGION_FILES = 2;
export const REGION_ENCRYPTED = 4;
/** The region's range bookkeeping is alive. */
export const REGION_ALIVE = 8;
/**
 * A devm action of the region device has survived an unbind; no driver binds it again before a
 * reboot.
 */
export const REGION_LEFTOVER = 16;
/** devres_release_all() has taken the list of actions: what is added now survives. */
export const REGION_LEAVING = 32;

// ---- State vector: resource slots -----------------------------------------------------

export const SLOT_BYTES = 8;
export const SLOT_START_OFFSET = 0;
export const SLOT_END_OFFSET = 2;
/**
 * 0 root; 1..STATIC: static node number + 1; SLOT_PARENT_BASE + slot for a slot; PARENT_GONE when
 * detached.
 */
export const SLOT_PARENT_OFFSET = 4;
export const SLOT_FLAGS_OFFSET = 6;
export const SLOT_NAME_OFFSET = 7;
export const SLOT_PARENT_BASE = 0x4000;
export const PARENT_GONE = 0xffff;

export const RESOURCE_PRESENT = 1;
export const RESOURCE_BUSY = 2;
export const RESOURCE_SYSRAM = 4;
export const RESOURCE_DRIVER_MANAGED = 8;
/** In the tree no more, and not freed. */
export const RESOURCE_LEAKED = 16;
/** Its name has been freed. */
export const RESOURCE_NAME_DANGLING = 32;
export const RESOURCE_MEM = 64;

/** What a slot is for; slots are fixed by owner, range and kind. */
export enum SlotKind {
  Namespace,
  DeviceDax,
  Kmem,
  SystemRam,
  /** Taken by the probe exports of the tests. */
  Free,
}

// Names of resources shown by /proc/iomem: a slot's name is a device number or one of these.
export const NAME_SYSTEM_RAM = 0xf0;
export const NAME_SYSTEM_RAM_KMEM = 0xf1;
export const NAME_NAMESPACE = 0xf2;

// ---- State vector: threads ------------------------------------------------------------

export const THREAD_BYTES = 24;
export const THREAD_PC_OFFSET = 0;
export const THREAD_INSTRUCTION_OFFSET = 2;
export const THREAD_STACK_OFFSET = 4;
export const THREAD_DEPTH_OFFSET = 12;
export const THREAD_STATUS_OFFSET = 13;
export const THREAD_DEVICE_OFFSET = 14;
export const THREAD_DRIVER_OFFSET = 15;
export const THREAD_BLOCK_OFFSET = 16;
export const THREAD_INDEX_OFFSET = 17;
export const THREAD_ERROR_OFFSET = 18;
export const THREAD_ARGUMENT_OFFSET = 19;
export const THREAD_EVENT_OFFSET = 20;
export const THREAD_COUNT_OFFSET = 21;
export const THREAD_REGION_OFFSET = 22;
/** udev: the action of the event at hand. */
export const THREAD_ACTION_OFFSET = 23;
/** In size, align and mapping stores block and index are one place of the boundary table (u16). */
export const THREAD_VALUE_OFFSET = THREAD_BLOCK_OFFSET;
/** In mapping stores error and argument are the place of the last address (u16). */
export const THREAD_OTHER_OFFSET = THREAD_ERROR_OFFSET;
/** Stands for a device that went away while the thread held a reference to it. */
export const DEVICE_GONE = 0xff;

/** Places of a thread that runs no instruction. */
export const INSTRUCTION_IDLE = 0xfffe;
export const INSTRUCTION_ENDED = 0xffff;

export enum ThreadKind {
  Script,
  Menu,
  Udev,
  Environment,
}

// ---- Tables ---------------------------------------------------------------------------

/** Static resource nodes (the boot tree): 24 bytes, in pre-order. */
export const STATIC_BYTES = 24;
export const STATIC_START_OFFSET = 0;
export const STATIC_END_OFFSET = 8;
export const STATIC_PARENT_OFFSET = 16;
export const STATIC_NEXT_OFFSET = 18;
export const STATIC_CHILD_OFFSET = 20;
export const STATIC_FLAGS_OFFSET = 22;

/** Devices: region, first slot numbers, node, name number; 32 bytes. */
export const DEVICE_ROW_BYTES = 32;
export const DEVICE_ROW_REGION_OFFSET = 0;
/** 0xff: the firmware gave none. */
export const DEVICE_ROW_NODE_OFFSET = 1;
export const DEVICE_ROW_NAME_OFFSET = 2;
export const DEVICE_ROW_ID_OFFSET = 3;
export const DEVICE_ROW_COMPAT_OFFSET = 4;
export const DEVICE_ROW_DAX_SLOT_OFFSET = 6;
export const DEVICE_ROW_KMEM_SLOT_OFFSET = 8;
export const DEVICE_ROW_RAM_SLOT_OFFSET = 10;
/** The device's name as a string number. */
export const DEVICE_ROW_STRING_OFFSET = 13;
/** The node that the firmware names for the range; the one above is what this kernel uses. */
export const DEVICE_ROW_FIRMWARE_NODE_OFFSET = 14;
/** Further slots for kmem's reservations, where failed adds may leave some behind. */
export const DEVICE_ROW_SPARES_OFFSET = 15;
export const DEVICE_ROW_SPARE_SLOT_OFFSET = 16;
export const NODE_NONE = 0xff;

/** Memory blocks: start address, device, node, kernel zone; 16 bytes. */
export const BLOCK_ROW_BYTES = 16;
export const BLOCK_ROW_START_OFFSET = 0;
export const BLOCK_ROW_NODE_OFFSET = 8;
export const BLOCK_ROW_KERNEL_ZONE_OFFSET = 9;
/** Boot RAM of this node spans the block with a kernel zone. */
export const BLOCK_ROW_IN_KERNEL_OFFSET = 10;
/** The block's name as a string number; 0 where no rule asks for it. */
export const BLOCK_ROW_STRING_OFFSET = 11;

/** Regions: range, kind, namespace; 32 bytes. */
export const REGION_ROW_BYTES = 32;
export const REGION_ROW_START_OFFSET = 0;
export const REGION_ROW_END_OFFSET = 8;
export const REGION_ROW_FLAGS_OFFSET = 16;
export const REGION_ROW_NAMESPACE_SLOT_OFFSET = 18;
export const REGION_ROW_METADATA_OFFSET = 20;
/** Binary logarithm of the region's align; 0: 2 MiB. */
export const REGION_ROW_ALIGN_OFFSET = 28;
export const REGION_STATIC = 1;
export const REGION_KMEM_TYPE = 2;
export const REGION_HAS_NAMESPACE = 4;
export const SLOT_NONE = 0xffff;

/** Threads: kind, first entry, entry count, variables, times; 16 bytes. */
export const THREAD_ROW_BYTES = 16;
export const THREAD_ROW_KIND_OFFSET = 0;
/** 1 when the actor has a bound on the number of its commands. */
export const THREAD_ROW_BOUNDED_OFFSET = 1;
export const THREAD_ROW_TIMES_OFFSET = 2;
export const THREAD_ROW_ENTRY_OFFSET = 4;
export const THREAD_ROW_ENTRIES_OFFSET = 6;
export const THREAD_ROW_VARIABLE_OFFSET = 8;
export const THREAD_ROW_VARIABLES_OFFSET = 9;
/** Environment: which of its deeds are possible. */
export const THREAD_ROW_DEEDS_OFFSET = 10;
export const DEED_COLDPLUG = 1;

/** Faults: point, errno; 4 bytes. Remaining counts are bytes of the state. */
export const FAULT_ROW_BYTES = 4;

/** Instructions: 12 bytes: op u8, file u8, object u8, sub u8, value u16, jump u16, extra u16. */
export const INSTRUCTION_BYTES = 12;
export const INSTRUCTION_OP_OFFSET = 0;
export const INSTRUCTION_FILE_OFFSET = 1;
export const INSTRUCTION_OBJECT_OFFSET = 2;
export const INSTRUCTION_SUB_OFFSET = 3;
export const INSTRUCTION_VALUE_OFFSET = 4;
export const INSTRUCTION_JUMP_OFFSET = 6;
export const INSTRUCTION_OTHER_OFFSET = 8;
/** Values: a string number, or VALUE_VARIABLE + variable number, or VALUE_EVENT. */
export const VALUE_VARIABLE = 0x8000;
export const VALUE_EVENT = 0xffff;
/** Object number that stands for the event's object. */
export const OBJECT_EVENT = 0xff;

export enum Op {
  End,
  Write,
  Read,
  Exists,
  Equal,
  Event,
  Assign,
  Status,
  Invert,
  Jump,
  JumpIfFailed,
  JumpIfOk,
  Sleep,
  Settle,
  Process,
  Module,
  Namespace,
  ClearErrors,
  Encrypt,
  Reboot,
  Exit,
}

/** Sysfs files. The object of an instruction is a driver, device, block or region number. */
export enum File {
  Bind,
  Unbind,
  NewId,
  RemoveId,
  DriversProbe,
  AutoOnline,
  BlockState,
  BlockOnline,
  BlockRemovable,
  BlockZones,
  DeviceSize,
  DeviceAlign,
  DeviceMapping,
  DeviceTargetNode,
  DeviceNumaNode,
  DeviceModalias,
  DeviceResource,
  Mapping,
  RegionCreate,
  RegionDelete,
  RegionAvailable,
  RegionSeed,
  RegionSize,
  RegionAlign,
  RegionId,
  ProviderBind,
  ProviderUnbind,
  DeviceDirectory,
  BlockDirectory,
}

export enum Verb {
  Open,
  Mmap,
  Pin,
  Unpin,
  Munmap,
  Close,
}

/** uevents kept for udev: bits of an object's byte. */
export const EVENT_ADD = 1;
export const EVENT_REMOVE = 2;
export const EVENT_CHANGE = 4;
export const EVENT_ONLINE = 8;
export const EVENT_OFFLINE = 16;

/** Codes of the value table beyond object numbers: what a string means to one file. */
export const CODE_INVALID = 0xffff;
export const CODE_NO_SUCH = 0xfffe;
/** What a read gave, as string numbers that every scenario begins with. */
export enum Text {
  Empty,
  Offline,
  Online,
  GoingOffline,
  OnlineKernel,
  OnlineMovable,
  Zero,
  One,
  Normal,
  Movable,
  Dma,
  Dma32,
  NormalMovable,
  MovableNormal,
  Dma32Movable,
  MovableDma32,
  DmaMovable,
  MovableDma,
  None,
  Modalias,
  Count,
}

// ---- Errno (the kernel's numbers, include/uapi/asm-generic/errno-base.h and errno.h) --

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
  Canary,
  Count,
}

// ---- Features: bit numbers (src/kernel/features.ts has the commits) -------------------

export enum Feature {
  DaxBus,
  CommonPinning,
  OverrideDriver,
  ClassCompat,
  UniqueNode,
  AttachOnNewId,
  TargetNodeAttr,
  ModaliasAttr,
  WalkErrorCodes,
  MemoryResourceChildren,
  WalkRamChildren,
  Kmem,
  BindRecheck,
  KmemAddRollback,
  KmemHotRemove,
  KmemPrivateName,
  DriverManaged,
  TypedAutoOnline,
  ZoneShrinkAtOffline,
  OnlineTrustsBlock,
  OfflineHoleCheck,
  MultiRange,
  RegionSubdivision,
  BindErrno,
  KmemRejectsEmpty,
  RemoveResource,
  MatchByType,
  DaxRwsems,
  RegionIntersectsNested,
  KmemSkipsNullSlot,
  BlocksAsBatch,
  UnpinFreeUnmap,
  ParseBeforeLock,
  Canary,
}

// ---- Observations: what a step tells while it is recorded -----------------------------

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
}

// ---- Program points: function__place. 0 is user level. --------------------------------

export enum Pc {
  User,
  bind_store__lock,
  bind_store__probed,
  unbind_store__lock,
  unbind_store__removed,
  driver_attach__lock,
  driver_attach__probed,
  driver_attach__next,
  do_id_store__attached,
  drivers_probe_store__lock,
  drivers_probe_store__probed,
  dax_bus_probe__size,
  dev_dax_probe__request,
  dev_dax_probe__memremap,
  dev_dax_remove__kill,
  dev_dax_remove__unpin,
  dev_dax_remove__unmap,
  dev_dax_kmem_probe__request,
  dev_dax_kmem_probe__added,
  dev_dax_kmem_remove__range,
  dev_dax_kmem_remove__removed,
  add_memory__lock,
  add_memory_resource__begin,
  add_memory_resource__online,
  remove_memory__lock,
  remove_memory__remove,
  state_store__online,
  state_store__offline,
  state_store__offlined,
  init_module__attached,
  delete_module__drain,
  driver_detach__lock,
  driver_detach__removed,
  dax_pmem_remove__lock,
  unregister_dev_dax__lock,
  unregister_dev_dax__drop,
  unregister_dev_dax__removed,
  unregister_dev_dax__forget,
  dax_pmem_probe__lock,
  device_add__attach,
  device_add__probed,
  device_add__next,
  provider_probe__done,
  // Region subdivision, v5.10 and later.
  size_store__region,
  size_store__device,
  size_store__resized,
  dev_dax_shrink__range,
  dev_dax_shrink__trim,
  size_show__device,
  size_show__unlock,
  unregister_dax_mapping__drain,
  mapping_store__region,
  mapping_store__device,
  align_store__region,
  align_store__device,
  start_show__region,
  available_size_show__region,
  seed_show__region,
  create_show__region,
  create_store__region,
  create_store__added,
  delete_store__region,
  delete_store__victim,
  delete_store__device,
  delete_store__removed,
  delete_store__released,
  devm_create_dev_dax__attach,
  devm_create_dev_dax__attached,
  unregister_dev_dax__region,
  unregister_dev_dax__dead,
  unregister_dev_dax__drain,
  unregister_dev_dax__release,
  unregister_dev_dax__released,
  unregister_dev_dax__gone,
  unregister_dev_dax__put,
  dev_dax_release__id,
  device_driver_detach__lock,
  device_driver_detach__released,
  devres_release_all__next,
  dax_region_unregister__drain,
  dax_hmem_probe__lock,
  dax_hmem_probe__region,
  dax_hmem_probe__created,
  Count,
}
