/**
 * Random iomem trees: print and parse are inverse; damage never throws and has places.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIomem, printIomem } from '../../src/model/iomem.ts';
import type { IomemNode } from '../../src/model/model.ts';
import { FC, SEED_TITLE } from '../support/fc.ts';

const PLACE = { file: 'iomem', line: 1, column: 1 };
const DEPTH_MAX = 4;
const CHILDREN_MAX = 4;

const names = fc.constantFrom(
  'System RAM',
  'Reserved',
  'CXL Window 0',
  'dax0.0',
  'PCI Bus 0000:00',
);

/** A tree inside [start, end]: cut points make disjoint siblings, each filled again. */
function treesIn(start: bigint, end: bigint, depth: number): fc.Arbitrary<IomemNode[]> {
  if (depth === 0 || end - start < 2n) return fc.constant([]);
  const point = fc.bigInt({ min: start, max: end });
  return fc.uniqueArray(point, { maxLength: 2 * CHILDREN_MAX }).chain((points) => {
    const sorted = [...points].sort((left, right) => (left < right ? -1 : 1));
    const nodes: fc.Arbitrary<IomemNode>[] = [];
    for (let index = 0; index + 1 < sorted.length; index += 2) {
      nodes.push(nodeOf(sorted[index] ?? 0n, sorted[index + 1] ?? 0n, depth));
    }
    return fc.tuple(...nodes);
  });
}

function nodeOf(start: bigint, end: bigint, depth: number): fc.Arbitrary<IomemNode> {
  const children = treesIn(start, end, depth - 1);
  return fc
    .record({ name: names, children })
    .map((rest) => ({ start, end, ...rest, place: PLACE }));
}

const trees = treesIn(0n, (1n << 64n) - 1n, DEPTH_MAX).filter((nodes) => nodes.length > 0);

/** Truncates, flips a character, or moves a line. */
const damages = fc.oneof(
  fc.nat().map((at) => (text: string) => text.slice(0, at % (text.length + 1))),
  fc
    .tuple(fc.nat(), fc.string({ unit: 'binary', maxLength: 3 }))
    .map(([at, noise]) => (text: string) => {
      const index = at % (text.length + 1);
      return text.slice(0, index) + noise + text.slice(index + 1);
    }),
  fc.tuple(fc.nat(), fc.nat()).map(([from, to]) => (text: string) => {
    const lines = text.split('\n');
    const moved = lines.splice(from % lines.length, 1);
    lines.splice(to % (lines.length + 1), 0, ...moved);
    return lines.join('\n');
  }),
);

describe(`random listings (${SEED_TITLE})`, () => {
  it('print and parse to the same tree', () => {
    fc.assert(
      fc.property(trees, (nodes) => {
        const text = printIomem(nodes);
        const read = parseIomem(text, PLACE);

        expect(read.diagnostics).toEqual([]);
        expect(printIomem(read.nodes)).toBe(text);
      }),
      FC,
    );
  });

  it('never throw when damaged, and place each fault in the text', () => {
    fc.assert(
      fc.property(trees, fc.array(damages, { minLength: 1, maxLength: 4 }), (nodes, steps) => {
        const text = steps.reduce((damaged, step) => step(damaged), printIomem(nodes));
        const { diagnostics } = parseIomem(text, PLACE);

        const lines = text.split('\n').length;
        expect(diagnostics.every(({ place }) => place.line >= 1 && place.line <= lines)).toBe(true);
      }),
      FC,
    );
  });

  it('are read in one go, however many blanks are in a line', () => {
    const blanks = ' '.repeat(1_000_000);
    const read = parseIomem(`0-f : a${blanks}b\n0-f : c${blanks}# a remark\n${blanks}x\n`, PLACE);

    expect(read.diagnostics.map(({ code, place }) => [code, place.line, place.column])).toEqual([
      ['DAX111', 2, 8],
      ['DAX101', 3, 1_000_001],
    ]);
  });

  it('never throw on noise', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        expect(parseIomem(text, PLACE).diagnostics.length).toBeGreaterThan(0);
      }),
      FC,
    );
  });
});
