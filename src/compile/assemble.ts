/**
 * Puts a scenario's bytes together: the header, then its tables.
 */
import { Header } from '../../assembly/layout.js';
import { makeBytes } from './bytes.js';

/** Numbers of 16 bits, one after the other. */
export function words16(values: readonly number[]): Uint8Array {
  const bytes = makeBytes();
  for (const value of values) bytes.u16(value);
  return bytes.done();
}

/** Numbers of 64 bits. */
export function words64(values: readonly bigint[]): Uint8Array {
  const bytes = makeBytes();
  for (const value of values) bytes.u64(value);
  return bytes.done();
}

/** Header, then the tables, each at a multiple of 8, their offsets in the header. */
export function assemble(
  words: ReadonlyMap<Header, number>,
  tables: readonly (readonly [Header, Uint8Array])[],
): Uint8Array {
  const offsets = new Map<Header, number>();
  const body = makeBytes();
  body.fillTo(Header.Count * 4);
  for (const [word, table] of tables) {
    body.align(8);
    offsets.set(word, body.length);
    body.append(table);
  }
  const bytes = body.done();
  const view = new DataView(bytes.buffer);
  for (const [word, value] of [...words, ...offsets]) view.setUint32(word * 4, value >>> 0, true);
  return bytes;
}
