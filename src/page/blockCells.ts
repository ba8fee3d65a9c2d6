/**
 * Memory blocks as cells of a grid: one a block where they are few, one for each run of equal ones
 * where they are many.
 */
import { describeBlock } from '../report/machineDelta.js';
import type { BlockView } from '../verdict/trace.js';

/** Beyond this, equal neighbours share a cell. */
const CELLS_MAX = 64;

/** F: offline, N, M: online in Normal or Movable, O: online elsewhere, G: going offline. */
export type BlockLetter = 'F' | 'N' | 'M' | 'O' | 'G' | '–';

export interface BlockCell {
  readonly first: number;
  readonly last: number;
  readonly device: string;
  /** '–': there is no such block now. */
  readonly letter: BlockLetter;
  /** Such as 'offline', 'online Movable', 'absent'. */
  readonly text: string;
  /** What the valid_zones file of an offline block permits. */
  readonly zones: string;
  /** What it was before the step; null when it is as it was. */
  readonly was: string | null;
}

const stateText = (block: BlockView | undefined): string =>
  block === undefined ? 'absent' : describeBlock(block);

function letterOf(block: BlockView | undefined): BlockLetter {
  if (block === undefined) return '–';
  if (block.state !== 'online') return block.state === 'offline' ? 'F' : 'G';
  if (block.zones === 'Normal') return 'N';
  return block.zones === 'Movable' ? 'M' : 'O';
}

const isAlike = (left: BlockCell, right: BlockCell): boolean =>
  left.last + 1 === right.first &&
  left.device === right.device &&
  left.text === right.text &&
  left.zones === right.zones &&
  left.was === right.was;

function joined(cells: readonly BlockCell[]): BlockCell[] {
  const runs: BlockCell[] = [];
  for (const cell of cells) {
    const run = runs.at(-1);
    if (run !== undefined && isAlike(run, cell))
      runs[runs.length - 1] = { ...run, last: cell.last };
    else runs.push(cell);
  }
  return runs;
}

/**
 * Cells of a machine.
 *
 * @param known every block that is there at some time, in order, so that cells keep their places
 */
export function blockCells(
  known: readonly BlockView[],
  before: readonly BlockView[],
  after: readonly BlockView[],
): readonly BlockCell[] {
  const old = new Map(before.map((block) => [block.index, block]));
  const young = new Map(after.map((block) => [block.index, block]));
  const cells = known.map(({ index, device }): BlockCell => {
    const [was, block] = [old.get(index), young.get(index)];
    const [wasText, text] = [stateText(was), stateText(block)];
    return {
      first: index,
      last: index,
      device: block?.device ?? device,
      letter: letterOf(block),
      text,
      zones: block?.state === 'offline' ? block.zones : '',
      was: wasText === text ? null : wasText,
    };
  });
  return cells.length > CELLS_MAX ? joined(cells) : cells;
}

/** Every block of several machines, once, by its number. */
export function blocksOfAll(views: readonly (readonly BlockView[])[]): readonly BlockView[] {
  const known = new Map<number, BlockView>();
  for (const view of new Set(views)) {
    for (const block of view) if (!known.has(block.index)) known.set(block.index, block);
  }
  return [...known.values()].sort((a, b) => a.index - b.index);
}
