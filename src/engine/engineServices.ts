/**
 * What can be asked of the states once a search has ended: by all of them in memory, or, after a
 * lossy search, by those on disk.
 */
import { EngineError, FAIL_USE } from './engineError.js';
import { type Graph, type GraphSetup, readGraph } from './graph.js';
import { compileModule } from './instantiate.js';
import { type Levels, type LossyOptions, openLevels, statesOnDisk } from './lossy.js';
import { traceOnDisk, traceToMarkedOnDisk } from './lossyTrace.js';
import {
  evaluate,
  type FoundTrace,
  indexOf,
  markReach,
  mustBeSearched,
  type ServiceSetup,
  type StateBatch,
  states,
  traceTo,
  traceToMarked,
} from './services.js';
import { type MemoryStats, memoryStats } from './stats.js';

/** Questions about the states found. */
export interface EngineServices {
  /** All states can be asked for at once: markReach and graph have an answer. */
  readonly keepsStates: boolean;
  traceTo(property: number): Promise<FoundTrace | null>;
  traceToMarked(targets: Uint8Array): Promise<FoundTrace | null>;
  markReach(marks: Uint8Array): Promise<Uint8Array>;
  states(): Iterable<StateBatch>;
  /** Which of the states found has these bytes; -1 when none has. */
  indexOf(state: Uint8Array): number;
  /** What a module of expressions says of every state found: a word for each, by index. */
  evaluate(wasm: Uint8Array): Uint32Array;
  /** Every transition of a complete search. */
  graph(): Graph;
  /** What the memory is used for, and how far lookups go. */
  memoryStats(): MemoryStats;
}

/** Opens the files for old levels where the storage needs them; null for an exact search. */
export function levelsFor({ storage }: { readonly storage?: LossyOptions | undefined }) {
  if (storage === undefined || storage.storage === 'exact') return null;
  return openLevels(storage.disk);
}

/** Answers of an exact search. */
export function servicesInMemory(setup: GraphSetup): EngineServices {
  return {
    keepsStates: true,
    traceTo: (property) => traceTo(setup, property),
    traceToMarked: (targets) => traceToMarked(setup, targets),
    markReach: (marks) => markReach(setup, marks),
    states: () => states(setup),
    indexOf: (state) => indexOf(setup, state),
    evaluate: (wasm) => evaluate(setup, compileModule(wasm), states(setup)),
    graph: () => readGraph(setup),
    memoryStats: () => memoryStats(setup),
  };
}

function refuse(what: string): never {
  throw new EngineError(FAIL_USE, `${what} needs all states in memory: --storage exact`);
}

/** Answers of a lossy search, whose states are on disk. */
export function servicesOnDisk(setup: ServiceSetup, levels: Levels): EngineServices {
  const all = (): Generator<StateBatch> => {
    mustBeSearched(setup);
    return statesOnDisk(setup, levels);
  };
  return {
    keepsStates: false,
    traceTo: (property) => traceOnDisk(setup, levels, property),
    traceToMarked: (targets) => traceToMarkedOnDisk(setup, levels, targets),
    markReach: async () => refuse('what can still be reached'),
    states: all,
    indexOf: () => refuse('which state this is'),
    evaluate: (wasm) => evaluate(setup, compileModule(wasm), all()),
    graph: () => refuse('what is said of behaviours'),
    memoryStats: () => refuse('what the memory is used for'),
  };
}
