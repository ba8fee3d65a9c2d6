/**
 * What a feature is, and a row of the tables.
 */
import type { Feature as Bit } from '../../../assembly/layout.js';

export interface Feature {
  readonly id: string;
  /** Abbreviated commit in the mainline tree; null where it is not known. */
  readonly commit: string | null;
  readonly title: string;
  /** First mainline release that has it, or 'unknown (seen at …)'. */
  readonly since: string;
  /** Point releases of older series that got it: 'v6.1.16' means v6.1.16 and later of v6.1. */
  readonly backports: readonly string[];
  /** Features that must be there for this one to mean anything. */
  readonly requires: readonly string[];
  /** What changes for userland; null when nothing does. */
  readonly effect: string | null;
  /** Bit number in the engine; null exactly when `effect` is null. */
  readonly bit: Bit | null;
}

export type Row = readonly [
  id: string,
  commit: string | null,
  title: string,
  since: string,
  requires: readonly string[],
  effect: string | null,
  bit: Bit | null,
  backports?: readonly string[],
];
