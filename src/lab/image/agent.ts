/**
 * The agent that runs as the first process of a guest: lab/agent.c compiled statically, and where
 * that cannot be done, lab/agent.sh with a static busybox.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assetOf } from '../asset.js';
import { LabError } from '../labError.js';
import { keep } from './cache.js';
import { type CpioEntry, fileEntry } from './cpio.js';
import { ELF_X86_64, machineOf, reader } from './elf.js';
import { findProgram, type Need, runProgram } from './programs.js';

export interface Agent {
  /** A shell agent does one task at a time, so it has no races and no processes that map. */
  readonly kind: 'compiled' | 'shell';
  readonly entries: readonly CpioEntry[];
  /** Why it is a shell agent; null when it is not. */
  readonly reason: string | null;
}

/** One of these there must be. */
export const AGENT_NEED: Need = ['cc', 'busybox'];

const FLAGS: readonly string[] = ['-static', '-Os', '-s', '-Wall'];

const isForGuest = (program: Uint8Array): boolean => machineOf(reader(program)) === ELF_X86_64;

/** Compiles the agent, or returns the one that was compiled before from the same source. */
async function compile(compiler: string, cache: string): Promise<Uint8Array> {
  const source = assetOf('agent.c');
  const hash = createHash('sha256').update([compiler, ...FLAGS].join(' '));
  const name = hash.update(readFileSync(source)).digest('hex').slice(0, 32);
  const file = await keep(join(cache, 'agents', name), async (folder) => {
    const program = join(folder, 'agent');
    await runProgram(compiler, [...FLAGS, '-o', program, source]);
    return program;
  });
  return readFileSync(file);
}

function shellAgent(reason: string): Agent {
  const busybox = findProgram('busybox');
  if (busybox === null) {
    throw new LabError(
      `the agent cannot be compiled (${reason}): apt-get install gcc libc6-dev`,
      'or have it as a shell script: apt-get install busybox-static',
    );
  }
  const program = readFileSync(busybox);
  if (!isForGuest(program) || program.includes('/lib64/ld-linux')) {
    throw new LabError(
      `${busybox} is no static program for x86-64: apt-get install busybox-static`,
    );
  }
  const script = readFileSync(assetOf('agent.sh'));
  const entries = [fileEntry('init', script, true), fileEntry('bin/busybox', program, true)];
  return { kind: 'shell', entries, reason };
}

/**
 * Makes the agent.
 *
 * @param compiler what compiles C for x86-64; null to go without.
 */
export async function makeAgent(
  cache: string,
  compiler: string | null = process.env.CC ?? findProgram('cc'),
): Promise<Agent> {
  if (compiler === null) return shellAgent('no C compiler is installed');
  try {
    const program = await compile(compiler, cache);
    if (!isForGuest(program)) return shellAgent(`${compiler} does not compile for x86-64`);
    return { kind: 'compiled', entries: [fileEntry('init', program, true)], reason: null };
  } catch (error) {
    if (error instanceof LabError) return shellAgent(error.message);
    throw error;
  }
}
