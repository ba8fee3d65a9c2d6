/**
 * Regions, devices and listings against each other: a tiny model for each contradiction.
 */
import { describe, expect, it } from 'vitest';
import { faultsOf, HEAD, hintOf, load, modelOf, short } from './support.ts';

/** A machine whose `dax:` and `regions:` are the case's own; its first line is line 4. */
function machine(lines: string): string {
  return `${HEAD}machine:\n  block_size: 128M\n${lines}`;
}

const IOMEM = `  iomem: |
    00000000-1fffffff : System RAM
    100000000-17fffffff : Soft Reserved
    180000000-1ffffffff : Persistent Memory
`;

describe('a device written alone', () => {
  it('gets a static region of its own that spans its range', () => {
    const text = machine('  dax:\n    dax3.0: { range: 100000000-10fffffff, target_node: 2 }\n');
    const model = modelOf(text);

    expect(model.machine.regions).toMatchObject([
      { name: 'region3', kind: 'static', start: 0x100000000n, end: 0x10fffffffn, targetNode: 2 },
    ]);
    expect(model.machine.devices).toMatchObject([
      { name: 'dax3.0', region: 'region3', driver: null, blocks: null, compat: false },
    ]);
  });

  it('has the metadata of its namespace in front of it, inside the region', () => {
    const namespace = 'namespace: { name: namespace0.0, metadata: 2M }';
    const device = `range: 100200000-10fffffff, target_node: none, ${namespace}`;
    const [region] = modelOf(machine(`  dax:\n    dax0.0: { ${device} }\n`)).machine.regions;

    expect(region).toMatchObject({
      start: 0x100000000n,
      targetNode: null,
      namespace: { name: 'namespace0.0', metadataBytes: 0x200000n },
    });
  });

  it('shares the name of its region with no other', () => {
    const lines = `  dax:
    dax0.0: { range: 100000000-10fffffff, target_node: 1 }
    dax0.1: { range: 110000000-11fffffff, target_node: 1 }
`;

    expect(modelOf(machine(lines)).machine.regions.map((region) => region.name)).toEqual([
      'region0',
      'region0.1',
    ]);
  });

  it('must say its target node', () => {
    expect(faultsOf(machine('  dax:\n    dax0.0: { range: 0-1fffff }\n'))).toEqual(['DAX011 7:5']);
  });
});

describe('a device in a region', () => {
  const region = (rest: string) =>
    `  regions:\n    hmem0: { range: 100000000-13fffffff, kind: dynamic, target_node: 1 }\n${rest}`;

  it('may have several ranges where the region is dynamic', () => {
    const dax =
      '  dax:\n    dax0.0: { region: hmem0, ranges: [100000000-10fffffff, 120000000-12fffffff] }\n';

    expect(modelOf(machine(region(dax))).machine.devices[0]?.ranges).toHaveLength(2);
  });

  it.each([
    ['an unknown region', 'dax0.0: { region: hmem1, range: 100000000-10fffffff }', ['DAX030 9:23']],
    ['a range outside', 'dax0.0: { region: hmem0, range: 130000000-14fffffff }', ['DAX031 9:37']],
    [
      'a target node of its own',
      'dax0.0: { region: hmem0, range: 100000000-10fffffff, target_node: 2 }',
      ['DAX017 9:58'],
    ],
  ])('is refused for %s', (_, device, expected) => {
    expect(faultsOf(machine(region(`  dax:\n    ${device}\n`)))).toEqual(expected);
  });

  it('is refused where it takes the metadata of the namespace', () => {
    const lines = `  regions:
    r:
      range: 100000000-13fffffff
      target_node: 1
      namespace: { name: namespace0.0, metadata: 2M }
  dax:
    dax0.0: { region: r, range: 100000000-13fffffff }
`;

    expect(faultsOf(machine(lines))).toEqual(['DAX031 12:33']);
  });

  it('is refused with two ranges in a static region', () => {
    const lines = `  regions:
    r: { range: 100000000-13fffffff, target_node: 1 }
  dax:
    dax0.0: { region: r, ranges: [100000000-10fffffff, 120000000-12fffffff] }
`;

    expect(faultsOf(machine(lines))).toEqual(['DAX041 9:26']);
  });
});

describe('a device is refused', () => {
  it.each([
    ['that ends before it starts', 'range: 10fffffff-100000000', ['DAX022 7:22']],
    ['that is not aligned to 2M', 'range: 100001000-10fffffff', ['DAX036 7:22']],
    ['whose size is no multiple of 2M', 'range: 100000000-10fffefff', ['DAX036 7:22']],
    ['with blocks but not on kmem', 'range: 100000000-10fffffff, blocks: online', ['DAX037 7:43']],
    [
      'whose blocks are of another, end first, and twice',
      'range: 100000000-10fffffff, driver: kmem, blocks: { 34: offline, 33-32: online, 32-33: ' +
        'online, 33: offline }',
      ['DAX047 7:67', 'DAX047 7:80', 'DAX046 7:110'],
    ],
    ['on kmem without a full block', 'range: 104000000-10bffffff, driver: kmem', ['DAX038 7:51']],
    [
      'on kmem and compat',
      'range: 100000000-10fffffff, driver: kmem, compat: true',
      ['DAX039 7:51'],
    ],
    ['with an align of 3M', 'range: 100000000-10fffffff, align: 3M', ['DAX014 7:50']],
    [
      'with range and ranges',
      'range: 0-1fffff, ranges: [200000-3fffff]',
      ['DAX017 7:5', 'DAX041 7:32'],
    ],
  ])('%s', (_, device, expected) => {
    const text = machine(`  dax:\n    dax0.0: { ${device}, target_node: 1 }\n`);

    expect(faultsOf(text)).toEqual(expected);
  });

  it('whose driver is not loaded', () => {
    const lines = `  modules: { kmem: not-loaded }
  dax:
    dax0.0: { range: 100000000-10fffffff, target_node: 1, driver: kmem }
`;

    expect(faultsOf(machine(lines))).toEqual(['DAX040 8:67']);
  });

  it('without a range', () => {
    expect(faultsOf(machine('  dax:\n    dax0.0: { target_node: 1 }\n'))).toEqual(['DAX011 7:5']);
  });
});

describe('a device may be aligned to less than 2M', () => {
  it('where its region says so', () => {
    const device = 'range: 100001000-10fffffff, align: 4K, target_node: 1';

    expect(faultsOf(machine(`  dax:\n    dax0.0: { ${device} }\n`))).toEqual([]);
  });
});

describe('ranges of the machine', () => {
  it.each([
    [
      'two devices overlap',
      '110000000-11fffffff',
      '110000000-12fffffff',
      ['DAX034 12:22', 'DAX035 12:22'],
    ],
    ['System RAM is overlapped', '10000000-1fffffff', '110000000-11fffffff', ['DAX033 11:22']],
    ['two iomem nodes are touched', '170000000-18fffffff', '110000000-11fffffff', ['DAX032 11:22']],
    ['a node is left', '1f0000000-20fffffff', '110000000-11fffffff', ['DAX032 11:22']],
  ])('are refused where %s', (_, first, second, expected) => {
    const lines = `${IOMEM}  dax:
    dax0.0: { range: ${first}, target_node: 1 }
    dax1.0: { range: ${second}, target_node: 1 }
`;

    expect(faultsOf(machine(lines))).toEqual(expected);
  });

  it('may lie where the listing has nothing', () => {
    const device = 'dax0.0: { range: 300000000-30fffffff, target_node: 1 }';

    expect(faultsOf(machine(`${IOMEM}  dax:\n    ${device}\n`))).toEqual([]);
  });

  it('name the nodes that a range crosses', () => {
    const device = 'dax0.0: { range: 170000000-18fffffff, target_node: 1 }';
    const hint = hintOf(machine(`${IOMEM}  dax:\n    ${device}\n`));

    expect(hint).toContain('100000000-17fffffff : Soft Reserved (line 8, column 5)');
    expect(hint).toContain('180000000-1ffffffff : Persistent Memory (line 9, column 5)');
  });
});

describe('the iomem of a machine', () => {
  it('leaves out what the devices and namespaces of the model claim, with a warning each', () => {
    const lines = `  iomem: |
    100000000-17fffffff : Persistent Memory
      100000000-1001fffff : namespace0.0
      108000000-17fffffff : dax0.0
        108000000-17fffffff : System RAM
  regions:
    r:
      range: 100000000-17fffffff
      target_node: 1
      namespace: { name: namespace0.0, metadata: 2M }
  dax:
    dax0.0: { region: r, range: 108000000-17fffffff }
`;
    const result = load(machine(lines));

    expect(result.ok ? result.model.machine.iomem[0]?.children : null).toEqual([]);
    expect(result.ok ? short(result.warnings) : []).toEqual(['DAX114 8:7', 'DAX114 9:7']);
  });

  it('comes from a file beside the model', () => {
    const files = { 'sub/iomem.txt': '0-fff : System RAM\n' };
    const { iomem } = modelOf(machine('  iomem_file: sub/iomem.txt\n'), files).machine;

    expect(iomem[0]).toMatchObject({
      name: 'System RAM',
      place: { file: 'sub/iomem.txt', line: 1, column: 1 },
    });
  });

  it('has the faults of a file at their places in that file', () => {
    const result = load(machine('  iomem_file: a.txt\n'), { 'a.txt': '0-f : a\n  0-1f : b\n' });

    expect(result.ok ? [] : result.diagnostics.map((fault) => fault.place)).toEqual([
      { file: 'a.txt', line: 2, column: 3 },
    ]);
  });

  it('is refused where its file is missing, at the line that names it', () => {
    expect(faultsOf(machine('  iomem_file: none.txt\n'))).toEqual(['DAX001 6:15']);
  });

  it('is refused in two forms at once', () => {
    const lines = "  iomem: '0-f : a'\n  iomem_file: a.txt\n";

    expect(faultsOf(machine(lines), { 'a.txt': '0-f : a' })).toEqual(['DAX017 7:3']);
  });

  it('is refused as folded text', () => {
    expect(faultsOf(machine('  iomem: >\n    0-f : a\n    10-1f : b\n'))).toEqual(['DAX016 6:10']);
  });
});

describe('the block size', () => {
  const sized = (size: string, rest = '') => `${HEAD}machine:\n  block_size: ${size}\n${rest}`;

  it.each(['100M', '64M', '128G', '0'])('cannot be %s', (size) => {
    expect(faultsOf(sized(size))).toEqual(['DAX023 5:15']);
  });

  it('is picked as x86 does for `auto`', () => {
    const iomem = '  iomem: |\n    100000000-107fffffff : System RAM\n';

    expect(modelOf(sized('auto', iomem)).machine.blockSize).toBe(2n << 30n);
  });

  it('cannot be `auto` without System RAM', () => {
    expect(faultsOf(sized('auto'))).toEqual(['DAX023 5:15']);
  });

  it('is not complained of where the listing is damaged already', () => {
    expect(faultsOf(sized('auto', '  iomem: |\n    ...\n'))).toEqual(['DAX102 7:5']);
  });
});

describe('the rest of a machine', () => {
  it('has its blocks on kmem as auto_online_blocks says', () => {
    const lines = `  auto_online_blocks: online_movable
  dax:
    dax0.0: { range: 100000000-10fffffff, target_node: 1, driver: kmem }
`;

    expect(modelOf(machine(lines)).machine.devices[0]?.blocks).toBe('online_movable');
  });

  it('refuses mem=0', () => {
    expect(faultsOf(machine('  mem_limit: 0\n'))).toEqual(['DAX044 6:14']);
  });

  it('refuses an id that is written twice', () => {
    expect(faultsOf(machine('  ids: { kmem: [dax0.0, dax0.0] }\n'))).toEqual(['DAX046 6:25']);
  });

  it('takes the id of a device that does not exist', () => {
    expect(modelOf(machine('  ids: { kmem: [dax9.9] }\n')).machine.ids.kmem).toEqual(['dax9.9']);
  });
});
