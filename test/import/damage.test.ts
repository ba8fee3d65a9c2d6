/**
 * Damaged inputs: truncated, lines in another order, bits flipped, repeated until they are huge.
 * What comes out is a machine or faults; nothing is thrown, and what is taken is a model that
 * loads.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArchiveError } from '../../src/import/bzip2.js';
import type { Facts } from '../../src/import/facts.js';
import { joinFacts } from '../../src/import/join.js';
import { modelText } from '../../src/import/modelText.js';
import { archiveTree } from '../../src/import/tree.js';
import { checkModelText } from '../../src/loadModel.js';
import { FC, runs, SEED_TITLE } from '../support/fc.ts';
import { archiveOf } from './archive.ts';
import { CXL_2G, DEVDAX_LIST, factsOf, PMEM_128M, PMEM_DEVDAX, type Texts } from './support.ts';

const LSMEM = `\
RANGE                                  SIZE   STATE REMOVABLE     BLOCK          ZONES NODE
0x0000000000000000-0x000000007fffffff    2G  online       yes         0           None    0
0x0000000100000000-0x000000807fffffff  510G  online       yes     2-256         Normal    0
0x0000008080000000-0x000000a07fffffff  128G offline             257-320 Normal/Movable    2

Memory block size:         2G
Total online memory:       1T
`;

const NAMESPACE = `{
  "dev":"namespace0.0",
  "mode":"devdax",
  "size":"125.01 GiB (134.23 GB)",
  "daxregion":{ "id":2, "size":134230315008, "align":2097152,
    "devices":[ { "chardev":"dax0.0", "size":134230315008, "target_node":3 } ] },
  "align":2097152
}
`;

const KINDS = {
  iomem: [PMEM_128M, PMEM_DEVDAX, CXL_2G],
  list: [DEVDAX_LIST, NAMESPACE],
  lsmem: [LSMEM],
  config: ['CONFIG_DEV_DAX_KMEM=m\n# CONFIG_MEMORY_HOTREMOVE is not set\n'],
  cmdline: ['ro memhp_default_state=online memory_hotplug.memmap_on_memory=1'],
} as const;

type Damage = (text: string) => string;

const flip = (text: string, at: number, bit: number): string => {
  const index = at % Math.max(1, text.length);
  const code = (text.charCodeAt(index) || 0) ^ (1 << bit);
  return text.slice(0, index) + String.fromCharCode(code) + text.slice(index + 1);
};

const swap = (text: string, from: number, to: number): string => {
  const lines = text.split('\n');
  const [line = ''] = lines.splice(from % lines.length, 1);
  lines.splice(to % (lines.length + 1), 0, line);
  return lines.join('\n');
};

const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.nat(2000).map(
    (at): Damage =>
      (text) =>
        text.slice(0, at % (text.length + 1)),
  ),
  fc.tuple(fc.nat(2000), fc.nat(7)).map(
    ([at, bit]): Damage =>
      (text) =>
        flip(text, at, bit),
  ),
  fc.tuple(fc.nat(40), fc.nat(40)).map(
    ([from, to]): Damage =>
      (text) =>
        swap(text, from, to),
  ),
  fc.integer({ min: 2, max: 40 }).map(
    (count): Damage =>
      (text) =>
        text.repeat(count),
  ),
  fc.tuple(fc.nat(2000), fc.string()).map(
    ([at, more]): Damage =>
      (text) =>
        text.slice(0, at % text.length) + more + text.slice(at % text.length),
  ),
);

const kinds = Object.keys(KINDS) as (keyof typeof KINDS)[];

/** One input of a kind, damaged once to three times. */
const damaged = fc
  .tuple(fc.constantFrom(...kinds), fc.nat(2), fc.array(damage, { minLength: 1, maxLength: 3 }))
  .map(([kind, at, damages]): Texts => {
    const texts = KINDS[kind];
    const text = texts[at % texts.length] ?? '';
    return { [kind]: damages.reduce((result, one) => one(result), text) };
  });

const WISHES = { blockSize: 2n << 30n, kernel: 'v6.12' };

/** Makes what can be made of facts: a model that loads, or faults that say why not. */
function outcomeOf(facts: Facts): void {
  const machine = joinFacts(facts, WISHES);
  if (machine === null) {
    expect(facts.faults.length).toBeGreaterThan(0);
    return;
  }
  const loaded = checkModelText(modelText(machine), 'model.yaml');
  // What the parts of a machine say of each other is judged where the model is loaded.
  const codes = loaded.ok ? [] : loaded.diagnostics.map(({ code }) => code);
  expect(codes.filter((code) => !/^DAX0(3[1-9]|4[0-9])$|^DAX303$/.test(code))).toEqual([]);
}

describe(`damaged inputs (${SEED_TITLE})`, () => {
  it('make a model that loads, or faults with their lines', () => {
    const property = fc.property(damaged, (texts) => {
      const facts = factsOf(texts);
      for (const { place } of [...facts.faults, ...facts.warnings]) {
        expect(place.line).toBeGreaterThanOrEqual(1);
      }
      outcomeOf(facts);
    });
    fc.assert(property, { ...FC, numRuns: runs(400) });
  });

  it('beside a whole listing make a model or faults', () => {
    const property = fc.property(damaged, (texts) => {
      outcomeOf(factsOf({ iomem: CXL_2G, ...texts }));
    });
    fc.assert(property, { ...FC, numRuns: runs(300) });
  });

  it('of text that is nothing of the kind are told as faults', () => {
    const property = fc.property(
      fc.constantFrom(...kinds),
      fc.string({ unit: 'binary' }),
      (kind, text) => {
        outcomeOf(factsOf({ [kind]: text }));
      },
    );
    fc.assert(property, { ...FC, numRuns: runs(300) });
  });

  it('of hundred thousand lines are read or refused', () => {
    const lines = Array.from({ length: 100_000 }, (_, at) => {
      const start = (BigInt(at) * 0x1000n).toString(16).padStart(8, '0');
      return `${start}-${start.slice(0, -3)}fff : line ${at}`;
    });
    const facts = factsOf({ iomem: lines.join('\n') });

    expect(facts.faults.map(({ code }) => code)).toEqual(['DAX115']);
  });

  it('of one line without end are read or refused', () => {
    const blanks = ' '.repeat(1_000_000);

    expect(factsOf({ iomem: `0-f : a${blanks}b` }).faults.map(({ code }) => code)).toEqual([
      'DAX518',
    ]);
    expect(factsOf({ lsmem: `RANGE${blanks}SIZE` }).faults).toEqual([]);
    expect(factsOf({ list: `["${blanks}` }).faults.map(({ code }) => code)).toEqual(['DAX501']);
    expect(factsOf({ list: `[${'{},'.repeat(300_000)}` }).faults.length).toBeGreaterThan(0);
  });

  it('of archives are read or refused', () => {
    const whole = archiveOf({
      'sys/devices/system/memory/block_size_bytes': '8000000\n',
      'sys/devices/system/memory/memory0/state': 'online\n',
    });
    const property = fc.property(
      fc.nat(whole.length - 1),
      fc.nat(255),
      fc.nat(whole.length),
      (at, byte, end) => {
        const bytes = whole.slice(0, end);
        if (at < bytes.length) bytes[at] = byte;
        try {
          archiveTree(bytes, 'sys.tar').names('sys/devices/system/memory');
        } catch (error) {
          expect(error).toBeInstanceOf(ArchiveError);
        }
      },
    );
    fc.assert(property, { ...FC, numRuns: runs(300) });
  });
});
