import { describe, expect, it } from 'vitest';
import { open } from './systems.ts';

/**
 * Published, or agreed on by SPIN, rumur and TLC; TLC's transitions count the initial state as one
 * more.
 */
describe('search of systems with known counts', () => {
  it.each([
    { name: 'daxhp', scenario: [2, 2, 2, 0], states: 66504, transitions: 328096, levels: 43 },
    { name: 'daxhp', scenario: [3, 2, 2, 0], states: 2462080, transitions: 16713120, levels: 57 },
    { name: 'grid', scenario: [6, 10], states: 1000000, transitions: 10800000, levels: 55 },
    { name: 'twoPhase', scenario: [3], states: 288, transitions: 1145, levels: 11 },
    { name: 'twoPhase', scenario: [4], states: 1568, transitions: 8257, levels: 14 },
    { name: 'twoPhase', scenario: [5], states: 8832, transitions: 58145, levels: 17 },
    { name: 'twoPhase', scenario: [6], states: 50816, transitions: 402305, levels: 20 },
    { name: 'twoPhase', scenario: [7], states: 296448, transitions: 2744705, levels: 23 },
  ] as const)('finds $states states of $name $scenario', async (row) => {
    const result = await open(row.name, row.scenario, { workers: 2 }).search();

    expect(result.complete).toBe(true);
    expect(result.distinctStates).toBe(row.states);
    expect(result.transitions).toBe(row.transitions);
    expect(result.levels).toHaveLength(row.levels);
  });
});
