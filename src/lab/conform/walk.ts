/**
 * Runs one command of the model to its end, and behind it the kernel's own threads until they rest:
 * every way in which that can go.
 */
import {
  GLOBAL_FLAGS_OFFSET,
  GLOBAL_OOPS,
  INSTRUCTION_IDLE,
  THREAD_BYTES,
  THREAD_INSTRUCTION_OFFSET,
  THREAD_PC_OFFSET,
  ThreadKind,
} from '../../../assembly/layout.js';
import type { Scenario } from '../../compile/scenario.js';
import type { Engine } from '../../engine/engine.js';
import { PROPERTIES } from '../../kernel/properties.js';
import type { Range } from '../../model/model.js';
import { describeStep, takeStep, viewReplay } from '../../verdict/steps.js';
import type { StepEvent } from '../../verdict/trace.js';
import { type Outcome, type Sighting, sightingOf } from '../outcome.js';

/** Steps of one command and of the kernel's own threads behind it. */
const STEPS_MAX = 10_000;

/** Where a way ends. */
export interface End {
  readonly state: Uint8Array;
  readonly outcome: Outcome;
  /** Properties that the command has broken, or that the state after it violates. */
  readonly violated: readonly string[];
  /** Faults that happened on the way, and functions that were run through. */
  readonly faults: readonly string[];
  readonly functions: readonly string[];
}

/** What the functions below work on. */
export interface Ground {
  readonly engine: Engine;
  readonly scenario: Scenario;
  readonly spans: readonly Range[];
  /** The kernel's own threads. */
  readonly workers: ReadonlySet<number>;
}

/** A way as far as it has come. */
interface Way {
  readonly state: Uint8Array;
  readonly events: readonly StepEvent[];
  readonly functions: readonly string[];
}

/** Spans of the machine that the model speaks of: its regions. */
export function spansOf(scenario: Scenario): readonly Range[] {
  return scenario.plan.regions.map(({ start, end }) => ({ start, end }));
}

export function makeGround(engine: Engine, scenario: Scenario): Ground {
  const workers = scenario.threads.flatMap(({ kind }, index) =>
    kind === ThreadKind.Worker ? [index] : [],
  );
  return { engine, scenario, spans: spansOf(scenario), workers: new Set(workers) };
}

/** A string that is equal for equal states. */
export const keyOf = (state: Uint8Array): string =>
  Buffer.from(state.buffer, state.byteOffset, state.length).toString('latin1');

function threadWord({ scenario }: Ground, state: Uint8Array, thread: number, at: number): number {
  const place = scenario.state.threadsAt + thread * THREAD_BYTES + at;
  return (state[place] ?? 0) | ((state[place + 1] ?? 0) << 8);
}

const isInside = (ground: Ground, state: Uint8Array, thread: number | null): boolean =>
  thread !== null && threadWord(ground, state, thread, THREAD_PC_OFFSET) !== 0;

/** Whether the kernel has killed a process inside it, in a state. */
export const hasDied = (state: Uint8Array): boolean =>
  ((state[GLOBAL_FLAGS_OFFSET] ?? 0) & GLOBAL_OOPS) !== 0;

/** Whether nothing can be done any more: the kernel has died, or a thread is stuck in it. */
export function isDead(ground: Ground, state: Uint8Array): boolean {
  if (hasDied(state)) return true;
  return ground.scenario.threads.some(
    ({ kind }, thread) =>
      kind === ThreadKind.Menu &&
      threadWord(ground, state, thread, THREAD_INSTRUCTION_OFFSET) !== INSTRUCTION_IDLE,
  );
}

/** The machine in a state. */
export function sightingAt({ engine, scenario, spans }: Ground, state: Uint8Array): Sighting {
  place(engine, state);
  return sightingOf(viewReplay(engine, scenario), spans);
}

/** Makes a state the present one of the replay; check() does, and costs least. */
function place(engine: Engine, state: Uint8Array): void {
  engine.successors.check(state);
}

/** Steps of the thread inside its call, and of the kernel's own threads. */
function moves(
  ground: Ground,
  state: Uint8Array,
  thread: number | null,
): readonly { readonly ordinal: number; readonly next: Uint8Array }[] {
  const inside = isInside(ground, state, thread);
  if (ground.workers.size === 0 && !inside) return [];
  const { successors } = ground.engine.successors.expand(state);
  return successors.flatMap(({ label, state: next }, ordinal) => {
    const mover = label & 0xff;
    return ground.workers.has(mover) || (inside && mover === thread) ? [{ ordinal, next }] : [];
  });
}

/** The states at rest that follow a state, each once; `thread` may be inside a call. */
export function restOf(ground: Ground, state: Uint8Array, thread: number | null): Uint8Array[] {
  if (ground.workers.size === 0 && !isInside(ground, state, thread)) return [state];
  const ends = new Map<string, Uint8Array>();
  const met = new Set<string>();
  const pending = [state];
  for (let at = pending.pop(); at !== undefined && met.size < STEPS_MAX; at = pending.pop()) {
    const key = keyOf(at);
    if (met.has(key)) continue;
    met.add(key);
    const next = moves(ground, at, thread);
    if (next.length === 0) ends.set(key, at);
    pending.push(...next.map((move) => move.next));
  }
  return [...ends.values()];
}

function take({ engine, scenario }: Ground, way: Way, ordinal: number): Way {
  place(engine, way.state);
  const step = takeStep(engine, ordinal);
  if (step === null) return way;
  const { events, functions } = describeStep(step, viewReplay(engine, scenario), scenario);
  return {
    state: step.after,
    events: [...way.events, ...events],
    functions: [...way.functions, ...functions],
  };
}

/** Every way from a state by one of its steps to rest, with what is told on it. */
export function waysOf(
  ground: Ground,
  from: Uint8Array,
  ordinal: number,
  thread: number,
): readonly End[] {
  const ends: End[] = [];
  const pending = [take(ground, { state: from, events: [], functions: [] }, ordinal)];
  for (let steps = 0; steps < STEPS_MAX; steps++) {
    const way = pending.pop();
    if (way === undefined) break;
    const next = moves(ground, way.state, thread);
    if (next.length === 0) ends.push(endOf(ground, way, thread));
    pending.push(...next.map((move) => take(ground, way, move.ordinal)));
  }
  return ends;
}

function endOf(ground: Ground, { state, events, functions }: Way, thread: number): End {
  const returned = events.find((event) => event.kind === 'return');
  const answer = returned?.kind === 'return' ? returned : { result: 'ok', value: null };
  const lost = hasDied(state) ? 'died' : isInside(ground, state, thread) ? 'stuck' : null;
  const outcome: Outcome = {
    result: lost ?? answer.result,
    value: lost === null ? answer.value : null,
    messages: events.flatMap((event) => (event.kind === 'message' ? [event.text] : [])),
    after: lost === null ? sightingAt(ground, state) : null,
  };
  place(ground.engine, state);
  const bits = ground.engine.replay.violated();
  return {
    state,
    outcome,
    violated: PROPERTIES.filter(({ bit }) => ((bits >>> bit) & 1) !== 0).map(({ name }) => name),
    faults: events.flatMap((event) => (event.kind === 'fault' ? [event.text] : [])),
    functions,
  };
}
