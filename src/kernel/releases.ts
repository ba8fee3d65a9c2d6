/**
 * Kernel releases as sets of features: every mainline release from v5.0, the empty base, to the
 * newest that is known, and any point release of those series.
 *
 * A release has a feature when mainline had it by then, or when its stable series got it. Where
 * neither is known for certain, the feature is unknown to the release: not in the set, and told.
 */
import { FEATURES, type Feature } from './featureTable.js';

/** Whether a release has a feature; unknown where the commit's way into it is not. */
export type Presence = 'present' | 'absent' | 'unknown';

export interface Release {
  readonly name: string;
  readonly features: readonly string[];
  /** Features that it may or may not have; the model leaves them out. */
  readonly unknown: readonly string[];
  /** Who ships it, for a point release that is listed; null otherwise. */
  readonly note: string | null;
}

/** The last minor number of each major one. v7.3 was the newest in November 2026. */
const SERIES: readonly (readonly [major: number, lastMinor: number])[] = [
  [5, 19],
  [6, 19],
  [7, 3],
];

/** Point releases that are listed beside the mainline ones: kernels of distributions. */
const POINTS: readonly (readonly [name: string, note: string])[] = [
  ['v6.1.192', "Debian 12's linux-source-6.1"],
  ['v6.12.117', "Debian's linux-source-6.12"],
];

const PATTERN = /^v(\d+)\.(\d+)(?:\.(\d+))?$/;

type Version = readonly [major: number, minor: number, point: number];

function versionOf(name: string): Version | null {
  const match = PATTERN.exec(name);
  return match === null ? null : [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
}

/** Below 0 where left is older, 0 where they are the same, above 0 where it is newer. */
export function compareReleases(left: string, right: string): number {
  const [a, b] = [versionOf(left), versionOf(right)];
  if (a === null || b === null) throw new Error(`no release: ${a === null ? left : right}`);
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

const isAtMost = (left: string, right: string): boolean => compareReleases(left, right) <= 0;

/** 'v6.1' of 'v6.1.192'. */
const seriesOf = (name: string): string => name.split('.').slice(0, 2).join('.');

/** What a row says of mainline. 'unknown (seen at v6.19, not at v6.12)': somewhere in between. */
function inMainline({ since }: Feature, series: string): Presence {
  if (versionOf(since) !== null) return isAtMost(since, series) ? 'present' : 'absent';
  const seen = /\bseen at (v\d+\.\d+)(?![.\d])/.exec(since)?.[1];
  if (seen === undefined) return 'absent';
  if (isAtMost(seen, series)) return 'present';
  const notAt = /\bnot at (v[\d.]+\d)/.exec(since)?.[1];
  return notAt !== undefined && isAtMost(series, notAt) ? 'absent' : 'unknown';
}

/** What a row says of a stable series: 'v6.1.16' has it from there, 'v6.1.192?' was seen there. */
function inStable({ backports }: Feature, name: string): Presence {
  const row = backports.find((one) => seriesOf(one.replace('?', '')) === seriesOf(name));
  if (row === undefined) return 'absent';
  if (isAtMost(row.replace('?', ''), name)) return 'present';
  return row.endsWith('?') && name !== seriesOf(name) ? 'unknown' : 'absent';
}

/** Tells whether a release has a feature; `name` is one that `isRelease` takes. */
export function presenceOf(feature: Feature, name: string): Presence {
  const mainline = inMainline(feature, seriesOf(name));
  if (mainline === 'present') return mainline;
  const stable = inStable(feature, name);
  return stable === 'absent' ? mainline : stable;
}

const notes = new Map(POINTS);

/** A release whose sets are made when they are first asked for: a run asks for one. */
function buildRelease(name: string): Release {
  let sets: Pick<Release, 'features' | 'unknown'> | null = null;
  const having = (wanted: Presence): string[] =>
    FEATURES.filter((feature) => presenceOf(feature, name) === wanted).map(({ id }) => id);
  const made = (): Pick<Release, 'features' | 'unknown'> => {
    sets ??= { features: having('present'), unknown: having('unknown') };
    return sets;
  };
  return {
    name,
    get features() {
      return made().features;
    },
    get unknown() {
      return made().unknown;
    },
    note: notes.get(name) ?? null,
  };
}

/** The releases that are listed, oldest first; `isRelease` takes their point releases as well. */
export const RELEASES: readonly Release[] = [
  ...SERIES.flatMap(([major, last]) =>
    Array.from({ length: last + 1 }, (_, minor) => `v${major}.${minor}`),
  ),
  ...notes.keys(),
]
  .sort(compareReleases)
  .map(buildRelease);

/** Whether a kernel of that name can be asked for: v5.1, v6.12.117, not v4.20 or v6.1.y. */
export function isRelease(name: string): boolean {
  const series = seriesOf(name);
  return versionOf(name) !== null && RELEASES.some((release) => release.name === series);
}

/** A release by its name; null when it is not one of a known series. */
export function releaseNamed(name: string): Release | null {
  const listed = RELEASES.find((release) => release.name === name);
  if (listed !== undefined) return listed;
  return isRelease(name) ? buildRelease(name) : null;
}

/** The series in words, for a hint: 'v5.0 to v5.19, …, and point releases of them'. */
export const KNOWN_RELEASES: string = `${SERIES.map(
  ([major, last]) => `v${major}.0 to v${major}.${last}`,
).join(', ')}, and their point releases such as v6.12.117`;
