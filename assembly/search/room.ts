// What a run of a strategy has at hand while it is at a state: the state itself and, once it is
// expanded, its successors, in memory of the worker's own.
import { enter } from '../control';
import { isEqual } from './fingerprint';
import {
  CONTROL_STATE_BYTES,
  RUNS_ROOM_BYTES,
  RUNS_ROOMS,
  RUNS_SEED,
  RUNS_STATES_BYTES,
  STATE_BYTES_MAX,
} from './layout';
import { pick, seedRun } from './random';

// A worker's room: successors of the present state, their threads (u16 each), how many each thread
// has (u32 each), the threads in the order of their appearance (u8 each), the present state, and an
// order of the successors (u16 each).
export const THREADS_AT: usize = RUNS_STATES_BYTES;
const HELD_MAX: u32 = 16384;
export const COUNTS_AT: usize = THREADS_AT + <usize>HELD_MAX * 2;
const SEEN_AT: usize = COUNTS_AT + 1024;
const STATE_AT: usize = SEEN_AT + 256;
export const ORDER_AT: usize = STATE_AT + STATE_BYTES_MAX;
/** In place of the thread of a successor that is the state itself. */
const STUTTER: u32 = 0xffff;

/** Address of the room, and bytes of a state; private to the instance, like all of these. */
export let room: usize = 0;
export let bytes: u32 = 0;
/** Successors that the room holds, threads that have some, and what finish() said. */
export let held: u32 = 0;
export let threads: u32 = 0;
export let finished: u32 = 0;

/** Makes the instance ready to run as a worker. */
export function enterRoom<S>(worker: u32): void {
  enter(worker);
  bytes = changetype<S>(0).stateBytes();
  store<u32>(CONTROL_STATE_BYTES, bytes);
  room = <usize>load<u32>(RUNS_ROOMS) + <usize>worker * RUNS_ROOM_BYTES;
}

/** Returns the address of the present state. */
export function present(): usize {
  return room + STATE_AT;
}

/** Begins a run's stream of numbers, and makes one of the initial states the present one. */
export function chooseInitial<S>(run: u32): u32 {
  const system = changetype<S>(0);
  seedRun(load<u64>(RUNS_SEED), run);
  const number = pick(system.initialCount());
  system.writeInitial(number, present());
  return number;
}

/** Expands the present state, and returns all that it violates but own properties. */
export function violatedNow<S>(): u32 {
  const system = changetype<S>(0);
  const violated = system.check(present());
  expandHere<S>();
  return violated | finished;
}

/** Enumerates the successors of the present state, and keeps as many as there is room for. */
function expandHere<S>(): void {
  const system = changetype<S>(0);
  const counts = room + COUNTS_AT;
  const most = min<u32>(HELD_MAX, <u32>RUNS_STATES_BYTES / bytes - 1);
  memory.fill(counts, 0, 1024);
  held = 0;
  threads = 0;
  system.begin(present());
  for (;;) {
    const to = room + <usize>held * <usize>bytes;
    const label = system.next(to);
    if (label < 0) break;
    const thread = <u32>label & 0xff;
    const isStutter = isEqual(to, present(), bytes);
    if (!isStutter) count(thread);
    if (held == most) continue;
    store<u16>(room + THREADS_AT + ((<usize>held) << 1), <u16>(isStutter ? STUTTER : thread));
    ++held;
  }
  finished = system.finish();
}

/** Counts a successor of a thread. */
function count(thread: u32): void {
  const at = room + COUNTS_AT + ((<usize>thread) << 2);
  const before = load<u32>(at);
  store<u32>(at, before + 1);
  if (before != 0) return;
  store<u8>(room + SEEN_AT + <usize>threads, <u8>thread);
  ++threads;
}

/** Tells whether a successor that is held is the state itself. */
export function isStutter(place: u32): bool {
  return load<u16>(room + THREADS_AT + ((<usize>place) << 1)) == STUTTER;
}

/** Thread number `place` of those that can change the state. */
export function threadAt(place: u32): u32 {
  return <u32>load<u8>(room + SEEN_AT + <usize>place);
}

/** How many successors a thread has. */
export function successorsOf(thread: u32): u32 {
  return load<u32>(room + COUNTS_AT + ((<usize>thread) << 2));
}

/** Tells whether a successor that is held is a step of a thread. */
export function isStepOf(place: u32, thread: u32): bool {
  return <u32>load<u16>(room + THREADS_AT + ((<usize>place) << 1)) == thread;
}
