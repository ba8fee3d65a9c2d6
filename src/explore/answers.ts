/** Answers everything that a model asks for, once its search has ended. */
import { labelsOfClasses } from '../compile/symmetry/labels.js';
import type { MemoryLimit } from '../engine/engine.js';
import { heldOf } from '../verdict/conclude.js';
import { recoverableTraces } from '../verdict/losses.js';
import { observe, ownTraces, vacuousOwn } from '../verdict/own.js';
import type { PhaseClock } from '../verdict/phases.js';
import type { Searched } from '../verdict/searched.js';
import { makeShortage } from '../verdict/shortage.js';
import { answerTemporal, UNANSWERED } from '../verdict/temporal/answers.js';
import type { Trace } from '../verdict/trace.js';
import { vacuousOf } from '../verdict/vacuity.js';
import { violationTraces } from '../verdict/violations.js';

/** What was found out of a search, but for its numbers. */
export interface Answers {
  readonly violations: readonly Trace[];
  readonly witnesses: readonly Trace[];
  readonly held: readonly string[];
  readonly vacuous: readonly string[];
  /** The search ran to its end, and every question was answered. */
  readonly isComplete: boolean;
  /** The limit of memory that left a question open. */
  readonly shortOf: MemoryLimit | null;
}

/** Answers every property that the model asks for. */
export async function answerAll(searched: Searched, clock: PhaseClock): Promise<Answers> {
  const { engine, scenario, result } = searched;
  const isInterrupted = result.stoppedBy === 'interrupt';
  const { ask, limit } = makeShortage();
  const invariants = isInterrupted ? [] : await violationTraces(searched);
  const own = isInterrupted ? [] : await ownTraces(searched);
  clock.mark('traces');
  const { traces, answers } = await recoverableTraces(searched);
  const observed = isInterrupted ? [] : observe(engine, scenario);
  const temporal = isInterrupted
    ? UNANSWERED
    : await ask(() => answerTemporal(engine, scenario, result, observed), UNANSWERED);
  clock.mark('properties');
  const violations = [...invariants, ...own, ...traces, ...temporal.violations];
  const vacuous = result.complete
    ? [
        ...vacuousOf(scenario, labelsOfClasses(result.labelsSeen, scenario.symmetry), answers),
        ...vacuousOwn(scenario, observed),
        ...temporal.vacuous,
      ]
    : [];
  const isUnknown = temporal.isUnknown || answers.some((answer) => answer.isUnknown);
  return {
    violations,
    witnesses: temporal.witnesses,
    held: [...heldOf(scenario, violations, answers), ...temporal.held],
    vacuous,
    isComplete: result.complete && !isUnknown && limit() === null,
    shortOf: limit(),
  };
}
