/**
 * Looks at a behaviour that is said to break a property, and says whether it does: every lasso is
 * judged after it has been taken again step by step, and when it is replayed.
 */

/** A behaviour as it was taken: one entry for each state, the first one included. */
export interface Taken {
  readonly states: readonly Uint8Array[];
  /** The thread of each step. */
  readonly threads: readonly number[];
  /** Threads that each state obliges, as bits. */
  readonly obliged: readonly number[];
}

const isSame = (left: Uint8Array, right: Uint8Array): boolean => Buffer.compare(left, right) === 0;

/** Whether the steps after state `from` can be repeated for ever, and that is fair. */
export function isLasso({ states, threads, obliged }: Taken, from: number): boolean {
  const last = states.length - 1;
  const knot = states[from];
  const end = states[last];
  if (knot === undefined || end === undefined || !isSame(knot, end)) return false;
  const always = obliged.slice(from).reduce((set, one) => set & one, -1);
  const taken = threads.slice(from).reduce((set, thread) => set | (1 << thread), 0);
  return (always & ~taken) === 0;
}

/** Whether something holds in no state from one on. */
export const isNever = (holds: readonly boolean[], from: number): boolean =>
  !holds.slice(from).includes(true);

/** Whether a good state is missing after some state of the premise, to the end. */
export function breaksLeadsTo(premise: readonly boolean[], good: readonly boolean[]): boolean {
  return premise.some((holds, at) => holds && isNever(good, at));
}

/** Whether the last state is bad and a state of the premise lies before it, or is it. */
export function breaksNeverAfter(premise: readonly boolean[], bad: readonly boolean[]): boolean {
  return premise.includes(true) && bad.at(-1) === true;
}
