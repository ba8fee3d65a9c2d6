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
import { MEMORY_FEATURES } from './features/memory.js';
import type { Feature } from './features/row.js';

export type { Feature } from './features/row.js';

/** Every feature: drivers/dax, the driver core, memory hotplug; each oldest first. */
export const FEATURES: readonly Feature[] = [
  ...DAX_FEATURES,
  ...CORE_FEATURES,
  ...MEMORY_FEATURES,
  ...BENEATH_FEATURES,
].map(([id, commit, title, since, requires, effect, bit, backports]) => ({
  id,
  commit,
  title,
  since,
  backports: backports ?? [],
  requires,
  effect,
  bit,
}));
