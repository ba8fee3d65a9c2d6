/** Memory blocks that are not alike: from what a real 6.12.117 printed to the states of a model. */
import { describe, expect, it } from 'vitest';
import { modelText } from '../../src/import/modelText.js';
import { parseModel } from '../../src/model/load.js';
import { run } from '../../src/run.js';
import { joined } from './support.ts';

/** lsmem of a guest in which one block of sixteen was brought online by hand. */
const LSMEM = `\
RANGE                                  SIZE   STATE REMOVABLE BLOCK NODE          ZONES
0x0000000000000000-0x0000000007ffffff  128M  online       yes     0    0           None
0x0000000008000000-0x000000001fffffff  384M  online       yes   1-3    0          DMA32
0x0000000100000000-0x0000000107ffffff  128M offline              32    1 Normal/Movable
0x0000000108000000-0x000000010fffffff  128M  online       yes    33    1        Movable
0x0000000110000000-0x000000017fffffff  1.8G offline           34-47    1 Normal/Movable

Memory block size:       128M
Total online memory:     640M
Total offline memory:    1.9G
`;

const IOMEM = `\
00001000-0009fbff : System RAM
00100000-1ffdffff : System RAM
100000000-17fffffff : Soft Reserved
  100000000-17fffffff : dax0.0
    100000000-17fffffff : System RAM (kmem)
`;

const text = (): string => {
  const { machine } = joined({ iomem: IOMEM, lsmem: LSMEM });
  if (machine === null) throw new Error('no machine');
  return modelText(machine);
};

describe('blocks of a device in different states', () => {
  it('are written by number, each with its line', () => {
    expect(/ {6}blocks:\n(?: {8}.*\n)+/.exec(text())?.[0].replace(/ +#/g, ' #')).toBe(
      '      blocks:\n' +
        '        32: offline # lsmem.txt:4\n' +
        '        33: online_movable # lsmem.txt:5\n' +
        '        34-47: offline # lsmem.txt:6\n',
    );
  });

  it('begin so in the model', () => {
    const loaded = parseModel(text(), 'machine.yaml', () => {
      throw new Error('no other file is named');
    });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
    const blocks = run(loaded.model)[0]?.blocks ?? [];
    expect(blocks.filter(({ state }) => state === 'online')).toEqual([
      { name: 'memory33', state: 'online', zones: 'Movable' },
    ]);
    expect(blocks.filter(({ state }) => state === 'offline')).toHaveLength(15);
  });

  it('are told in words where only their number is known', () => {
    const list =
      '[{"chardev":"dax0.0","size":2147483648,"target_node":1,"mode":"system-ram",' +
      '"online_memblocks":1,"total_memblocks":16}]';
    const { machine, warnings } = joined({ iomem: IOMEM, list }, { blockSize: 128n << 20n });
    expect(machine?.devices[0]?.blocks?.value).toBe('online');
    expect(warnings).toContain('DAX517 list.txt:1');
  });
});
