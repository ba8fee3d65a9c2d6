/** A plain trace as text: the first state, then of each step what it changed. */
import { labelled, PAGE_WIDTH, plural, wrap } from './layout.js';
import type { PlainState, PlainTrace, Value } from './plainTrace.js';
import type { Style } from './style.js';

const DETAIL = { indent: 6, labelWidth: 4, width: PAGE_WIDTH };
const TOOLS = { itf: 'in ITF', tlc: 'of TLC' } as const;

/** Writes a value as a reader of TLA+ would. */
export function formatValue(value: Value): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object') return String(value);
  const join = (parts: readonly Value[]): string => parts.map(formatValue).join(', ');
  if (Array.isArray(value)) return `<<${join(value)}>>`;
  const record = value as { readonly [field: string]: Value };
  const { '#bigint': big, '#set': set, '#tup': tuple, '#map': map } = record;
  if (typeof big === 'string') return big;
  if (Array.isArray(set)) return `{${join(set)}}`;
  if (Array.isArray(tuple)) return `<<${join(tuple)}>>`;
  if (Array.isArray(map)) {
    const pairs = map as readonly (readonly [Value, Value])[];
    const told = pairs.map(([key, part]) => `${formatValue(key)} -> ${formatValue(part)}`);
    return `[${told.join(', ')}]`;
  }
  const fields = Object.entries(record).map(([name, part]) => `${name}: ${formatValue(part)}`);
  return `[${fields.join(', ')}]`;
}

/** Parts of a value that can be told apart by a name; null where it is told as a whole. */
function partsOf(value: Value): ReadonlyMap<string, Value> | null {
  if (typeof value !== 'object' || Array.isArray(value)) return null;
  const record = value as { readonly [field: string]: Value };
  const map = record['#map'];
  if (Array.isArray(map)) {
    const pairs = map as readonly (readonly [Value, Value])[];
    return new Map(pairs.map(([key, part]) => [formatValue(key), part]));
  }
  if (Object.keys(record).some((name) => name.startsWith('#'))) return null;
  return new Map(Object.entries(record));
}

/** In what a value differs from what it was: a line for each part. */
function changes(name: string, before: Value | undefined, after: Value | undefined): string[] {
  if (before === undefined) return [`${name}: added ${formatValue(after ?? '?')}`];
  if (after === undefined) return [`${name}: removed`];
  const [old, now] = [partsOf(before), partsOf(after)];
  if (old !== null && now !== null) {
    const names = [...new Set([...old.keys(), ...now.keys()])];
    return names.flatMap((part) => changes(`${name}[${part}]`, old.get(part), now.get(part)));
  }
  const [from, to] = [formatValue(before), formatValue(after)];
  return from === to ? [] : [`${name}: ${from} -> ${to}`];
}

function headOf({ action, picks }: PlainState): string {
  const given = Object.entries(picks).map(([name, value]) => `${name} = ${formatValue(value)}`);
  return `${action ?? 'step'}${given.length === 0 ? '' : `(${given.join(', ')})`}`;
}

/** Renders a trace of another tool. */
export function renderPlain(trace: PlainTrace, style: Style): string {
  const { states, vars, loop, source, from } = trace;
  const [first] = states;
  const steps = states.slice(1).flatMap((state, index) => {
    const told = vars.flatMap((name) =>
      changes(name, states[index]?.values[name], state.values[name]),
    );
    const mark =
      loop === index + 1 ? [style.warning('==> The steps from here on are repeated:')] : [];
    const head = wrap(headOf(state), PAGE_WIDTH - 6).map(
      (line, at) =>
        (at === 0
          ? String(index + 1)
              .padStart(4)
              .padEnd(6)
          : ' '.repeat(6)) + line,
    );
    return [
      ...head.map(style.actor),
      ...(told.length === 0 ? ['nothing changes'] : told).flatMap((text) =>
        labelled('now', text, DETAIL),
      ),
      ...mark,
    ];
  });
  const extent = `${plural(states.length - 1, 'step')}, ${plural(vars.length, 'variable')}`;
  const lines = [
    style.title(`A trace ${TOOLS[from]}${source === null ? '' : `, of ${source}`}: ${extent}`),
    '',
    style.title('Start'),
    ...vars.flatMap((name) =>
      labelled(name, formatValue(first?.values[name] ?? '?'), {
        indent: 4,
        labelWidth: Math.min(24, Math.max(...vars.map(({ length }) => length)) + 2),
        width: PAGE_WIDTH,
      }),
    ),
    ...(loop === 0 ? [style.warning('==> All steps are repeated:')] : []),
    '',
    style.title('Steps'),
    ...steps,
    ...(loop === null ? [] : [style.warning(`==> and back to the state after step ${loop}.`)]),
  ];
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}
