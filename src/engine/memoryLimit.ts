/**
 * The limit of memory that a search keeps: the user's, or what the machine has less a margin, or
 * what 32 bits can address; and the watch that ends a search in order before the kernel would kill
 * it.
 *
 * The memory of the engine is reserved within the limit, so it cannot pass it. What the watch looks
 * at is the rest: threads, JavaScript, and what other processes take meanwhile.
 */
import { EngineError, FAIL_MEMORY, FAIL_ROOM } from './engineError.js';
import { machineRoom, type Room, shellRooms } from './machineMemory.js';

/** A limit, who set it, and by which option, file or bound. */
export interface MemoryLimit {
  readonly bytes: number;
  readonly setBy: 'user' | 'machine' | 'engine';
  readonly source: string;
}

const PAGE_BYTES = 65536;
/** 65,535 pages: the size of a memory must fit 32 bits. */
export const ENGINE_BYTES_MAX = 65535 * PAGE_BYTES;

const MIB = 1 << 20;
/** What must stay free on the machine, for this process's threads and for others. */
const MARGIN_BYTES = 64 * MIB;
const MARGIN_PART = 0.05;
/** Threads and JavaScript of a search may take this much beside the limit. */
const SLACK_BYTES = 32 * MIB;
const MACHINE_SECONDS = 1;

/** Returns the tightest limit. `userBytes` undefined: the user set none. */
export function memoryLimit(
  userBytes: number | undefined,
  room: Room | null = machineRoom(),
): MemoryLimit {
  const limits: MemoryLimit[] = [
    { bytes: ENGINE_BYTES_MAX, setBy: 'engine', source: 'the 4 GiB that the engine addresses' },
  ];
  if (room !== null) {
    const margin = Math.max(MARGIN_BYTES, Math.floor(room.bytes * MARGIN_PART));
    const bytes = Math.max(0, room.bytes - margin);
    limits.push({ bytes, setBy: 'machine', source: room.source });
  }
  if (userBytes !== undefined) limits.push({ bytes: userBytes, setBy: 'user', source: '--memory' });
  return limits.reduce((tightest, limit) => (limit.bytes <= tightest.bytes ? limit : tightest));
}

/**
 * Returns the limit that a reserved memory stands for: the one asked for, or the machine's, which
 * refused as much.
 */
export function limitReserved(limit: MemoryLimit, reservedBytes: number): MemoryLimit {
  const asked = Math.floor(limit.bytes / PAGE_BYTES) * PAGE_BYTES;
  if (reservedBytes >= asked) return limit;
  return { bytes: reservedBytes, setBy: 'machine', source: 'what the machine let be reserved' };
}

/** Says why the machine refused a reservation, and what helps, as far as it can be known. */
export function refusalText(bytes: number): string {
  const limit = shellRooms().find(({ source }) => source === 'ulimit -v')?.limitBytes;
  const refused = `the machine refused to reserve ${Math.ceil(bytes / MIB)} MiB of memory`;
  if (limit === undefined)
    return `${refused}; free some, or raise the limits of the shell (ulimit -a)`;
  const found = `ulimit -v allows ${Math.floor(limit / MIB)} MiB of address space`;
  const why = 'Node reserves 10 GiB of it beside each WebAssembly memory, to check bounds';
  const helps = 'raise it, or run with NODE_OPTIONS=--disable-wasm-trap-handler';
  return `${refused}: ${found}, and ${why}; ${helps}`;
}

/** Looks now and then whether a limit is passed; the limit that is, or null. */
export type MemoryWatch = (seconds: number) => MemoryLimit | null;

/** What a watch reads; tests give their own. */
export interface MemoryMeters {
  /** Bytes of this process that are in memory. */
  readonly resident: () => number;
  readonly room: () => Room | null;
}

const METERS: MemoryMeters = {
  resident: () => process.memoryUsage.rss(),
  room: () => machineRoom(),
};

/**
 * Makes the watch of a search that begins now: what is resident already is not counted.
 *
 * @returns a function of the seconds since the start.
 */
export function makeMemoryWatch(limit: MemoryLimit, meters: MemoryMeters = METERS): MemoryWatch {
  const before = meters.resident();
  let looked = 0;
  return (seconds) => {
    if (meters.resident() - before > limit.bytes + SLACK_BYTES) return limit;
    if (seconds - looked < MACHINE_SECONDS) return null;
    looked = seconds;
    const room = meters.room();
    if (room === null || room.bytes >= MARGIN_BYTES / 2) return null;
    return { bytes: room.limitBytes, setBy: 'machine', source: room.source };
  };
}

/** What a search has found is there, but the memory to answer a question about it is not. */
export class OutOfRoom extends EngineError {
  readonly limit: MemoryLimit;

  constructor(bytes: number, what: string, limit: MemoryLimit) {
    const needed = `${what} need ${Math.ceil(bytes / MIB)} MiB of memory`;
    super(FAIL_ROOM, `${needed}, more than is left by ${limit.source}`);
    this.limit = limit;
  }
}

/**
 * Makes a function that throws OutOfRoom when so many bytes more would pass a limit. It is asked
 * before what is large is allocated, because a machine that has overcommitted kills without a word.
 */
export function makeRoomCheck(
  limit: MemoryLimit,
  meters: MemoryMeters = METERS,
): (bytes: number, what: string) => void {
  const before = meters.resident();
  return (bytes, what) => {
    if (bytes < MIB) return;
    if (limit.setBy === 'user' && meters.resident() - before + bytes > limit.bytes + SLACK_BYTES) {
      throw new OutOfRoom(bytes, what, limit);
    }
    const room = meters.room();
    if (room === null || room.bytes - bytes >= MARGIN_BYTES / 2) return;
    throw new OutOfRoom(bytes, what, {
      bytes: room.limitBytes,
      setBy: 'machine',
      source: room.source,
    });
  };
}

/** Tells how many threads the shell's limits leave room for now. */
export type ThreadRoom = () => number;

/** A thread may take this much more than the process did: its stack, and pages of malloc. */
const THREAD_SLACK_BYTES = 128 * MIB;
/** No thread has been seen to take as much. */
const THREAD_BYTES_MAX = 1024 * MIB;

/**
 * Makes what counts the threads that can still be started; to be called before the memory of a
 * search is reserved.
 *
 * V8 ends the process without a word when it cannot reserve what a thread needs: a heap and a range
 * of addresses for code, 512 MiB in newer releases. This process has reserved the same for its main
 * thread, so what it has taken until now tells what a thread takes.
 */
export function makeThreadRoom(rooms: () => readonly Room[] = shellRooms): ThreadRoom {
  const needs = rooms().map(({ bytes, limitBytes }) =>
    Math.min(limitBytes - bytes + THREAD_SLACK_BYTES, THREAD_BYTES_MAX),
  );
  if (needs.length === 0) return () => Number.POSITIVE_INFINITY;
  return () =>
    Math.min(
      ...rooms().map(({ bytes }, index) => Math.floor(bytes / (needs[index] ?? THREAD_BYTES_MAX))),
    );
}

/** Throws EngineError FAIL_MEMORY where so many threads could not be started. */
export function requireThreads(threadRoom: ThreadRoom, threads: number): void {
  if (threadRoom() >= threads) return;
  const limits = shellRooms().map(({ source, limitBytes }) => {
    return `${source} allows ${Math.floor(limitBytes / MIB)} MiB`;
  });
  const found = `there is no room for ${threads === 1 ? 'a thread' : `${threads} threads`}`;
  throw new EngineError(FAIL_MEMORY, `${found}: ${limits.join(', ')}; raise it, or free some`);
}
