/**
 * What is known of the rest of the machine when a device is joined.
 */
import type { BlockInitial, Place } from '../model/model.js';
import type { Facts } from './facts.js';

export interface Around {
  readonly facts: Facts;
  /** null: not known, or as x86 picks it. */
  readonly blockSize: bigint | null;
  /** The user has named that size. */
  readonly isWished: boolean;
  readonly policy: BlockInitial;
  /** Nodes that nobody has been given. */
  readonly freeNode: () => number;
}

/** Where what is not told would have stood. */
export const startOfInput = (facts: Facts): Place =>
  facts.listing?.place ?? { file: 'import', line: 1, column: 1 };
