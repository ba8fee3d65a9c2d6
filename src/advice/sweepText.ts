/** A sweep as a table, and what it comes to along each axis. */
import { formatCount, PAGE_WIDTH, wrap } from '../report/layout.js';
import type { Axis } from './axes.js';
import type { Sweep, SweepRow } from './sweep.js';

const ONE = { blocks: 'block of a device', devices: 'device', actors: 'script' } as const;
const MANY = { blocks: 'blocks of a device', devices: 'devices', actors: 'scripts' } as const;

const TOLD: Partial<Record<SweepRow['verdict'], string>> = {
  incomplete: 'not ended',
  'not-tried': 'not tried',
};

function rowLines(row: SweepRow, axes: readonly Axis[]): readonly string[] {
  const { verdict, distinctStates, findings } = row;
  const sizes = axes.map((axis) => String(row[axis]).padStart(axis.length)).join('  ');
  const states = verdict === 'not-tried' ? '-' : formatCount(distinctStates);
  const head = `${sizes}  ${(TOLD[verdict] ?? verdict).padEnd(10)}${states.padStart(14)}  `;
  const none = verdict === 'not-tried' ? '' : 'nothing';
  const texts = wrap(findings.join(', ') || none, PAGE_WIDTH - head.length);
  return texts.map((text, index) =>
    `${index === 0 ? head : ' '.repeat(head.length)}${text}`.trimEnd(),
  );
}

function endLine(axis: Axis, from: number | null, rows: readonly SweepRow[]): string {
  const isOne = new Set(rows.map((row) => row[axis])).size === 1;
  if (isOne) return `${MANY[axis]}: one size alone, which says nothing of others`;
  if (from === null) return `${MANY[axis]}: what is found still changes at the end: widen it`;
  return `from ${from} ${from === 1 ? ONE[axis] : MANY[axis]} on the findings stay the same`;
}

/** Renders a sweep. */
export function renderSweep({ axes, rows, stableFrom, isComplete }: Sweep): string {
  const heading = `${axes.join('  ')}  verdict           states  findings`;
  const ends = axes.map((axis) => endLine(axis, stableFrom[axis] ?? null, rows));
  const more = isComplete ? [] : ['as far as the rows have ended: --max-states widens'];
  return [heading, ...rows.flatMap((row) => rowLines(row, axes)), '', ...ends, ...more, ''].join(
    '\n',
  );
}
