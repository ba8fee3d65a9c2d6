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

/**
 * Names of what single states cannot answer: `recoverable` of each device, and properties of
 * behaviours.
 *
 * @param temporal which of the model's own ones.
 */
export function ofBehaviours(
  { recoverable, plan, livelock, own }: Scenario,
  temporal: Scenario['own']['temporal'] = own.temporal,
): readonly string[] {
  return [
    ...recoverable.map((device) => `recoverable ${plan.devices[device]?.name ?? '?'}`),
    ...temporal.map(temporalName),
    ...(livelock ? [NO_LIVELOCK] : []),
  ];
}

/** Tells what the storage of a search leaves open. */
export function doubtOf(
  of: { readonly scenario: Scenario; readonly storage?: LossyOptions | undefined },
  { omission }: SearchResult,
  max: number = OMISSION_MAX,
): Doubt {
  const { scenario, storage } = of;
  if (omission === undefined || storage === undefined) return { isTooLikely: false, told: {} };
  // `reachable` is asked of one state after the other.
  const temporal = scenario.own.temporal.filter(({ form }) => form !== 'reachable');
  const unanswered = ofBehaviours(scenario, temporal);
  return {
    isTooLikely: omission.probability > max,
    told: {
      omission: { storage: storage.storage, ...omission, max },
      ...(unanswered.length > 0 && { unanswered }),
    },
  };
}
