/**
 * Plays commands on a subject and holds every step against the model.
 */
import { isAlarm } from '../noise.js';
import type { Difference, Outcome } from '../outcome.js';
import type { Subject } from '../subject.js';
import type { Command } from './commands.js';
import { alarmClass, classOf, isOnlySaid, judge } from './judge.js';
import { type Answer, type Predictor, reasonOf } from './predictor.js';

export type ProblemKind = 'difference' | 'stuck' | 'died' | 'console';

/** Something that was not as predicted, or that no kernel should do. */
export interface Problem {
  readonly kind: ProblemKind;
  /** Equal for problems that are taken as the same one. */
  readonly class: string;
  readonly differences: readonly Difference[];
  /** The model says that it happens. */
  readonly isPredicted: boolean;
  /** Properties of which the model says that this step breaks them. */
  readonly violated: readonly string[];
  readonly console: readonly string[];
  /** The subject is of no use any more, or is not where the model is. */
  readonly isFatal: boolean;
}

/** A command that was played. */
export interface Played {
  readonly state: number;
  readonly command: number;
  /** The state after it; null where the subject is of no use, or nobody can tell the state. */
  readonly next: number | null;
  /** Why the model allows several answers; null when it allows one. */
  readonly several: string | null;
  readonly isAmbiguous: boolean;
  readonly problem: Problem | null;
}

export interface Player {
  readonly subject: Subject;
  /** The model's state; null when the subject must be reset. */
  state(): number | null;
  /** Commands since the last reset. */
  history(): readonly number[];
  reset(): Promise<void>;
  /**
   * Plays commands one after the other from the present state, and ends early where the state
   * that follows is not known.
   *
   * @param singly one call for each, so that it is known which one alarmed the kernel.
   */
  play(commands: readonly number[], singly?: boolean): Promise<readonly Played[]>;
}

/** Makes the player of a subject, which has to be reset first. */
export function makePlayer(subject: Subject, predictor: Predictor): Player {
  let state: number | null = null;
  let history: number[] = [];
  let heard = 0;

  const freshLines = (): readonly string[] => {
    const lines = subject.console();
    const fresh = lines.slice(heard);
    heard = lines.length;
    return fresh;
  };

  const playSome = async (expected: readonly Expected[]): Promise<readonly Played[]> => {
    const instructions = expected.flatMap(({ command }) => {
      const one = predictor.commands[command];
      return one === undefined ? [] : [one.instruction];
    });
    const outcomes = await subject.play(instructions);
    const played: Played[] = [];
    for (const [index, real] of outcomes.entries()) {
      const step = expected[index];
      if (step === undefined) break;
      history.push(step.command);
      const done = playedOf(predictor, step, real);
      played.push(done);
      state = done.next;
      if (done.next === null) break;
    }
    const fresh = freshLines();
    const last = played.at(-1);
    if (last === undefined) return played;
    const problem = heardProblem(last.problem, fresh, expected.slice(0, played.length));
    if (problem === last.problem) return played;
    state = null;
    return [...played.slice(0, -1), { ...last, next: null, problem }];
  };

  return {
    subject,
    state: () => state,
    history: () => history,
    reset: async () => {
      await subject.reset();
      state = predictor.initial;
      history = [];
      heard = subject.console().length;
    },
    play: async (commands, singly = false) => {
      const played: Played[] = [];
      while (played.length < commands.length && state !== null) {
        const rest = commands.slice(played.length, singly ? played.length + 1 : undefined);
        const done = await playSome(expect(predictor, state, rest));
        if (done.length === 0) break;
        played.push(...done);
      }
      return played;
    },
  };
}

/** A command with what the model says of it in its state. */
interface Expected {
  readonly state: number;
  readonly command: number;
  readonly answers: readonly Answer[];
}

/** The commands up to the first one after which the state depends on the kernel. */
function expect(
  predictor: Predictor,
  start: number,
  commands: readonly number[],
): readonly Expected[] {
  const expected: Expected[] = [];
  let state = start;
  for (const command of commands) {
    if (predictor.isDead(state)) break;
    const answers = predictor.answers(state, command);
    expected.push({ state, command, answers });
    const [only] = answers;
    if (only === undefined || answers.length > 1 || isLost(only.outcome)) break;
    if (corrupts(only)) break;
    state = only.next;
  }
  return expected;
}

const isLost = ({ result }: Outcome): boolean => result === 'stuck' || result === 'died';

/** What a step came to when the console has said this since the step before. */
function heardProblem(
  known: Problem | null,
  lines: readonly string[],
  steps: readonly Expected[],
): Problem | null {
  if (known !== null && known.kind !== 'difference') {
    return lines.length === 0 ? known : { ...known, console: lines };
  }
  // Which of the steps it was is known only where the step itself has told it.
  return lines.some(isAlarm) ? alarmOf(lines, known?.differences ?? [], steps) : known;
}

function playedOf(predictor: Predictor, step: Expected, real: Outcome): Played {
  const { state, command, answers } = step;
  const { answer, isAmbiguous, differences } = judge(answers, real);
  const several = answers.length > 1 ? reasonOf(answers) : null;
  const base = { state, command, several, isAmbiguous };
  if (isLost(real) || answer === null || real.messages.some(isAlarm)) {
    const about = predictor.commands[command];
    if (about === undefined) throw new Error(`the model has no command ${command}`);
    const problem = problemOf(about, step, real, differences);
    const next = problem.isFatal ? null : (answers[0]?.next ?? null);
    return { ...base, next, problem };
  }
  const isTrusted = !isAmbiguous && !corrupts(answer);
  return { ...base, next: isTrusted ? answer.next : null, problem: null };
}

/** The model says that memory is misused: what the kernel does from here on, nobody can say. */
const corrupts = ({ violated }: Answer): boolean => violated.includes('no-crash');

function problemOf(
  about: Command,
  step: Expected,
  real: Outcome,
  differences: readonly Difference[],
): Problem {
  if (!isLost(real) && real.messages.some(isAlarm)) {
    return alarmOf(real.messages, differences, [step]);
  }
  const isPredicted = differences.length === 0 || step.answers.some(corrupts);
  return {
    kind: real.result === 'stuck' || real.result === 'died' ? real.result : 'difference',
    class: isPredicted ? `${about.kind} | ${real.result}` : classOf(about, differences),
    differences,
    isPredicted,
    violated: violatedIn([step]),
    console: real.messages,
    isFatal: isLost(real) || isPredicted || step.answers.length > 1 || !isOnlySaid(differences),
  };
}

const violatedIn = (steps: readonly Expected[]): readonly string[] => [
  ...new Set(steps.flatMap(({ answers }) => answers.flatMap(({ violated }) => violated))),
];

/** The alarm of a kernel in one of the steps. */
function alarmOf(
  lines: readonly string[],
  differences: readonly Difference[],
  steps: readonly Expected[],
): Problem {
  const violated = violatedIn(steps);
  const crash = violated.includes('no-crash') || violated.includes('no-deadlock');
  return {
    kind: 'console',
    class: `console | ${alarmClass(lines.find(isAlarm) ?? '')}`,
    differences,
    isPredicted: crash,
    violated,
    console: lines,
    isFatal: true,
  };
}
