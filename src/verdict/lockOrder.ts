/**
 * The order in which classes of locks are taken, over all explored states, and the cycles in it: as
 * the kernel's lockdep would find them, and what it cannot know: whether a cycle can deadlock.
 */
import {
  EDGE_BYTES,
  EDGE_COMMON_OFFSET,
  EDGE_DEADLOCK,
  EDGE_FLAGS_OFFSET,
  EDGE_READ_READ,
  EDGE_READ_WRITE,
  EDGE_THREAD_OFFSET,
  EDGE_TRIED,
  EDGE_WAITED,
  EDGE_WRITE_READ,
  EDGE_WRITE_WRITE,
  LOCK_CLASSES,
  LOCK_ORDER_EDGES,
  LOCK_ORDER_STRAY,
  type Lock,
  RETURN_MAX,
  THREAD_INSTRUCTION_OFFSET,
  THREAD_PC_OFFSET,
  THREAD_STACK_OFFSET,
} from '../../assembly/layout.js';
import type { Scenario } from '../compile/scenario.js';
import type { Engine } from '../engine/engine.js';
import { functionOfPc } from '../kernel/functions.js';
import { classesOf, classNameOf, isHiddenFromLockdep } from './lockClasses.js';
import { type ClassEdge, chordlessCycles, judge } from './lockCycles.js';
import { entryOf } from './steps.js';
import type { LockOrder } from './trace.js';

/** Exports of the kernel model for the order of locks (assembly/index.ts). */
interface LockOrderExports {
  lockOrderBegin(): void;
  lockOrderRun(states: number, count: number): void;
  lockOrderEdges(): number;
}

/** Fills the engine's table from every state found; once a search has ended. */
function collect(engine: Engine): DataView {
  const exports = engine.exports as unknown as LockOrderExports;
  exports.lockOrderBegin();
  for (const { bytes, count } of engine.states()) exports.lockOrderRun(bytes.byteOffset, count);
  return new DataView(engine.memory.buffer, exports.lockOrderEdges() >>> 0);
}

/** An edge of the table; null when the one class is never taken under the other. */
function edgeAt(table: DataView, held: Lock, taken: Lock): (ClassEdge & { at: number }) | null {
  const at = LOCK_ORDER_EDGES + (held * LOCK_CLASSES + taken) * EDGE_BYTES;
  const flags = table.getUint32(at + EDGE_FLAGS_OFFSET, true);
  if (flags === 0) return null;
  const has = (bit: number): boolean => (flags & bit) !== 0;
  return {
    at,
    held,
    taken,
    waits: has(EDGE_WAITED),
    tries: has(EDGE_TRIED),
    deadlocks: has(EDGE_DEADLOCK),
    owned: has(EDGE_WRITE_WRITE) || has(EDGE_WRITE_READ),
    shared: has(EDGE_READ_WRITE) || has(EDGE_READ_READ),
    wanted: has(EDGE_WRITE_WRITE) || has(EDGE_READ_WRITE),
    common: table.getUint32(at + EDGE_COMMON_OFFSET, true),
  };
}

/** Functions that the example of an edge ran through, outermost first. */
function pathAt(table: DataView, at: number, scenario: Scenario): readonly string[] {
  const record = at + EDGE_THREAD_OFFSET;
  const instruction = table.getUint16(record + THREAD_INSTRUCTION_OFFSET, true);
  const points = Array.from({ length: RETURN_MAX }, (_, depth) =>
    table.getUint16(record + THREAD_STACK_OFFSET + depth * 2, true),
  );
  const pc = table.getUint16(record + THREAD_PC_OFFSET, true);
  const functions = [...points, pc].map((point) => functionOfPc(point));
  const names = [entryOf(scenario, instruction), ...functions].filter((name) => name !== null);
  return [...new Set(names)];
}

/** Tells the order of locks in all states that a search has found. */
export function lockOrderOf(engine: Engine, scenario: Scenario): LockOrder {
  const table = collect(engine);
  const edges = classesOf().flatMap((held) =>
    classesOf().flatMap((taken) => edgeAt(table, held, taken) ?? []),
  );
  const nameOf = (lock: Lock): string => classNameOf(lock);
  const stray = table.getUint32(LOCK_ORDER_STRAY, true);
  return {
    edges: edges.map((edge) => ({
      held: nameOf(edge.held),
      taken: nameOf(edge.taken),
      waits: edge.waits,
      shared: edge.shared,
      path: pathAt(table, edge.at, scenario),
    })),
    cycles: chordlessCycles(edges).map((cycle) => {
      const { verdict, maskedBy } = judge(cycle);
      return {
        classes: cycle.map(({ held }) => nameOf(held)),
        paths: cycle.map((edge) =>
          pathAt(table, edges.find((one) => one === edge)?.at ?? 0, scenario),
        ),
        verdict,
        maskedBy: maskedBy === null ? null : nameOf(maskedBy),
        hidden: cycle
          .map(({ held }) => held)
          .filter(isHiddenFromLockdep)
          .map(nameOf),
      };
    }),
    stray: classesOf()
      .filter((lock) => ((stray >>> lock) & 1) !== 0)
      .map(nameOf),
  };
}
