/**
 * What the lab reads of 64-bit ELF files: where their sections are, which machine they are for, the
 * notes of a module, and whether QEMU can start a kernel straight from its ELF file.
 */

/** Gives some bytes of a file; fewer where it ends. */
export type ReadAt = (offset: number, size: number) => Buffer;

export interface Section {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

const MAGIC = '7f454c46';
const HEADER_BYTES = 64;
const SECTION_BYTES = 64;
const SEGMENT_BYTES = 56;
const SEGMENT_NOTE = 4;
/** Type of the note with a kernel's 32-bit entry, by the owner "Xen". */
const NOTE_PVH_ENTRY = 18;

/** Machine number of x86-64. */
export const ELF_X86_64 = 62;

/** Wraps bytes that are there. */
export function reader(bytes: Uint8Array): ReadAt {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (offset, size) => all.subarray(offset, offset + size);
}

/** The header; null when it is no 64-bit ELF file. */
function headerOf(read: ReadAt): Buffer | null {
  const header = read(0, HEADER_BYTES);
  const isElf = header.length === HEADER_BYTES && header.toString('hex', 0, 4) === MAGIC;
  return isElf && header[4] === 2 ? header : null;
}

/** Tells the machine that an ELF file is for; null when it is no 64-bit ELF file. */
export function machineOf(read: ReadAt): number | null {
  return headerOf(read)?.readUInt16LE(18) ?? null;
}

const textAt = (bytes: Buffer, offset: number): string => {
  const end = bytes.indexOf(0, offset);
  return bytes.toString('latin1', offset, end < 0 ? bytes.length : end);
};

/** Lists the sections of an ELF file; none when it is no ELF file. */
export function sectionsOf(read: ReadAt): readonly Section[] {
  const header = headerOf(read);
  if (header === null) return [];
  const count = header.readUInt16LE(60);
  const table = read(Number(header.readBigUInt64LE(40)), count * SECTION_BYTES);
  if (table.length < count * SECTION_BYTES) return [];
  const rows = Array.from({ length: count }, (_, index) => {
    const row = table.subarray(index * SECTION_BYTES);
    const offset = Number(row.readBigUInt64LE(24));
    return { nameOffset: row.readUInt32LE(0), offset, size: Number(row.readBigUInt64LE(32)) };
  });
  const names = rows[header.readUInt16LE(62)];
  const texts = names === undefined ? Buffer.alloc(0) : read(names.offset, names.size);
  return rows.map(({ nameOffset, offset, size }) => ({
    name: textAt(texts, nameOffset),
    offset,
    size,
  }));
}

/** Reads the `key=value` texts of a module, by key, in their order. */
export function modinfoOf(read: ReadAt): ReadonlyMap<string, readonly string[]> {
  const section = sectionsOf(read).find(({ name }) => name === '.modinfo');
  const bytes = section === undefined ? '' : read(section.offset, section.size).toString('latin1');
  const values = new Map<string, string[]>();
  for (const text of bytes.split('\0')) {
    const at = text.indexOf('=');
    if (at < 0) continue;
    const key = text.slice(0, at);
    values.set(key, [...(values.get(key) ?? []), text.slice(at + 1)]);
  }
  return values;
}

const aligned = (size: number): number => (size + 3) & ~3;

function hasNote(notes: Buffer, owner: string, type: number): boolean {
  for (let at = 0; at + 12 <= notes.length; ) {
    const nameBytes = notes.readUInt32LE(at);
    const dataBytes = notes.readUInt32LE(at + 4);
    if (notes.readUInt32LE(at + 8) === type && textAt(notes, at + 12) === owner) return true;
    at += 12 + aligned(nameBytes) + aligned(dataBytes);
  }
  return false;
}

/** Whether a kernel's ELF file has the entry at which QEMU's `-kernel` starts it (CONFIG_PVH). */
export function hasPvhEntry(read: ReadAt): boolean {
  const header = headerOf(read);
  if (header === null) return false;
  const table = Number(header.readBigUInt64LE(32));
  return Array.from({ length: header.readUInt16LE(56) }).some((_, index) => {
    const segment = read(table + index * SEGMENT_BYTES, SEGMENT_BYTES);
    if (segment.length < SEGMENT_BYTES || segment.readUInt32LE(0) !== SEGMENT_NOTE) return false;
    const notes = read(Number(segment.readBigUInt64LE(8)), Number(segment.readBigUInt64LE(32)));
    return hasNote(notes, 'Xen', NOTE_PVH_ENTRY);
  });
}
