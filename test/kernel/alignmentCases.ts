/**
 * kernel/mm.md section 7: how much of a device kmem can use, typed from the paper's table.
 *
 * The paper gives ranges with an exclusive end; here ends are inclusive, as /proc/iomem shows them.
 * Rows past the paper's table come from the bullets under it.
 */

export interface AlignmentCase {
  readonly name: string;
  /** As in /proc/iomem, inclusive end. */
  readonly range: string;
  readonly blockSize: string;
  /** What kmem claims; null where the paper says that nothing is left. */
  readonly kmemRange: string | null;
  readonly blocks: number;
  readonly usableMib: number;
  readonly lostMib: number;
}

export const ALIGNMENT_CASES: readonly AlignmentCase[] = [
  {
    name: 'A: 5G+2M to 21G',
    range: '140200000-53fffffff',
    blockSize: '128M',
    kmemRange: '148000000-53fffffff',
    blocks: 127,
    usableMib: 16256,
    lostMib: 126,
  },
  {
    name: 'B: the listing of the commit text',
    range: '148200000-33fffffff',
    blockSize: '128M',
    kmemRange: '150000000-33fffffff',
    blocks: 62,
    usableMib: 7936,
    lostMib: 126,
  },
  {
    name: "B': the same with blocks of 2 GiB",
    range: '148200000-33fffffff',
    blockSize: '2G',
    kmemRange: '180000000-2ffffffff',
    blocks: 3,
    usableMib: 6144,
    lostMib: 894 + 1024,
  },
  {
    name: 'C: 4G+2M to 20G',
    range: '100200000-4ffffffff',
    blockSize: '2G',
    kmemRange: '180000000-4ffffffff',
    blocks: 7,
    usableMib: 14336,
    lostMib: 2046,
  },
  {
    name: 'D: 4G+2M to 6G',
    range: '100200000-17fffffff',
    blockSize: '2G',
    kmemRange: null,
    blocks: 0,
    usableMib: 0,
    lostMib: 2046,
  },
  {
    name: 'underflow: 4G+2M to 4G+66M, smaller than its front pad',
    range: '100200000-1041fffff',
    blockSize: '128M',
    kmemRange: null,
    blocks: 0,
    usableMib: 0,
    lostMib: 64,
  },
  {
    name: 'worst case: two blocks less two grains of 2 MiB hold no block',
    range: '100200000-10fdfffff',
    blockSize: '128M',
    kmemRange: null,
    blocks: 0,
    usableMib: 0,
    lostMib: 2 * 128 - 2 * 2,
  },
  {
    name: 'one grain more at the end and a block fits',
    range: '100200000-10fffffff',
    blockSize: '128M',
    kmemRange: '108000000-10fffffff',
    blocks: 1,
    usableMib: 128,
    lostMib: 126,
  },
];

/** What bind answers for a device without a whole block: mm.md 7, the bullets on D. */
export const EMPTY_BIND: readonly {
  readonly kernel: string;
  readonly result: string;
  readonly source: string;
}[] = [
  { kernel: 'v5.1', result: 'ENODEV', source: 'probe EBUSY, and bind of v5.1 hides it' },
  { kernel: 'v6.12', result: 'EINVAL', source: '6.x: EINVAL' },
];
