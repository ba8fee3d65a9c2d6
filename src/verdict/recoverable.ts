/**
 * recoverable (AG EF): from every quiet state with an empty udev queue the device can be bound
 * again, by the model's own actions or by the recovery menu. Looks at the states of a finished
 * search in batches.
 */
import {
  DEVICE_BYTES,
  DEVICE_DRIVER_OFFSET,
  DEVICE_GHOST_OFFSET,
  GHOST_ALL_OFFLINE,
  GHOST_KMEM_UNBOUND,
  GHOST_MESSAGE,
  Header,
  SCENARIO_OFFSET,
} from '../../assembly/layout.js';
import type { Scenario } from '../compile/scenario.js';
import type { Engine, FoundTrace } from '../engine/engine.js';
import { isAsked, isQueueEmpty, isQuiet } from './quiet.js';
import { kernelExports } from './steps.js';
import type { PropertyClass } from './trace.js';

export interface Loss {
  readonly device: number;
  readonly class: PropertyClass;
  readonly chosen: FoundTrace;
  /** States from which the device can still be bound again, by index. */
  readonly reach: Uint8Array;
}

export interface RecoverableAnswer {
  readonly losses: readonly Loss[];
  /** Quiet states in which the device had no driver: the premise of the property. */
  readonly premises: number;
  /** The recovery search grew too large in some state: the answer is not complete. */
  readonly isUnknown: boolean;
}

/** The answer where it cannot be asked; its premise is not known either. */
export const UNKNOWN: RecoverableAnswer = { losses: [], premises: 1, isUnknown: true };

const BOUND = 1;
const LOST = 2;

/**
 * Whether the loss is the kernel's: all blocks were offline when kmem let go, or it printed
 * nothing.
 */
export function isDefect(ghost: number): boolean {
  if ((ghost & GHOST_KMEM_UNBOUND) === 0) return true;
  return (ghost & GHOST_ALL_OFFLINE) !== 0 || (ghost & GHOST_MESSAGE) === 0;
}

const REMEMBERED_MAX = 1 << 15;

/**
 * Remembers the latest answers by key: at least REMEMBERED_MAX of them, at most twice as many,
 * because a search has more states than JavaScript has room for texts.
 */
function remembering(ask: (at: number) => number): (key: string, at: number) => number {
  let young = new Map<string, number>();
  let old = new Map<string, number>();
  return (key, at) => {
    const answer = young.get(key) ?? old.get(key) ?? ask(at);
    if (young.size >= REMEMBERED_MAX) {
      old = young;
      young = new Map();
    }
    young.set(key, answer);
    return answer;
  };
}

/**
 * Whether a device is lost in a state, as far as the recovery menu goes: true or false where the
 * property speaks of the state, null where it does not; a device with a driver is not lost.
 */
export function isLostIn(
  engine: Engine,
  scenario: Scenario,
  device: number,
  state: Uint8Array,
): boolean | null {
  const at = scenario.state.devicesAt + device * DEVICE_BYTES;
  if (state[at + DEVICE_DRIVER_OFFSET] !== 0) return false;
  if (!isSpokenOf(state, at, scenario, device)) return null;
  engine.successors.check(state);
  return kernelExports(engine).recoverDevice(engine.replay.address(), device) === 0;
}

/** The premise: registered with memory, nothing under way, no event to be handled. */
const isSpokenOf = (state: Uint8Array, at: number, scenario: Scenario, device: number): boolean =>
  isAsked(state, at, scenario, device) && isQuiet(state, scenario) && isQueueEmpty(state, scenario);

/**
 * Classifies every state: bound or recoverable by the menu (1), lost as far as the menu goes (2),
 * neither (0).
 */
function classify(
  engine: Engine,
  scenario: Scenario,
  device: number,
  found: number,
): { marks: Uint8Array; premises: number; isUnknown: boolean } {
  const kernel = kernelExports(engine);
  const ask = remembering((at) => kernel.recoverDevice(at, device));
  const at = scenario.state.devicesAt + device * DEVICE_BYTES;
  const marks = new Uint8Array(found);
  let premises = 0;
  let isUnknown = false;
  for (const { first, count, bytes } of engine.states()) {
    for (let index = 0; index < count; index++) {
      const state = bytes.subarray(index * engine.stateBytes, (index + 1) * engine.stateBytes);
      if (state[at + DEVICE_DRIVER_OFFSET] !== 0) {
        marks[first + index] = BOUND;
        continue;
      }
      if (!isSpokenOf(state, at, scenario, device)) continue;
      premises++;
      const key = Buffer.from(state.subarray(0, scenario.state.eventsAt)).toString('latin1');
      const answer = ask(key, bytes.byteOffset + index * engine.stateBytes);
      if (answer === 2) isUnknown = true;
      marks[first + index] = answer === 0 ? LOST : BOUND;
    }
  }
  return { marks, premises, isUnknown };
}

/** Asks something while the engine takes no reboot: a device that one brings back is still lost. */
async function withoutReboot<T>(engine: Engine, ask: () => Promise<T>): Promise<T> {
  const words = new Uint32Array(engine.memory.buffer, SCENARIO_OFFSET, Header.Count);
  words[Header.RebootForbidden] = 1;
  try {
    return await ask();
  } finally {
    words[Header.RebootForbidden] = 0;
  }
}

/**
 * Searches the losses of one device: at most one that is the kernel's and one that is the script's.
 */
export async function checkRecoverable(
  engine: Engine,
  scenario: Scenario,
  device: number,
  found: number,
): Promise<RecoverableAnswer> {
  const { marks, premises, isUnknown } = classify(engine, scenario, device, found);
  const reach = await withoutReboot(engine, () =>
    engine.markReach(marks.map((mark) => (mark === BOUND ? 1 : 0))),
  );
  const at = scenario.state.devicesAt + device * DEVICE_BYTES;
  const losses: Loss[] = [];
  for (const kind of ['kernel-defect', 'script'] as const) {
    const targets = new Uint8Array(found);
    let isAny = false;
    for (const { first, count, bytes } of engine.states()) {
      for (let index = 0; index < count; index++) {
        if (marks[first + index] !== LOST || reach[first + index] !== 0) continue;
        const ghost = bytes[index * engine.stateBytes + at + DEVICE_GHOST_OFFSET] ?? 0;
        if (isDefect(ghost) !== (kind === 'kernel-defect')) continue;
        targets[first + index] = 1;
        isAny = true;
      }
    }
    const chosen = isAny ? await engine.traceToMarked(targets) : null;
    if (chosen !== null) losses.push({ device, class: kind, chosen, reach });
  }
  return { losses, premises, isUnknown };
}
