/**
 * Shortens a behaviour that some run came to: leaves steps out, as long as what is left still leads
 * to the violation.
 *
 * Steps are named by their thread and a place among that thread's successors, so that they keep
 * their meaning when others are gone. What is tried is followed in the engine from the initial
 * state on, so whatever comes out is a behaviour of the system. It is not the shortest one.
 */
import { RUNS_INITIAL } from '../../assembly/search/layout.js';
import type { SearchMemory } from './control.js';
import { trailPlaces } from './runs.js';
import type { ChosenTrace } from './services.js';

/** Steps followed at most; a number and no time, so that the outcome does not depend on it. */
const STEPS_MAX = 400_000;

/** A behaviour from one initial state to one target, and how to try others. */
interface Attempts {
  /** Follows named steps: those it takes to the target, or null when they do not lead to it. */
  lead(names: readonly number[]): readonly number[] | null;
  /** The ordinals of steps that lead to the target. */
  ordinals(names: readonly number[]): readonly number[];
  /** The same steps without those that come back to a state. */
  withoutLoops(names: readonly number[]): readonly number[];
  /** The budget is spent. */
  isOver(): boolean;
}

function attemptsFor(setup: SearchMemory, initial: number, target: number): Attempts {
  const { engine, control, memory } = setup;
  const { names: at, prints } = trailPlaces(control);
  const words = new Uint32Array(memory.buffer);
  let followed = 0;
  const follow = (names: readonly number[], to: number): number => {
    words.set(names, at / 4);
    followed += names.length;
    return engine.followSteps(initial, at, names.length, target, to);
  };
  return {
    lead: (names) => {
      const steps = follow(names, 0);
      return steps < 0 ? null : names.slice(0, steps);
    },
    ordinals: (names) => Array.from(words.slice(at / 4, at / 4 + follow(names, 0))),
    withoutLoops: (names) => {
      const steps = follow(names, prints);
      const view = new BigUint64Array(memory.buffer, prints, steps + 1);
      const last = new Map(Array.from(view, (print, step) => [print, step] as const));
      const kept: number[] = [];
      for (let step = 0; step < steps; step += 1) {
        step = last.get(view[step] ?? 0n) ?? step;
        if (step < steps) kept.push(names[step] ?? 0);
      }
      return kept;
    },
    isOver: () => followed > STEPS_MAX,
  };
}

/** Leaves out runs of `length` steps, wherever that works. */
function withoutChunks(attempts: Attempts, names: readonly number[], length: number) {
  let best = names;
  for (let at = Math.max(0, best.length - length); at >= 0 && !attempts.isOver(); ) {
    best = attempts.lead([...best.slice(0, at), ...best.slice(at + length)]) ?? best;
    if (at === 0) break;
    at = Math.max(0, Math.min(at, best.length) - length);
  }
  return best;
}

/** Leaves out all steps of a thread, for each thread. */
function withoutThreads(attempts: Attempts, names: readonly number[]): readonly number[] {
  let best = names;
  for (const thread of new Set(names.map((name) => name & 0xff))) {
    best = attempts.lead(best.filter((name) => (name & 0xff) !== thread)) ?? best;
  }
  return best;
}

/**
 * Shortens the behaviour that lies at the engine's trail.
 *
 * @param steps how many steps the trail has.
 * @param target a property, or an own property plus TARGET_OWN.
 */
export function shortenTrail(setup: SearchMemory, steps: number, target: number): ChosenTrace {
  const { engine, control, memory } = setup;
  const { trail } = trailPlaces(control);
  const initial = control.read(RUNS_INITIAL);
  engine.nameSteps(initial, trail, steps);
  const names = Array.from(new Uint32Array(memory.buffer, trail, steps));
  const attempts = attemptsFor(setup, initial, target);
  let best = attempts.lead(attempts.withoutLoops(names)) ?? names;
  best = withoutThreads(attempts, best);
  for (let before = -1; before !== best.length && !attempts.isOver(); ) {
    before = best.length;
    for (let length = best.length >> 1; length >= 1; length >>= 1) {
      best = withoutChunks(attempts, best, length);
    }
  }
  return { initial, ordinals: attempts.ordinals(best) };
}
