/**
 * Single steps without a search: a behaviour followed by ordinals, and the successor function
 * itself.
 */
import {
  CONTROL_ARENA,
  CONTROL_PACKED_BYTES,
  CONTROL_RESERVED,
  CONTROL_TABLE,
  SUCCESSOR_HEAD_BYTES,
} from '../../assembly/search/layout.js';
import { type Control, topOf } from './control.js';
import { EngineError, FAIL_USE } from './engineError.js';
import type { SearchExports } from './instantiate.js';

/** One behaviour: an initial state, then a step at a time. */
export interface Replay {
  /** Goes to an initial state. */
  initial(number: number): void;
  /** Number of steps of the present state, stutters included. */
  successorCount(): number;
  /** Takes a step by its ordinal: its label, or -1 when there is no such step. */
  take(ordinal: number): number;
  /** Address of the present state in the engine's memory. */
  address(): number;
  /** A copy of the present state. */
  state(): Uint8Array;
  /** Bit set of the properties that the present state violates, deadlocks included. */
  violated(): number;
}

/** A successor of a state. */
export interface Successor {
  readonly label: number;
  readonly state: Uint8Array;
  /** What check() says of it. */
  readonly violated: number;
}

/** The System as functions, for a search that is not the engine's. */
export interface Successors {
  readonly stateBytes: number;
  /** Initial states in order, duplicates included. */
  initial(): Uint8Array[];
  /** What check() says of a state. */
  check(state: Uint8Array): number;
  /** All successors in order, and what finish() says of the state. */
  expand(state: Uint8Array): { readonly successors: Successor[]; readonly finished: number };
}

/** Makes the replay of an engine. Not to be used while its search runs. */
export function makeReplay(engine: SearchExports, memory: WebAssembly.Memory): Replay {
  const address = (): number => engine.replayState() >>> 0;
  return {
    initial: (number) => engine.replayInitial(number),
    successorCount: () => engine.replaySuccessorCount() >>> 0,
    take: (ordinal) => engine.replayTake(ordinal),
    address,
    state: () => Uint8Array.from(new Uint8Array(memory.buffer, address(), engine.stateBytes())),
    violated: () => engine.violatedBy(address()) >>> 0,
  };
}

/** Makes the successor function of an engine. Not to be used while its search runs. */
export function makeSuccessors(
  engine: SearchExports,
  memory: WebAssembly.Memory,
  control: Control,
): Successors {
  const stateBytes = engine.stateBytes() >>> 0;
  const bytes = new Uint8Array(memory.buffer);
  const view = new DataView(memory.buffer);
  const copy = (at: number): Uint8Array => bytes.slice(at, at + stateBytes);
  const place = (state: Uint8Array): number => {
    const at = engine.replayState() >>> 0;
    bytes.set(state, at);
    return at;
  };
  return {
    stateBytes,
    initial: () =>
      Array.from({ length: engine.initialCount() >>> 0 }, (_, number) => {
        const at = engine.replayState() >>> 0;
        engine.writeInitial(number, at);
        return copy(at);
      }),
    check: (state) => engine.check(place(state)) >>> 0,
    expand: (state) => {
      const room = freeRoom(control);
      const each = SUCCESSOR_HEAD_BYTES + stateBytes;
      const most = Math.floor(room.bytes / each);
      const count = engine.successors(place(state), room.at, most) >>> 0;
      if (count > most) {
        throw new EngineError(FAIL_USE, `a state has ${count} successors; ${most} fit in memory`);
      }
      const successors = Array.from({ length: count }, (_, number) => {
        const at = room.at + number * each;
        return {
          label: view.getInt32(at, true),
          violated: view.getUint32(at + 4, true),
          state: copy(at + SUCCESSOR_HEAD_BYTES),
        };
      });
      return { successors, finished: engine.successorsFinish() >>> 0 };
    },
  };
}

/** The memory between the states and the table, which is free outside a search. */
function freeRoom(control: Control): { at: number; bytes: number } {
  const states = control.read(CONTROL_RESERVED) * control.read(CONTROL_PACKED_BYTES);
  const at = control.read(CONTROL_ARENA) + states;
  const end = control.read(CONTROL_TABLE) || topOf(control);
  const aligned = (at + 7) & ~7;
  return { at: aligned >>> 0, bytes: end - (aligned >>> 0) };
}
