/**
 * A module for shared memory as one for memory of its own: what a browser runs in a page that is
 * not isolated from other sites.
 *
 * Only the kind of the imported memory stands between the two. Atomic instructions work on both;
 * waiting does not, and single steps wait for nobody.
 */
import { EngineError, FAIL_STALE } from './engineError.js';

const HEADER_BYTES = 8;
const SECTION_IMPORT = 2;
const KIND_FUNCTION = 0;
const KIND_MEMORY = 2;
/** Limits with a maximum; of shared memory. */
const LIMITS_MAXIMUM = 1;
const LIMITS_SHARED = 3;

/** Reads a module from a place on. */
class Reader {
  at: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  byte(): number {
    return this.#bytes[this.at++] ?? 0;
  }

  /** An unsigned number in LEB128. */
  number(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  }

  skipName(): void {
    const length = this.number();
    this.at += length;
  }
}

/** Where the kind of the imported memory stands; null where there is none in the section. */
function memoryKindAt(bytes: Uint8Array, from: number): number | null {
  const reader = new Reader(bytes, from);
  for (let left = reader.number(); left > 0; left -= 1) {
    reader.skipName();
    reader.skipName();
    const kind = reader.byte();
    if (kind === KIND_MEMORY) return reader.at;
    if (kind !== KIND_FUNCTION) return null;
    reader.number();
  }
  return null;
}

/** Returns a copy of a module whose imported memory is not shared. */
export function unshared(wasm: Uint8Array): Uint8Array {
  const bytes = Uint8Array.from(wasm);
  const reader = new Reader(bytes, HEADER_BYTES);
  while (reader.at < bytes.length) {
    const section = reader.byte();
    const length = reader.number();
    const at = section === SECTION_IMPORT ? memoryKindAt(bytes, reader.at) : null;
    if (at !== null && bytes[at] === LIMITS_SHARED) {
      bytes[at] = LIMITS_MAXIMUM;
      return bytes;
    }
    reader.at += length;
  }
  throw new EngineError(FAIL_STALE, 'the module imports no shared memory; run npm run build');
}
