/**
 * Writes a cpio archive in the format that the kernel unpacks as its first file system ("newc" of
 * Documentation/driver-api/early-userspace/buffer-format.rst): for each entry a header of 110
 * characters, the path and the data, each filled up to a multiple of four bytes.
 */

export interface CpioEntry {
  /** Relative to the root, without a slash at the front. */
  readonly path: string;
  /** Type and permissions, such as 0o100755. */
  readonly mode: number;
  readonly data: Uint8Array;
}

const MAGIC = '070701';
const DIRECTORY = 0o040755;
const TRAILER = 'TRAILER!!!';
const NONE = new Uint8Array(0);

/** Describes a file; one that is not executable is only readable. */
export function fileEntry(
  path: string,
  data: Uint8Array | string,
  isExecutable = false,
): CpioEntry {
  const mode = isExecutable ? 0o100755 : 0o100644;
  return { path, mode, data: typeof data === 'string' ? Buffer.from(data) : data };
}

/** The folders above a path, outermost first. */
function parentsOf(path: string): readonly string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** Adds the folders that entries lie in: the kernel makes none of its own. */
function withFolders(entries: readonly CpioEntry[]): readonly CpioEntry[] {
  const given = new Set(entries.map(({ path }) => path));
  const folders = new Set(entries.flatMap(({ path }) => parentsOf(path)));
  const added = [...folders]
    .filter((path) => !given.has(path))
    .sort()
    .map((path) => ({ path, mode: DIRECTORY, data: NONE }));
  return [...added, ...entries];
}

const fill = (size: number): Buffer => Buffer.alloc((4 - (size % 4)) % 4);

function record(inode: number, { path, mode, data }: CpioEntry): Buffer {
  const name = Buffer.from(`${path}\0`);
  const links = path === TRAILER ? 1 : mode >> 12 === 4 ? 2 : 1;
  // inode, mode, user, group, links, time, size, device (2), special device (2), name, checksum
  const numbers = [inode, mode, 0, 0, links, 0, data.length, 0, 0, 0, 0, name.length, 0];
  const fields = numbers.map((number) => number.toString(16).padStart(8, '0')).join('');
  const header = Buffer.concat([Buffer.from(`${MAGIC}${fields}`), name]);
  return Buffer.concat([header, fill(header.length), data, fill(data.length)]);
}

/** Writes the entries as an archive, with the folders that they need. */
export function writeCpio(entries: readonly CpioEntry[]): Buffer {
  const all = withFolders(entries);
  const trailer: CpioEntry = { path: TRAILER, mode: 0, data: NONE };
  return Buffer.concat([
    ...all.map((entry, index) => record(index + 1, entry)),
    record(0, trailer),
  ]);
}
