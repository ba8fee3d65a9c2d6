/**
 * Options that name what a machine shows, for the commands that read it.
 */
import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import type { Facts } from '../import/facts.js';
import type { Input, InputKind } from '../import/inputs.js';
import type { Wishes } from '../import/join.js';
import { releaseOf } from '../import/release.js';
import { RELEASES } from '../kernel/releases.js';
import { BLOCK_BYTES_MAX, BLOCK_BYTES_MIN } from '../model/blockSize.js';
import { isPowerOfTwo, parseSize } from '../model/quantity.js';

/** What commander makes of the options. */
export interface InputOptions {
  readonly json?: boolean;
  readonly live?: string | true;
  readonly iomem?: string;
  readonly daxctl?: readonly string[];
  readonly ndctl?: readonly string[];
  readonly cxl?: readonly string[];
  readonly lsmem?: string;
  readonly sysfs?: string;
  readonly config?: string;
  readonly cmdline?: string;
  readonly rules?: readonly string[];
  readonly kernel?: string;
  readonly source?: string;
  readonly blockSize?: bigint;
  readonly device?: readonly string[];
}

const collect = (path: string, before: readonly string[] = []): string[] => [...before, path];

/** Reads the size of a memory block. */
export function parseBlockSize(text: string): bigint {
  const bytes = parseSize(text);
  if (
    bytes === null ||
    !isPowerOfTwo(bytes) ||
    bytes < BLOCK_BYTES_MIN ||
    bytes > BLOCK_BYTES_MAX
  ) {
    throw new InvalidArgumentError('Expected a power of two from 128M to 64G.');
  }
  return bytes;
}

/** Reads a release as `uname -r` prints it, or as models name it. */
export function parseUname(text: string): string {
  const release = releaseOf(text);
  if (release !== null) return text;
  const [first, last] = [RELEASES[0]?.name, RELEASES.at(-1)?.name];
  const expected = `one from ${first} to ${last}, or what \`uname -r\` says of such a one`;
  throw new InvalidArgumentError(`Not a modelled release; expected ${expected}.`);
}

/** An option whose second value would silently take the place of the first. */
const once =
  <T>(parse: (text: string) => T) =>
  (text: string, before: T | undefined): T => {
    if (before === undefined) return parse(text);
    throw new InvalidArgumentError('It is given twice; one is expected.');
  };

const asPath = once((path: string) => path);

/** Adds the options. */
export function withInputOptions(command: Command): Command {
  return command
    .option('--live [root]', 'this machine: /proc, /sys, /boot, udev rules (or a copy below ROOT)')
    .option('--iomem <file>', '/proc/iomem, read as root (- for stdin)', asPath)
    .option('--daxctl <file>', 'JSON of `daxctl list -RDM` (may be repeated)', collect)
    .option('--ndctl <file>', 'JSON of `ndctl list` (may be repeated)', collect)
    .option('--cxl <file>', 'JSON of `cxl list` (may be repeated)', collect)
    .option('--lsmem <file>', 'what lsmem prints, as a table or JSON', asPath)
    .option('--sysfs <path>', 'a tar archive of /sys (gzip, bzip2), or a folder', asPath)
    .option('--config <file>', "the kernel's .config", asPath)
    .option('--cmdline <file>', '/proc/cmdline', asPath)
    .option('--rules <file>', 'udev rules (may be repeated)', collect)
    .option('--kernel <release>', 'a release, as `uname -r` prints it', once(parseUname))
    .option('--source <tree>', "the kernel's source: which features it has", asPath)
    .option('--block-size <size>', 'size of a memory block, such as 128M', once(parseBlockSize))
    .option('--device <name>', 'only this device (may be repeated)', collect);
}

/** The inputs, in the order in which the options are listed. */
export function inputsOf(options: InputOptions): Input[] {
  const one = (kind: InputKind, path: string | undefined): Input[] =>
    path === undefined ? [] : [{ kind, path }];
  const several = (kind: InputKind, paths: readonly string[] = []): Input[] =>
    paths.map((path) => ({ kind, path }));
  return [
    ...one('root', options.live === true ? '/' : options.live),
    ...one('iomem', options.iomem),
    ...several('list', options.daxctl),
    ...several('list', options.ndctl),
    ...several('list', options.cxl),
    ...one('lsmem', options.lsmem),
    ...one('sysfs', options.sysfs),
    ...one('config', options.config),
    ...one('cmdline', options.cmdline),
    ...several('rules', options.rules),
  ];
}

/** What the user says himself. */
export function wishesOf(options: InputOptions, facts: Facts): Wishes {
  if (options.kernel !== undefined) {
    const place = { file: '--kernel', line: 1, column: 1 };
    facts.releases.length = 0;
    facts.releases.push({ value: options.kernel, place });
  }
  return {
    ...(options.blockSize !== undefined && { blockSize: options.blockSize }),
    ...(options.device !== undefined && { devices: options.device }),
  };
}

/** Reads stdin to its end. */
export const readStdin = (): string => readFileSync(0, 'utf8');
