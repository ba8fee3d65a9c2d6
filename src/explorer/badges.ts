/**
 * What each property says of one state: the engine's present one.
 */
import {
  DEVICE_BYTES,
  DEVICE_DRIVER_OFFSET,
  DEVICE_GHOST_OFFSET,
  Header,
  Property,
  SCENARIO_OFFSET,
} from '../../assembly/layout.js';

import type { ScenarioWords } from '../compile/words.js';
import type { Stepper } from '../engine/stepper.js';
import { NO_LIVELOCK, PROPERTIES, type PropertyRow, SEEN_BY_STEPS } from '../kernel/properties.js';
import { oneLine } from '../verdict/own.js';
import { isAsked, isQueueEmpty, isQuiet } from '../verdict/quiet.js';
import { isDefect } from '../verdict/recoverable.js';
import { kernelExports } from '../verdict/steps.js';
import type { Badge } from './position.js';

/** Properties that a state is asked for: the defaults, and what the model declares. */
export function maskOf(checked: number): number {
  const defaults = PROPERTIES.filter(({ isDefault }) => isDefault);
  return defaults.reduce((mask, { bit }) => mask | (1 << bit), checked) >>> 0;
}

const HELD = { state: 'holds', note: '' } as const;
const INSIDE = 'not looked at while a thread is inside the kernel';

type Judged = Pick<Badge, 'state' | 'note'>;

function builtIn(row: PropertyRow, violated: number, quiet: boolean): Judged {
  if (((violated >>> row.bit) & 1) !== 0) return { state: 'violated', note: row.summary };
  if (!quiet && !SEEN_BY_STEPS.has(row.bit)) return { state: 'unjudged', note: INSIDE };
  return HELD;
}

/** States that are looked at for one in which a device can be bound. */
const AHEAD_MAX = 300;

/** A device at one state: whether it is bound, or the recovery menu can bind it. */
type Standing = 'bound' | 'not asked' | 'menu' | 'lost' | 'unknown';

function standingOf(
  stepper: Stepper,
  scenario: ScenarioWords,
  state: Uint8Array,
  device: number,
): Standing {
  const at = scenario.state.devicesAt + device * DEVICE_BYTES;
  if (state[at + DEVICE_DRIVER_OFFSET] !== 0) return 'bound';
  const isPremise =
    isAsked(state, at, scenario, device) &&
    isQuiet(state, scenario) &&
    isQueueEmpty(state, scenario);
  if (!isPremise) return 'not asked';
  stepper.place(state);
  const answer = kernelExports(stepper).recoverDevice(stepper.replay.address(), device);
  if (answer === 2) return 'unknown';
  return answer === 0 ? 'lost' : 'menu';
}

/** Whether the model's own actions lead to a state that is good; null when that is too far. */
function leadsTo(
  stepper: Stepper,
  from: Uint8Array,
  isGood: (state: Uint8Array) => boolean,
): boolean | null {
  const states = [from];
  const known = new Set([from.join()]);
  // A device that a reboot brings back is lost.
  const words = new Uint32Array(stepper.memory.buffer, SCENARIO_OFFSET, Header.Count);
  words[Header.RebootForbidden] = 1;
  try {
    return search();
  } finally {
    words[Header.RebootForbidden] = 0;
  }

  function search(): boolean | null {
    for (const state of states) {
      if (state !== from && isGood(state)) return true;
      stepper.place(state);
      const count = stepper.replay.successorCount();
      for (let ordinal = 0; ordinal < count; ordinal += 1) {
        stepper.place(state);
        stepper.replay.take(ordinal);
        const next = stepper.replay.state();
        const key = next.join();
        if (known.has(key)) continue;
        if (states.length >= AHEAD_MAX) return null;
        known.add(key);
        states.push(next);
      }
    }
    return false;
  }
}

function recoverable(
  stepper: Stepper,
  scenario: ScenarioWords,
  state: Uint8Array,
  device: number,
): Judged {
  const standing = standingOf(stepper, scenario, state, device);
  const name = scenario.plan.devices[device]?.name ?? '?';
  switch (standing) {
    case 'bound':
      return { state: 'holds', note: `${name} has a driver` };
    case 'menu':
      return { state: 'holds', note: `the recovery menu can bind ${name}` };
    case 'not asked':
      return {
        state: 'unjudged',
        note: 'asked while no thread is inside the kernel and no event waits for udev',
      };
    case 'unknown':
      return { state: 'unjudged', note: 'the recovery menu has too many states' };
    default: {
      const isGood = (next: Uint8Array): boolean => {
        const found = standingOf(stepper, scenario, next, device);
        return found === 'bound' || found === 'menu';
      };
      const answer = leadsTo(stepper, state, isGood);
      if (answer === false) return { state: 'violated', note: `nothing can bind ${name} again` };
      const only = `the recovery menu cannot bind ${name}`;
      return answer
        ? { state: 'holds', note: `${only}, but what the actors still do can` }
        : { state: 'unjudged', note: `${only}; the actors may, beyond ${AHEAD_MAX} states` };
    }
  }
}

/** Whose a loss of the device is, if it is lost. */
function lossClass(state: Uint8Array, scenario: ScenarioWords, device: number): Badge['class'] {
  const at = scenario.state.devicesAt + device * DEVICE_BYTES + DEVICE_GHOST_OFFSET;
  return isDefect(state[at] ?? 0) ? 'kernel-defect' : 'script';
}

/** `recoverable(dax0.0)` of every asked device that is lost in a state. */
export function lossesIn(
  stepper: Stepper,
  scenario: ScenarioWords,
  state: Uint8Array,
): readonly string[] {
  return scenario.recoverable
    .filter((device) => recoverable(stepper, scenario, state, device).state === 'violated')
    .map((device) => recoverableName(scenario, device));
}

const recoverableName = ({ plan }: ScenarioWords, device: number): string =>
  `recoverable(${plan.devices[device]?.name ?? '?'})`;

/** Own properties of single states: bit n of a word is number n. */
function ownInvariants(stepper: Stepper, scenario: ScenarioWords, quiet: boolean): Badge[] {
  const violated = stepper.violatedOwn();
  const observed = stepper.observed();
  const isFalse = (observation: number): boolean =>
    (((observed[observation >>> 5] ?? 0) >>> (observation & 31)) & 1) !== 0;
  const judge = (number: number): Judged => {
    const { form, text, alternatives } = scenario.own.invariants[number] ?? NO_INVARIANT;
    if (((violated >>> number) & 1) !== 0) return { state: 'violated', note: `not: ${text}` };
    if (form === 'quiet' && !quiet) return { state: 'unjudged', note: INSIDE };
    const [premise, ...rest] = alternatives.filter(({ observation }) => !isFalse(observation));
    const isEmpty = premise !== undefined && rest.length === 0 && alternatives[0] === premise;
    if (!isEmpty) return HELD;
    return { state: 'unjudged', note: `premise not met: ${oneLine(premise.text)}` };
  };
  return scenario.own.invariants.map(({ name }, number) => ({
    property: name,
    class: 'own',
    isAsked: true,
    ...judge(number),
  }));
}

const NO_INVARIANT = { form: 'always', text: '', alternatives: [] } as const;

/** Judges every default and declared property at a state. */
export function badgesOf(
  stepper: Stepper,
  scenario: ScenarioWords,
  state: Uint8Array,
): readonly Badge[] {
  stepper.place(state);
  const violated = stepper.replay.violated();
  const quiet = isQuiet(state, scenario);
  const own = ownInvariants(stepper, scenario, quiet);
  const mask = maskOf(scenario.checked);
  const rows = PROPERTIES.filter(
    ({ bit }) => bit !== Property.Recoverable && ((mask >>> bit) & 1) !== 0,
  );
  const behaviours = [
    ...(scenario.livelock ? [NO_LIVELOCK] : []),
    ...scenario.own.temporal.map(({ name }) => name),
  ];
  return [
    ...rows.map((row) => ({
      property: row.name,
      class: row.class,
      isAsked: ((scenario.checked >>> row.bit) & 1) !== 0,
      ...builtIn(row, violated, quiet),
    })),
    ...scenario.recoverable.map(
      (device): Badge => ({
        property: recoverableName(scenario, device),
        class: lossClass(state, scenario, device),
        isAsked: true,
        ...recoverable(stepper, scenario, state, device),
      }),
    ),
    ...own,
    ...behaviours.map(
      (property): Badge => ({
        property,
        class: property === NO_LIVELOCK ? 'kernel-defect' : 'own',
        isAsked: true,
        state: 'unjudged',
        note: 'whole behaviours have it, no single state',
      }),
    ),
  ];
}
