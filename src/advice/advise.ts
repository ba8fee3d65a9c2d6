/**
 * Advice that is checked: each remedy that fits a finding is put into the user's files, and the
 * changed files are explored like the first ones, for the same properties and the same ends.
 */
import { type ExploreOptions, explore } from '../explore.js';
import { resolveKernel } from '../kernel/features.js';
import type { Actor, Model } from '../model/model.js';
import { propertyName } from '../report/findingText.js';
import type { Story } from '../report/story.js';
import type { Verdict } from '../verdict/trace.js';
import { ENDS_AS_MEANT, type Goal, withAnyPolicy, withGoals } from './goal.js';
import { type Edit, edited, patchOf } from './patch.js';
import { REMEDIES, type Remedy } from './remedies.js';

/** What became of one remedy. */
export interface Advice {
  readonly id: string;
  readonly title: string;
  /** Where the first change is: `file:line`. */
  readonly at: string;
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
  /** Why it was rejected, where that is not plain from `left`. */
  readonly why: string | null;
  /** Unified diffs, one for each file. */
  readonly patches: readonly string[];
  /** Of its own run; null where the changed files could not be explored. */
  readonly run: Pick<Verdict, 'distinctStates' | 'transitions' | 'depth'> | null;
}

export interface AdviseRequest {
  /** The scripts on their machine, without goals. */
  readonly model: Model;
  readonly goals: readonly Goal[];
  readonly verdict: Verdict;
  readonly stories: readonly Story[];
  readonly remedies?: readonly Remedy[];
}

/** A remedy with the changes that it makes here. */
interface Candidate {
  readonly remedy: Remedy;
  readonly edits: readonly Edit[];
  /** Names of the findings that it may be for. */
  readonly wanted: readonly string[];
}

const findingsOf = ({ violations }: Verdict): readonly string[] =>
  violations.map(({ finding }) => propertyName(finding));

function candidatesOf({ model, stories, remedies = REMEDIES }: AdviseRequest): Candidate[] {
  const { features } = resolveKernel(model.kernel);
  const byKey = new Map<string, Candidate>();
  for (const remedy of remedies) {
    for (const story of stories) {
      const edits = remedy.edits({ model, story, features });
      if (edits.length === 0) continue;
      const key = JSON.stringify([remedy.id, edits]);
      const known = byKey.get(key);
      const wanted = [...(known?.wanted ?? []), propertyName(story)];
      byKey.set(key, { remedy, edits, wanted });
    }
  }
  return [...byKey.values()];
}

function editActor(actor: Actor, edits: readonly Edit[]): Actor {
  if (actor.kind === 'script') return { ...actor, script: edited(actor.script, edits) };
  if (actor.kind === 'udev') {
    return { ...actor, rules: actor.rules.map((rules) => edited(rules, edits)) };
  }
  return actor;
}

const placeOf = ({ edits: [first] }: Candidate): string =>
  first === undefined ? '' : `${first.file}:${first.line}`;

const sourcesOf = (model: Model) =>
  model.actors.flatMap((actor) =>
    actor.kind === 'script' ? [actor.script] : actor.kind === 'udev' ? actor.rules : [],
  );

/** Whether no behaviour ever came to the end of the scripts: then nothing was asked of it. */
const neverEnds = ({ vacuous }: Verdict): boolean =>
  vacuous.some((text) => text.startsWith(`${ENDS_AS_MEANT}: \`!(settled`));

function judge(candidate: Candidate, before: Verdict, after: Verdict): Omit<Advice, 'patches'> {
  const { remedy, wanted } = candidate;
  const left = findingsOf(after);
  const cures = wanted.filter((name) => !left.includes(name));
  const news = left.filter((name) => !findingsOf(before).includes(name));
  const isWhole = after.stoppedBy === null && after.verdict !== 'incomplete';
  const why = !isWhole
    ? 'the search did not end'
    : neverEnds(after)
      ? 'the scripts never come to their end'
      : news.length > 0
        ? `it brings ${news.join(', ')}`
        : cures.length === 0
          ? 'it changes nothing'
          : null;
  const { distinctStates, transitions, depth } = after;
  return {
    id: remedy.id,
    title: remedy.title,
    at: placeOf(candidate),
    outcome: why !== null ? 'rejected' : left.length === 0 ? 'holds' : 'partly',
    ...{ cures, left, why },
    run: { distinctStates, transitions, depth },
  };
}

/** Faults of a changed model, in one line; null for an error that is no rejection. */
function rejectionText(error: unknown): string | null {
  if (!(error instanceof Error) || !('diagnostics' in error)) return null;
  const [first] = Array.isArray(error.diagnostics) ? error.diagnostics : [];
  return `the changed files are refused: ${first?.message ?? error.message}`;
}

async function tryCandidate(
  candidate: Candidate,
  request: AdviseRequest,
  options: ExploreOptions,
): Promise<Advice> {
  const { remedy, edits } = candidate;
  const { model, goals, verdict } = request;
  const patches = sourcesOf(model)
    .map((source) => patchOf(source, edits))
    .filter((patch) => patch !== '');
  const changed = { ...model, actors: model.actors.map((actor) => editActor(actor, edits)) };
  const ends = remedy.setsPolicy ? withAnyPolicy(goals) : goals;
  try {
    const after = await explore(withGoals(changed, ends), options);
    return { ...judge(candidate, verdict, after), patches };
  } catch (error) {
    const why = rejectionText(error);
    if (why === null) throw error;
    const { id, title } = remedy;
    const at = placeOf(candidate);
    return { id, title, at, outcome: 'rejected', cures: [], left: [], why, patches, run: null };
  }
}

const RANK = { holds: 0, partly: 1, rejected: 2 } as const;

/** Tries every remedy that fits a finding; those that hold come first. */
export async function advise(
  request: AdviseRequest,
  options: ExploreOptions = {},
): Promise<readonly Advice[]> {
  const tried: Advice[] = [];
  for (const candidate of candidatesOf(request)) {
    tried.push(await tryCandidate(candidate, request, options));
    if (options.signal?.aborted === true) break;
  }
  return tried.sort((left, right) => RANK[left.outcome] - RANK[right.outcome]);
}
