/** Where the time of an exploration goes, by what was done one after the other. */

/** Seconds of each part; together the whole. */
export interface Phases {
  /** From the model to the scenario's bytes. */
  readonly compile: number;
  /** Reading the engine, and reserving its memory. */
  readonly reserve: number;
  readonly search: number;
  /** Counterexamples of what a single state can violate. */
  readonly traces: number;
  /** `recoverable`, observations, and properties of behaviours, with their counterexamples. */
  readonly properties: number;
}

/** A clock that is asked at the end of each part. */
export interface PhaseClock {
  /** Everything since the last mark was this. */
  mark(phase: keyof Phases): void;
  seconds(): Phases;
}

/** Starts a clock. */
export function makePhaseClock(now: () => number = () => performance.now()): PhaseClock {
  const seconds = { compile: 0, reserve: 0, search: 0, traces: 0, properties: 0 };
  let last = now();
  return {
    mark: (phase) => {
      const at = now();
      seconds[phase] += (at - last) / 1000;
      last = at;
    },
    seconds: () => ({ ...seconds }),
  };
}
