// Exports for the tests of the resource tree alone; no part of the engine. The test lays out a
// scenario that has boundary points, features and slots only, and a state that has slots only.
import { RESOURCE_MEM } from '../layout';
import { lookAt } from '../state';
import {
  insertResource,
  releaseMemRegionAdjustable,
  releaseRegion,
  releaseResource,
  removeResource,
  requestRegion,
} from './resource';
import { ramFoundByRes } from './resourceIterate';
import { regionIntersectsRam, systemRamBytes } from './resourceWalk';

/** Works on the state at an address from here on. */
export function probeState(state: usize): void {
  lookAt(state);
}

/**
 * Requests a region for a slot: 1 when it was granted.
 * Source: kernel/resource.c __request_region(), v5.1.
 */
export function probeRequest(slot: u32, start: u64, size: u64, name: u32): i32 {
  return requestRegion(slot, start, size, name, 0) ? 1 : 0;
}

/** Inserts a slot: 1 when it lies in the tree. */
export function probeInsert(slot: u32, start: u64, end: u64, name: u32): i32 {
  return insertResource(slot, start, end, RESOURCE_MEM, name) ? 1 : 0;
}

/** Releases a region: 0 is the message about a nonexistent resource. */
export function probeRelease(start: u64, size: u64): i32 {
  return releaseRegion(start, size) ? 1 : 0;
}

/** Unlinks a slot with what lies beneath it. */
export function probeReleaseResource(slot: u32): void {
  releaseResource(slot);
}

/** Unlinks a slot and leaves what lies beneath it. */
export function probeRemoveResource(slot: u32): void {
  removeResource(slot);
}

/** Releases System RAM as hot-removal does. */
export function probeAdjustable(start: u64, size: u64): void {
  releaseMemRegionAdjustable(start, size);
}

/** Bytes of [start, end] that a walk over System RAM reports. */
export function probeSystemRam(start: u64, end: u64): u64 {
  return systemRamBytes(start, end);
}

/** What region_intersects answers for System RAM: 0 intersects, 1 disjoint, 2 mixed. */
export function probeIntersects(start: u64, size: u64): u32 {
  return regionIntersectsRam(start, size);
}

/** Bytes of [start, end] that a walk over System RAM by resources reports. */
export function probeWalkRes(start: u64, end: u64): u64 {
  return ramFoundByRes(start, end);
}
