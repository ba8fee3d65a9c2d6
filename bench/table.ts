/** What a bench found, and its table as Markdown: docs/benchmarks.md shows it as it is printed. */

/** One system searched with so many workers; a number of seconds for each round. */
export interface SearchRow {
  readonly name: string;
  readonly workers: number;
  /** null: explored to the end. */
  readonly depthLimit: number | null;
  readonly states: number;
  readonly transitions: number;
  /** Width of the state vector. */
  readonly stateBytes: number;
  /** All memory of the run. */
  readonly memoryBytes: number;
  readonly seconds: readonly number[];
}

/** Whole processes, and as many of Node alone between them. */
export interface ColdStart {
  readonly model: string;
  readonly seconds: readonly number[];
  readonly nodeSeconds: readonly number[];
}

export interface Results {
  readonly date: string;
  readonly machine: { readonly cpu: string; readonly processors: number };
  readonly node: string;
  readonly v8: string;
  readonly rounds: number;
  readonly searches: readonly (SearchRow & { readonly medianSeconds: number })[];
  readonly coldStart: ColdStart | null;
}

/** Returns the middle one of the sorted values (the upper one of two). */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

const whole = (value: number): string => Math.round(value).toLocaleString('en-US');

function searchLine(row: Results['searches'][number]): string {
  const rates = row.seconds.map((seconds) => row.states / seconds);
  const cells = [
    row.name,
    row.workers,
    row.depthLimit ?? 'all',
    whole(row.states),
    (row.transitions / row.states).toFixed(2),
    row.stateBytes,
    whole(row.memoryBytes / row.states),
    row.medianSeconds.toFixed(3),
    whole(row.states / row.medianSeconds),
    `${whole(Math.min(...rates))} to ${whole(Math.max(...rates))}`,
  ];
  return `| ${cells.join(' | ')} |`;
}

function coldStartText({ model, seconds, nodeSeconds }: ColdStart): string {
  const range = `${Math.min(...seconds).toFixed(3)} to ${Math.max(...seconds).toFixed(3)}`;
  return [
    `Cold start of ${model}, from the start of \`node dist/cli.js explore\` to its end: median`,
    `${median(seconds).toFixed(3)} s (${range}, n = ${seconds.length}); of that, Node alone takes`,
    `${median(nodeSeconds).toFixed(3)} s.`,
    '',
  ].join('\n');
}

/** Prints the results: the machine, a table of the searches, the cold start. */
export function table(results: Results): string {
  const { date, machine, node, v8, rounds } = results;
  const columns = [
    ['system', 'workers', 'depth', 'states', 'successors/state', 'bytes wide'],
    ['memory/state', 'median s', 'states/s', 'min to max'],
  ].flat();
  return [
    `${date}: ${machine.cpu}, ${machine.processors} processors; Node ${node} (V8 ${v8});`,
    `median of ${rounds} rounds.`,
    '',
    `| ${columns.join(' | ')} |`,
    `|---|${columns
      .slice(1)
      .map(() => '---:|')
      .join('')}`,
    ...results.searches.map(searchLine),
    '',
    ...(results.coldStart === null ? [] : [coldStartText(results.coldStart)]),
  ].join('\n');
}
