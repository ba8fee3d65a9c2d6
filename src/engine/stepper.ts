/**
 * The engine for single steps alone: one instance over a small memory, no search, no thread, no
 * file. It runs in a browser as well.
 */

import {
  compileModule,
  instantiate,
  instantiateExpressions,
  searchExports,
} from './instantiate.js';
import { arenaFor, layOut, PAGE_BYTES } from './memoryLayout.js';
import { makeReplay, type Replay } from './replay.js';
import { unshared } from './unshare.js';

/** What tells single steps: every engine does. */
export interface SteppingEngine {
  readonly memory: WebAssembly.Memory;
  /** All exports of the module, for those that only its System has. */
  readonly exports: WebAssembly.Exports;
  readonly replay: Replay;
}

/** An engine that can also be put on any state. */
export interface Stepper extends SteppingEngine {
  readonly initialCount: number;
  /** Makes a state the present one. */
  place(state: Uint8Array): void;
  /** What the own invariants say of the present state: bit n, number n is violated. */
  violatedOwn(): number;
  /** What each module of observations says of the present state. */
  observed(): readonly number[];
}

/** Modules for shared memory, as they are built and compiled for a search. */
export interface StepperOptions {
  readonly wasm: Uint8Array;
  readonly scenario: Uint8Array;
  /** The module of the own invariants; null where there are none. */
  readonly check: Uint8Array | null;
  readonly observers: readonly Uint8Array[];
}

/** Steps keep no states: the least that a layout has room in. */
const ROOM_BYTES = 1 << 20;

function layOutMemory(scenario: Uint8Array): WebAssembly.Memory {
  const pages = Math.ceil((arenaFor(1) + ROOM_BYTES) / PAGE_BYTES);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: false });
  layOut(memory, {
    scenario,
    workers: 1,
    stopMask: 0,
    ownStopMask: null,
    states: undefined,
    depth: undefined,
    switches: undefined,
    storage: 0,
    hashBits: 64,
    tableBytes: undefined,
  });
  return memory;
}

/**
 * Opens an engine for single steps.
 *
 * Throws EngineError FAIL_STALE for a module of another build.
 */
export function openStepper({ wasm, scenario, check, observers }: StepperOptions): Stepper {
  const memory = layOutMemory(scenario);
  const instance = instantiate(compileModule(unshared(wasm)), memory, null);
  const engine = searchExports(instance);
  const replay = makeReplay(engine, memory);
  const opened = (bytes: Uint8Array): (() => number) => {
    const expressions = instantiateExpressions(compileModule(unshared(bytes)), memory);
    return () => expressions.check(replay.address(), 1, engine.stateBytes() >>> 0, 0) >>> 0;
  };
  const violatedOwn = check === null ? () => 0 : opened(check);
  const observations = observers.map(opened);
  return {
    memory,
    exports: instance.exports,
    replay,
    initialCount: engine.initialCount() >>> 0,
    place: (state) => new Uint8Array(memory.buffer).set(state, replay.address()),
    violatedOwn,
    observed: () => observations.map((observe) => observe()),
  };
}
