/**
 * A kernel that a guest can boot: its file, its modules, its configuration, and its own name.
 */
import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { LabError } from '../labError.js';
import { readBzImage } from './bzImage.js';
import { hasPvhEntry, machineOf, type ReadAt, reader, sectionsOf } from './elf.js';
import type { ModuleTree } from './modules.js';
import { unpack } from './packed.js';

export interface KernelImage {
  /** 'uname -r', such as '6.12.117+deb12-amd64'. */
  readonly release: string;
  /** What its boot message says after 'Linux version'. */
  readonly banner: string;
  /** Debian package that it came in; null for a kernel of the user's. */
  readonly package: string | null;
  readonly packageVersion: string | null;
  /** For QEMU's `-kernel`: the unpacked ELF file, which starts much faster, where it can start. */
  readonly kernel: string;
  readonly modules: ModuleTree;
  /** Values by option without CONFIG_: 'y', 'm', a number, a text; what is off is not in it. */
  readonly config: ReadonlyMap<string, string>;
}

/** Reads a kernel's .config. */
export function readConfig(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').flatMap((line): readonly (readonly [string, string])[] => {
      const match = /^CONFIG_(\w+)=(.*)$/.exec(line);
      if (match === null) return [];
      const [, name = '', value = ''] = match;
      return [[name, value.replace(/^"(.*)"$/, '$1')]];
    }),
  );
}

/** Reads the first of the files that is there; no options where none is. */
export function configIn(places: readonly string[]): ReadonlyMap<string, string> {
  const place = places.find((one) => existsSync(one));
  return place === undefined ? new Map() : readConfig(readFileSync(place, 'utf8'));
}

const BANNER_START = 'Linux version ';

/** An uncompressed kernel has the text of its boot message among its constants. */
function bannerOfElf(read: ReadAt): string | null {
  const constants = sectionsOf(read).find(({ name }) => name === '.rodata');
  if (constants === undefined) return null;
  const bytes = read(constants.offset, constants.size);
  const at = bytes.indexOf(BANNER_START);
  if (at < 0) return null;
  const start = at + BANNER_START.length;
  return bytes.toString('latin1', start, bytes.indexOf(10, start));
}

/** Calls a function with a reader of a file, which is not read as a whole: it may be huge. */
function withReader<T>(file: string, use: (read: ReadAt) => T): T {
  const descriptor = openSync(file, 'r');
  const read: ReadAt = (offset, size) => {
    const bytes = Buffer.alloc(size);
    return bytes.subarray(0, readSync(descriptor, bytes, 0, size, offset));
  };
  try {
    return use(read);
  } finally {
    closeSync(descriptor);
  }
}

/** A kernel's file as it was looked into. */
export interface KernelFile {
  readonly banner: string;
  /** The unpacked kernel when that is what to boot; null when the file itself is. */
  readonly unpacked: Uint8Array | null;
}

async function unpackImage(payload: Uint8Array | null): Promise<Uint8Array | null> {
  if (payload === null) return null;
  const bytes = await unpack(payload);
  return hasPvhEntry(reader(bytes)) ? bytes : null;
}

/** Looks into a kernel's file: a boot image (vmlinuz, bzImage), or an ELF file (vmlinux). */
export async function readKernel(file: string): Promise<KernelFile> {
  if (!existsSync(file)) throw new LabError(`${file} is not there: name a vmlinuz or a bzImage`);
  const elf = withReader(file, (read) =>
    machineOf(read) === null ? null : { banner: bannerOfElf(read), canStart: hasPvhEntry(read) },
  );
  if (elf !== null) {
    if (!elf.canStart) {
      const advice = 'set CONFIG_PVH=y, or name arch/x86/boot/bzImage';
      throw new LabError(`${file} is an ELF file that QEMU cannot start: ${advice}`);
    }
    return { banner: elf.banner ?? '', unpacked: null };
  }
  const image = readBzImage(readFileSync(file));
  if (image === null) {
    throw new LabError(`${file} is no x86 kernel: name a vmlinuz, a bzImage or a vmlinux`);
  }
  return { banner: image.banner, unpacked: await unpackImage(image.payload) };
}

/** 'uname -r' in a banner. */
export const releaseIn = (banner: string): string => banner.split(' ')[0] ?? '';
