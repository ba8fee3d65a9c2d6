/** Target nodes that tell, before anything is done, what cannot come of it. */
import { describe, expect, it } from 'vitest';
import { joined, PMEM_DEVDAX } from './support.ts';

const MIB = 1n << 20n;

const device = (members: string): string =>
  `[{ "chardev":"dax0.0",\n"size":8453619712,\n${members} }]`;

const nodeOf = (result: ReturnType<typeof joined>): number | null | undefined =>
  result.machine?.devices[0]?.targetNode.value;

const warned = (result: ReturnType<typeof joined>): readonly string[] =>
  result.warnings.filter((each) => /^DAX52/.test(each));

const BLOCKS = `\
RANGE                                  SIZE   STATE BLOCK NODE
0x0000000000000000-0x000000007fffffff    2G  online  0-15    1

Memory block size:         128M
`;

describe('a device without a target node', () => {
  it.each([
    ['that daxctl leaves out', '"mode":"devdax"', 'list.txt:3'],
    ['that is negative', '"target_node":-1,\n"mode":"devdax"', 'list.txt:3'],
  ])('%s is told', (_how, members, place) => {
    const result = joined({ iomem: PMEM_DEVDAX, list: device(members) }, { blockSize: 128n * MIB });

    expect(nodeOf(result)).toBe(null);
    expect(warned(result)).toEqual([`DAX520 ${place}`]);
  });

  it('has one where another input tells it', () => {
    const list = `${device('"mode":"devdax"')}\n${device('"target_node":2,\n"mode":"devdax"')}`;
    const result = joined({ iomem: PMEM_DEVDAX, list }, { blockSize: 128n * MIB });

    expect(nodeOf(result)).toBe(2);
    expect(warned(result)).toEqual([]);
  });

  it('is none where the list is older than the key', () => {
    const result = joined({ iomem: PMEM_DEVDAX, list: device('"align":2097152') });

    expect(nodeOf(result)).toBe(1);
    expect(result.warnings).toContain('DAX519 list.txt:2');
  });
});

describe('a target node that others are on', () => {
  it('is told when blocks of it are no device’s', () => {
    const list = device('"target_node":1,\n"mode":"devdax"');
    const result = joined({ iomem: PMEM_DEVDAX, list, lsmem: BLOCKS });

    expect(warned(result)).toEqual(['DAX521 list.txt:3']);
  });

  it('is told when it is node 0 and nothing tells of blocks', () => {
    const list = device('"target_node":0,\n"mode":"devdax"');

    expect(warned(joined({ iomem: PMEM_DEVDAX, list }))).toEqual(['DAX521 list.txt:3']);
  });

  it.each([
    ['another node', 2],
    ['node 0 where boot memory is on node 1', 0],
  ])('is not told for %s', (_what, node) => {
    const list = device(`"target_node":${node},\n"mode":"devdax"`);

    expect(warned(joined({ iomem: PMEM_DEVDAX, list, lsmem: BLOCKS }))).toEqual([]);
  });
});
