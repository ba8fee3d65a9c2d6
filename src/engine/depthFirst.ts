/**
 * Drives the depth-first search, and finds the ways on which it came to states.
 *
 * One worker, in the order of successors: nothing but the system decides what is found on which
 * way. A way is seldom the shortest one; the one to a violation is shortened by leaving steps out.
 */
import {
  CONTROL_ARENA,
  CONTROL_FOUND,
  CONTROL_OWN_VIOLATIONS,
  CONTROL_PACKED_BYTES,
  CONTROL_STOPPED_BY,
  CONTROL_TABLE,
  CONTROL_VIOLATIONS,
  DEPTH_DEEPEST,
  DEPTH_LINKS,
  RUNS_DEPTH_MAX,
  RUNS_INITIAL,
  RUNS_ROOM_BYTES,
  RUNS_ROOMS,
  RUNS_TRAIL,
  STOP_MEMORY,
  TARGET_OWN,
} from '../../assembly/search/layout.js';
import {
  countsNow,
  failureOf,
  labelsIn,
  NONE,
  readViolations,
  type SearchMemory,
  transitionsOf,
} from './control.js';
import { TRAIL_BYTES } from './runs.js';
import { makeWatch, type SearchResult, type SearchSetup, STOPPED_BY } from './search.js';
import type { FoundTrace } from './services.js';
import { shortenTrail } from './shorten.js';
import { inSlices } from './slices.js';

const STATES_AT_FIRST = 64;
const LINE = 64;
const LINK_WORDS = 2;

/** Searches to the end, or to a limit. Throws EngineError when the engine traps. */
export async function runDepthFirst(setup: SearchSetup): Promise<SearchResult> {
  const { engine, control } = setup;
  const start = performance.now();
  let memoryLimit = setup.memoryLimit;
  const watch = makeWatch(setup, start, (passed) => {
    memoryLimit = passed;
  });
  try {
    engine.depthFirstStart();
    await inSlices((states) => engine.depthFirstRun(states), STATES_AT_FIRST, watch);
  } catch (cause) {
    throw failureOf(control, cause);
  }
  const violated = (table: number) =>
    readViolations(control, table).map(({ property, depth: index }) => ({
      property,
      depth: engine.depthFirstDepth(index) >>> 0,
    }));
  const stoppedBy = control.read(CONTROL_STOPPED_BY);
  const found = control.read(CONTROL_FOUND);
  return {
    complete: stoppedBy === 0,
    stoppedBy: STOPPED_BY[stoppedBy] ?? null,
    memoryLimit: stoppedBy === STOP_MEMORY ? memoryLimit : null,
    distinctStates: found,
    statesAtLeast: found,
    transitions: transitionsOf(control),
    depth: control.read(DEPTH_DEEPEST),
    levels: [],
    violations: violated(CONTROL_VIOLATIONS),
    ownViolations: violated(CONTROL_OWN_VIOLATIONS),
    labelsSeen: labelsIn(setup).slice(),
    memoryBytes: countsNow(control).memoryBytes,
    seconds: (performance.now() - start) / 1000,
  };
}

/** The way on which a state was found. */
function wayTo({ engine }: SearchMemory, index: number): FoundTrace {
  const indices: number[] = [];
  for (let at = index; at !== NONE; at = engine.depthFirstParent(at) >>> 0) indices.unshift(at);
  const [initial = 0, ...ordinals] = indices.map((at) => engine.depthFirstOrdinal(at) >>> 0);
  return { initial, ordinals, indices: indices.slice(1) };
}

/** Shortens a way to a violation, when the memory that is left allows. */
function shortened(setup: SearchMemory, way: FoundTrace, target: number): FoundTrace {
  const { control, memory } = setup;
  const states = control.read(CONTROL_FOUND) * control.read(CONTROL_PACKED_BYTES);
  const rooms = Math.ceil((control.read(CONTROL_ARENA) + states) / LINE) * LINE;
  const trail = rooms + RUNS_ROOM_BYTES;
  const steps = way.ordinals.length;
  if (trail + (steps + 1) * TRAIL_BYTES > control.read(CONTROL_TABLE)) return way;
  control.write(RUNS_ROOMS, rooms);
  control.write(RUNS_TRAIL, trail);
  control.write(RUNS_DEPTH_MAX, steps);
  control.write(RUNS_INITIAL, way.initial);
  new Uint32Array(memory.buffer, trail, steps).set(way.ordinals);
  return { ...shortenTrail(setup, steps, target), indices: [] };
}

/** A way to the violation of a property that was found first; null when none was. */
export function depthFirstTo(setup: SearchMemory, property: number): FoundTrace | null {
  const index = setup.control.read(CONTROL_VIOLATIONS + property * 4);
  return index === NONE ? null : shortened(setup, wayTo(setup, index), property);
}

/** The same of an own property. */
export function depthFirstToOwn(setup: SearchMemory, property: number): FoundTrace | null {
  const index = setup.control.read(CONTROL_OWN_VIOLATIONS + property * 4);
  return index === NONE ? null : shortened(setup, wayTo(setup, index), property + TARGET_OWN);
}

/** The way to the state with a mark that was found on the fewest steps; null when none has one. */
export function depthFirstToMarked(setup: SearchMemory, marks: Uint8Array): FoundTrace | null {
  const { control, memory } = setup;
  const links = new Uint32Array(memory.buffer, control.read(DEPTH_LINKS));
  const depths = new Uint32Array(marks.length);
  let best: number | null = null;
  for (let index = 0; index < marks.length; index += 1) {
    const parent = links[index * LINK_WORDS] ?? NONE;
    depths[index] = parent === NONE ? 0 : (depths[parent] ?? 0) + 1;
    if (marks[index] !== 1) continue;
    if (best === null || (depths[index] ?? 0) < (depths[best] ?? 0)) best = index;
  }
  return best === null ? null : wayTo(setup, best);
}
