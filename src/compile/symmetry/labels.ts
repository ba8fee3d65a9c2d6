/**
 * What a search over representatives has taken, said of all that is alike: a command that one
 * administrator has given, every like administrator can give.
 */
import type { SymmetryPlan } from './plan.js';

/**
 * Marks every instruction that a renaming makes of one that is marked.
 *
 * @param labelsSeen for each detail of a label, which is an instruction's number + 1, 1 or 0.
 */
export function labelsOfClasses(
  labelsSeen: Uint8Array,
  symmetry: Pick<SymmetryPlan, 'renamings'> | null,
): Uint8Array {
  const all = Uint8Array.from(labelsSeen);
  for (const { instructions } of symmetry?.renamings ?? []) {
    for (const [old, fresh] of instructions.entries()) {
      if (labelsSeen[old + 1] === 1) all[fresh + 1] = 1;
    }
  }
  return all;
}
