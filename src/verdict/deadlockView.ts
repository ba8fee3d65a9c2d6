/**
 * Who waits for whom in a deadlocked state: the engine's present replay state.
 */
import {
  INSTRUCTION_ENDED,
  type Lock,
  THREAD_BYTES,
  THREAD_INSTRUCTION_OFFSET,
  THREAD_PC_OFFSET,
  WaitKind,
} from '../../assembly/layout.js';
import type { ScenarioWords } from '../compile/words.js';
import type { SteppingEngine } from '../engine/stepper.js';
import { functionOfPc } from '../kernel/functions.js';
import { shapeOf, type Waiter } from './deadlockKinds.js';
import { attributeOfHolders, lockName, locksOf } from './locks.js';
import { callers, entryOf, kernelExports } from './steps.js';
import type { DeadlockView } from './trace.js';

type Member = DeadlockView['threads'][number];

interface Stuck {
  readonly waiter: Waiter;
  readonly view: Member;
}

function stuckThread(
  engine: SteppingEngine,
  scenario: ScenarioWords,
  state: Uint8Array,
  thread: number,
): Stuck {
  const kernel = kernelExports(engine);
  const [lock, object, holders, wait] = [0, 1, 2, 3].map((part) =>
    kernel.waitOf(engine.replay.address(), thread, part),
  ) as [Lock, number, number, WaitKind];
  const bytes = new DataView(state.buffer, state.byteOffset);
  const at = scenario.state.threadsAt + thread * THREAD_BYTES;
  const instruction = bytes.getUint16(at + THREAD_INSTRUCTION_OFFSET, true);
  const pc = functionOfPc(bytes.getUint16(at + THREAD_PC_OFFSET, true));
  const stack = [entryOf(scenario, instruction), ...callers(state, thread, scenario), pc].filter(
    (name) => name !== null,
  );
  const name = nameOf(scenario, thread);
  return {
    waiter: { thread, waitsFor: holders, wait },
    view: {
      thread: name,
      command: scenario.instructions[instruction]?.text ?? '',
      stack: [...new Set(stack)],
      holds: locksOf(state, scenario)
        .filter(({ holder }) => holder === name)
        .map((view) => view.lock),
      waitsFor: lockName(lock, object, attributeOfHolders(state, scenario, holders), scenario),
      heldBy: scenario.threads
        .filter((_, index) => ((holders >> index) & 1) !== 0)
        .map((row) => row.name),
      killable: wait !== WaitKind.Uninterruptible,
      restarts: wait === WaitKind.Restarts,
    },
  };
}

const nameOf = (scenario: ScenarioWords, thread: number): string =>
  scenario.threads[thread]?.name ?? '?';

/** Threads of a state that have come to their end. */
function endedIn(state: Uint8Array, scenario: ScenarioWords): number {
  const bytes = new DataView(state.buffer, state.byteOffset);
  return scenario.threads.reduce((set, _, thread) => {
    const at = scenario.state.threadsAt + thread * THREAD_BYTES + THREAD_INSTRUCTION_OFFSET;
    return bytes.getUint16(at, true) === INSTRUCTION_ENDED ? set | (1 << thread) : set;
  }, 0);
}

/** Describes the deadlock of the present replay state; null when there is none. */
export function viewDeadlock(engine: SteppingEngine, scenario: ScenarioWords): DeadlockView | null {
  engine.replay.violated();
  const set = kernelExports(engine).deadlocked();
  if (set === 0) return null;
  const state = engine.replay.state();
  const stuck = scenario.threads.flatMap((_, index) =>
    ((set >> index) & 1) === 0 ? [] : [stuckThread(engine, scenario, state, index)],
  );
  const names = (threads: readonly number[]): string[] =>
    threads.map((thread) => nameOf(scenario, thread));
  const shape = shapeOf(
    stuck.map(({ waiter }) => waiter),
    endedIn(state, scenario),
  );
  return {
    kind: shape.kind,
    cycles: shape.knots.map(({ kind, threads, kill }) => ({
      kind,
      threads: names(threads),
      kill: names(kill),
    })),
    threads: stuck.map(({ view }) => view),
  };
}
