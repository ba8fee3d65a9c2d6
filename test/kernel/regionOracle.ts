/**
 * A region as a plain list of who has which address range: the oracle for sizes.
 *
 * Written from the words of dax.md section 4, and unlike the engine: it sorts one list of all
 * pieces and looks at the holes between neighbours.
 */
interface Piece {
  readonly device: number;
  readonly start: bigint;
  end: bigint;
}

export interface FirstFit {
  /** Sets a device's size: 'ok', or 'ENOSPC' when more is asked than is free. */
  readonly resize: (device: number, size: bigint) => 'ok' | 'ENOSPC';
  /** A device's ranges in the order it got them, as 'start-end'. */
  readonly ranges: (device: number) => readonly string[];
}

const smaller = (a: bigint, b: bigint): bigint => [a, b].reduce((x, y) => (y < x ? y : x));

const bytesOf = ({ start, end }: { start: bigint; end: bigint }): bigint => end - start + 1n;

/** Makes an empty region. */
export function firstFit(region: { readonly start: bigint; readonly end: bigint }): FirstFit {
  // In the order in which they were given out; a device's last one is its last range.
  const pieces: Piece[] = [];
  const own = (device: number): Piece[] => pieces.filter((piece) => piece.device === device);
  const sizeOf = (device: number): bigint =>
    own(device).reduce((sum, piece) => sum + bytesOf(piece), 0n);
  const free = (): bigint => pieces.reduce((left, piece) => left - bytesOf(piece), bytesOf(region));

  const shrink = (device: number, bytes: bigint): void => {
    let left = bytes;
    while (left > 0n) {
      const tail = own(device).at(-1);
      if (tail === undefined) throw new Error('nothing is left to take away');
      if (bytesOf(tail) > left) {
        tail.end -= left;
        return;
      }
      left -= bytesOf(tail);
      pieces.splice(pieces.indexOf(tail), 1);
    }
  };

  const holes = (): { start: bigint; end: bigint; below: Piece | null }[] => {
    const sorted = [...pieces].sort((a, b) => (a.start < b.start ? -1 : 1));
    const edges: (Piece | null)[] = [null, ...sorted];
    return edges
      .map((below, index) => ({
        start: below === null ? region.start : below.end + 1n,
        end: (sorted[index]?.start ?? region.end + 1n) - 1n,
        below,
      }))
      .filter(({ start, end }) => end >= start);
  };

  const grow = (device: number, bytes: bigint): void => {
    let left = bytes;
    while (left > 0n) {
      const hole = holes()[0];
      if (hole === undefined) throw new Error('the region is full');
      const taken = smaller(bytesOf(hole), left);
      if (hole.below !== null && hole.below === own(device).at(-1)) hole.below.end += taken;
      else pieces.push({ device, start: hole.start, end: hole.start + taken - 1n });
      left -= taken;
    }
  };

  return {
    resize: (device, size) => {
      const now = sizeOf(device);
      if (size > now && size - now > free()) return 'ENOSPC';
      if (size < now) shrink(device, now - size);
      if (size > now) grow(device, size - now);
      return 'ok';
    },
    ranges: (device) =>
      own(device).map(({ start, end }) => `${start.toString(16)}-${end.toString(16)}`),
  };
}
