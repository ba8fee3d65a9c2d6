/**
 * Results as pictures for docs/benchmarks.md: beside the peers, and what a state costs as their
 * number grows. They stand alone, with colours for a light and a dark page.
 */
import { type Bar, drawBars, drawLines, type Series } from '../src/report/plot.js';
import { type ModelRow, median, type Results, ratio, type SystemRow } from './results.js';

export { resultsSchema } from './results.js';

/** The system beside the kernel in the plot of costs. */
const COST_SYSTEM = 'daxhp';

/** Smaller searches are mostly their start. */
const STATES_MIN = 50_000;

const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
const threads = (workers: number): string => (workers === 1 ? '1 worker' : `${workers} workers`);

/** The rows of the system that most tools ran; of those the largest. */
function comparedRows(systems: readonly SystemRow[]): readonly SystemRow[] {
  const groups = new Map<string, SystemRow[]>();
  for (const row of systems) {
    const key = `${row.system} ${row.size}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const toolsOf = (rows: readonly SystemRow[]): number =>
    new Set(rows.map(({ tool }) => tool)).size;
  const [most = []] = [...groups.values()].sort(
    (one, other) =>
      toolsOf(other) - toolsOf(one) || (other[0]?.states ?? 0) - (one[0]?.states ?? 0),
  );
  return most;
}

function barOf(row: SystemRow, ours: SystemRow | undefined): Bar {
  const value = median(row.wallSeconds);
  const times =
    ours === undefined || row.tool === 'daxcheck'
      ? ''
      : ` (× ${ratio(ours.wallSeconds, row.wallSeconds).toFixed(1)})`;
  return {
    name: `${row.tool}, ${threads(row.workers)}`,
    value,
    note: `${value.toFixed(value < 10 ? 2 : 1)} s${times}`,
    isOwn: row.tool === 'daxcheck',
  };
}

/** Seconds of each tool for the same states; null where none was measured. */
function peersPlot({ systems, date, commit }: Results): string | null {
  const rows = comparedRows(systems);
  const [first] = rows;
  if (first === undefined) return null;
  const ours = rows.find(({ tool, workers }) => tool === 'daxcheck' && workers === 1);
  const bars = rows.map((row) => barOf(row, ours));
  const told = bars.map(({ name, note }) => `${name}: ${note}`);
  const what = `${first.system} ${first.size}, ${whole(first.states)} states`;
  return drawBars({
    id: 'peers',
    isAlone: true,
    title: `${what}: seconds of whole processes`,
    description: `${date}, ${commit.id}: ${told.join('; ')}`,
    label: `Seconds for ${what}; in brackets, times daxcheck with 1 worker`,
    bars,
  });
}

/** A series for each subject and number of workers: nanoseconds a state over states. */
function costs(results: Results): readonly Series[] {
  const series = new Map<string, [number, number][]>();
  const add = (name: string, states: number, seconds: number): void => {
    if (states < STATES_MIN) return;
    series.set(name, [...(series.get(name) ?? []), [states, (seconds * 1e9) / states]]);
  };
  const isMeasured = ({ model }: ModelRow): boolean => !model.includes('own');
  for (const row of results.models.filter(isMeasured)) {
    add(`kernel, ${threads(row.workers)}`, row.states, median(row.searchSeconds));
  }
  const isShown = ({ tool, system }: SystemRow): boolean =>
    tool === 'daxcheck' && system === COST_SYSTEM;
  for (const row of results.systems.filter(isShown)) {
    const seconds = median(row.searchSeconds ?? row.wallSeconds);
    add(`${row.system}, ${threads(row.workers)}`, row.states, seconds);
  }
  return [...series]
    .map(([name, points]) => ({ name, points: points.sort(([one], [other]) => one - other) }))
    .filter(({ points }) => points.length > 1);
}

/** What a state costs as their number grows; null where there are too few sizes. */
function costPlot(results: Results): string | null {
  const series = costs(results);
  if (series.length === 0) return null;
  const told = series.map(({ name, points }) => {
    const at = points.map(([states, cost]) => `${whole(cost)} ns at ${whole(states)}`);
    return `${name}: ${at.join(', ')}`;
  });
  return drawLines({
    id: 'cost',
    isAlone: true,
    title: 'Time a state as their number grows',
    description: told.join('; '),
    x: { label: 'states', scale: 'log' },
    y: { label: 'nanoseconds a state', scale: 'linear' },
    series,
  });
}

/** The pictures by the name of their file in docs/pictures/. */
export function plots(results: Results): Readonly<Record<string, string>> {
  const found = { 'bench-peers': peersPlot(results), 'bench-cost': costPlot(results) };
  return Object.fromEntries(
    Object.entries(found).flatMap(([name, svg]) => (svg === null ? [] : [[`${name}.svg`, svg]])),
  );
}
