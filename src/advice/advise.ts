/**
 * Advice that is checked: each remedy that fits a finding is put into the user's files, and the
 * changed files are explored like the first ones, for the same properties and the same ends. Where
 * no single one holds, pairs are tried.
 */
import { type ExploreOptions, explore } from '../explore.js';
import type { Actor, Model } from '../model/model.js';
import { propertyName } from '../report/findingText.js';
import type { Story } from '../report/story.js';
import type { Verdict } from '../verdict/trace.js';
import { refusalOf, tellAlone } from './alone.js';
import { type Candidate, candidatesOf, pairsOf } from './candidates.js';
import {
  type AloneRun,
  ENDS_AS_MEANT,
  endKey,
  endsOfRuns,
  type Goal,
  runsAlone,
  withAnyPolicy,
  withGoals,
} from './goal.js';
import { edited, patchOf } from './patch.js';
import type { Remedy } from './remedies.js';

/** What became of one remedy, or of two together. */
export interface Advice {
  /** Names of the remedies. */
  readonly remedies: readonly string[];
  /** What to do, a line each. */
  readonly titles: readonly string[];
  /** Where the first change of each is: `file:line`. */
  readonly at: readonly string[];
  /**
   * `holds`: nothing is found any more, and the scripts still do what they are for. `partly`: the
   * finding is gone, and others are left that were there before. `rejected`: it does not help, or
   * brings something new.
   */
  readonly outcome: 'holds' | 'partly' | 'rejected';
  /** The findings that it was tried for, and that are gone. */
  readonly cures: readonly string[];
  /** What is found with it. */
  readonly left: readonly string[];
  /** Why it was rejected; null where it was not. */
  readonly why: string | null;
  /** Unified diffs, one for each file. */
  readonly patches: readonly string[];
  /** Of its own run; null where the changed files were not explored. */
  readonly run: Pick<Verdict, 'distinctStates' | 'transitions' | 'depth'> | null;
}

/** All that was tried. */
export interface Advised {
  /** What holds first; of pairs only those that hold. */
  readonly advice: readonly Advice[];
  /** Pairs that were tried; null where a single remedy holds, or the search was interrupted. */
  readonly pairs: number | null;
  /** Why nothing was tried; null where something was. */
  readonly untried: string | null;
}

export interface AdviseRequest {
  /** The scripts on their machine, without goals. */
  readonly model: Model;
  /** What the scripts did alone, before any remedy. */
  readonly alone: readonly AloneRun[];
  /** What the scripts are for; null where what they come to alone is wrong itself. */
  readonly goals: readonly Goal[] | null;
  /** Distinct states of the files as they are. */
  readonly states: number;
  /** Names of what was found, or is wrong alone. */
  readonly found: readonly string[];
  readonly stories: readonly Story[];
  readonly remedies?: readonly Remedy[];
}

export interface AdviseOptions extends ExploreOptions {
  /** Told before each remedy is explored: its name, and which one of how many it is. */
  readonly onRemedy?: (text: string) => void;
}

/** The search of a remedy may always have so many states, and so many times those of the files. */
const STATES_LEAST = 100_000;
const STATES_FACTOR = 4;

/** A script that complains when it runs alone, as a thing that a remedy can cure. */
export const COMPLAINS_ALONE = 'complains-alone';

const findingsOf = ({ violations }: Verdict): readonly string[] =>
  violations.map(({ finding }) => propertyName(finding));

function editActor(actor: Actor, { edits }: Candidate): Actor {
  if (actor.kind === 'script') return { ...actor, script: edited(actor.script, edits) };
  if (actor.kind === 'udev') {
    return { ...actor, rules: actor.rules.map((rules) => edited(rules, edits)) };
  }
  return actor;
}

function patchesOf(model: Model, { edits }: Candidate): readonly string[] {
  const sources = model.actors.flatMap((actor) =>
    actor.kind === 'script' ? [actor.script] : actor.kind === 'udev' ? actor.rules : [],
  );
  return sources.map((source) => patchOf(source, edits)).filter((patch) => patch !== '');
}

/** Whether no behaviour ever came to the end of the scripts: then nothing was asked of it. */
const neverEnds = ({ vacuous }: Verdict): boolean =>
  vacuous.some((text) => text.startsWith(`${ENDS_AS_MEANT}: \`!(settled`));

/** Why a remedy is no help, by what was explored with it; null where it is one. */
function reasonOf(after: Verdict, left: readonly string[], request: AdviseRequest): string | null {
  if (after.stoppedBy !== null || after.verdict === 'incomplete') return 'the search did not end';
  if (neverEnds(after)) return 'the scripts never come to their end';
  const news = left.filter((name) => !request.found.includes(name));
  return news.length > 0 ? `it brings ${news.join(', ')}` : null;
}

type Told = Pick<Advice, 'remedies' | 'titles' | 'at' | 'patches'>;

function toldOf(candidate: Candidate, model: Model): Told {
  const { remedies, edits } = candidate;
  const places = [...new Set(edits.map(({ file, line }) => `${file}:${line}`))];
  return {
    remedies: remedies.map(({ id }) => id),
    titles: remedies.map(({ title }) => title),
    at: places.slice(0, remedies.length),
    patches: patchesOf(model, candidate),
  };
}

const rejected = (told: Told, why: string): Advice => ({
  ...told,
  ...{ outcome: 'rejected', cures: [], left: [], why, run: null },
});

/** What an order may end in: as before, and where a tool refused, as an order where none did. */
function mayEndIn(before: AloneRun | undefined, alone: readonly AloneRun[]): readonly string[] {
  if (before === undefined) return [];
  const isClean = (run: AloneRun): boolean => tellAlone([run]).every((one) => !refusalOf(one));
  const clean = alone.filter(isClean);
  const runs = isClean(before) ? [before] : [before, ...clean];
  return withAnyPolicy(endsOfRuns(runs)).map(endKey);
}

/** Why the changed scripts do not do even alone what they are for; null where they do. */
function failsAlone(
  runs: readonly AloneRun[],
  { alone, goals }: Pick<AdviseRequest, 'alone' | 'goals'>,
): string | null {
  const orderOf = ({ order }: AloneRun): string => JSON.stringify(order);
  const beforeOf = new Map(alone.map((run) => [orderOf(run), run]));
  for (const run of runs) {
    const before = beforeOf.get(orderOf(run));
    const told = tellAlone([run]).flatMap((one) => one.complaints);
    const refused = tellAlone([run]).flatMap((one) => refusalOf(one) ?? [])[0];
    const isNew = before !== undefined && tellAlone([before]).every((one) => !refusalOf(one));
    if (refused !== undefined && isNew) return `alone the script fails with it: ${refused.said}`;
    if (goals === null) continue;
    const [end] = withAnyPolicy(endsOfRuns([run])).map(endKey);
    if (end === undefined || mayEndIn(before, alone).includes(end)) continue;
    const complaint = told.find(({ isTool }) => isTool) ?? told.at(-1);
    if (complaint === undefined) return 'alone the scripts end otherwise with it';
    return `alone the script fails with it: ${complaint.said}`;
  }
  return null;
}

/** What the changed scripts still complain about alone, where that was to be cured. */
function stillSaid(runs: readonly AloneRun[], { stories }: AdviseRequest): string | null {
  if (!stories.some(({ property }) => property === COMPLAINS_ALONE)) return null;
  const complaints = tellAlone(runs).flatMap((one) => one.complaints);
  const complaint = complaints.find(({ isTool }) => isTool);
  return complaint === undefined ? null : `alone the script still says: ${complaint.said}`;
}

/** A remedy that makes the search much larger is given up: there are many, and somebody waits. */
function bounded(model: Model, { states }: AdviseRequest): Model {
  const most = Math.max(STATES_LEAST, STATES_FACTOR * states);
  const { limits } = model;
  return { ...model, limits: { ...limits, states: Math.min(limits.states ?? most, most) } };
}

async function tryCandidate(
  candidate: Candidate,
  request: AdviseRequest,
  options: ExploreOptions,
): Promise<Advice> {
  const { model, goals, found } = request;
  const told = toldOf(candidate, model);
  const changed = bounded(
    { ...model, actors: model.actors.map((actor) => editActor(actor, candidate)) },
    request,
  );
  try {
    const runs = runsAlone(changed);
    const fails = stillSaid(runs, request) ?? failsAlone(runs, request);
    if (fails !== null) return rejected(told, fails);
    const setsPolicy = candidate.remedies.some((remedy) => remedy.setsPolicy);
    const ends = goals ?? endsOfRuns(runs);
    const after = await explore(
      withGoals(changed, setsPolicy ? withAnyPolicy(ends) : ends),
      options,
    );
    const left = findingsOf(after);
    const cures = candidate.wanted.filter((name) => !left.includes(name));
    const stays = `${found.length === 1 ? 'the finding stays' : 'the findings stay'}`;
    const why = reasonOf(after, left, request) ?? (cures.length === 0 ? stays : null);
    const { distinctStates, transitions, depth } = after;
    const outcome = why !== null ? 'rejected' : left.length === 0 ? 'holds' : 'partly';
    return { ...told, outcome, cures, left, why, run: { distinctStates, transitions, depth } };
  } catch (error) {
    const why = rejectionText(error);
    if (why === null) throw error;
    return rejected(told, why);
  }
}

/** Faults of a changed model, in one line; null for an error that is no rejection. */
function rejectionText(error: unknown): string | null {
  if (!(error instanceof Error) || !('diagnostics' in error)) return null;
  const [first] = Array.isArray(error.diagnostics) ? error.diagnostics : [];
  return `the changed files are refused: ${first?.message ?? error.message}`;
}

const RANK = { holds: 0, partly: 1, rejected: 2 } as const;

/** Tries every remedy that fits a finding, and pairs where none holds. */
export async function advise(
  request: AdviseRequest,
  options: AdviseOptions = {},
): Promise<Advised> {
  const { model, stories, remedies } = request;
  const singles = candidatesOf(model, stories, remedies);
  const tried = await tryAll(singles, request, options);
  const isDone =
    options.signal?.aborted === true || tried.some(({ outcome }) => outcome === 'holds');
  const couples = isDone ? [] : pairsOf(singles);
  const pairs = await tryAll(couples, request, options);
  const helpful = pairs.filter(({ outcome }) => outcome === 'holds');
  const advice = [...helpful, ...tried].sort(
    (left, right) => RANK[left.outcome] - RANK[right.outcome],
  );
  const untried = advice.length > 0 || couples.length > 0 ? null : 'no known remedy fits';
  return { advice, pairs: isDone ? null : pairs.length, untried };
}

async function tryAll(
  candidates: readonly Candidate[],
  request: AdviseRequest,
  { onRemedy, ...options }: AdviseOptions,
): Promise<readonly Advice[]> {
  const tried: Advice[] = [];
  for (const [index, candidate] of candidates.entries()) {
    if (options.signal?.aborted === true) break;
    const name = candidate.remedies.map(({ id }) => id).join(' and ');
    onRemedy?.(`${name}, ${index + 1} of ${candidates.length}`);
    tried.push(await tryCandidate(candidate, request, options));
  }
  return tried;
}
