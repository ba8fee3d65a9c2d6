/**
 * RUN+="command": one shell command, run after all rules of the event.
 *
 * Where no later rule reads or writes an attribute it can be run at its rule; else a flag says at
 * the end whether its rule matched.
 */

import { parse } from 'unbash';
import type { Context, Flow } from '../sh/context.js';
import { compileList } from '../sh/control.js';
import { EMPTY_ENVIRONMENT, type Environment, type Value } from '../sh/environment.js';
import { placesOf } from '../source.js';
import type { Rule, RuleKey } from './parseRules.js';
import { type RuleContext, refuseKey } from './ruleContext.js';
import { propertyVariable, type RuleState } from './ruleState.js';
import { piecesShell, substituteValue } from './substitute.js';

const SHELL = /^(?:\/usr)?\/bin\/(?:sh|bash) -c (['"])(.*)\1$/s;

/** Commands that one RUN may take. */
const COMMANDS_MAX = 16;

/** Compiles the command of a RUN key at the current place of the program. */
export function compileRun(context: RuleContext, rule: Rule, key: RuleKey, state: RuleState): void {
  const substituted = substituteValue(key.value, state);
  if (substituted.kind === 'fault') {
    const suggestion = 'supported: $kernel %k $devpath %p $env{…} $result %c $sys';
    refuseKey(context, 'DAX224', key, { message: substituted.message, suggestion });
    return;
  }
  const text = piecesShell(substituted.pieces);
  const script = (SHELL.exec(text)?.[2] ?? text).trim();
  const tree = parse(script);
  const [statement] = tree.commands;
  const simple = statement?.command.type === 'Command' || statement?.command.type === 'Pipeline';
  const program = statement?.command.type === 'Command' ? statement.command.name?.value : '';
  if (tree.errors?.length || tree.commands.length !== 1 || !simple || program === 'exit') {
    const suggestion = `/bin/sh -c 'echo online > /sys$devpath/state'`;
    const message = 'RUN takes one simple command';
    refuseKey(context, 'DAX224', key, { message, suggestion });
    return;
  }
  const inner = shellContext(context, rule, key, script);
  const flow: Flow = { tested: true, loops: [] };
  compileList(inner, tree.commands, shellStart(state), flow);
  context.builder.mark(inner.end);
  context.diagnostics.push(...inner.faults.values());
}

/** The places of substituted text are those of the key: its offsets are not the file's. */
function shellContext(context: RuleContext, rule: Rule, key: RuleKey, script: string): Context {
  const place = placesOf({ text: '', place: key.place })(0);
  return {
    source: script,
    placeOf: () => place,
    universe: context.universe,
    builder: withText(context, rule),
    end: context.builder.label(),
    faults: new Map(),
    dead: false,
    reads: { count: 0 },
    budget: { left: COMMANDS_MAX },
  };
}

function withText(context: RuleContext, rule: Rule): Context['builder'] {
  const { builder } = context;
  return {
    ...builder,
    emit: (origin, draft) => builder.emit({ place: origin.place, text: rule.text }, draft),
  };
}

function shellStart(state: RuleState): Environment {
  const variables = new Map<string, Value>([['kernel', { kind: 'event-device' }]]);
  for (const [name, value] of state.properties) variables.set(propertyVariable(name), value);
  return { ...EMPTY_ENVIRONMENT, variables };
}
