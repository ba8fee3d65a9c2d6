/**
 * How each feature shows in a kernel's source: one rule a feature, after identifiers and their
 * order inside a function, so that a backport is seen wherever its release came from.
 *
 * A rule is written for trees that have what the feature requires; without that the feature is
 * absent, whatever its rule says. Features that change nothing for userland have no probe.
 */
import { BENEATH_PROBES } from './probes/beneath.js';
import { CORE_PROBES } from './probes/core.js';
import { DAX_PROBES } from './probes/dax.js';
import { MEMORY_PROBES } from './probes/memory.js';
import type { FeatureProbe } from './rules.js';

/** Feature and rule. A feature of the tables that changes something has one row here. */
export const PROBES: readonly FeatureProbe[] = [
  ...DAX_PROBES,
  ...BENEATH_PROBES,
  ...CORE_PROBES,
  ...MEMORY_PROBES,
];
