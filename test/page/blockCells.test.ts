import { describe, expect, it } from 'vitest';
import { blockCells, blocksOfAll } from '../../src/page/blockCells.js';
import type { BlockView } from '../../src/verdict/trace.js';

const block = (index: number, state: BlockView['state'], zones = 'Normal'): BlockView => ({
  ...{ index, state, zones, device: 'dax0.0' },
});

describe('the cells of memory blocks', () => {
  it('say state, zone and what was there before', () => {
    const before = [block(1, 'offline', 'Normal Movable'), block(2, 'online')];
    const after = [block(1, 'online', 'Movable'), block(3, 'going-offline', '')];
    const known = blocksOfAll([before, after]);
    const cells = blockCells(known, before, after);
    expect(cells.map(({ first, letter, text, was }) => [first, letter, text, was])).toEqual([
      [1, 'M', 'online Movable', 'offline'],
      [2, '–', 'absent', 'online Normal'],
      [3, 'G', 'going-offline', 'absent'],
    ]);
  });

  it('tell the zones that an offline block may go to', () => {
    const blocks = [block(1, 'offline', 'Normal Movable')];
    expect(blockCells(blocks, blocks, blocks)[0]).toMatchObject({
      ...{ letter: 'F', zones: 'Normal Movable', was: null },
    });
  });

  it('are joined where they are many and alike, and never over a gap', () => {
    const indices = [...Array(100).keys(), ...Array.from(Array(50), (_, more) => 200 + more)];
    const blocks = indices.map((index) => block(index, index === 40 ? 'offline' : 'online'));
    const cells = blockCells(blocks, blocks, blocks);
    expect(cells.map(({ first, last }) => [first, last])).toEqual([
      [0, 39],
      [40, 40],
      [41, 99],
      [200, 249],
    ]);
  });
});
