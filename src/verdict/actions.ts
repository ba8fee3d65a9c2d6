/**
 * How often each thing was done in a search: its steps by command of an actor, and by the place in
 * the kernel that they began at.
 */
import {
  Pc,
  TALLY_INSTRUCTIONS,
  TALLY_POINTS,
  TALLY_POINTS_MAX,
  TALLY_THREADS,
} from '../../assembly/layout.js';
import type { Scenario } from '../compile/scenario.js';
import type { Engine, SearchResult } from '../engine/engine.js';
import { joinLines } from '../model/lines.js';
import { kernelExports } from './steps.js';
import type { ActionCount } from './trace.js';

/** How often each thing was done, by its number. */
export interface Tally {
  readonly instruction: (number: number) => number;
  /** Steps of threads at no instruction. */
  readonly thread: (number: number) => number;
  readonly point: (number: number) => number;
}

const STATES_A_CALL = 65_536;

/** Steps by command and by program point, the most frequent first; both add up to all steps. */
export interface ActionCounts {
  readonly commands: readonly ActionCount[];
  readonly points: readonly ActionCount[];
}

/**
 * Expands every state that the search has expanded once more, and counts.
 *
 * Behind a limit the last level has states that were not expanded: they count for nothing.
 *
 * @param points where steps begin, or all that they pass.
 */
export function tallyOf(
  engine: Engine,
  result: Pick<SearchResult, 'complete' | 'levels' | 'distinctStates'>,
  points: 'begun' | 'passed',
): Tally {
  const kernel = kernelExports(engine);
  const last = result.complete ? 0 : (result.levels[result.levels.length - 1] ?? 0);
  const expanded = result.distinctStates - last;
  const table = kernel.tallyBegin() >>> 0;
  for (let from = 0; from < expanded; from += STATES_A_CALL) {
    const to = Math.min(from + STATES_A_CALL, expanded);
    if (points === 'passed') kernel.coverRun(from, to);
    else kernel.tallyRun(from, to);
  }
  const view = new DataView(engine.memory.buffer);
  const countAt = (at: number, number: number): number =>
    Number(view.getBigUint64(table + at + number * 8, true));
  return {
    instruction: (number) => countAt(TALLY_INSTRUCTIONS, number),
    thread: (number) => countAt(TALLY_THREADS, number),
    point: (number) => countAt(TALLY_POINTS, number),
  };
}

/** Counts the steps of a search by command and by program point. */
export function countActions(
  engine: Engine,
  scenario: Scenario,
  result: SearchResult,
): ActionCounts {
  const tally = tallyOf(engine, result, 'begun');
  const { instructions, threads } = scenario;
  const byCommand = new Map<string, number>();
  const add = (name: string, count: number): void => {
    if (count > 0) byCommand.set(name, (byCommand.get(name) ?? 0) + count);
  };
  for (const [number, instruction] of instructions.entries()) {
    add(commandOf(instruction), tally.instruction(number));
  }
  for (const [number, { name }] of threads.entries()) add(name, tally.thread(number));
  const points = Array.from({ length: TALLY_POINTS_MAX }, (_, point) => ({
    name: pointOf(point),
    count: tally.point(point),
  }));
  const commands = [...byCommand].map(([name, count]) => ({ name, count }));
  return { commands: sorted(commands), points: sorted(points) };
}

/** The command with its place, so that one written twice is told apart. */
function commandOf(instruction: Scenario['instructions'][number]): string {
  if (instruction === null) return 'the end of a program';
  const { text, place } = instruction;
  return `line ${place.line}: ${joinLines(text, '; ')}`;
}

/** A program point as kernel people write it: the function, and where in it. */
export function pointOf(point: number): string {
  if (point === Pc.User) return 'user level';
  return (Pc[point] ?? `point ${point}`).replace('__', '(): ');
}

function sorted(rows: readonly ActionCount[]): readonly ActionCount[] {
  return rows
    .filter(({ count }) => count > 0)
    .sort((one, other) => other.count - one.count || (one.name < other.name ? -1 : 1));
}
