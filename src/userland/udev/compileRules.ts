/**
 * Compiles udev rules to one program, run once for each event.
 *
 * A rule applies when all its match keys hold; then its assignments are done in their order. Rules
 * are compiled in the order of the text, and what is known on the ways that meet at a rule decides
 * which of its keys need instructions.
 */

import { byPlace, type Diagnostic } from '../../errors.js';
import type { Place, SourceText } from '../../model/model.js';
import { type Label, newBuilder } from '../builder.js';
import { optimise } from '../optimise.js';
import type { Instruction } from '../program.js';
import { placesOf } from '../source.js';
import type { Universe } from '../universe.js';
import { assignAttribute, assignOther, assignProperty } from './assign.js';
import { emitEventTest, isEventKey, matchEvents, withoutMatch } from './events.js';
import { answerOrHavoc, assignOrHavoc } from './havoc.js';
import { answerKey, type KeyAnswer, runProgram } from './matches.js';
import { checkKeys, isOfOthers } from './others.js';
import { parseRules, type Rule, type RuleKey } from './parseRules.js';
import { emitRule, keyName, type RuleContext, refuseKey } from './ruleContext.js';
import { joinStates, propertyVariable, type RuleState, START_STATE } from './ruleState.js';
import { compileRun } from './run.js';

export interface CompiledRules {
  readonly instructions: readonly Instruction[];
  /** Empty when the rules are in order. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Compiles the rules of one actor; each text has labels of its own, as files have. */
export function compileRules(sources: readonly SourceText[], universe: Universe): CompiledRules {
  const context: RuleContext = { universe, builder: newBuilder(), diagnostics: [] };
  const files = sources.map((source) => {
    const { rules, diagnostics } = parseRules(source);
    context.diagnostics.push(...diagnostics);
    return rules;
  });
  const deferred: DeferredRun[] = [];
  let state: RuleState | null = START_STATE;
  for (const [index, rules] of files.entries()) {
    const later = files.slice(index + 1).flat();
    if (state !== null) state = compileFile(context, rules, state, { later, deferred });
  }
  if (state !== null) compileDeferred(context, deferred, state);
  const end = sources[0]?.place;
  if (end !== undefined) forgetVariables(context, end);
  const { diagnostics } = context;
  if (diagnostics.length > 0) return { instructions: [], diagnostics: diagnostics.sort(byPlace) };
  return { instructions: optimise(context.builder.finish()), diagnostics };
}

interface DeferredRun {
  readonly rule: Rule;
  readonly key: RuleKey;
  readonly flag: string;
  /** What was known at its rule: udev substitutes there. */
  readonly state: RuleState;
}

interface FileOptions {
  /** Rules of the texts after this one. */
  readonly later: readonly Rule[];
  readonly deferred: DeferredRun[];
}

interface Jump {
  readonly label: Label;
  readonly states: RuleState[];
}

function compileFile(
  context: RuleContext,
  rules: readonly Rule[],
  start: RuleState,
  options: FileOptions,
): RuleState | null {
  const labels = findLabels(context, rules);
  const jumps = new Map<string, Jump>();
  let state: RuleState | null = start;
  for (const [index, rule] of rules.entries()) {
    for (const key of rule.keys.filter(({ name }) => name === 'LABEL')) {
      const jump = jumps.get(key.value);
      if (jump === undefined) continue;
      context.builder.mark(jump.label);
      state = joinStates(state === null ? jump.states : [state, ...jump.states]);
    }
    checkGotos(context, rule, { index, labels });
    const rest = [...rules.slice(index + 1), ...options.later];
    // A rule that no event reaches is compiled for its faults alone.
    const here = state === null ? { ...context, builder: newBuilder() } : context;
    const after = compileRule(here, rule, state ?? start, {
      jumps: state === null ? new Map() : jumps,
      rest,
      deferred: state === null ? [] : options.deferred,
    });
    if (state !== null) state = after;
  }
  return state;
}

function findLabels(context: RuleContext, rules: readonly Rule[]): ReadonlyMap<string, number> {
  const labels = new Map<string, number>();
  for (const [index, rule] of rules.entries()) {
    for (const key of rule.keys) {
      if (key.name !== 'LABEL') continue;
      if (labels.has(key.value)) {
        const suggestion = 'give it another name';
        const message = `label ${key.value} is there twice`;
        refuseKey(context, 'DAX223', key, { message, suggestion });
      }
      labels.set(key.value, index);
    }
  }
  return labels;
}

interface GotoOptions {
  readonly index: number;
  readonly labels: ReadonlyMap<string, number>;
}

function checkGotos(context: RuleContext, rule: Rule, { index, labels }: GotoOptions): void {
  for (const key of rule.keys) {
    if (key.name !== 'GOTO' || (labels.get(key.value) ?? -1) > index) continue;
    const suggestion = 'GOTO leads forward to a LABEL of the same text';
    const message = `no label ${key.value} after this rule`;
    refuseKey(context, 'DAX223', key, { message, suggestion });
  }
}

interface RuleOptions {
  readonly jumps: Map<string, Jump>;
  /** The rules after this one. */
  readonly rest: readonly Rule[];
  readonly deferred: DeferredRun[];
}

const ASSIGNMENTS = new Set(['RUN', 'GOTO', 'LABEL']);

function isMatch(key: RuleKey): boolean {
  if (key.operator === '==' || key.operator === '!=') return true;
  return key.name === 'PROGRAM' && key.operator === '=';
}

/** Compiles one rule; returns what is known after it, null when no event goes on to the next. */
function compileRule(
  context: RuleContext,
  rule: Rule,
  start: RuleState,
  options: RuleOptions,
): RuleState | null {
  for (const key of rule.keys) checkOperator(context, key);
  if (isOfOthers(context, rule)) {
    checkKeys(context, rule);
    return start;
  }
  const matches = rule.keys.filter(isMatch);
  const events = matchEvents(context, matches.filter(isEventKey), start);
  const { answers, state } = answerKeys(context, rule, matches, {
    ...start,
    subsystems: events.subsystems,
    actions: events.actions,
  });
  const never =
    events.subsystems.length === 0 ||
    events.actions.length === 0 ||
    events.names?.length === 0 ||
    answers.some((answer) => answer.kind === 'known' && !answer.holds);
  // An impossible rule is compiled for its faults alone.
  const here = never ? { ...context, builder: newBuilder() } : context;
  const no = here.builder.label();
  emitEventTest(here, rule, { match: events, state: start, no });
  const tested = answers.filter((answer) => answer.kind === 'tested');
  for (const answer of tested) answer.emit(no);
  const scoped = never ? { ...options, jumps: new Map<string, Jump>(), deferred: [] } : options;
  const after = compileAssignments(here, rule, cacheReads(matches, state), scoped);
  here.builder.mark(no);
  const { result } = state;
  if (never) return { ...start, result };
  const conditional =
    tested.length > 0 ||
    events.names !== null ||
    events.subsystems.length < start.subsystems.length ||
    events.actions.length < start.actions.length;
  if (!conditional) return after;
  const missed = tested.length > 0 ? start : withoutMatch(start, events);
  return joinStates(after === null ? [missed] : [after, missed]);
}

const KEY_ORDER = ['ENV', 'CONST', 'ATTR', 'ATTRS', 'TEST', 'PROGRAM', 'RESULT'];

interface Answers {
  readonly answers: readonly KeyAnswer[];
  readonly state: RuleState;
}

function answerKeys(
  context: RuleContext,
  rule: Rule,
  matches: readonly RuleKey[],
  start: RuleState,
): Answers {
  let state = start;
  const answers: KeyAnswer[] = [];
  const keys = matches
    .filter((key) => !isEventKey(key))
    .sort((left, right) => KEY_ORDER.indexOf(left.name) - KEY_ORDER.indexOf(right.name));
  for (const key of keys) {
    const before: RuleState = state;
    const answer = answerOrHavoc(context, rule, (here) => {
      state = key.name === 'PROGRAM' ? runProgram(here, key, before) : before;
      return answerKey(here, rule, key, state);
    });
    answers.push(answer);
    state = cacheReads([key], state);
  }
  return { answers, state };
}

/** Keys that read a file of the event's device or of its parent. */
const READ_KEYS = new Set(['ATTR', 'ATTRS']);

function cacheReads(matches: readonly RuleKey[], state: RuleState): RuleState {
  const read = matches.flatMap((key) =>
    READ_KEYS.has(key.name) && key.attribute ? [key.attribute] : [],
  );
  return { ...state, cached: new Set([...state.cached, ...read]) };
}

function compileAssignments(
  context: RuleContext,
  rule: Rule,
  start: RuleState,
  options: RuleOptions,
): RuleState | null {
  let state = start;
  const gone = rule.keys.find(({ name }) => name === 'GOTO');
  for (const key of rule.keys.filter((candidate) => !isMatch(candidate))) {
    const before: RuleState = state;
    state = assignOrHavoc(context, rule, state, (here) => {
      if (key.name === 'ENV') return assignProperty(here, rule, key, before);
      if (key.name === 'ATTR') return assignAttribute(here, rule, key, before);
      if (key.name === 'RUN') {
        const isTrial = here.diagnostics !== context.diagnostics;
        const scoped = isTrial ? { ...options, deferred: [...options.deferred] } : options;
        return assignRun(here, rule, key, { state: before, options: scoped });
      }
      return ASSIGNMENTS.has(key.name) ? before : assignOther(here, key, before);
    });
  }
  if (gone === undefined) return state;
  const known = options.jumps.get(gone.value);
  const jump = known ?? { label: context.builder.label(), states: [] };
  options.jumps.set(gone.value, jump);
  jump.states.push(state);
  emitRule(context, rule, { op: 'jump', to: jump.label });
  return null;
}

interface RunOptions {
  readonly state: RuleState;
  readonly options: RuleOptions;
}

function assignRun(
  context: RuleContext,
  rule: Rule,
  key: RuleKey,
  { state, options }: RunOptions,
): RuleState {
  if (key.attribute !== null && key.attribute !== 'program') {
    const suggestion = 'write RUN+="…"';
    refuseKey(context, 'DAX221', key, { message: `${keyName(key)} is not supported`, suggestion });
    return state;
  }
  if (options.deferred.length === 0 && !looksAtFiles(options.rest, state)) {
    compileRun(context, rule, key, state);
    return state;
  }
  const flag = `(run ${options.deferred.length + 1})`;
  options.deferred.push({ rule, key, flag, state });
  const value = { kind: 'constant', text: '1' } as const;
  emitRule(context, rule, { op: 'assign', variable: propertyVariable(flag), value });
  return {
    ...state,
    properties: new Map([...state.properties, [flag, { kind: 'text', text: '1' }]]),
  };
}

/** Tells whether a later rule can read or write a file for the events of this state. */
function looksAtFiles(rules: readonly Rule[], state: RuleState): boolean {
  const memory = state.subsystems.includes('memory');
  return rules.some(({ keys }) =>
    keys.some(
      ({ name, value }) =>
        (memory && (READ_KEYS.has(name) || name === 'TEST')) ||
        (name === 'TEST' && value.startsWith('/')),
    ),
  );
}

function compileDeferred(
  context: RuleContext,
  deferred: readonly DeferredRun[],
  state: RuleState,
): void {
  for (const { rule, key, flag, state: atRule } of deferred) {
    const skip = context.builder.label();
    if (state.properties.get(flag)?.kind !== 'text') {
      const left = { kind: 'variable', name: propertyVariable(flag) } as const;
      const right = { kind: 'constant', text: '1' } as const;
      emitRule(context, rule, { op: 'equal', left, right });
      emitRule(context, rule, { op: 'jump-if-failed', to: skip });
    }
    assignOrHavoc(context, rule, atRule, (here) => {
      compileRun(here, rule, key, atRule);
      return atRule;
    });
    context.builder.mark(skip);
  }
}

/** Empties every variable at the end of an event, so that none tells later states apart. */
function forgetVariables(context: RuleContext, place: Place): void {
  const names = new Set<string>();
  for (const instruction of context.builder.finish()) {
    if (instruction.op === 'read') names.add(instruction.into);
    if (instruction.op === 'assign') names.add(instruction.variable);
  }
  for (const variable of names) {
    const value = { kind: 'constant', text: '' } as const;
    const origin = { place: placesOf({ text: '', place })(0), text: 'end of the rules' };
    context.builder.emit(origin, { op: 'assign', variable, value });
  }
}

function checkOperator(context: RuleContext, key: RuleKey): void {
  const suggestion = OPERATORS.get(key.name);
  if (suggestion === undefined || suggestion.split(' ').includes(key.operator)) return;
  const message = `${keyName(key)} does not take ${key.operator}`;
  refuseKey(context, 'DAX222', key, { message, suggestion: `it takes ${suggestion}` });
}

const OPERATORS: ReadonlyMap<string, string> = new Map([
  ['ACTION', '== !='],
  ['SUBSYSTEM', '== !='],
  ['KERNEL', '== !='],
  ['DEVPATH', '== !='],
  ['TEST', '== !='],
  ['RESULT', '== !='],
  ['CONST', '== !='],
  ['PROGRAM', '== != ='],
  ['ATTR', '== != = :='],
  ['ATTRS', '== !='],
  ['ENV', '== != = := +='],
  ['RUN', '+='],
  ['GOTO', '='],
  ['LABEL', '='],
]);
