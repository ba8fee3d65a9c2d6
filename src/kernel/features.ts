/**
 * A kernel: a release's set of features, and what is added to it or taken from it.
 */
import { Feature as Bit } from '../../assembly/layout.js';
import { FEATURES, type Feature, IN_FLIGHT } from './featureTable.js';
import { releaseNamed } from './releases.js';

export { FEATURES, type Feature, IN_FLIGHT, SUBSYSTEMS } from './featureTable.js';
export { isRelease, RELEASES, type Release } from './releases.js';

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
  {
    id: 'plain-hotplug-lock',
    commit: null,
    title: 'planted bug: a write to memoryN/state waits for device_hotplug_lock inside the file',
    since: 'never',
    backports: [],
    requires: [],
    effect: 'unbinding kmem while a block is written deadlocks',
    bit: Bit.PlainHotplugLock,
  },
];

/** All that a model may name below `with` and `without`. */
export const SELECTABLE: readonly Feature[] = [...FEATURES, ...IN_FLIGHT, ...PLANTED];

export interface KernelRequest {
  readonly release: string;
  readonly without: readonly string[];
  readonly with: readonly string[];
}

/** Reads a kernel's name as verdicts show it: 'v5.1 without a, b with c'. */
export function kernelRequestOf(name: string): KernelRequest {
  const match = /^(\S+)(?: without (.*?))?(?: with (.*))?$/.exec(name);
  const list = (text: string | undefined): string[] => text?.split(/,\s*/) ?? [];
  return { release: match?.[1] ?? name, without: list(match?.[2]), with: list(match?.[3]) };
}

export interface Kernel {
  /** As shown: 'v5.1', 'v5.1 without kmem-add-rollback'. */
  readonly name: string;
  readonly features: ReadonlySet<string>;
  /** Dependents that went with what was taken away. */
  readonly alsoGone: readonly string[];
  /** Features of which nobody knows whether the release has them, and which are left out. */
  readonly unknown: readonly string[];
}

/**
 * Resolves a release and what is taken from it or added to it.
 *
 * @returns the kernel; names that are unknown are the caller's to reject first (`isRelease`,
 * `isFeature`).
 * Taking a feature away takes all that require it.
 */
export function resolveKernel(request: KernelRequest): Kernel {
  const release = releaseNamed(request.release);
  const present = new Set(release?.features ?? []);
  for (const id of request.with) present.add(id);
  for (const id of request.without) present.delete(id);
  const alsoGone: string[] = [];
  for (let changed = true; changed; ) {
    changed = false;
    for (const { id, requires } of SELECTABLE) {
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
  const asked = new Set([...request.with, ...request.without]);
  const unknown = (release?.unknown ?? []).filter((id) => !asked.has(id));
  return { name: parts.join(' '), features: present, alsoGone, unknown };
}

export const isFeature = (id: string): boolean => SELECTABLE.some((row) => row.id === id);

/** A set of features as the four words of the scenario's header. */
export function featureWords(features: ReadonlySet<string>): readonly number[] {
  const words = [0, 0, 0, 0];
  for (const { id, bit } of SELECTABLE) {
    if (bit === null || !features.has(id)) continue;
    words[bit >> 5] = ((words[bit >> 5] ?? 0) | (1 << (bit & 31))) >>> 0;
  }
  return words;
}
