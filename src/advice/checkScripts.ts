/**
 * A user's own scripts on a machine, from the files to an answer: the verdict, each finding in the
 * words of the files, and advice that was checked.
 */
import { havocNotes } from '../compile/scenario.js';
import type { Diagnostic } from '../errors.js';
import { explore } from '../explore.js';
import type { Model } from '../model/model.js';
import { propertyName } from '../report/findingText.js';
import { type LineAt, type Story, storyOf } from '../report/story.js';
import { blocksOf } from '../scope/cut.js';
import { concludeAgain } from '../verdict/conclude.js';
import type { Trace, Verdict } from '../verdict/trace.js';
import { type Advised, type AdviseOptions, advise, COMPLAINS_ALONE } from './advise.js';
import { type Alone, tellAlone } from './alone.js';
import {
  ENDS_AS_MEANT,
  endsOfRuns,
  type Goal,
  missedNames,
  nearestMisses,
  runsAlone,
  withGoals,
} from './goal.js';
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
  /** What they do on the way there. */
  readonly alone: readonly Alone[];
  /** null unless it was asked for. */
  readonly advised: Advised | null;
  /** What was not understood, and may do anything; with its places. */
  readonly anything: readonly Diagnostic[];
}

export interface ScriptsOptions extends AdviseOptions {
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
  const summary = `the scripts end, and not as they are meant to: ${misses.join('; ')}`;
  return { ...trace, finding: { ...trace.finding, class: 'script', summary } };
}

/** Names of what is not as the scripts leave it alone, where that is the finding. */
function missedIn({ finding, initial, steps }: Trace, goals: readonly Goal[]): ReadonlySet<string> {
  if (finding.property !== ENDS_AS_MEANT) return new Set();
  return missedNames(goals, steps.at(-1)?.after ?? initial);
}

/** A verdict with the ends of scripts told as what they are: findings about the scripts. */
export function tellEnds(found: Verdict, goals: readonly Goal[]): Verdict {
  const violations = found.violations.map((trace) => told(trace, goals));
  return concludeAgain(found, violations);
}

/** Lines of the user's scripts, for stories. */
function linesOf({ actors }: Model): LineAt {
  const scripts = actors.flatMap((actor) => (actor.kind === 'script' ? [actor.script] : []));
  return ({ file, line }) => {
    const script = scripts.find(({ place }) => place.file === file);
    if (script === undefined) return null;
    return script.text.split('\n')[line - script.place.line]?.trim() ?? null;
  };
}

/** Tools that complain when the scripts run alone, as a story about the first complaint. */
function complaintStory([first]: readonly Alone[], lineAt: LineAt): Story | null {
  const complaint = first?.complaints.find(({ isTool }) => isTool);
  if (first === undefined || complaint === undefined) return null;
  const { place, thread, said, text } = complaint;
  const line = { step: 0, thread, place, text: lineAt(place) ?? text, call: null, did: [said] };
  return {
    ...{ property: COMPLAINS_ALONE, device: null, summary: said, decisive: line },
    ...{
      by: null,
      since: null,
      triggered: null,
      ends: first.ends,
      reboot: 'not needed',
      why: '',
      orders: [],
    },
  };
}

/** How much of each device is kept where a machine was cut: ends speak of no more than that. */
function keptLines({ cut, machine }: Model): readonly string[] {
  return machine.devices.flatMap((device) => {
    const whole = cut?.machine.devices.find(({ name }) => name === device.name);
    if (whole === undefined) return [];
    const [kept, all] = [device, whole].map((one) => blocksOf(one, machine.blockSize));
    return kept === all ? [] : [`${device.name}: ${kept} of its ${all} blocks are kept (--scope)`];
  });
}

/** Whether the scripts need nobody else to lose: then their own end is not what anybody wants. */
const losesAlone = (stories: readonly Story[]): boolean =>
  stories.some(({ property, by }) => property !== ENDS_AS_MEANT && by === null);

/** Why no remedy is tried; null where some are. */
function untriedOf(
  { stoppedBy, verdict }: Verdict,
  stories: readonly Story[],
  complaint: Story | null,
): string | null {
  if (stoppedBy !== null || verdict === 'incomplete') {
    return 'nothing was tried: the search of your own files did not end';
  }
  return stories.length === 0 && complaint === null ? 'nothing to remedy' : null;
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
  const runs = runsAlone(model);
  const goals = endsOfRuns(runs);
  const kept = keptLines(model);
  const alone = tellAlone(runs).map((one) => ({ ...one, ends: [...one.ends, ...kept] }));
  const lineAt = linesOf(model);
  const asked = withGoals(model, goals);
  const verdict = tellEnds(await explore(asked, options), goals);
  const stories = verdict.violations.map((trace) => {
    const story = storyOf(trace, tryAgain(asked, trace, missedIn(trace, goals)), lineAt);
    return { ...story, ends: [...story.ends, ...kept] };
  });
  const found = { model: asked, verdict, stories, alone, goals, anything: havocNotes(model) };
  if (!advice) return { ...found, advised: null };
  const complaint = stories.length > 0 ? null : complaintStory(alone, lineAt);
  const untried = untriedOf(verdict, stories, complaint);
  if (untried !== null) return { ...found, advised: { advice: [], pairs: null, untried } };
  const advised = await advise(
    {
      ...{ model, alone: runs, states: verdict.distinctStates },
      goals: complaint !== null || losesAlone(stories) ? null : goals,
      found: stories.map(propertyName),
      stories: complaint === null ? stories : [complaint],
      ...(remedies && { remedies }),
    },
    options,
  );
  return { ...found, advised };
}
