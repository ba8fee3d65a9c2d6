// uevents that udev has not taken yet: a byte of pending actions for each block and each device.
//
// Only actions that some rule of the model can match are kept, so that nothing else widens the
// state space.
import { Header, Observation } from '../layout';
import { observe } from '../observe';
import { header } from '../scenario';
import { blocks, devices, eventsOfBlock, eventsOfDevice } from '../state';

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

/** Whether udev's queue is empty. */
export function queueIsEmpty(): bool {
  const count = blocks() + devices();
  for (let index: u32 = 0; index < count; index++) {
    if (load<u8>(eventsOfBlock(index)) != 0) return false;
  }
  return true;
}
