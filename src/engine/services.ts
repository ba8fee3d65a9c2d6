/**
 * What can be asked of the states after a search: traces, reachability of marked states, the states
 * themselves.
 *
 * One instance does it, in short calls; nothing here depends on how many workers searched.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  BEYOND_FOUND,
  CONTROL_AREAS,
  CONTROL_FOUND,
  CONTROL_MARKS,
  CONTROL_TARGET_LEVEL,
  CONTROL_TRACE_INITIAL,
  CONTROL_UNPACKED,
  RECORD_BYTES,
  RUN_MORE,
  TAIL_BYTES,
  TARGET_MARKED,
  UNPACKED_BYTES,
} from '../../assembly/search/layout.js';
import { isFinished, type SearchMemory } from './control.js';
import { EngineError, FAIL_USE } from './engineError.js';
import { instantiateExpressions } from './instantiate.js';

/**
 * A path: an initial state by its number, then each step by its place among the state's successors.
 */
export interface ChosenTrace {
  readonly initial: number;
  readonly ordinals: readonly number[];
}

/** A path among the states of a search: `ordinals` count in what the search left of each state. */
export interface FoundTrace extends ChosenTrace {
  /** The states that the steps lead to, by their indices. */
  readonly indices: readonly number[];
}

/**
 * Consecutive states; `bytes` is a view into the engine's memory, good until the next batch is
 * asked for.
 */
export interface StateBatch {
  /** Index of the first one. */
  readonly first: number;
  readonly count: number;
  readonly bytes: Uint8Array;
}

/** What the services work on. */
export interface ServiceSetup extends SearchMemory {
  readonly signal: AbortSignal | undefined;
}

/** States of one call into the engine, between turns for others. */
export const STATES_A_CALL = 16384;

/**
 * Calls `run` until it has no more to do, with turns for others in between. Throws when
 * interrupted.
 */
async function runAll(setup: ServiceSetup, run: (budget: number) => number): Promise<void> {
  while (run(STATES_A_CALL) === RUN_MORE) {
    await nextTurn();
    setup.signal?.throwIfAborted();
  }
}

/** Throws unless a search has ended. */
export function mustBeSearched({ control }: ServiceSetup): void {
  if (isFinished(control)) return;
  throw new EngineError(FAIL_USE, 'the states were asked for before a search had ended');
}

/** Puts one mark for each state found into the memory, after the states. */
function writeMarks(setup: ServiceSetup, marks: Uint8Array): Uint8Array {
  const count = setup.control.read(CONTROL_FOUND);
  if (marks.length !== count) {
    throw new EngineError(FAIL_USE, `${marks.length} marks were given for ${count} states`);
  }
  setup.engine.placeServices();
  const place = new Uint8Array(setup.memory.buffer, setup.control.read(CONTROL_MARKS), count);
  place.set(marks);
  return place;
}

/**
 * Chooses the trace to a violation of a property: shortest, then fewest context switches, then a
 * fixed order.
 *
 * @returns null when the search found no violation of it.
 */
export async function traceTo(setup: ServiceSetup, property: number): Promise<FoundTrace | null> {
  mustBeSearched(setup);
  return chooseTrace(setup, property);
}

/**
 * Chooses, in the same order, the trace to the nearest state whose target byte is 1; null when none
 * is.
 */
export async function traceToMarked(
  setup: ServiceSetup,
  targets: Uint8Array,
): Promise<FoundTrace | null> {
  mustBeSearched(setup);
  writeMarks(setup, targets);
  return chooseTrace(setup, TARGET_MARKED);
}

async function chooseTrace(setup: ServiceSetup, target: number): Promise<FoundTrace | null> {
  const { engine, control } = setup;
  if (engine.traceBegin(target) < 0) return null;
  await runAll(setup, (budget) => engine.traceRun(budget));
  const first = engine.traceChoose() >>> 0;
  const depth = control.read(CONTROL_TARGET_LEVEL);
  const view = new DataView(setup.memory.buffer);
  const word = (step: number, at: number): number =>
    view.getUint32(first + step * RECORD_BYTES + at, true);
  return {
    initial: control.read(CONTROL_TRACE_INITIAL),
    ordinals: Array.from({ length: depth }, (_, step) => word(step, 0)),
    indices: Array.from({ length: depth }, (_, step) => word(step, 4)),
  };
}

/**
 * Marks every state from which a marked one can be reached.
 *
 * @param marks a byte for each state in the order of `states`, not 0 when marked; it is not
 * changed.
 * @returns the marks at the fixpoint. After an incomplete search, a state with a successor that was
 * never found is marked as well: what lies beyond has not been seen.
 */
export async function markReach(setup: ServiceSetup, marks: Uint8Array): Promise<Uint8Array> {
  mustBeSearched(setup);
  const place = writeMarks(setup, marks);
  setup.engine.reachBegin();
  await runAll(setup, (budget) => setup.engine.reachRun(budget));
  return Uint8Array.from(place);
}

/** Tells whether a state lies beyond the bound of context switches, after a complete search. */
export async function isCutByBound(setup: ServiceSetup): Promise<boolean> {
  mustBeSearched(setup);
  setup.engine.beyondBegin();
  await runAll(setup, (budget) => setup.engine.beyondRun(budget));
  return setup.control.read(BEYOND_FOUND) === 1;
}

/** Iterates over all states found, in the order of their levels. */
export function* states(setup: ServiceSetup): Generator<StateBatch> {
  mustBeSearched(setup);
  const { engine, control, memory } = setup;
  const at = control.read(CONTROL_UNPACKED);
  const stateBytes = engine.stateBytes() >>> 0;
  const found = control.read(CONTROL_FOUND);
  const most = Math.floor((UNPACKED_BYTES - TAIL_BYTES) / stateBytes);
  for (let first = 0; first < found; first += most) {
    const count = Math.min(most, found - first);
    engine.unpackStates(first, count, at);
    yield { first, count, bytes: new Uint8Array(memory.buffer, at, count * stateBytes) };
  }
}

/** Returns the index of a state among those found, by its bytes; -1 when it is none of them. */
export function indexOf(setup: ServiceSetup, state: Uint8Array): number {
  mustBeSearched(setup);
  const at = setup.engine.lookupState() >>> 0;
  new Uint8Array(setup.memory.buffer).set(state, at);
  return setup.engine.indexOf(at) | 0;
}

/**
 * Asks a module of expressions about every state found.
 *
 * @returns a word for each state in the order of `states`; bit n: expression n is true.
 */
export function evaluate(
  setup: ServiceSetup,
  module: WebAssembly.Module,
  batches: Iterable<StateBatch>,
): Uint32Array {
  mustBeSearched(setup);
  const { control, memory } = setup;
  const expressions = instantiateExpressions(module, memory);
  const words = new Uint32Array(control.read(CONTROL_FOUND));
  // The scratch memory of worker 0, which no search uses any more.
  const to = control.read(CONTROL_AREAS);
  const stateBytes = setup.engine.stateBytes() >>> 0;
  for (const { first, count, bytes } of batches) {
    expressions.check(bytes.byteOffset, count, stateBytes, to);
    words.set(new Uint32Array(memory.buffer, to, count), first);
  }
  return words;
}
