/** Short calls into the engine, so that progress, limits and interrupts have their turn. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { RUN_DONE } from '../../assembly/search/layout.js';

const SLICE_MILLISECONDS = 15;

/**
 * Calls `run` until it is done, with turns for others in between.
 *
 * @param budget of the first call; of later ones twice as much, as long as they stay short.
 */
export async function inSlices(
  run: (budget: number) => number,
  budget: number,
  watch: () => void,
): Promise<void> {
  for (let most = budget; ; ) {
    watch();
    const began = performance.now();
    if (run(most) === RUN_DONE) return;
    if (performance.now() - began < SLICE_MILLISECONDS / 2) most *= 2;
    await nextTurn();
  }
}
