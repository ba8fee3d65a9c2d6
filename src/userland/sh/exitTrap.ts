/**
 * `trap '…' EXIT`: its commands run where the script ends, on each way to its end. Signals are
 * never sent in a model, so what is trapped of them alone never runs.
 */
import { parse } from 'unbash';
import type { Invocation } from './command.js';
import { type Context, emit, finish, report, type Span } from './context.js';
import { compileList } from './control.js';
import type { Environment } from './environment.js';
import { knownText } from './words.js';

const SIGNALS = /^(?:SIG)?(?:INT|TERM|HUP|QUIT|PIPE|USR[12]|ALRM)$|^(?:1|2|3|13|15)$/;

/** Compiles `trap`. */
export function compileTrap(context: Context, call: Invocation): Environment | null {
  const words = call.fields.map(knownText);
  const [text, ...conditions] = words;
  const isExit = (word: string | null): boolean => word === 'EXIT' || word === '0';
  const others = conditions.filter((word) => !isExit(word));
  const isKnown = others.every((word) => word !== null && SIGNALS.test(word));
  if (text == null || conditions.length === 0 || !isKnown) {
    const suggestion = "supported: trap 'commands' EXIT, and signals, which nobody sends";
    report(context, 'DAX201', call.at, 'this trap is not supported', { suggestion });
    return null;
  }
  const env = finish(context, call.at, call.env, 0);
  if (!conditions.some(isExit)) return env;
  return { ...env, exitTrap: text === '-' || text === '' ? null : { text, at: call.at } };
}

/** Ends the script: what was trapped runs first. */
export function emitExit(context: Context, at: Span, env: Environment): void {
  if (env.exitTrap === 'differs') {
    const suggestion = 'write the trap once, at the top';
    report(context, 'DAX201', at, 'trap is set on one way to here and not on another', {
      suggestion,
    });
    return;
  }
  if (env.exitTrap !== null) runTrap(context, env.exitTrap, { ...env, exitTrap: null });
  emit(context, at, { op: 'exit' });
}

function runTrap(
  context: Context,
  { text, at }: { readonly text: string; readonly at: Span },
  env: Environment,
): void {
  const tree = parse(text);
  for (const { message } of tree.errors ?? []) report(context, 'DAX200', at, message);
  if ((tree.errors ?? []).length > 0) return;
  const place = context.placeOf(at.pos);
  const inside: Context = { ...context, source: text, placeOf: () => place };
  compileList(inside, tree.commands, env, { tested: false, loops: [] });
}
