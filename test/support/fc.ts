/**
 * The one seed of all random tests: fixed, so that every run does the same, and another one by
 * FC_SEED.
 *
 * FC_RUNS multiplies how many cases each test tries (a night's run of 50 times as many, say).
 */

const seed = Number(process.env.FC_SEED ?? 20261122);
const factor = Number(process.env.FC_RUNS ?? 1);

/**
 * Parameters for fast-check's `assert`; spread them and override `numRuns` where a case is dear.
 */
export const FC = { seed, numRuns: 100 * factor } as const;

/** For the title of a suite with random tests, so that a failure's output names the seed. */
export const SEED_TITLE = `seed ${seed}`;

/** Scales a number of runs by FC_RUNS. */
export function runs(count: number): number {
  return count * factor;
}
