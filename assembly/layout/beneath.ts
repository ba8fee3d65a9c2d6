// What lies beneath drivers/dax: who publishes a range of addresses, and how far each has come.
// Only machines that name firmware ranges have this part of the state.

// ---- State vector: one record, then a byte of flags for each publication ---------------

/** What has been done since boot: a bit set of STAGE_ (u16). */
export const BENEATH_STAGES_OFFSET = 0;
/** hmem_resource_lock: its owner's number + 1. */
export const BENEATH_HMEM_LOCK_OFFSET = 2;
/** device_lock(hmem_platform). */
export const BENEATH_PLATFORM_LOCK_OFFSET = 3;
/** Work that is queued or under way: a bit set of WORK_. */
export const BENEATH_WORK_OFFSET = 4;
/** Threads inside bind and unbind of the driver hmem, and of hmem_platform's. */
export const BENEATH_HMEM_USERS_OFFSET = 5;
export const BENEATH_PLATFORM_USERS_OFFSET = 6;
/** For each thread: where it goes on after a region's probe or unbind, and its publication. */
export const BENEATH_THREADS_OFFSET = 8;
export const BENEATH_BYTES = 40;
/** A thread's record of four bytes: program point (u16), publication, what it was asked for. */
export const ASKER_BYTES = 4;
export const ASKER_RETURN_OFFSET = 0;
export const ASKER_AT_OFFSET = 2;
export const ASKER_ASKED_OFFSET = 3;

/** The initcalls have run: userland may begin. */
export const STAGE_BOOTED = 1;
/** The driver hmem is registered. */
export const STAGE_HMEM = 2;
/** hmem_platform's driver is registered, and has probed. */
export const STAGE_PLATFORM = 4;
/** The module dax_hmem is loaded. */
export const STAGE_DAX_HMEM = 8;
/** cxl_acpi has published its windows. */
export const STAGE_CXL_ACPI = 16;
/** Every CXL region of the firmware has assembled, or has failed to. */
export const STAGE_ENUMERATED = 32;
/** The module dax_cxl is loaded. */
export const STAGE_DAX_CXL = 64;
/** The driver cxl_dax_region is registered. */
export const STAGE_CXL_DRIVER = 128;
/** hmem has decided about the ranges that it had left to CXL. */
export const STAGE_DECIDED = 256;
/** Somebody has given a range back on purpose: nobody need own it. */
export const STAGE_RELEASED = 512;
/** The init of dax_hmem, or of dax_cxl, has ended: only then can it be unloaded. */
export const STAGE_HMEM_LIVE = 1024;
export const STAGE_CXL_LIVE = 2048;
/** A module is being unloaded: dax_hmem, dax_cxl, cxl_acpi. */
export const STAGE_HMEM_LEAVES = 4096;
export const STAGE_CXL_LEAVES = 8192;
export const STAGE_ACPI_LEAVES = 16384;

/** What a file of a region driver is of, where a driver of a dax device has its own number. */
export const FILES_HMEM = 8;
export const FILES_HMEM_PLATFORM = 9;

/** process_defer_work() is queued. */
export const WORK_DEFER = 1;
/** cxl_dax_region_driver_register() is queued. */
export const WORK_DRIVER = 2;
/** An asynchronous probe of dax_regionN is scheduled. */
export const WORK_PROBE = 4;

/** In the private tree of ranges that hmem has been told of. */
export const PUBLICATION_ACTIVE = 1;
/** Its platform device, or its CXL region, exists. */
export const PUBLICATION_REGISTERED = 2;
/** The device dax_regionN exists. */
export const PUBLICATION_DAX = 4;
/** The probe of its device has been tried. */
export const PUBLICATION_TRIED = 8;
/** The kernel has said that nobody has the range. */
export const PUBLICATION_TOLD = 16;

/** Its CXL region has registered a memory notifier. */
export const PUBLICATION_NOTIFIER = 32;
/** The memory device of its CXL region has no driver, and its decoders are reset. */
export const PUBLICATION_DISABLED = 64;

// ---- Scenario ---------------------------------------------------------------------------

/** Publications: range, kind, node, region; 32 bytes. */
export const PUBLICATION_ROW_BYTES = 32;
export const PUBLICATION_ROW_START_OFFSET = 0;
export const PUBLICATION_ROW_END_OFFSET = 8;
export const PUBLICATION_ROW_KIND_OFFSET = 16;
/** Number of the dax region that can come of it; REGION_NONE. */
export const PUBLICATION_ROW_REGION_OFFSET = 17;
export const PUBLICATION_ROW_ASSEMBLES_OFFSET = 18;
/** The first of its two resource slots: its own node, and that of its platform device. */
export const PUBLICATION_ROW_SLOT_OFFSET = 20;
/** Node of the range; NODE_NONE. */
export const PUBLICATION_ROW_NODE_OFFSET = 19;
export const REGION_NONE = 0xff;

/** Who says what about a range, in the order in which a scenario has them. */
export enum Publication {
  SoftReserved,
  Hmat,
  Window,
  CxlRegion,
}

/** Whether the firmware's CXL region can be assembled. */
export enum Assembles {
  Never,
  Always,
  Maybe,
}

/** What a thread of the kernel is for. */
export enum Worker {
  /** The initcalls, and then the probes of CXL memory devices. */
  Boot,
  /** The ordered queue dax_hmem_wq. */
  Hmem,
  /** system_long_wq. */
  Long,
  /** Asynchronous probes. */
  Probe,
  /** nd_async_domain: works that register and unregister devices of nvdimm. */
  Nvdimm,
}

/** What a command asks of what lies beneath. */
export enum Deed {
  LoadDaxHmem,
  LoadCxlAcpi,
  LoadDaxCxl,
  CreateRegion,
  DestroyRegion,
  UnloadDaxHmem,
  UnloadCxlAcpi,
  UnloadDaxCxl,
  DisableMemdev,
  EnableMemdev,
}
