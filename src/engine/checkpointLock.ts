/**
 * One process at a time in a directory of checkpoints: a file names who is in it.
 *
 * A process that was killed leaves the file behind; it counts no longer once no such process runs,
 * or the machine has started anew since.
 */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { codeOf, diskError } from './diskError.js';
import { EngineError, FAIL_USE } from './engineError.js';

/** Who holds a directory. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Of the running machine, and of the process on it; empty where the system does not say. */
  readonly boot: string;
  readonly started: string;
}

const LOCK = 'checkpoint.lock';

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** When a process started, in ticks since the start of the machine; empty where unknown. */
function startedOf(pid: number): string {
  // The second field is the program's name in brackets, which may hold blanks.
  const fields = read(`/proc/${pid}/stat`).replace(/^.*\)/s, '').trim().split(' ');
  return fields[19] ?? '';
}

function myself(): Holder {
  const boot = read('/proc/sys/kernel/random/boot_id').trim();
  return { pid: process.pid, host: hostname(), boot, started: startedOf(process.pid) };
}

function parse(text: string): Holder | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('pid' in value)) return null;
    return typeof value.pid === 'number' ? (value as Holder) : null;
  } catch {
    // Cut off while it was written: whoever wrote it is gone.
    return null;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return codeOf(cause) === 'EPERM';
  }
}

/** Whether a holder may still be at work. */
function isHeld(holder: Holder, self: Holder): boolean {
  if (holder.host !== self.host) return true;
  if (holder.boot !== self.boot) return false;
  return isRunning(holder.pid) && startedOf(holder.pid) === holder.started;
}

function refuse(directory: string, holder: Holder): never {
  const who = `process ${holder.pid} on ${holder.host}`;
  const advice = `wait for it, or remove ${join(directory, LOCK)} if it is gone`;
  throw new EngineError(FAIL_USE, `${directory} is in use by ${who}: ${advice}`);
}

/** Creates the file with its content at once; false when there is one. */
function create(path: string, text: string): boolean {
  const draft = `${path}.${process.pid}`;
  try {
    writeFileSync(draft, text);
    // A link fails where the name is taken, and never shows half a content.
    linkSync(draft, path);
    return true;
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') return false;
    throw cause;
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Takes a directory for this process. Throws EngineError: FAIL_USE when another process is in it,
 * FAIL_DISK when the file cannot be written.
 *
 * @returns gives it back; may be called twice.
 */
export function lockDirectory(directory: string): () => void {
  const path = join(directory, LOCK);
  const self = myself();
  const text = `${JSON.stringify(self)}\n`;
  try {
    while (!create(path, text)) takeAway(directory, path, self);
  } catch (cause) {
    throw diskError(`a lock cannot be made in ${directory}`, cause);
  }
  return () => {
    if (read(path) === text) rmSync(path, { force: true });
  };
}

/** Takes a dead process's file away; refuses when its process lives. */
function takeAway(directory: string, path: string, self: Holder): void {
  const text = read(path);
  const holder = parse(text);
  if (holder !== null && isHeld(holder, self)) refuse(directory, holder);
  const away = `${path}.${process.pid}.old`;
  try {
    renameSync(path, away);
  } catch (cause) {
    // Another process was faster; the next look says who.
    if (codeOf(cause) === 'ENOENT') return;
    throw cause;
  }
  const taken = read(away);
  rmSync(away, { force: true });
  // Between the look and the renaming another process may have come.
  const newcomer = taken === text ? null : parse(taken);
  if (newcomer === null) return;
  writeFileSync(path, taken);
  refuse(directory, newcomer);
}
