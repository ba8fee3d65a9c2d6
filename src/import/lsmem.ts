/**
 * What lsmem prints: the table, with any columns, or its JSON (-J).
 *
 * The ranges are exact; SIZE is for people and not read. Columns are found by where their heading
 * ends or begins, because a cell may be empty.
 * Source: util-linux sys-utils/lsmem.c, 2.33 to 2.42.
 */
import type { Place, Range } from '../model/model.js';
import { contains, parseRange, parseSize } from '../model/quantity.js';
import { addBlockSize, type BlockRun, type Facts, refuse, warn } from './facts.js';
import { type JsonValue, readJson } from './jsonText.js';

const RANGE = /^(0x[0-9a-fA-F]{1,16})-(0x[0-9a-fA-F]{1,16})$/;

/** Lines of the longest table that is read: a big server's blocks, each on its own line. */
const LINES_MAX = 100_000;

type Cells = ReadonlyMap<string, string>;

function addRun(facts: Facts, cells: Cells, place: Place): void {
  const text = cells.get('RANGE') ?? '';
  const range = RANGE.test(text) ? parseRange(text) : null;
  if (range === null || range.end < range.start) {
    const message = `\`${text.slice(0, 60)}\` is no range`;
    refuse(facts, 'DAX505', place, message, { expected: '0xSTART-0xEND, as lsmem prints' });
    return;
  }
  const last = facts.blocks.at(-1);
  if (last !== undefined && last.place.file === place.file && range.start <= last.end) {
    const message = `\`${text}\` comes after line ${last.place.line}, which reaches as far`;
    refuse(facts, 'DAX505', place, message, { expected: 'ranges in ascending order' });
    return;
  }
  const node = cells.get('NODE');
  const run: BlockRun = {
    ...range,
    state: cells.get('STATE') ?? '',
    zones: cells.get('ZONES') ?? null,
    node: node !== undefined && /^[0-9]{1,4}$/.test(node) ? Number(node) : null,
    place,
  };
  facts.blocks.push(run);
}

interface Column {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

function columnsOf(header: string): Column[] {
  return [...header.matchAll(/\S+/g)].map((found) => ({
    name: found[0],
    start: found.index,
    end: found.index + found[0].length,
  }));
}

/** Gives each word of a line to the column under whose heading it lies, or nearest to it. */
function cellsOf(line: string, columns: readonly Column[]): Cells {
  const cells = new Map<string, string>();
  const distance = (column: Column, start: number, end: number): number =>
    start < column.end && column.start < end
      ? 0
      : Math.min(Math.abs(column.start - end), Math.abs(start - column.end)) + 1;
  for (const found of line.matchAll(/\S+/g)) {
    const end = found.index + found[0].length;
    let best = columns[0];
    for (const column of columns) {
      if (best === undefined) break;
      const nearer = distance(column, found.index, end) < distance(best, found.index, end);
      if (nearer && !cells.has(column.name)) best = column;
    }
    if (best !== undefined && !cells.has(best.name)) cells.set(best.name, found[0]);
  }
  return cells;
}

function readSummary(facts: Facts, line: string, place: Place): boolean {
  const found = /^([A-Z][A-Za-z ]+):\s+(\S+)$/.exec(line);
  if (found === null) return false;
  const [, label = '', value = ''] = found;
  if (label === 'Memory block size') {
    const bytes = parseSize(value.replace(/B$/, ''));
    if (bytes === null || bytes === 0n) {
      const expected = 'a size such as 128M';
      refuse(facts, 'DAX505', place, `\`${value}\` is no block size`, { expected });
    } else addBlockSize(facts, bytes, place);
  } else if (label === 'Memmap on memory parameter') {
    facts.memmapOnMemory.push({ value: value === 'yes', place });
  }
  return true;
}

function readTable(text: string, file: string, facts: Facts): void {
  const lines = text.split('\n');
  if (lines.length > LINES_MAX) {
    const place = { file, line: LINES_MAX, column: 1 };
    refuse(facts, 'DAX518', place, `more than ${LINES_MAX} lines`, { limit: `${LINES_MAX} lines` });
    return;
  }
  let columns: Column[] | null = null;
  for (const [index, line] of lines.entries()) {
    const place = { file, line: index + 1, column: 1 };
    if (line.trim() === '' || readSummary(facts, line.trim(), place)) continue;
    if (/^\s*RANGE\s/.test(`${line} `)) columns = columnsOf(line);
    else if (columns === null || !/^\s*0x/.test(line)) {
      const message = `\`${line.trim().slice(0, 60)}\` is no line of lsmem`;
      const expected = 'the heading RANGE, ranges below it, then the sums';
      refuse(facts, 'DAX505', place, message, { expected });
    } else addRun(facts, cellsOf(line, columns), place);
  }
  if (columns === null) {
    const place = { file, line: 1, column: 1 };
    refuse(facts, 'DAX505', place, 'found no table of lsmem', {
      expected: 'the output of `lsmem`',
    });
  }
}

function readJsonRows(text: string, file: string, facts: Facts): void {
  for (const value of readJson(text, file, facts)) {
    const rows = value.kind === 'object' ? value.members.get('memory') : undefined;
    if (rows?.kind !== 'array') {
      refuse(facts, 'DAX505', value.place, 'found JSON that lsmem does not print', {
        expected: '`memory` with an array',
      });
      continue;
    }
    for (const row of rows.items) {
      addRun(facts, cellsOfRow(row), row.place);
    }
  }
  if (facts.blocks.length > 0) warnOfSize(facts, file);
}

const cellsOfRow = (row: JsonValue): Cells =>
  new Map(
    [...(row.kind === 'object' ? row.members : [])].map(([key, value]) => [
      key.toUpperCase(),
      'text' in value ? value.text : '',
    ]),
  );

/** The JSON of lsmem leaves the sums out. */
function warnOfSize(facts: Facts, file: string): void {
  const place = { file, line: 1, column: 1 };
  const taken = 'taken without it; --block-size gives it';
  warn(facts, 'DAX502', place, 'lsmem --json does not tell the size of a block', { taken });
}

/** Reads the output of lsmem, a table or JSON. */
export function readLsmem(text: string, file: string, facts: Facts): void {
  if (/^\s*[[{]/.test(text)) readJsonRows(text, file, facts);
  else readTable(text, file, facts);
}

/** The runs that lie inside a range. */
export function runsInside(runs: readonly BlockRun[], range: Range): BlockRun[] {
  return runs.filter((run) => contains(range, run));
}
