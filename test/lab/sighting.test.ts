/** What the agent tells of the machine, as a sighting. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIomem, sightingOfKeys } from '../../src/lab/guest/sighting.js';
import { FC, SEED_TITLE } from '../support/fc.js';

const address = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const name = fc.string({ unit: fc.constantFrom(...'abz09 .()-:_'), minLength: 1, maxLength: 20 });
const iomemLine = fc.record({
  start: address,
  end: address,
  name,
  depth: fc.integer({ min: 0, max: 8 }),
});
type Line = { start: bigint; end: bigint; name: string; depth: number };

/** As the kernel prints it: at least eight digits, two spaces a level. */
const printed = ({ start, end, name, depth }: Line): string =>
  `${'  '.repeat(depth)}${[start, end].map((one) => one.toString(16).padStart(8, '0')).join('-')}` +
  ` : ${name}`;

const KEYS = new Map([
  [
    'iomem',
    '00100000-1fffffff : System RAM;100000000-17fffffff : Soft Reserved;' +
      '  108000000-10fffffff : dax0.2;    108000000-10fffffff : System RAM (kmem)',
  ],
  ['auto_online_blocks', 'offline'],
  ['driver/kmem', 'registered'],
  ['driver/device_dax', 'registered'],
  ['dax/dax0.10/driver', 'none'],
  ['dax/dax0.10/size', '0'],
  ['dax/dax0.2/driver', 'kmem'],
  ['dax/dax0.2/size', '134217728'],
  ...(Array.from({ length: 11 }, (_, index) => [
    [`dax/dax0.2/mapping${10 - index}/start`, `0x${(0x108000000 + (10 - index)).toString(16)}`],
    [`dax/dax0.2/mapping${10 - index}/end`, '0x10fffffff'],
  ]).flat() as [string, string][]),
  ['block/31/state', 'online'],
  ['block/33/state', 'online'],
  ['block/33/valid_zones', 'Movable'],
  ['block/47/state', 'offline'],
  ['block/48/state', 'offline'],
]);
const SPAN = { start: 0x100000000n, end: 0x17fffffffn };
const BLOCK = 128n << 20n;

describe(`lines of /proc/iomem (${SEED_TITLE})`, () => {
  it('are read as they were printed', () => {
    fc.assert(
      fc.property(fc.array(iomemLine), (lines) => {
        expect(parseIomem(lines.map(printed).join(';'))).toEqual(lines);
      }),
      FC,
    );
  });

  it('that are none are left out', () => {
    expect(parseIomem('')).toEqual([]);
    expect(parseIomem('!13;0-1 : a;0-1: b')).toEqual([{ start: 0n, end: 1n, name: 'a', depth: 0 }]);
  });
});

describe('a sighting', () => {
  const sighting = sightingOfKeys(KEYS, [SPAN], BLOCK);

  it('has the lines of the regions alone, the outermost at depth 0', () => {
    const lines = sighting.iomem.map(({ name, depth }) => [name, depth]);
    expect(lines).toEqual([
      ['Soft Reserved', 0],
      ['dax0.2', 1],
      ['System RAM (kmem)', 2],
    ]);
  });

  it('has the devices by number, and their ranges by the number of the mapping', () => {
    expect(sighting.devices.map(({ name, driver, size }) => [name, driver, size])).toEqual([
      ['dax0.2', 'kmem', 134217728n],
      ['dax0.10', null, 0n],
    ]);
    const starts = sighting.devices[0]?.ranges.map(({ start }) => start - 0x108000000n);
    expect(starts).toEqual([0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n, 10n]);
    expect(sighting.devices[1]?.ranges).toEqual([]);
  });

  it('has the blocks of the regions alone, from the first to the last', () => {
    expect(sighting.blocks).toEqual([
      { index: 33, state: 'online', zones: 'Movable' },
      { index: 47, state: 'offline', zones: 'absent' },
    ]);
    expect(sightingOfKeys(KEYS, [], BLOCK).blocks).toEqual([]);
  });

  it('has the drivers that are registered, and the policy', () => {
    expect(sighting.drivers).toEqual(['device_dax', 'kmem']);
    expect(sighting.autoOnlineBlocks).toBe('offline');
    expect(sightingOfKeys(new Map(), [SPAN], BLOCK)).toEqual({
      ...{ iomem: [], devices: [], blocks: [], drivers: [], autoOnlineBlocks: 'absent' },
    });
  });
});
