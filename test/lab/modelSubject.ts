/**
 * A subject that is the model itself, with whatever a test plants in it.
 */
import type { Scenario } from '../../src/compile/scenario.js';
import { openPredictor } from '../../src/lab/conform/predictor.js';
import type { Outcome } from '../../src/lab/outcome.js';
import type { Subject } from '../../src/lab/subject.js';

/** What a plant is told of a step. */
export interface PlantedStep {
  readonly text: string;
  /** Commands since the reset, this one not among them. */
  readonly before: readonly string[];
  readonly outcome: Outcome;
  /** Properties that the model breaks in this step. */
  readonly violated: readonly string[];
  /** Writes a line to the console. */
  readonly print: (line: string) => void;
}

export interface ModelSubject extends Subject {
  readonly counts: { played: number; resets: number };
}

/**
 * @param plant gives the outcome that is seen instead.
 * @param choose which of several answers happens.
 */
export function modelSubject(
  scenario: Scenario,
  plant: (step: PlantedStep) => Outcome = ({ outcome }) => outcome,
  choose: (count: number) => number = () => 0,
): ModelSubject {
  const predictor = openPredictor(scenario);
  const counts = { played: 0, resets: 0 };
  const lines: string[] = [];
  let state = 0;
  let isLost = false;
  let before: string[] = [];
  const playOne = (text: string): Outcome => {
    const command = predictor.commands.findIndex((one) => one.text === text);
    const answers = predictor.answers(state, command);
    const answer = answers[choose(answers.length)];
    if (answer === undefined) throw new Error(`nothing follows ${text}`);
    const { outcome, violated } = answer;
    const seen = plant({ text, before, outcome, violated, print: (line) => lines.push(line) });
    counts.played++;
    before = [...before, text];
    state = answer.next;
    return seen;
  };
  return {
    release: 'model',
    counts,
    look: async () => predictor.sighting(state),
    play: async (commands) => {
      const outcomes: Outcome[] = [];
      for (const { text } of commands) {
        if (isLost) throw new Error('played on a subject that is lost');
        const outcome = playOne(text);
        outcomes.push(outcome);
        isLost = outcome.result === 'stuck' || outcome.result === 'died';
        if (isLost) break;
      }
      return outcomes;
    },
    reset: async () => {
      counts.resets++;
      state = 0;
      isLost = false;
      before = [];
      lines.length = 0;
    },
    console: () => [...lines],
    close: async () => {},
  };
}
