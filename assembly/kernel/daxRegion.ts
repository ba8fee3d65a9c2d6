// drivers/dax/bus.c, regions of v5.10 and later: the which file of a region or of one of its
// devices is read or written, and what dax_region/ shows. create and delete are in daxCreate.ts,
// size in daxResize.ts, mapping and align in daxMapping.ts, what unregisters a device in
// daxUnregister.ts, the driver beneath in hmem.ts.
//
// The thread's REGION is the region.

import { fail } from '../fail';
import {
  CODE_NO_SUCH,
  DEVICE_ROW_STRING_OFFSET,
  Errno,
  Feature,
  File,
  Header,
  Lock,
  Pc,
  Provider,
  REGION_FILES,
  REGION_ROW_FLAGS_OFFSET,
  REGION_SEED_OFFSET,
  REGION_STATIC,
  REGION_USERS_OFFSET,
  REGION_YOUNGEST_OFFSET,
  Text,
  THREAD_REGION_OFFSET,
} from '../layout';
import { has, header, point } from '../scenario';
import {
  BLOCKED,
  deviceRow,
  enterFile,
  FAIL_PROGRAM_POINT,
  goto,
  leave,
  leaveFile,
  leaveWith,
  MOVED,
  RETURNED_POINT,
  region,
  regionRow,
  th,
} from '../state';
import { createStep, createStore, deleteStore } from './daxCreate';
import { alignStore, mappingStep, mappingStore, startShow } from './daxMapping';
import {
  alignOf,
  availableSize,
  currentRegion,
  homeOf,
  regionAlignShift,
  regionEnd,
  regionIs,
  regionStart,
} from './daxRange';
import { areFilesGone, resizeStep, sizeShow, sizeStore } from './daxResize';
import { unregisterStep } from './daxUnregister';
import { hmemStep, providerBind, providerUnbind } from './hmem';
import { daxPmemStore } from './pmem';
import { isInterrupted, tryRegionRead, unlockRegionRead, waitForRegion } from './regionLock';

/** Runs the step of a program point from size_store__region on. */
export function regionStep(pc: Pc): i32 {
  if (pc <= Pc.size_show__unlock) return resizeStep(pc);
  if (pc <= Pc.start_show__region) return mappingStep(pc);
  if (pc >= Pc.device_driver_detach__lock) return hmemStep(pc);
  if (pc >= Pc.unregister_dev_dax__region) return unregisterStep(pc);
  if (pc >= Pc.create_store__region) return createStep(pc);
  switch (pc) {
    case Pc.available_size_show__region:
      return availableSizeShowRegion();
    case Pc.seed_show__region:
      return seedShowRegion(REGION_SEED_OFFSET);
    case Pc.create_show__region:
      return seedShowRegion(REGION_YOUNGEST_OFFSET);
    default: {
      fail(FAIL_PROGRAM_POINT);
      return BLOCKED;
    }
  }
}

// ---- Which file -----------------------------------------------------------------------

/**
 * Enters the write of a file of a dynamic region or of its devices, or of the region driver's
 * bind and unbind. `code` is what the string means to the file; `other`, for mapping, its second
 * number.
 */
export function regionStore(file: File, object: u32, code: u32, other: u32): i32 {
  if (file <= File.DeviceMapping && areFilesGone(object)) return leave(Errno.ENOENT);
  switch (file) {
    case File.DeviceSize:
      return sizeStore(object, code);
    case File.DeviceAlign:
      return alignStore(object, code);
    case File.DeviceMapping:
      return mappingStore(object, code, other);
    case File.RegionCreate:
      return createStore(object, code);
    case File.RegionDelete:
      return deleteStore(object, code);
    case File.ProviderBind:
    case File.ProviderUnbind:
      return providerStore(file == File.ProviderBind, object, code);
    default: {
      fail(FAIL_PROGRAM_POINT);
      return BLOCKED;
    }
  }
}

/**
 * Writes bind or unbind of the driver beneath a region; `code` is the region of the device named.
 * Source: drivers/base/bus.c bind_store(), unbind_store(): a device of the driver's own bus, v5.1.
 */
function providerStore(isBind: bool, driver: Provider, code: u32): i32 {
  if (code >= <u32>CODE_NO_SUCH) return leave(Errno.ENODEV);
  if (isStaticRegion(code)) return daxPmemStore(isBind, driver, code);
  if (driver != Provider.Dynamic) return leave(Errno.ENODEV);
  return isBind ? providerBind(code) : providerUnbind(code);
}

/** Whether a region is static: its device is made by the provider and never divided. */
export function isStaticRegion(home: u32): bool {
  return (load<u8>(regionRow(home), REGION_ROW_FLAGS_OFFSET) & REGION_STATIC) != 0;
}

/** Enters the read of a file of a region or of a device; `sub` is N of mappingN. */
export function regionShow(file: File, object: u32, sub: u32): i32 {
  if (file >= File.RegionCreate) return showOfRegion(file, object);
  if (areFilesGone(object)) return leave(Errno.ENOENT);
  if (file == File.DeviceSize) return sizeShow(object);
  if (file == File.DeviceAlign) return leaveWithBytes(alignOf(object));
  if (file == File.Mapping) return startShow(object, sub);
  if (file != File.DeviceMapping) return leave(0);
  return leave(isStaticRegion(homeOf(object)) ? Errno.ENOENT : Errno.EACCES);
}

/**
 * Source: drivers/dax/bus.c dax_region_visible(), id_show(), region_size_show(),
 * region_align_show(), v6.12: the last three take no lock.
 */
function showOfRegion(file: File, home: u32): i32 {
  if (!regionIs(home, REGION_FILES)) return leave(Errno.ENOENT);
  if (file == File.RegionId) return leave(0);
  if (file == File.RegionSize) return leaveWithBytes(regionEnd(home) - regionStart(home) + 1);
  if (file == File.RegionAlign) return leaveWithBytes((<u64>1) << regionAlignShift(home));
  if (!has(Feature.RegionSubdivision) || isStaticRegion(home)) return leave(Errno.ENOENT);
  if (file == File.RegionDelete) return leave(Errno.EACCES);
  enterRegionFile(home);
  if (file == File.RegionAvailable) {
    goto(Pc.available_size_show__region);
    availableSizeShowRegion();
  } else if (file == File.RegionSeed) {
    goto(Pc.seed_show__region);
    seedShowRegion(REGION_SEED_OFFSET);
  } else {
    goto(Pc.create_show__region);
    seedShowRegion(REGION_YOUNGEST_OFFSET);
  }
  return MOVED;
}

/**
 * Ends a read with a size or an address; one that is no boundary of the scenario is read, but has
 * no text.
 */
export function leaveWithBytes(bytes: u64): i32 {
  let low: u32 = 0;
  let high: u32 = header(Header.PointCount);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (point(middle) < bytes) low = middle + 1;
    else high = middle;
  }
  const found = low < header(Header.PointCount) && point(low) == bytes;
  return found ? leaveWith(0, RETURNED_POINT | low) : leave(0);
}

// ---- dax_region/ ----------------------------------------------------------------------

export function enterRegionFile(home: u32): void {
  store<u8>(th, home, THREAD_REGION_OFFSET);
  enterFile(region(home) + REGION_USERS_OFFSET, Lock.RegionFiles, home);
}

export function leaveRegionFile(errno: u32): i32 {
  const home = currentRegion();
  leaveFile(region(home) + REGION_USERS_OFFSET, Lock.RegionFiles, home);
  return leave(errno);
}

/** Source: drivers/dax/bus.c available_size_show(), v6.12: an interruptible wait. */
function availableSizeShowRegion(): i32 {
  const home = currentRegion();
  if (!tryRegionRead(home)) {
    return isInterrupted() ? leaveRegionFile(Errno.EINTR) : waitForRegion(home, true);
  }
  const bytes = availableSize(home);
  unlockRegionRead(home);
  leaveFile(region(home) + REGION_USERS_OFFSET, Lock.RegionFiles, home);
  return leaveWithBytes(bytes);
}

/**
 * Shows seed, or create, which shows the youngest device. Source: drivers/dax/bus.c seed_show(),
 * create_show(), v6.12.
 */
function seedShowRegion(offset: usize): i32 {
  const home = currentRegion();
  if (!tryRegionRead(home)) {
    return isInterrupted() ? leaveRegionFile(Errno.EINTR) : waitForRegion(home, true);
  }
  const shown = <u32>load<u8>(region(home) + offset);
  unlockRegionRead(home);
  leaveFile(region(home) + REGION_USERS_OFFSET, Lock.RegionFiles, home);
  if (shown == 0) return leaveWith(0, Text.Empty);
  return leaveWith(0, load<u8>(deviceRow(shown - 1), DEVICE_ROW_STRING_OFFSET));
}

/**
 * Forgets the seed once a driver has it.
 * Source: drivers/dax/bus.c dax_bus_probe(), v5.10 and v6.12: without the region's lock.
 */
export function seedIsBound(index: u32): void {
  if (!has(Feature.RegionSubdivision)) return;
  const at = region(homeOf(index));
  if (<u32>load<u8>(at, REGION_SEED_OFFSET) == index + 1) store<u8>(at, 0, REGION_SEED_OFFSET);
}
