/**
 * Reads a tar archive: ustar with the extensions of GNU and pax for long names.
 *
 * Every header's checksum is looked at, so that what is no archive, or a damaged one, is told and
 * not walked through.
 * Source: POSIX.1-2017 pax, ustar interchange format; GNU tar manual, "Basic Tar Format".
 */
import { ArchiveError } from './bzip2.js';

const BLOCK = 512;
const ENTRIES_MAX = 200_000;

export interface TarEntry {
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link' | 'hard-link';
  readonly data: Uint8Array;
  /** Where a link leads; empty for others. */
  readonly target: string;
}

const decoder = new TextDecoder();

function textAt(header: Uint8Array, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return decoder.decode(end < 0 ? field : field.subarray(0, end));
}

function octalAt(header: Uint8Array, start: number, length: number): number {
  const text = textAt(header, start, length).trim();
  if (!/^[0-7]*$/.test(text)) throw new ArchiveError('a number in a header is damaged');
  return text === '' ? 0 : Number.parseInt(text, 8);
}

/** The sum of a header's bytes, those of the sum itself taken as blanks. */
function hasSum(header: Uint8Array): boolean {
  const sum = header.reduce(
    (total, byte, index) => total + (index >= 148 && index < 156 ? 0x20 : byte),
    0,
  );
  return sum === octalAt(header, 148, 8);
}

/** `path` and `linkpath` of a pax header: lines of `LENGTH KEY=VALUE`. */
function paxNames(data: Uint8Array): { path?: string; target?: string } {
  const names: { path?: string; target?: string } = {};
  for (const line of decoder.decode(data).split('\n')) {
    const found = /^[0-9]+ (path|linkpath)=(.*)$/.exec(line);
    if (found?.[1] === 'path') names.path = found[2] ?? '';
    else if (found?.[1] === 'linkpath') names.target = found[2] ?? '';
  }
  return names;
}

const KINDS: ReadonlyMap<string, TarEntry['kind']> = new Map([
  ['0', 'file'],
  ['', 'file'],
  ['7', 'file'],
  ['1', 'hard-link'],
  ['2', 'link'],
  ['5', 'folder'],
]);

/** A path without `./` in front, doubled slashes and a slash at its end. */
export const plainPath = (path: string): string =>
  path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');

/** Lists the entries of an archive, in its order. */
export function readTar(bytes: Uint8Array): TarEntry[] {
  const entries: TarEntry[] = [];
  let long: { path?: string; target?: string } = {};
  let at = 0;
  for (let count = 0; at + BLOCK <= bytes.length; count++) {
    const header = bytes.subarray(at, at + BLOCK);
    // Two blocks of zeros end an archive; one is enough to see that nothing comes.
    if (header.every((byte) => byte === 0)) return entries;
    if (count >= ENTRIES_MAX) throw new ArchiveError(`it has more than ${ENTRIES_MAX} entries`);
    if (!hasSum(header)) throw new ArchiveError('a header of it is damaged, or it is no tar');
    const size = octalAt(header, 124, 12);
    const start = at + BLOCK;
    const type = textAt(header, 156, 1);
    if (start + size > bytes.length) throw new ArchiveError('it ends too early');
    const data = bytes.subarray(start, start + size);
    at = start + Math.ceil(size / BLOCK) * BLOCK;
    if (type === 'L') long = { ...long, path: textAt(data, 0, data.length) };
    else if (type === 'K') long = { ...long, target: textAt(data, 0, data.length) };
    else if (type === 'x') long = { ...long, ...paxNames(data) };
    else {
      const isUstar = textAt(header, 257, 5) === 'ustar';
      const prefix = isUstar ? textAt(header, 345, 155) : '';
      const name = `${prefix === '' ? '' : `${prefix}/`}${textAt(header, 0, 100)}`;
      const kind = KINDS.get(type);
      const path = plainPath(long.path ?? name);
      const target = long.target ?? textAt(header, 157, 100);
      if (kind !== undefined) entries.push({ path, kind, data, target });
      long = {};
    }
  }
  if (entries.length === 0) throw new ArchiveError('it is no tar');
  return entries;
}
