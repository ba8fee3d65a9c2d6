/** A race as one JSON line. Stacks and messages are those of the first round that was seen. */
import { toLines } from '../../report/json.js';
import type { KernelFacts } from '../facts.js';
import type { RaceResult } from './race.js';
import { firstSeen, freeingOf } from './summary.js';

/** Renders a race as a JSON line of kind 'lab-race'. */
export function renderRaceJson(result: RaceResult, facts: KernelFacts): string {
  const { model, title, kernel, release, finding, seed, seen, times, rounds } = result;
  const first = firstSeen(result);
  return toLines([
    {
      ...{ kind: 'lab-race', model, title, predictedFor: kernel, kernel: release, facts },
      ...{ property: finding.property, deadlock: finding.deadlock, seed, seen, times },
      killed: freeingOf(result),
      first: first && { round: first.number, sides: first.sides, messages: first.messages },
      rounds: rounds.map(({ number, isSeen, outcome, seconds, sides, freed }) => ({
        ...{ number, seen: isSeen, outcome, seconds, freed },
        sides: sides.map(({ thread, state, results }) => ({ thread, state, results })),
      })),
    },
  ]);
}
