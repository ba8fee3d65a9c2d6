/**
 * What is known of a model when its symmetries are looked for: everything but the tables that come
 * of them.
 */
import type { Model } from '../../model/model.js';
import type { ActorProgram } from '../../userland/program.js';
import type { OwnPlan } from '../own.js';
import type { EncodedPrograms } from '../programs.js';
import type { StatePlan } from '../statePlan.js';
import type { StaticNode } from '../statics.js';
import type { PlannedThread } from '../tables.js';
import type { Plan } from '../universe.js';

export interface SymmetryContext {
  readonly model: Model;
  readonly features: ReadonlySet<string>;
  readonly plan: Plan;
  readonly state: StatePlan;
  readonly statics: readonly StaticNode[];
  readonly points: readonly bigint[];
  readonly strings: readonly string[];
  readonly names: readonly string[];
  readonly threads: readonly PlannedThread[];
  readonly actors: readonly ActorProgram[];
  readonly encoded: EncodedPrograms;
  readonly own: OwnPlan;
  /** Devices that `recoverable` is asked for. */
  readonly recoverable: readonly number[];
  readonly livelock: boolean;
  /** Devices may be alike; false where a search has found that they are not. */
  readonly withDevices: boolean;
  /** The table of what strings mean to files. */
  readonly values: Uint8Array;
  /** The first state, and the one after a boot. */
  readonly initial: Uint8Array;
  readonly boot: Uint8Array;
}

/** The texts of the model's own properties. */
export const ownTexts = ({ own }: SymmetryContext): readonly string[] => [
  ...own.invariants.map(({ text }) => text),
  ...own.temporal.flatMap(({ texts }) => texts),
];

/** Ways in which an expression can tell objects apart without a name of them. */
const TELLS_APART = /\.(?:name|owner|number)\b|\[\s*\d/;

/** Whether an own property names one of some objects, or can tell objects of a kind apart. */
export function isNamed(context: SymmetryContext, names: readonly string[]): boolean {
  const quoted = names.flatMap((name) => [`"${name}"`, `'${name}'`]);
  return ownTexts(context).some(
    (text) => TELLS_APART.test(text) || quoted.some((name) => text.includes(name)),
  );
}
