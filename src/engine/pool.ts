/**
 * The worker threads of one search: started when a level gets large, handed the search once all are
 * up.
 */
import { CONTROL_START, CONTROL_WORKERS } from '../../assembly/search/layout.js';
import { abortAll, type Control, readyWorkers } from './control.js';
import { startThreads } from './threads.js';
import type { WorkerTask } from './worker.js';

/** Threads that are coming up, or at work. */
export interface Pool {
  /** All threads wait for the start. */
  isReady(): boolean;
  /** The first failure of a thread, if any. */
  failure(): unknown;
  /**
   * Hands the search over: resolves when all threads have ended. No other instance may explore
   * meanwhile.
   */
  takeOver(): Promise<void>;
  /** Sends waiting threads away and ends them. */
  close(): Promise<void>;
}

/** Starts so many threads; they wait at CONTROL_START. */
export async function startPool(
  control: Control,
  task: Omit<WorkerTask, 'worker'>,
  workers: number,
): Promise<Pool> {
  const threads = await startThreads('runWorker', workers);
  let failure: unknown;
  const runs = Array.from({ length: workers }, (_, worker) =>
    threads.run({ ...task, worker }).then(undefined, (cause: unknown) => {
      failure ??= cause;
      // The others would wait at their barrier for the one that is lost.
      abortAll(control);
    }),
  );
  return {
    isReady: () => readyWorkers(control) === workers,
    failure: () => failure,
    takeOver: async () => {
      control.write(CONTROL_WORKERS, workers);
      control.signal(CONTROL_START, 1);
      await Promise.all(runs);
    },
    close: async () => {
      if (control.read(CONTROL_START) === 0) control.signal(CONTROL_START, 2);
      await Promise.all(runs);
      await threads.destroy();
    },
  };
}
