/**
 * The gate as JUnit XML: a suite for each folder, a test case for each model. What a model answers
 * otherwise than it declares is a failure; a model that gave no answer is an error.
 */
import type { Failure, GateReport, GateRow } from './gateRecord.js';
import { element, type Xml, xmlDocument } from './xml.js';

/** Failures that are no answer of a model. */
const ERRORS: readonly Failure['kind'][] = ['invalid', 'error', 'crashed'];

const isError = (row: GateRow): boolean => row.failures.some(({ kind }) => ERRORS.includes(kind));

const seconds = (rows: readonly GateRow[]): string =>
  rows.reduce((sum, row) => sum + row.measured.seconds, 0).toFixed(3);

/** The folder of a model, and its name there. */
function splitPath(path: string): readonly [string, string] {
  const cut = path.lastIndexOf('/');
  return cut < 0 ? ['.', path] : [path.slice(0, cut) || '/', path.slice(cut + 1)];
}

function failureElement(row: GateRow): Xml[] {
  const [first] = row.failures;
  if (first === undefined) return [];
  const lines = row.failures.map(({ kind, text, place }) => {
    return `${place.file}:${place.line}:${place.column}: ${kind}: ${text}`;
  });
  const message = first.text.split('\n')[0] ?? '';
  const attributes = { message, type: first.kind };
  return [element(isError(row) ? 'error' : 'failure', attributes, { text: lines.join('\n') })];
}

function testCase(row: GateRow): Xml {
  const [folder, name] = splitPath(row.model);
  return element(
    'testcase',
    { name, classname: folder, time: row.measured.seconds.toFixed(3) },
    failureElement(row),
  );
}

/**
 * Renders the report.
 *
 * @param startedAt when the gate began; written in UTC and without a zone, as the format wants it.
 */
export function renderJunit({ rows, summary }: GateReport, startedAt: Date): string {
  const folders = [...new Set(rows.map(({ model }) => splitPath(model)[0]))].sort();
  const timestamp = startedAt.toISOString().slice(0, 19);
  const suites = folders.map((folder, id) => {
    const inside = rows.filter(({ model }) => splitPath(model)[0] === folder);
    const failed = inside.filter((row) => !row.met);
    const errors = failed.filter(isError).length;
    const attributes = {
      id,
      name: folder,
      package: folder,
      timestamp,
      hostname: 'localhost',
      tests: inside.length,
      failures: failed.length - errors,
      errors,
      time: seconds(inside),
    };
    const properties = [
      element('property', { name: 'exit status', value: summary.exitStatus }),
      element('property', { name: 'models not run', value: summary.notRun }),
    ];
    return element('testsuite', attributes, [
      element('properties', {}, properties),
      ...inside.map(testCase),
      element('system-out', {}),
      element('system-err', {}),
    ]);
  });
  return xmlDocument(element('testsuites', {}, suites));
}
