/**
 * Standing still between two levels: the driver asks for it, every worker leaves its exploration at
 * the next barrier, and the memory is the driver's until it lets them go on.
 */
import {
  CONTROL_ABORT,
  CONTROL_PAUSE,
  CONTROL_PAUSED,
  CONTROL_PAUSES,
  CONTROL_WORKERS,
} from '../../assembly/search/layout.js';
import type { Control } from './control.js';

/** What is done at pauses. */
export interface Pauses {
  /** Asked some times a second: whether the next barrier shall be a pause. */
  isDue(): boolean;
  /** Runs while everything stands still; the search goes on when it resolves. */
  run(): Promise<void>;
}

/** Makes one of two; a pause that one of them asks for is a pause of both. */
export function bothPauses(first: Pauses, second: Pauses | undefined): Pauses {
  if (second === undefined) return first;
  return {
    isDue: () => first.isDue() || second.isDue(),
    run: async () => {
      for (const pauses of [first, second]) if (pauses.isDue()) await pauses.run();
    },
  };
}

const WAIT_MILLISECONDS = 100;

/** Asks for a pause at the next barrier between levels. */
export function requestPause(control: Control): void {
  control.write(CONTROL_PAUSE, 1);
}

/** In a worker thread: waits until the pause is over, or the search is aborted. */
export function waitOutPause(words: Int32Array<ArrayBufferLike>): void {
  // Not by CONTROL_PAUSE: the next pause may be asked for before this thread has woken up.
  const over = Atomics.load(words, CONTROL_PAUSES / 4);
  Atomics.add(words, CONTROL_PAUSED / 4, 1);
  while (Atomics.load(words, CONTROL_PAUSES / 4) === over) {
    if (Atomics.load(words, CONTROL_ABORT / 4) !== 0) return;
    Atomics.wait(words, CONTROL_PAUSES / 4, over, WAIT_MILLISECONDS);
  }
}

/** Whether every worker thread has left its exploration for the pause. */
export function areAllPaused(control: Control): boolean {
  return control.read(CONTROL_PAUSED) === control.read(CONTROL_WORKERS);
}

/** Runs what the pause is for and lets the workers go on. */
export async function runPause(control: Control, pauses: Pauses | undefined): Promise<void> {
  try {
    await pauses?.run();
  } finally {
    control.write(CONTROL_PAUSED, 0);
    control.write(CONTROL_PAUSE, 0);
    control.signal(CONTROL_PAUSES, control.read(CONTROL_PAUSES) + 1);
  }
}
