// Tables of the symmetries of a scenario: the fields of a state that some permutation changes, and
// for each permutation where a field comes from and what becomes of its value. They are written by
// src/compile/symmetry/ and read by assembly/symmetry.ts; docs/symmetry.md says why it is right.

/** A field: where it lies, its width in bytes, what it holds, the map of its values; 8 bytes. */
export const FIELD_BYTES = 8;
export const FIELD_AT_OFFSET = 0;
export const FIELD_WIDTH_OFFSET = 2;
export const FIELD_KIND_OFFSET = 3;
export const FIELD_MAP_OFFSET = 4;

/** What a field holds, and so how its value is mapped. */
export enum FieldKind {
  /** No number of anything that is permuted. */
  Plain,
  /** A byte with a map of 256 entries. */
  Byte,
  /** Two bytes with a map of as many entries as it says; a value beyond stands for itself. */
  Word,
  /** A byte behind one of flags: without any of these there is nothing. */
  Flagged,
  /** A set of sixteen: a map for its low byte and one for its high byte, 256 words each. */
  Set,
  /** A node of the tree of resources: a static one by this map, a slot by the next. */
  Node,
  /** A byte of a thread that holds a device, or a block, where its program point says so. */
  LocalDevice,
  LocalBlock,
  /** The object of the event that a udev worker has at hand. */
  Event,
}

/** The maps that every permutation has, in this order. */
export enum SymmetryMap {
  /** An owner: a thread's number + 1. */
  Owner,
  /** A set of threads. */
  Threads,
  /** An owner below a flag. */
  Holder,
  Device,
  /** A device's number + 1. */
  DeviceAfter,
  Block,
  /** The device that added a block, + 1, below flags. */
  Added,
  /** An object of events: blocks, then devices. */
  Object,
  String,
  Instruction,
  Point,
  Static,
  Slot,
  /** A set of names. */
  Names,
  Count,
}

/** What a program point says of the running thread's locals: a byte for each, a set of these. */
export const LOCAL_DEVICE = 1;
export const LOCAL_BLOCK = 2;
/** The thread goes over devices or blocks in their order, or nobody has looked: no permutation. */
export const LOCAL_ORDERED = 128;

/** The engine gives up: a thread goes over devices in their order, so that they are not alike. */
export const FAIL_SYMMETRY = 120;

/** In a worker's scratch memory, behind the choices: fields of the least image, 8 bytes each. */
export const IMAGE_AT = 102400;
/** Room for so many fields. */
export const FIELDS_MAX = 3584;
