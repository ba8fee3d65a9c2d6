/**
 * Results as Markdown: docs/benchmarks.md shows the tables as they are printed.
 */
import { type ModelRow, median, type Results, ratio, type SystemRow } from './results.js';

const MEBIBYTE = 1 << 20;

const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
const times = (value: number): string => (value < 10 ? value.toFixed(2) : value.toFixed(1));
const seconds = (values: readonly number[]): string => median(values).toFixed(3);
const or = <T>(value: T | null, show: (value: T) => string): string =>
  value === null ? '' : show(value);

/** Returns a table: a column whose name begins with `<` holds words, the others numbers. */
function markdown(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = columns.map((name) => (name.startsWith('<') ? '---' : '---:'));
  const head = columns.map((name) => name.replace('<', ''));
  return [line(head), `|${rule.join('|')}|`, ...rows.map(line)].join('\n');
}

const range = (values: readonly number[]): string =>
  values.length === 1
    ? 'once'
    : `${Math.min(...values).toFixed(3)} to ${Math.max(...values).toFixed(3)}`;

/** How many times as fast daxcheck with one worker was, whole processes and search alone. */
function against(row: SystemRow, rows: readonly SystemRow[]): string {
  const isSame = ({ system, size }: SystemRow): boolean =>
    system === row.system && size === row.size;
  const ours = rows.find((one) => isSame(one) && one.tool === 'daxcheck' && one.workers === 1);
  if (ours === undefined || ours === row) return '';
  const byWall = times(ratio(ours.wallSeconds, row.wallSeconds));
  if (ours.searchSeconds === null || row.searchSeconds === null) return byWall;
  return `${byWall}; search ${times(ratio(ours.searchSeconds, row.searchSeconds))}`;
}

function systemLine(row: SystemRow, rows: readonly SystemRow[]): string[] {
  const { states } = row;
  return [
    `${row.system} ${row.size}`,
    whole(states),
    row.tool,
    `${row.workers}`,
    row.flags,
    seconds(row.wallSeconds),
    range(row.wallSeconds),
    whole(states / median(row.wallSeconds)),
    or(row.searchSeconds, seconds),
    or(row.searchSeconds, (values) => whole(states / median(values))),
    or(row.peakRss, (bytes) => whole(bytes / MEBIBYTE)),
    or(row.peakRss, (bytes) => whole(bytes / states)),
    or(row.searchBytes, (bytes) => whole(bytes / states)),
    against(row, rows),
  ];
}

const SYSTEM_COLUMNS = [
  ...['<system', 'states', '<tool', 'workers', '<flags', 'whole s', '<min to max', 'states/s'],
  ...[
    'search s',
    'states/s',
    'peak MiB',
    'RSS/state',
    'search bytes/state',
    'daxcheck/1 is faster by',
  ],
];

function modelLine(row: ModelRow): string[] {
  const { states } = row;
  const time = median(row.searchSeconds);
  return [
    row.model,
    `${row.workers}`,
    row.depthLimit === null ? 'all' : `${row.depthLimit}`,
    whole(states),
    (row.transitions / states).toFixed(2),
    `${row.stateBytes}`,
    whole(row.searchBytes / states),
    or(row.peakRss, (bytes) => whole(bytes / MEBIBYTE)),
    time.toFixed(3),
    range(row.searchSeconds),
    whole(states / time),
    whole((time * 1e9) / states),
  ];
}

const MODEL_COLUMNS = [
  ...['<model', 'workers', 'depth', 'states', 'successors/state', 'bytes wide', 'bytes/state'],
  ...['peak MiB', 'search s', '<min to max', 'states/s', 'ns/state'],
];

/** How the time a state takes grows with their number. */
function growthLine(row: SystemRow): string[] {
  const time = median(row.searchSeconds ?? row.wallSeconds);
  const each = (value: number): string => whole((value * 1e9) / row.states);
  const successors = row.transitions / row.states;
  return [
    `${row.system} ${row.size}`,
    whole(row.states),
    successors.toFixed(2),
    `${row.workers}`,
    each(time),
    whole((time * 1e9) / row.transitions),
  ];
}

function about({ date, commit, machine, node, v8, rounds, peers }: Results): string {
  const changed = commit.changed ? ' with changes' : '';
  const memory = `${(machine.memoryBytes / 2 ** 30).toFixed(0)} GiB`;
  const tools = peers.map(({ tool, version, absent }) =>
    version === null ? `${tool}: not run, ${absent}.` : `${tool} ${version}.`,
  );
  return [
    `${date}, commit ${commit.id}${changed}; ${machine.cpu}, ${machine.processors} processors,`,
    `${memory}, ${machine.system}, load ${machine.load.toFixed(2)} at the start;`,
    `Node ${node} (V8 ${v8}); medians of ${rounds} rounds.`,
    ...tools,
  ].join('\n');
}

function coldStartText({ coldStart }: Results): string {
  if (coldStart === null) return '';
  const { model, seconds: all, nodeSeconds } = coldStart;
  return [
    `Cold start of \`${model}\`, from the start of \`node dist/cli.js explore\` to its end: median`,
    `${seconds(all)} s (${range(all)}, n = ${all.length}); of that, Node alone takes`,
    `${seconds(nodeSeconds)} s.`,
  ].join('\n');
}

/** Returns the tables by name: those that a run has rows for. */
export function tables(results: Results): Record<string, string> {
  const { systems, models, large } = results;
  const found: Record<string, string> = {};
  if (systems.length > 0) {
    const rows = systems.map((row) => systemLine(row, systems));
    found.systems = `${about(results)}\n\n${markdown(SYSTEM_COLUMNS, rows)}`;
    const ours = systems.filter((row) => row.tool === 'daxcheck');
    const columns = [
      '<system',
      'states',
      'successors/state',
      'workers',
      'ns/state',
      'ns/transition',
    ];
    found.growth = markdown(columns, ours.map(growthLine));
  }
  if (models.length > 0) {
    const table = markdown(MODEL_COLUMNS, models.map(modelLine));
    found.models = `${about({ ...results, peers: [] })}\n\n${table}\n\n${coldStartText(results)}`;
  } else if (results.coldStart !== null) {
    found.models = coldStartText(results);
  }
  if (large !== null) {
    const table = markdown(MODEL_COLUMNS, [modelLine(large)]);
    const head = `Once, on the same machine: ${large.date}, commit ${large.commit.id}.`;
    found.large = `${head}\n\n${table}`;
  }
  return found;
}
