/**
 * Turns what the schema library finds into faults with a place and a hint.
 */
import type { z } from 'zod';
import { type Diagnostic, diagnose } from '../errors.js';
import { knownKeys } from './jsonSchema.js';
import { FORMATS } from './schema.js';
import { suggestion } from './suggest.js';
import type { Path, YamlSource } from './yamlSource.js';

type Issue = z.core.$ZodIssue;

const SHOWN_LENGTH_MAX = 60;

/** How a person calls each type. */
const TYPE_NAMES: { readonly [type: string]: string } = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a mapping (`key: value`)',
  record: 'a mapping (`key: value`)',
  array: 'a list (`- entry`)',
};

/** A fault of shape, and the value that it makes unusable. */
export interface SchemaFault {
  readonly path: Path;
  readonly fault: Diagnostic;
}

/** Translates all issues of one check of the whole file. */
export function schemaFaults(issues: readonly Issue[], source: YamlSource): SchemaFault[] {
  return issues.flatMap((issue) => faultsOf(issue, [], source));
}

function faultsOf(issue: Issue, around: Path, source: YamlSource): SchemaFault[] {
  const path = [...around, ...issue.path];
  if (issue.code === 'invalid_union') return unionFaults(issue.errors, path, source);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      return { path: [...path, key], fault: unknownKey(key, path, source) };
    });
  }
  return [{ path, fault: faultOf(issue, path, source) }];
}

function faultOf(issue: Issue, path: Path, source: YamlSource): Diagnostic {
  switch (issue.code) {
    case 'invalid_key':
      return keyFault(issue.issues[0], path, source);
    case 'invalid_type':
      return typeFault(TYPE_NAMES[issue.expected] ?? issue.expected, path, source);
    case 'invalid_value':
      return valueFault(issue.values.map(String), path, source);
    case 'invalid_format':
      return formatFault(issue, path, source);
    case 'too_small':
    case 'too_big':
      return rangeFault(issue, path, source);
    default:
      return diagnose('DAX012', source.placeOf(path), issue.message, { expected: 'another value' });
  }
}

/** Takes the alternative that the value was meant to be: the one whose own type fits. */
function unionFaults(options: readonly Issue[][], path: Path, source: YamlSource): SchemaFault[] {
  const meant = options.find((issues) => !issues.some((issue) => isOfRoot(issue)));
  if (meant !== undefined) return meant.flatMap((issue) => faultsOf(issue, path, source));
  const expected = options.flatMap((issues) => issues.filter(isOfRoot).map(expectedOf));
  return [{ path, fault: typeFault([...new Set(expected)].join(', or '), path, source) }];
}

function isOfRoot(issue: Issue): boolean {
  return (
    issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value')
  );
}

function expectedOf(issue: Issue): string {
  if (issue.code === 'invalid_value')
    return issue.values.map((value) => `\`${String(value)}\``).join(', ');
  return issue.code === 'invalid_type'
    ? (TYPE_NAMES[issue.expected] ?? issue.expected)
    : issue.code;
}

function unknownKey(key: string, path: Path, source: YamlSource): Diagnostic {
  const place = source.keyPlaceOf([...path, key]);
  const values = { suggestion: suggestion(key, knownKeys(path)) };
  return diagnose('DAX010', place, `unknown key \`${shorten(key)}\`${inside(path)}`, values);
}

function keyFault(issue: Issue | undefined, path: Path, source: YamlSource): Diagnostic {
  const name = String(path.at(-1) ?? '');
  const place = source.keyPlaceOf(path);
  const pattern = issue?.code === 'invalid_format' ? issue.pattern : undefined;
  const expected = formatOf(pattern)?.expected ?? 'another name';
  return diagnose('DAX018', place, `\`${shorten(name)}\` is no name for this`, { expected });
}

function typeFault(expected: string, path: Path, source: YamlSource): Diagnostic {
  const key = String(path.at(-1) ?? '');
  if (!source.has(path) && path.length > 0) {
    const place = source.keyPlaceOf(path.slice(0, -1));
    const values = { example: `\`${key}:\` with ${expected}` };
    return diagnose('DAX011', place, `missing key \`${key}\`${inside(path.slice(0, -1))}`, values);
  }
  const found = foundAt(path, source);
  const message = `found ${found}${key === '' ? '' : ` for \`${key}\``}, expected ${expected}`;
  return diagnose('DAX012', source.placeOf(path), message, { expected });
}

function valueFault(values: readonly string[], path: Path, source: YamlSource): Diagnostic {
  const expected = values.map((value) => `\`${value}\``).join(' or ');
  if (!source.has(path)) return typeFault(expected, path, source);
  const found = valueAt(path, source);
  const message = `found ${foundAt(path, source)}, expected ${expected}`;
  const hint = { suggestion: suggestion(String(found), values) };
  return diagnose('DAX013', source.placeOf(path), message, hint);
}

function formatFault(
  issue: { pattern?: string | undefined },
  path: Path,
  source: YamlSource,
): Diagnostic {
  const format = formatOf(issue.pattern);
  const expected = format?.expected ?? 'another form';
  const message = `found ${foundAt(path, source)}, expected ${expected}`;
  const values = { expected, suggestion: expected };
  return diagnose(format?.code ?? 'DAX013', source.placeOf(path), message, values);
}

function rangeFault(
  issue: Extract<Issue, { code: 'too_small' | 'too_big' }>,
  path: Path,
  source: YamlSource,
): Diagnostic {
  const place = source.placeOf(path);
  if (issue.origin === 'string' || issue.origin === 'array') {
    const what = issue.origin === 'array' ? 'entry' : 'character';
    return diagnose('DAX052', place, `\`${String(path.at(-1) ?? '')}\` is empty`, { what });
  }
  const isSmall = issue.code === 'too_small';
  const bound = isSmall ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
  const message = `found ${foundAt(path, source)}, expected a number of ${bound}`;
  return diagnose('DAX014', place, message, { expected: bound });
}

/** The library hands over the pattern printed between slashes. */
function formatOf(pattern: string | undefined): (typeof FORMATS)[number] | undefined {
  return FORMATS.find((format) => String(format.pattern) === pattern);
}

function inside(path: Path): string {
  return path.length === 0 ? '' : ` in \`${path.map(String).join('.')}\``;
}

function foundAt(path: Path, source: YamlSource): string {
  const value = valueAt(path, source);
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'number') return `the number ${value}`;
  return `\`${shorten(String(value))}\``;
}

function valueAt(path: Path, source: YamlSource): unknown {
  let value = source.value;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, step);
  }
  return value;
}

function shorten(text: string): string {
  return text.length <= SHOWN_LENGTH_MAX ? text : `${text.slice(0, SHOWN_LENGTH_MAX)}...`;
}
