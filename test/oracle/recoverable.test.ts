/**
 * `recoverable` against its definition, word by word: the whole graph of the model, the whole graph
 * of a fresh administrator's menu, and two walks backwards.
 *
 * The menu runs as the only actor of a second model of the same machine, into which the kernel's
 * part of a state is put.
 */
import { describe, expect, it } from 'vitest';
import {
  DEVICE_BYTES,
  DEVICE_DRIVER_OFFSET,
  DEVICE_FLAGS_OFFSET,
  DEVICE_GHOST_OFFSET,
  DEVICE_PRESENT,
  GHOST_ALL_OFFLINE,
  GHOST_KMEM_UNBOUND,
  GHOST_MESSAGE,
  THREAD_BYTES,
  THREAD_PC_OFFSET,
} from '../../assembly/layout.js';
import { compileModel, type Scenario } from '../../src/compile/scenario.js';
import type { Engine } from '../../src/engine/engine.js';
import { explore } from '../../src/explore.js';
import { openKernelEngine } from '../../src/kernelEngine.js';
import type { Model } from '../../src/model/model.js';
import { modelNamed } from '../explore/models.ts';

const DEVICE = 'dax0.0';
const MODELS = [
  'lifecycle/readme.yaml',
  'lifecycle/script-loses-device.yaml',
  'lifecycle/script-keeps-device.yaml',
  'lifecycle/procedure.yaml',
  'lifecycle/any-one-device-call.yaml',
  'lifecycle/any-dynamic-call.yaml',
  'bugs/toctou-unbind.yaml',
] as const;

interface Graph {
  readonly states: readonly Uint8Array[];
  /** Least number of steps to each state. */
  readonly depths: readonly number[];
  readonly successors: readonly (readonly number[])[];
}

const keyOf = (state: Uint8Array): string => Buffer.from(state).toString('latin1');

/** Every state that can be reached, breadth first; `isWanted` leaves states out. */
function graphFrom(
  engine: Engine,
  initial: readonly Uint8Array[],
  isWanted: (state: Uint8Array) => boolean = () => true,
): Graph {
  const numbers = new Map<string, number>();
  const states: Uint8Array[] = [];
  const depths: number[] = [];
  const successors: number[][] = [];
  const numberOf = (state: Uint8Array, depth: number): number => {
    const key = keyOf(state);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, states.length);
    depths.push(depth);
    return states.push(state) - 1;
  };
  for (const state of initial) numberOf(state, 0);
  for (let at = 0; at < states.length; at++) {
    const next = engine.successors.expand(states[at] ?? new Uint8Array()).successors;
    const wanted = next.filter(({ state }) => isWanted(state));
    successors.push(wanted.map(({ state }) => numberOf(state, (depths[at] ?? 0) + 1)));
  }
  return { states, depths, successors };
}

/** The states from which one that is good can be reached. */
function reaching(graph: Graph, isGood: (state: Uint8Array, at: number) => boolean): Set<number> {
  const predecessors = graph.states.map((): number[] => []);
  for (const [from, next] of graph.successors.entries()) {
    for (const to of next) predecessors[to]?.push(from);
  }
  const found = new Set([...graph.states.keys()].filter((at) => isGood(stateAt(graph, at), at)));
  for (const at of found) for (const from of predecessors[at] ?? []) found.add(from);
  return found;
}

const stateAt = ({ states }: Graph, at: number): Uint8Array => states[at] ?? new Uint8Array();

const deviceByte = (state: Uint8Array, scenario: Scenario, offset: number): number => {
  const number = scenario.plan.devices.findIndex(({ name }) => name === DEVICE);
  return state[scenario.state.devicesAt + number * DEVICE_BYTES + offset] ?? 0;
};
const isBound = (state: Uint8Array, scenario: Scenario): boolean =>
  deviceByte(state, scenario, DEVICE_DRIVER_OFFSET) !== 0;

function isQuiet(state: Uint8Array, scenario: Scenario): boolean {
  const view = new DataView(state.buffer, state.byteOffset);
  return scenario.threads.every(
    (_, thread) =>
      view.getUint16(scenario.state.threadsAt + thread * THREAD_BYTES + THREAD_PC_OFFSET, true) ===
      0,
  );
}

/** No system call under way, udev's queue empty, the device there and without a driver. */
function isPremise(state: Uint8Array, scenario: Scenario): boolean {
  const { eventsAt, faultsAt } = scenario.state;
  const isPresent = (deviceByte(state, scenario, DEVICE_FLAGS_OFFSET) & DEVICE_PRESENT) !== 0;
  const isQueueEmpty = state.subarray(eventsAt, faultsAt).every((byte) => byte === 0);
  return isPresent && isQueueEmpty && isQuiet(state, scenario) && !isBound(state, scenario);
}

/** The recovery menu of the property's definition as an actor without an end. */
function menuOf(model: Model, scenario: Scenario): Model {
  const { place } = model.kernel;
  const { blockSize, devices } = model.machine;
  const isInDevice = (index: number): boolean => {
    const first = BigInt(index) * blockSize;
    const ranges = devices.flatMap((device) => device.ranges);
    return ranges.some(({ start, end }) => start <= first && first + blockSize - 1n <= end);
  };
  const offline = scenario.plan.blocks
    .filter(({ index }) => isInDevice(index))
    .map(({ index }) => `echo offline > /sys/devices/system/memory/memory${index}/state`);
  const writes = scenario.plan.devices.flatMap(({ name }) =>
    ['device_dax', 'kmem'].flatMap((driver) =>
      ['unbind', 'new_id', 'remove_id', 'bind'].map(
        (file) => `echo ${name} > /sys/bus/dax/drivers/${driver}/${file}`,
      ),
    ),
  );
  const commands = [...offline, ...writes].map((text) => ({ text, place }));
  const administrator = { kind: 'any', name: 'admin', commands, times: null } as const;
  return { ...model, actors: [administrator], granularity: 'call', faults: [] };
}

/** Tells of each state whether the menu gets the device bound again. */
function menuAnswers(model: Model, scenario: Scenario, states: readonly Uint8Array[]): boolean[] {
  const menu = compileModel(menuOf(model, scenario));
  const engine = openKernelEngine(menu);
  const { eventsAt } = scenario.state;
  expect(menu.state.eventsAt).toBe(eventsAt);
  expect(menu.names).toEqual(scenario.names);
  expect(menu.points).toEqual(scenario.points);
  const [fresh = new Uint8Array()] = engine.successors.initial();
  const transplanted = states.map((state) => {
    const copy = Uint8Array.from(fresh);
    copy.set(state.subarray(0, eventsAt));
    return copy;
  });
  const graph = graphFrom(engine, transplanted, (state) => isQuiet(state, menu));
  const recoverable = reaching(graph, (state) => isBound(state, menu));
  const keys = new Set([...recoverable].map((at) => keyOf(stateAt(graph, at))));
  return transplanted.map((state) => keys.has(keyOf(state)));
}

/** The loss is the kernel's when all blocks were offline as kmem let go, or it printed nothing. */
function classOf(state: Uint8Array, scenario: Scenario): string {
  const ghost = deviceByte(state, scenario, DEVICE_GHOST_OFFSET);
  const isToldOff = (ghost & GHOST_ALL_OFFLINE) === 0 && (ghost & GHOST_MESSAGE) !== 0;
  return (ghost & GHOST_KMEM_UNBOUND) !== 0 && isToldOff ? 'script' : 'kernel-defect';
}

/** The least depth of a loss of each class, by the definition. */
function lossesOf(model: Model): Record<string, number> {
  const scenario = compileModel(model);
  const engine = openKernelEngine(scenario);
  const graph = graphFrom(engine, engine.successors.initial());
  const premises = graph.states.filter((state) => isPremise(state, scenario));
  const answers = menuAnswers(model, scenario, premises);
  const mended = new Set(premises.filter((_, at) => answers[at]).map(keyOf));
  const good = reaching(graph, (state) => isBound(state, scenario) || mended.has(keyOf(state)));
  const losses: Record<string, number> = {};
  for (const [at, state] of graph.states.entries()) {
    if (!isPremise(state, scenario) || good.has(at)) continue;
    const kind = classOf(state, scenario);
    losses[kind] = Math.min(losses[kind] ?? Number.POSITIVE_INFINITY, graph.depths[at] ?? 0);
  }
  return losses;
}

const found = new Set<string>();

describe('recoverable is what its definition says', () => {
  it.each(MODELS)('%s', async (name) => {
    const model = modelNamed(name);
    const { place } = model.kernel;
    const asked: Model = {
      ...model,
      check: [{ name: 'recoverable', device: DEVICE, place }],
      continueAfterViolation: true,
      expect: null,
    };

    const { violations } = await explore(asked);

    const told = violations.map(({ finding, steps }) => [finding.class, steps.length] as const);
    expect(Object.fromEntries(told)).toEqual(lossesOf(asked));
    for (const [kind] of told) found.add(kind);
    if (told.length === 0) found.add('none');
  });

  it('has been asked of losses of both classes, and where there is none', () => {
    expect([...found].sort()).toEqual(['kernel-defect', 'none', 'script']);
  });
});
