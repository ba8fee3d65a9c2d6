// Per-instance set-up: which worker this instance is, and where its area of the shared memory lies.
//
// Globals are private to an instance, memory is not. Every export of the surface begins with
// enter().
import {
  BATCH_BYTES,
  BATCH_HASHES_BYTES,
  BATCH_LIKELY_BYTES,
  BATCH_PACKED_BYTES,
  CONTROL_AREAS,
  PACKED_BYTES_MAX,
  STATE_BYTES_MAX,
  WORKER_AREA_BYTES,
  WORKER_LINE_BYTES,
  WORKER_LINES,
  WORKER_SCRATCH_BYTES,
  WORKER_STATES_BYTES,
} from './search/layout';

let area: usize = 0;

/** Makes this instance worker number `worker`. */
export function enter(worker: u32): void {
  area = <usize>load<u32>(CONTROL_AREAS) + <usize>worker * WORKER_AREA_BYTES;
}

/**
 * Returns the address of 1 MiB that the System may use as it likes; its content is lost between
 * calls.
 */
export function systemScratch(): usize {
  return area;
}

/** Returns the address of one of four places for a state that is not in the arena. */
export function scratchState(place: u32): usize {
  return area + WORKER_SCRATCH_BYTES + <usize>place * STATE_BYTES_MAX;
}

/** Returns the address of the hashes of a batch of successors, u64 each. */
export function batchHashes(): usize {
  return area + WORKER_SCRATCH_BYTES + WORKER_STATES_BYTES;
}

/** Returns the address of the indices + 1 of the states that a batch's may equal, u32 each. */
export function batchLikely(): usize {
  return batchHashes() + BATCH_HASHES_BYTES;
}

/** Returns the address of the states of a batch. */
export function batchStates(): usize {
  return batchLikely() + BATCH_LIKELY_BYTES;
}

/** Returns the address of the packed states of a batch. */
export function batchPacked(): usize {
  return batchStates() + BATCH_BYTES;
}

/** Returns the address of a packed state that is not in the arena. */
export function packedScratch(): usize {
  return batchPacked() + BATCH_PACKED_BYTES;
}

/** Returns the address where the last part of a state is filled up. */
export function partScratch(): usize {
  return packedScratch() + PACKED_BYTES_MAX;
}

/** Returns the address of the state whose successors are enumerated, unpacked. */
export function openedState(): usize {
  return scratchState(2);
}

/** Returns the address of a worker's line in the control block. */
export function workerLine(worker: u32): usize {
  return <usize>WORKER_LINES + <usize>worker * WORKER_LINE_BYTES;
}
