/** In what a real outcome differs from a predicted one. */
import { describe, expect, it } from 'vitest';
import {
  compareOutcomes,
  compareSightings,
  linesWithin,
  type Outcome,
  type Sighting,
} from '../../src/lab/outcome.js';

const SIGHTING: Sighting = {
  iomem: [
    { start: 0x100000000n, end: 0x10fffffffn, name: 'Soft Reserved', depth: 0 },
    { start: 0x100000000n, end: 0x107ffffffn, name: 'dax0.0', depth: 1 },
  ],
  devices: [
    {
      name: 'dax0.0',
      driver: 'kmem',
      size: 0x8000000n,
      ranges: [{ start: 0x100000000n, end: 0x107ffffffn }],
    },
  ],
  blocks: [{ index: 32, state: 'online', zones: 'Movable' }],
  drivers: ['kmem'],
  autoOnlineBlocks: 'offline',
};
const OUTCOME: Outcome = { result: 'ok', value: null, messages: ['a', 'b'], after: SIGHTING };

const without = (change: Partial<Sighting>): Sighting => ({ ...SIGHTING, ...change });

describe('sightings', () => {
  it('that are equal have no difference', () => {
    expect(compareSightings(SIGHTING, structuredClone(SIGHTING))).toEqual([]);
  });

  it.each<[string, Partial<Sighting>, readonly (readonly [string, string, string])[]]>([
    [
      'a device that is gone',
      { devices: [] },
      [
        ['driver of dax0.0', 'kmem', 'absent'],
        ['size of dax0.0', '134217728', 'absent'],
        ['ranges of dax0.0', '100000000-107ffffff', 'absent'],
      ],
    ],
    [
      'another state and other zones of a block',
      { blocks: [{ index: 32, state: 'offline', zones: 'Normal Movable' }] },
      [
        ['memory32', 'online', 'offline'],
        ['zones of memory32', 'Movable', 'Normal Movable'],
      ],
    ],
    [
      'a block more',
      { blocks: [...SIGHTING.blocks, { index: 33, state: 'offline', zones: 'none' }] },
      [
        ['memory33', 'absent', 'offline'],
        ['zones of memory33', 'absent', 'none'],
      ],
    ],
    ['a driver that is not registered', { drivers: [] }, [['driver kmem', 'registered', 'absent']]],
    [
      'a listing with another depth',
      { iomem: SIGHTING.iomem.map((line) => ({ ...line, depth: 0 })) },
      [
        [
          'iomem',
          '100000000-10fffffff : Soft Reserved\n  100000000-107ffffff : dax0.0',
          '100000000-10fffffff : Soft Reserved\n100000000-107ffffff : dax0.0',
        ],
      ],
    ],
    [
      'another policy',
      { autoOnlineBlocks: 'online' },
      [['auto_online_blocks', 'offline', 'online']],
    ],
  ])('tell %s by name', (_, change, expected) => {
    expect(compareSightings(SIGHTING, without(change))).toEqual(
      expected.map(([what, predicted, real]) => ({ what, predicted, real })),
    );
    expect(compareSightings(without(change), SIGHTING)).toHaveLength(expected.length);
  });
});

describe('outcomes', () => {
  it.each<[string, Partial<Outcome>, readonly string[]]>([
    ['nothing', {}, []],
    ['messages in another order', { messages: ['b', 'a'] }, []],
    ['another result', { result: 'EBUSY' }, ['result']],
    ['a value', { value: '1' }, ['result']],
    ['a message less', { messages: ['a'] }, ['messages']],
    ['a message twice', { messages: ['a', 'a', 'b'] }, ['messages']],
    ['no machine that could be looked at', { after: null }, []],
    ['another machine', { after: without({ drivers: [] }) }, ['driver kmem']],
    ['a death, which says nothing', { result: 'died', messages: [], after: null }, ['result']],
    ['a command that is stuck', { result: 'stuck', after: null }, ['result']],
  ])('that differ in %s', (_, change, names) => {
    const found = compareOutcomes(OUTCOME, { ...OUTCOME, ...change });
    expect(found.map(({ what }) => what)).toEqual(names);
  });

  it('tell a value with the result, and none as none', () => {
    expect(compareOutcomes({ ...OUTCOME, value: '1' }, { ...OUTCOME, messages: [] })).toEqual([
      { what: 'result', predicted: 'ok "1"', real: 'ok' },
      { what: 'messages', predicted: 'a\nb', real: 'none' },
    ]);
  });
});

describe('lines within spans', () => {
  it('are those that share a byte with one, counted from the outermost kept', () => {
    const lines = [
      { start: 0n, end: 99n, name: 'low', depth: 0 },
      { start: 100n, end: 199n, name: 'outer', depth: 1 },
      { start: 150n, end: 160n, name: 'inner', depth: 2 },
      { start: 200n, end: 300n, name: 'high', depth: 0 },
    ];
    const kept = linesWithin(lines, [{ start: 160n, end: 199n }]);
    expect(kept.map(({ name, depth }) => [name, depth])).toEqual([
      ['outer', 0],
      ['inner', 1],
    ]);
    expect(linesWithin(lines, [])).toEqual([]);
  });
});
