/**
 * Checkpoints of a search: taken at pauses between levels, written while the search goes on, and
 * taken up again by a later process.
 *
 * A checkpoint that cannot be written costs the search nothing: it is told, the last one stays, and
 * the next one is tried in its turn.
 */
import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SEARCH_VERSION } from '../../assembly/search/layout.js';
import {
  type CheckpointFiles,
  type Identity,
  type Manifest,
  openCheckpointFiles,
} from './checkpointFiles.js';
import {
  piecesOf,
  placeOf,
  readNumbers,
  type SearchNumbers,
  writeNumbers,
} from './checkpointState.js';
import type { SearchMemory } from './control.js';
import { EngineError, FAIL_MEMORY, FAIL_USE } from './engineError.js';
import { bothPauses, type Pauses } from './pauses.js';
import { runSearch, type SearchResult, type SearchSetup } from './search.js';

/** Where checkpoints go, and whether the search begins with one. */
export interface CheckpointOptions {
  readonly directory: string;
  /** Go on from the checkpoint in the directory, if there is one. */
  readonly resume: boolean;
  /** Between the end of a checkpoint and the next one. Default: 60. */
  readonly everySeconds?: number | undefined;
  /** What must be the same when the search is taken up again, by a name for the user. */
  readonly identity: Identity;
  /** Takes one sentence about what happened to the checkpoints. */
  readonly onNotice?: ((text: string) => void) | undefined;
}

/** Adds digests of what is searched, and by which build, to what the caller says of it. */
export function identified(
  options: CheckpointOptions,
  of: {
    readonly scenario: Uint8Array;
    readonly wasm: Uint8Array | WebAssembly.Module;
    readonly own?: { readonly wasm: Uint8Array } | undefined;
  },
): CheckpointOptions {
  const digest = (bytes: Uint8Array): string =>
    createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  const identity = {
    ...options.identity,
    'search version': String(SEARCH_VERSION),
    'model (digest)': digest(of.scenario),
    ...(of.own !== undefined && { 'own properties (digest)': digest(of.own.wasm) }),
    ...(of.wasm instanceof Uint8Array && { 'engine (digest)': digest(of.wasm) }),
  };
  return { ...options, identity };
}

/** The checkpoints of one search. */
export interface Checkpoints {
  readonly pauses: Pauses;
  /** Puts the search where its checkpoint was; false when there is none, and it starts anew. */
  restore(): Promise<boolean>;
  /** After the search: waits for what is being written; one that can go on writes a last one. */
  finish(canGoOn: boolean): Promise<void>;
  /** Leaves the directory. */
  close(): Promise<void>;
}

const EVERY_SECONDS = 60;
const STATES_A_CALL = 1 << 18;

const grouped = (count: number): string => count.toLocaleString('en-US');

/** Refuses a checkpoint of another search: the first thing that differs is told. */
function mustMatch(directory: string, found: Identity, wanted: Identity): void {
  for (const name of new Set([...Object.keys(wanted), ...Object.keys(found)])) {
    const [then, now] = [found[name] ?? 'none', wanted[name] ?? 'none'];
    if (then === now) continue;
    const advice = 'search with what it was made of, or name another directory';
    const text = `the checkpoint in ${directory} is of another search:`;
    throw new EngineError(FAIL_USE, `${text} its ${name} is ${then}, now it is ${now}; ${advice}`);
  }
}

/** Opens the directory, and refuses what does not go together with the wish. */
async function openFor(options: CheckpointOptions): Promise<CheckpointFiles> {
  const { directory, resume, identity } = options;
  const files = await openCheckpointFiles(directory);
  try {
    const { found } = files;
    if (found === null) return files;
    if (resume && found.ended !== null) {
      const text = `the search in ${directory} has ended (${found.ended}): nothing is left to do`;
      throw new EngineError(FAIL_USE, `${text}; name another directory to search again`);
    }
    if (resume) mustMatch(directory, found.identity, identity);
    else if (found.ended === null) {
      const text = `${directory} holds a search that has not ended`;
      const advice = `go on with --resume ${directory}, or remove it to start anew`;
      throw new EngineError(FAIL_USE, `${text}: ${advice}`);
    }
    return files;
  } catch (cause) {
    await files.close();
    throw cause;
  }
}

/**
 * Opens the checkpoints of a search.
 *
 * Throws EngineError: FAIL_USE when what is in the directory does not fit the search, or another
 * process is in it; FAIL_DISK when it cannot be written.
 */
export async function openCheckpoints(
  setup: SearchMemory,
  options: CheckpointOptions,
): Promise<Checkpoints> {
  const files = await openFor(options);
  const { directory, identity, everySeconds = EVERY_SECONDS } = options;
  const notice = options.onNotice ?? (() => undefined);
  let extents = files.found?.ended === null ? files.found.extents : [];
  let saving: Promise<void> | null = null;
  let savedAt = performance.now();
  let told = '';
  const save = async (): Promise<void> => {
    const search = readNumbers(setup);
    // Stopped among the initial states: there is nothing to go on from.
    if (search.levels.at(-1) === 0) return;
    try {
      extents = await files.save(piecesOf(setup, search, extents), { identity, search });
    } catch (cause) {
      const text = cause instanceof Error ? cause.message : String(cause);
      // Tried again at each turn, and told once.
      if (text !== told) notice(`${text}; the search goes on, and the checkpoint before stays`);
      told = text;
    }
    savedAt = performance.now();
  };
  const begin = (): void => {
    saving = save().finally(() => {
      saving = null;
    });
  };
  return {
    pauses: {
      isDue: () => saving === null && performance.now() - savedAt >= everySeconds * 1000,
      run: async () => {
        if (saving === null) begin();
      },
    },
    restore: async () => {
      if (!options.resume) return false;
      if (files.found === null) {
        notice(`no checkpoint is in ${directory} yet: the search starts anew`);
        return false;
      }
      const { levels, level } = await restore(setup, files, files.found);
      const states = grouped(levels.at(-1) ?? 0);
      notice(`going on from the checkpoint in ${directory}: ${states} states, depth ${level}`);
      return true;
    },
    finish: async (canGoOn) => {
      await saving;
      if (canGoOn) await save();
    },
    close: async () => {
      await saving;
      await files.close();
    },
  };
}

/** Notes in a directory of checkpoints that its search has ended for good, and removes the data. */
export async function endCheckpoints(directory: string, how: string): Promise<void> {
  const files = await openCheckpointFiles(directory);
  try {
    await files.end(how);
  } finally {
    await files.close();
  }
}

/** Runs a search with checkpoints, from the one in the directory if that is asked for. */
export async function searchSaved(
  setup: SearchSetup,
  options: CheckpointOptions,
): Promise<SearchResult> {
  const checkpoints = await openCheckpoints(setup, options);
  try {
    const pauses = bothPauses(checkpoints.pauses, setup.pauses);
    const result = await runSearch({ ...setup, pauses, restore: checkpoints.restore });
    await checkpoints.finish(!result.complete && result.stoppedBy !== 'violation');
    return result;
  } finally {
    await checkpoints.close();
  }
}

/** Loads a checkpoint into a memory that holds no search yet, and makes the tables again. */
async function restore(
  setup: SearchMemory,
  files: CheckpointFiles,
  found: Manifest,
): Promise<SearchNumbers> {
  const { engine } = setup;
  const numbers = found.search as SearchNumbers;
  const states = numbers.levels.at(-1) ?? 0;
  if (engine.resumeBegin(states, numbers.parts) === 0) {
    const size = `${grouped(states)} states`;
    const text = `the checkpoint in ${files.directory} has ${size}, and they do not fit in memory`;
    throw new EngineError(FAIL_MEMORY, `${text}; allow more with --memory`);
  }
  await files.load((extent) => placeOf(setup, extent));
  writeNumbers(setup, numbers);
  for (let from = 0; from < states; from += STATES_A_CALL) {
    engine.insertLoaded(from, Math.min(states, from + STATES_A_CALL));
    await nextTurn();
  }
  engine.resumeEnd();
  return numbers;
}
