/**
 * A path of representatives as a behaviour in which every thread and object keeps its name.
 *
 * A search that is reduced by symmetry keeps one state of each class, and a step may lead to a
 * state whose like, renamed, is the next one on the path. So the path is followed from the true
 * initial state by unreduced steps: each to a state whose representative is the next one. Every
 * state of a class has such a step where its representative has one, so that it never ends early.
 */
import { EngineError, FAIL_USE } from './engineError.js';
import type { Successors } from './replay.js';
import type { ChosenTrace } from './services.js';

/** What a path is followed with: nothing of it is reduced. */
export interface Lifting {
  readonly initial: Successors['initial'];
  readonly expand: Successors['expand'];
  /** The representative of a state's class. */
  readonly canonical: (state: Uint8Array) => Uint8Array;
}

/** A behaviour that was followed, with its states: one more than steps. */
export interface LiftedTrace extends ChosenTrace {
  readonly states: readonly Uint8Array[];
}

/** A state that the path can be at, with the thread that came there, and how it came there. */
interface Place {
  readonly state: Uint8Array;
  readonly thread: number;
  readonly switches: number;
  readonly ordinal: number;
  readonly before: Place | null;
}

const THREAD_MASK = 0xff;

const keyOf = (state: Uint8Array): string =>
  Buffer.from(state.buffer, state.byteOffset, state.length).toString('latin1');

const isSame = (left: Uint8Array, right: Uint8Array): boolean => Buffer.compare(left, right) === 0;

function lost(depth: number): EngineError {
  const text = `no step at depth ${depth} leads to the class that the search has found next`;
  return new EngineError(FAIL_USE, text);
}

/** The places one step on: for each state and thread the one with the fewest context switches. */
function stepOn(
  places: readonly Place[],
  representative: Uint8Array,
  { expand, canonical }: Lifting,
): readonly Place[] {
  const found = new Map<string, Place>();
  for (const before of places) {
    for (const [ordinal, { label, state }] of expand(before.state).successors.entries()) {
      if (!isSame(canonical(state), representative)) continue;
      const thread = label & THREAD_MASK;
      const isSwitch = before.before !== null && thread !== before.thread;
      const switches = before.switches + (isSwitch ? 1 : 0);
      const key = `${thread} ${keyOf(state)}`;
      if (switches >= (found.get(key)?.switches ?? Number.POSITIVE_INFINITY)) continue;
      found.set(key, { state, thread, switches, ordinal, before });
    }
  }
  return [...found.values()];
}

/**
 * Follows a path of representatives without reduction: of all ways along it one with the fewest
 * context switches, and of those the first.
 *
 * @param path representatives, that of an initial state first.
 * @returns places among all the successors of each state, as a replay takes them.
 * Throws EngineError when there is no such behaviour: then the reduction is wrong.
 */
export function liftPath(path: readonly Uint8Array[], lifting: Lifting): LiftedTrace {
  const [first, ...rest] = path;
  const starts = lifting.initial();
  const initial = starts.findIndex(
    (state) => first !== undefined && isSame(lifting.canonical(state), first),
  );
  const start = starts[initial];
  if (start === undefined) throw lost(0);
  let places: readonly Place[] = [
    { state: start, thread: 0, switches: 0, ordinal: 0, before: null },
  ];
  for (const [depth, representative] of rest.entries()) {
    places = stepOn(places, representative, lifting);
    if (places.length === 0) throw lost(depth);
  }
  const best = places.reduce((left, right) => (right.switches < left.switches ? right : left));
  const taken: Place[] = [];
  for (let at: Place | null = best; at !== null; at = at.before) taken.unshift(at);
  return {
    initial,
    ordinals: taken.slice(1).map(({ ordinal }) => ordinal),
    states: taken.map(({ state }) => state),
  };
}
