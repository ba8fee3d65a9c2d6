/**
 * The reductions of a search: their names, what turns them on in the engine, and in a sentence what
 * they do. docs/partial-order.md and docs/symmetry.md prove them.
 */
import { REDUCE_MERGE, REDUCE_ORDER, REDUCE_SYMMETRY } from '../../assembly/layout.js';

export type Reduction = 'por' | 'merge' | 'symmetry';

export interface ReductionRow {
  readonly name: Reduction;
  /** Its bit in Header.Reductions. */
  readonly bit: number;
  readonly about: string;
}

/** Every reduction, in the order in which verdicts name them. */
export const REDUCTIONS: readonly ReductionRow[] = [
  { name: 'por', bit: REDUCE_ORDER, about: 'of independent steps one order' },
  { name: 'merge', bit: REDUCE_MERGE, about: 'no states between which nothing is decided' },
  { name: 'symmetry', bit: REDUCE_SYMMETRY, about: 'of states of like things one' },
];

/** The reductions that concern the order of steps. */
export const ORDER_REDUCTIONS: readonly Reduction[] = ['por', 'merge'];
