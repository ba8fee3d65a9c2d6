/**
 * /proc/iomem as text, and the difference of two listings as lines removed and added.
 *
 * The difference is a longest common subsequence over whole lines (indentation included), after
 * equal beginnings and ends are set aside; removals come before additions at the same place.
 */
import type { IomemLine } from '../verdict/trace.js';
import { formatAddress } from './layout.js';

export interface IomemEdit {
  readonly op: 'keep' | 'remove' | 'add';
  readonly line: IomemLine;
}

/** Largest table of the subsequence search; beyond it the whole middle is replaced. */
const CELLS_MAX = 4_000_000;

/** Writes one line as the kernel does: two spaces for each level, hex addresses, inclusive end. */
export function formatIomemLine(line: IomemLine): string {
  const range = `${formatAddress(line.start)}-${formatAddress(line.end)}`;
  return `${'  '.repeat(line.depth)}${range} : ${line.name}`;
}

/**
 * Compares two listings.
 *
 * Keeping and removing gives back `before`; keeping and adding gives `after`, in order.
 * Cost: the product of the lengths of the parts that differ, bounded by CELLS_MAX.
 */
export function diffIomem(before: readonly IomemLine[], after: readonly IomemLine[]): IomemEdit[] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && isSameLine(before[head], after[head])) head++;
  let tail = 0;
  while (tail < shorter - head && isSameLine(before.at(-1 - tail), after.at(-1 - tail))) tail++;
  return [
    ...before.slice(0, head).map((line) => edit('keep', line)),
    ...diffMiddle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map((line) => edit('keep', line)),
  ];
}

/** Returns only what changed, in order. */
export function changedLines(edits: readonly IomemEdit[]): IomemEdit[] {
  return edits.filter((entry) => entry.op !== 'keep');
}

function diffMiddle(before: readonly IomemLine[], after: readonly IomemLine[]): IomemEdit[] {
  const removed = before.map((line) => edit('remove', line));
  const added = after.map((line) => edit('add', line));
  if ((before.length + 1) * (after.length + 1) > CELLS_MAX) return [...removed, ...added];
  const columns = after.length + 1;
  const lengths = commonLengths(before, after);
  const edits: IomemEdit[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    const down = lengths[(i + 1) * columns + j] ?? -1;
    const right = lengths[i * columns + j + 1] ?? -1;
    const old = before[i];
    const young = after[j];
    if (old !== undefined && young !== undefined && isSameLine(old, young)) {
      edits.push(edit('keep', old));
      i++;
      j++;
    } else if (old !== undefined && (young === undefined || down >= right)) {
      edits.push(edit('remove', old));
      i++;
    } else if (young !== undefined) {
      edits.push(edit('add', young));
      j++;
    }
  }
  return edits;
}

/** Entry (i, j) is the length of the longest common subsequence of the ends from i and from j. */
function commonLengths(before: readonly IomemLine[], after: readonly IomemLine[]): Uint32Array {
  const columns = after.length + 1;
  const lengths = new Uint32Array((before.length + 1) * columns);
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const longest = isSameLine(before[i], after[j])
        ? (lengths[(i + 1) * columns + j + 1] ?? 0) + 1
        : Math.max(lengths[(i + 1) * columns + j] ?? 0, lengths[i * columns + j + 1] ?? 0);
      lengths[i * columns + j] = longest;
    }
  }
  return lengths;
}

function isSameLine(left: IomemLine | undefined, right: IomemLine | undefined): boolean {
  if (left === undefined || right === undefined) return false;
  return (
    left.start === right.start &&
    left.end === right.end &&
    left.depth === right.depth &&
    left.name === right.name
  );
}

function edit(op: IomemEdit['op'], line: IomemLine): IomemEdit {
  return { op, line };
}
