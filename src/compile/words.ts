/**
 * The part of a scenario that tells states and steps in words: plain data and no Model, so that it
 * can be written down and read again where nothing is compiled, as in the page of a report.
 */

import type { Kernel } from '../kernel/features.js';
import type { Fault, Machine, Model } from '../model/model.js';
import type { OwnPlan } from './own.js';
import type { Scenario } from './scenario.js';
import type { StatePlan } from './statePlan.js';
import type { Plan } from './universe.js';

type SlotPlan = 'daxSlot' | 'kmemSlot' | 'ramSlot' | 'spareSlot';

/** Every scenario is one. */
export interface ScenarioWords
  extends Pick<
    Scenario,
    | 'bytes'
    | 'statics'
    | 'points'
    | 'strings'
    | 'names'
    | 'threads'
    | 'instructions'
    | 'instructionsAt'
    | 'checked'
    | 'recoverable'
    | 'livelock'
  > {
  readonly model: Pick<Model, 'file' | 'title' | 'granularity'> & {
    readonly kernel: Pick<Model['kernel'], 'release'>;
    readonly machine: Pick<Machine, 'blockSize'>;
    readonly faults: readonly Pick<Fault, 'point' | 'errno'>[];
  };
  readonly kernel: Pick<Kernel, 'name'> & { readonly features: Pick<ReadonlySet<string>, 'has'> };
  readonly plan: Pick<
    Plan,
    'devices' | 'regions' | 'blocks' | 'rangeMax' | 'publications' | 'universe'
  >;
  readonly state: Omit<StatePlan, SlotPlan>;
  readonly own: Pick<OwnPlan, 'invariants' | 'temporal'>;
}
