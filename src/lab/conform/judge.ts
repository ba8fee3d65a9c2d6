/**
 * Holds what a kernel did against what the model allows, and puts like differences into one class.
 */
import { compareOutcomes, type Difference, type Outcome } from '../outcome.js';
import { type Command, namesLeftOut } from './commands.js';
import type { Answer } from './predictor.js';

/** A command that was played, and what came of it. */
export interface Judgement {
  /** The answer that was seen; null when the model has none like it. */
  readonly answer: Answer | null;
  /** Several answers look like what was seen, and lead to different states. */
  readonly isAmbiguous: boolean;
  /** In what it differs from the answer that is nearest to it. */
  readonly differences: readonly Difference[];
}

/** Compares a real outcome with each answer that the model allows. */
export function judge(answers: readonly Answer[], real: Outcome): Judgement {
  const compared = answers.map((answer) => ({
    answer,
    differences: compareOutcomes(answer.outcome, real),
  }));
  const alike = compared.filter(({ differences }) => differences.length === 0);
  const [first] = alike;
  if (first !== undefined) {
    const isAmbiguous = alike.some(({ answer }) => answer.next !== first.answer.next);
    return { answer: first.answer, isAmbiguous, differences: [] };
  }
  const nearest = compared.reduce<readonly Difference[] | null>(
    (best, { differences }) =>
      best === null || differences.length < best.length ? differences : best,
    null,
  );
  return { answer: null, isAmbiguous: false, differences: nearest ?? [] };
}

/** Whether the machine is as predicted, and only what the kernel said of it is not. */
export const isOnlySaid = (differences: readonly Difference[]): boolean =>
  differences.every(({ what }) => what === 'messages');

/** Lines that only one of two texts has: a long listing makes no class of its own. */
function ownLines(text: string, other: string): string {
  const others = new Set(other.split('\n'));
  const own = text.split('\n').filter((line) => !others.has(line));
  return [...new Set(own.map((line) => namesLeftOut(line.trim())))].join('; ');
}

/** Names the class of a difference: like commands that differ alike, whatever the names. */
export function classOf(command: Command, differences: readonly Difference[]): string {
  const parts = differences.map(({ what, predicted, real }) => {
    const sides = [ownLines(predicted, real), ownLines(real, predicted)];
    return `${namesLeftOut(what)}: ${sides.join(' -> ')}`;
  });
  return `${command.kind} | ${[...new Set(parts)].join(' | ')}`;
}

/** The same for alarms that differ in time, process or address. */
export function alarmClass(line: string): string {
  const text = line.replace(/^.*?(?=BUG|WARN|Oops|gen|Kern|INFO|poss|UBSAN|ref|Bad|kernel)/, '');
  return namesLeftOut(text.replace(/\b(PID|CPU): ?\d+/g, '$1')).replace(/\d+/g, 'N');
}
