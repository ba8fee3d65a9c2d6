/**
 * Random traces that every run makes again: a seed and a trace's number say all of it.
 *
 * Half of the choices are among the commands that change the state, so that refusals do not
 * prevail.
 */
import { mulberry32 } from '../mulberry32.js';

/** Gives the next number from 0 to `below` - 1. */
export type Random = (below: number) => number;

/** Makes the generator of a trace. */
export function randomOf(seed: number, trace: number): Random {
  const next = mulberry32(Math.imul(seed, 0x9e3779b1) ^ Math.imul(trace + 1, 0x85ebca6b));
  return (below) => Math.floor((next() / 0x1_0000_0000) * below);
}

/**
 * Picks a command of a state.
 *
 * @param next the states that may follow each command.
 */
export function pick(state: number, next: readonly (readonly number[])[], random: Random): number {
  const changing = next.flatMap((states, command) =>
    states.some((one) => one !== state) ? [command] : [],
  );
  if (changing.length === 0 || random(2) === 0) return random(next.length);
  return changing[random(changing.length)] ?? 0;
}
