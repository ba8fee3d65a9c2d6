/**
 * Decompresses bzip2, within a bound of output.
 *
 * The published decoders for JavaScript have no such bound, and go round for ever on a run length
 * that overflows (docs/decisions/0014-import.md); archives of sysfs come as people made them.
 */

/** Thrown for data that is no bzip2, is damaged, or is larger than allowed. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
}

const BLOCK_MAGIC = 0x314159265359;
const END_MAGIC = 0x177245385090;
const LENGTH_MAX = 20;
const GROUP_SYMBOLS = 50;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index << 24;
  for (let bit = 0; bit < 8; bit++) value = value < 0 ? (value << 1) ^ 0x04c11db7 : value << 1;
  return value >>> 0;
});

class Bits {
  readonly #bytes: Uint8Array;
  #at = 0;
  #held = 0;
  #count = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Reads up to 24 bits. */
  read(count: number): number {
    while (this.#count < count) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) throw new ArchiveError('it ends too early');
      this.#at += 1;
      this.#held = ((this.#held << 8) | byte) & 0x7fffffff;
      this.#count += 8;
    }
    this.#count -= count;
    return (this.#held >>> this.#count) & ((1 << count) - 1);
  }

  read32(): number {
    return ((this.read(16) << 16) | this.read(16)) >>> 0;
  }

  read48(): number {
    return this.read(24) * 2 ** 24 + this.read(24);
  }

  /** Goes on at the next whole byte. */
  align(): void {
    this.#count -= this.#count % 8;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length && this.#count < 8;
  }
}

/** Symbols by the length of their code: canonical, as the format has it. */
interface Code {
  readonly limits: readonly number[];
  readonly bases: readonly number[];
  readonly symbols: readonly number[];
}

function codeOf(lengths: readonly number[]): Code {
  const limits: number[] = [-1];
  const bases: number[] = [0];
  const symbols: number[] = [];
  let next = 0;
  for (let length = 1; length <= LENGTH_MAX; length++) {
    next <<= 1;
    bases.push(next - symbols.length);
    lengths.forEach((one, symbol) => {
      if (one !== length) return;
      symbols.push(symbol);
      next += 1;
    });
    limits.push(next - 1);
  }
  return { limits, bases, symbols };
}

function readSymbol(bits: Bits, code: Code): number {
  let value = 0;
  for (let length = 1; length <= LENGTH_MAX; length++) {
    value = (value << 1) | bits.read(1);
    const index = value - (code.bases[length] ?? 0);
    const symbol = code.symbols[index];
    if (value <= (code.limits[length] ?? -1) && index >= 0 && symbol !== undefined) return symbol;
  }
  throw new ArchiveError('a code in it has no symbol');
}

function toFront(list: number[], index: number): number {
  const value = list[index];
  if (value === undefined) throw new ArchiveError('a symbol in it is out of range');
  list.copyWithin(1, 0, index);
  list[0] = value;
  return value;
}

function readUsedBytes(bits: Bits): number[] {
  const groups = bits.read(16);
  const used: number[] = [];
  for (let group = 0; group < 16; group++) {
    if (((groups >> (15 - group)) & 1) === 0) continue;
    const members = bits.read(16);
    for (let bit = 0; bit < 16; bit++) {
      if (((members >> (15 - bit)) & 1) === 1) used.push(group * 16 + bit);
    }
  }
  if (used.length === 0) throw new ArchiveError('a block of it uses no byte');
  return used;
}

function readSelectors(bits: Bits, codes: number): number[] {
  const order = Array.from({ length: codes }, (_, index) => index);
  return Array.from({ length: bits.read(15) }, () => {
    let index = 0;
    while (bits.read(1) === 1) {
      index += 1;
      if (index >= codes) throw new ArchiveError('a selector in it is out of range');
    }
    return toFront(order, index);
  });
}

function readCode(bits: Bits, symbols: number): Code {
  let length = bits.read(5);
  const lengths: number[] = [];
  for (let symbol = 0; symbol < symbols; symbol++) {
    while (bits.read(1) === 1) {
      length += bits.read(1) === 0 ? 1 : -1;
      if (length < 1 || length > LENGTH_MAX) break;
    }
    if (length < 1 || length > LENGTH_MAX) throw new ArchiveError('a code in it is too long');
    lengths.push(length);
  }
  return codeOf(lengths);
}

/** Reads the symbols of a block: its bytes, sorted as the format sorts them. */
function readSorted(bits: Bits, size: number): Uint8Array {
  const used = readUsedBytes(bits);
  const count = bits.read(3);
  if (count < 2 || count > 6) throw new ArchiveError('a block of it has too many codes');
  const selectors = readSelectors(bits, count);
  const codes = Array.from({ length: count }, () => readCode(bits, used.length + 2));
  const order = [...used];
  const end = used.length + 1;
  const out = new Uint8Array(size);
  let length = 0;
  let run = 0;
  let weight = 1;
  for (let index = 0; ; index++) {
    const code = codes[selectors[Math.floor(index / GROUP_SYMBOLS)] ?? count];
    if (code === undefined) throw new ArchiveError('a block of it has no end');
    const symbol = readSymbol(bits, code);
    if (symbol <= 1) {
      run += weight << symbol;
      weight <<= 1;
      if (run > size - length) throw new ArchiveError('a run in it is longer than its block');
      continue;
    }
    out.fill(order[0] ?? 0, length, length + run);
    length += run;
    run = 0;
    weight = 1;
    if (symbol === end) return out.subarray(0, length);
    if (length >= size) throw new ArchiveError('a block of it is too long');
    out[length] = toFront(order, symbol - 1);
    length += 1;
  }
}

/** Takes the sorting back; what is left is run-length coded. */
function unsorted(sorted: Uint8Array, origin: number): Uint8Array {
  if (origin >= sorted.length) throw new ArchiveError('a block of it begins nowhere');
  const starts = new Uint32Array(256);
  for (const byte of sorted) starts[byte] = (starts[byte] ?? 0) + 1;
  let sum = 0;
  for (let byte = 0; byte < 256; byte++) {
    const count = starts[byte] ?? 0;
    starts[byte] = sum;
    sum += count;
  }
  const links = new Uint32Array(sorted.length);
  for (let index = 0; index < sorted.length; index++) {
    const byte = sorted[index] ?? 0;
    const at = starts[byte] ?? 0;
    links[at] = index;
    starts[byte] = at + 1;
  }
  const out = new Uint8Array(sorted.length);
  let at = links[origin] ?? 0;
  for (let index = 0; index < out.length; index++) {
    out[index] = sorted[at] ?? 0;
    at = links[at] ?? 0;
  }
  return out;
}

class Output {
  readonly #limit: number;
  #bytes = new Uint8Array(1 << 16);
  #length = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Adds a block, its runs written out, and returns its checksum. */
  add(block: Uint8Array): number {
    let crc = 0xffffffff;
    let same = 0;
    let last = -1;
    for (const byte of block) {
      const isCount = same === 4;
      const copies = isCount ? byte : 1;
      const value = isCount ? last : byte;
      this.#room(copies);
      for (let copy = 0; copy < copies; copy++) {
        crc = ((crc << 8) ^ (CRC_TABLE[((crc >>> 24) ^ value) & 0xff] ?? 0)) >>> 0;
        this.#bytes[this.#length] = value;
        this.#length += 1;
      }
      if (isCount) same = 0;
      else same = byte === last ? same + 1 : 1;
      last = isCount ? -1 : byte;
    }
    return ~crc >>> 0;
  }

  #room(count: number): void {
    const needed = this.#length + count;
    if (needed > this.#limit) throw new ArchiveError(`it has more than ${this.#limit} bytes`);
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.min(this.#limit, 2 * needed));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}

function readStream(bits: Bits, output: Output): void {
  if (bits.read(24) !== 0x425a68) throw new ArchiveError('it is no bzip2');
  const level = bits.read(8) - 0x30;
  if (level < 1 || level > 9) throw new ArchiveError('it is no bzip2');
  let whole = 0;
  for (;;) {
    const magic = bits.read48();
    const expected = bits.read32();
    if (magic === END_MAGIC) {
      if (expected !== whole) throw new ArchiveError('its checksum is wrong');
      bits.align();
      return;
    }
    if (magic !== BLOCK_MAGIC) throw new ArchiveError('a block of it is damaged');
    if (bits.read(1) === 1) throw new ArchiveError('it is of a bzip2 before 0.9.5');
    const origin = bits.read(24);
    const crc = output.add(unsorted(readSorted(bits, level * 100_000), origin));
    if (crc !== expected) throw new ArchiveError('the checksum of a block is wrong');
    whole = (((whole << 1) | (whole >>> 31)) ^ crc) >>> 0;
  }
}

/**
 * Decompresses a file of one or more streams.
 *
 * @param limit the most bytes of output.
 */
export function bunzip2(bytes: Uint8Array, limit: number): Uint8Array {
  const bits = new Bits(bytes);
  const output = new Output(limit);
  do readStream(bits, output);
  while (!bits.isAtEnd);
  return output.bytes;
}
