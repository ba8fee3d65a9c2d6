/**
 * Runs a program to its end and measures it from outside: seconds, greatest resident memory.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A program with its arguments, and the folder that it runs in. */
export interface Command {
  readonly words: readonly [string, ...string[]];
  readonly folder?: string;
}

/** What was seen of a process. */
export interface Run {
  readonly wallSeconds: number;
  /** Bytes; null where no program `time` tells it. */
  readonly peakRss: number | null;
  readonly stdout: string;
}

/** GNU time; a shell's own `time` does not tell the memory. */
const TIME = '/usr/bin/time';
const PRINTED_MAX = 1 << 26;

/** Tells whether a program can be found. */
export function isInstalled(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v '${program}'`]).status === 0;
}

/** Rounds to tenths of a millisecond. */
export function rounded(seconds: number): number {
  return Math.round(seconds * 1e4) / 1e4;
}

/** Runs a program. Throws with what it printed when it does not end with status 0. */
export function run({ words, folder }: Command): Run {
  const place = mkdtempSync(join(tmpdir(), 'daxcheck-bench-'));
  try {
    const report = join(place, 'time');
    const measured = existsSync(TIME) ? [TIME, '-f', '%M', '-o', report, ...words] : words;
    const [program = '', ...options] = measured;
    const start = performance.now();
    const done = spawnSync(program, options, {
      cwd: folder ?? place,
      encoding: 'utf8',
      maxBuffer: PRINTED_MAX,
    });
    const wallSeconds = rounded((performance.now() - start) / 1000);
    if (done.status !== 0) {
      const printed = `${done.stdout ?? ''}${done.stderr ?? ''}`.slice(-2000);
      const ended = done.error?.message ?? `status ${done.status ?? done.signal}`;
      throw new Error(`${words.join(' ')} ended with ${ended}\n${printed}`);
    }
    return { wallSeconds, peakRss: peakOf(report), stdout: done.stdout };
  } finally {
    rmSync(place, { recursive: true });
  }
}

function peakOf(report: string): number | null {
  if (!existsSync(report)) return null;
  const kibibytes = Number(readFileSync(report, 'utf8').trim().split('\n').at(-1));
  return Number.isFinite(kibibytes) ? kibibytes * 1024 : null;
}
