// drivers/dax/fsdev.c, v7.1 and later: the driver fsdev_dax, under which a filesystem maps a
// device's pages. It claims and maps as device_dax does, has no mmap of its own, and takes devices
// by name alone. Filesystems themselves are not modelled.
import {
  DEVICE_ALIVE,
  DEVICE_DRIVER_OFFSET,
  DEVICE_EXTRA_FLAGS_OFFSET,
  DEVICE_FLAGS_OFFSET,
  DRIVER_FLAGS_OFFSET,
  DRIVER_REGISTERED,
  Driver,
  EXTRA_FSDEV_OPS,
  Feature,
  Pc,
  Property,
  THREAD_DEVICE_OFFSET,
  THREAD_PC_OFFSET,
} from '../layout';
import { has } from '../scenario';
import { broken, device, deviceExtra, driver, goto, MOVED, th } from '../state';
import { notifyFailure } from './daxHolder';
import { homeOf } from './daxRange';
import { isStaticRegion } from './daxRegion';
import { devDaxProbeMemremap, devDaxProbeRequest } from './deviceDax';

/** Claims every range, or none. Source: drivers/dax/fsdev.c fsdev_dax_probe(), v7.3. */
export function fsdevProbeRequest(): i32 {
  const answer = devDaxProbeRequest();
  if (load<u16>(th, THREAD_PC_OFFSET) == <u16>Pc.dev_dax_probe__memremap) {
    goto(Pc.fsdev_dax_probe__memremap);
  }
  return answer;
}

/**
 * Maps the pages; the page map of a static device, which outlives the driver, carries fsdev's
 * operations from here on. Source: drivers/dax/fsdev.c fsdev_dax_probe(), v7.3.
 */
export function fsdevProbeMemremap(): i32 {
  const index = <u32>load<u8>(th, THREAD_DEVICE_OFFSET);
  const answer = devDaxProbeMemremap();
  const alive = (load<u8>(device(index), DEVICE_FLAGS_OFFSET) & DEVICE_ALIVE) != 0;
  if (answer == MOVED && alive && isStaticRegion(homeOf(index))) setOps(index, true);
  return answer;
}

function setOps(index: u32, there: bool): void {
  const extra = deviceExtra(index);
  const flags = load<u8>(extra, DEVICE_EXTRA_FLAGS_OFFSET) & ~EXTRA_FSDEV_OPS;
  store<u8>(extra, there ? flags | EXTRA_FSDEV_OPS : flags, DEVICE_EXTRA_FLAGS_OFFSET);
}

/**
 * Ends with a device that a driver lets go. Source: drivers/dax/fsdev.c fsdev_clear_pgmap_ops(),
 * v7.3; v7.1 has none.
 */
export function fsdevLetsGo(index: u32): void {
  if (!has(Feature.FsdevDax)) return;
  const own = load<u8>(device(index), DEVICE_DRIVER_OFFSET) == Driver.Fsdev;
  if (own && has(Feature.FsdevClearsOps)) setOps(index, false);
}

/** The page map of a static device goes with the device. */
export function fsdevForgets(index: u32): void {
  if (has(Feature.FsdevDax)) setOps(index, false);
}

/**
 * Reports an error on a medium to what is noted in the page map of its device: fsdev's operation,
 * which is gone once the module is.
 * Source: mm/memory-failure.c memory_failure_dev_pagemap(), v6.19.
 */
export function reportToPageMap(index: u32): void {
  if (!has(Feature.FsdevDax)) return;
  if ((load<u8>(device(index), DEVICE_FLAGS_OFFSET) & DEVICE_ALIVE) == 0) return;
  const bound = load<u8>(device(index), DEVICE_DRIVER_OFFSET) == Driver.Fsdev;
  const stays = load<u8>(deviceExtra(index), DEVICE_EXTRA_FLAGS_OFFSET) & EXTRA_FSDEV_OPS;
  if (!bound && stays == 0) return;
  const loaded = load<u8>(driver(Driver.Fsdev), DRIVER_FLAGS_OFFSET) & DRIVER_REGISTERED;
  if (loaded == 0) broken(Property.NoCrash, index);
  else notifyFailure(index);
}
