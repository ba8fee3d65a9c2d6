/**
 * A renaming: which thread, device and block takes the place of which, and so every number that a
 * state or a program holds of them.
 */
import type { PlannedThread } from '../tables.js';
import type { Plan } from '../universe.js';

/** New numbers of what lies in the machine, by the old ones. */
export interface PlaceRenaming {
  readonly devices: readonly number[];
  readonly regions: readonly number[];
  readonly blocks: readonly number[];
  readonly slots: readonly number[];
  /** Bits of the drivers' sets of ids. */
  readonly names: readonly number[];
  /** Nodes of the boot tree; 0 is the root. */
  readonly statics: readonly number[];
  readonly points: readonly number[];
  readonly strings: readonly number[];
}

/** The same, with the threads and the instructions that they run. */
export interface Renaming extends PlaceRenaming {
  readonly threads: readonly number[];
  readonly instructions: readonly number[];
}

/** The numbers from 0 on: nothing is renamed. */
export const same = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, at) => at);

/** Whether every number stands for itself. */
export const isSame = (numbers: readonly number[]): boolean =>
  numbers.every((number, at) => number === at);

/** Old numbers by the new ones. */
export function inverse(numbers: readonly number[]): readonly number[] {
  const from = new Array<number>(numbers.length).fill(0);
  for (const [old, fresh] of numbers.entries()) from[fresh] = old;
  return from;
}

/** Every order of some things; there are as many as their factorial. */
export function* orders<T>(things: readonly T[]): Generator<readonly T[]> {
  if (things.length === 0) yield [];
  for (const [at, thing] of things.entries()) {
    const others = [...things.slice(0, at), ...things.slice(at + 1)];
    for (const rest of orders(others)) yield [thing, ...rest];
  }
}

/** A device and its memory blocks by their names in sysfs. */
export function namesOfDevice(plan: Plan, device: number): readonly string[] {
  const { name, region } = plan.devices[device] ?? { name: '', region: -1 };
  const own = plan.blocks.filter((block) => block.region === region);
  return [name, ...own.map(({ index }) => `memory${index}`)];
}

/** Names of threads, or `thread 3` for one without. */
export const nameOfThread = (threads: readonly PlannedThread[], index: number): string =>
  threads[index]?.name ?? `thread ${index}`;
