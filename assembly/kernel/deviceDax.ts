// drivers/dax/device.c: the device_dax driver, and what processes do with /dev/daxX.Y.
//
// Users of a device are bit sets of threads: a process opens, maps and pins at most once.

import { faultAt } from '../actor/fault';
import {
  DEVICE_ALIVE,
  DEVICE_DRIVER_OFFSET,
  DEVICE_FLAGS_OFFSET,
  DEVICE_MAPS_OFFSET,
  DEVICE_OPENS_OFFSET,
  DEVICE_PAGE_MAP,
  DEVICE_PINNED_OFFSET,
  DEVICE_PINS_OFFSET,
  DEVICE_PRESENT,
  Driver,
  Errno,
  FaultPoint,
  Feature,
  GLOBAL_MEM_HOTPLUG_OFFSET,
  Header,
  Lock,
  LockMode,
  Message,
  Pc,
  Property,
  SLOT_PARENT_BASE,
  THREAD_DEVICE_OFFSET,
  THREAD_DRIVER_OFFSET,
  THREAD_ERROR_OFFSET,
  Verb,
} from '../layout';
import { observeLock, observeMessage, observeUnlock } from '../observe';
import { has, header } from '../scenario';
import {
  back,
  broken,
  daxSlot,
  device,
  goto,
  isOopsed,
  leave,
  MOVED,
  me,
  oops,
  st,
  th,
  wait,
  waitForMutex,
} from '../state';
import { fsDaxGet, fsPutDax } from './daxHolder';
import { firstOf, homeOf, lastOf, rangesOf } from './daxRange';
import { isStaticRegion } from './daxRegion';
import { fsdevLetsGo } from './fsdev';
import { freeSlot, isLinked, nodeEnd, nodeStart, releaseRegion, requestRegion } from './resource';
import { addedRamBytes, REGION_DISJOINT, regionIntersectsRam } from './resourceWalk';
import { isBeyondSections } from './section';

/**
 * Fails the probe. The page map of a dynamic device has been freed by devres, and the device keeps
 * pointing at it. Source: drivers/dax/device.c dev_dax_probe(), v6.1 and v6.12.
 */
function fails(index: u32, errno: u32): i32 {
  const which: Driver = load<u8>(th, THREAD_DRIVER_OFFSET);
  const late = which == Driver.Fsdev && has(Feature.FsdevPgmapLate);
  if (has(Feature.DynamicPageMap) && !late && !isStaticRegion(homeOf(index))) {
    const at = device(index);
    store<u8>(at, load<u8>(at, DEVICE_FLAGS_OFFSET) | DEVICE_PAGE_MAP, DEVICE_FLAGS_OFFSET);
    broken(Property.Rollback, index);
  }
  return answer(errno);
}

function answer(errno: u32): i32 {
  store<u8>(th, errno, THREAD_ERROR_OFFSET);
  back();
  return MOVED;
}

/**
 * Gives the claims of a device back, as devres does on failure and on remove: it has kept their
 * addresses, whatever ranges the device has by now.
 * Source: kernel/resource.c devm_region_release(), v6.1.
 */
export function releaseClaims(index: u32): void {
  for (let r: u32 = 0; r < header(Header.RangeMax); r++) {
    if (!isLinked(daxSlot(index, r))) continue;
    const node = SLOT_PARENT_BASE + daxSlot(index, r);
    const first = nodeStart(node);
    if (!releaseRegion(first, nodeEnd(node) - first + 1)) {
      observeMessage(Message.NonexistentResource, index, r);
    }
  }
}

/**
 * Claims every range of the device, or none. Source: drivers/dax/device.c dev_dax_probe(), v5.1
 * (one range), v6.1 (a page map that is there already refuses it) and v6.12; before common-pinning
 * the region driver beneath holds the range for ever.
 */
export function devDaxProbeRequest(): i32 {
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  if ((load<u8>(device(index), DEVICE_FLAGS_OFFSET) & DEVICE_PAGE_MAP) != 0) {
    observeMessage(Message.PageMapLeft, index, load<u8>(th, THREAD_DRIVER_OFFSET));
    return answer(Errno.EINVAL);
  }
  if (has(Feature.CommonPinning)) {
    for (let r: u32 = 0; r < rangesOf(index); r++) {
      const first = firstOf(index, r);
      const taken = isLinked(daxSlot(index, r));
      if (
        taken ||
        !requestRegion(daxSlot(index, r), first, lastOf(index, r) - first + 1, index, 0)
      ) {
        observeMessage(Message.CouldNotReserveRange, index, r);
        for (let done: u32 = 0; !taken && done < r; done++) freeSlot(daxSlot(index, done));
        return fails(index, Errno.EBUSY);
      }
    }
  }
  goto(Pc.dev_dax_probe__memremap);
  return MOVED;
}

/**
 * Whether mapping the pages fails: 0, or an errno. Beyond what sections can describe it is refused
 * from v5.5 on; before, their table is overrun. Source: mm/memremap.c devm_memremap_pages(), v5.3;
 * pagemap_range(), v5.15; mm/memory_hotplug.c __add_pages(), v5.8.
 */
function memremapFails(index: u32): u32 {
  for (let r: u32 = 0; r < rangesOf(index); r++) {
    const first = firstOf(index, r);
    if (!isBeyondSections(first, lastOf(index, r) - first + 1)) continue;
    if (has(Feature.RangePrevalidated)) return Errno.EINVAL;
    if (has(Feature.AddressBoundsCheck)) return Errno.E2BIG;
    broken(Property.NoCrash, index);
    oops();
    return 0;
  }
  return faultAt(FaultPoint.Memremap);
}

/**
 * Maps the pages and brings the device alive.
 *
 * The map refuses a range that is System RAM, as far as region_intersects can tell; when that
 * answer is wrong the property query-sound is broken. Source: drivers/dax/device.c dev_dax_probe(),
 * kernel/memremap.c devm_memremap_pages(), v5.1.
 */
export function devDaxProbeMemremap(): i32 {
  const lock = st + GLOBAL_MEM_HOTPLUG_OFFSET;
  if (load<u8>(lock) != 0) return waitForMutex(lock, Lock.MemHotplug, 0, false);
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  for (let r: u32 = 0; r < rangesOf(index); r++) {
    const first = firstOf(index, r);
    const last = lastOf(index, r);
    const disjoint = regionIntersectsRam(first, last - first + 1) == REGION_DISJOINT;
    if (disjoint && addedRamBytes(first, last) != 0) broken(Property.QuerySound, index);
    if (disjoint) continue;
    releaseClaims(index);
    return fails(index, Errno.ENXIO);
  }
  const fault = memremapFails(index);
  if (isOopsed()) return MOVED;
  if (fault != 0) {
    releaseClaims(index);
    return fails(index, fault);
  }
  observeMemHotplug();
  const at = device(index);
  store<u8>(at, load<u8>(at, DEVICE_FLAGS_OFFSET) | DEVICE_ALIVE, DEVICE_FLAGS_OFFSET);
  return answer(0);
}

/**
 * Ends all use: no new mapping, and the mappings of processes go. Source: drivers/dax/bus.c
 * kill_dev_dax(), v5.1 and v6.1 (a dynamic device forgets its page map).
 */
export function killDevDax(index: u32): void {
  const at = device(index);
  const kept = load<u8>(at, DEVICE_FLAGS_OFFSET) & ~(DEVICE_ALIVE | DEVICE_PAGE_MAP);
  store<u8>(at, kept, DEVICE_FLAGS_OFFSET);
  store<u8>(at, 0, DEVICE_MAPS_OFFSET);
}

/** Source: drivers/dax/device.c, devres actions in reverse order of dev_dax_probe(), v5.1. */
export function devDaxRemoveKill(): i32 {
  killDevDax(load<u8>(th, THREAD_DEVICE_OFFSET));
  goto(waitsFirst() ? Pc.dev_dax_remove__unpin : Pc.dev_dax_remove__unmap);
  return MOVED;
}

/**
 * Whether the last page reference is waited for before the memory map goes. Source:
 * kernel/memremap.c devm_memremap_pages_release(), v5.1 (after it), v5.3 and v5.15; mm/memremap.c
 * memunmap_pages(), v6.1 (not at all).
 */
function waitsFirst(): bool {
  return has(Feature.PageMapWaitsFirst) && !has(Feature.UnpinFreeUnmap);
}

/**
 * Takes the memory map away. A page that is pinned now outlives its struct page: the pin is stale.
 * Source: kernel/memremap.c devm_memremap_pages_release(), v5.1; mm/memremap.c memunmap_pages(),
 * v6.12.
 */
export function devDaxRemoveUnmap(): i32 {
  const lock = st + GLOBAL_MEM_HOTPLUG_OFFSET;
  if (load<u8>(lock) != 0) return waitForMutex(lock, Lock.MemHotplug, 0, false);
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  observeMemHotplug();
  const at = device(index);
  store<u8>(
    at,
    load<u8>(at, DEVICE_PINNED_OFFSET) | load<u8>(at, DEVICE_PINS_OFFSET),
    DEVICE_PINNED_OFFSET,
  );
  if (waitsFirst()) return devDaxRemoveDone(index);
  goto(Pc.dev_dax_remove__unpin);
  devDaxRemoveUnpin();
  return MOVED;
}

/**
 * Waits for the last page reference, in v5.1 after the map has gone and from v5.2 before, without
 * end and without a signal getting through; kernels from v5.18 do not wait. Source:
 * drivers/dax/device.c dev_dax_percpu_exit(), v5.1; mm/memremap.c dev_pagemap_cleanup(), v5.8.
 */
export function devDaxRemoveUnpin(): i32 {
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  const pins = <u32>load<u8>(device(index), DEVICE_PINS_OFFSET);
  if (pins != 0 && !has(Feature.UnpinFreeUnmap)) return wait(Lock.Pages, index, pins, false);
  if (!waitsFirst()) return devDaxRemoveDone(index);
  goto(Pc.dev_dax_remove__unmap);
  return MOVED;
}

/** Gives the claim on the range back. Source: kernel/resource.c devm_region_release(), v5.1. */
function devDaxRemoveDone(index: u32): i32 {
  // The canary's planted bug: the claim stays.
  if (has(Feature.CommonPinning) && !has(Feature.Canary)) releaseClaims(index);
  fsdevLetsGo(index);
  back();
  return MOVED;
}

function observeMemHotplug(): void {
  observeLock(Lock.CpuHotplug, 0, LockMode.Read);
  observeLock(Lock.MemHotplug, 0, LockMode.Write);
  observeUnlock(Lock.MemHotplug, 0, LockMode.Write);
  observeUnlock(Lock.CpuHotplug, 0, LockMode.Read);
}

/**
 * Does one deed of a process with /dev/daxX.Y. Source: drivers/dax/device.c dax_open(), dax_mmap(),
 * check_vma(), v5.1: a device that is not alive has no character device (ENXIO); mapping one that
 * has been killed gives ENXIO.
 */
export function processDeed(index: u32, verb: Verb): i32 {
  const at = device(index);
  const mine: u32 = 1 << me;
  const flags = <u32>load<u8>(at, DEVICE_FLAGS_OFFSET);
  const opens = <u32>load<u8>(at, DEVICE_OPENS_OFFSET);
  const maps = <u32>load<u8>(at, DEVICE_MAPS_OFFSET);
  const pins = <u32>load<u8>(at, DEVICE_PINS_OFFSET);
  const which: Driver = load<u8>(at, DEVICE_DRIVER_OFFSET);
  const bound = which == Driver.DeviceDax || which == Driver.Fsdev;
  if (verb == Verb.Mount) return fsDaxGet(index);
  if (verb == Verb.Umount) return fsPutDax(index);
  if (verb == Verb.Open) {
    if ((flags & DEVICE_PRESENT) == 0) return leave(Errno.ENOENT);
    if (!bound || (flags & DEVICE_ALIVE) == 0) return leave(Errno.ENXIO);
    store<u8>(at, opens | mine, DEVICE_OPENS_OFFSET);
  } else if (verb == Verb.Mmap) {
    if ((opens & mine) == 0) return leave(Errno.EINVAL);
    if (which == Driver.Fsdev) return leave(Errno.ENODEV);
    if ((flags & DEVICE_ALIVE) == 0) return leave(Errno.ENXIO);
    store<u8>(at, maps | mine, DEVICE_MAPS_OFFSET);
  } else if (verb == Verb.Pin) {
    if ((maps & mine) == 0) return leave(Errno.EINVAL);
    store<u8>(at, pins | mine, DEVICE_PINS_OFFSET);
  } else if (verb == Verb.Unpin) {
    if ((pins & mine) == 0) return leave(Errno.EINVAL);
    store<u8>(at, pins & ~mine, DEVICE_PINS_OFFSET);
    const stale = <u32>load<u8>(at, DEVICE_PINNED_OFFSET);
    if ((stale & mine) != 0) broken(Property.NoCrash, index);
    store<u8>(at, stale & ~mine, DEVICE_PINNED_OFFSET);
  } else if (verb == Verb.Touch) {
    // A page fault finds no device behind the mapping: SIGBUS.
    if ((maps & mine) == 0) return leave(Errno.EFAULT);
  } else if (verb == Verb.Munmap) {
    store<u8>(at, maps & ~mine, DEVICE_MAPS_OFFSET);
  } else {
    store<u8>(at, opens & ~mine, DEVICE_OPENS_OFFSET);
  }
  return leave(0);
}
