/**
 * The table of kernel features: one row for each commit that changed behaviour.
 *
 * `requires` names the features that a commit needs to mean anything: taking one away takes its
 * dependents. A feature with `effect: null` changes nothing that userland or /proc can see and has
 * no bit. Titles are those of the commits. A commit that is not known for certain is null.
 */
import { CORE_FEATURES } from './features/core.js';
import { DAX_FEATURES } from './features/dax.js';
import { DAX_LATER_FEATURES, IN_FLIGHT_FEATURES } from './features/daxLater.js';
import { MEMORY_FEATURES } from './features/memory.js';
import type { Feature, Row } from './features/row.js';

export type { Feature } from './features/row.js';

const featureOf = ([id, commit, title, since, requires, effect, bit, backports]: Row): Feature => ({
  id,
  commit,
  title,
  since,
  backports: backports ?? [],
  requires,
  effect,
  bit,
});

/** Every feature: drivers/dax, the driver core, memory hotplug; each oldest first. */
export const FEATURES: readonly Feature[] = [
  ...DAX_FEATURES,
  ...DAX_LATER_FEATURES,
  ...CORE_FEATURES,
  ...MEMORY_FEATURES,
].map(featureOf);

/** Posted patches that no release has in this form; a model adds them with `with:`. */
export const IN_FLIGHT: readonly Feature[] = IN_FLIGHT_FEATURES.map(featureOf);
