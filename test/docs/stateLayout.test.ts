/**
 * docs/state-layout.md against assembly/layout.ts: every offset and size, and the rulers drawn from
 * them. DOCS_UPDATE=1 draws the rulers again.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as layout from '../../assembly/layout.js';

const PATH = fileURLToPath(new URL('../../docs/state-layout.md', import.meta.url));
const text = readFileSync(PATH, 'utf8');
const numbers: ReadonlyMap<string, number> = new Map(
  Object.entries(layout).flatMap(([name, value]) =>
    typeof value === 'number' ? [[name, value]] : [],
  ),
);

interface Field {
  readonly offset: number;
  readonly bytes: number;
  readonly constant: string;
}

interface Part {
  readonly prefix: string;
  readonly bytes: number;
  readonly fields: readonly Field[];
}

const ROW = /^\| (\d+) \| (\d+) \| `(\w+)` \| .+ \|$/gm;
const HEADING = /^## .*\(`(\w+)_BYTES` = (\d+)\)$/m;

const parts: readonly Part[] = text.split(/^(?=## )/m).flatMap((section) => {
  const heading = HEADING.exec(section);
  if (heading === null) return [];
  const fields = [...section.matchAll(ROW)].map(([, offset, bytes, constant]) => ({
    offset: Number(offset),
    bytes: Number(bytes),
    constant: constant ?? '',
  }));
  return [{ prefix: heading[1] ?? '', bytes: Number(heading[2]), fields }];
});

/** Names of a record's field constants in layout.ts; aliases of two fields are no fields. */
function constantsOf(prefix: string): string[] {
  const isField = new RegExp(`^${prefix}_(?!ROW_|EXTRA_)\\w+_OFFSET$`);
  const aliases = new Set(['THREAD_VALUE_OFFSET', 'THREAD_OTHER_OFFSET']);
  const isOfLonger = (name: string): boolean => name.startsWith(`${prefix}_EXTRA_`);
  return [...numbers.keys()].filter(
    (name) => isField.test(name) && !isOfLonger(name) && !aliases.has(name),
  );
}

const EIGHT = 8;
const CELL = 11;

interface Cell {
  readonly width: number;
  /** Words of the field's name, a line each when they do not fit beside one another. */
  readonly lines: readonly string[];
}

/** Draws a record, eight bytes a row. */
function ruler({ prefix, bytes, fields }: Part): string {
  const lines: string[] = [];
  for (let row = 0; row < bytes; row += EIGHT) {
    const count = Math.min(EIGHT, bytes - row);
    const numbered = Array.from({ length: count }, (_, byte) => String(row + byte).padEnd(CELL));
    const cells = cellsOf({ prefix, fields }, row, count);
    const height = Math.max(...cells.map((cell) => cell.lines.length));
    lines.push(` ${numbered.join(' ').trimEnd()}`);
    for (let line = 0; line < height; line++) {
      const texts = cells.map((cell) => (cell.lines[line] ?? '').padEnd(cell.width));
      lines.push(`|${texts.join('|')}|`);
    }
  }
  return lines.join('\n');
}

function cellsOf(
  { prefix, fields }: Pick<Part, 'prefix' | 'fields'>,
  row: number,
  count: number,
): Cell[] {
  const cells: Cell[] = [];
  for (let at = row; at < row + count; ) {
    const field = fields.find(({ offset, bytes }) => offset <= at && at < offset + bytes);
    const next = fields.find(({ offset }) => offset > at)?.offset ?? row + count;
    const end = Math.min(row + count, field === undefined ? next : field.offset + field.bytes);
    const width = (end - at) * (CELL + 1) - 1;
    const name = field === undefined ? '-' : nameOf(field.constant, prefix);
    cells.push({ width, lines: name.length <= width ? [name] : name.split(' ') });
    at = end;
  }
  return cells;
}

const nameOf = (constant: string, prefix: string): string =>
  constant
    .slice(prefix.length + 1, -'_OFFSET'.length)
    .toLowerCase()
    .replaceAll('_', ' ');

const FENCE = '```';

function withRulers(document: string): string {
  return parts.reduce((all, part) => {
    const block = new RegExp(`(${FENCE}ruler ${part.prefix}\\n)[^\`]*(${FENCE})`);
    return all.replace(block, `$1${ruler(part)}\n$2`);
  }, document);
}

describe('docs/state-layout.md', () => {
  it('has every record of the state vector', () => {
    expect(parts.map(({ prefix }) => prefix)).toEqual([
      'GLOBAL',
      'GLOBAL_EXTRA',
      'DRIVER',
      'DEVICE',
      'DEVICE_EXTRA',
      'RANGE',
      'BLOCK',
      'BLOCK_EXTRA',
      'REGION',
      'REGION_EXTRA',
      'SLOT',
      'THREAD',
      'BENEATH',
      'ASKER',
    ]);
  });

  it.each(parts)('gives $prefix the size that layout.ts gives it', ({ prefix, bytes }) => {
    expect(bytes).toBe(numbers.get(`${prefix}_BYTES`));
  });

  it.each(parts)('gives every field of $prefix its offset', ({ prefix, fields }) => {
    const printed = fields.map(({ constant, offset }) => [constant, offset]);
    const wanted = constantsOf(prefix).map((name) => [name, numbers.get(name)]);
    const byName = (left: unknown[], right: unknown[]): number =>
      String(left[0]) < String(right[0]) ? -1 : 1;
    expect(printed.sort(byName)).toEqual(wanted.sort(byName));
  });

  it.each(parts)('has no two fields of $prefix on one byte', ({ bytes, fields }) => {
    const ends = fields.map(({ offset, bytes: width }) => offset + width);
    const starts = [...fields.slice(1).map(({ offset }) => offset), bytes];
    expect(ends.every((end, index) => end <= (starts[index] ?? 0))).toBe(true);
  });

  it('draws its rulers from the tables', () => {
    if (process.env.DOCS_UPDATE === '1') writeFileSync(PATH, withRulers(text));
    expect(withRulers(readFileSync(PATH, 'utf8'))).toBe(readFileSync(PATH, 'utf8'));
  });

  it('names the sizes of parts and the limits that layout.ts has', () => {
    const sizes = [...text.matchAll(/(\d+)[^.,;()]*\(`([A-Z_]+_MAX)`\)/g)];
    expect(sizes.length).toBeGreaterThan(5);
    for (const [, printed, name] of sizes)
      expect([name, Number(printed)]).toEqual([name, numbers.get(name ?? '')]);
    for (const { prefix, bytes } of parts) {
      const row = { DEVICE: 'devices', RANGE: 'ranges', BLOCK: 'blocks', REGION: 'regions' }[
        prefix
      ];
      if (row !== undefined) expect(text).toMatch(new RegExp(`^\\| ${row} \\| ${bytes} × `, 'm'));
    }
  });
});
