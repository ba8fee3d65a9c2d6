/**
 * Traces of other tools: states as variables with values, as Apalache, Quint and others tell them
 * in ITF, and TLC in the JSON of `-dumpTrace json`. docs/trace-format.md says what is taken of
 * each.
 */
import * as z from 'zod';
import { type Diagnostic, diagnose } from '../errors.js';
import { lineAndColumn, offsetOfPath } from './jsonPlace.js';

/** An ITF expression, as JSON. */
export type Value =
  | string
  | number
  | boolean
  | readonly Value[]
  | { readonly [field: string]: Value };

export interface PlainState {
  /** What led here: null for the first state, and where the tool does not say. */
  readonly action: string | null;
  /** Arguments of the action, by name. */
  readonly picks: Readonly<Record<string, Value>>;
  readonly values: Readonly<Record<string, Value>>;
}

export interface PlainTrace {
  readonly from: 'itf' | 'tlc';
  /** The specification that it is of, where the file says so. */
  readonly source: string | null;
  readonly vars: readonly string[];
  readonly states: readonly PlainState[];
  /** Index of the state that follows the last one; null where the trace ends. */
  readonly loop: number | null;
}

export type PlainReading =
  | { readonly ok: true; readonly trace: PlainTrace }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

const ACTION = 'mbt::actionTaken';
const PICKS = 'mbt::nondetPicks';
const FAULTS_MAX = 20;

type Path = readonly (string | number)[];

/** What is wrong with an expression, by ADR-015; '' when nothing is. */
function valueFault(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'boolean') return '';
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) ? '' : `${value} is no integer within 2^53: write #bigint`;
  }
  if (value === null || typeof value !== 'object') return `${String(value)} is no expression`;
  if (Array.isArray(value)) return firstFault(value);
  const special = Object.keys(value).filter((key) => key.startsWith('#'));
  const [key] = special;
  if (key === undefined) return firstFault(Object.values(value));
  if (Object.keys(value).length > 1) return `${key} stands beside other fields`;
  return specialFault(key, (value as Record<string, unknown>)[key]);
}

function specialFault(key: string, inner: unknown): string {
  if (key === '#bigint') {
    const isDigits = typeof inner === 'string' && /^-?[0-9]+$/.test(inner);
    return isDigits ? '' : '#bigint is no string of digits';
  }
  if (key === '#unserializable') return typeof inner === 'string' ? '' : `${key} is no string`;
  if (!['#tup', '#set', '#map'].includes(key)) return `${key} is no form of ITF`;
  if (!Array.isArray(inner)) return `${key} is no array`;
  if (key === '#map' && !inner.every((pair) => Array.isArray(pair) && pair.length === 2)) {
    return '#map has something else than pairs';
  }
  return firstFault(key === '#map' ? inner.flat() : inner);
}

const firstFault = (values: readonly unknown[]): string =>
  values.map(valueFault).find((fault) => fault !== '') ?? '';

const itfShape = z.object({
  '#meta': z.looseObject({ source: z.string().optional() }).optional(),
  params: z.array(z.string()).optional(),
  vars: z.array(z.string()),
  states: z.array(z.record(z.string(), z.unknown())).min(1),
  loop: z.int().min(0).optional(),
});

/** Finds what ADR-015 does not allow in a document; each with its place in it. */
export function itfFaults(document: unknown): { path: Path; message: string }[] {
  const parsed = itfShape.safeParse(document);
  if (!parsed.success) {
    return parsed.error.issues.map(({ path, message }) => ({
      path: path.filter((key) => typeof key !== 'symbol'),
      message,
    }));
  }
  const { vars, states, loop } = parsed.data;
  const faults: { path: Path; message: string }[] = [];
  if (loop !== undefined && loop >= states.length) {
    faults.push({ path: ['loop'], message: `no state ${loop}: there are ${states.length}` });
  }
  for (const [index, state] of states.entries()) {
    for (const name of vars) {
      if (name in state) continue;
      faults.push({ path: ['states', index], message: `the variable ${name} is not set` });
    }
    for (const [name, value] of Object.entries(state)) {
      const message = name === '#meta' ? '' : valueFault(value);
      if (message !== '') faults.push({ path: ['states', index, name], message });
    }
  }
  return faults;
}

/** Takes the value out of an option as Quint writes it; undefined for none. */
function unwrap(value: Value | undefined): Value | undefined {
  if (typeof value !== 'object' || Array.isArray(value)) return value;
  const { tag, value: inner } = value as { readonly [field: string]: Value };
  if (tag === 'None') return undefined;
  return tag === 'Some' ? inner : value;
}

function itfTrace(document: z.output<typeof itfShape>): PlainTrace {
  // Quint names its own variables twice.
  const vars = [...new Set(document.vars)].filter((name) => name !== ACTION && name !== PICKS);
  const states = document.states.map((state, index): PlainState => {
    const values = state as Record<string, Value>;
    const action = values[ACTION];
    const picks = Object.entries((values[PICKS] ?? {}) as Record<string, Value>).flatMap(
      ([name, value]) => {
        const inner = unwrap(value);
        return inner === undefined ? [] : [[name, inner] as const];
      },
    );
    return {
      action: index > 0 && typeof action === 'string' ? action : null,
      picks: Object.fromEntries(picks),
      values: Object.fromEntries(vars.map((name) => [name, values[name] ?? '?'])),
    };
  });
  const source = document['#meta']?.source ?? null;
  return { from: 'itf', source, vars, states, loop: document.loop ?? null };
}

const json: z.ZodType<Value> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.array(json), z.record(z.string(), json)]),
);
const tlcState = z.tuple([z.int().min(1), z.record(z.string(), json)]);
const tlcAction = z.looseObject({
  name: z.string(),
  location: z.looseObject({ module: z.string().optional() }).optional(),
  context: z.record(z.string(), json).optional(),
});
const counterexample = z.object({
  action: z.array(z.tuple([tlcState, tlcAction, tlcState])),
  state: z.array(tlcState).min(1),
});
/** TLC of 2024 and later puts it below `counterexample`, and names the variables. */
const tlcShape = z.union([
  counterexample.transform((value) => ({ counterexample: value, vars: undefined })),
  z.object({ counterexample, vars: z.array(z.string()).optional() }),
]);

function tlcTrace(document: z.output<typeof tlcShape>): PlainTrace {
  const { counterexample: found, vars: named } = document;
  const { state, action } = found;
  const ordered = [...state].sort(([left], [right]) => left - right);
  const vars = named ?? Object.keys(ordered[0]?.[1] ?? {});
  const closing = action.find(([from, , to]) => to[0] <= from[0]);
  const states = ordered.map(([number, values]): PlainState => {
    const [, taken] = action.find(([from, , to]) => to[0] === number && from[0] < number) ?? [];
    return {
      action: taken?.name ?? null,
      picks: taken?.context ?? {},
      values: Object.fromEntries(vars.map((name) => [name, values[name] ?? '?'])),
    };
  });
  const module = action[0]?.[1].location?.module;
  return {
    from: 'tlc',
    source: module === undefined ? null : `${module}.tla`,
    vars,
    states,
    loop: closing === undefined ? null : ordered.findIndex(([number]) => number === closing[2][0]),
  };
}

/**
 * Reads a trace of another tool.
 *
 * Faults: DAX401 no JSON, DAX402 neither ITF nor TLC's, DAX404 an ITF that breaks its own rules.
 */
export function parsePlain(text: string, file: string): PlainReading {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return refused(diagnose('DAX401', { file, line: 1, column: 1 }, 'not JSON'));
  }
  const tlc = tlcShape.safeParse(document);
  if (tlc.success) return { ok: true, trace: tlcTrace(tlc.data) };
  const keys = typeof document === 'object' && document !== null ? Object.keys(document) : [];
  if (!keys.includes('vars') || !keys.includes('states')) {
    const found = 'neither a trace in ITF nor one that TLC wrote with -dumpTrace json';
    return refused(diagnose('DAX402', { file, line: 1, column: 1 }, found));
  }
  const faults = itfFaults(document);
  if (faults.length === 0) return { ok: true, trace: itfTrace(itfShape.parse(document)) };
  const diagnostics = faults.slice(0, FAULTS_MAX).map(({ path, message }) => {
    const place = { file, ...lineAndColumn(text, offsetOfPath(text, path)) };
    return diagnose('DAX404', place, `${path.join('.')}: ${message}`);
  });
  return { ok: false, diagnostics };
}

const refused = (fault: Diagnostic): PlainReading => ({ ok: false, diagnostics: [fault] });
