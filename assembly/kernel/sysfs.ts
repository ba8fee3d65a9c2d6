// Which kernel function a sysfs file's read or write enters, and the errno of files that are not
// there.
//
// A shell's `>` opens with O_CREAT: a missing file in a directory that exists is EACCES, a missing
// directory ENOENT. Source: fs/kernfs/dir.c, fs/sysfs/file.c, v5.1; run on 6.1 and 6.12.

import {
  BLOCK_ROW_START_OFFSET,
  BLOCK_STATE_OFFSET,
  BlockState,
  CODE_INVALID,
  DEVICE_FLAGS_OFFSET,
  DEVICE_PRESENT,
  DEVICE_ROW_FIRMWARE_NODE_OFFSET,
  DEVICE_ROW_REGION_OFFSET,
  DRIVER_ANY,
  Driver,
  Errno,
  Feature,
  File,
  GLOBAL_POLICY_OFFSET,
  NODE_NONE,
  OnlineType,
  RANGE_START_OFFSET,
  REGION_FILES,
  REGION_FLAGS_OFFSET,
  REGION_ROW_FLAGS_OFFSET,
  REGION_STATIC,
  Text,
} from '../layout';
import { has, point } from '../scenario';
import {
  block,
  blockRow,
  device,
  deviceRow,
  leave,
  leaveWith,
  RETURNED_NUMBER,
  range,
  region,
  regionRow,
  st,
} from '../state';
import { doIdStore, isOnBus, isRegistered } from './daxBus';
import { memmapOnMemoryShow, memmapOnMemoryStore } from './daxMemmap';
import { deviceSize, hasMapping } from './daxRange';
import { leaveWithBytes, regionShow, regionStore } from './daxRegion';
import { areFilesGone } from './daxResize';
import { bindStore, driverOf, driversProbeStore, unbindStore } from './driverCore';
import { platformStore } from './hmemPlatform';
import { daxStateShow, daxStateStore, hasStateFile } from './kmemState';
import { blockShow, stateStore } from './memoryBlockFiles';
import { probeStore } from './memoryProbe';
import { uuidStore } from './nvdimm';
import { claimStore, ndRegionStore } from './nvdimmDevices';

function isPresent(index: u32): bool {
  return (load<u8>(device(index), DEVICE_FLAGS_OFFSET) & DEVICE_PRESENT) != 0;
}

function isStatic(regionIndex: u32): bool {
  return (load<u8>(regionRow(regionIndex), REGION_ROW_FLAGS_OFFSET) & REGION_STATIC) != 0;
}

function hasBus(): bool {
  return has(Feature.DaxBus);
}

/** Whether a device has a directory on the bus. */
function deviceIsThere(index: u32): bool {
  return hasBus() && isPresent(index) && !areFilesGone(index);
}

/** Whether a driver's directory is in sysfs. */
function hasDriver(which: Driver): bool {
  if (which == Driver.Fsdev && !has(Feature.FsdevDax)) return false;
  return hasBus() && (which != Driver.Kmem || has(Feature.Kmem)) && isRegistered(which);
}

/**
 * Writes auto_online_blocks; no lock. Source: drivers/base/memory.c auto_online_blocks_store(),
 * v5.1 (online, offline) and v5.7 (typed).
 */
function autoOnlineStore(code: u32): i32 {
  const typed = has(Feature.TypedAutoOnline);
  if (code == CODE_INVALID || (!typed && code > <u32>OnlineType.Online)) return leave(Errno.EINVAL);
  store<u8>(st, code, GLOBAL_POLICY_OFFSET);
  return leave(0);
}

/**
 * Enters the write of a file; `code` is what the string means to it, `sub`, for mapping, its second
 * number.
 */
export function sysfsWrite(file: File, object: u32, sub: u32, code: u32): i32 {
  switch (file) {
    case File.Bind:
      return hasDriver(object) ? bindStore(object, code) : leave(Errno.ENOENT);
    case File.Unbind:
      return hasDriver(object) ? unbindStore(object, code) : leave(Errno.ENOENT);
    case File.NewId:
    case File.RemoveId:
      return hasDriver(object) ? doIdStore(object, file, code) : leave(Errno.ENOENT);
    case File.OwnUnbind:
    case File.OwnRemoveId:
      return ownDriverWrite(file, object, code);
    case File.DriversProbe:
      return hasBus() ? driversProbeStore(code) : leave(Errno.ENOENT);
    case File.AutoOnline:
      return autoOnlineStore(code);
    case File.MemoryProbe:
      return probeStore(code);
    case File.BlockState:
    case File.BlockOnline:
      return stateStore(object, file, code);
    case File.DeviceState:
      return deviceIsThere(object) ? daxStateStore(object, code) : leave(Errno.ENOENT);
    case File.DeviceMemmap:
      return deviceIsThere(object) ? memmapOnMemoryStore(object, code) : leave(Errno.ENOENT);
    case File.NamespaceUuid:
      return uuidStore(object);
    case File.ClaimNamespace:
      return claimStore(object, code);
    case File.NdRegionBind:
    case File.NdRegionUnbind:
      return ndRegionStore(file == File.NdRegionBind, code);
    case File.PlatformBind:
    case File.PlatformUnbind:
      return platformStore(file == File.PlatformBind, code == 0);
    case File.BlockRemovable:
    case File.BlockZones: {
      const gone = load<u8>(block(object), BLOCK_STATE_OFFSET) == BlockState.Absent;
      return leave(gone ? Errno.ENOENT : Errno.EACCES);
    }
    default:
      return otherWrite(file, object, sub, code);
  }
}

/** Whether the device's link to a driver is there, or to one driver. */
function hasDriverLink(index: u32, which: u32): bool {
  if (!hasBus() || !isOnBus(index)) return false;
  const bound = <u32>driverOf(index);
  return which == DRIVER_ANY ? bound != Driver.None : bound == which;
}

/** A driver's file by way of the device's link: the driver is the one of this moment. */
function ownDriverWrite(file: File, index: u32, code: u32): i32 {
  if (!hasDriverLink(index, DRIVER_ANY)) return leave(Errno.ENOENT);
  const which = driverOf(index);
  return file == File.OwnUnbind ? unbindStore(which, code) : doIdStore(which, File.RemoveId, code);
}

/** Whether a block exists and begins inside the span of a device's first address and size. */
function isBlockOfDevice(index: u32, owner: u32): bool {
  if (load<u8>(block(index), BLOCK_STATE_OFFSET) == BlockState.Absent) return false;
  const size = deviceSize(owner);
  if (!isPresent(owner) || size == 0) return false;
  const start = load<u64>(blockRow(index), BLOCK_ROW_START_OFFSET);
  const first = point(load<u16>(range(owner, 0), RANGE_START_OFFSET));
  return start >= first && start - first < size;
}

function otherWrite(file: File, object: u32, sub: u32, code: u32): i32 {
  if (file >= File.DeviceSize && file <= File.Mapping) {
    if (!hasBus() || !isPresent(object)) return leave(Errno.ENOENT);
    const owner = load<u8>(deviceRow(object), DEVICE_ROW_REGION_OFFSET);
    const divisible = has(Feature.RegionSubdivision) && !isStatic(owner);
    const writable =
      file == File.DeviceSize || file == File.DeviceAlign || file == File.DeviceMapping;
    return divisible && writable ? regionStore(file, object, code, sub) : leave(Errno.EACCES);
  }
  if (file >= File.RegionCreate && file <= File.RegionId) {
    if ((load<u8>(region(object), REGION_FLAGS_OFFSET) & REGION_FILES) == 0)
      return leave(Errno.ENOENT);
    const writable = file == File.RegionCreate || file == File.RegionDelete;
    const divisible = has(Feature.RegionSubdivision) && !isStatic(object);
    return divisible && writable ? regionStore(file, object, code, 0) : leave(Errno.EACCES);
  }
  return regionStore(file, object, code, 0);
}

/** Enters the read of a file. */
export function sysfsRead(file: File, object: u32, sub: u32): i32 {
  if (file <= File.RemoveId) return leave(hasDriver(object) ? Errno.EACCES : Errno.ENOENT);
  if (file == File.DriversProbe) return leave(hasBus() ? Errno.EACCES : Errno.ENOENT);
  if (file == File.AutoOnline) return leaveWith(0, policyText());
  if (file == File.DeviceState)
    return deviceIsThere(object) ? daxStateShow(object) : leave(Errno.ENOENT);
  if (file == File.DeviceMemmap)
    return deviceIsThere(object) ? memmapOnMemoryShow(object) : leave(Errno.ENOENT);
  if (file >= File.BlockState && file <= File.BlockZones) return blockShow(object, file);
  if (file >= File.DeviceSize && file <= File.Mapping) return deviceShow(file, object, sub);
  if (file >= File.RegionCreate && file <= File.RegionId) return regionShow(file, object, sub);
  return leave(Errno.EACCES);
}

function policyText(): u32 {
  const policy: OnlineType = load<u8>(st, GLOBAL_POLICY_OFFSET);
  if (policy == OnlineType.Offline) return Text.Offline;
  if (policy == OnlineType.Kernel) return Text.OnlineKernel;
  return policy == OnlineType.Movable ? Text.OnlineMovable : Text.Online;
}

/**
 * Reads a file of a dax device. A device whose firmware names no node has no target_node file.
 * Source: drivers/dax/bus.c dev_dax_visible(), target_node_show(), modalias_show(), v5.1.
 */
function deviceShow(file: File, object: u32, sub: u32): i32 {
  if (!hasBus() || !isPresent(object)) return leave(Errno.ENOENT);
  if (file == File.DeviceTargetNode) {
    const node = <u32>load<u8>(deviceRow(object), DEVICE_ROW_FIRMWARE_NODE_OFFSET);
    const shown = has(Feature.TargetNodeAttr) && node != NODE_NONE;
    return shown ? leaveWith(0, RETURNED_NUMBER | node) : leave(Errno.ENOENT);
  }
  if (file == File.DeviceModalias) {
    return has(Feature.ModaliasAttr) ? leaveWith(0, Text.Modalias) : leave(Errno.ENOENT);
  }
  if (file == File.DeviceSize && !has(Feature.RegionSubdivision))
    return leaveWithBytes(deviceSize(object));
  return has(Feature.RegionSubdivision) ? regionShow(file, object, sub) : leave(Errno.ENOENT);
}

/** Whether a file or directory exists, as `[ -e path ]` asks. */
export function sysfsExists(file: File, object: u32, sub: u32): bool {
  if (file <= File.RemoveId) {
    const ids = file == File.NewId || file == File.RemoveId;
    return hasDriver(object) && (!ids || has(Feature.OverrideDriver));
  }
  if (file == File.DriversProbe) return hasBus();
  if (file == File.AutoOnline) return true;
  if ((file >= File.BlockState && file <= File.BlockZones) || file == File.BlockDirectory) {
    return load<u8>(block(object), BLOCK_STATE_OFFSET) != BlockState.Absent;
  }
  if (file == File.DeviceState) return deviceIsThere(object) && hasStateFile(object);
  if (file == File.DeviceMemmap) return deviceIsThere(object) && has(Feature.MemmapOnMemoryAttr);
  if (file == File.DeviceDirectory) return isOnBus(object) && hasBus();
  if (file == File.DriverLink) return hasDriverLink(object, sub);
  if (file == File.DeviceBlock) return isBlockOfDevice(object, sub);
  if (file == File.OwnUnbind || file == File.OwnRemoveId) return hasDriverLink(object, DRIVER_ANY);
  if (file >= File.DeviceSize && file <= File.Mapping) return deviceFileExists(file, object, sub);
  if (file >= File.RegionCreate && file <= File.RegionId) {
    const flags = load<u8>(region(object), REGION_FLAGS_OFFSET);
    return has(Feature.RegionSubdivision) && (flags & REGION_FILES) != 0 && !isStatic(object);
  }
  return true;
}

function deviceFileExists(file: File, object: u32, sub: u32): bool {
  if (!hasBus() || !isPresent(object)) return false;
  if (file == File.DeviceTargetNode) {
    const node = <u32>load<u8>(deviceRow(object), DEVICE_ROW_FIRMWARE_NODE_OFFSET);
    return has(Feature.TargetNodeAttr) && node != NODE_NONE;
  }
  if (file == File.DeviceModalias) return has(Feature.ModaliasAttr);
  if (file == File.DeviceSize) return true;
  if (!has(Feature.RegionSubdivision)) return false;
  if (file == File.Mapping) return hasMapping(object, sub);
  return (
    file != File.DeviceMapping || !isStatic(load<u8>(deviceRow(object), DEVICE_ROW_REGION_OFFSET))
  );
}
