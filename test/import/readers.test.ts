import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArchiveError, bunzip2 } from '../../src/import/bzip2.js';
import { onGrain, parseHumanSize } from '../../src/import/size.js';
import { archiveTree } from '../../src/import/tree.js';
import { FC, runs, SEED_TITLE } from '../support/fc.ts';
import { archiveOf } from './archive.ts';
import { factsOf } from './support.ts';

describe('a size for people', () => {
  it('holds the bytes it was printed from', () => {
    const size = parseHumanSize('30.57 GiB (32.83 GB)');

    expect(size).not.toBeNull();
    expect((size?.low ?? 0n) <= 32828817408n && 32828817408n <= (size?.high ?? 0n)).toBe(true);
  });

  it('is exact where one multiple of its grain fits', () => {
    const size = parseHumanSize('250.00 MiB (262.14 MB)') ?? { low: 0n, high: 0n };

    expect(onGrain(size, 2n << 20n)).toEqual({ low: 250n << 20n, high: 250n << 20n });
  });

  it('is none where its two halves contradict each other', () => {
    expect(parseHumanSize('30.57 GiB (12.83 GB)')).toBeNull();
  });
});

describe('the output of list commands', () => {
  const faultsOf = (list: string): string[] =>
    factsOf({ list }).faults.map(({ message }) => message);

  it('keeps every digit of an address', () => {
    const list = '{"region":"region4","resource":18446744073709289472,"size":262144}';

    expect(factsOf({ list }).cxlRegions[0]?.start).toBe(18446744073709289472n);
  });

  it.each([
    ['[{"chardev":"dax0.0","size":-1}]', '`size` is `-1`'],
    ['[{"chardev":"dax0.0","size":"big"}]', '`size` is `big`'],
    ['[{"chardev":"dax0.0","mode":"other"}]', '`mode` is `other`'],
    ['[{"chardev":"pmem0"}]', '`pmem0` is no dax device'],
    ['[{"chardev":"dax0.0","size":1,"size":2}]', 'found the key `size` a second time'],
    ['[{"chardev":"dax0.0"', 'found the end of the file, expected `,` or `}`'],
    ['"text"', 'found an item that no list command prints'],
    ['', 'found no JSON'],
  ])('refuses %s', (text, message) => {
    expect(faultsOf(text)).toEqual([message]);
  });

  it('refuses a value that is nested without end', () => {
    expect(faultsOf('['.repeat(100_000))[0]).toContain('levels deep');
  });

  it('passes over the seed of no bytes', () => {
    expect(factsOf({ list: '[{"chardev":"dax0.0","size":0}]' }).devices.size).toBe(0);
  });
});

describe('lsmem', () => {
  it('is read as JSON as well', () => {
    const lsmem = `{"memory":[{"range":"0x0000000000000000-0x000000007fffffff","size":"2G",
      "state":"online","removable":true,"block":"0"}]}`;

    expect(factsOf({ lsmem }).blocks.map(({ start, end, state }) => [start, end, state])).toEqual([
      [0n, 0x7fffffffn, 'online'],
    ]);
  });

  it('gives each word to its column, past an empty one', () => {
    const lsmem = `\
RANGE                                  SIZE   STATE REMOVABLE     BLOCK          ZONES NODE
0x0000000100000000-0x000000807fffffff  510G  online       yes     2-256         Normal    0
0x0000008080000000-0x000000a07fffffff  128G offline             257-320 Normal/Movable    2
`;
    const [, second] = factsOf({ lsmem }).blocks;

    expect([second?.state, second?.zones, second?.node]).toEqual(['offline', 'Normal/Movable', 2]);
  });
});

describe('the kernel configuration', () => {
  it.each([
    ['CONFIG_MEMORY_HOTPLUG_DEFAULT_ONLINE=y', 'online'],
    ['# CONFIG_MEMORY_HOTPLUG_DEFAULT_ONLINE is not set', 'offline'],
    ['CONFIG_MHP_DEFAULT_ONLINE_TYPE_ONLINE_MOVABLE=y', 'online_movable'],
  ])('%s makes the default %s', (config, policy) => {
    expect(factsOf({ config }).defaultPolicies.map(({ value }) => value)).toEqual([policy]);
  });

  it('yields to the command line', () => {
    const facts = factsOf({ cmdline: 'ro quiet memhp_default_state=online_movable movable_node' });

    expect(facts.bootPolicies.map(({ value }) => value)).toEqual(['online_movable']);
    expect(facts.movableNode.map(({ value }) => value)).toEqual([true]);
  });
});

describe('an archive', () => {
  const files = {
    'host/sys/devices/system/memory/block_size_bytes': '8000000\n',
    'host/sys/devices/x/dax0.0/size': '4096\n',
  };
  const links = { 'host/sys/bus/dax/devices/dax0.0': '../../../devices/x/dax0.0' };

  it('is read through its links, from the folder on that holds sys', () => {
    const tree = archiveTree(archiveOf(files, links), 'sys.tar');

    expect(tree.read('sys/bus/dax/devices/dax0.0/size')).toBe('4096\n');
    expect(tree.real('sys/bus/dax/devices/dax0.0')).toBe('sys/devices/x/dax0.0');
    expect(tree.names('sys/bus/dax/devices')).toEqual(['dax0.0']);
  });

  it('may be packed with gzip', () => {
    const tree = archiveTree(gzipSync(archiveOf(files)), 'sys.tar.gz');

    expect(tree.read('sys/devices/system/memory/block_size_bytes')).toBe('8000000\n');
  });

  it('with links that go round leads nowhere', () => {
    const round = { 'host/sys/bus/a': 'b', 'host/sys/bus/b': 'a' };

    expect(archiveTree(archiveOf(files, round), 'sys.tar').real('sys/bus/a')).toBeNull();
  });

  it('of something else is refused', () => {
    expect(() => archiveTree(archiveOf({ 'etc/passwd': '' }), 'x.tar')).toThrow(ArchiveError);
    expect(() => archiveTree(new Uint8Array(2048).fill(7), 'x.tar')).toThrow('damaged');
  });
});

/** A bzip2 of this machine; the format is checked against it where there is one. */
function packed(bytes: Uint8Array): Uint8Array | null {
  try {
    return execFileSync('bzip2', ['-c'], { input: bytes, maxBuffer: 1 << 28 });
  } catch {
    return null;
  }
}

const HAS_BZIP2 = packed(new Uint8Array([1])) !== null;

describe.skipIf(!HAS_BZIP2)(`bzip2 (${HAS_BZIP2 ? SEED_TITLE : 'skipped: no bzip2 here'})`, () => {
  const LIMIT = 1 << 24;

  it('gives back what was packed', () => {
    const chunk = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.tuple(fc.nat(255), fc.nat(2000)).map(([byte, count]) => new Uint8Array(count).fill(byte)),
    );
    const property = fc.property(fc.array(chunk, { minLength: 1, maxLength: 6 }), (chunks) => {
      const bytes = Uint8Array.from(chunks.flatMap((part) => [...part]));
      expect(bunzip2(packed(bytes) ?? new Uint8Array(), LIMIT)).toEqual(bytes);
    });
    fc.assert(property, { ...FC, numRuns: runs(25) });
  });

  it('of several blocks is joined', () => {
    const bytes = Uint8Array.from({ length: 1_000_000 }, (_, at) => (at * at + (at >> 7)) & 0xff);

    expect(bunzip2(packed(bytes) ?? new Uint8Array(), LIMIT)).toEqual(bytes);
  });

  it('stops at the bound of output', () => {
    const bomb = packed(new Uint8Array(1 << 24)) ?? new Uint8Array();

    expect(() => bunzip2(bomb, 1 << 20)).toThrow('more than 1048576 bytes');
  });

  it('that is damaged is refused, and nothing else happens', () => {
    const whole =
      packed(new TextEncoder().encode('block_size_bytes '.repeat(300))) ?? new Uint8Array();
    const property = fc.property(fc.nat(whole.length * 8 - 1), (bit) => {
      const damaged = whole.slice();
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => bunzip2(damaged, LIMIT)).toThrow(ArchiveError);
    });
    fc.assert(property, { ...FC, numRuns: runs(100) });
  });
});
