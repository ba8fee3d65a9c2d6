/**
 * A user's own scripts on a machine, from the files to an answer: the verdict, each finding in the
 * words of the files, and advice that was checked.
 */
import { havocNotes } from '../compile/scenario.js';
import type { Diagnostic } from '../errors.js';
import { type ExploreOptions, explore } from '../explore.js';
import type { Model } from '../model/model.js';
import { type Story, storyOf } from '../report/story.js';
import { concludeAgain } from '../verdict/conclude.js';
import type { Trace, Verdict } from '../verdict/trace.js';
import { type Advice, advise } from './advise.js';
import { ENDS_AS_MEANT, type Goal, goalsOf, nearestMisses, withGoals } from './goal.js';
import { tryAgain } from './orders.js';
import type { Remedy } from './remedies.js';

export interface ScriptsAnswer {
  /** What was explored: with what the scripts are for. */
  readonly model: Model;
  readonly verdict: Verdict;
  /** One for each violation, in order. */
  readonly stories: readonly Story[];
  /** What the scripts come to alone. */
  readonly goals: readonly Goal[];
  /** null unless it was asked for. */
  readonly advice: readonly Advice[] | null;
  /** What was not understood, and may do anything; with its places. */
  readonly anything: readonly Diagnostic[];
}

export interface ScriptsOptions extends ExploreOptions {
  /** Tries remedies for each finding. */
  readonly advice?: boolean;
  /** Other remedies than the known ones. */
  readonly remedies?: readonly Remedy[];
}

/** An expression says little to who wrote a script: tells what is not as the script leaves it. */
function told(trace: Trace, goals: readonly Goal[]): Trace {
  if (trace.finding.property !== ENDS_AS_MEANT) return trace;
  const machine = trace.steps.at(-1)?.after ?? trace.initial;
  const misses = nearestMisses(goals, machine);
  const summary = `the scripts end, and not as they would alone: ${misses.join('; ')}`;
  return { ...trace, finding: { ...trace.finding, class: 'script', summary } };
}

/** A verdict with the ends of scripts told as what they are: findings about the scripts. */
export function tellEnds(found: Verdict, goals: readonly Goal[]): Verdict {
  const violations = found.violations.map((trace) => told(trace, goals));
  return concludeAgain(found, violations);
}

/**
 * Explores a composed model (compose.ts) for its own checks and for the ends of its scripts.
 *
 * Throws a ModelRejection for faults of scripts and rules, and what `explore` throws.
 */
export async function checkScripts(
  model: Model,
  { advice = false, remedies, ...options }: ScriptsOptions = {},
): Promise<ScriptsAnswer> {
  const goals = goalsOf(model);
  const asked = withGoals(model, goals);
  const verdict = tellEnds(await explore(asked, options), goals);
  const stories = verdict.violations.map((trace) => storyOf(trace, tryAgain(asked, trace)));
  const found = { model: asked, verdict, stories, goals, anything: havocNotes(model) };
  if (!advice || stories.length === 0) return { ...found, advice: advice ? [] : null };
  const { onProgress: _, ...quiet } = options;
  const request = { model, goals, verdict, stories, ...(remedies && { remedies }) };
  return { ...found, advice: await advise(request, quiet) };
}
