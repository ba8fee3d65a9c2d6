/**
 * Who waits for whom in a deadlocked state: the engine's present replay state.
 */
import {
  Lock,
  THREAD_BYTES,
  THREAD_INSTRUCTION_OFFSET,
  THREAD_PC_OFFSET,
} from '../../assembly/layout.js';
import type { Scenario } from '../compile/scenario.js';
import type { Engine } from '../engine/engine.js';
import { functionOfPc } from '../kernel/functions.js';
import { attributeOfHolders, lockName, locksOf } from './locks.js';
import { callers, entryOf, kernelExports } from './steps.js';
import type { DeadlockView } from './trace.js';

type Waiter = DeadlockView['threads'][number];

function waiter(
  engine: Engine,
  scenario: Scenario,
  state: Uint8Array,
  thread: number,
): { view: Waiter; lock: Lock } {
  const kernel = kernelExports(engine);
  const [lock, object, holders, killable] = [0, 1, 2, 3].map((part) =>
    kernel.waitOf(engine.replay.address(), thread, part),
  ) as [number, number, number, number];
  const bytes = new DataView(state.buffer, state.byteOffset);
  const at = scenario.state.threadsAt + thread * THREAD_BYTES;
  const instruction = bytes.getUint16(at + THREAD_INSTRUCTION_OFFSET, true);
  const pc = functionOfPc(bytes.getUint16(at + THREAD_PC_OFFSET, true));
  const stack = [entryOf(scenario, instruction), ...callers(state, thread, scenario), pc].filter(
    (name) => name !== null,
  );
  const name = scenario.threads[thread]?.name ?? '?';
  return {
    lock,
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
      killable: killable !== 0,
    },
  };
}

/** Describes the deadlock of the present replay state; null when there is none. */
export function viewDeadlock(engine: Engine, scenario: Scenario): DeadlockView | null {
  engine.replay.violated();
  const set = kernelExports(engine).deadlocked();
  if (set === 0) return null;
  const state = engine.replay.state();
  const members = scenario.threads.flatMap((_, index) =>
    ((set >> index) & 1) === 0 ? [] : [waiter(engine, scenario, state, index)],
  );
  const isPinned = members.some(({ lock }) => lock === Lock.Pages);
  const isKillable = members.some(({ view }) => view.killable);
  const kind = isPinned ? 'unbounded wait' : isKillable ? 'freed by a fatal signal' : 'permanent';
  return { kind, threads: members.map(({ view }) => view) };
}
