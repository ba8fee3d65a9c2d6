/**
 * The gate for GitHub Actions: annotations, which are lines of output that begin with `::`, and the
 * summary of the job, which is markdown.
 */
import { joinLines } from '../model/lines.js';
import type { GateReport, GateRow } from './gateRecord.js';
import { gateSum } from './gateText.js';
import { formatCount } from './layout.js';

const escapeData = (text: string): string =>
  text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');

const escapeProperty = (text: string): string =>
  escapeData(text).replace(/:/g, '%3A').replace(/,/g, '%2C');

/** Renders an annotation for each failure; an empty text when there is none. */
export function renderAnnotations({ rows }: GateReport): string {
  const lines = rows.flatMap(({ model, failures }) =>
    failures.map(({ kind, text, place }) => {
      const properties = Object.entries({
        file: place.file,
        line: String(place.line),
        col: String(place.column),
        title: `daxcheck: ${kind}: ${model}`,
      }).map(([name, value]) => `${name}=${escapeProperty(value)}`);
      return `::error ${properties.join(',')}::${escapeData(text)}\n`;
    }),
  );
  return lines.join('');
}

/** Writes a text into a cell of a table: nothing in it is markdown or HTML. */
function cell(text: string): string {
  const plain = text.replace(
    /[\\`*_{}[\]<>()#+!|~&]/g,
    (character) => `&#${character.charCodeAt(0)};`,
  );
  return joinLines(plain, '<br>');
}

/** GitHub shows a summary of at most 1 MiB, and no part of a larger one. */
const ROWS_MAX = 500;

function failedTable(rows: readonly GateRow[]): string[] {
  const lines = rows.flatMap(({ model, verdict, failures }) =>
    failures.map(
      ({ kind, text }) => `| ${cell(model)} | ${cell(verdict)} | ${kind} | ${cell(text)} |`,
    ),
  );
  if (lines.length === 0) return [];
  const more = lines.length - ROWS_MAX;
  return [
    '| model | verdict | failed | why |',
    '|---|---|---|---|',
    ...lines.slice(0, ROWS_MAX),
    '',
    ...(more > 0 ? [`and ${formatCount(more)} more`, ''] : []),
  ];
}

/** Renders the summary of the job: what failed, and every model folded away. */
export function renderSummary(report: GateReport): string {
  const { rows, baseline } = report;
  const failed = rows.filter((row) => !row.met);
  const all = rows
    .slice(0, ROWS_MAX)
    .map(
      ({ model, verdict, distinctStates, depth }) =>
        `| ${cell(model)} | ${cell(verdict)} | ${formatCount(distinctStates)} | ${depth} |`,
    );
  return [
    `### daxcheck gate: ${failed.length === 0 ? 'passed' : 'failed'}`,
    '',
    `${gateSum(report)}.`,
    '',
    ...failedTable(failed),
    ...(baseline === null ? [] : [`Baseline ${cell(baseline.file)} written.`, '']),
    '<details><summary>Models</summary>',
    '',
    '| model | verdict | states | depth |',
    '|---|---|---:|---:|',
    ...all,
    '',
    '</details>',
    '',
  ].join('\n');
}
