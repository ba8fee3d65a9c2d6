/**
 * Values as JSON text and back, with what JSON has not: bigint, bytes, sets.
 */

const BYTES_AT_ONCE = 0x8000;

/** Writes bytes as base64. */
export function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += BYTES_AT_ONCE) {
    parts.push(String.fromCharCode(...bytes.subarray(at, at + BYTES_AT_ONCE)));
  }
  return btoa(parts.join(''));
}

/** Reads bytes from base64. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

function pack(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return { '#bigint': value.toString(16) };
  if (value instanceof Uint8Array) return { '#bytes': toBase64(value) };
  if (value instanceof Set) return { '#set': [...value] };
  return value;
}

function unpack(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('#bigint' in value) return BigInt(`0x${String(value['#bigint'])}`);
  if ('#bytes' in value) return fromBase64(String(value['#bytes']));
  if ('#set' in value && Array.isArray(value['#set'])) return new Set<unknown>(value['#set']);
  return value;
}

/** Writes a value of plain data; numbers that are no bigint stay numbers. */
export const toPlainText = (value: unknown): string => JSON.stringify(value, pack);

/** Reads what `toPlainText` wrote. */
export const fromPlainText = (text: string): unknown => JSON.parse(text, unpack);
