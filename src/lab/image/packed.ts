/**
 * Unpacks what kernels and modules are compressed with. gzip is Node's; xz and zstd are programs,
 * as Node 20 has neither.
 */
import { gunzipSync } from 'node:zlib';
import { type ProgramName, runProgram } from './programs.js';

type Packing = 'gzip' | 'xz' | 'zstd';

const MAGICS: readonly (readonly [magic: string, packing: Packing])[] = [
  ['1f8b08', 'gzip'],
  ['fd377a585a00', 'xz'],
  ['28b52ffd', 'zstd'],
];

/** Tells how bytes are compressed by how they begin; null when they are not, or in another way. */
export function packingOf(bytes: Uint8Array): Packing | null {
  const start = Buffer.from(bytes.subarray(0, 6)).toString('hex');
  return MAGICS.find(([magic]) => start.startsWith(magic))?.[1] ?? null;
}

/** The program that unpacks such bytes; null where none is needed. */
export function unpackerOf(bytes: Uint8Array): ProgramName | null {
  const packing = packingOf(bytes);
  return packing === null || packing === 'gzip' ? null : packing;
}

/** Unpacks bytes; those that are not compressed come back as they are. */
export async function unpack(bytes: Uint8Array): Promise<Uint8Array> {
  const program = unpackerOf(bytes);
  if (program !== null) return runProgram(program, ['-dc'], { input: bytes });
  return packingOf(bytes) === 'gzip' ? gunzipSync(bytes) : bytes;
}
