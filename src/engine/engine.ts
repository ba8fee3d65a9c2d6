/**
 * The engine as other layers see it: bytes of a scenario in, an outcome out. It knows no kernel.
 *
 * One engine is one search over one memory; open another one for another search.
 */
import { CONTROL_LABELS, LABEL_DETAILS } from '../../assembly/search/layout.js';
import { controlOf } from './control.js';
import { EngineError, FAIL_MEMORY, FAIL_USE } from './engineError.js';
import { type Graph, readGraph } from './graph.js';
import {
  compileModule,
  type ExpressionExports,
  instantiate,
  instantiateExpressions,
  searchExports,
} from './instantiate.js';
import { limitReserved, type MemoryLimit, makeRoomCheck, memoryLimit } from './memoryLimit.js';
import { memoryBytesMin, planMemory } from './memoryPlan.js';
import type { Pauses } from './pauses.js';
import type { Progress } from './progress.js';
import { makeReplay, makeSuccessors, type Replay, type Successors } from './replay.js';
import { sampled } from './sampler.js';
import { runSearch, type SearchResult } from './search.js';
import {
  evaluate,
  type FoundTrace,
  indexOf,
  markReach,
  type StateBatch,
  states,
  traceTo,
  traceToMarked,
} from './services.js';
import { type MemoryStats, memoryStats } from './stats.js';

export { EngineError } from './engineError.js';
export type { Graph } from './graph.js';
export { type MemoryLimit, OutOfRoom } from './memoryLimit.js';
export type { Progress } from './progress.js';
export type { Replay, Successor, Successors } from './replay.js';
export type { SearchResult, StoppedBy } from './search.js';
export type { ChosenTrace, FoundTrace, StateBatch } from './services.js';
export type { MemoryStats } from './stats.js';

/** What to search, and how far. */
export interface EngineOptions {
  /** Built by scripts/build-wasm.mjs, for shared memory. */
  readonly wasm: Uint8Array | WebAssembly.Module;
  /** Copied to SCENARIO_OFFSET; at most 1 MiB. */
  readonly scenario: Uint8Array;
  /** Most threads to use; 1 to 64. Small searches use none. */
  readonly workers: number;
  /**
   * Properties (bit n: property n) whose first violation ends the search; assembly/search/level.ts
   * has the rule.
   */
  readonly stopMask: number;
  /** Properties that the model brings along: a module of expressions, and which of them end it. */
  readonly own?: { readonly wasm: Uint8Array; readonly stopMask: number } | undefined;
  /** `states` and `depth` act between levels; `seconds` and `memoryBytes` also within one. */
  readonly limits: {
    readonly states?: number | undefined;
    readonly depth?: number | undefined;
    readonly seconds?: number | undefined;
    readonly memoryBytes?: number | undefined;
  };
  /** Looks every millisecond where the search is (SearchResult.samples); it costs a thread. */
  readonly sample?: boolean | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** What to do between two levels, while everything stands still. */
  readonly pauses?: Pauses | undefined;
  /** Ends a search as `stoppedBy: 'interrupt'`; the services after it reject. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Size of a level from which threads are started. Default: 8192; 0 waits for them. It changes no
   * result.
   */
  readonly parallelFrom?: number | undefined;
  /** Bytes of the table of visited states at the start. Default: 4 MiB. It changes no result. */
  readonly tableBytes?: number | undefined;
}

/** One scenario in one memory. */
export interface Engine {
  readonly stateBytes: number;
  readonly memory: WebAssembly.Memory;
  /** All exports of the module, for those that only its System has. */
  readonly exports: WebAssembly.Exports;
  readonly replay: Replay;
  readonly successors: Successors;
  /** Searches; once. */
  search(): Promise<SearchResult>;
  traceTo(property: number): Promise<FoundTrace | null>;
  traceToMarked(targets: Uint8Array): Promise<FoundTrace | null>;
  markReach(marks: Uint8Array): Promise<Uint8Array>;
  states(): Iterable<StateBatch>;
  /** Which of the states found has these bytes; -1 when none has. */
  indexOf(state: Uint8Array): number;
  /** What a module of expressions says of every state found: a word for each, by index. */
  evaluate(wasm: Uint8Array): Uint32Array;
  /** The same of one state, by its bytes; it becomes the present state of the replay. */
  evaluateState(wasm: Uint8Array, state: Uint8Array): number;
  /** Every transition of a complete search. */
  graph(): Graph;
  /** What the memory is used for, and how far lookups go. */
  memoryStats(): MemoryStats;
}

const PARALLEL_FROM = 8192;

/** Lays a memory out within the limit that holds; and the limit that it stands for. */
function reserveMemory({ scenario, workers, stopMask, own, limits, tableBytes }: EngineOptions): {
  readonly memory: WebAssembly.Memory;
  readonly limit: MemoryLimit;
} {
  const limit = memoryLimit(limits.memoryBytes);
  const least = memoryBytesMin(workers);
  if (limit.setBy === 'machine' && limit.bytes < least) {
    const text = `the machine has too little memory left (${limit.source})`;
    throw new EngineError(FAIL_MEMORY, `${text}: ${least} bytes are the least`);
  }
  const memory = planMemory({
    scenario,
    workers,
    stopMask,
    ownStopMask: own?.stopMask ?? null,
    states: limits.states,
    depth: limits.depth,
    memoryBytes: limit.bytes,
    tableBytes,
  });
  return { memory, limit: limitReserved(limit, memory.buffer.byteLength) };
}

/**
 * Compiles the module, reserves the memory and writes the scenario into it.
 *
 * Throws EngineError: FAIL_STALE for a module of another build, FAIL_MEMORY when the machine
 * refuses the memory, FAIL_USE for options that cannot be met.
 */
export function openEngine(options: EngineOptions): Engine {
  const module = compileModule(options.wasm);
  const { workers, limits, signal } = options;
  const { memory, limit } = reserveMemory(options);
  const own = options.own === undefined ? null : compileModule(options.own.wasm);
  const instance = instantiate(module, memory, own);
  const engine = searchExports(instance);
  const control = controlOf(memory);
  const services = { engine, control, memory, signal, needRoom: makeRoomCheck(limit) };
  let isSearched = false;
  const instances = new Map<Uint8Array, ExpressionExports>();
  const expressionsOf = (bytes: Uint8Array): ExpressionExports => {
    const known = instances.get(bytes) ?? instantiateExpressions(compileModule(bytes), memory);
    instances.set(bytes, known);
    return known;
  };
  return {
    stateBytes: engine.stateBytes() >>> 0,
    memory,
    exports: instance.exports,
    replay: makeReplay(engine, memory),
    successors: makeSuccessors(engine, memory, control),
    search: async () => {
      if (isSearched) throw new EngineError(FAIL_USE, 'an engine searches once');
      isSearched = true;
      const run = (): Promise<SearchResult> =>
        runSearch({
          engine,
          control,
          module,
          memory,
          own,
          workers,
          parallelFrom: options.parallelFrom ?? PARALLEL_FROM,
          seconds: limits.seconds,
          memoryLimit: limit,
          signal,
          onProgress: options.onProgress,
          pauses: options.pauses,
          readLabels: () => {
            const at = control.read(CONTROL_LABELS);
            return new Uint8Array(memory.buffer).slice(at, at + LABEL_DETAILS);
          },
        });
      return options.sample === true ? sampled(memory, run) : run();
    },
    traceTo: (property) => traceTo(services, property),
    traceToMarked: (targets) => traceToMarked(services, targets),
    markReach: (marks) => markReach(services, marks),
    states: () => states(services),
    indexOf: (state) => indexOf(services, state),
    evaluateState: (wasm, state) => {
      const { check } = expressionsOf(wasm);
      const at = engine.replayState() >>> 0;
      new Uint8Array(memory.buffer).set(state, at);
      return check(at, 1, state.length, 0) >>> 0;
    },
    evaluate: (wasm) => evaluate(services, compileModule(wasm)),
    graph: () => readGraph(services),
    memoryStats: () => memoryStats(services),
  };
}
