// uevents that udev has not taken yet: a byte of pending actions for each block and each device.
//
// Only actions that some rule of the model can match are kept, so that nothing else widens the
// state space.
import {
  BLOCK_STATE_OFFSET,
  BlockState,
  DEVICE_FLAGS_OFFSET,
  DEVICE_PRESENT,
  Header,
  Observation,
} from '../layout';
import { observe } from '../observe';
import { header } from '../scenario';
import { block, blocks, device, devices, eventsOfBlock, eventsOfDevice } from '../state';

/** Queues a memory block's event. */
export function ueventOfBlock(block: u32, action: u32): void {
  observe(Observation.Uevent, 0, block, action);
  const kept = action & header(Header.EventsWanted) & 0xff;
  if (kept != 0) store<u8>(eventsOfBlock(block), load<u8>(eventsOfBlock(block)) | kept);
}

/** Queues a dax device's event. */
export function ueventOfDevice(device: u32, action: u32): void {
  observe(Observation.Uevent, 1, device, action);
  const kept = action & (header(Header.EventsWanted) >> 8);
  if (kept != 0) store<u8>(eventsOfDevice(device), load<u8>(eventsOfDevice(device)) | kept);
}

/**
 * Queues a dax device's event that a driver has taken or left it. Traces tell it only where some
 * rule can match it. Source: drivers/base/dd.c driver_bound() (KOBJ_BIND) and
 * __device_release_driver() (KOBJ_UNBIND), v4.14 and later.
 */
export function ueventOfDriver(device: u32, action: u32): void {
  if ((action & (header(Header.EventsWanted) >> 8)) != 0) ueventOfDevice(device, action);
}

/**
 * Announces objects that exist once more: of memory (1), of dax (2), or of both (0). Source:
 * udevadm-trigger(8), which writes each object's `uevent`; here all of them in one step.
 */
export function announce(subsystem: u32, action: u32): void {
  for (let index: u32 = 0; subsystem != 2 && index < blocks(); index++) {
    if (load<u8>(block(index), BLOCK_STATE_OFFSET) != BlockState.Absent)
      ueventOfBlock(index, action);
  }
  for (let index: u32 = 0; subsystem != 1 && index < devices(); index++) {
    if ((load<u8>(device(index), DEVICE_FLAGS_OFFSET) & DEVICE_PRESENT) != 0)
      ueventOfDevice(index, action);
  }
}

/** Whether udev's queue is empty. */
export function queueIsEmpty(): bool {
  const count = blocks() + devices();
  for (let index: u32 = 0; index < count; index++) {
    if (load<u8>(eventsOfBlock(index)) != 0) return false;
  }
  return true;
}
