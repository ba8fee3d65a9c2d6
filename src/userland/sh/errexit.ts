/**
 * `set -e`: leaving the script when a command fails whose status nobody tests.
 */
import { type Context, emit, type Flow, report, type Span } from './context.js';
import { branch } from './control.js';
import type { Environment } from './environment.js';
import { emitExit } from './exitTrap.js';

/** Adds the way out after a simple command; returns what is known on the way that goes on. */
export function applyExitOnError(
  context: Context,
  at: Span,
  env: Environment,
  flow: Flow,
): Environment | null {
  if (flow.tested || env.exitOnError === false) return env;
  if (env.exitOnError === null) {
    const suggestion = 'write set -e once, at the top';
    report(context, 'DAX201', at, 'set -e holds on one way to here and not on another', {
      suggestion,
    });
    return env;
  }
  const { ifOk, ifFailed } = branch(context, at, env);
  if (ifFailed !== null && ifFailed.exitTrap !== null) {
    const goOn = context.builder.label();
    if (ifOk !== null) emit(context, at, { op: 'jump-if-ok', to: goOn });
    emitExit(context, at, ifFailed);
    context.builder.mark(goOn);
  } else if (ifFailed !== null) {
    emit(context, at, { op: ifOk === null ? 'jump' : 'jump-if-failed', to: context.end });
  }
  return ifOk;
}
