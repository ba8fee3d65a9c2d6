/**
 * A worker program of which one thread is lost in the midst of a search, in the way that the
 * environment names; the others are real.
 */
const REAL = new URL('../../dist/worker.mjs', import.meta.url).href;

/** Is lost, in one of two ways. */
function lose() {
  if (process.env.LOST_WORKER === 'exit') process.exit(3);
  throw new Error('a fault of the thread');
}

/**
 * Explores as the real one does, but for worker 0, which is lost once the search goes on.
 *
 * @param {{ readonly worker: number, readonly memory: WebAssembly.Memory }} task
 */
export async function runWorker(task) {
  if (task.worker !== 0) {
    const { runWorker: explore } = await import(REAL);
    explore(task);
    return;
  }
  const words = new Int32Array(task.memory.buffer);
  const [ready = 0, start = 0] = (process.env.LOST_WORKER_AT ?? '').split(',').map(Number);
  Atomics.add(words, ready / 4, 1);
  while (Atomics.load(words, start / 4) === 0) Atomics.wait(words, start / 4, 0, 100);
  lose();
}
