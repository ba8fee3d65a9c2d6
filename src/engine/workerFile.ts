/**
 * Where the program of a worker thread is; the one place that looks for files of the engine.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EngineError, FAIL_STALE } from './engineError.js';

/**
 * Finds the program of a worker thread: beside this file once bundled, else in dist/ of the source
 * tree.
 *
 * Threads load plain JavaScript, so a run from sources needs the bundle too.
 */
export function workerFile(): string {
  const places = ['./worker.mjs', '../../dist/worker.mjs'].map((place) =>
    fileURLToPath(new URL(place, import.meta.url)),
  );
  const found = places.find((place) => existsSync(place));
  if (found === undefined) {
    const text = `no program for worker threads at ${places.join(' or ')}; run npm run build`;
    throw new EngineError(FAIL_STALE, text);
  }
  return found;
}
