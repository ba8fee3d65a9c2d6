/** The table of the gate: a line for each model, why it failed under it, and the sum. */
import { describeExitStatus } from './exitStatus.js';
import { countFailures, type GateReport, type GateRow } from './gateRecord.js';
import { formatCount, plural } from './layout.js';
import type { Style } from './style.js';

function rowLines(row: GateRow, width: number, style: Style): string[] {
  const outcome = row.met ? style.good('ok    ') : style.bad('FAILED');
  const { kernel, distinctStates, transitions, depth } = row;
  // Without a kernel, nothing was explored.
  const countOf = (count: number): string => (kernel === null ? '-' : formatCount(count));
  const counts = [
    countOf(distinctStates).padStart(12),
    countOf(transitions).padStart(14),
    countOf(depth).padStart(7),
  ].join('');
  const name = row.model.padEnd(width);
  const why = row.failures.flatMap(({ kind, text, place }) => {
    const isElsewhere = place.file !== row.model || place.line > 1;
    const at = isElsewhere ? ` (${place.file}:${place.line})` : '';
    const [first = '', ...others] = text.split('\n');
    return [`${kind}: ${first}${at}`, ...others.map((line) => `  ${line}`)];
  });
  return [
    `${outcome}  ${name}  ${row.verdict.padEnd(10)}${counts}`,
    ...why.map((line) => `        ${line}`),
  ];
}

/** Counts the models that failed, by what failed: `2 counts, 1 held`. */
export function describeFailures(rows: readonly GateRow[]): string {
  return Object.entries(countFailures(rows))
    .map(([kind, count]) => `${formatCount(count)} ${kind}`)
    .join(', ');
}

/** Says how many models are as declared, and what failed of the others. */
export function gateSum({ rows, summary }: GateReport): string {
  const { met, notRun, skipped } = summary;
  const failed = describeFailures(rows);
  return [
    `${formatCount(met)} of ${formatCount(rows.length)} models as declared`,
    ...(failed === '' ? [] : [`failed: ${failed}`]),
    ...(notRun === 0 ? [] : [`${formatCount(notRun)} not run`]),
    ...(skipped === 0 ? [] : [`${formatCount(skipped)} left out`]),
  ].join('; ');
}

function baselineLines({ baseline }: GateReport, isQuiet: boolean): string[] {
  if (baseline === null) return [];
  const { file, changes } = baseline;
  const what = changes.length === 0 ? 'nothing changed' : 'written';
  return [`${file}: ${what}`, ...(isQuiet ? [] : changes.map((change) => `  ${change}`))];
}

/**
 * Renders the table.
 *
 * @param options `quiet`: only the models that failed.
 */
export function gateText(
  report: GateReport,
  style: Style,
  { quiet = false }: { readonly quiet?: boolean } = {},
): string {
  const { rows, summary } = report;
  const { exitStatus, measured } = summary;
  const shown = quiet ? rows.filter((row) => !row.met) : rows;
  const width = Math.max(5, ...shown.map((row) => row.model.length));
  const head = `        ${'model'.padEnd(width)}  ${'verdict'.padEnd(10)}`;
  const columns = `${'states'.padStart(12)}${'transitions'.padStart(14)}${'depth'.padStart(7)}`;
  const table = [
    style.faint(head + columns),
    ...shown.flatMap((row) => rowLines(row, width, style)),
  ];
  const time = `${measured.seconds.toFixed(1)} s, ${plural(measured.jobs, 'model')} at a time`;
  return [
    ...(shown.length === 0 ? [] : [...table, '']),
    ...baselineLines(report, quiet),
    gateSum(report),
    style.faint(`Measured: ${time}`),
    ...(exitStatus === 0 ? [] : [`Exit status ${exitStatus}: ${describeExitStatus(exitStatus)}`]),
    '',
  ].join('\n');
}
