/**
 * Where the program of a worker thread is.
 */
import { packageFile } from '../packageFile.js';
import { EngineError, FAIL_STALE } from './engineError.js';

/**
 * Finds the program of a worker thread. Threads load plain JavaScript, so a run from sources needs
 * the bundle too.
 */
export function workerFile(): string {
  return packageFile('dist/worker.mjs', (places) => {
    const text = `no program for worker threads at ${places}; run npm run build`;
    return new EngineError(FAIL_STALE, text);
  });
}
