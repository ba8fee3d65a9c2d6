/**
 * Places plain text on a page: wrapping, columns, numbers, addresses and sizes as kernel people
 * write them.
 *
 * Everything here measures uncoloured text; a caller paints a line after it has its place.
 */
import { joinLines } from '../model/lines.js';
import type { Place } from '../model/model.js';

/** Columns of a report: fits a terminal of 100 and a mail quoted a few times. */
export const PAGE_WIDTH = 92;

/**
 * Breaks a text at spaces into lines of at most `width` columns.
 *
 * A word longer than a line stays whole, since it is a path or a lock that will be copied. At
 * least one line.
 */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    if (line === '') line = word;
    else if (line.length + 1 + word.length <= width) line += ` ${word}`;
    else {
      lines.push(line);
      line = word;
    }
  }
  lines.push(line);
  return lines;
}

/**
 * Breaks words longer than `width`, for a column that may not widen; behind a slash where there is
 * one.
 */
export function breakLongWords(text: string, width: number): string {
  return text.replace(/\S+/g, (word) => {
    const parts: string[] = [];
    let rest = word;
    while (rest.length > width) {
      const slash = rest.lastIndexOf('/', width - 1);
      const cut = slash > 0 ? slash + 1 : width;
      parts.push(rest.slice(0, cut));
      rest = rest.slice(cut);
    }
    return [...parts, rest].join(' ');
  });
}

/**
 * Puts `left` and `right` at both ends of one line; null when they do not fit beside each other.
 */
export function atBothEnds(left: string, right: string, width: number): string | null {
  const gap = width - left.length - right.length;
  return gap < 2 ? null : left + ' '.repeat(gap) + right;
}

/** Writes a label in a column and the text beside it, wrapped, later lines under the first. */
export function labelled(label: string, text: string, columns: LabelColumns): string[] {
  const { indent, labelWidth, width } = columns;
  const first = ' '.repeat(indent) + label.padEnd(labelWidth);
  const rest = ' '.repeat(indent + labelWidth);
  return wrap(text, width - indent - labelWidth).map((line, index) =>
    ((index === 0 ? first : rest) + line).trimEnd(),
  );
}

export interface LabelColumns {
  readonly indent: number;
  readonly labelWidth: number;
  readonly width: number;
}

/** Writes a count with commas between the thousands. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** Writes a probability with one digit, rounded up: `3e-8`. */
export function formatBound(probability: number): string {
  if (probability >= 1) return '1';
  const power = Math.floor(Math.log10(Math.max(probability, Number.MIN_VALUE)));
  const digit = Math.ceil(probability / 10 ** power);
  return digit > 9 ? `1e${power + 1}` : `${digit}e${power}`;
}

/** Writes `1 step`, `2 steps`. */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Writes an address as /proc/iomem does: hex without prefix, at least 8 digits. */
export function formatAddress(address: bigint): string {
  return address.toString(16).padStart(8, '0');
}

const UNITS: readonly (readonly [string, bigint])[] = [
  ['T', 1n << 40n],
  ['G', 1n << 30n],
  ['M', 1n << 20n],
  ['K', 1n << 10n],
];

/** Writes a size exactly, in the largest binary unit that divides it: `128M`, `1536M`, `4097`. */
export function formatBytes(bytes: bigint): string {
  for (const [unit, size] of UNITS) {
    if (bytes >= size && bytes % size === 0n) return `${bytes / size}${unit}`;
  }
  return String(bytes);
}

/** Writes a measured amount of memory, rounded: `64.0 MiB`. */
export function formatMemory(bytes: number): string {
  const gib = 1024 ** 3;
  return bytes >= gib ? `${(bytes / gib).toFixed(2)} GiB` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}

/** Writes a place as `file:line`, or as `line N` inside the file that the reader already knows. */
export function formatPlace(place: Place, knownFile: string | null): string {
  return place.file === knownFile ? `line ${place.line}` : `${place.file}:${place.line}`;
}

/** Writes a command that spans lines in one, as a shell would take it. */
export function onOneLine(command: string): string {
  return joinLines(command, '; ');
}

/** Writes a system call's result: `ok`, or the errno with its sign as kernel people write it. */
export function formatResult(result: string): string {
  return result === 'ok' ? 'ok' : `-${result.replace(/^-/, '')}`;
}
