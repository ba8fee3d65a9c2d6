/**
 * What a command may know of the world around it: where text goes, whether somebody looks, and when
 * to stop.
 *
 * src/cli.ts makes the real one from the process; tests make one that collects.
 */

export interface Terminal {
  /** Results. */
  readonly writeOut: (text: string) => void;
  /** Faults and progress. */
  readonly writeError: (text: string) => void;
  readonly outIsTerminal: boolean;
  readonly errorIsTerminal: boolean;
  /** Columns of the terminal that shows errors and progress; 80 where it does not say. */
  readonly columns: number;
  /** The environment's NO_COLOR is set and not empty. */
  readonly noColor: boolean;
  /** Variables of the environment; none where it is not given. */
  readonly environment?: { readonly [name: string]: string | undefined };
  /** Aborted by Ctrl-C: end cleanly with what is known. */
  readonly interrupt: AbortSignal;
  /** Milliseconds since some fixed moment, for progress and measured times. */
  readonly now: () => number;
}
