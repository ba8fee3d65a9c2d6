/**
 * The difference of two listings, applied and undone, on random listings with few distinct lines.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffIomem, formatIomemLine } from '../../src/report/iomemDiff.js';
import { FC, SEED_TITLE } from '../support/fc.js';
import { listing } from './arbitraries.js';
import { line } from './fixtures.js';

describe(`difference of two iomem listings (${SEED_TITLE})`, () => {
  it('gives the second listing when applied to the first', () => {
    fc.assert(
      fc.property(listing, listing, (before, after) => {
        const edits = diffIomem(before, after);

        const applied = edits.filter((edit) => edit.op !== 'remove').map((edit) => edit.line);

        expect(applied).toEqual(after);
      }),
      FC,
    );
  });

  it('gives the first listing back when undone', () => {
    fc.assert(
      fc.property(listing, listing, (before, after) => {
        const edits = diffIomem(before, after);

        const undone = edits.filter((edit) => edit.op !== 'add').map((edit) => edit.line);

        expect(undone).toEqual(before);
      }),
      FC,
    );
  });

  it('is empty for a listing and itself', () => {
    fc.assert(
      fc.property(listing, (lines) => {
        expect(diffIomem(lines, lines).filter((edit) => edit.op !== 'keep')).toEqual([]);
      }),
      FC,
    );
  });

  it('names only the child when a child goes away', () => {
    const parent = line(0, 0x100000000n, 0x17fffffffn, 'Soft Reserved');
    const child = line(1, 0x100000000n, 0x10fffffffn, 'dax0.0');

    const edits = diffIomem([parent, child], [parent]);

    expect(edits).toEqual([
      { op: 'keep', line: parent },
      { op: 'remove', line: child },
    ]);
  });

  it('replaces the whole middle of listings too long to compare line by line', () => {
    const before = Array.from({ length: 2100 }, (_, index) => line(0, BigInt(index), 9000n, 'a'));
    const after = Array.from({ length: 2100 }, (_, index) => line(0, BigInt(index), 9000n, 'b'));

    const applied = diffIomem(before, after).filter((edit) => edit.op !== 'remove');

    expect(applied.map((edit) => edit.line)).toEqual(after);
  });
});

describe('a line of /proc/iomem', () => {
  it('is written as the kernel does: two spaces a level, 8 hex digits at least', () => {
    const text = formatIomemLine(line(2, 0x1000n, 0x10fffffffn, 'System RAM (kmem)'));

    expect(text).toBe('    00001000-10fffffff : System RAM (kmem)');
  });
});
