/**
 * A behaviour taken again in the engine, step by step, and judged by what it shows: an independent
 * look at every behaviour before it is shown, and the way in which replay judges one.
 */

import type { Scenario } from '../../compile/scenario.js';
import type { ChosenTrace, Engine } from '../../engine/engine.js';
import { NO_LIVELOCK } from '../../kernel/properties.js';
import { breaksLeadsTo, breaksNeverAfter, isLasso, isNever, type Taken } from './judge.js';
import { freeThreads, insideThreads } from './kernel.js';

/** Takes the steps; null when one does not exist. */
export function takeAgain(
  engine: Engine,
  scenario: Scenario,
  { initial, ordinals }: ChosenTrace,
): Taken | null {
  const states: Uint8Array[] = [];
  const threads: number[] = [];
  const obliged: number[] = [];
  const look = (): void => {
    const state = engine.replay.state();
    const movable = engine.successors
      .expand(state)
      .successors.reduce((set, { label }) => set | (1 << (label & 0xff)), 0);
    states.push(state);
    obliged.push(movable & ~freeThreads(state, scenario));
  };
  engine.replay.initial(initial);
  look();
  for (const ordinal of ordinals) {
    const label = engine.replay.take(ordinal);
    if (label < 0) return null;
    threads.push(label & 0xff);
    look();
  }
  return { states, threads, obliged };
}

/** What an observation says of each state taken. */
function said(
  engine: Engine,
  scenario: Scenario,
  taken: Taken,
  observation: number | undefined,
): readonly boolean[] {
  const module = scenario.ownModules.observers[(observation ?? -1) >> 5];
  if (module === undefined || observation === undefined) return taken.states.map(() => false);
  return taken.states.map(
    (state) => ((engine.evaluateState(module, state) >>> (observation & 31)) & 1) !== 0,
  );
}

/** Whether a thread moves inside its system call in every step from a state on. */
function isInsideFrom(scenario: Scenario, { states, threads }: Taken, from: number): boolean {
  return (
    from < threads.length &&
    threads.slice(from).every((thread, at) => {
      const after = states[from + at + 1];
      return after !== undefined && ((insideThreads(after, scenario) >>> thread) & 1) !== 0;
    })
  );
}

/**
 * Whether a behaviour breaks a property of behaviours.
 *
 * @param loopFrom as in `Trace`.
 */
export function breaks(
  engine: Engine,
  scenario: Scenario,
  property: string,
  { taken, loopFrom }: { readonly taken: Taken; readonly loopFrom: number | undefined },
): boolean {
  const isForEver = loopFrom !== undefined && isLasso(taken, loopFrom);
  if (property === NO_LIVELOCK) return isForEver && isInsideFrom(scenario, taken, loopFrom ?? 0);
  return scenario.own.temporal.some(({ name, form, observations }) => {
    if (name !== property) return false;
    const [first = [], second = []] = observations.map((one) => said(engine, scenario, taken, one));
    if (form === 'eventually') return isForEver && isNever(first, 0);
    if (form === 'leads-to') return isForEver && breaksLeadsTo(first, second);
    if (form === 'never-after') return breaksNeverAfter(first, second);
    return isNever(first, 0);
  });
}
