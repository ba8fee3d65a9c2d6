/**
 * The trace of a lossy search: the pass back of assembly/search/predecessors.ts, with two levels at
 * a time in memory, read from disk, and an exact table over the later one.
 *
 * It chooses what it chooses after an exact search. Its records go to disk as well, because the
 * pass forward needs those of every level.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  CONTROL_LEVELS,
  CONTROL_MARKS,
  CONTROL_RECORDS,
  CONTROL_TRACE_INITIAL,
  CONTROL_VIOLATIONS,
  RECORD_BYTES,
  TARGET_MARKED,
} from '../../assembly/search/layout.js';
import { NONE } from './control.js';
import { EngineError, FAIL_MEMORY } from './engineError.js';
import { type Levels, loadStates } from './lossy.js';
import { type FoundTrace, mustBeSearched, type ServiceSetup, STATES_A_CALL } from './services.js';

/** First index of a level. */
const firstOf = ({ control }: ServiceSetup, level: number): number =>
  control.read(control.read(CONTROL_LEVELS) + level * 4);

/** The trace to a violation of a property; null when the search found none. */
export async function traceOnDisk(
  setup: ServiceSetup,
  levels: Levels,
  property: number,
): Promise<FoundTrace | null> {
  mustBeSearched(setup);
  const level = setup.control.read(CONTROL_VIOLATIONS + property * 4);
  if (level === NONE) return null;
  return chooseTrace(setup, levels, { property, level, marks: null });
}

/** The trace to the nearest state whose target byte is 1; null when none is. */
export async function traceToMarkedOnDisk(
  setup: ServiceSetup,
  levels: Levels,
  targets: Uint8Array,
): Promise<FoundTrace | null> {
  mustBeSearched(setup);
  const nearest = targets.indexOf(1);
  if (nearest < 0) return null;
  let level = 0;
  while (firstOf(setup, level + 1) <= nearest) level += 1;
  return chooseTrace(setup, levels, { property: TARGET_MARKED, level, marks: targets });
}

interface Target {
  readonly property: number;
  readonly level: number;
  readonly marks: Uint8Array | null;
}

/** Records of the states of a level that is in memory. */
function recordsIn(setup: ServiceSetup, level: number): { bytes: Uint8Array; at: number } {
  const from = firstOf(setup, level);
  const at = from * RECORD_BYTES;
  const count = firstOf(setup, level + 1) - from;
  const address = (setup.control.read(CONTROL_RECORDS) + at) % 2 ** 32;
  return { bytes: new Uint8Array(setup.memory.buffer, address, count * RECORD_BYTES), at };
}

/** Loads the levels from one up to another, and makes a table of the states of the last one. */
function loadLevels(setup: ServiceSetup, levels: Levels, first: number, last: number): void {
  const [from, known, to] = [first, last, last + 1].map((level) => firstOf(setup, level));
  if (from === undefined || known === undefined || to === undefined) return;
  if (setup.engine.openWindow(from, to, known) === 0) {
    const text = `the ${to - from} states of two levels do not fit in memory to choose a trace`;
    throw new EngineError(FAIL_MEMORY, `${text}; allow more with --memory`);
  }
  loadStates(setup, levels, from, to);
  setup.engine.insertLoaded(known, to);
}

async function runLevel(setup: ServiceSetup, level: number): Promise<void> {
  let left = firstOf(setup, level + 1) - firstOf(setup, level);
  while (left > 0) {
    const budget = Math.min(left, STATES_A_CALL);
    setup.engine.traceRun(budget);
    left -= budget;
    await nextTurn();
    setup.signal?.throwIfAborted();
  }
}

/** The pass back: the records of every level, on disk. */
async function passBack(setup: ServiceSetup, levels: Levels, target: Target): Promise<void> {
  const { engine, control, memory } = setup;
  engine.traceFrom(target.property, target.level);
  for (let level = target.level; level >= 0; level -= 1) {
    const isTarget = level === target.level;
    loadLevels(setup, levels, level, isTarget ? level : level + 1);
    if (isTarget && target.marks !== null) {
      const [from, to] = [firstOf(setup, level), firstOf(setup, level + 1)];
      const at = (control.read(CONTROL_MARKS) + from) % 2 ** 32;
      new Uint8Array(memory.buffer, at, to - from).set(target.marks.subarray(from, to));
    }
    if (!isTarget) {
      const { bytes, at } = recordsIn(setup, level + 1);
      levels.records.read(bytes, at);
    }
    await runLevel(setup, level);
    const { bytes, at } = recordsIn(setup, level);
    levels.records.write(bytes, at);
  }
}

async function chooseTrace(
  setup: ServiceSetup,
  levels: Levels,
  target: Target,
): Promise<FoundTrace> {
  const { engine, control } = setup;
  await passBack(setup, levels, target);
  const openWith = (first: number, last: number): void => {
    loadLevels(setup, levels, first, last);
    const { bytes, at } = recordsIn(setup, last);
    levels.records.read(bytes, at);
  };
  openWith(0, 0);
  let index = engine.traceInitial() >>> 0;
  let thread = -1;
  const ordinals: number[] = [];
  const indices: number[] = [];
  for (let level = 0; level < target.level; level += 1) {
    openWith(level, level + 1);
    ordinals.push(engine.traceStep(index, thread, level) >>> 0);
    index = engine.traceIndex() >>> 0;
    thread = engine.traceThread();
    indices.push(index);
  }
  return { initial: control.read(CONTROL_TRACE_INITIAL), ordinals, indices };
}
