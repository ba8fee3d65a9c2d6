/**
 * The table of kernel features: one row for each commit that changed behaviour.
 *
 * `requires` names the features that a commit needs to mean anything: taking one away takes its
 * dependents. A feature with `effect: null` changes nothing that userland or /proc can see and has
 * no bit. Titles are those of the commits. A commit that is not known for certain is null.
 */
import { BENEATH_FEATURES } from './features/beneath.js';
import { CORE_FEATURES } from './features/core.js';
import { DAX_FEATURES } from './features/dax.js';
import { DAX_LATER_FEATURES } from './features/daxLater.js';
import { IN_FLIGHT_FEATURES } from './features/inFlight.js';
import { MEMORY_FEATURES } from './features/memory.js';
import type { Feature, Row } from './features/row.js';

export type { Feature } from './features/row.js';

function featureOf(row: Row): Feature {
  const [id, commit, title, since, requires, effect, bit, backports] = row;
  return { id, commit, title, since, backports: backports ?? [], requires, effect, bit };
}

/** Every subsystem with its rows, as `daxcheck kernels` groups them. */
export const SUBSYSTEMS: readonly (readonly [name: string, features: readonly Feature[]])[] = [
  ['drivers/dax', [...DAX_FEATURES, ...DAX_LATER_FEATURES].map(featureOf)],
  ['driver core and page maps', CORE_FEATURES.map(featureOf)],
  ['resource tree and memory hotplug', MEMORY_FEATURES.map(featureOf)],
  ['beneath: hmem, HMAT, CXL, nvdimm', BENEATH_FEATURES.map(featureOf)],
];

/** Every feature of a release: subsystem by subsystem, each oldest first. */
export const FEATURES: readonly Feature[] = SUBSYSTEMS.flatMap(([, features]) => features);

/** Patches that are posted and not merged: selected by `with:` alone. */
export const IN_FLIGHT: readonly Feature[] = IN_FLIGHT_FEATURES.map(featureOf);
