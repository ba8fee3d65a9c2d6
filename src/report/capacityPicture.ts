/**
 * What devices give to kmem, as a table for a terminal and as a picture: for each device a bar to
 * scale, the blocks that become System RAM in it, and what is lost in front of and behind them.
 *
 * Plain functions of plain data; src/import/capacity.ts computes it.
 */
import type { Range } from '../model/model.js';
import { greatest } from '../model/quantity.js';
import type { ReportSection } from './document.js';
import { formatAddress, formatBytes } from './layout.js';
import { xmlText } from './xml.js';

export interface CapacityBar {
  readonly range: Range;
  /** null: no whole block lies in the range. */
  readonly taken: Range | null;
  readonly blocks: bigint;
  /** Bytes that are lost; null where the device may reach further than the range. */
  readonly head: bigint | null;
  readonly tail: bigint | null;
}

export interface CapacityRow {
  readonly name: string;
  readonly bars: readonly CapacityBar[];
  /** Sentences about this device. */
  readonly notes: readonly string[];
  /** Other ways, in words, with what they give and lose. */
  readonly others: readonly OtherWay[];
}

export interface OtherWay {
  readonly label: string;
  readonly usable: bigint;
  /** null: not known, and more may be usable. */
  readonly lost: bigint | null;
}

export interface CapacityTable {
  readonly blockSize: bigint;
  /** Where the size of a block comes from. */
  readonly origin: string;
  readonly rows: readonly CapacityRow[];
}

const shownRange = ({ start, end }: Range): string =>
  `${formatAddress(start)}-${formatAddress(end)}`;

const sizeOf = ({ start, end }: Range): bigint => end - start + 1n;

const sum = (bars: readonly CapacityBar[], of: (bar: CapacityBar) => bigint): bigint =>
  bars.reduce((total, bar) => total + of(bar), 0n);

/** Puts cells in columns, numbers at the right. */
function columns(rows: readonly (readonly string[])[], rightFrom: number): string[] {
  const widths = (rows[0] ?? []).map((_, at) =>
    Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, at) => {
        const width = widths[at] ?? 0;
        return at < rightFrom ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd(),
  );
}

const lostText = (bytes: bigint | null): string => (bytes === null ? '?' : formatBytes(bytes));

function mainLines({ rows }: CapacityTable): string[] {
  const head = ['device', 'range', 'to kmem', 'size', 'blocks', 'usable', 'head', 'tail'];
  const cells = rows.flatMap(({ name, bars }) =>
    bars.map((bar) => [
      name,
      shownRange(bar.range),
      bar.taken === null ? 'nothing' : shownRange(bar.taken),
      formatBytes(sizeOf(bar.range)),
      `${bar.blocks}`,
      bar.taken === null ? '0' : formatBytes(sizeOf(bar.taken)),
      lostText(bar.head),
      lostText(bar.tail),
    ]),
  );
  return columns([head, ...cells], 3);
}

function otherLines({ rows }: CapacityTable): string[] {
  const cells = rows.flatMap(({ name, others }) =>
    others.map(({ label, usable, lost }) => {
      const least = lost === null ? 'at least ' : '';
      return [name, label, `${least}${formatBytes(usable)}`, lostText(lost)];
    }),
  );
  if (cells.length === 0) return [];
  return ['', ...columns([['device', 'otherwise', 'usable', 'lost'], ...cells], 2)];
}

/** The table as lines of a terminal. */
export function capacityLines(table: CapacityTable): string[] {
  const notes = table.rows.flatMap(({ name, notes }) => notes.map((note) => `${name}: ${note}`));
  return [
    `Memory blocks of ${formatBytes(table.blockSize)} (${table.origin})`,
    '',
    ...mainLines(table),
    ...(notes.length === 0 ? [] : ['', ...notes]),
    ...otherLines(table),
  ];
}

const WIDTH = 900;
const LEFT = 80;
const BAR = 28;
const ROW = 74;
/** More blocks than this are drawn as one. */
const CELLS_MAX = 64n;

const text = (x: number, y: number, content: string, anchor = 'start'): string =>
  `<text x="${x.toFixed(1)}" y="${y}" text-anchor="${anchor}">${xmlText(content)}</text>`;

/** Widths are in thousandths of the scale, so that no address is rounded before it is a width. */
function widthOf(bytes: bigint, scale: bigint): number {
  return Number((bytes * BigInt((WIDTH - LEFT) * 1000)) / scale) / 1000;
}

function rect(x: number, y: number, width: number, fill: string): string {
  const shown = Math.max(width, 0.5).toFixed(2);
  return `<rect x="${x.toFixed(2)}" y="${y}" width="${shown}" height="${BAR}" ${fill}/>`;
}

const TAKEN = 'fill="currentColor" fill-opacity="0.25" stroke="currentColor" stroke-width="1"';

function cellLines(x: number, y: number, width: number, blocks: bigint): string {
  if (blocks < 2n || blocks > CELLS_MAX) return '';
  const count = Number(blocks);
  const path = Array.from(
    { length: count - 1 },
    (_, index) => `M${(x + (width * (index + 1)) / count).toFixed(2)} ${y}v${BAR}`,
  );
  return `<path d="${path.join('')}" stroke="currentColor" stroke-width="0.5" fill="none"/>`;
}

function drawBar(
  name: string,
  bar: CapacityBar,
  y: number,
  { id, scale }: { readonly id: string; readonly scale: bigint },
): string {
  const lost = `fill="url(#${id}-lost)" stroke="currentColor" stroke-width="1"`;
  const head = widthOf(bar.head ?? 0n, scale);
  const taken = bar.taken === null ? 0 : widthOf(sizeOf(bar.taken), scale);
  const tail = widthOf(bar.tail ?? 0n, scale);
  const top = y + 18;
  const usable = bar.taken === null ? 0n : sizeOf(bar.taken);
  const told =
    `${bar.blocks} blocks, ${formatBytes(usable)} usable` +
    `; lost ${lostText(bar.head)} in front, ${lostText(bar.tail)} behind`;
  return [
    text(0, top + 19, name),
    text(LEFT, y + 12, shownRange(bar.range)),
    head > 0 ? rect(LEFT, top, head, lost) : '',
    bar.taken === null ? '' : rect(LEFT + head, top, taken, TAKEN),
    bar.taken === null ? '' : cellLines(LEFT + head, top, taken, bar.blocks),
    tail > 0 ? rect(LEFT + head + taken, top, tail, lost) : '',
    text(LEFT, top + BAR + 15, told),
  ].join('');
}

/**
 * Draws the table; colours are those of the text around it, and what is lost is hatched.
 *
 * @param id what the names inside the picture begin with: one page may have several.
 */
export function capacitySvg(table: CapacityTable, id: string): string {
  const bars = table.rows.flatMap(({ name, bars }) => bars.map((bar) => ({ name, bar })));
  const most = greatest(1n, ...bars.map(({ bar }) => sizeOf(bar.range)));
  const height = Math.max(ROW * bars.length, ROW);
  const drawn = bars.map(({ name, bar }, index) =>
    drawBar(name, bar, index * ROW, { id, scale: most }),
  );
  const lost = sum(
    bars.map(({ bar }) => bar),
    (bar) => (bar.head ?? 0n) + (bar.tail ?? 0n),
  );
  const blocks = `blocks of ${formatBytes(table.blockSize)}`;
  const least = bars.some(({ bar }) => bar.head === null) ? 'at least ' : '';
  const title = `What devices give to kmem in ${blocks}; ${least}${formatBytes(lost)} lost`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="100%"`,
    ` role="img" aria-labelledby="${id}-title" font-family="ui-monospace, monospace"`,
    ' font-size="13" fill="currentColor">',
    `<title id="${id}-title">${xmlText(title)}</title>`,
    `<defs><pattern id="${id}-lost" width="6" height="6" patternUnits="userSpaceOnUse">`,
    '<path d="M0 6L6 0" stroke="currentColor" stroke-width="1"/></pattern></defs>',
    ...drawn,
    '</svg>\n',
  ].join('');
}

/** The table and the picture as a section of an HTML report. */
export function capacitySection(table: CapacityTable, id: string): ReportSection {
  return {
    id: 'capacity',
    title: 'Capacity',
    text:
      'What each device gives to kmem: whole memory blocks. What lies in front of the first and' +
      ' behind the last one is hatched, and lost while kmem has the device.',
    svg: capacitySvg(table, id),
    lines: capacityLines(table),
  };
}
