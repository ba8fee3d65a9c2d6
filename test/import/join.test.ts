import { describe, expect, it } from 'vitest';
import { joinFacts } from '../../src/import/join.js';
import { formatRange } from '../../src/model/quantity.js';
import { CXL_2G, DEVDAX_LIST, factsOf, joined, PMEM_128M, PMEM_DEVDAX } from './support.ts';

const GIB = 1n << 30n;
const MIB = 1n << 20n;

const NAMESPACE = '[{"dev":"namespace0.0","mode":"fsdax","size":262144000}]';
const LSMEM = `\
RANGE                                  SIZE  STATE REMOVABLE BLOCK  ZONES NODE
0x0000000000000000-0x000000007fffffff    2G online       yes     0   None    0

Memory block size:         2G
`;

const rangesOf = (result: ReturnType<typeof joined>): string[] =>
  (result.machine?.devices ?? []).flatMap(({ ranges }) => ranges.value.map(formatRange));

describe('the range of a device', () => {
  it('is what device_dax claims', () => {
    expect(rangesOf(joined({ iomem: PMEM_DEVDAX }))).toEqual(['148200000-33fffffff']);
  });

  it('reaches from the metadata to the end of the line above around what kmem has', () => {
    const result = joined({ iomem: PMEM_128M }, { blockSize: 128n * MIB });

    expect(rangesOf(result)).toEqual(['148200000-33fffffff']);
    expect(result.warnings).toContain('DAX512 iomem.txt:5');
  });

  it('is told to be assumed for a CXL region off the grain of blocks', () => {
    const result = joined({ iomem: CXL_2G }, { blockSize: 2n * GIB });

    expect(rangesOf(result)).toEqual(['1050000000-304fffffff']);
    expect(result.warnings).toContain('DAX512 iomem.txt:4');
  });

  it('is what kmem has where the room around it does not lead there', () => {
    const text = `\
240000000-33fdfffff : Persistent Memory
  240000000-2403fffff : namespace0.0
  280000000-2bfffffff : dax0.0
    280000000-2bfffffff : System RAM (kmem)
`;

    expect(rangesOf(joined({ iomem: text }, { blockSize: GIB }))).toEqual(['280000000-2bfffffff']);
  });

  it('follows from the size where the device begins behind the metadata', () => {
    const text = `\
240000000-33fdfffff : Persistent Memory
  240000000-2403fffff : namespace0.0
  280000000-2bfffffff : dax0.0
    280000000-2bfffffff : System RAM (kmem)
`;
    const list = '[{"chardev":"dax0.0","size":2143289344,"target_node":1,"mode":"system-ram"}]';
    const result = joined({ iomem: text, list }, { blockSize: GIB });

    expect(rangesOf(result)).toEqual(['240400000-2bfffffff']);
  });

  it('is that of the blocks of its node where only lsmem tells it', () => {
    const lsmem = `\
RANGE                                  SIZE  STATE REMOVABLE BLOCK  ZONES NODE
0x0000000000000000-0x000000007fffffff    2G online       yes     0   None    0
0x0000000100000000-0x000000207fffffff  126G online       yes  2-64 Normal    0
0x0000002080000000-0x000000227fffffff    8G online       yes 65-68 Normal    1

Memory block size:         2G
`;
    const list = '[{"chardev":"dax0.0","size":8589934592,"target_node":1,"mode":"system-ram"}]';
    const result = joined({ list, lsmem });

    expect(rangesOf(result)).toEqual(['2080000000-227fffffff']);
    expect(result.machine?.blockSize.value).toBe(2n * GIB);
    expect(result.machine?.devices[0]?.blocks?.value).toBe('online');
  });

  it('comes of the mappings of daxctl list -M, whatever their order', () => {
    const list = `[{"chardev":"dax0.1","size":4294967296,"target_node":1,"mode":"devdax",
      "mappings":[
      {"page_offset":2147483648,"start":8589934592,"end":10737418239},
      {"page_offset":0,"start":4294967296,"end":6442450943}]}]`;

    expect(rangesOf(joined({ list }, { blockSize: 128n * MIB }))).toEqual([
      '100000000-17fffffff',
      '200000000-27fffffff',
    ]);
  });

  it('is asked for where no input tells it', () => {
    const result = joined({ list: DEVDAX_LIST }, { blockSize: 128n * MIB });

    expect(result.machine).toBeNull();
    expect(result.faults).toEqual(['DAX511 list.txt:4']);
  });
});

describe('what is missing', () => {
  it('is the size of a block on a machine that is not x86', () => {
    const result = joined({ iomem: CXL_2G });

    expect(result.faults).toEqual(['DAX511 import:1']);
    expect(result.facts.faults[0]?.message).toBe('no input tells the size of a memory block');
  });

  it('is picked as x86 does where its RAM begins below a mebibyte', () => {
    expect(joined({ iomem: PMEM_DEVDAX }).machine?.blockSize.value).toBe('auto');
  });

  it('follows from a count of blocks', () => {
    const list =
      '[{"chardev":"dax0.0","target_node":1,"mode":"system-ram",' +
      '"total_memblocks":63,"online_memblocks":0}]';
    const result = joined({ iomem: CXL_2G, list });

    expect(result.machine?.blockSize.value).toBe(2n * GIB);
    expect(result.machine?.devices[0]?.blocks?.value).toBe('offline');
  });

  it('is a dax device: nothing can be switched then', () => {
    const result = joined({ iomem: '00001000-0009ffff : System RAM\n' });

    expect(result.faults).toEqual(['DAX514 import:1']);
  });

  it.each([
    ['lsmem alone', { lsmem: LSMEM }, 'these inputs show none: give --iomem'],
    ['a namespace', { list: NAMESPACE }, 'ndctl create-namespace -m devdax'],
    ['persistent memory', { iomem: '10000000-1fffffff : Persistent Memory\n' }, 'ndctl create-'],
    ['a region', { iomem: '10000000-1fffffff : region0\n' }, 'daxctl create-device'],
    ['a dax region', { list: '{"path":"/x/hmem.0","id":0,"size":4096}' }, 'daxctl create-device'],
    ['a CXL window', { iomem: '10000000-1fffffff : CXL Window 0\n' }, 'cxl create-region'],
    ['RAM', { iomem: '00001000-0009ffff : System RAM\n' }, 'plain System RAM is not switched'],
  ] as const)('is a dax device, where %s is told: it says what to do', (_name, texts, advice) => {
    const { facts } = joined(texts, { blockSize: 128n * MIB });

    expect(facts.faults.map(({ code }) => code)).toEqual(['DAX514']);
    expect(facts.faults[0]?.hint).toContain(advice);
  });

  it('is told for each thing that is assumed', () => {
    const { facts } = joined({ iomem: PMEM_DEVDAX });
    expect(facts.warnings[0]?.hint).toContain('unknown; explored as v6.12');

    expect(facts.warnings.map(({ message }) => message)).toEqual([
      'no input tells the release of the kernel',
      'no input tells the size of a memory block',
      'no input tells auto_online_blocks',
      'no input tells the target node of dax0.0',
    ]);
  });
});

describe('a contradiction', () => {
  it('names both places of two target nodes', () => {
    const lsmem = `\
RANGE                                  SIZE  STATE BLOCK NODE
0x0000000150000000-0x000000033fffffff  7.8G online 42-103   3

Memory block size:         128M
`;
    const list = '[{"chardev":"dax0.0","size":8453619712,"target_node":0,"mode":"system-ram"}]';
    const result = joined({ iomem: PMEM_128M, lsmem, list });

    expect(result.faults).toEqual(['DAX510 lsmem.txt:2']);
    expect(result.facts.faults[0]?.message).toBe(
      'the target node of dax0.0 is 0 by list.txt:1 and 3 by lsmem.txt:2',
    );
  });

  it('is a driver that has changed between two readings', () => {
    const result = joined({ iomem: PMEM_128M, list: DEVDAX_LIST }, { blockSize: 128n * MIB });

    expect(result.facts.faults[0]?.message).toBe(
      'the driver of dax0.0 is device_dax by list.txt:7 and kmem by iomem.txt:5',
    );
  });

  it('is a size that the claim of device_dax has not', () => {
    const list = DEVDAX_LIST.replace('8453619712', '8455716864');

    expect(joined({ iomem: PMEM_DEVDAX, list }).faults).toEqual(['DAX510 list.txt:4']);
  });

  it('is a claim of kmem off the grain of the blocks that another input tells', () => {
    const lsmem = LSMEM;
    const result = joined({ iomem: PMEM_128M, lsmem });

    expect(result.faults).toEqual(['DAX510 iomem.txt:5']);
  });

  it('is no matter of two moments where the user has named the size of a block', () => {
    const { facts, faults } = joined({ iomem: PMEM_128M }, { blockSize: 2n * GIB });

    expect(faults).toEqual(['DAX516 iomem.txt:5']);
    expect(facts.faults[0]?.hint).toContain('kmem there has smaller blocks, of 256M at most');
  });

  it('is a range that overlaps another one: told once, with both places', () => {
    const list = `[
      {"chardev":"dax0.0","target_node":1,"mode":"devdax",
       "mappings":[{"start":4294967296,"end":8589934591}]},
      {"chardev":"dax1.0","target_node":2,"mode":"devdax",
       "mappings":[{"start":6442450944,"end":10737418239}]}]`;
    const { facts, faults } = joined({ list }, { blockSize: 128n * MIB });

    expect(faults).toEqual(['DAX510 list.txt:5']);
    expect(facts.faults[0]?.message).toBe(
      'dax1.0 has 180000000-27fffffff, which overlaps: dax0.0 has 100000000-1ffffffff (list.txt:3)',
    );
  });

  it('is a mapping that overlaps another one of its device', () => {
    const list = `[{"chardev":"dax0.0","target_node":1,"mode":"devdax","mappings":[
      {"start":4294967296,"end":8589934591},
      {"start":6442450944,"end":10737418239}]}]`;
    const { facts, faults } = joined({ list }, { blockSize: 128n * MIB });

    expect(faults).toEqual(['DAX510 list.txt:3']);
    expect(facts.faults[0]?.message).toBe('a mapping of dax0.0 overlaps that in list.txt:2');
  });

  it('is no rounding of -u', () => {
    const list = DEVDAX_LIST.replace('8453619712', '"7.87 GiB (8.45 GB)"');

    expect(joined({ iomem: PMEM_DEVDAX, list }).faults).toEqual([]);
  });
});

describe('the release of the kernel', () => {
  const releases = (text: string): ReturnType<typeof joined> => {
    const facts = factsOf({ iomem: PMEM_DEVDAX });
    facts.releases.push({ value: text, place: { file: 'osrelease', line: 1, column: 1 } });
    const machine = joinFacts(facts);
    const shown = (list: typeof facts.faults): string[] =>
      list.map(({ code, place }) => `${code} ${place.file}:${place.line}`);
    return { machine, facts, faults: shown(facts.faults), warnings: shown(facts.warnings) };
  };

  it('is taken as it is where it is a release of kernel.org', () => {
    const result = releases('6.12.30');

    expect(result.machine?.kernel.value).toBe('v6.12.30');
    expect(result.warnings).not.toContain('DAX519 osrelease:1');
  });

  it('of a distribution is told to be one', () => {
    const result = releases('5.14.0-503.el9.x86_64');

    expect(result.machine?.kernel.value).toBe('v5.14');
    expect(result.warnings).toContain('DAX519 osrelease:1');
  });

  it('is asked for where it is older than every modelled one', () => {
    expect(releases('4.18.0-553.el8').faults).toEqual(['DAX511 osrelease:1']);
  });
});
