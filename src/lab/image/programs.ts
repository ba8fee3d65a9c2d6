/**
 * Programs of the host that the lab calls, with the Debian package of each, and how they are run.
 */
import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { LabError } from '../labError.js';

/** Debian packages by program. */
const PACKAGES = {
  'qemu-system-x86_64': 'qemu-system-x86',
  'qemu-img': 'qemu-utils',
  'apt-cache': 'apt',
  'apt-get': 'apt',
  'dpkg-deb': 'dpkg',
  xz: 'xz-utils',
  zstd: 'zstd',
  cc: 'gcc libc6-dev',
  busybox: 'busybox-static',
} as const;

export type ProgramName = keyof typeof PACKAGES;

/** A program, or several of which any one will do. */
export type Need = ProgramName | readonly ProgramName[];

/** Finds a program in a list of folders like PATH; null when it is in none of them. */
export function findProgram(name: string, path: string = process.env.PATH ?? ''): string | null {
  for (const folder of path.split(delimiter).filter((one) => one !== '')) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
    } catch {
      continue;
    }
    if (statSync(file).isFile()) return file;
  }
  return null;
}

const install = (name: ProgramName): string => `apt-get install ${PACKAGES[name]}`;

function missingLine(names: readonly ProgramName[]): string {
  const isOne = names.length === 1;
  const what = isOne ? `${names[0]} is not installed` : `none of ${names.join(', ')} is installed`;
  return `${what}: ${names.map(install).join(', or ')}`;
}

/**
 * Says which needs are not met: one line for each, with the program and its Debian package.
 *
 * @param find tells where a program is, null for nowhere.
 */
export function missingPrograms(
  needs: readonly Need[],
  find: (name: string) => string | null = findProgram,
): readonly string[] {
  const lines = needs
    .map((need): readonly ProgramName[] => (typeof need === 'string' ? [need] : need))
    .filter((names) => names.every((name) => find(name) === null))
    .map(missingLine);
  return [...new Set(lines)];
}

/** Throws a LabError that names every program that is missing, when one is. */
export function requirePrograms(needs: readonly Need[]): void {
  const missing = missingPrograms(needs);
  if (missing.length > 0) throw new LabError(...missing);
}

export interface Running {
  readonly folder?: string;
  readonly input?: Uint8Array;
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';

/** Runs a program to its end and returns what it printed; a LabError says how it failed. */
export function runProgram(
  program: string,
  options: readonly string[],
  { folder, input }: Running = {},
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, options, { cwd: folder, stdio: 'pipe' });
    const printed: Buffer[] = [];
    const complaints: Buffer[] = [];
    child.stdout.on('data', (part: Buffer) => printed.push(part));
    child.stderr.on('data', (part: Buffer) => complaints.push(part));
    // A program that ends early closes its input: its status tells why.
    child.stdin.on('error', () => undefined);
    child.on('error', ({ message }) => reject(new LabError(`${program} cannot run: ${message}`)));
    child.on('close', (status, signal) => {
      if (status === 0) return resolve(Buffer.concat(printed));
      const how = signal ?? `status ${status}`;
      const why = lastLine(Buffer.concat(complaints).toString()) || 'it said nothing';
      const [verb] = options;
      reject(new LabError(`${program} ${verb ?? ''} failed (${how}): ${why}`));
    });
    child.stdin.end(input);
  });
}
