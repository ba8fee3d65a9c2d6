// drivers/dax/bus.c, the books of a region: which device holds which range of it.
//
// The children of a region's private tree are exactly the ranges of its devices, so there is no
// second copy: what is free is what no range of any device of the region covers. Addresses are
// exact, ends inclusive.
import { fail } from '../fail';
import {
  DEVICE_ALIGN_OFFSET,
  DEVICE_FLAGS_OFFSET,
  DEVICE_RANGES_OFFSET,
  DEVICE_ROW_REGION_OFFSET,
  Errno,
  FAIL_RANGES,
  Feature,
  HEAP_RANGES,
  Header,
  Property,
  RANGE_END_OFFSET,
  RANGE_FLAGS_OFFSET,
  RANGE_LATE,
  RANGE_MAPPING,
  RANGE_START_OFFSET,
  REGION_BOUND,
  REGION_FLAGS_OFFSET,
  REGION_LEAVING,
  REGION_LEFTOVER,
  REGION_ROW_ALIGN_OFFSET,
  REGION_ROW_END_OFFSET,
  REGION_ROW_START_OFFSET,
  THREAD_DEVICE_OFFSET,
  THREAD_REGION_OFFSET,
} from '../layout';
import { has, header, point } from '../scenario';
import {
  allocated,
  broken,
  device,
  deviceRow,
  devices,
  freed,
  oops,
  range,
  region,
  regionRow,
  th,
} from '../state';
import { pointIndex } from './resource';

const SUBSECTION_BYTES: u64 = 0x200000;
const REGION_ALIGN_DEFAULT: u32 = 21;
/** No range; others are device number << 8 | range number. */
const NO_RANGE: u32 = 0xffffffff;

// ---- Regions --------------------------------------------------------------------------

/** The region and the device that the running thread is at work on. */
export function currentRegion(): u32 {
  return load<u8>(th, THREAD_REGION_OFFSET);
}

export function currentDevice(): u32 {
  return load<u8>(th, THREAD_DEVICE_OFFSET);
}

/** DEVICE_ flags of a device. */
export function flagsOf(index: u32): u32 {
  return load<u8>(device(index), DEVICE_FLAGS_OFFSET);
}

/** Returns the region of a device. */
export function homeOf(index: u32): u32 {
  return load<u8>(deviceRow(index), DEVICE_ROW_REGION_OFFSET);
}

/** Returns the first address of a region. */
export function regionStart(home: u32): u64 {
  return load<u64>(regionRow(home), REGION_ROW_START_OFFSET);
}

/** Returns the last address of a region. */
export function regionEnd(home: u32): u64 {
  return load<u64>(regionRow(home), REGION_ROW_END_OFFSET);
}

/** Whether a region has one of the REGION_ flags. */
export function regionIs(home: u32, flag: u32): bool {
  return (load<u8>(region(home), REGION_FLAGS_OFFSET) & flag) != 0;
}

/** Whether the region device has a driver; true until the very end of its unbind. */
export function isRegionBound(home: u32): bool {
  return regionIs(home, REGION_BOUND);
}

export function setRegionFlag(home: u32, flag: u32): void {
  store<u8>(region(home), load<u8>(region(home), REGION_FLAGS_OFFSET) | flag, REGION_FLAGS_OFFSET);
}

export function clearRegionFlag(home: u32, flag: u32): void {
  store<u8>(region(home), load<u8>(region(home), REGION_FLAGS_OFFSET) & ~flag, REGION_FLAGS_OFFSET);
}

/** Binary logarithm of a region's align. */
export function regionAlignShift(home: u32): u32 {
  const shift = <u32>load<u8>(regionRow(home), REGION_ROW_ALIGN_OFFSET);
  return shift != 0 ? shift : REGION_ALIGN_DEFAULT;
}

/** Returns a device's align, bytes. */
export function alignOf(index: u32): u64 {
  const own = <u32>load<u8>(device(index), DEVICE_ALIGN_OFFSET);
  return (<u64>1) << (own != 0 ? own : regionAlignShift(homeOf(index)));
}

/**
 * Whether a size fits a device's align.
 * Source: drivers/dax/bus.c alloc_is_aligned(), v6.12; memremap_compat_align() is a subsection on
 * x86.
 */
export function isAllocAligned(index: u32, bytes: u64): bool {
  return bytes % max<u64>(alignOf(index), SUBSECTION_BYTES) == 0;
}

// ---- Ranges ---------------------------------------------------------------------------

export function rangesOf(index: u32): u32 {
  return load<u8>(device(index), DEVICE_RANGES_OFFSET);
}

export function firstOf(index: u32, r: u32): u64 {
  return point(load<u16>(range(index, r), RANGE_START_OFFSET));
}

export function lastOf(index: u32, r: u32): u64 {
  return point(load<u16>(range(index, r), RANGE_END_OFFSET));
}

/** Whether a range's mappingN is registered. */
export function hasMapping(index: u32, r: u32): bool {
  if (r >= rangesOf(index)) return false;
  return (load<u8>(range(index, r), RANGE_FLAGS_OFFSET) & RANGE_MAPPING) != 0;
}

/** Whether one range of a device covers [first, last]. */
export function hasRangeAround(index: u32, first: u64, last: u64): bool {
  for (let r: u32 = 0; r < rangesOf(index); r++) {
    if (firstOf(index, r) <= first && lastOf(index, r) >= last) return true;
  }
  return false;
}

/** Bytes of a device. Source: drivers/dax/bus.c dev_dax_size(), v6.12. */
export function deviceSize(index: u32): u64 {
  let bytes: u64 = 0;
  for (let r: u32 = 0; r < rangesOf(index); r++) bytes += lastOf(index, r) - firstOf(index, r) + 1;
  return bytes;
}

/**
 * Bytes of a region that no device has. Source: drivers/dax/bus.c dax_region_avail_size(), v6.12.
 */
export function availableSize(home: u32): u64 {
  let bytes = regionEnd(home) - regionStart(home) + 1;
  const count = devices();
  for (let index: u32 = 0; index < count; index++) {
    if (homeOf(index) == home) bytes -= deviceSize(index);
  }
  return bytes;
}

/** The range of a region with the lowest first address at or above `from`, or NO_RANGE. */
function rangeFrom(home: u32, from: u64): u32 {
  let found = NO_RANGE;
  let foundStart: u64 = 0;
  const count = devices();
  for (let index: u32 = 0; index < count; index++) {
    if (homeOf(index) != home) continue;
    for (let r: u32 = 0; r < rangesOf(index); r++) {
      const first = firstOf(index, r);
      if (first < from || (found != NO_RANGE && first >= foundStart)) continue;
      found = (index << 8) | r;
      foundStart = first;
    }
  }
  return found;
}

/**
 * Whether a range lies inside its region and shares no address with a range of any device there.
 */
function isFree(home: u32, first: u64, last: u64): bool {
  if (last < first || first < regionStart(home) || last > regionEnd(home)) return false;
  const count = devices();
  for (let index: u32 = 0; index < count; index++) {
    if (homeOf(index) != home) continue;
    for (let r: u32 = 0; r < rangesOf(index); r++) {
      if (firstOf(index, r) <= last && lastOf(index, r) >= first) return false;
    }
  }
  return true;
}

/**
 * Adds a range at the end of a device's list, without its mappingN; no test of the books.
 * More ranges than the scenario has room for stop the run.
 */
export function addRange(index: u32, first: u64, last: u64): void {
  const r = rangesOf(index);
  if (r >= header(Header.RangeMax)) fail(FAIL_RANGES);
  const at = range(index, r);
  store<u16>(at, pointIndex(first), RANGE_START_OFFSET);
  store<u16>(at, pointIndex(last), RANGE_END_OFFSET);
  store<u8>(device(index), r + 1, DEVICE_RANGES_OFFSET);
  allocated(index, HEAP_RANGES);
}

/**
 * Registers a range's mappingN. While the region's driver is being unbound its devm action comes
 * too late to be run, and survives.
 * Source: drivers/dax/bus.c devm_register_dax_mapping(), drivers/base/devres.c
 * devres_release_all(), v6.12.
 */
export function registerMapping(index: u32, r: u32): void {
  const home = homeOf(index);
  const late = regionIs(home, REGION_LEAVING);
  if (late) setRegionFlag(home, REGION_LEFTOVER);
  store<u8>(range(index, r), RANGE_MAPPING | (late ? RANGE_LATE : 0), RANGE_FLAGS_OFFSET);
}

/**
 * Drops the last range of a device, and from v5.11 on the array with the last one.
 * Source: drivers/dax/bus.c free_dev_dax_ranges(), v5.10; trim_dev_dax_range(), v5.10.89, v6.12.
 */
export function trimDevDaxRange(index: u32): void {
  const r = rangesOf(index) - 1;
  const at = range(index, r);
  store<u16>(at, 0, RANGE_START_OFFSET);
  store<u16>(at, 0, RANGE_END_OFFSET);
  store<u8>(at, 0, RANGE_FLAGS_OFFSET);
  store<u8>(device(index), r, DEVICE_RANGES_OFFSET);
  if (r == 0 && has(Feature.RangeArrayFreed)) freed(index, HEAP_RANGES);
}

/** Drops every range of a device. Source: drivers/dax/bus.c free_dev_dax_ranges(), v6.12. */
export function freeDevDaxRanges(index: u32): void {
  while (rangesOf(index) > 0) trimDevDaxRange(index);
}

/**
 * Moves the last address of a device's last range. Source: drivers/dax/bus.c
 * adjust_dev_dax_range(), v6.12.
 */
export function adjustLastRange(index: u32, last: u64): void {
  store<u16>(range(index, rangesOf(index) - 1), pointIndex(last), RANGE_END_OFFSET);
}

/**
 * Gives a registered device the range [first, first + bytes - 1].
 *
 * @returns 0, EBUSY for no bytes on a device that has some (the kernel warns), ENOMEM when the
 * range is not free or not inside the region; before range-alloc-checked a device that has a range
 * follows the null pointer that it got.
 * Source: drivers/dax/bus.c alloc_dev_dax_range(), v5.10 and v6.12; as posted in August 2020.
 */
export function allocDevDaxRange(index: u32, first: u64, bytes: u64): u32 {
  if (bytes == 0) {
    if (rangesOf(index) == 0) return 0;
    broken(Property.NoCrash, index);
    return Errno.EBUSY;
  }
  const last = first + bytes - 1;
  if (!isFree(homeOf(index), first, last)) {
    if (rangesOf(index) == 0 || has(Feature.RangeAllocChecked)) return Errno.ENOMEM;
    broken(Property.NoCrash, index);
    oops();
    return Errno.ENOMEM;
  }
  addRange(index, first, last);
  registerMapping(index, rangesOf(index) - 1);
  return 0;
}

/**
 * Gives a device part of the first gap of its region, by moving the end of its last range when
 * that lies before the gap, else as a new range.
 *
 * @returns bytes given; 0 when the region is full.
 * Source: drivers/dax/bus.c dev_dax_resize(), adjust_ok(), v6.12: the scan over the children of
 * the region.
 */
export function takeFirstGap(index: u32, wanted: u64): u64 {
  const home = homeOf(index);
  let cursor = regionStart(home);
  let before = NO_RANGE;
  while (true) {
    const next = rangeFrom(home, cursor);
    const limit = next == NO_RANGE ? regionEnd(home) + 1 : firstOf(next >> 8, next & 0xff);
    if (limit > cursor) {
      const taken = min<u64>(limit - cursor, wanted);
      const mine = rangesOf(index) > 0 && before == ((index << 8) | (rangesOf(index) - 1));
      if (mine) adjustLastRange(index, cursor + taken - 1);
      else allocDevDaxRange(index, cursor, taken);
      return taken;
    }
    if (next == NO_RANGE) return 0;
    cursor = lastOf(next >> 8, next & 0xff) + 1;
    before = next;
  }
}

/** Whether a region's ranges overlap, leave it, or sum up to more than it has: accounting. */
export function regionBooksAreWrong(home: u32): bool {
  let left = regionEnd(home) - regionStart(home) + 1;
  const count = devices();
  for (let index: u32 = 0; index < count; index++) {
    if (homeOf(index) != home) continue;
    for (let r: u32 = 0; r < rangesOf(index); r++) {
      const first = firstOf(index, r);
      const last = lastOf(index, r);
      if (last < first || first < regionStart(home) || last > regionEnd(home)) return true;
      if (last - first + 1 > left) return true;
      left -= last - first + 1;
      const next = rangeFrom(home, first + 1);
      if (next != NO_RANGE && firstOf(next >> 8, next & 0xff) <= last) return true;
      if (isShared(home, index, r, first)) return true;
    }
  }
  return false;
}

/** Whether another range begins at the same address. */
function isShared(home: u32, index: u32, r: u32, first: u64): bool {
  const found = rangeFrom(home, first);
  return found != ((index << 8) | r) && firstOf(found >> 8, found & 0xff) == first;
}
