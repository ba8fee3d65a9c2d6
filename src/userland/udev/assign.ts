/**
 * What rules assign: properties and attributes; names and owners of nodes are passed over.
 */
import { refuseDaxState } from './daxState.js';
import { blockAttribute, emitMemoryOnly } from './matches.js';
import type { Rule, RuleKey } from './parseRules.js';
import { emitRule, keyName, type RuleContext, refuseKey } from './ruleContext.js';
import { propertyVariable, type RuleState } from './ruleState.js';
import { piecesOperand, substituteValue } from './substitute.js';

/** Keys that name, tag and own the device node: they touch no file of the model. */
const OF_NODES = new Set([
  'NAME',
  'SYMLINK',
  'OWNER',
  'GROUP',
  'MODE',
  'SECLABEL',
  'TAG',
  'OPTIONS',
]);

/** Does what any other key assigns. */
export function assignOther(context: RuleContext, key: RuleKey, state: RuleState): RuleState {
  if (OF_NODES.has(key.name)) return state;
  const suggestion = 'supported: ATTR{state}="…", ENV{.name}="…", RUN+="…", GOTO, LABEL';
  const message = `assigning ${keyName(key)} is not supported`;
  refuseKey(context, 'DAX221', key, { message, suggestion });
  return state;
}

/** Properties by which systemd starts units for a device. */
const STARTS_UNITS = /^SYSTEMD_(?:USER_)?WANTS$/;

/** Sets ENV{…}. */
export function assignProperty(
  context: RuleContext,
  rule: Rule,
  key: RuleKey,
  state: RuleState,
): RuleState {
  const name = key.attribute ?? '';
  if (STARTS_UNITS.test(name)) {
    const suggestion = 'write what the unit runs as RUN+="…", or give its script by --script';
    const message = `systemd starts ${key.value}, and what that does is not known`;
    refuseKey(context, 'DAX221', key, { message, suggestion });
    return state;
  }
  if (key.operator === '+=') {
    const suggestion = 'it takes = and :=';
    refuseKey(context, 'DAX222', key, { message: `${keyName(key)} does not take +=`, suggestion });
    return state;
  }
  const value = assignedValue(context, key, state);
  if (value === null) {
    return { ...state, properties: new Map([...state.properties, [name, { kind: 'runtime' }]]) };
  }
  emitRule(context, rule, { op: 'assign', variable: propertyVariable(name), value });
  const known =
    value.kind === 'constant'
      ? ({ kind: 'text', text: value.text } as const)
      : ({ kind: 'runtime' } as const);
  return { ...state, properties: new Map([...state.properties, [name, known]]) };
}

/** Writes ATTR{…} of the event's block. */
export function assignAttribute(
  context: RuleContext,
  rule: Rule,
  key: RuleKey,
  state: RuleState,
): RuleState {
  const attr = blockAttribute(context, key);
  const value = assignedValue(context, key, state);
  if (attr === null || value === null) return state;
  refuseDaxState(context, rule, key, state);
  const skip = context.builder.label();
  emitMemoryOnly(context, rule, state, skip);
  const file = { kind: 'block', block: 'event', attr } as const;
  emitRule(context, rule, { op: 'write', file, value });
  context.builder.mark(skip);
  return { ...state, cached: new Set([...state.cached].filter((name) => name !== attr)) };
}

function assignedValue(context: RuleContext, key: RuleKey, state: RuleState) {
  const substituted = substituteValue(key.value, state);
  const operand = substituted.kind === 'pieces' ? piecesOperand(substituted.pieces) : null;
  if (operand !== null) return operand;
  const suggestion = 'a run-time value must stand alone; supported: $env{…} $kernel $result';
  const message =
    substituted.kind === 'fault' ? substituted.message : 'text joined to a run-time value';
  refuseKey(context, 'DAX224', key, { message, suggestion });
  return null;
}
