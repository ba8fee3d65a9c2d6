/**
 * Sizes as daxctl, ndctl and cxl print them: bytes, or with -u for people, "30.57 GiB (32.83 GB)".
 *
 * The latter are rounded to hundredths: what is known is an interval. Where the grain of the size
 * is known as well and one multiple of it lies in the interval, that is the size.
 */
import { greatest, least } from '../model/quantity.js';
import type { Size } from './facts.js';

const BINARY: ReadonlyMap<string, bigint> = new Map([
  ['KiB', 1n << 10n],
  ['MiB', 1n << 20n],
  ['GiB', 1n << 30n],
  ['TiB', 1n << 40n],
  ['PiB', 1n << 50n],
]);
const DECIMAL: ReadonlyMap<string, bigint> = new Map([
  ['KB', 10n ** 3n],
  ['MB', 10n ** 6n],
  ['GB', 10n ** 9n],
  ['TB', 10n ** 12n],
  ['PB', 10n ** 15n],
]);

const HUMAN = /^([0-9]{1,9})\.([0-9]{2}) ([KMGTP]iB) \(([0-9]{1,9})\.([0-9]{2}) ([KMGTP]B)\)$/;

function around(whole: string, hundredths: string, unit: bigint): Size {
  const value = BigInt(whole) * 100n + BigInt(hundredths);
  // Printed to the nearest or rounded down: one hundredth on both sides holds either.
  const low = ((value - 1n) * unit) / 100n;
  return { low: low < 0n ? 0n : low, high: ((value + 1n) * unit) / 100n };
}

/** Reads a size for people into the bytes that it may be; null when it is none. */
export function parseHumanSize(text: string): Size | null {
  const found = HUMAN.exec(text);
  if (found === null) return null;
  const [, whole = '', part = '', unit = '', decimal = '', decimalPart = '', decimalUnit = ''] =
    found;
  const binary = around(whole, part, BINARY.get(unit) ?? 0n);
  const other = around(decimal, decimalPart, DECIMAL.get(decimalUnit) ?? 0n);
  const both = intersect(binary, other);
  return both;
}

/** What both allow; null when nothing is left. */
export function intersect(left: Size, right: Size): Size | null {
  const low = greatest(left.low, right.low);
  const high = least(left.high, right.high);
  return low <= high ? { low, high } : null;
}

/** Narrows a size to multiples of `grain`: exact where there is only one. */
export function onGrain(size: Size, grain: bigint): Size {
  const low = ((size.low + grain - 1n) / grain) * grain;
  const high = (size.high / grain) * grain;
  return low <= high && size.low !== size.high ? { low, high } : size;
}
