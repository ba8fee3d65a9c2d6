/**
 * Listings of /proc/iomem, sound and damaged, by small examples.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseIomem, printIomem } from '../../src/model/iomem.ts';
import { short } from './support.ts';

const PLACE = { file: 'iomem', line: 1, column: 1 };

function fixture(name: string): string {
  return readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
}

function faults(text: string): string[] {
  return short(parseIomem(text, PLACE).diagnostics);
}

describe('a sound listing', () => {
  it('becomes a tree that prints as it was read', () => {
    const { nodes, diagnostics, warnings } = parseIomem(fixture('server.txt'), PLACE);

    expect([...diagnostics, ...warnings]).toEqual([]);
    expect(printIomem(nodes)).toBe(fixture('server.txt'));
  });

  it.each(['indented-by-tab.txt', 'wide-steps.txt', 'crlf.txt'])('is the same as %s', (name) => {
    const { nodes, diagnostics } = parseIomem(fixture(name), PLACE);

    expect(diagnostics).toEqual([]);
    expect(printIomem(nodes)).toBe(fixture('server.txt'));
  });

  it('gives each node its line and the column of its first digit', () => {
    const place = { file: 'm', line: 10, column: 5 };
    const { nodes } = parseIomem('0-ff : a\n  0-f : b\n', place);

    expect(nodes[0]?.children[0]?.place).toEqual({ file: 'm', line: 11, column: 7 });
  });

  it('may nest a device under itself with the same range', () => {
    expect(faults('0-ff : serial\n  0-ff : serial\n')).toEqual([]);
  });

  it('takes a sibling inside a sibling as its child, with a warning', () => {
    const { nodes, diagnostics, warnings } = parseIomem('0-ff : a\n10-1f : b\n', PLACE);

    expect(diagnostics).toEqual([]);
    expect(short(warnings)).toEqual(['DAX112 2:1']);
    expect(nodes[0]?.children[0]?.name).toBe('b');
  });

  it('keeps a name of freed memory, with a warning', () => {
    const { diagnostics, warnings } = parseIomem('0-ff : \ufffd_\ufffd\n', PLACE);

    expect(diagnostics).toEqual([]);
    expect(short(warnings)).toEqual(['DAX113 1:1']);
  });

  it('keeps all 64 bits of an address', () => {
    const { nodes } = parseIomem('0-ffffffffffffffff : all\n', PLACE);

    expect(nodes[0]?.end).toBe((1n << 64n) - 1n);
  });
});

describe('a damaged listing', () => {
  it.each([
    ['is elided', '...\n0-f : a\n', ['DAX102 1:1']],
    ['holds junk', '0-f : a\n  hello\n', ['DAX101 2:3']],
    ['has a line without a name field', '0-f a\n', ['DAX101 1:1']],
    ['ends before it starts', '10-f : a\n', ['DAX104 1:1']],
    ['has a child larger than its parent', '0-f : a\n  0-10 : b\n', ['DAX105 2:3']],
    ['has a child beside its parent', '10-1f : a\n  0-f : b\n', ['DAX105 2:3']],
    ['has overlapping siblings', '0-10 : a\n10-1f : b\n', ['DAX106 2:1']],
    ['has overlapping children', '0-ff : p\n  0-10 : a\n  8-1f : b\n', ['DAX106 3:3']],
    ['is not sorted', '10-1f : a\n0-f : b\n', ['DAX107 2:1']],
    [
      'steps back to no column of a line above',
      '0-f : a\n    0-7 : b\n  8-f : c\n',
      ['DAX108 3:3'],
    ],
    ['has an address beyond 64 bits', '0-10000000000000000 : a\n', ['DAX109 1:1']],
    ['is empty', '\n\n', ['DAX110 1:1']],
    ['carries a remark', '0-f : a  # mine\n', ['DAX111 1:8']],
  ])('that %s is refused at its place', (_, text, expected) => {
    expect(faults(text)).toEqual(expected);
  });

  it('reports all its faults at once', () => {
    const text = '0-f : a\n  0-10 : b\n...\n20-1f : c\nx\n';

    expect(faults(text)).toEqual(['DAX102 3:1', 'DAX104 4:1', 'DAX101 5:1', 'DAX105 2:3']);
  });

  it('does not report the children of a line that cannot be read', () => {
    expect(faults('10-f : a\n  20-2f : b\n')).toEqual(['DAX104 1:1']);
  });

  it('that was not read as root has one fault, however long it is', () => {
    expect(faults(fixture('zeros.txt'))).toEqual(['DAX103 1:1']);
  });

  it('that elides lines twice has two faults', () => {
    expect(faults(fixture('elided.txt'))).toEqual(['DAX102 1:1', 'DAX102 4:1']);
  });

  it('names the parent in the hint of a child outside it', () => {
    const [fault] = parseIomem('0-f : a\n  0-10 : b\n', PLACE).diagnostics;

    expect(fault?.hint).toBe('the parent is `00000000-0000000f : a` (line 1)');
  });
});

describe('a text that is no listing', () => {
  it.each([
    ['has too many lines', '00000000-0000ffff : x\n'.repeat(50_000)],
    [
      'nests too deeply',
      Array.from({ length: 999 }, (_, i) => `${' '.repeat(i)}1-f : x`).join('\n'),
    ],
  ])('is refused when it %s', (_what, text) => {
    const codes = parseIomem(text, PLACE).diagnostics.map(({ code }) => code);
    expect(new Set(codes)).toEqual(new Set(['DAX115']));
  });
});
