/** What `--stats` tells, as text: time, levels, steps, the table, and what the memory is for. */
import type { MemoryStats } from '../engine/engine.js';
import type { ActionCount, Stats, Verdict } from '../verdict/trace.js';
import { formatCount, formatMemory, PAGE_WIDTH } from './layout.js';
import { PLAIN, type Style } from './style.js';

/** Rows of a table of steps; the rest is in the JSON. */
const ROWS_MAX = 12;

/** Renders the numbers of an exploration that was asked for them; nothing for another. */
export function renderStats(verdict: Verdict, style: Style = PLAIN): string {
  const { stats } = verdict.measured;
  if (stats === undefined) return '';
  const sections = [
    section('Time', timeRows(stats), style),
    ...(stats.levels.length === 0 ? [] : [section('Levels', levelRows(stats), style)]),
    ...actionSections(stats, style),
    ...keptSections(stats, verdict, style),
  ];
  return sections.join('\n');
}

function actionSections({ commands, points }: Stats, style: Style): string[] {
  if (commands === undefined || points === undefined) return [];
  return [
    section('Steps by command', actionRows(commands), style),
    section('Steps by where they begin in the kernel', actionRows(points), style),
  ];
}

function keptSections({ kept }: Stats, verdict: Verdict, style: Style): string[] {
  if (kept === undefined) return [];
  return [
    section('Table of states', tableRows(kept), style),
    section('Memory', memoryRows(kept, verdict), style),
  ];
}

type Row = readonly [name: string, value: string, note?: string];

function section(title: string, rows: readonly Row[], style: Style): string {
  const names = Math.max(...rows.map(([name]) => name.length));
  const values = Math.max(...rows.map(([, value]) => value.length));
  const lines = rows.map(([name, value, note = '']) =>
    `  ${name.padEnd(names)}  ${value.padStart(values)}  ${note}`.trimEnd(),
  );
  return `${[style.title(title), ...lines].join('\n')}\n`;
}

const seconds = (value: number): string => `${value.toFixed(3)} s`;

function timeRows({ seconds: time }: Stats): Row[] {
  return [
    ['compile', seconds(time.compile)],
    ['reserve', seconds(time.reserve)],
    ['search', seconds(time.search)],
    ['  tables grow', seconds(time.growing), 'all workers together'],
    ['  at barriers', seconds(time.waiting), 'of all workers, added up'],
    ['traces', seconds(time.traces)],
    ['properties', seconds(time.properties)],
  ];
}

/** At most so many rows: neighbouring levels share one where there are more. */
function levelRows({ levels }: Stats): Row[] {
  const each = Math.ceil(levels.length / ROWS_MAX);
  return Array.from({ length: Math.ceil(levels.length / each) }, (_, row) => {
    const group = levels.slice(row * each, (row + 1) * each);
    const from = row * each;
    const to = from + group.length - 1;
    const states = group.reduce((sum, level) => sum + level.states, 0);
    const spent = group.reduce((sum, level) => sum + level.seconds, 0);
    const name = from === to ? `depth ${from}` : `depth ${from}-${to}`;
    return [name, `${formatCount(states)} states`, seconds(spent)];
  });
}

function actionRows(actions: readonly ActionCount[]): Row[] {
  const all = actions.reduce((sum, { count }) => sum + count, 0);
  const rows = actions
    .slice(0, ROWS_MAX)
    .map(({ name, count }): Row => [shortened(name), formatCount(count), part(count, all)]);
  const rest = actions.slice(ROWS_MAX);
  if (rest.length > 0) {
    const count = rest.reduce((sum, action) => sum + action.count, 0);
    rows.push([`${rest.length} more`, formatCount(count), part(count, all)]);
  }
  return [...rows, ['all', formatCount(all)]];
}

const part = (count: number, all: number): string => `${((count * 100) / all).toFixed(1)} %`;

function shortened(name: string): string {
  const width = PAGE_WIDTH - 28;
  return name.length <= width ? name : `${name.slice(0, width - 1)}…`;
}

function tableRows({ probes }: MemoryStats): Row[] {
  return [
    ['load', `${(probes.load * 100).toFixed(1)} %`],
    ['slots read, mean', probes.mean.toFixed(2), `over ${formatCount(probes.sampled)} states`],
    ['slots read, 99 of 100', String(probes.percentile99), 'at most'],
    ['slots read, most', String(probes.most)],
  ];
}

function memoryRows(stats: MemoryStats, { distinctStates, measured }: Verdict): Row[] {
  const { memory, parts, stateBytes, packedBytes } = stats;
  const found = measured.statesFound ?? distinctStates;
  const row = (name: string, bytes: number, note = ''): Row => [
    name,
    formatMemory(bytes),
    `${(bytes / found).toFixed(1)} bytes a state${note}`,
  ];
  const isPacked = parts > 0;
  return [
    row('states', memory.states, isPacked ? `, for ${stateBytes} unpacked` : ''),
    row('their table', memory.table),
    ...(isPacked ? [row('parts', memory.parts, `, ${formatCount(parts)} distinct`)] : []),
    ...(isPacked ? [row('their table', memory.partsTable)] : []),
    [
      'fixed',
      formatMemory(memory.fixed),
      packedBytes === stateBytes ? '' : 'settings, workers, levels',
    ],
  ];
}
