/**
 * Keys that ask which event this is: ACTION, SUBSYSTEM, KERNEL, DEVPATH.
 *
 * Their answers are sets of events, so several keys of a rule are one test, and a rule that skips
 * the others tells the next rules what is left.
 */

import type { Label } from '../builder.js';
import { globMatches, parseGlob } from '../glob.js';
import { blocksOf, type Universe } from '../universe.js';
import type { Rule, RuleKey } from './parseRules.js';
import { emitRule, type RuleContext, refuseKey } from './ruleContext.js';
import type { Action, RuleState, Subsystem } from './ruleState.js';

const EVENT_KEYS = new Set(['ACTION', 'SUBSYSTEM', 'KERNEL', 'DEVPATH']);

/** The events that match; `names` are the devices that do, null for all of the subsystems. */
export interface EventMatch {
  readonly subsystems: readonly Subsystem[];
  readonly actions: readonly Action[];
  readonly names: readonly string[] | null;
}

/** Tells whether the key asks which event this is. */
export function isEventKey(key: RuleKey): boolean {
  return EVENT_KEYS.has(key.name);
}

/** Tells whether a text matches one of the alternatives of a value: `a|b*`. */
export function matchesValue(value: string, text: string): boolean {
  return value.split('|').some((pattern) => globMatches(parseGlob(pattern), text));
}

const rankOf = ({ name }: RuleKey): number => (name === 'SUBSYSTEM' ? 0 : 1);

/** Most devices that a KERNEL key may tell apart one by one. */
const NAMES_MAX = 256;

/** Finds the events, of those still possible, that all event keys of a rule match. */
export function matchEvents(
  context: RuleContext,
  keys: readonly RuleKey[],
  state: RuleState,
): EventMatch {
  let { subsystems, actions } = state;
  let names: readonly string[] | null = null;
  // Whether a path can be told depends on the subsystem, wherever that stands in the rule.
  const ordered = [...keys].sort((left, right) => rankOf(left) - rankOf(right));
  for (const key of ordered) {
    const holds = (text: string) => matchesValue(key.value, text) === (key.operator === '==');
    if (key.name === 'ACTION') {
      actions = actions.filter(holds);
    } else if (key.name === 'SUBSYSTEM') {
      subsystems = subsystems.filter(holds);
    } else {
      const narrowed = matchNames(context, key, { subsystems, names });
      subsystems = narrowed.subsystems;
      names = narrowed.names;
    }
  }
  return { subsystems, actions, names };
}

interface EventTest {
  readonly match: EventMatch;
  readonly state: RuleState;
  readonly no: Label;
}

/** Emits the test for the events of a match; jumps to `no` for the others. */
export function emitEventTest(context: RuleContext, rule: Rule, options: EventTest): void {
  const { match, state, no } = options;
  const allSubsystems = match.subsystems.length === state.subsystems.length;
  const allActions = match.actions.length === state.actions.length;
  const subsystem = allSubsystems ? null : (match.subsystems[0] ?? null);
  const single = match.actions.length === 1 && !allActions;
  if (single || (allActions && !allSubsystems)) {
    const action = single ? (match.actions[0] ?? null) : null;
    emitRule(context, rule, { op: 'event', subsystem, action });
    emitRule(context, rule, { op: 'jump-if-failed', to: no });
  } else if (!allActions) {
    if (subsystem !== null) {
      emitRule(context, rule, { op: 'event', subsystem, action: null });
      emitRule(context, rule, { op: 'jump-if-failed', to: no });
    }
    emitActions(context, rule, options);
  }
  if (match.names === null) return;
  emitAny(context, rule, no, match.names, (name) => {
    const right = { kind: 'constant', text: name } as const;
    emitRule(context, rule, { op: 'equal', left: { kind: 'event-device' }, right });
  });
}

/** Tests several actions, or the others where they are fewer. */
function emitActions(context: RuleContext, rule: Rule, { match, state, no }: EventTest): void {
  const others = state.actions.filter((action) => !match.actions.includes(action));
  if (match.actions.length <= others.length) {
    emitAny(context, rule, no, match.actions, (action) => {
      emitRule(context, rule, { op: 'event', subsystem: null, action });
    });
    return;
  }
  for (const action of others) {
    emitRule(context, rule, { op: 'event', subsystem: null, action });
    emitRule(context, rule, { op: 'jump-if-ok', to: no });
  }
}

/** Emits a test for each item; goes on after the first that holds, jumps to `no` after none. */
export function emitAny<T>(
  context: RuleContext,
  rule: Rule,
  no: Label,
  items: readonly T[],
  test: (item: T) => void,
): void {
  const yes = context.builder.label();
  for (const [index, item] of items.entries()) {
    test(item);
    const last = index === items.length - 1;
    emitRule(
      context,
      rule,
      last ? { op: 'jump-if-failed', to: no } : { op: 'jump-if-ok', to: yes },
    );
  }
  context.builder.mark(yes);
}

interface Names {
  readonly subsystems: readonly Subsystem[];
  readonly names: readonly string[] | null;
}

/** Narrows by a pattern over names: whole subsystems where it can, single devices else. */
function matchNames(context: RuleContext, key: RuleKey, before: Names): Names {
  // A rule of another subsystem says nothing about what is modelled.
  if (before.subsystems.length === 0) return before;
  if (key.name === 'DEVPATH' && !key.value.startsWith('/devices/system/memory')) {
    const suggestion = 'use SUBSYSTEM and KERNEL';
    const message = 'only paths below /devices/system/memory are known';
    refuseKey(context, 'DAX224', key, { message, suggestion });
    return before;
  }
  const whole: Subsystem[] = [];
  const single: string[] = [];
  const touched: Subsystem[] = [];
  for (const subsystem of before.subsystems) {
    const all = namesOf(subsystem, context.universe);
    const hits = all.filter((name) => nameMatches(key, subsystem, name));
    if (hits.length > 0) touched.push(subsystem);
    if (hits.length === all.length) whole.push(subsystem);
    single.push(...hits);
  }
  if (whole.length === touched.length) return { subsystems: touched, names: before.names };
  if (single.length > NAMES_MAX) {
    const suggestion = 'use a pattern for all of them, such as memory*';
    const message = `this tells ${single.length} devices apart`;
    refuseKey(context, 'DAX224', key, { message, suggestion });
  }
  const names = single.filter((name) => before.names?.includes(name) ?? true);
  return { subsystems: touched, names: names.slice(0, NAMES_MAX) };
}

function nameMatches(key: RuleKey, subsystem: Subsystem, name: string): boolean {
  const path = key.name === 'DEVPATH' && subsystem === 'memory';
  const inMemory = key.name === 'KERNEL' || path;
  const text = path ? `/devices/system/memory/${name}` : name;
  return (inMemory && matchesValue(key.value, text)) === (key.operator === '==');
}

function namesOf(subsystem: Subsystem, universe: Universe): readonly string[] {
  if (subsystem === 'dax') return universe.devices.map(({ name }) => name);
  return blocksOf(universe).map((block) => `memory${block}`);
}

/** What is left when a rule with only event keys did not match: known if it asks for one thing. */
export function withoutMatch(state: RuleState, match: EventMatch): RuleState {
  const subsystems = state.subsystems.filter((name) => !match.subsystems.includes(name));
  const actions = state.actions.filter((name) => !match.actions.includes(name));
  if (match.names !== null) return state;
  if (actions.length === 0 && subsystems.length > 0) return { ...state, subsystems };
  if (subsystems.length === 0 && actions.length > 0) return { ...state, actions };
  return state;
}
