// The state vector: the records of which it consists. Drawn in docs/state-layout.md.

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
  Fsdev,
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
/** A failed probe of device_dax has left its page map behind, in a dynamic region. */
export const DEVICE_PAGE_MAP = 128;

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
/** What has become of a mappingN that is not freed yet, though nobody refers to it. */
export const RANGE_RELEASE_OFFSET = 6;
/** It is freed some time later; its device is still there, or it holds it. */
export const RELEASE_PENDING = 1;
/** Its device has been freed before it. */
export const RELEASE_ORPHANED = 2;
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

// Names of resources shown by /proc/iomem: a slot's name is a device number or one of these.
export const NAME_SYSTEM_RAM = 0xf0;
export const NAME_SYSTEM_RAM_KMEM = 0xf1;
export const NAME_NAMESPACE = 0xf2;
// Nodes of those who publish a range: the slot says whose.
export const NAME_SOFT_RESERVED = 0xf8;
export const NAME_HMEM = 0xf9;
export const NAME_CXL_WINDOW = 0xfa;
export const NAME_CXL_REGION = 0xfb;

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
  /** A thread of the kernel's own. */
  Worker,
}

// ---- State vector: what only some kernels have ----------------------------------------

/**
 * Records that a scenario has only when its kernel or its actors need them (src/compile/extras.ts),
 * so that no generation pays for another.
 */
export const GLOBAL_EXTRA_BYTES = 16;
/** Whether memory has gone online or offline since /proc/kcore was opened; 0: nobody opens it. */
export const GLOBAL_EXTRA_KCORE_OFFSET = 0;
export const KCORE_FRESH = 1;
export const KCORE_STALE = 2;
/** The memory type of node 0: a NODE_TYPE; 0: nobody asks. */
export const GLOBAL_EXTRA_TYPE_OFFSET = 1;
export const NODE_TYPE_NONE = 1;
export const NODE_TYPE_DRAM = 2;
export const NODE_TYPE_KMEM = 3;
/** How often it is noted as in use; signed, as in the kernel. */
export const GLOBAL_EXTRA_TYPE_COUNT_OFFSET = 2;
export const REGION_EXTRA_BYTES = 16;
/** nvdimm: device_lock(namespace), its owner + 1; threads that probe a device of the region. */
export const REGION_EXTRA_NAMESPACE_OFFSET = 6;
export const REGION_EXTRA_PROBES_OFFSET = 7;
/** What has become of the device that claims the namespace, and of the region's driver: CLAIM_. */
export const REGION_EXTRA_CLAIM_OFFSET = 8;
/** Works that are queued or under way and unregister that device. */
export const REGION_EXTRA_WORKS_OFFSET = 9;
/** Threads inside its file `namespace`. */
export const REGION_EXTRA_USERS_OFFSET = 10;
/** device_lock(regionN), its owner + 1. */
export const REGION_EXTRA_REGION_OFFSET = 11;
/** It claims no namespace. */
export const CLAIM_DETACHED = 1;
/** It is marked dead. */
export const CLAIM_DEAD = 2;
/** It is off its parent's list: device_del() has begun. */
export const CLAIM_DELETED = 4;
/** It is gone from sysfs. */
export const CLAIM_GONE = 8;
/** The region has no driver. */
export const CLAIM_REGION_OFF = 16;
/** The work that registers it is queued or under way. */
export const CLAIM_COMING = 32;
export const DEVICE_EXTRA_BYTES = 16;
export const BLOCK_EXTRA_BYTES = 2;

/** The device that added the block, its number + 1, in the low five bits. */
export const BLOCK_EXTRA_ADDED_OFFSET = 0;
export const BLOCK_ADDED_MASK = 0x1f;
/** Its memory map lies in its own first pages. */
export const BLOCK_ALTMAP = 0x20;
/** offline_and_remove_memory() took it offline: where it was, for the way back. */
export const BLOCK_WAS_KERNEL = 0x40;
export const BLOCK_WAS_MOVABLE = 0x80;
export const BLOCK_EXTRA_FLAGS_OFFSET = 1;
// drivers/dax, v6.8 and later: bytes 6 to 11 of a device's extra record, 8 to 11 of the globals'.

/** memmap_on_memory of the device: 1 when its memory map shall lie in its own memory. */
export const DEVICE_EXTRA_MEMMAP_OFFSET = 6;
/** kmem's data->state: 0 unplugged, else an OnlineType + 1. Writes to memoryN/state pass it by. */
export const DEVICE_EXTRA_STATE_OFFSET = 7;
/** kmem's data->lock: its owner + 1. */
export const DEVICE_EXTRA_DATA_LOCK_OFFSET = 8;
/** Threads inside daxX.Y/state. */
export const DEVICE_EXTRA_STATE_USERS_OFFSET = 9;
export const DEVICE_EXTRA_FLAGS_OFFSET = 10;
/** daxX.Y/state exists. */
export const EXTRA_STATE_FILE = 1;
/** The page map of a static device carries fsdev's operations. */
export const EXTRA_FSDEV_OPS = 2;
/** The filesystem that holds the device: its thread + 1; and whether its operations are noted. */
export const DEVICE_EXTRA_HOLDER_OFFSET = 11;
export const HOLDER_OPERATIONS = 0x80;
/** What is allocated for the device: its name, the array of its ranges; and, noted at a region's
 * first device, the reference that its maker has to the region. */
export const DEVICE_EXTRA_HEAP_OFFSET = 12;
export const HEAP_NAME = 1;
export const HEAP_RANGES = 2;
export const HEAP_REGION = 4;
/** The driver record of fsdev_dax: flags, users, ids, as in DRIVER_BYTES, without what follows. */
export const GLOBAL_EXTRA_FSDEV_OFFSET = 8;
/** fsdev's flags: device_dax registered before it, kmem did. */
export const DRIVER_BEHIND_DAX = 8;
export const DRIVER_BEHIND_KMEM = 16;
