/**
 * A search that keeps fingerprints of the states found, or some bits of each, and of the states
 * themselves only two levels: older ones go to disk, from where traces are made.
 */
import {
  CONTROL_ARENA,
  CONTROL_BUCKETS,
  CONTROL_CAPACITY,
  CONTROL_FIRST,
  CONTROL_FOUND,
  CONTROL_LEVEL_FROM,
  CONTROL_PACKED_BYTES,
  CONTROL_STATE_BYTES,
  CONTROL_UNPACKED,
  STOP_MEMORY,
  STORAGE_BITSTATE,
  STORAGE_BITSTATE_DRAWS,
  STORAGE_EXACT,
  STORAGE_FINGERPRINT,
  STORAGE_FINGERPRINT_128,
  UNPACKED_BYTES,
} from '../../assembly/search/layout.js';
import { requestStop, type SearchMemory } from './control.js';
import { type NamelessFile, openNameless } from './levelFile.js';
import { bitstateOmission, fingerprintOmission, type Omission } from './omission.js';
import { bothPauses, type Pauses } from './pauses.js';
import { runSearch, type SearchResult, type SearchSetup } from './search.js';
import type { ServiceSetup, StateBatch } from './services.js';

/** What is kept of each state found. */
export type Storage = 'exact' | 'fingerprint' | 'fingerprint-128' | 'bitstate';

/** The number of a kind of storage, for the control block. */
export const STORAGE_NUMBERS: Readonly<Record<Storage, number>> = {
  exact: STORAGE_EXACT,
  fingerprint: STORAGE_FINGERPRINT,
  'fingerprint-128': STORAGE_FINGERPRINT_128,
  bitstate: STORAGE_BITSTATE,
};

/** Options of a lossy search. */
export interface LossyOptions {
  readonly storage: Storage;
  /** Directory for old levels; the system's temporary one by default. */
  readonly disk?: string | undefined;
  /** Bits of a fingerprint that count; fewer than 64 for tests. */
  readonly hashBits?: number | undefined;
}

/** States of a search on disk, and the records of a trace. */
export interface Levels {
  /** All states found, in the order of their indices. */
  readonly states: NamelessFile;
  readonly records: NamelessFile;
}

/** Old levels leave the memory when they take this share of the room for states. */
const DROP_SHARE = 1 / 8;
const WORDS_A_BUCKET = 8;

/** Opens the files of a lossy search. */
export function openLevels(disk: string | undefined): Levels {
  const [states, records] = openNameless(disk, 2);
  if (states === undefined || records === undefined) throw new Error('two files were asked for');
  return { states, records };
}

type Memory = Pick<SearchMemory, 'control' | 'memory'>;

/** Bytes of states in memory, from an index up to and without another. */
export function statesIn({ control, memory }: Memory, from: number, to: number): Uint8Array {
  const width = control.read(CONTROL_PACKED_BYTES);
  // The arena's address is that of state 0, wherever that would be: sums wrap at 2^32.
  const at = (control.read(CONTROL_ARENA) + from * width) % 2 ** 32;
  return new Uint8Array(memory.buffer, at, (to - from) * width);
}

/** Writes states to the file. */
function writeStates(setup: Memory, { states }: Levels, from: number, to: number): void {
  const width = setup.control.read(CONTROL_PACKED_BYTES);
  states.write(statesIn(setup, from, to), from * width);
}

/** Moves old levels to disk when they take much of the memory. */
function makePauses(setup: SearchSetup, levels: Levels, failed: (cause: unknown) => void): Pauses {
  const { control, engine } = setup;
  return {
    isDue: () => {
      const first = control.read(CONTROL_FIRST);
      const old = control.read(CONTROL_LEVEL_FROM) - first;
      return old > (control.read(CONTROL_CAPACITY) - first) * DROP_SHARE;
    },
    run: async () => {
      try {
        const from = control.read(CONTROL_LEVEL_FROM);
        writeStates(setup, levels, control.read(CONTROL_FIRST), from);
        engine.dropLevels();
      } catch (cause) {
        failed(cause);
        requestStop(control, STOP_MEMORY);
      }
    },
  };
}

/** Runs a lossy search. Throws EngineError FAIL_DISK when the disk takes no more. */
export async function searchLossy(
  setup: SearchSetup,
  options: LossyOptions,
  levels: Levels,
): Promise<SearchResult> {
  const { control } = setup;
  let failure: unknown;
  const pauses = makePauses(setup, levels, (cause) => {
    failure ??= cause;
  });
  const result = await runSearch({ ...setup, pauses: bothPauses(pauses, setup.pauses) });
  if (failure !== undefined) throw failure;
  const words = control.read(CONTROL_BUCKETS) * WORDS_A_BUCKET;
  const omission = omissionOf(options, result.statesAtLeast, words);
  // From here on all states are on disk.
  writeStates(setup, levels, control.read(CONTROL_FIRST), control.read(CONTROL_FOUND));
  return { ...result, omission };
}

function omissionOf(
  { storage, hashBits = 64 }: LossyOptions,
  found: number,
  words: number,
): Omission {
  if (storage === 'bitstate') return bitstateOmission(found, words, STORAGE_BITSTATE_DRAWS);
  return fingerprintOmission(found, storage === 'fingerprint-128' ? hashBits + 64 : hashBits);
}

/** Reads states from disk into a window of the memory. */
export function loadStates(setup: Memory, { states }: Levels, from: number, to: number): void {
  const width = setup.control.read(CONTROL_PACKED_BYTES);
  states.read(statesIn(setup, from, to), from * width);
}

/** Iterates over all states found, in the order of their levels. */
export function* statesOnDisk(setup: ServiceSetup, levels: Levels): Generator<StateBatch> {
  const { control, engine, memory } = setup;
  const stateBytes = control.read(CONTROL_STATE_BYTES);
  const found = control.read(CONTROL_FOUND);
  const at = control.read(CONTROL_UNPACKED);
  const most = Math.floor(UNPACKED_BYTES / stateBytes);
  for (let first = 0; first < found; first += most) {
    const count = Math.min(most, found - first);
    engine.openWindow(first, first + count, first + count);
    loadStates(setup, levels, first, first + count);
    engine.unpackStates(first, count, at);
    yield { first, count, bytes: new Uint8Array(memory.buffer, at, count * stateBytes) };
  }
}
