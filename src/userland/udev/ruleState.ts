/**
 * What is known while a set of rules is compiled, at one of its points.
 */
import type { EventAction } from '../program.js';
import type { Value } from '../sh/environment.js';

export type Subsystem = 'memory' | 'dax';
export type Action = EventAction;

export const SUBSYSTEMS: readonly Subsystem[] = ['memory', 'dax'];
export const ACTIONS: readonly Action[] = [
  ...(['add', 'remove', 'change', 'online', 'offline'] as const),
  ...(['bind', 'unbind'] as const),
];

export interface RuleState {
  /** The events that can be here. */
  readonly subsystems: readonly Subsystem[];
  readonly actions: readonly Action[];
  /** ENV{…} properties set so far. */
  readonly properties: ReadonlyMap<string, Value>;
  /** Attributes read before on every way to here: udev reads each once for an event. */
  readonly cached: ReadonlySet<string>;
  /** What the last PROGRAM printed; null when none ran or ways differ. */
  readonly result: string | null;
  /** The last PROGRAM is not known, and may have printed anything. */
  readonly isResultOpen?: boolean;
}

export const START_STATE: RuleState = {
  subsystems: SUBSYSTEMS,
  actions: ACTIONS,
  properties: new Map(),
  cached: new Set(),
  result: null,
};

/** Joins the states of ways that meet; null when no way arrives. */
export function joinStates(states: readonly RuleState[]): RuleState | null {
  const [first, ...rest] = states;
  return first === undefined ? null : rest.reduce(join, first);
}

/** The shell variable that stands for a property. */
export function propertyVariable(name: string): string {
  return `env_${name.replace(/\W/g, '_')}`;
}

/** The shell variable that holds an attribute of the event's device. */
export function attributeVariable(name: string): string {
  return `attr_${name.replace(/\W/g, '_')}`;
}

function join(left: RuleState, right: RuleState): RuleState {
  const names = new Set([...left.properties.keys(), ...right.properties.keys()]);
  const properties = new Map<string, Value>();
  for (const name of names) {
    const [one, other] = [left.properties.get(name), right.properties.get(name)];
    const same = one?.kind === 'text' && other?.kind === 'text' && one.text === other.text;
    properties.set(name, one && same ? one : { kind: 'runtime' });
  }
  return {
    subsystems: SUBSYSTEMS.filter(
      (name) => left.subsystems.includes(name) || right.subsystems.includes(name),
    ),
    actions: ACTIONS.filter((name) => left.actions.includes(name) || right.actions.includes(name)),
    properties,
    cached: new Set([...left.cached].filter((name) => right.cached.has(name))),
    result: left.result === right.result ? left.result : null,
    isResultOpen: left.isResultOpen === true || right.isResultOpen === true,
  };
}
