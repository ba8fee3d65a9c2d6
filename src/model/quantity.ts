/**
 * Sizes and address ranges as people and /proc/iomem write them.
 *
 * Sizes use binary units, as the kernel's memparse() does: 128M is 134,217,728 bytes.
 */
import type { Range } from './model.js';

const UNITS = ['', 'K', 'M', 'G', 'T', 'P', 'E'];
const ADDRESS_LIMIT = 1n << 64n;

/** Bytes (decimal or 0x hex), or a number with a binary unit. */
export const SIZE_PATTERN = /^(0[xX][0-9a-fA-F]{1,16}|[0-9]{1,20}[kKmMgGtTpPeE]?)$/;

/** `start-end` in hex, the end included. */
export const RANGE_PATTERN = /^(0[xX])?[0-9a-fA-F]{1,16}-(0[xX])?[0-9a-fA-F]{1,16}$/;

/** The number of a memory block, or `first-last`. */
export const BLOCKS_PATTERN = /^[0-9]{1,9}(-[0-9]{1,9})?$/;

/** Reads a size into bytes; null when it is none or does not fit 64 bits. */
export function parseSize(text: string | number): bigint | null {
  const source = String(text);
  if (!SIZE_PATTERN.test(source)) return null;
  const unit = /[xX]/.test(source) ? -1 : UNITS.indexOf(source.slice(-1).toUpperCase());
  const bytes = unit < 1 ? BigInt(source) : BigInt(source.slice(0, -1)) << BigInt(10 * unit);
  return bytes < ADDRESS_LIMIT ? bytes : null;
}

/**
 * Reads `start-end` (hex); null when it is none. The end may lie before the start: callers look.
 */
export function parseRange(text: string): Range | null {
  if (!RANGE_PATTERN.test(text)) return null;
  const [start = '', end = ''] = text.split('-');
  return { start: parseHex(start), end: parseHex(end) };
}

/** Reads hex digits with or without 0x. */
export function parseHex(digits: string): bigint {
  return BigInt(/^0[xX]/.test(digits) ? digits : `0x${digits}`);
}

/** Prints bytes with the largest binary unit that divides them: 128M, 2G, 4097. */
export function formatSize(bytes: bigint): string {
  let unit = 0;
  let count = bytes;
  while (count !== 0n && count % 1024n === 0n && unit + 1 < UNITS.length) {
    count /= 1024n;
    unit += 1;
  }
  return `${count}${UNITS[unit] ?? ''}`;
}

/** Prints a range as /proc/iomem does: at least eight hex digits, the end included. */
export function formatRange(range: Range): string {
  return `${formatAddress(range.start)}-${formatAddress(range.end)}`;
}

/** The greatest multiple of a grain that is not above an address. */
export const alignDown = (address: bigint, grain: bigint): bigint => address - (address % grain);

/** The least multiple of a grain that is not below an address. */
export const alignUp = (address: bigint, grain: bigint): bigint =>
  alignDown(address + grain - 1n, grain);

/**
 * The whole memory blocks of a range: the number of the first, and how many; kmem takes these.
 *
 * Source: drivers/dax/kmem.c dev_dax_kmem_probe(), v5.1: start rounded up, end rounded down.
 */
export function wholeBlocks(
  { start, end }: Range,
  blockSize: bigint,
): { readonly first: number; readonly count: number } {
  const first = Number(alignUp(start, blockSize) / blockSize);
  return { first, count: Math.max(0, Number((end + 1n) / blockSize) - first) };
}

/** Says whether two ranges have a byte in common. */
export function overlaps(left: Range, right: Range): boolean {
  return left.start <= right.end && right.start <= left.end;
}

/** Says whether `outer` holds every byte of `inner`. */
export function contains(outer: Range, inner: Range): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

/** Returns the smallest range that holds all of them; at least one is needed. */
export function spanOf(ranges: readonly Range[]): Range {
  let { start, end } = ranges[0] ?? { start: 0n, end: 0n };
  for (const range of ranges) {
    if (range.start < start) start = range.start;
    if (range.end > end) end = range.end;
  }
  return { start, end };
}

/** Says whether the value is a power of two. */
export function isPowerOfTwo(value: bigint): boolean {
  return value > 0n && (value & (value - 1n)) === 0n;
}

function formatAddress(address: bigint): string {
  return address.toString(16).padStart(8, '0');
}

/** The greater one: Math.max takes no bigint. */
export function greatest(first: bigint, ...others: readonly bigint[]): bigint {
  let most = first;
  for (const value of others) if (value > most) most = value;
  return most;
}

/** The smaller one. */
export function least(first: bigint, ...others: readonly bigint[]): bigint {
  let smallest = first;
  for (const value of others) if (value < smallest) smallest = value;
  return smallest;
}
