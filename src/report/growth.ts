/** How many states a search found at each depth, as a picture and as a table. */
import { formatCount, plural } from './layout.js';
import { drawLines } from './plot.js';

/** Rows of the table; neighbouring depths share one where there are more. */
const ROWS_MAX = 40;

/** All states up to each depth. */
function sumsOf(levels: readonly number[]): number[] {
  let sum = 0;
  return levels.map((states) => {
    sum += states;
    return sum;
  });
}

/** What the picture shows, in a sentence. */
export function growthText(levels: readonly number[]): string {
  const widest = levels.indexOf(Math.max(...levels));
  const all = levels.reduce((sum, states) => sum + states, 0);
  const most = plural(levels[widest] ?? 0, 'state');
  const whole = `${plural(all, 'state')} in ${plural(levels.length, 'level')}`;
  return `${whole}; the widest is depth ${widest} with ${most}.`;
}

/** New states and all states by depth; the count of states on a logarithmic scale. */
export function drawGrowth(levels: readonly number[], id: string): string {
  const depths = (values: readonly number[]) =>
    values.map((value, depth): [number, number] => [depth, value]);
  return drawLines({
    id,
    title: 'States by depth',
    description: growthText(levels),
    x: { label: 'depth: steps from the initial state', scale: 'linear', isWhole: true },
    y: { label: 'states', scale: 'log' },
    series: [
      { name: 'all so far', points: depths(sumsOf(levels)) },
      { name: 'new', points: depths(levels) },
    ],
  });
}

/** The same as lines of text. */
export function growthRows(levels: readonly number[]): string[] {
  const each = Math.ceil(levels.length / ROWS_MAX);
  const sums = sumsOf(levels);
  const rows = Array.from({ length: Math.ceil(levels.length / each) }, (_, row) => {
    const from = row * each;
    const to = Math.min(from + each, levels.length) - 1;
    const fresh = levels.slice(from, to + 1).reduce((sum, states) => sum + states, 0);
    const depth = from === to ? `${from}` : `${from}-${to}`;
    return [depth, formatCount(fresh), formatCount(sums[to] ?? 0)] as const;
  });
  const table = [['depth', 'new', 'all so far'] as const, ...rows];
  const widths = [0, 1, 2].map((column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  return table.map((row) =>
    row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  '),
  );
}
