// The scenario: its header words, capacities, and the rows of its tables.

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
  /** Four words, a bit for each feature. */
  Features,
  Features1,
  Features2,
  Features3,
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
  // Parts of the state that only some kernels have; 0 where a scenario has none.
  GlobalExtraAt,
  RegionExtraAt,
  DeviceExtraAt,
  BlockExtraAt,
  /** What lies beneath drivers/dax. */
  BeneathAt,
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
  PublicationTable,
  PublicationCount,
  /** 1: drivers/cxl is in the kernel image, and no module. */
  CxlBuiltIn,
  RecoveryCount,
  // Settings.
  BlockBytesLow,
  BlockBytesHigh,
  MemoryLimitLow,
  MemoryLimitHigh,
  MovableNode,
  /** Not 0 when memory_hotplug.memmap_on_memory is on. */
  MemmapOnMemory,
  /** memory_hotplug.auto_movable_ratio; 0: the online policy is contig-zones. */
  AutoMovableRatio,
  AutoMovableNuma,
  /** A bit for each node below 32 that the firmware has told of. */
  PossibleNodes,
  /** Bytes of System RAM at boot. */
  EarlyBytesLow,
  EarlyBytesHigh,
  EventsWanted,
  KernelBytes,
  /** Not 0 while it is asked what can be reached without a reboot. */
  RebootForbidden,
  /** Which reductions the enumeration of successors applies: a set of REDUCE_ bits. */
  Reductions,
  /** A set of devices of which it must stay to be seen, under a reduction, whether one is bound. */
  Watched,
  // Symmetries: fields that some permutation changes, the permutations, and the locals of threads
  // at each program point (0 where no device is permuted).
  SymmetryFieldTable,
  SymmetryFieldCount,
  SymmetryTable,
  SymmetryCount,
  SymmetryPointTable,
  Count,
}

/** Of independent steps one order is taken (docs/partial-order.md). */
export const REDUCE_ORDER = 1;
/** States between which nothing can be decided are passed through and not kept. */
export const REDUCE_MERGE = 2;
/** Of states that differ in the names of like things one is kept. */
export const REDUCE_SYMMETRY = 4;

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
export const DEED_RELEASE = 2;
/** Kernel threads: which `Worker` it is. */
export const THREAD_ROW_WORKER_OFFSET = THREAD_ROW_DEEDS_OFFSET;

/** Faults: point, errno; 4 bytes. Remaining counts are bytes of the state. */
export const FAULT_ROW_BYTES = 4;
