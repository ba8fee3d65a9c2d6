/**
 * What the locals of a thread hold at each program point, as far as devices and blocks go: read off
 * the paths of assembly/kernel, and tested by taking every step of small models in both ways.
 */
import { LOCAL_BLOCK, LOCAL_DEVICE, LOCAL_ORDERED, Pc } from '../../../assembly/layout.js';

/** DEVICE is the device at hand, and no order of devices matters. */
const WITH_DEVICE: readonly Pc[] = [
  Pc.bind_store__lock,
  Pc.bind_store__probed,
  Pc.unbind_store__lock,
  Pc.unbind_store__removed,
  Pc.drivers_probe_store__lock,
  Pc.drivers_probe_store__probed,
  Pc.device_add__next,
  Pc.device_add__probed,
  Pc.dev_dax_probe__request,
  Pc.dev_dax_probe__memremap,
  Pc.dev_dax_remove__kill,
  Pc.dev_dax_remove__unpin,
  Pc.dev_dax_remove__unmap,
  Pc.dev_dax_kmem_probe__request,
  Pc.dev_dax_kmem_probe__added,
  Pc.dev_dax_kmem_remove__range,
  Pc.dev_dax_kmem_remove__removed,
  Pc.add_memory__lock,
  Pc.add_memory_resource__begin,
  Pc.remove_memory__lock,
  Pc.remove_memory__remove,
];

/** BLOCK is the block at hand. */
const WITH_BLOCK: readonly Pc[] = [Pc.state_store__offlined, Pc.state_store__trylock];

const WITH_BOTH: readonly Pc[] = [Pc.add_memory_resource__online, Pc.try_remove_memory__drain];

/**
 * A byte for each program point. Whatever is not listed counts as ordered: loops over devices
 * (driver_attach, driver_detach), and paths that nobody has looked at.
 */
export function encodeLocals(): Uint8Array {
  const bytes = new Uint8Array(Pc.Count).fill(LOCAL_ORDERED);
  bytes[Pc.User] = 0;
  for (const point of WITH_DEVICE) bytes[point] = LOCAL_DEVICE;
  for (const point of WITH_BLOCK) bytes[point] = LOCAL_BLOCK;
  for (const point of WITH_BOTH) bytes[point] = LOCAL_DEVICE | LOCAL_BLOCK;
  return bytes;
}
