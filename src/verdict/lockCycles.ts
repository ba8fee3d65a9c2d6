/** Cycles among classes of locks, and whether one can become a deadlock: pure arithmetic. */
import type { Lock } from '../../assembly/layout.js';
import { classesOf, isSingle } from './lockClasses.js';

/** One class was taken while another was held. */
export interface ClassEdge {
  readonly held: Lock;
  readonly taken: Lock;
  /** Somewhere it was taken in a way that may wait; somewhere it was only tried. */
  readonly waits: boolean;
  readonly tries: boolean;
  /** A thread of a deadlocked state holds the one and waits for the other. */
  readonly deadlocks: boolean;
  /** Somewhere what is held was exclusive; somewhere it was held with others. */
  readonly owned: boolean;
  readonly shared: boolean;
  /** Somewhere what is taken was to be exclusive. */
  readonly wanted: boolean;
  /** Classes that were held exclusively whenever it was taken, as a bit set. */
  readonly common: number;
}

/**
 * `deadlock`: a deadlock of it was found. `masked`: two of its waits are always done under the same
 * exclusive lock, so they are never done at once. `readers`: somewhere in it only readers meet, who
 * do not exclude one another. `not reached`: nothing seen rules it out, and no deadlock was found.
 */
export type CycleVerdict = 'deadlock' | 'masked' | 'readers' | 'not reached';

/** Longer cycles are left out: each would be a chain of five paths. */
const LENGTH_MAX = 4;

/**
 * Finds the cycles of waits that have no shorter way round among their own classes, each once,
 * beginning with its lowest class; shorter ones first.
 */
export function chordlessCycles<E extends ClassEdge>(
  edges: readonly E[],
): readonly (readonly E[])[] {
  const waits = edges.filter((edge) => edge.waits);
  const between = (held: Lock, taken: Lock): E | undefined =>
    waits.find((edge) => edge.held === held && edge.taken === taken);
  const found: (readonly E[])[] = [];
  const extend = (path: readonly E[], first: Lock, last: Lock): void => {
    const closing = between(last, first);
    if (closing !== undefined) found.push([...path, closing]);
    // A class inside itself is told apart, and is no way round for others.
    if (closing !== undefined && path.length > 0) return;
    if (path.length + 1 >= LENGTH_MAX) return;
    const classes = [first, ...path.map(({ taken }) => taken)];
    for (const edge of waits.filter(({ held, taken }) => held === last && taken > first)) {
      const next = edge.taken;
      if (classes.includes(next)) continue;
      // A chord: some earlier class leads there too, or it leads back to one in between.
      const isShort =
        classes.slice(0, -1).some((earlier) => between(earlier, next) !== undefined) ||
        classes.slice(1).some((earlier) => between(next, earlier) !== undefined);
      if (!isShort) extend([...path, edge], first, next);
    }
  };
  for (const first of classesOf()) extend([], first, first);
  return found.sort((a, b) => a.length - b.length);
}

/** Says what is known of a cycle. */
export function judge(cycle: readonly ClassEdge[]): {
  readonly verdict: CycleVerdict;
  readonly maskedBy: Lock | null;
} {
  if (cycle.every(({ deadlocks }) => deadlocks)) return { verdict: 'deadlock', maskedBy: null };
  const maskedBy = maskOf(cycle);
  if (maskedBy !== null) return { verdict: 'masked', maskedBy };
  const meets = cycle.every((edge, index) => {
    const next = cycle[(index + 1) % cycle.length] ?? edge;
    return edge.wanted || next.owned;
  });
  return { verdict: meets ? 'not reached' : 'readers', maskedBy: null };
}

/** A lock that exists once and that two of the cycle's waits are always done under. */
function maskOf(cycle: readonly ClassEdge[]): Lock | null {
  const inCycle = cycle.map(({ held }) => held);
  const masks = classesOf().filter(
    (lock) =>
      isSingle(lock) &&
      !inCycle.includes(lock) &&
      cycle.filter(({ common }) => ((common >>> lock) & 1) !== 0).length >= 2,
  );
  return masks[0] ?? null;
}
