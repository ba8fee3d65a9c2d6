/**
 * A growing little-endian byte buffer: how the tables of a scenario are written.
 */
export interface Bytes {
  readonly length: number;
  u8(value: number): void;
  u16(value: number): void;
  u32(value: number): void;
  u64(value: bigint): void;
  /** Writes zeros up to a multiple of `to`. */
  align(to: number): void;
  /** Writes zeros up to `length` bytes; longer is a bug. */
  fillTo(length: number): void;
  append(bytes: Uint8Array): void;
  done(): Uint8Array;
}

/** Makes an empty buffer. */
export function makeBytes(): Bytes {
  let buffer = new Uint8Array(1024);
  let view = new DataView(buffer.buffer);
  let length = 0;
  const reserve = (count: number): number => {
    if (length + count > buffer.length) {
      const grown = new Uint8Array(Math.max(buffer.length * 2, length + count));
      grown.set(buffer);
      buffer = grown;
      view = new DataView(buffer.buffer);
    }
    length += count;
    return length - count;
  };
  return {
    get length() {
      return length;
    },
    u8: (value) => {
      const at = reserve(1);
      view.setUint8(at, value);
    },
    u16: (value) => {
      const at = reserve(2);
      view.setUint16(at, value, true);
    },
    u32: (value) => {
      const at = reserve(4);
      view.setUint32(at, value, true);
    },
    u64: (value) => {
      const at = reserve(8);
      view.setBigUint64(at, BigInt.asUintN(64, value), true);
    },
    align: (to) => {
      reserve((to - (length % to)) % to);
    },
    fillTo: (wanted) => {
      if (wanted < length) throw new Error(`a record of ${length} bytes has room for ${wanted}`);
      reserve(wanted - length);
    },
    append: (bytes) => {
      const at = reserve(bytes.length);
      buffer.set(bytes, at);
    },
    done: () => buffer.slice(0, length),
  };
}
