/**
 * Probes a kernel's source tree: which features it has, and which release's set is nearest.
 */
import { FEATURES, type Feature } from '../kernel/features.js';
import { compareReleases, isRelease, presenceOf, RELEASES } from '../kernel/releases.js';
import { PROBES } from './probes.js';
import { releaseOfTree, type SourceTree } from './tree.js';

export type Answer = 'present' | 'absent' | 'unknown';

export interface ProbedFeature {
  readonly id: string;
  readonly answer: Answer;
}

const rules = new Map(PROBES);

/** Features that change what userland sees: the others have no probe. */
export const PROBED: readonly Feature[] = FEATURES.filter(({ effect }) => effect !== null);

const ANSWERS = new Map<boolean | null, Answer>([
  [true, 'present'],
  [false, 'absent'],
  [null, 'unknown'],
]);

/** Probes every feature; what requires an absent one is absent. */
export function probeFeatures(tree: SourceTree): readonly ProbedFeature[] {
  const answers = new Map<string, Answer>();
  const ids = new Set(PROBED.map(({ id }) => id));
  const answerOf = (feature: Feature): Answer => {
    const known = answers.get(feature.id);
    if (known !== undefined) return known;
    const needed = PROBED.filter(({ id }) => feature.requires.includes(id) && ids.has(id));
    const isMissing = needed.some((one) => answerOf(one) === 'absent');
    const answer = isMissing
      ? 'absent'
      : (ANSWERS.get(rules.get(feature.id)?.(tree) ?? null) ?? 'unknown');
    answers.set(feature.id, answer);
    return answer;
  };
  return PROBED.map((feature) => ({ id: feature.id, answer: answerOf(feature) }));
}

/** How a probed tree differs from a release's set. */
export interface Difference {
  readonly release: string;
  /** In the tree and not in the release: backports. */
  readonly more: readonly string[];
  /** In the release and not in the tree. */
  readonly less: readonly string[];
}

/** Compares what was probed with a release; what is unknown on either side is no difference. */
export function differenceFrom(probed: readonly ProbedFeature[], release: string): Difference {
  const having = (wanted: Answer): readonly Feature[] =>
    PROBED.filter(({ id }) => probed.some((one) => one.id === id && one.answer === wanted));
  const idsOf = (features: readonly Feature[], wanted: Answer): string[] =>
    features.filter((one) => presenceOf(one, release) === wanted).map(({ id }) => id);
  return {
    release,
    more: idsOf(having('present'), 'absent'),
    less: idsOf(having('absent'), 'present'),
  };
}

/** The release with the fewest differences: its own, else a listed one, as near to it as can be. */
export function nearestRelease(
  probed: readonly ProbedFeature[],
  own: string | null,
): Difference | null {
  const distance = (name: string): number => {
    if (own === null || own === name) return -1;
    const place = RELEASES.findIndex((release) => release.name === name);
    const wanted = RELEASES.filter((release) => compareReleases(release.name, own) <= 0).length - 1;
    return Math.abs(place - wanted);
  };
  const listed = RELEASES.map(({ name }) => name);
  const names = own !== null && isRelease(own) ? [own, ...listed] : listed;
  const all = names.map((name) => differenceFrom(probed, name));
  const sizeOf = ({ more, less }: Difference): number => more.length + less.length;
  return (
    [...all].sort(
      (left, right) =>
        sizeOf(left) - sizeOf(right) || distance(left.release) - distance(right.release),
    )[0] ?? null
  );
}

/** All that probing a tree tells of its features. */
export interface Probe {
  /** What its Makefile says. */
  readonly release: string | null;
  readonly features: readonly ProbedFeature[];
  readonly nearest: Difference | null;
}

/** Probes a tree. */
export function probeTree(tree: SourceTree): Probe {
  const release = releaseOfTree(tree);
  const features = probeFeatures(tree);
  return { release, features, nearest: nearestRelease(features, release) };
}

/** The probed features with an answer. */
export function idsOf(probe: Probe, wanted: Answer): readonly string[] {
  return probe.features.filter(({ answer }) => answer === wanted).map(({ id }) => id);
}
