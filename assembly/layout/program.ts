// The instruction set of user level: operations, sysfs files, values.

/** Instructions: 12 bytes: op u8, file u8, object u8, sub u8, value u16, jump u16, extra u16. */
export const INSTRUCTION_BYTES = 12;
export const INSTRUCTION_OP_OFFSET = 0;
export const INSTRUCTION_FILE_OFFSET = 1;
export const INSTRUCTION_OBJECT_OFFSET = 2;
export const INSTRUCTION_SUB_OFFSET = 3;
export const INSTRUCTION_VALUE_OFFSET = 4;
export const INSTRUCTION_JUMP_OFFSET = 6;
export const INSTRUCTION_OTHER_OFFSET = 8;
/**
 * Of a read, 1: a number is kept as the string that says it. Of others, 1: the status after the
 * call is the errno itself.
 */
export const INSTRUCTION_ERRNO_OFFSET = 10;
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
  KexecCrash,
  OpenKcore,
  // What tools do between their calls: count, compare, print, and answer with a number.
  Count,
  Less,
  Tell,
  Negate,
  StatusIs,
  Keep,
  Recall,
  // Modules and CXL regions beneath drivers/dax.
  Beneath,
  Compare,
  Trigger,
  // What is not understood: here a deed is picked, by a status that is 0 or 1.
  Begin,
  Maybe,
}

/** How Compare compares two numbers: `sub` of the instruction. */
export enum Relation {
  Equal,
  NotEqual,
  Less,
  LessOrEqual,
  Greater,
  GreaterOrEqual,
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
  // drivers/dax, v6.8 and later.
  DeviceMemmap,
  DeviceState,
  // By way of the device: its driver's files, the link to it, a block inside its range.
  OwnUnbind,
  OwnRemoveId,
  DriverLink,
  DeviceBlock,
  // Memory hotplug.
  MemoryProbe,
  // Drivers beneath a region's own.
  PlatformBind,
  PlatformUnbind,
  NamespaceUuid,
  // Devices of nvdimm that come and go by works of their own.
  ClaimNamespace,
  NdRegionBind,
  NdRegionUnbind,
  /** No file: what a string is as a number that a file says. */
  Number,
}

export enum Verb {
  Open,
  Mmap,
  Pin,
  Unpin,
  Munmap,
  Close,
  Mount,
  Umount,
  Touch,
}

/** `sub` of DriverLink: any driver. */
export const DRIVER_ANY = 0;

/** `object` of ProviderBind and ProviderUnbind: which drivers of regions have the file. */
export enum Provider {
  /** hmem and cxl_dax_region: of dynamic regions. */
  Dynamic,
  Pmem,
  PmemCompat,
}

/** uevents kept for udev: bits of an object's byte. */
export const EVENT_ADD = 1;
export const EVENT_REMOVE = 2;
export const EVENT_CHANGE = 4;
export const EVENT_ONLINE = 8;
export const EVENT_OFFLINE = 16;
export const EVENT_BIND = 32;
export const EVENT_UNBIND = 64;

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
  Unplugged,
  Count,
}
