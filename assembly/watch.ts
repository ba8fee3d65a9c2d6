// Whether what a step does is looked at: recorded for a trace, or collected for the order of locks.
// A search does neither, and lock paths ask one flag.

/** A step is recorded. */
export let recording: bool = false;
/** The order of locks is collected. */
export let collecting: bool = false;
/** One of the two: locks are told. */
export let watching: bool = false;

/** Starts or ends to record. */
export function watchSteps(on: bool): void {
  recording = on;
  watching = on || collecting;
}

/** Starts or ends to collect which locks are taken under which. */
export function watchLocks(on: bool): void {
  collecting = on;
  watching = on || recording;
}
