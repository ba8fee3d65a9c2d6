// Exports for the tests of kmem's alignment arithmetic alone; no part of the engine. The test lays
// out a scenario that has features and the size of a memory block only.
import { kmemBytes, kmemStart, usableBytes } from './section';

/** First address that kmem would add of [start, end]. */
export function probeKmemStart(start: u64): u64 {
  return kmemStart(start);
}

/** Bytes that kmem's probe asks for of [start, end]. */
export function probeKmemBytes(start: u64, end: u64): u64 {
  return kmemBytes(start, end);
}

/** Bytes of [start, end] that whole blocks can hold. */
export function probeUsableBytes(start: u64, end: u64): u64 {
  return usableBytes(start, end);
}
