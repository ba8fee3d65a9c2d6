/**
 * Something that searches a subject and says what it found: a checker with its flags.
 */
import type { Command } from './process.js';

/** What a checker prints of a search. */
export interface Outcome {
  readonly states: number;
  readonly transitions: number;
  /** Time of the search as the program tells it; null where it tells none, or whole seconds. */
  readonly seconds: number | null;
  /** Bytes that the search used for its states, as the program tells it; null where it does not. */
  readonly searchBytes: number | null;
}

/** One way of searching one subject. */
export interface Contender {
  readonly tool: 'daxcheck' | 'SPIN' | 'rumur' | 'TLC';
  readonly workers: number;
  /** Options that matter, for the table. */
  readonly flags: string;
  readonly command: Command;
  readonly read: (stdout: string) => Outcome;
}

/** Reads a number out of what a program printed. Throws when it is not there. */
export function numberIn(text: string, pattern: RegExp): number {
  const found = Number(pattern.exec(text)?.[1]?.replaceAll(',', ''));
  if (Number.isFinite(found)) return found;
  throw new Error(`nothing like ${pattern} in\n${text.slice(-2000)}`);
}
