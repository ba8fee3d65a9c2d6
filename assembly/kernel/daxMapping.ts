// drivers/dax/bus.c: mapping, mappingN and align of a device of a dynamic region.
//
// The thread's locals are those of size (daxResize.ts); INDEX is the number of the mapping that
// is read, ARGUMENT that of the mapping that is taken away.

import { faultAt } from '../actor/fault';
import { fail } from '../fail';
import {
  CODE_INVALID,
  CODE_NO_SUCH,
  DEVICE_ALIGN_OFFSET,
  Driver,
  Errno,
  FaultPoint,
  Feature,
  Header,
  Lock,
  Observation,
  Pc,
  Property,
  RANGE_FLAGS_OFFSET,
  RANGE_RELEASE_OFFSET,
  RANGE_USERS_OFFSET,
  RELEASE_ORPHANED,
  RELEASE_PENDING,
  THREAD_ARGUMENT_OFFSET,
  THREAD_DEVICE_OFFSET,
  THREAD_INDEX_OFFSET,
  THREAD_OTHER_OFFSET,
} from '../layout';
import { filesDrained } from '../lockOrder';
import { observe } from '../observe';
import { has, header, point } from '../scenario';
import {
  BLOCKED,
  back,
  broken,
  call,
  device,
  devices,
  enterFile,
  FAIL_PROGRAM_POINT,
  goto,
  leave,
  leaveFile,
  MOVED,
  me,
  othersInside,
  range,
  th,
  wait,
} from '../state';
import {
  allocDevDaxRange,
  currentDevice,
  firstOf,
  hasMapping,
  homeOf,
  isAllocAligned,
  lastOf,
  rangesOf,
  regionAlignShift,
} from './daxRange';
import { enterAttribute, leaveAttribute, leaveLocked, lockBooks, valueWritten } from './daxResize';
import { driverOf } from './driverCore';
import {
  isInterrupted,
  tryRangesWrite,
  tryRegionWrite,
  unlockRegionWrite,
  waitForRanges,
  waitForRegion,
} from './regionLock';

const PAGE_SHIFT: u32 = 12;
const PMD_SHIFT: u32 = 21;
const PUD_SHIFT: u32 = 30;

/** Locks of mappingN's files name N in bits 0-3 and the device above. */
export function mappingObject(index: u32, r: u32): u32 {
  return (index << 4) | r;
}

/** Runs the step of a program point of mapping, mappingN and align. */
export function mappingStep(pc: Pc): i32 {
  switch (pc) {
    case Pc.unregister_dax_mapping__drain:
      return unregisterDaxMappingDrain();
    case Pc.mapping_store__region:
      return mappingStoreRegion();
    case Pc.mapping_store__device:
      return mappingStoreDevice();
    case Pc.align_store__region:
      return alignStoreRegion();
    case Pc.align_store__device:
      return alignStoreDevice();
    case Pc.start_show__region:
      return startShowRegion();
    default: {
      fail(FAIL_PROGRAM_POINT);
      return BLOCKED;
    }
  }
}

/** Takes mappingN away, waits for those inside its files, and goes on at `after`. */
export function unregisterDaxMapping(index: u32, r: u32, after: Pc): void {
  store<u8>(range(index, r), 0, RANGE_FLAGS_OFFSET);
  store<u8>(th, r, THREAD_ARGUMENT_OFFSET);
  call(Pc.unregister_dax_mapping__drain, after);
}

/**
 * Waits until nobody is inside the files of the mappingN that is being taken away.
 * Source: drivers/dax/bus.c unregister_dax_mapping(); fs/kernfs/dir.c kernfs_drain(), v6.12.
 */
function unregisterDaxMappingDrain(): i32 {
  const index = currentDevice();
  const r = <u32>load<u8>(th, THREAD_ARGUMENT_OFFSET);
  const inside = othersInside(range(index, r) + RANGE_USERS_OFFSET);
  if (inside != 0) return wait(Lock.MappingFiles, mappingObject(index, r), inside, false);
  filesDrained(Lock.MappingFiles);
  store<u8>(th, 0, THREAD_ARGUMENT_OFFSET);
  const at = range(index, r) + RANGE_RELEASE_OFFSET;
  if (load<u8>(at) == 0 && faultAt(FaultPoint.LateRelease) != 0) store<u8>(at, RELEASE_PENDING);
  back();
  return MOVED;
}

/**
 * Notes that a device has been freed: mappings of it that are not freed yet, and that do not hold
 * it, point at what is gone. Source: drivers/dax/bus.c devm_register_dax_mapping(), v5.10 and v6.5.
 */
export function orphanMappings(index: u32): void {
  if (has(Feature.MappingPinsDevice)) return;
  const count = header(Header.RangeMax);
  for (let r: u32 = 0; r < count; r++) {
    const at = range(index, r) + RANGE_RELEASE_OFFSET;
    if (load<u8>(at) == RELEASE_PENDING) store<u8>(at, RELEASE_ORPHANED);
  }
}

/** How many mappings wait to be freed. */
export function lateReleases(): u32 {
  let found: u32 = 0;
  for (let at: u32 = 0; at < devices() * header(Header.RangeMax); at++) {
    if (load<u8>(range(0, at), RANGE_RELEASE_OFFSET) != 0) found++;
  }
  return found;
}

/**
 * Frees one of the mappings that wait for it: its number goes back to its device.
 * Source: drivers/dax/bus.c dax_mapping_release(), v5.10 and v6.5.
 */
export function releaseLate(number: u32): void {
  observe(Observation.Function, Pc.dax_mapping_release__late, me, 0);
  let left = number;
  for (let at: u32 = 0; at < devices() * header(Header.RangeMax); at++) {
    const pending = range(0, at) + RANGE_RELEASE_OFFSET;
    if (load<u8>(pending) == 0 || left-- > 0) continue;
    if (load<u8>(pending) == RELEASE_ORPHANED)
      broken(Property.NoCrash, at / header(Header.RangeMax));
    store<u8>(pending, 0);
    return;
  }
}

// ---- mapping --------------------------------------------------------------------------

/**
 * Writes mapping; the codes are the places of the first and the last address. Whether a driver is
 * bound is not looked at.
 * Source: drivers/dax/bus.c mapping_store(), v5.10 and v6.12.
 */
export function mappingStore(index: u32, code: u32, other: u32): i32 {
  if (code == CODE_INVALID || other == CODE_INVALID) return leave(Errno.EINVAL);
  if (code == CODE_NO_SUCH || other == CODE_NO_SUCH) return leave(Errno.ERANGE);
  enterAttribute(index, code);
  store<u16>(th, other, THREAD_OTHER_OFFSET);
  goto(Pc.mapping_store__region);
  mappingStoreRegion();
  return MOVED;
}

function mappingStoreRegion(): i32 {
  return lockBooks(Pc.mapping_store__device, has(Feature.DaxRwsems) ? 0 : Errno.ENXIO);
}

/** A length that does not fit the align is dropped, and v6.12 reports success all the same. */
function mappingStoreDevice(): i32 {
  const index = currentDevice();
  if (!tryRangesWrite(index)) {
    if (!isInterrupted()) return waitForRanges(index, true);
    unlockRegionWrite(homeOf(index));
    return leaveAttribute(Errno.EINTR);
  }
  const first = valueWritten();
  const bytes = point(load<u16>(th, THREAD_OTHER_OFFSET)) - first + 1;
  if (isAllocAligned(index, bytes)) return leaveLocked(allocDevDaxRange(index, first, bytes));
  if (!has(Feature.DaxRwsems)) return leaveLocked(Errno.ENXIO);
  broken(Property.ReportTruth, index);
  return leaveLocked(0);
}

// ---- mappingN/start, end, page_offset -------------------------------------------------

/**
 * Reads a file of mappingN.
 * Source: drivers/dax/bus.c start_show(), end_show(), pgoff_show(), v5.10 and v6.12
 * (dax_region_rwsem for writing; a signal gives ENXIO).
 */
export function startShow(index: u32, r: u32): i32 {
  if (!hasMapping(index, r)) return leave(Errno.ENOENT);
  store<u8>(th, index, THREAD_DEVICE_OFFSET);
  store<u8>(th, r, THREAD_INDEX_OFFSET);
  enterFile(range(index, r) + RANGE_USERS_OFFSET, Lock.MappingFiles, mappingObject(index, r));
  goto(Pc.start_show__region);
  startShowRegion();
  return MOVED;
}

function startShowRegion(): i32 {
  const index = currentDevice();
  const home = homeOf(index);
  const r = <u32>load<u8>(th, THREAD_INDEX_OFFSET);
  let errno: u32 = Errno.ENXIO;
  if (tryRegionWrite(home)) {
    if (hasMapping(index, r)) errno = 0;
    unlockRegionWrite(home);
  } else if (!isInterrupted()) return waitForRegion(home, true);
  leaveFile(range(index, r) + RANGE_USERS_OFFSET, Lock.MappingFiles, mappingObject(index, r));
  return leave(errno);
}

// ---- align ----------------------------------------------------------------------------

/** Binary logarithm of an align that this machine has pages of; 0 for any other number. */
function alignShift(bytes: u64): u32 {
  if (bytes == (<u64>1) << PAGE_SHIFT) return PAGE_SHIFT;
  if (bytes == (<u64>1) << PMD_SHIFT) return PMD_SHIFT;
  return bytes == (<u64>1) << PUD_SHIFT ? PUD_SHIFT : 0;
}

/**
 * Writes a device's align; `code` is the place of the number.
 * Source: drivers/dax/bus.c align_store(), dax_align_valid(), v5.10 and v6.12.
 */
export function alignStore(index: u32, code: u32): i32 {
  if (code == CODE_INVALID || code == CODE_NO_SUCH) return leave(Errno.ENXIO);
  if (alignShift(point(code)) == 0) return leave(Errno.EINVAL);
  enterAttribute(index, code);
  goto(Pc.align_store__region);
  alignStoreRegion();
  return MOVED;
}

function alignStoreRegion(): i32 {
  return lockBooks(Pc.align_store__device, Errno.ENXIO);
}

/**
 * Source: drivers/dax/bus.c dev_dax_validate_align(), v6.12: a value that does not fit is taken
 * back.
 */
function alignStoreDevice(): i32 {
  const index = currentDevice();
  if (!tryRangesWrite(index)) {
    if (!isInterrupted()) return waitForRanges(index, true);
    unlockRegionWrite(homeOf(index));
    return leaveAttribute(Errno.EINTR);
  }
  if (driverOf(index) != Driver.None) return leaveLocked(Errno.EBUSY);
  for (let r: u32 = 0; r < rangesOf(index); r++) {
    if ((lastOf(index, r) - firstOf(index, r) + 1) % valueWritten() != 0)
      return leaveLocked(Errno.EINVAL);
  }
  const shift = alignShift(valueWritten());
  const inherited = shift == regionAlignShift(homeOf(index));
  store<u8>(device(index), inherited ? 0 : shift, DEVICE_ALIGN_OFFSET);
  return leaveLocked(0);
}
