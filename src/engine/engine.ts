/**
 * The engine as other layers see it: bytes of a scenario in, an outcome out. It knows no kernel.
 *
 * One engine is one search over one memory; open another one for another search.
 */
import { type CheckpointOptions, identified, searchSaved } from './checkpoint.js';
import { controlOf } from './control.js';
import { EngineError, FAIL_MEMORY, FAIL_USE } from './engineError.js';
import {
  type EngineServices,
  levelsFor,
  servicesInMemory,
  servicesOnDisk,
} from './engineServices.js';
import {
  compileModule,
  type ExpressionExports,
  instantiate,
  instantiateExpressions,
  searchExports,
} from './instantiate.js';
import { type LossyOptions, STORAGE_NUMBERS, searchLossy } from './lossy.js';
import {
  limitReserved,
  type MemoryLimit,
  makeRoomCheck,
  makeThreadRoom,
  memoryLimit,
  requireThreads,
} from './memoryLimit.js';
import { memoryBytesMin, planMemory } from './memoryPlan.js';
import type { Pauses } from './pauses.js';
import type { Progress } from './progress.js';
import { makeReplay, makeSuccessors, type Replay, type Successors } from './replay.js';
import { sampled } from './sampler.js';
import { runSearch, type SearchResult, type SearchSetup } from './search.js';
import { makeStrategies, type Strategies } from './strategies.js';

export type { CheckpointOptions } from './checkpoint.js';
export { EngineError } from './engineError.js';
export type { Graph } from './graph.js';
export type { LossyOptions, Storage } from './lossy.js';
export { type MemoryLimit, OutOfRoom } from './memoryLimit.js';
export type { Omission } from './omission.js';
export type { Progress } from './progress.js';
export type { Replay, Successor, Successors } from './replay.js';
export type { ViolatedRun } from './runs.js';
export type { SearchResult, StoppedBy } from './search.js';
export type { ChosenTrace, FoundTrace, StateBatch } from './services.js';
export type { MemoryStats } from './stats.js';
export type { SwarmResult } from './swarm.js';
export type { WalksResult } from './walks.js';

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
  /** What is kept of each state, and where old levels go; exact by default. */
  readonly storage?: LossyOptions | undefined;
  /** `states` and `depth` act between levels; `seconds` and `memoryBytes` also within one. */
  readonly limits: {
    readonly states?: number | undefined;
    readonly depth?: number | undefined;
    /** Context switches: only behaviours with at most so many are followed, breadth first. */
    readonly switches?: number | undefined;
    readonly seconds?: number | undefined;
    readonly memoryBytes?: number | undefined;
  };
  /** Looks every millisecond where the search is (SearchResult.samples); it costs a thread. */
  readonly sample?: boolean | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** What to do between two levels, while everything stands still. */
  readonly pauses?: Pauses | undefined;
  /** Where to save the search, or to go on from. */
  readonly checkpoint?: CheckpointOptions | undefined;
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
export interface Engine extends EngineServices, Strategies {
  readonly stateBytes: number;
  readonly memory: WebAssembly.Memory;
  /** All exports of the module, for those that only its System has. */
  readonly exports: WebAssembly.Exports;
  readonly replay: Replay;
  readonly successors: Successors;
  /** Searches; once. */
  search(): Promise<SearchResult>;
  /**
   * What a module of expressions says of one state, by its bytes; it becomes the present state of
   * the replay.
   */
  evaluateState(wasm: Uint8Array, state: Uint8Array): number;
}

const PARALLEL_FROM = 8192;

/** Lays a memory out within the limit that holds; and the limit that it stands for. */
function reserveMemory(options: EngineOptions): {
  readonly memory: WebAssembly.Memory;
  readonly limit: MemoryLimit;
} {
  const { scenario, workers, stopMask, own, limits, tableBytes, storage } = options;
  const limit = memoryLimit(limits.memoryBytes);
  const least = memoryBytesMin(workers);
  if (limit.setBy === 'machine' && limit.bytes < least) {
    const text = `the machine has too little memory left (${limit.source})`;
    const needs = `${Math.ceil(least / 2 ** 20)} MiB are the least`;
    throw new EngineError(FAIL_MEMORY, `${text}: ${needs}; free some, or raise that limit`);
  }
  const memory = planMemory({
    scenario,
    workers,
    stopMask,
    ownStopMask: own?.stopMask ?? null,
    states: limits.states,
    depth: limits.depth,
    switches: limits.switches,
    memoryBytes: limit.bytes,
    storage: STORAGE_NUMBERS[storage?.storage ?? 'exact'],
    hashBits: storage?.hashBits ?? 64,
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
  const threadRoom = makeThreadRoom();
  const { memory, limit } = reserveMemory(options);
  const own = options.own === undefined ? null : compileModule(options.own.wasm);
  const instance = instantiate(module, memory, own);
  const engine = searchExports(instance);
  const control = controlOf(memory);
  const services = { engine, control, memory, signal, needRoom: makeRoomCheck(limit) };
  const levels = levelsFor(options);
  let isSearched = false;
  const searchOnce = (): void => {
    if (isSearched) throw new EngineError(FAIL_USE, 'an engine searches once');
    isSearched = true;
  };
  const instances = new Map<Uint8Array, ExpressionExports>();
  const expressionsOf = (bytes: Uint8Array): ExpressionExports => {
    const known = instances.get(bytes) ?? instantiateExpressions(compileModule(bytes), memory);
    instances.set(bytes, known);
    return known;
  };
  const setup: SearchSetup = {
    engine,
    control,
    module,
    memory,
    own,
    workers,
    parallelFrom: options.parallelFrom ?? PARALLEL_FROM,
    seconds: limits.seconds,
    memoryLimit: limit,
    threadRoom,
    signal,
    onProgress: options.onProgress,
    pauses: options.pauses,
  };
  const found = levels === null ? servicesInMemory(services) : servicesOnDisk(services, levels);
  return {
    stateBytes: engine.stateBytes() >>> 0,
    memory,
    exports: instance.exports,
    replay: makeReplay(engine, memory),
    successors: makeSuccessors(engine, memory, control),
    search: async () => {
      searchOnce();
      const { checkpoint, storage } = options;
      const run = (): Promise<SearchResult> => {
        if (storage !== undefined && levels !== null) return searchLossy(setup, storage, levels);
        if (checkpoint === undefined) return runSearch(setup);
        return searchSaved(setup, identified(checkpoint, options));
      };
      if (options.sample !== true) return run();
      requireThreads(threadRoom, 1);
      return sampled(memory, run);
    },
    ...found,
    ...makeStrategies(setup, found, searchOnce),
    evaluateState: (wasm, state) => {
      const { check } = expressionsOf(wasm);
      const at = engine.replayState() >>> 0;
      new Uint8Array(memory.buffer).set(state, at);
      return check(at, 1, state.length, 0) >>> 0;
    },
  };
}
