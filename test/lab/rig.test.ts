/**
 * What a guest is for the machine of a model, and why there is none for some.
 */
import { describe, expect, it } from 'vitest';
import { inGuest } from '../../src/lab/inGuest.js';
import { type Rig, rigOf } from '../../src/lab/rig.js';
import { modelOf } from '../support/run.js';

const MEBIBYTE = 1n << 20n;

/** A model with these lines in its machine. */
const modelWith = (machine: string, kernel = 'v6.12.117') =>
  modelOf(
    [
      'format: 1',
      'title: a rig',
      `kernel: ${kernel}`,
      'machine:',
      ...(/^block_size/m.test(machine) ? [] : ['  block_size: 128M']),
      ...machine
        .trim()
        .split('\n')
        .map((line) => `  ${line}`),
    ].join('\n'),
  );

function rigWith(machine: string, kernel?: string): Rig {
  const { rig, reasons } = rigOf(modelWith(machine, kernel));
  if (rig === undefined) throw new Error(reasons.join('\n'));
  return rig;
}

const reasonsFor = (machine: string): readonly string[] => rigOf(modelWith(machine)).reasons ?? [];

const region = (name: string, range: string, node: number | string, more = ''): string =>
  `${name}: { range: ${range}, kind: dynamic, target_node: ${node}${more} }`;

const HMEM = `
regions:
  ${region('hmem.0', '100000000-13fffffff', 1)}
`;

const NVDIMM = `
regions:
  pmem:
    range: 100000000-13fffffff
    target_node: 1
    namespace: { name: namespace0.0, metadata: 2M }
dax:
  dax0.0: { region: pmem, range: 100200000-13fffffff }
`;

describe('the rig of dynamic regions', () => {
  it('reserves one range at 4 GiB and gives its memory to its node', () => {
    const rig = rigWith(HMEM);
    expect(rig.kind).toBe('soft-reserved');
    expect(rig.parameters).toEqual(['memmap=0x40000000%0x100000000-1+0xefffffff']);
    expect(rig.nodes).toEqual([{ bytes: 512n * MEBIBYTE }, { bytes: 1024n * MEBIBYTE }]);
    expect(rig.directories).toEqual(new Map([['hmem.0', '/sys/devices/platform/hmem.0']]));
  });

  it('cuts the gap between two ranges out of the RAM, and counts it to the node above it', () => {
    const rig = rigWith(`
regions:
  ${region('hmem.0', '100000000-13fffffff', 1)}
  ${region('hmem.1', '164000000-17fffffff', 1)}
`);
    expect(rig.parameters).toEqual([
      'memmap=0x40000000%0x100000000-1+0xefffffff',
      'memmap=0x24000000%0x140000000-1',
      'memmap=0x1c000000%0x164000000-1+0xefffffff',
    ]);
    expect(rig.nodes.map(({ bytes }) => bytes / MEBIBYTE)).toEqual([512n, 2048n]);
  });

  it('gives node 0 memory above 4 GiB where the model says so', () => {
    const rig = rigWith(`
regions:
  ${region('hmem.0', '100000000-107ffffff', 0)}
  ${region('hmem.1', '118000000-11fffffff', 1)}
`);
    expect(rig.lowBytes).toBe(512n * MEBIBYTE);
    expect(rig.nodes.map(({ bytes }) => bytes / MEBIBYTE)).toEqual([640n, 384n]);
  });

  it('numbers hmem by address, whatever the model calls the regions and in whatever order', () => {
    const rig = rigWith(`
regions:
  ${region('far', '140000000-147ffffff', 1)}
  ${region('near', '100000000-107ffffff', 1)}
dax:
  dax0.0: { region: near, range: 100000000-107ffffff }
`);
    expect(rig.directories.get('far')).toBe('/sys/devices/platform/hmem.1');
    expect(rig.directories.get('near')).toBe('/sys/devices/platform/hmem.0');
  });

  it('inserts what is loaded at the start, and carries what may be loaded later', () => {
    const rig = rigWith(`modules: { kmem: not-loaded, device_dax: absent }${HMEM}`);
    expect(rig.insert.slice(0, 2)).toEqual(['dax_hmem', 'notifier_error_inject']);
    expect(rig.carry).toEqual(['kmem', 'dax_hmem']);
  });

  it('leaves the modules beneath to the commands where the firmware names the ranges', () => {
    const rig = rigWith(`
soft_reserved: [{ range: 100000000-107ffffff, target_node: 1 }]
modules: { cxl_acpi: absent }
`);
    expect(rig.insert).toEqual([
      'device_dax',
      'kmem',
      'notifier_error_inject',
      'memory_notifier_error_inject',
    ]);
    expect(rig.carry).toEqual(['device_dax', 'kmem', 'dax_hmem', 'dax_cxl']);
  });
});

describe('boot options of a model', () => {
  it.each([
    ['memmap_on_memory: true', ['memory_hotplug.memmap_on_memory=1']],
    ['movable_node: true', ['movable_node']],
    ['mem_limit: 5G', ['mem=5368709120']],
    [
      'auto_movable: { ratio: 301, numa_aware: false }',
      [
        'memory_hotplug.online_policy=auto-movable',
        'memory_hotplug.auto_movable_ratio=301',
        'memory_hotplug.auto_movable_numa_aware=N',
      ],
    ],
  ])('%s stands behind the reservations', (line, options) => {
    expect(rigWith(line + HMEM).parameters.slice(1)).toEqual(options);
    expect(rigWith(line + NVDIMM).parameters).toEqual(options);
  });
});

describe('the rig of static regions', () => {
  it('is an NVDIMM without labels at the address of the region, on its node', () => {
    const rig = rigWith(NVDIMM);
    expect(rig.kind).toBe('nvdimm');
    expect(rig.machine).toBe(',nvdimm=on');
    expect(rig.devices).toEqual([
      '-object',
      'memory-backend-ram,id=nv0,size=1024M,reserve=off',
      '-device',
      'nvdimm,id=nvdimm0,memdev=nv0,addr=0x100000000,node=1',
    ]);
    expect(rig.nodes).toEqual([{ bytes: 512n * MEBIBYTE }, { bytes: 0n }]);
    expect(rig.insert.slice(0, 3)).toEqual(['nfit', 'nd_pmem', 'dax_pmem']);
    expect(rig.directories).toEqual(new Map([['pmem', '/sys/bus/nd/devices/dax0.0']]));
  });

  it('takes the NVDIMMs in the order of their namespaces', () => {
    const rig = rigWith(`
regions:
  b: { range: 100000000-10fffffff, target_node: 0, namespace: { name: namespace1.0, metadata: 2M } }
  a: { range: 140000000-14fffffff, target_node: 1, namespace: { name: namespace0.0, metadata: 6M } }
dax:
  dax0.0: { region: a, range: 140600000-14fffffff }
  dax1.0: { region: b, range: 100200000-10fffffff }
`);
    expect(rig.spans.map(({ start }) => start)).toEqual([0x140000000n, 0x100000000n]);
    expect(rig.memoryOptions).toBe(',slots=2,maxmem=5888M');
  });
});

describe('where no guest can be the machine', () => {
  const one = (name: string, range: string, node: number | string, more = ''): string =>
    `regions:\n  ${region(name, range, node, more)}`;

  it.each([
    ['a region below 4 GiB', one('low', 'c0000000-cfffffff', 1), /low begins below 4 GiB/],
    ['a region beyond the address bits', one('far', '8000000000-800fffffff', 1), /above 512 GiB/],
    ['a region that is not aligned', one('odd', '100001000-10fffffff', 1, ', align: 4K'), /of 2M/],
    [
      'another align',
      one('fine', '100000000-10fffffff', 1, ', align: 4K'),
      /hmem's regions have 2M/,
    ],
    ['no target node', one('nowhere', '100000000-10fffffff', 'none'), /no target node/],
    ['a node left out', one('sparse', '100000000-10fffffff', 2), /none left out/],
    [
      'nodes against the addresses',
      `regions:
  ${region('one', '100000000-107ffffff', 1)}
  ${region('two', '118000000-11fffffff', 0)}`,
      /two has target node 0; in a guest nodes go up with the addresses/,
    ],
    [
      'ranges side by side',
      `regions:
  ${region('one', '100000000-107ffffff', 1)}
  ${region('two', '108000000-10fffffff', 1)}`,
      /two begins where the one before it ends/,
    ],
    [
      'a device with the number of another region',
      `regions:
  ${region('only', '100000000-107ffffff', 1)}
dax:
  dax3.0: { region: only, range: 100000000-107ffffff }`,
      /dax3.0 is of region only, which is hmem.0/,
    ],
    [
      'a static region without a namespace',
      'dax:\n  dax0.0: { range: 100000000-10fffffff, target_node: 1 }',
      /is static and has no namespace/,
    ],
    [
      'metadata that no namespace has',
      NVDIMM.replace('metadata: 2M', 'metadata: 4M').replace('100200000', '100400000'),
      /metadata of region pmem take 0x400000 bytes/,
    ],
    [
      'a namespace that is not the first',
      NVDIMM.replace('namespace0.0', 'namespace3.0'),
      /numbered/,
    ],
    ['a larger block', `block_size: 2G${HMEM}`, /block_size is 0x80000000/],
    ['a driver in the image', `modules: { kmem: builtin }${HMEM}`, /kmem is in the kernel image/],
    ['no region', 'auto_online_blocks: offline', /no dax region/],
    [
      'memory targets of the HMAT',
      'hmat: [{ range: 100000000-107ffffff, target_node: 1 }]',
      /HMAT/,
    ],
    [
      'CXL windows',
      'soft_reserved: [{ range: 100000000-107ffffff, target_node: 1 }]\n' +
        'cxl: { windows: [100000000-107ffffff] }',
      /CXL windows/,
    ],
  ])('%s is told', (_, machine, reason) => {
    expect(reasonsFor(machine).join('\n')).toMatch(reason);
  });

  it('tells every reason at once', () => {
    expect(reasonsFor(`block_size: 2G\n${one('low', 'c0000000-cfffffff', 'none')}`)).toHaveLength(
      3,
    );
  });
});

describe('the listing of a guest', () => {
  const linesOf = (machine: string, kernel: string): readonly string[] => {
    const model = modelWith(machine, kernel);
    const { rig } = rigOf(model);
    if (rig === undefined) throw new Error('no rig');
    const { iomem } = inGuest(model, rig).machine;
    return iomem.flatMap(({ name, children }) => [name, ...children.map((child) => child.name)]);
  };

  it.each([
    ['v6.1.192', HMEM, ['hmem.0', 'Soft Reserved']],
    ['v6.12.117', HMEM, ['Soft Reserved']],
    ['v6.1.192', NVDIMM, ['Persistent Memory']],
    ['v6.12.117', NVDIMM, ['Persistent Memory']],
  ])('names on %s what its kernel puts above a device', (kernel, machine, names) => {
    expect(linesOf(machine, kernel)).toEqual(['System RAM', 'System RAM', ...names]);
  });
});
