/**
 * Substitutions inside the values of rules: `$env{x}`, `$kernel` `%k`, `$devpath` `%p`, `$result`.
 */
import type { Operand } from '../program.js';
import { propertyVariable, type RuleState } from './ruleState.js';

export type ValuePiece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'event-device' };

export type Substituted =
  | { readonly kind: 'pieces'; readonly pieces: readonly ValuePiece[] }
  | { readonly kind: 'fault'; readonly message: string };

/** The path under /sys of the event's own block; the shell compiler knows the name. */
const EVENT_DEVPATH = '/devices/system/memory/memory@event';

const SUBSTITUTION = /\$\$|%%|\$(\w+)(?:\{([^}]*)\})?|%(\w)(?:\{([^}]*)\})?/g;

/** Splits a value at its substitutions and resolves them; an unsupported one is a fault. */
export function substituteValue(value: string, state: RuleState): Substituted {
  const pieces: ValuePiece[] = [];
  let last = 0;
  for (const match of value.matchAll(SUBSTITUTION)) {
    pieces.push({ kind: 'text', text: value.slice(last, match.index) });
    last = match.index + match[0].length;
    if (match[0] === '$$' || match[0] === '%%') {
      pieces.push({ kind: 'text', text: match[0].slice(1) });
      continue;
    }
    const name = match[1] ?? SHORT.get(match[3] ?? '') ?? match[0];
    const piece = resolve(name, match[2] ?? match[4] ?? '', state);
    if (typeof piece === 'string') return { kind: 'fault', message: `${match[0]}: ${piece}` };
    pieces.push(piece);
  }
  pieces.push({ kind: 'text', text: value.slice(last) });
  return { kind: 'pieces', pieces: pieces.filter((piece) => piece.kind !== 'text' || piece.text) };
}

const SHORT: ReadonlyMap<string, string> = new Map([
  ['k', 'kernel'],
  ['p', 'devpath'],
  ['E', 'env'],
  ['c', 'result'],
  ['S', 'sys'],
]);

function resolve(name: string, argument: string, state: RuleState): ValuePiece | string {
  const memoryOnly = state.subsystems.every((subsystem) => subsystem === 'memory');
  switch (name) {
    case 'kernel':
      return { kind: 'event-device' };
    case 'sys':
      return { kind: 'text', text: '/sys' };
    case 'devpath':
      if (memoryOnly) return { kind: 'text', text: EVENT_DEVPATH };
      return 'only in rules for SUBSYSTEM=="memory"';
    case 'result':
      return state.result === null ? 'no PROGRAM ran before' : { kind: 'text', text: state.result };
    case 'env': {
      const property = state.properties.get(argument);
      if (property === undefined) return `ENV{${argument}} is never set before this`;
      if (property.kind === 'text') return property;
      if (property.kind === 'unknown') return `what ENV{${argument}} holds is not known`;
      return { kind: 'variable', name: propertyVariable(argument) };
    }
    default:
      return 'this substitution is not supported';
  }
}

/** The pieces as one operand; null when a run-time value is joined to anything. */
export function piecesOperand(pieces: readonly ValuePiece[]): Operand | null {
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined && only.kind !== 'text') return only;
  const texts = pieces.flatMap((piece) => (piece.kind === 'text' ? [piece.text] : []));
  return texts.length === pieces.length ? { kind: 'constant', text: texts.join('') } : null;
}

/** The pieces as shell source; the event's device is the variable `kernel`. */
export function piecesShell(pieces: readonly ValuePiece[]): string {
  return pieces
    .map((piece) => {
      if (piece.kind === 'text') return piece.text;
      const name = piece.kind === 'variable' ? piece.name : 'kernel';
      return `\${${name}}`;
    })
    .join('');
}
