/**
 * Which of the reductions that somebody asked for a model's properties allow, and why not the
 * others: a reduction is made only where it is proved to change no answer (docs/partial-order.md).
 */
import {
  Header,
  INSTRUCTION_BYTES,
  INSTRUCTION_OP_OFFSET,
  Op,
  SCENARIO_OFFSET,
} from '../../assembly/layout.js';
import type { Scenario } from '../compile/scenario.js';
import type { Engine } from '../engine/engine.js';
import { ORDER_REDUCTIONS, REDUCTIONS, type Reduction } from '../kernel/reductions.js';

/** A reduction that is not made, and the reason. */
export interface RefusedReduction {
  readonly name: Reduction;
  readonly why: string;
}

/** What is asked of a search beside its properties. */
export interface ReductionContext {
  /** The order of locks is told as well. */
  readonly lockOrder: boolean;
  /** Less than whole states is kept (docs/storage.md). */
  readonly isLossy: boolean;
}

/** Whether somebody reboots the machine. */
function reboots({ bytes, instructions, instructionsAt }: Scenario): boolean {
  return instructions.some(
    (_, number) =>
      bytes[instructionsAt + number * INSTRUCTION_BYTES + INSTRUCTION_OP_OFFSET] === Op.Reboot,
  );
}

/** Why the order of steps matters to a model, in words; null where it does not. */
function whyOrderMatters(scenario: Scenario, { lockOrder }: ReductionContext): string | null {
  const { model, own, recoverable, livelock } = scenario;
  if (model.granularity === 'call') return 'a system call is one step already';
  if (recoverable.length > 0 && reboots(scenario)) {
    return '`recoverable` is answered without the reboots of the model';
  }
  if (livelock || own.temporal.length > 0) return 'a property of behaviours speaks of every step';
  const everywhere = own.invariants.find(({ form }) => form === 'always');
  if (everywhere !== undefined) return `\`${everywhere.name}\` must hold within system calls too`;
  return lockOrder ? 'the order of locks is collected from every step' : null;
}

/** What was asked for, and what is made of it. */
export interface ReductionPlan {
  readonly on: readonly Reduction[];
  readonly refused: readonly RefusedReduction[];
  /** With symmetry: groups of like threads and devices; and why others are kept apart. */
  readonly like?: readonly (readonly string[])[];
  readonly apart?: readonly string[];
}

const IN_FULL = 'its paths are followed by states that are kept in full';
const DEPTH_ASKED = 'it asks at which depth a state was found';

/** Why states of like things are not one to a search, in words; null where they are. */
function whyNotSymmetric({ symmetry }: Scenario, isOrdered: boolean): string | null {
  if (isOrdered) return 'a path of por or merge is followed by its exact states';
  if (symmetry !== null && symmetry.renamings.length > 0) return null;
  const [first = 'no two actors or devices are alike'] = symmetry?.refused ?? [];
  return first;
}

/**
 * Decides which reductions a search makes.
 *
 * @param wanted what was asked for; the answer is in the order of REDUCTIONS.
 */
export function planReductions(
  scenario: Scenario,
  wanted: readonly Reduction[],
  context: ReductionContext,
): ReductionPlan {
  const asked = REDUCTIONS.map(({ name }) => name).filter((name) => wanted.includes(name));
  const order = whyOrderMatters(scenario, context);
  const isOrdered = order === null && asked.some((name) => ORDER_REDUCTIONS.includes(name));
  const symmetry = context.isLossy ? IN_FULL : whyNotSymmetric(scenario, isOrdered);
  const whyNot = (name: Reduction): string | null => {
    if (name === 'symmetry') return symmetry;
    if (order !== null) return order;
    return name === 'por' && context.isLossy ? DEPTH_ASKED : null;
  };
  const on = asked.filter((name) => whyNot(name) === null);
  const refused = asked.flatMap((name) => {
    const why = whyNot(name);
    return why === null ? [] : [{ name, why }];
  });
  if (!on.includes('symmetry') || scenario.symmetry === null) return { on, refused };
  return { on, refused, like: scenario.symmetry.like, apart: scenario.symmetry.refused };
}

/**
 * Sets which reductions an engine makes in what is searched or asked next. A behaviour that is
 * shown is followed with none. Those of symmetry need a scenario that was compiled with them.
 */
export function setReductions(
  engine: Engine,
  scenario: Scenario,
  reductions: readonly Reduction[],
): void {
  const words = new Uint32Array(engine.memory.buffer, SCENARIO_OFFSET, Header.Count);
  const on = REDUCTIONS.filter(({ name }) => reductions.includes(name));
  words[Header.Reductions] = on.reduce((bits, { bit }) => bits | bit, 0);
  words[Header.Watched] = scenario.recoverable.reduce((set, device) => set | (1 << device), 0);
}
