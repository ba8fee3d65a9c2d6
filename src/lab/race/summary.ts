/**
 * What the rounds of a race come to: how often it was seen, the first time with its stacks, and
 * whether a signal freed what hung, beside what the model says.
 */
import type { DeadlockKind } from '../../verdict/deadlockKinds.js';
import type { RaceResult } from './race.js';
import type { Round } from './round.js';

/** What kill -9 did in the rounds that hung as the finding says. */
export interface Freeing {
  readonly freed: number;
  readonly hung: number;
  readonly killed: readonly string[];
  readonly model: DeadlockKind;
  /** What the model says of the kind was so each time. */
  readonly agrees: boolean;
}

export const firstSeen = ({ rounds }: RaceResult): Round | null =>
  rounds.find(({ isSeen }) => isSeen) ?? null;

/** How often each outcome was, in the order in which they came. */
export function outcomeCounts({ rounds }: RaceResult): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { outcome } of rounds) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return counts;
}

/** null when the finding is no deadlock, or was not seen. */
export function freeingOf({ rounds, finding }: RaceResult): Freeing | null {
  if (finding.deadlock === null) return null;
  const hung = rounds.flatMap(({ isSeen, freed }) => (isSeen && freed !== null ? [freed] : []));
  if (hung.length === 0) return null;
  const freed = hung.filter(({ isFree }) => isFree).length;
  const { kind } = finding.deadlock;
  return {
    freed,
    hung: hung.length,
    killed: hung[0]?.killed ?? [],
    model: kind,
    agrees: freed === (kind === 'permanent' ? 0 : hung.length),
  };
}
