/**
 * A tree of files to read from: a folder such as / or a copy of it, or a tar archive (plain, gzip
 * or bzip2) of one.
 *
 * Paths are relative to the root, without a slash in front. What cannot be read is not there:
 * sysfs has files that answer with an error, and a user may not read all of them.
 */
import { closeSync, constants, openSync, readdirSync, readSync, realpathSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ArchiveError, bunzip2 } from './bzip2.js';
import { plainPath, readTar, type TarEntry } from './tar.js';

export interface FileTree {
  /** The text of a file; null where there is none, or none that can be read. */
  readonly read: (path: string) => string | null;
  /** The bytes of a file, likewise. */
  readonly bytes: (path: string) => Uint8Array | null;
  /** Names in a folder, sorted; none where there is no folder. */
  readonly names: (path: string) => readonly string[];
  /** The path without links; null where it leads nowhere. */
  readonly real: (path: string) => string | null;
  /** How a path of the tree is told in places. */
  readonly shown: (path: string) => string;
}

/** No file that is looked at is larger: the largest are kernel configurations. */
const FILE_BYTES_MAX = 4 << 20;
/** No archive is larger when it is unpacked: a server with 30,000 memory blocks has some 100 MB. */
const ARCHIVE_BYTES_MAX = 256 << 20;
/** As the kernel follows. */
const LINKS_MAX = 40;

const byName = (left: string, right: string): number => (left < right ? -1 : 1);

function readBytes(path: string): Uint8Array | null {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const bytes = new Uint8Array(FILE_BYTES_MAX + 1);
    let length = 0;
    for (;;) {
      const count = readSync(descriptor, bytes, length, bytes.length - length, null);
      length += count;
      if (length > FILE_BYTES_MAX) return null;
      if (count === 0) return bytes.slice(0, length);
    }
  } catch {
    // Not there, not readable, or a file of sysfs whose read fails: the same to the caller.
    return null;
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

const decode = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : new TextDecoder().decode(bytes);

/** The files below a folder. */
export function folderTree(root: string): FileTree {
  const at = (path: string): string => join(root, path);
  return {
    read: (path) => decode(readBytes(at(path))),
    bytes: (path) => readBytes(at(path)),
    names: (path) => {
      try {
        return readdirSync(at(path)).sort(byName);
      } catch {
        // No such folder, or not for this user.
        return [];
      }
    },
    real: (path) => {
      try {
        return relative(realpathSync(root), realpathSync(at(path)));
      } catch {
        // A link that leads nowhere.
        return null;
      }
    },
    shown: at,
  };
}

/** Unpacks what is gzip or bzip2; other bytes stay as they are. */
function unpacked(bytes: Uint8Array): Uint8Array {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      return gunzipSync(bytes, { maxOutputLength: ARCHIVE_BYTES_MAX });
    } catch (error) {
      throw new ArchiveError(
        `it cannot be unpacked (${error instanceof Error ? error.message : ''})`,
      );
    }
  }
  const isBzip2 = bytes[0] === 0x42 && bytes[1] === 0x5a && bytes[2] === 0x68;
  return isBzip2 ? bunzip2(bytes, ARCHIVE_BYTES_MAX) : bytes;
}

/** The folder of the archive in which `sys` lies: '' or a path with a slash at its end. */
function rootOf(entries: ReadonlyMap<string, TarEntry>): string | null {
  for (const path of entries.keys()) {
    const found = /^((?:.*\/)?)sys\/(?:devices|bus)(?:\/|$)/.exec(path);
    if (found !== null) return found[1] ?? '';
  }
  return null;
}

/** The first entry of a path counts: archives of links hold some of them again as hard links. */
function byPath(entries: readonly TarEntry[]): Map<string, TarEntry> {
  const map = new Map<string, TarEntry>();
  for (const entry of entries) {
    if (entry.path !== '' && !map.has(entry.path)) map.set(entry.path, entry);
  }
  return map;
}

function foldersOf(entries: ReadonlyMap<string, TarEntry>): Map<string, Set<string>> {
  const folders = new Map<string, Set<string>>();
  for (const path of entries.keys()) {
    const parts = path.split('/');
    // Archives may leave out the entries of folders.
    for (let count = parts.length - 1; count >= 0; count--) {
      const folder = parts.slice(0, count).join('/');
      const names = folders.get(folder) ?? new Set<string>();
      const name = parts[count] ?? '';
      if (names.has(name)) break;
      names.add(name);
      folders.set(folder, names);
    }
  }
  return folders;
}

/** Follows the links of a path, each relative to where it lies. */
function resolve(entries: ReadonlyMap<string, TarEntry>, path: string): string | null {
  const rest = path.split('/').reverse();
  const done: string[] = [];
  let links = 0;
  for (let part = rest.pop(); part !== undefined; part = rest.pop()) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      done.pop();
      continue;
    }
    const entry = entries.get([...done, part].join('/'));
    if (entry?.kind !== 'link') {
      done.push(part);
      continue;
    }
    links += 1;
    if (links > LINKS_MAX) return null;
    if (entry.target.startsWith('/')) done.length = 0;
    rest.push(...entry.target.split('/').reverse());
  }
  return done.join('/');
}

/**
 * The files of an archive of / or of parts of it, from the folder on that holds `sys`.
 *
 * @param name of the archive, for places.
 * @throws ArchiveError for what is damaged, too large, or holds no `sys`.
 */
export function archiveTree(bytes: Uint8Array, name: string): FileTree {
  const entries = byPath(readTar(unpacked(bytes)));
  const root = rootOf(entries);
  if (root === null) throw new ArchiveError('it holds no sys/devices and no sys/bus');
  const folders = foldersOf(entries);
  const real = (path: string): string | null => {
    const found = resolve(entries, root + plainPath(path));
    if (found === null || !(entries.has(found) || folders.has(found))) return null;
    return found.startsWith(root) ? found.slice(root.length) : null;
  };
  const bytesAt = (path: string): Uint8Array | null => {
    const found = real(path);
    const entry = found === null ? undefined : entries.get(root + found);
    return entry?.kind === 'file' && entry.data.length <= FILE_BYTES_MAX ? entry.data : null;
  };
  return {
    read: (path) => decode(bytesAt(path)),
    bytes: bytesAt,
    names: (path) => {
      const found = real(path);
      return found === null ? [] : [...(folders.get(root + found) ?? [])].sort(byName);
    },
    real,
    shown: (path) => `${name}:${root}${path}`,
  };
}
