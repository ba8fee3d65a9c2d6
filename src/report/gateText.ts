/** The table of the gate: a line for each model, why it failed under it, and the sum. */
import { describeExitStatus } from './exitStatus.js';
import { countFailures, type GateReport, type GateRow } from './gateRecord.js';
import { formatCount, plural } from './layout.js';
import type { Style } from './style.js';

function rowLines(row: GateRow, width: number, style: Style): string[] {
  const outcome = row.met ? style.good('ok    ') : style.bad('FAILED');
  const counts = [
    formatCount(row.distinctStates).padStart(12),
    formatCount(row.transitions).padStart(14),
    String(row.depth).padStart(7),
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

/** Renders the table. */
export function gateText(report: GateReport, style: Style): string {
  const { rows, summary, baseline } = report;
  const width = Math.max(5, ...rows.map((row) => row.model.length));
  const head = `        ${'model'.padEnd(width)}  ${'verdict'.padEnd(10)}`;
  const columns = `${'states'.padStart(12)}${'transitions'.padStart(14)}${'depth'.padStart(7)}`;
  const { exitStatus, measured } = summary;
  const { seconds, jobs } = measured;
  const written =
    baseline === null
      ? []
      : [
          `${baseline.file}: ${baseline.changes.length === 0 ? 'nothing changed' : 'written'}`,
          ...baseline.changes.map((change) => `  ${change}`),
        ];
  return [
    style.faint(head + columns),
    ...rows.flatMap((row) => rowLines(row, width, style)),
    '',
    ...written,
    gateSum(report),
    style.faint(`Measured: ${seconds.toFixed(1)} s, ${plural(jobs, 'model')} at a time`),
    ...(exitStatus === 0 ? [] : [`Exit status ${exitStatus}: ${describeExitStatus(exitStatus)}`]),
    '',
  ].join('\n');
}
