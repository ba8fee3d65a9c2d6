/**
 * What a search that keeps less than whole states leaves open: how likely it missed one, and the
 * questions that need all of them.
 */

import type { Scenario } from '../compile/scenario.js';
import type { LossyOptions, SearchResult } from '../engine/engine.js';
import { NO_LIVELOCK } from '../kernel/properties.js';
import { temporalName } from './temporal/answers.js';
import type { Verdict } from './trace.js';

/** Greatest probability of a missed state with which a verdict still holds. */
const OMISSION_MAX = 1e-3;

/** What is left open. */
export interface Doubt {
  /** A missed state is more likely than the user takes for a proof. */
  readonly isTooLikely: boolean;
  /** What of it the verdict says; nothing after an exact search. */
  readonly told: Pick<Verdict, 'omission' | 'unanswered'>;
}

/** Tells what the storage of a search leaves open. */
export function doubtOf(
  scenario: Scenario,
  { omission }: SearchResult,
  options: { readonly storage?: LossyOptions; readonly omissionMax?: number },
): Doubt {
  const { storage, omissionMax: max = OMISSION_MAX } = options;
  if (omission === undefined || storage === undefined) return { isTooLikely: false, told: {} };
  const devices = scenario.recoverable.map(
    (device) => `recoverable ${scenario.plan.devices[device]?.name ?? '?'}`,
  );
  const own = scenario.own.temporal
    .filter(({ form }) => form !== 'reachable')
    .map((property) => temporalName(property));
  const unanswered = [...devices, ...own, ...(scenario.livelock ? [NO_LIVELOCK] : [])];
  return {
    isTooLikely: omission.probability > max,
    told: {
      omission: { storage: storage.storage, ...omission, max },
      ...(unanswered.length > 0 && { unanswered }),
    },
  };
}
