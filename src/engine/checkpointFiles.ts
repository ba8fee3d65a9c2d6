/**
 * A checkpoint on disk: a file of data that only ever grows, and a manifest that says how much of
 * it counts.
 *
 *   checkpoint.json   the manifest: what was searched, where the search was, extents with digests
 *   checkpoint.data   the extents one after the other: bytes of a region of the engine's memory
 *   checkpoint.lock   the process that is in the directory
 *
 * Data is on the disk before a manifest speaks of it, and a manifest takes its name only when it is
 * whole. So whenever the process is killed, the manifest found is one that was whole, and what
 * follows its extents in the data is the rest of a write that did not end.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { lockDirectory } from './checkpointLock.js';
import { codeOf, diskError } from './diskError.js';
import { EngineError, FAIL_USE } from './engineError.js';

export const CHECKPOINT_FORMAT = 'daxcheck checkpoint 1';

/** Bytes of a region of the engine's memory, as they follow in the file of data. */
export interface Extent {
  readonly region: string;
  /** From the start of the region. */
  readonly at: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** What a search is of, by name: to be the same when it is taken up again. */
export interface Identity {
  readonly [name: string]: string;
}

/** One checkpoint. `search` is what the extents do not hold: numbers and short lists. */
export interface Manifest {
  readonly format: typeof CHECKPOINT_FORMAT;
  readonly identity: Identity;
  readonly search: unknown;
  readonly extents: readonly Extent[];
  /** How the search ended; null while it can be taken up again. */
  readonly ended: string | null;
}

/** A piece of memory to be written. */
export interface Piece {
  readonly region: string;
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** An open directory of checkpoints. */
export interface CheckpointFiles {
  readonly directory: string;
  /** The checkpoint that was found; null when there is none. */
  readonly found: Manifest | null;
  /** Reads the extents of the checkpoint found, in order, into the places that `placeOf` names. */
  load(placeOf: (extent: Extent) => Uint8Array): Promise<void>;
  /**
   * Appends pieces, and then puts a manifest in the place of the last one.
   *
   * @returns all extents that count from now on.
   */
  save(
    pieces: readonly Piece[],
    rest: Pick<Manifest, 'identity' | 'search'>,
  ): Promise<readonly Extent[]>;
  /** Notes that the search has ended, and removes the data. */
  end(how: string): Promise<void>;
  /** Leaves the directory to others. */
  close(): Promise<void>;
}

const MANIFEST = 'checkpoint.json';
const DATA = 'checkpoint.data';
/** Bytes hashed and written between two turns of others. */
const SLICE_BYTES = 1 << 22;

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A manifest as text: its digest in the first line, so that a flipped bit is found. */
function textOf(manifest: Manifest): string {
  const body = `${JSON.stringify(manifest)}\n`;
  return `${digestOf(body)}\n${body}`;
}

function damaged(directory: string, what: string): EngineError {
  return new EngineError(FAIL_USE, `${what}: restore it, or remove ${directory} and search anew`);
}

/** Reads a manifest; null when there is none. */
async function readManifest(directory: string): Promise<Manifest | null> {
  const path = join(directory, MANIFEST);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return null;
    throw diskError(`${path} cannot be read`, cause);
  }
  const end = text.indexOf('\n') + 1;
  const body = text.slice(end);
  if (text.slice(0, end) !== `${digestOf(body)}\n`) {
    throw damaged(directory, `${path} is damaged (its digest differs)`);
  }
  const manifest = JSON.parse(body) as Manifest;
  if (manifest.format !== CHECKPOINT_FORMAT) {
    const formats = `its format is ${manifest.format}, this program's ${CHECKPOINT_FORMAT}`;
    throw new EngineError(FAIL_USE, `${path}: ${formats}; go on with the daxcheck that wrote it`);
  }
  return manifest;
}

const bytesOf = (extents: readonly Extent[]): number =>
  extents.reduce((sum, { bytes }) => sum + bytes, 0);

/** Opens the file of data and cuts off what no manifest speaks of. */
async function openData(directory: string, extents: readonly Extent[]): Promise<FileHandle> {
  const path = join(directory, DATA);
  const handle = await open(path, extents.length === 0 ? 'w+' : 'r+').catch((cause: unknown) => {
    throw diskError(`${path} cannot be opened`, cause);
  });
  try {
    const { size } = await handle.stat();
    const wanted = bytesOf(extents);
    if (size < wanted) {
      const sizes = `it has ${size} bytes, and the manifest speaks of ${wanted}`;
      throw damaged(directory, `${path} is cut short (${sizes})`);
    }
    await handle.truncate(wanted);
    return handle;
  } catch (cause) {
    await handle.close();
    throw diskError(`${path} cannot be used`, cause);
  }
}

/** Puts the names of a directory on the disk, where the system can. */
async function syncDirectory(directory: string): Promise<void> {
  try {
    const handle = await open(directory, 'r');
    await handle.sync().finally(() => handle.close());
  } catch {
    // Some file systems refuse it, and then have no need of it.
  }
}

async function writeManifest(directory: string, manifest: Manifest): Promise<void> {
  const draft = join(directory, `${MANIFEST}.new`);
  const handle = await open(draft, 'w');
  try {
    await handle.writeFile(textOf(manifest));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, join(directory, MANIFEST));
  await syncDirectory(directory);
}

/** Writes a piece at a place of the file. */
async function writePiece(handle: FileHandle, piece: Piece, at: number): Promise<Extent> {
  const { region, bytes } = piece;
  const hash = createHash('sha256');
  for (let from = 0; from < bytes.length; from += SLICE_BYTES) {
    const slice = bytes.subarray(from, from + SLICE_BYTES);
    hash.update(slice);
    for (let done = 0; done < slice.length; ) {
      const { bytesWritten } = await handle.write(
        slice,
        done,
        slice.length - done,
        at + from + done,
      );
      done += bytesWritten;
    }
  }
  return { region, at: piece.at, bytes: bytes.length, sha256: hash.digest('hex') };
}

/** Reads an extent from a place of the file, and compares its digest. */
async function readExtent(
  handle: FileHandle,
  extent: Extent,
  at: number,
  to: Uint8Array,
): Promise<boolean> {
  const hash = createHash('sha256');
  for (let from = 0; from < extent.bytes; from += SLICE_BYTES) {
    const slice = to.subarray(from, Math.min(from + SLICE_BYTES, extent.bytes));
    for (let done = 0; done < slice.length; ) {
      const { bytesRead } = await handle.read(slice, done, slice.length - done, at + from + done);
      if (bytesRead === 0) return false;
      done += bytesRead;
    }
    hash.update(slice);
  }
  return hash.digest('hex') === extent.sha256;
}

async function loadAll(
  { directory, handle }: { readonly directory: string; readonly handle: FileHandle },
  extents: readonly Extent[],
  placeOf: (extent: Extent) => Uint8Array,
): Promise<void> {
  let at = 0;
  for (const extent of extents) {
    const isGood = await readExtent(handle, extent, at, placeOf(extent));
    if (!isGood) {
      const where = `bytes ${at} to ${at + extent.bytes - 1} (${extent.region})`;
      const path = join(directory, DATA);
      throw damaged(directory, `${path} is damaged: ${where} have another digest`);
    }
    at += extent.bytes;
  }
}

async function prepare(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
  } catch (cause) {
    throw diskError(`${directory} cannot be made`, cause);
  }
}

/**
 * Opens a directory of checkpoints, makes it where there is none, and takes it for this process.
 *
 * Throws EngineError: FAIL_USE when another process is in it or what is in it is damaged, FAIL_DISK
 * when it cannot be written.
 */
export async function openCheckpointFiles(directory: string): Promise<CheckpointFiles> {
  await prepare(directory);
  const unlock = lockDirectory(directory);
  try {
    const found = await readManifest(directory);
    const isOver = found === null || found.ended !== null;
    const handle = await openData(directory, isOver ? [] : found.extents);
    return filesOf({ directory, handle, found, unlock });
  } catch (cause) {
    unlock();
    throw cause;
  }
}

function filesOf(opened: {
  readonly directory: string;
  readonly handle: FileHandle;
  readonly found: Manifest | null;
  readonly unlock: () => void;
}): CheckpointFiles {
  const { directory, handle, found, unlock } = opened;
  let last = found?.ended === null ? found : null;
  return {
    directory,
    found,
    load: (placeOf) => loadAll(opened, found?.extents ?? [], placeOf),
    save: async (pieces, rest) => {
      const extents = [...(last?.extents ?? [])];
      const before = bytesOf(extents);
      try {
        for (const piece of pieces) {
          extents.push(await writePiece(handle, piece, bytesOf(extents)));
        }
        await handle.sync();
        const manifest: Manifest = { format: CHECKPOINT_FORMAT, ...rest, extents, ended: null };
        await writeManifest(directory, manifest);
        last = manifest;
        return extents;
      } catch (cause) {
        // Gives the room back, which others may be in need of.
        await handle.truncate(before).catch(() => undefined);
        throw diskError(`no checkpoint could be written to ${directory}`, cause);
      }
    },
    end: async (how) => {
      const rest = last ?? { format: CHECKPOINT_FORMAT, identity: {}, search: null };
      await writeManifest(directory, { ...rest, extents: [], ended: how });
      await handle.truncate(0);
    },
    close: async () => {
      await handle.close();
      unlock();
    },
  };
}
