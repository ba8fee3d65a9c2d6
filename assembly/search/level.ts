// What happens between two levels, while all workers stand still: counts, violations, limits.
//
// The rule for violations. A state is checked when it is found and finished when it is expanded;
// both count at the state's own depth. While level l is expanded, check() speaks of level l + 1 and
// finish() of level l. The search stops at the first barrier at which a property of the stop mask
// is known to be violated: at depth l + 1 by check(), or at depth l by finish(). Level l + 1 is
// then found and checked in full and not expanded. All violations known at that barrier are
// reported, each at its least depth. This depends on nothing but the System, so it is the same for
// any number of workers.
import { workerLine } from '../control';
import { compact } from './frontier';
import {
  CONTROL_CHUNK,
  CONTROL_CURSOR,
  CONTROL_DEPTH_MAX,
  CONTROL_FINISHED,
  CONTROL_FOUND,
  CONTROL_LEVEL,
  CONTROL_LEVEL_FROM,
  CONTROL_LEVEL_TO,
  CONTROL_LEVELS,
  CONTROL_LEVELS_MAX,
  CONTROL_OWN_STOP_MASK,
  CONTROL_OWN_VIOLATIONS,
  CONTROL_STATES_MAX,
  CONTROL_STOP,
  CONTROL_STOP_MASK,
  CONTROL_STOPPED_BY,
  CONTROL_TRANSITIONS,
  CONTROL_VIOLATIONS,
  CONTROL_WORKERS,
  LINE_TRANSITIONS,
  PHASE_LEVEL,
  PHASE_STOPPED,
  STOP_DEPTH,
  STOP_NONE,
  STOP_STATES,
  STOP_VIOLATION,
} from './layout';

const CHUNK_MAX: u32 = 1024;
const CHUNK_MIN: u32 = 8;

/** Notes that every property of a bit set is violated at a depth. */
export function noteViolations(properties: u32, depth: u32): void {
  noteDepths(CONTROL_VIOLATIONS, properties, depth);
}

/** The same for a table of least depths: u32 each, one for each bit. */
export function noteDepths(table: usize, properties: u32, depth: u32): void {
  for (let left = properties; left != 0; left &= left - 1) {
    const at = table + ((<usize>ctz<u32>(left)) << 2);
    let known = atomic.load<u32>(at);
    while (depth < known) {
      const seen = atomic.cmpxchg<u32>(at, known, depth);
      if (seen == known) break;
      known = seen;
    }
  }
}

/** Returns the first index of a level; that of the level after the last is the number of states. */
export function levelFrom(level: u32): u32 {
  return load<u32>(<usize>load<u32>(CONTROL_LEVELS) + ((<usize>level) << 2));
}

/** Returns the first index after the level that a state belongs to. */
export function levelEndOf(index: u32): u32 {
  if (index >= load<u32>(CONTROL_LEVEL_FROM)) return load<u32>(CONTROL_LEVEL_TO);
  let level: u32 = 0;
  let above = load<u32>(CONTROL_LEVEL);
  while (level + 1 < above) {
    const middle = (level + above) >> 1;
    if (levelFrom(middle) <= index) level = middle;
    else above = middle;
  }
  return levelFrom(level + 1);
}

function setLevelFrom(level: u32, index: u32): void {
  store<u32>(<usize>load<u32>(CONTROL_LEVELS) + ((<usize>level) << 2), index);
}

/** Begins with the initial states as level 0. */
export function beginLevels(): u32 {
  const count = compact();
  setLevelFrom(0, 0);
  return beginLevel(0, 0, count);
}

/** Ends a level that has been expanded in full. */
export function finishLevel(): u32 {
  const count = compact();
  const to = load<u32>(CONTROL_LEVEL_TO);
  store<u64>(CONTROL_TRANSITIONS, transitionsNow());
  if (count == to) return endSearch(STOP_NONE, count);
  return beginLevel(load<u32>(CONTROL_LEVEL) + 1, to, count);
}

/** Ends the search within a level: counts stay those of the last level found in full. */
export function finishStopped(): u32 {
  const count = compact();
  setLevelFrom(load<u32>(CONTROL_LEVEL) + 2, count);
  return endSearch(atomic.load<u32>(CONTROL_STOP), count);
}

/** Begins a level that has been found in full; or ends the search there. */
export function beginLevel(level: u32, from: u32, to: u32): u32 {
  store<u32>(CONTROL_LEVEL, level);
  store<u32>(CONTROL_LEVEL_FROM, from);
  store<u32>(CONTROL_LEVEL_TO, to);
  setLevelFrom(level + 1, to);
  const reason = stopAtBarrier(level, to);
  if (reason != STOP_NONE) return endSearch(reason, to);
  const share = (to - from) / (load<u32>(CONTROL_WORKERS) * 4);
  store<u32>(CONTROL_CHUNK, max(CHUNK_MIN, min(CHUNK_MAX, share)));
  atomic.store<u32>(CONTROL_CURSOR, from);
  return PHASE_LEVEL;
}

/** Empties the tables of least depths. */
export function forgetViolations(): void {
  memory.fill(CONTROL_VIOLATIONS, 0xff, 128);
  memory.fill(CONTROL_OWN_VIOLATIONS, 0xff, 128);
}

/** Tells whether a property that ends the search was violated at a depth or before it. */
export function isEnough(depth: u32): bool {
  return (
    isViolated(CONTROL_VIOLATIONS, load<u32>(CONTROL_STOP_MASK), depth) ||
    isViolated(CONTROL_OWN_VIOLATIONS, load<u32>(CONTROL_OWN_STOP_MASK), depth)
  );
}

function isViolated(table: usize, properties: u32, depth: u32): bool {
  for (let left = properties; left != 0; left &= left - 1) {
    if (atomic.load<u32>(table + ((<usize>ctz<u32>(left)) << 2)) <= depth) return true;
  }
  return false;
}

function stopAtBarrier(level: u32, count: u32): u32 {
  if (isEnough(level)) return STOP_VIOLATION;
  if (level >= load<u32>(CONTROL_DEPTH_MAX)) return STOP_DEPTH;
  // Room for the first index of the level after next, which a stop within the next one needs.
  if (level + 4 > load<u32>(CONTROL_LEVELS_MAX)) return STOP_DEPTH;
  if (count > load<u32>(CONTROL_STATES_MAX)) return STOP_STATES;
  return STOP_NONE;
}

/** Ends the search for a reason, with so many states. */
export function endSearch(reason: u32, count: u32): u32 {
  store<u32>(CONTROL_STOPPED_BY, reason);
  store<u32>(CONTROL_FOUND, count);
  atomic.store<u32>(CONTROL_FINISHED, 1);
  return PHASE_STOPPED;
}

/** Adds up the transitions of all workers. */
export function transitionsNow(): u64 {
  const workers = load<u32>(CONTROL_WORKERS);
  let sum: u64 = 0;
  for (let worker: u32 = 0; worker < workers; ++worker) {
    sum += load<u64>(workerLine(worker), LINE_TRANSITIONS);
  }
  return sum;
}
