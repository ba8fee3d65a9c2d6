/**
 * Kernel behaviour as a set of features, and releases as sets of features; v5.0 is the empty base.
 */
import { Feature as Bit } from '../../assembly/layout.js';
import { FEATURES, type Feature } from './featureTable.js';

export { FEATURES, type Feature } from './featureTable.js';

export interface Release {
  readonly name: string;
  readonly features: readonly string[];
}

/** The releases that are modelled, oldest first. */
const RELEASE_NAMES: readonly string[] = [
  'v5.0',
  'v5.1',
  'v5.2',
  'v5.3',
  'v5.6',
  'v5.7',
  'v5.8',
  'v5.9',
  'v5.10',
  'v5.10.89',
  'v5.11',
  'v5.14',
  'v5.15',
  'v5.15.135',
  'v5.17',
  'v5.18',
  'v6.1',
  'v6.1.192',
  'v6.2',
  'v6.3',
  'v6.4',
  'v6.5',
  'v6.7',
  'v6.8',
  'v6.9',
  'v6.10',
  'v6.12',
  'v6.12.117',
];

const versionOf = (name: string): readonly number[] => name.slice(1).split('.').map(Number);

function isAtMost(left: string, right: string): boolean {
  const [a, b] = [versionOf(left), versionOf(right)];
  for (let index = 0; index < 3; index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return true;
}

const isSameSeries = (left: string, right: string): boolean => {
  const [a, b] = [versionOf(left), versionOf(right)];
  return a[0] === b[0] && a[1] === b[1];
};

/** Whether a release has a feature: mainline had it by then, or its stable series got it. */
function isIn(feature: Feature, release: string): boolean {
  if (feature.since.startsWith('v') && isAtMost(feature.since, release)) return true;
  return feature.backports.some((name) => isSameSeries(name, release) && isAtMost(name, release));
}

export const RELEASES: readonly Release[] = RELEASE_NAMES.map((name) => ({
  name,
  features: FEATURES.filter((feature) => isIn(feature, name)).map(({ id }) => id),
}));

/** A feature that only exists to be planted: the canary's bug. */
export const PLANTED: readonly Feature[] = [
  {
    id: 'canary',
    commit: null,
    title: 'planted bug: device_dax keeps its claim on the range when it is unbound',
    since: 'never',
    backports: [],
    requires: ['common-pinning'],
    effect: 'the canary model must find it',
    bit: Bit.Canary,
  },
];

export interface KernelRequest {
  readonly release: string;
  readonly without: readonly string[];
  readonly with: readonly string[];
}

export interface Kernel {
  /** As shown: 'v5.1', 'v5.1 without kmem-add-rollback'. */
  readonly name: string;
  readonly features: ReadonlySet<string>;
  /** Dependents that went with what was taken away. */
  readonly alsoGone: readonly string[];
}

/**
 * Resolves a release and what is taken from it or added to it.
 *
 * @returns the kernel; names that are unknown are the caller's to reject first (`isRelease`,
 * `isFeature`).
 * Taking a feature away takes all that require it.
 */
export function resolveKernel(request: KernelRequest): Kernel {
  const release = RELEASES.find(({ name }) => name === request.release);
  const present = new Set(release?.features ?? []);
  for (const id of request.with) present.add(id);
  for (const id of request.without) present.delete(id);
  const alsoGone: string[] = [];
  for (let changed = true; changed; ) {
    changed = false;
    for (const { id, requires } of [...FEATURES, ...PLANTED]) {
      if (!present.has(id) || requires.every((name) => present.has(name))) continue;
      present.delete(id);
      alsoGone.push(id);
      changed = true;
    }
  }
  const parts = [
    request.release,
    ...(request.without.length > 0 ? [`without ${request.without.join(', ')}`] : []),
    ...(request.with.length > 0 ? [`with ${request.with.join(', ')}`] : []),
  ];
  return { name: parts.join(' '), features: present, alsoGone };
}

export const isRelease = (name: string): boolean => RELEASES.some((row) => row.name === name);
export const isFeature = (id: string): boolean =>
  [...FEATURES, ...PLANTED].some((row) => row.id === id);

/** A set of features as the four words of the scenario's header. */
export function featureWords(features: ReadonlySet<string>): readonly number[] {
  const words = [0, 0, 0, 0];
  for (const { id, bit } of [...FEATURES, ...PLANTED]) {
    if (bit === null || !features.has(id)) continue;
    words[bit >> 5] = ((words[bit >> 5] ?? 0) | (1 << (bit & 31))) >>> 0;
  }
  return words;
}
