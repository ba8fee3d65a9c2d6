/**
 * How much memory the machine still has for this process: what its control groups (v1 and v2)
 * leave, what the kernel calls available, and what the shell's limits leave (`ulimit -v`, `-d`).
 *
 * Each answer names the file or limit that gave it, because that is what a user can change. Where
 * nothing can be read (another system than Linux), nothing is known.
 */
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';

/** Bytes that can still be taken, and who says so. */
export interface Room {
  readonly bytes: number;
  /** The limit itself, of which part is in use already. */
  readonly limitBytes: number;
  /** A file, or a limit by the name that users know. */
  readonly source: string;
}

/** Reads a text file: null when there is none, or it cannot be read. */
export type ReadText = (path: string) => string | null;

const readFile: ReadText = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
};

/** Returns the tightest of all rooms; null when none can be read. */
export function machineRoom(read: ReadText = readFile): Room | null {
  const rooms = [...groupRooms(read), available(read), ...shellRooms(read)].filter(
    (room) => room !== null,
  );
  return rooms.reduce<Room | null>(
    (tightest, room) => (tightest === null || room.bytes < tightest.bytes ? room : tightest),
    null,
  );
}

/** What /proc/meminfo calls available: free, or given back when it is asked for. */
function available(read: ReadText): Room | null {
  const text = read('/proc/meminfo');
  const bytes = kibibytes(text, 'MemAvailable');
  const total = kibibytes(text, 'MemTotal');
  if (bytes === null) return null;
  return { bytes, limitBytes: total ?? bytes, source: 'MemAvailable of /proc/meminfo' };
}

/** What the shell's limits are called in /proc/self/limits, and their use in /proc/self/status. */
const SHELL_LIMITS = [
  { source: 'ulimit -v', limit: 'Max address space', used: 'VmSize' },
  { source: 'ulimit -d', limit: 'Max data size', used: 'VmData' },
] as const;

/** One room for each limit of the shell. */
export function shellRooms(read: ReadText = readFile): Room[] {
  const limits = read('/proc/self/limits');
  return SHELL_LIMITS.flatMap(({ source, limit, used }) => {
    const limitBytes = softLimit(limits, limit);
    if (limitBytes === null) return [];
    const usedBytes = kibibytes(read('/proc/self/status'), used) ?? 0;
    return [{ bytes: Math.max(0, limitBytes - usedBytes), limitBytes, source }];
  });
}

function kibibytes(text: string | null, name: string): number | null {
  const value = new RegExp(`^${name}:\\s*(\\d+) kB$`, 'm').exec(text ?? '')?.[1];
  return value === undefined ? null : Number(value) * 1024;
}

function softLimit(limits: string | null, name: string): number | null {
  const soft = new RegExp(`^${name} +(\\d+|unlimited)`, 'm').exec(limits ?? '')?.[1];
  return soft === undefined || soft === 'unlimited' ? null : Number(soft);
}

/** Where a hierarchy of control groups is mounted, and which part of it that shows. */
interface Mount {
  readonly root: string;
  readonly point: string;
  readonly isUnified: boolean;
}

/** One room for each limit of the process's group and of all groups above it. */
function groupRooms(read: ReadText): Room[] {
  const mounts = mountsOf(read('/proc/self/mountinfo') ?? '');
  return groupsOf(read('/proc/self/cgroup') ?? '').flatMap(({ path, isUnified }) =>
    mounts
      .filter((mount) => mount.isUnified === isUnified)
      .flatMap((mount) => foldersUp(mount, path))
      .flatMap((folder) => (isUnified ? unifiedRooms(folder, read) : [legacyRoom(folder, read)]))
      .filter((room) => room !== null),
  );
}

/** The process's groups that may account for memory: v2, and v1 with the controller `memory`. */
function groupsOf(text: string): { path: string; isUnified: boolean }[] {
  return text.split('\n').flatMap((line) => {
    const [number, controllers = '', ...path] = line.split(':');
    if (path.length === 0) return [];
    const isUnified = number === '0' && controllers === '';
    if (!isUnified && !controllers.split(',').includes('memory')) return [];
    return [{ path: path.join(':'), isUnified }];
  });
}

function mountsOf(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const [, , , root, point] = before.split(' ').map(unescaped);
    const [type = '', , options = ''] = after.split(' ');
    if (root === undefined || point === undefined) return [];
    const isLegacy = type === 'cgroup' && options.split(',').includes('memory');
    return type === 'cgroup2' || isLegacy ? [{ root, point, isUnified: type === 'cgroup2' }] : [];
  });
}

/** Undoes the octal escapes of mountinfo. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

/** The folder of a group and those above it, up to the mount. A group outside it is the mount's. */
function foldersUp({ root, point }: Mount, path: string): string[] {
  const isInside = root === '/' || path === root || path.startsWith(`${root}/`);
  const inside =
    isInside && !path.startsWith('/..') ? path.slice(root === '/' ? 0 : root.length) : '';
  const names = inside.split('/').filter((name) => name !== '');
  return Array.from({ length: names.length + 1 }, (_, up) =>
    posix.join(point, ...names.slice(0, names.length - up)),
  );
}

/** v1 writes "no limit" as a number near 2^63. */
const NO_LIMIT = 2 ** 60;

function numberIn(text: string | null): number | null {
  const value = (text ?? '').trim();
  if (!/^\d+$/.test(value)) return null;
  return Number(value) >= NO_LIMIT ? null : Number(value);
}

/** `memory.high` slows a group down until it seems to stand still, so it is a limit as well. */
function unifiedRooms(folder: string, read: ReadText): (Room | null)[] {
  return ['memory.max', 'memory.high'].map((file) => {
    const limit = numberIn(read(`${folder}/${file}`));
    const used = numberIn(read(`${folder}/memory.current`)) ?? 0;
    const names = ['inactive_file', 'active_file'];
    return roomOf(`${folder}/${file}`, limit, used - cached(read(`${folder}/memory.stat`), names));
  });
}

function legacyRoom(folder: string, read: ReadText): Room | null {
  const file = `${folder}/memory.limit_in_bytes`;
  const used = numberIn(read(`${folder}/memory.usage_in_bytes`)) ?? 0;
  const names = ['total_inactive_file', 'total_active_file'];
  return roomOf(file, numberIn(read(file)), used - cached(read(`${folder}/memory.stat`), names));
}

function roomOf(source: string, limit: number | null, used: number): Room | null {
  if (limit === null) return null;
  return { bytes: Math.max(0, limit - Math.max(0, used)), limitBytes: limit, source };
}

/** Bytes of files in a group's account; the kernel gives them back when memory is asked for. */
function cached(stat: string | null, names: readonly string[]): number {
  return names.reduce((sum, name) => {
    const value = new RegExp(`^${name} (\\d+)$`, 'm').exec(stat ?? '')?.[1];
    return sum + Number(value ?? 0);
  }, 0);
}
