/**
 * From a path of a reduced search to a behaviour of the model: the steps within each transition are
 * found again, the whole is followed without reductions, and steps that it does not need are left
 * out. What comes out is a behaviour, whatever the reduction has left of others.
 */
import { WAY_STATES_OFFSET } from '../../assembly/layout.js';
import type { ChosenTrace, Engine, FoundTrace } from '../engine/engine.js';
import { keyOf } from './inevitable.js';
import { statesAt } from './statesAt.js';
import { kernelExports } from './steps.js';

/** Whether a state is one that the behaviour may end in; `end` is the one that the path ends in. */
export type IsTarget = (state: Uint8Array, end: Uint8Array) => boolean;

/** A step, named so that it keeps its meaning when others are gone. */
interface NamedStep {
  readonly thread: number;
  /** Its place among the thread's own steps. */
  readonly place: number;
  /** It starts a system call. */
  readonly starts: boolean;
}

interface Followed {
  readonly state: Uint8Array;
  readonly ordinals: readonly number[];
}

/** Steps that are followed at most while some are left out; a number, so that no clock decides. */
const STEPS_MAX = 100_000;

const THREAD_MASK = 0xff;
const LABEL_DETAIL_SHIFT = 8;

/**
 * The states after each step that a reduced search took on a path it has found. The engine must
 * have the reductions of that search.
 *
 * @returns a path in which one step leads from each state to the next one, an initial one first.
 */
export function refinePath(engine: Engine, found: FoundTrace): readonly Uint8Array[] {
  const kernel = kernelExports(engine);
  const memory = new Uint8Array(engine.memory.buffer);
  const view = new DataView(engine.memory.buffer);
  engine.replay.initial(found.initial);
  const start = engine.replay.state();
  const path = [start, ...statesAt(engine, found.indices)];
  const refined = [start];
  for (const [index, from] of path.slice(0, -1).entries()) {
    memory.set(from, engine.replay.address());
    memory.set(path[index + 1] ?? from, kernel.wayTarget() >>> 0);
    const way = kernel.wayBetween() >>> 0;
    if (way === 0) throw new Error(`no transition leads from depth ${index} of a found path`);
    for (let step = 0; step < view.getUint32(way, true); step++) {
      const at = way + WAY_STATES_OFFSET + step * engine.stateBytes;
      refined.push(memory.slice(at, at + engine.stateBytes));
    }
  }
  return refined;
}

/** Names the steps of a path; the engine has no reductions. */
function nameSteps(engine: Engine, path: readonly Uint8Array[]): NamedStep[] {
  return path.slice(0, -1).map((state, index) => {
    const wanted = keyOf(path[index + 1] ?? state);
    const { successors } = engine.successors.expand(state);
    const found = successors.find((successor) => keyOf(successor.state) === wanted);
    if (found === undefined) throw new Error(`a found path has no step at depth ${index}`);
    const thread = found.label & THREAD_MASK;
    const own = successors.filter(({ label }) => (label & THREAD_MASK) === thread);
    return { thread, place: own.indexOf(found), starts: found.label >> LABEL_DETAIL_SHIFT !== 0 };
  });
}

/** Follows named steps; null when one of them is not there. */
function follow(engine: Engine, start: Uint8Array, steps: readonly NamedStep[]): Followed | null {
  let state = start;
  const ordinals: number[] = [];
  for (const { thread, place } of steps) {
    const { successors } = engine.successors.expand(state);
    const own = successors.filter(({ label }) => (label & THREAD_MASK) === thread);
    const step = own[place];
    if (step === undefined) return null;
    ordinals.push(successors.indexOf(step));
    state = step.state;
  }
  return { state, ordinals };
}

/** Index behind the system call that a step begins. */
function endOfCall(steps: readonly NamedStep[], index: number): number {
  const thread = steps[index]?.thread;
  const next = steps.findIndex(
    (step, other) => other > index && step.thread === thread && step.starts,
  );
  return next < 0 ? steps.length : next;
}

/** Leaves out what the target does not need: a thread, its last steps, its system calls. */
function shorten(
  engine: Engine,
  start: Uint8Array,
  steps: readonly NamedStep[],
  isTarget: (state: Uint8Array) => boolean,
): readonly NamedStep[] {
  let budget = STEPS_MAX;
  let best = steps;
  const leads = (attempt: readonly NamedStep[]): boolean => {
    budget -= attempt.length;
    const followed = budget < 0 ? null : follow(engine, start, attempt);
    return followed !== null && isTarget(followed.state);
  };
  const tryWithout = (isLeftOut: (step: NamedStep, index: number) => boolean): boolean => {
    const attempt = best.filter((step, index) => !isLeftOut(step, index));
    if (attempt.length === best.length || !leads(attempt)) return false;
    best = attempt;
    return true;
  };
  for (const thread of new Set(steps.map((step) => step.thread))) {
    tryWithout((step) => step.thread === thread);
    for (let isShorter = true; isShorter; ) {
      const last = best.findLastIndex((step) => step.thread === thread);
      isShorter = tryWithout((_, index) => index === last);
    }
  }
  for (let index = best.length - 1; index >= 0; index--) {
    const thread = best[index]?.thread;
    const end = endOfCall(best, index);
    tryWithout((step, other) => step.thread === thread && other >= index && other < end);
  }
  return best;
}

/**
 * Makes a behaviour of a path in which one step leads from each state to the next one. The engine
 * must have no reductions.
 *
 * @param initial number of the initial state that the path begins with.
 */
export function behaviourOf(
  engine: Engine,
  path: readonly Uint8Array[],
  { initial, isTarget }: { readonly initial: number; readonly isTarget: IsTarget },
): ChosenTrace {
  const [start] = path;
  if (start === undefined) return { initial, ordinals: [] };
  const end = path[path.length - 1] ?? start;
  const isEnd = (state: Uint8Array): boolean => isTarget(state, end);
  const steps = shorten(engine, start, nameSteps(engine, path), isEnd);
  const followed = follow(engine, start, steps);
  if (followed === null || !isEnd(followed.state)) {
    throw new Error('the behaviour of a found path does not end where the path does');
  }
  return { initial, ordinals: followed.ordinals };
}
