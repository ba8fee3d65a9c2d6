// drivers/cxl/core/region.c: a CXL region whose memory device loses its driver, by
// `cxl disable-memdev` or because the card is pulled. Each region has one memory device.
//
// The decoders are reset first, so that from then on nothing answers at the region's addresses;
// then the region's driver goes, with the dax region and all that is on it. A remove cannot refuse.
// The region itself stays, without a target.
import {
  Errno,
  Lock,
  Pc,
  PUBLICATION_DAX,
  PUBLICATION_DISABLED,
  PUBLICATION_REGISTERED,
  PUBLICATION_TRIED,
  STAGE_CXL_ACPI,
  STAGE_RELEASED,
} from '../layout';
import { goto, MOVED, wait } from '../state';
import { busyInCxl } from './beneathUnload';
import { detachIfBound } from './hmem';
import { noteProbed } from './hmemRegister';
import {
  clearPublication,
  current,
  isAt,
  leaveBeneath,
  moveTo,
  publicationIs,
  reach,
  regionOfPublication,
  setPublication,
} from './publication';

/**
 * Does what `cxl disable-memdev` asks for: without `force` a device of an active region is left
 * alone. Before cxl_acpi has probed no memory device has a driver.
 * Source: pmem/ndctl cxl/memdev.c action_disable(), v81.
 */
export function disableMemdev(index: u32, force: bool): i32 {
  if (!isAt(STAGE_CXL_ACPI) || publicationIs(index, PUBLICATION_DISABLED)) return leaveBeneath(0);
  if (publicationIs(index, PUBLICATION_REGISTERED) && !force) return leaveBeneath(Errno.EBUSY);
  moveTo(index);
  reach(STAGE_RELEASED);
  goto(Pc.cxl_region_detach__lock);
  return MOVED;
}

/**
 * Lets the device have its driver again. Its decoders are reset, so that no region comes of that.
 * Source: pmem/ndctl cxl/memdev.c action_enable(), v81.
 */
export function enableMemdev(index: u32): i32 {
  clearPublication(index, PUBLICATION_DISABLED);
  return leaveBeneath(0);
}

/**
 * Resets the decoders, once nobody assembles, creates or destroys a region.
 * Source: drivers/cxl/core/region.c cxl_region_detach(), v6.8; __cxl_decoder_detach(), v6.19.
 */
export function cxlRegionDetachLock(): i32 {
  const busy = busyInCxl();
  if (busy != 0) return wait(Lock.DeviceProbe, 0, busy, false);
  const index = current();
  if (publicationIs(index, PUBLICATION_DISABLED)) return leaveBeneath(0);
  setPublication(index, PUBLICATION_DISABLED);
  if (!publicationIs(index, PUBLICATION_REGISTERED)) return leaveBeneath(0);
  goto(Pc.cxl_region_detach__release);
  return MOVED;
}

/**
 * Releases the region's driver: the dax region goes.
 * Source: drivers/cxl/core/region.c cxl_region_detach(), cxlr_dax_unregister(), v6.8.
 */
export function cxlRegionDetachRelease(): i32 {
  return detachIfBound(regionOfPublication(current()), Pc.cxl_region_detach__released);
}

/** Source: drivers/cxl/core/region.c cxl_region_detach(), v6.8. */
export function cxlRegionDetachReleased(): i32 {
  noteProbed();
  clearPublication(current(), PUBLICATION_DAX | PUBLICATION_TRIED);
  return leaveBeneath(0);
}
