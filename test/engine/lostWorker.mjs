/**
 * A worker program of which one thread is lost in the midst of a search, in the way that the
 * environment names; the others are real.
 */
import { runWorker as explore } from '../../dist/worker.js';

/** Ways to be lost. */
const WAYS = {
  exit: () => process.exit(3),
  throw: () => {
    throw new Error('a fault of the thread');
  },
};

/** Explores as the real one does, but for worker 0, which is lost once the search goes on. */
export function runWorker(task) {
  if (task.worker !== 0) {
    explore(task);
    return;
  }
  const words = new Int32Array(task.memory.buffer);
  const [ready = 0, start = 0] = (process.env.LOST_WORKER_AT ?? '').split(',').map(Number);
  Atomics.add(words, ready / 4, 1);
  while (Atomics.load(words, start / 4) === 0) Atomics.wait(words, start / 4, 0, 100);
  WAYS[process.env.LOST_WORKER]();
}
