/** Writes a plain trace as ITF, or as the JSON that TLC writes (`-dumpTrace json`). */
import type { PlainState, PlainTrace, Value } from './plainTrace.js';

const FORMAT_DESCRIPTION = 'https://apalache-mc.org/docs/adr/015adr-trace.html';

const NONE: Value = { tag: 'None', value: { '#tup': [] } };
const some = (value: Value): Value => ({ tag: 'Some', value });

/** Renders a trace as ITF, one state a line. */
export function renderPlainItf(trace: PlainTrace): string {
  const { vars, states, loop, source } = trace;
  const names = [...new Set(states.flatMap(({ picks }) => Object.keys(picks)))].sort();
  const lines = states.map(({ action, picks, values }, index) => {
    const chosen = names.map((name) => {
      const pick = picks[name];
      return [name, pick === undefined ? NONE : some(pick)] as const;
    });
    return JSON.stringify({
      '#meta': { index },
      ...values,
      'mbt::actionTaken': index === 0 ? 'init' : (action ?? 'step'),
      'mbt::nondetPicks': Object.fromEntries(chosen),
    });
  });
  const meta = {
    format: 'ITF',
    'format-description': FORMAT_DESCRIPTION,
    ...(source !== null && { source }),
  };
  return [
    '{',
    `"#meta": ${JSON.stringify(meta)},`,
    `"vars": ${JSON.stringify([...vars, 'mbt::actionTaken', 'mbt::nondetPicks'])},`,
    ...(loop === null ? [] : [`"loop": ${loop},`]),
    '"states": [',
    lines.join(',\n'),
    ']',
    '}',
    '',
  ].join('\n');
}

/** TLC's integers have 32 bits. */
const INT_MAX = 2n ** 31n - 1n;

/**
 * An ITF expression as TLC writes it: sets and tuples are arrays, functions objects. Integers of
 * more than 32 bits, which TLC has not, become strings in hex, as addresses are written.
 */
export function tlcValue(value: Value): Value {
  if (typeof value === 'number') return tlcInteger(BigInt(value));
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(tlcValue);
  const record = value as { readonly [field: string]: Value };
  const { '#bigint': big, '#map': pairs } = record;
  if (typeof big === 'string') return tlcInteger(BigInt(big));
  const list = record['#set'] ?? record['#tup'];
  if (Array.isArray(list)) return list.map(tlcValue);
  if (Array.isArray(pairs)) return tlcFunction(pairs as readonly (readonly [Value, Value])[]);
  return Object.fromEntries(Object.entries(record).map(([name, part]) => [name, tlcValue(part)]));
}

function tlcInteger(value: bigint): Value {
  if (value >= -INT_MAX - 1n && value <= INT_MAX) return Number(value);
  return value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}

function tlcFunction(pairs: readonly (readonly [Value, Value])[]): Value {
  const entries = pairs.map(([key, part]) => [tlcValue(key), tlcValue(part)] as const);
  const isNamed = entries.every(([key]) => typeof key === 'string' || typeof key === 'number');
  if (!isNamed) return entries.map(([key, part]) => [key, part]);
  return Object.fromEntries(entries.map(([key, part]) => [String(key), part]));
}

const tlcRecord = (record: Readonly<Record<string, Value>>): Record<string, Value> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, tlcValue(value)]));

/** Renders a trace as TLC does. */
export function renderPlainTlc(trace: PlainTrace): string {
  const { states, vars, loop, source } = trace;
  // No name of TLA+ has colons.
  const nameOf = (name: string): string => name.replace(/\W+/g, '_');
  const state = states.map(({ values }, index) => {
    const record = Object.entries(tlcRecord(values)).map(([name, value]) => [nameOf(name), value]);
    return [index + 1, Object.fromEntries(record)] as const;
  });
  const module = (source ?? 'Trace').replace(/^.*\/|\.\w+$/g, '');
  const line = { beginLine: 1, beginColumn: 1, endLine: 1, endColumn: 1, module };
  const step = (from: number, to: number, taken: PlainState | undefined) => [
    state[from],
    {
      name: taken?.action ?? 'Next',
      location: line,
      context: tlcRecord(taken?.picks ?? {}),
      parameters: Object.keys(taken?.picks ?? {}),
    },
    state[to],
  ];
  const action = states.slice(1).map((taken, index) => step(index, index + 1, taken));
  if (loop !== null) action.push(step(states.length - 1, loop, undefined));
  return `${JSON.stringify({ counterexample: { action, state }, vars: vars.map(nameOf) })}\n`;
}
