/**
 * When a state can be judged: nobody is inside the kernel, no event waits for udev, and there is a
 * device to ask for.
 */
import {
  DEVICE_FLAGS_OFFSET,
  DEVICE_GHOST_OFFSET,
  DEVICE_PRESENT,
  DEVICE_RANGES_OFFSET,
  GHOST_KMEM_BOUND,
  Publication,
  THREAD_BYTES,
  THREAD_PC_OFFSET,
} from '../../assembly/layout.js';
import type { ScenarioWords } from '../compile/words.js';

/** Whether no thread is inside the kernel. */
export function isQuiet(state: Uint8Array, scenario: ScenarioWords): boolean {
  for (let thread = 0; thread < scenario.threads.length; thread++) {
    const at = scenario.state.threadsAt + thread * THREAD_BYTES + THREAD_PC_OFFSET;
    if (state[at] !== 0 || state[at + 1] !== 0) return false;
  }
  return true;
}

/** Whether no event waits for udev. */
export const isQueueEmpty = (state: Uint8Array, scenario: ScenarioWords): boolean =>
  state.subarray(scenario.state.eventsAt, scenario.state.faultsAt).every((byte) => byte === 0);

/**
 * Whether the property speaks of a device in a state: it is registered and has memory, or it has
 * been on kmem and went with the CXL region or the namespace beneath it.
 */
export function isAsked(
  state: Uint8Array,
  at: number,
  scenario: ScenarioWords,
  device: number,
): boolean {
  if (((state[at + DEVICE_FLAGS_OFFSET] ?? 0) & DEVICE_PRESENT) !== 0)
    return (state[at + DEVICE_RANGES_OFFSET] ?? 0) !== 0;
  const { regions, devices, publications } = scenario.plan;
  const region = regions[devices[device]?.region ?? 0];
  const home = region?.name;
  const isCxl = publications.some(
    ({ kind, region }) => kind === Publication.CxlRegion && region === home,
  );
  const isBeneath = isCxl || region?.namespace != null;
  return isBeneath && ((state[at + DEVICE_GHOST_OFFSET] ?? 0) & GHOST_KMEM_BOUND) !== 0;
}
