/**
 * What conformance and replay need of a machine: play commands, look, go back. A guest is one;
 * tests have others.
 */
import type { Instruction } from '../userland/program.js';
import type { FaultText } from './faults.js';
import type { Outcome, Sighting } from './outcome.js';

export interface Subject {
  /** Release of the kernel that runs, such as '6.12.117+deb12-amd64'. */
  readonly release: string;
  /** The machine now. */
  look(): Promise<Sighting>;
  /**
   * Does one command after the other, each in one system call, and looks after each. Ends early
   * after an outcome that is 'stuck' or 'died'; nothing but `reset` is of use then.
   *
   * @param faults for each command the fault that happens in it, as `injectionOf` takes them; null
   * for none.
   */
  play(
    commands: readonly Instruction[],
    faults?: readonly (FaultText | null)[],
  ): Promise<readonly Outcome[]>;
  /** Back to the scenario's initial state, whatever happened. */
  reset(): Promise<void>;
  /** What the kernel wrote to its console since the last reset, oldest first. */
  console(): readonly string[];
  close(): Promise<void>;
}
