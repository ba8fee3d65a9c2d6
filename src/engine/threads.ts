/** Starts worker threads that run a function of worker.ts, one task at a time. */
import type { Piscina } from 'piscina';
import { workerFile } from './workerFile.js';

export async function startThreads(
  name: 'runWorker' | 'runWalks' | 'runSwarm' | 'runSampler',
  count: number,
): Promise<Piscina> {
  // Loaded here, because most models never need a thread.
  const { Piscina } = await import('piscina');
  return new Piscina({
    filename: workerFile(),
    name,
    minThreads: count,
    maxThreads: count,
    concurrentTasksPerWorker: 1,
    atomics: 'disabled',
  });
}
