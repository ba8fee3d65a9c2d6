/**
 * The other match keys: ATTR, ATTRS, TEST, ENV, PROGRAM, RESULT, CONST.
 *
 * What is known at once decides whether a rule is compiled at all; the rest becomes instructions
 * that jump away where they do not hold. Order as in udev: ENV, ATTR, ATTRS, TEST, PROGRAM, RESULT.
 */
import type { Label } from '../builder.js';
import type { SysfsFile } from '../program.js';
import { resolveSysfs } from '../sysfsPath.js';
import { refuseDaxState } from './daxState.js';
import { emitAny, matchesValue } from './events.js';
import type { Rule, RuleKey } from './parseRules.js';
import { answerDmi, answerProgram, type DmiField, dmiField } from './programs.js';
import { emitRule, keyName, type RuleContext, refuseKey } from './ruleContext.js';
import { attributeVariable, propertyVariable, type RuleState } from './ruleState.js';

/** Answer of a key: known, or to be tested by instructions. */
export type KeyAnswer =
  | { readonly kind: 'known'; readonly holds: boolean }
  | { readonly kind: 'tested'; readonly emit: (no: Label) => void };

type BlockAttr = Extract<SysfsFile, { kind: 'block' }>['attr'];

/** What a block's attribute can say; null where it is open. */
const ATTRIBUTE_VALUES: { readonly [A in BlockAttr]: readonly string[] | null } = {
  state: ['online', 'offline', 'going-offline'],
  online: ['0', '1'],
  removable: ['0', '1'],
  valid_zones: null,
};

/** The attribute of the parent of all memory blocks, /sys/devices/system/memory, and its values. */
const PARENT_ATTRIBUTE = 'auto_online_blocks';
const PARENT_VALUES = ['offline', 'online', 'online_kernel', 'online_movable'] as const;

const known = (holds: boolean): KeyAnswer => ({ kind: 'known', holds });

/** Answers a key that is not about the event itself; reports what is not supported. */
export function answerKey(
  context: RuleContext,
  rule: Rule,
  key: RuleKey,
  state: RuleState,
): KeyAnswer {
  const equal = key.operator !== '!=';
  switch (key.name) {
    case 'ENV':
      return answerProperty(context, rule, key, state);
    case 'ATTR':
      return answerAttribute(context, rule, key, state);
    case 'ATTRS':
      return answerParent(context, rule, key, state);
    case 'TEST':
      return answerTest(context, rule, key, state);
    case 'PROGRAM':
      // runProgram left no result where the program counts as failed.
      return known((state.result !== null) === equal);
    case 'RESULT':
      if (state.isResultOpen === true) break;
      return known(state.result !== null && matchesValue(key.value, state.result) === equal);
    case 'CONST': {
      const values = new Map([
        ['arch', 'x86-64'],
        ['virt', context.universe.virt],
      ]);
      const value = values.get(key.attribute ?? '');
      if (value !== undefined) return known(matchesValue(key.value, value) === equal);
      break;
    }
  }
  const matches = 'ACTION SUBSYSTEM KERNEL DEVPATH ATTR ATTRS ENV TEST PROGRAM RESULT CONST';
  const suggestion = `supported: ${matches} RUN GOTO LABEL`;
  const message = `${keyName(key)} is not supported`;
  refuseKey(context, 'DAX221', key, { message, suggestion });
  return known(true);
}

/** Runs a PROGRAM key: returns the state with what it prints. */
export function runProgram(context: RuleContext, key: RuleKey, state: RuleState): RuleState {
  const { virt } = context.universe;
  const answer = answerProgram(key.value, virt);
  if (answer === null) {
    const suggestion = 'supported: /bin/uname -m, /usr/bin/systemd-detect-virt [--vm]';
    const message = `PROGRAM ${key.value} is not supported`;
    refuseKey(context, 'DAX224', key, { message, suggestion });
  }
  const failed = answer === null || !answer.ok;
  return { ...state, result: failed ? null : answer.output, isResultOpen: answer === null };
}

/** The attribute of the event's block that a key names; reports others and returns null. */
export function blockAttribute(context: RuleContext, key: RuleKey): BlockAttr | null {
  const name = key.attribute ?? '';
  if (name in ATTRIBUTE_VALUES) return name as BlockAttr;
  const suggestion = `attributes of memory blocks: ${Object.keys(ATTRIBUTE_VALUES).join(', ')}`;
  const message = `${keyName(key)} is not supported`;
  refuseKey(context, 'DAX221', key, { message, suggestion });
  return null;
}

/** Emits the test that the event is of a memory block, unless that is known. */
export function emitMemoryOnly(
  context: RuleContext,
  rule: Rule,
  state: RuleState,
  no: Label,
): void {
  if (state.subsystems.every((name) => name === 'memory')) return;
  emitRule(context, rule, { op: 'event', subsystem: 'memory', action: null });
  emitRule(context, rule, { op: 'jump-if-failed', to: no });
}

function answerProperty(
  context: RuleContext,
  rule: Rule,
  key: RuleKey,
  state: RuleState,
): KeyAnswer {
  const name = key.attribute ?? '';
  const property = state.properties.get(name);
  if (property === undefined && !name.startsWith('.')) {
    const suggestion = 'properties that the rules set themselves are known';
    const message = `${keyName(key)} is not a property that these rules set before`;
    refuseKey(context, 'DAX221', key, { message, suggestion });
    return known(true);
  }
  if (property?.kind === 'unknown') {
    const suggestion = 'set it to a text before this rule';
    refuseKey(context, 'DAX221', key, {
      message: `what ${keyName(key)} holds is not known`,
      suggestion,
    });
    return known(true);
  }
  const equal = key.operator === '==';
  if (property === undefined) return known(matchesValue(key.value, '') === equal);
  if (property.kind === 'text') return known(matchesValue(key.value, property.text) === equal);
  const values = plainValues(context, key, null);
  const variable = propertyVariable(name);
  return {
    kind: 'tested',
    emit: (no) => emitEqual(context, rule, no, { variable, values, equal }),
  };
}

function answerAttribute(
  context: RuleContext,
  rule: Rule,
  key: RuleKey,
  state: RuleState,
): KeyAnswer {
  const field = dmiField(key.attribute);
  if (field !== null) return answerFirmware(context, key, field);
  const attr = blockAttribute(context, key);
  if (attr === null) return known(true);
  refuseDaxState(context, rule, key, state);
  if (!state.subsystems.includes('memory')) return known(false);
  const file = { kind: 'block', block: 'event', attr } as const;
  return testRead(context, rule, state, { key, attr, file, possible: ATTRIBUTE_VALUES[attr] });
}

/** What the firmware says of the machine. */
function answerFirmware(context: RuleContext, key: RuleKey, field: DmiField): KeyAnswer {
  const { virt } = context.universe;
  const matches = answerDmi(field, virt, (text) => matchesValue(key.value, text));
  if (matches !== null) return known(matches === (key.operator === '=='));
  const suggestion = 'known are those of Hyper-V and Xen, asked for where virt is microsoft or xen';
  const message = `whether ${keyName(key)} is ${key.value} is not known`;
  refuseKey(context, 'DAX221', key, { message, suggestion });
  return known(true);
}

/** ATTRS: of the device, else of its parents; a dax device has none that is modelled. */
function answerParent(context: RuleContext, rule: Rule, key: RuleKey, state: RuleState): KeyAnswer {
  const attr = key.attribute ?? '';
  if (attr !== PARENT_ATTRIBUTE) {
    const suggestion = `of the parents of memory blocks: ${PARENT_ATTRIBUTE}`;
    const message = `${keyName(key)} is not supported`;
    refuseKey(context, 'DAX221', key, { message, suggestion });
    return known(true);
  }
  if (!state.subsystems.includes('memory')) return known(false);
  const file = { kind: PARENT_ATTRIBUTE } as const;
  return testRead(context, rule, state, { key, attr, file, possible: PARENT_VALUES });
}

interface AttributeRead {
  readonly key: RuleKey;
  readonly attr: string;
  readonly file: SysfsFile;
  /** What it can say; null where it is open. */
  readonly possible: readonly string[] | null;
}

/** Reads an attribute, once for an event, and compares. */
function testRead(
  context: RuleContext,
  rule: Rule,
  state: RuleState,
  { key, attr, file, possible }: AttributeRead,
): KeyAnswer {
  const values = plainValues(context, key, possible);
  const variable = attributeVariable(attr);
  const equal = key.operator === '==';
  return {
    kind: 'tested',
    emit: (no) => {
      emitMemoryOnly(context, rule, state, no);
      if (!state.cached.has(attr)) {
        emitRule(context, rule, { op: 'read', file, into: variable });
        // An attribute that cannot be read matches neither == nor !=.
        emitRule(context, rule, { op: 'jump-if-failed', to: no });
      }
      emitEqual(context, rule, no, { variable, values, equal });
    },
  };
}

interface Equality {
  readonly variable: string;
  readonly values: readonly string[];
  readonly equal: boolean;
}

function emitEqual(
  context: RuleContext,
  rule: Rule,
  no: Label,
  { variable, values, equal }: Equality,
): void {
  const test = (text: string) => {
    const left = { kind: 'variable', name: variable } as const;
    emitRule(context, rule, { op: 'equal', left, right: { kind: 'constant', text } });
  };
  if (equal) {
    if (values.length === 0) emitRule(context, rule, { op: 'jump', to: no });
    else emitAny(context, rule, no, values, test);
    return;
  }
  for (const text of values) {
    test(text);
    emitRule(context, rule, { op: 'jump-if-ok', to: no });
  }
}

/** The texts that a value matches: its alternatives, patterns taken over what is possible. */
function plainValues(
  context: RuleContext,
  key: RuleKey,
  possible: readonly string[] | null,
): readonly string[] {
  const alternatives = key.value.split('|');
  const patterns = alternatives.some((text) => /[*?[]/.test(text));
  if (!patterns) return [...new Set(alternatives)];
  if (possible !== null) return possible.filter((text) => matchesValue(key.value, text));
  const suggestion = 'write the values out, joined by |';
  const message = 'a pattern over a value known at run time only';
  refuseKey(context, 'DAX224', key, { message, suggestion });
  return [];
}

function answerTest(context: RuleContext, rule: Rule, key: RuleKey, state: RuleState): KeyAnswer {
  const holds = key.operator === '==';
  const absolute = key.value.startsWith('/');
  const path = absolute ? key.value : `/sys/devices/system/memory/memory@event/${key.value}`;
  const resolution = resolveSysfs(path, context.universe);
  if (key.attribute !== null || resolution.kind === 'fault') {
    const suggestion = 'a file of the memory block, such as TEST=="state", or a path in /sys';
    const message = `TEST of ${key.value} is not supported`;
    refuseKey(context, 'DAX224', key, { message, suggestion });
    return known(true);
  }
  if (!absolute && !state.subsystems.includes('memory')) return known(!holds);
  // The files of a block come and go together, and this rule has just read one of them.
  const fresh = rule.keys.some(({ name, operator }) => name === 'ATTR' && /[=!]=/.test(operator));
  if (!absolute && fresh) return known(holds);
  return {
    kind: 'tested',
    emit: (no) => {
      const yes = context.builder.label();
      // A device of another subsystem has no such file.
      if (!absolute) emitMemoryOnly(context, rule, state, holds ? no : yes);
      emitRule(context, rule, { op: 'exists', file: resolution.file });
      emitRule(context, rule, { op: holds ? 'jump-if-failed' : 'jump-if-ok', to: no });
      context.builder.mark(yes);
    },
  };
}
