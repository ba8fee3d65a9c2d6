/**
 * Writes small ELF files for tests: modules with their notes, kernels with and without the entry
 * that QEMU starts them at. Independent of the reader that is tested: typed from elf(5).
 */

const HEADER = 64;
const SECTION = 64;
const SEGMENT = 56;

interface Shape {
  readonly machine?: number;
  readonly sections?: Readonly<Record<string, Uint8Array>>;
  /** Contents of a segment of notes. */
  readonly notes?: Uint8Array;
}

/** An ELF file, for x86-64 unless another machine is named, with sections and notes. */
export function makeElf({ machine = 62, sections = {}, notes }: Shape): Buffer {
  const names = ['', ...Object.keys(sections), '.shstrtab'];
  const texts = Buffer.from(`${names.join('\0')}\0`);
  const bodies = [Buffer.alloc(0), ...Object.values(sections), texts];
  const segments = notes === undefined ? 0 : 1;
  let at = HEADER + segments * SEGMENT;
  const starts = bodies.map((body) => {
    const start = at;
    at += body.length;
    return start;
  });
  const notesAt = at;
  const tableAt = at + (notes?.length ?? 0);

  const header = Buffer.alloc(HEADER);
  header.write('\x7fELF\x02\x01\x01', 'latin1');
  header.writeUInt16LE(1, 16);
  header.writeUInt16LE(machine, 18);
  header.writeBigUInt64LE(BigInt(HEADER), 32);
  header.writeBigUInt64LE(BigInt(tableAt), 40);
  header.writeUInt16LE(HEADER, 52);
  header.writeUInt16LE(SEGMENT, 54);
  header.writeUInt16LE(segments, 56);
  header.writeUInt16LE(SECTION, 58);
  header.writeUInt16LE(names.length, 60);
  header.writeUInt16LE(names.length - 1, 62);

  const segment = Buffer.alloc(segments * SEGMENT);
  if (notes !== undefined) {
    segment.writeUInt32LE(4, 0);
    segment.writeBigUInt64LE(BigInt(notesAt), 8);
    segment.writeBigUInt64LE(BigInt(notes.length), 32);
  }
  const table = names.map((name, index) => {
    const row = Buffer.alloc(SECTION);
    row.writeUInt32LE(name === '' ? 0 : texts.indexOf(`\0${name}\0`) + 1, 0);
    row.writeBigUInt64LE(BigInt(starts[index] ?? 0), 24);
    row.writeBigUInt64LE(BigInt(bodies[index]?.length ?? 0), 32);
    return row;
  });
  return Buffer.concat([header, segment, ...bodies, notes ?? Buffer.alloc(0), ...table]);
}

/** One note, filled up as notes are. */
export function makeNote(owner: string, type: number, data: Uint8Array): Buffer {
  const name = Buffer.from(`${owner}\0`);
  const head = Buffer.alloc(12);
  head.writeUInt32LE(name.length, 0);
  head.writeUInt32LE(data.length, 4);
  head.writeUInt32LE(type, 8);
  const filled = (part: Uint8Array): Buffer =>
    Buffer.concat([part, Buffer.alloc((4 - (part.length % 4)) % 4)]);
  return Buffer.concat([head, filled(name), filled(data)]);
}

/** A module that says of itself what is given, each as 'key=value'. */
export function makeModule(...info: readonly string[]): Buffer {
  return makeElf({
    sections: {
      '.text': Buffer.alloc(16),
      '.modinfo': Buffer.from(info.map((text) => `${text}\0`).join('')),
    },
  });
}

/** The note of a kernel that QEMU can start. */
export const PVH_NOTE = makeNote('Xen', 18, Buffer.from('300a000100000000', 'hex'));
