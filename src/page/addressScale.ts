/**
 * Where an address stands on the picture of /proc/iomem, from 0 (left) to 1 (right).
 *
 * All boundaries of all listings cut the addresses into segments. To scale, a segment is as wide
 * as it has bytes; on the logarithmic scale as wide as its bytes have digits, so that a page stands
 * visibly beside a terabyte. Holes that no line covers are drawn narrow on both.
 */
import type { IomemLine } from '../verdict/trace.js';

export type ScaleKind = 'linear' | 'log';

export interface AddressScale {
  /** Place of a boundary of one of the lines. */
  readonly at: (address: bigint) => number;
  /** Holes that are drawn narrow: from, to. */
  readonly holes: readonly (readonly [from: number, to: number])[];
  /** Boundaries in order, each with its place. */
  readonly boundaries: readonly (readonly [address: bigint, at: number])[];
}

/** Width of a hole, as a part of all that is covered. */
const HOLE = 0.015;

const PAGE = 4096;

function widthOf(bytes: bigint, kind: ScaleKind): number {
  return kind === 'linear' ? Number(bytes) : Math.log2(Number(bytes) / PAGE + 2);
}

/** Makes the scale of some lines, which may be of several listings. */
export function makeScale(lines: readonly IomemLine[], kind: ScaleKind): AddressScale {
  const cuts = [...new Set(lines.flatMap(({ start, end }) => [start, end + 1n]))];
  cuts.sort((a, b) => (a < b ? -1 : 1));
  const segments = cuts.slice(1).map((end, index) => {
    const start = cuts[index] ?? 0n;
    const isCovered = lines.some((line) => line.start <= start && line.end + 1n >= end);
    return { start, end, width: isCovered ? widthOf(end - start, kind) : null };
  });
  const covered = segments.reduce((sum, { width }) => sum + (width ?? 0), 0);
  const hole = covered * HOLE;
  const total = segments.reduce((sum, { width }) => sum + (width ?? hole), 0);
  const places = new Map<bigint, number>();
  const holes: [number, number][] = [];
  let reached = 0;
  for (const { start, end, width } of segments) {
    places.set(start, reached / total);
    const next = reached + (width ?? hole);
    if (width === null) holes.push([reached / total, next / total]);
    places.set(end, next / total);
    reached = next;
  }
  return {
    at: (address) => places.get(address) ?? 0,
    holes,
    boundaries: cuts.map((address) => [address, places.get(address) ?? 0]),
  };
}
