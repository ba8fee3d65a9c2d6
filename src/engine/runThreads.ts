/**
 * Worker threads for runs: each takes numbers of runs until none is left, and comes back.
 */
import type { Piscina } from 'piscina';
import { type Control, errorCode } from './control.js';
import { trapError } from './engineError.js';
import type { WorkerTask } from './worker.js';

/** What the threads are given. */
export interface RunThreadsSetup extends Omit<WorkerTask, 'worker'> {
  readonly control: Control;
}

const WATCH_MILLISECONDS = 20;

/** Has every thread do its task once. Throws EngineError when one is lost. */
export async function runOnThreads(
  { control, module, memory, own }: RunThreadsSetup,
  threads: Piscina,
  workers: number,
  watch: () => void,
): Promise<void> {
  const timer = setInterval(watch, WATCH_MILLISECONDS);
  try {
    const tasks = Array.from({ length: workers }, (_, worker) => {
      const task: WorkerTask = { module, memory, own, worker };
      return threads.run(task);
    });
    for (const done of await Promise.allSettled(tasks)) {
      if (done.status === 'rejected') throw trapError(errorCode(control), done.reason);
    }
  } finally {
    clearInterval(timer);
  }
}
