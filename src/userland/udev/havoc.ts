/**
 * Keys of rules that are not understood, taken for anything they may say or do (`--havoc`).
 */
import { newBuilder } from '../builder.js';
import { emitHavoc, noteHavoc } from '../havoc.js';
import type { KeyAnswer } from './matches.js';
import type { Rule } from './parseRules.js';
import { emitRule, type RuleContext } from './ruleContext.js';
import type { RuleState } from './ruleState.js';

/** Answers a key that matches; one with a fault may match or not. */
export function answerOrHavoc(
  context: RuleContext,
  rule: Rule,
  answer: (context: RuleContext) => KeyAnswer,
): KeyAnswer {
  const { havoc } = context.universe;
  if (havoc === undefined) return answer(context);
  const trial = { ...context, diagnostics: [] };
  const answered = answer(trial);
  if (trial.diagnostics.length === 0) return answered;
  noteHavoc(havoc, trial.diagnostics);
  return {
    kind: 'tested',
    emit: (no) => {
      emitRule(context, rule, { op: 'maybe' });
      emitRule(context, rule, { op: 'jump-if-failed', to: no });
    },
  };
}

/** Does what a key assigns or runs; one with a fault may do anything to files and properties. */
export function assignOrHavoc(
  context: RuleContext,
  rule: Rule,
  state: RuleState,
  assign: (context: RuleContext) => RuleState,
): RuleState {
  const { havoc } = context.universe;
  if (havoc === undefined) return assign(context);
  const trial: RuleContext = { ...context, builder: newBuilder(), diagnostics: [] };
  assign({ ...trial, universe: { ...context.universe, havoc: { ...havoc, noted: new Map() } } });
  if (trial.diagnostics.length === 0) return assign(context);
  noteHavoc(havoc, trial.diagnostics);
  emitHavoc(context.builder, context.universe, { place: rule.place, text: rule.text });
  return forgetProperties(state);
}

/** The state in which no property that the rules have set is known any more. */
function forgetProperties(state: RuleState): RuleState {
  const names = [...state.properties.keys()];
  const unknown = names.map((name) => [name, { kind: 'unknown' }] as const);
  return { ...state, properties: new Map(unknown), cached: new Set() };
}
