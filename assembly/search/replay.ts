// One behaviour at a time, without a visited set: for traces, for `run`, and for the reference
// search.
import { enter, scratchState } from '../control';
import { SUCCESSOR_HEAD_BYTES } from './layout';

/** Returns the address of the present state of the replay. */
export function replayState(): usize {
  enter(0);
  return scratchState(1);
}

/** Makes initial state `number` the present state. */
export function replayInitial<S>(number: u32): void {
  enter(0);
  const system = changetype<S>(0);
  system.stateBytes();
  system.writeInitial(number, scratchState(1));
}

/** Returns how many successors the present state has, stutters included. */
export function replaySuccessorCount<S>(): u32 {
  enter(0);
  const system = changetype<S>(0);
  let count: u32 = 0;
  system.begin(scratchState(1));
  while (system.next(scratchState(0)) >= 0) ++count;
  system.finish();
  return count;
}

/** Takes step number `ordinal`: its label, or -1 when there is no such step and the state stays. */
export function replayTake<S>(ordinal: u32): i32 {
  enter(0);
  const system = changetype<S>(0);
  system.begin(scratchState(1));
  for (let at: u32 = 0; ; ++at) {
    const label = system.next(scratchState(0));
    if (label < 0) return -1;
    if (at < ordinal) continue;
    memory.copy(scratchState(1), scratchState(0), system.stateBytes());
    return label;
  }
}

/** Returns the properties that a state violates: by itself, or known from its expansion. */
export function violatedBy<S>(state: usize): u32 {
  enter(0);
  const system = changetype<S>(0);
  const bits = system.check(state);
  system.begin(state);
  while (system.next(scratchState(0)) >= 0) {}
  return bits | system.finish();
}

/**
 * Writes the successors of a state: label (u32), what check() says of it (u32), its bytes.
 *
 * @param state address, aligned to 8; not scratch place 0.
 * @param to room for `most` successors, aligned to 8.
 * @returns how many there are; those beyond `most` are not written.
 */
export function successors<S>(state: usize, to: usize, most: u32): u32 {
  enter(0);
  const system = changetype<S>(0);
  const bytes = system.stateBytes();
  let count: u32 = 0;
  let at = to;
  system.begin(state);
  for (;;) {
    const place = count < most ? at + SUCCESSOR_HEAD_BYTES : scratchState(0);
    const label = system.next(place);
    if (label < 0) break;
    if (count < most) {
      store<i32>(at, label);
      store<u32>(at, system.check(place), 4);
      at += SUCCESSOR_HEAD_BYTES + bytes;
    }
    ++count;
  }
  lastFinish = system.finish();
  return count;
}

let lastFinish: u32 = 0;

/** Returns what finish() said of the state last given to successors(). */
export function successorsFinish(): u32 {
  return lastFinish;
}
