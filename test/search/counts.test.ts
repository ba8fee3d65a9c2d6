import { describe, expect, it } from 'vitest';
import { SUBJECTS } from '../../bench/subjects.ts';
import { open } from './systems.ts';

/** Beyond it a search takes too long for a test; `npm run bench` looks at those. */
const STATES_MAX = 3_000_000;

const rows = SUBJECTS.filter(({ states }) => states <= STATES_MAX);

/** Published, in closed form, or agreed on by SPIN, rumur and TLC (bench/subjects.ts). */
describe('search of systems with known counts', () => {
  it.each(rows)('finds $states states of $system $size', async (row) => {
    const result = await open(row.system, row.scenario, { workers: 2 }).search();

    expect(result.complete).toBe(true);
    expect(result.distinctStates).toBe(row.states);
    expect(result.transitions).toBe(row.transitions);
    expect(result.levels).toHaveLength(row.levels);
  });
});
