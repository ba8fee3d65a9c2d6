/**
 * What a worker thread runs: one long task, an instance of its own over the shared memory.
 *
 * The loop is inside WebAssembly; calls are short only so that optimised code replaces the first,
 * slow one.
 */
import {
  CONTROL_READY,
  CONTROL_START,
  RUN_DONE,
  RUN_MORE,
  RUN_PAUSED,
} from '../../assembly/search/layout.js';
import { instantiate, searchExports } from './instantiate.js';
import { waitOutPause } from './pauses.js';

export { runSampler } from './sampler.js';

/** What a task is given; the memory is shared, the module is compiled already. */
export interface WorkerTask {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** The module of the own properties; null when there are none. */
  readonly own: WebAssembly.Module | null;
  readonly worker: number;
}

const CHUNKS_A_CALL = 8;
const WALKS_A_CALL = 4;
const WAIT_MILLISECONDS = 100;

/** Waits for the start, then explores to the end of the search. */
export function runWorker({ module, memory, own, worker }: WorkerTask): void {
  const engine = searchExports(instantiate(module, memory, own));
  const words = new Int32Array(memory.buffer);
  Atomics.add(words, CONTROL_READY / 4, 1);
  while (Atomics.load(words, CONTROL_START / 4) === 0) {
    Atomics.wait(words, CONTROL_START / 4, 0, WAIT_MILLISECONDS);
  }
  if (Atomics.load(words, CONTROL_START / 4) !== 1) return;
  for (;;) {
    const phase = engine.explore(worker, CHUNKS_A_CALL);
    if (phase === RUN_DONE) return;
    if (phase === RUN_PAUSED) waitOutPause(words);
  }
}

/** Walks until no walk is left of those to be done now. */
export function runWalks({ module, memory, own, worker }: WorkerTask): void {
  const engine = searchExports(instantiate(module, memory, own));
  while (engine.walks(worker, WALKS_A_CALL) === RUN_MORE);
}

/** Searches until no search of the swarm is left. */
export function runSwarm({ module, memory, own, worker }: WorkerTask): void {
  const engine = searchExports(instantiate(module, memory, own));
  while (engine.swarm(worker, 1) === RUN_MORE);
}
