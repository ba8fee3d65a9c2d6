/**
 * The slow search that the engine is compared with: the same rules, written for reading.
 *
 * A queue of levels, a Set of state strings, one state at a time. It shares nothing with the engine
 * but the successor function, which it is handed as a record of functions.
 */

/** A system as functions over state bytes. */
export interface SuccessorFunction {
  /** Initial states in order; duplicates are allowed. */
  initial(): Uint8Array[];
  /** Bit set of properties that a state violates on the face of its bytes. */
  check(state: Uint8Array): number;
  /** The same of own properties, where the search has some. */
  own?(state: Uint8Array): number;
  /** All successors in order, and the properties known from the expansion to be violated. */
  expand(state: Uint8Array): {
    readonly successors: readonly {
      readonly label: number;
      readonly state: Uint8Array;
      readonly violated: number;
    }[];
    readonly finished: number;
  };
}

/** Limits of a reference search. */
export interface ReferenceOptions {
  /** Properties whose first violation ends the search. */
  readonly stopMask: number;
  readonly ownStopMask?: number;
  /** Most states and greatest depth; they act between levels. */
  readonly states?: number;
  readonly depth?: number;
}

/** The outcome: the same numbers that the engine gives. */
export interface ReferenceResult {
  readonly complete: boolean;
  readonly distinctStates: number;
  readonly transitions: number;
  readonly depth: number;
  readonly levels: readonly number[];
  readonly violations: readonly { readonly property: number; readonly depth: number }[];
  readonly ownViolations: readonly { readonly property: number; readonly depth: number }[];
  /** Details of labels (bits 8-23) of all transitions taken. */
  readonly details: ReadonlySet<number>;
}

/** A string that is equal for equal states. */
function keyOf(state: Uint8Array): string {
  return Buffer.from(state.buffer, state.byteOffset, state.length).toString('latin1');
}

/** Keeps the least depth of each violated property. */
function makeViolations(): {
  note(bits: number, depth: number): void;
  isStopping(mask: number, depth: number): boolean;
  list(): { property: number; depth: number }[];
} {
  const depths = new Map<number, number>();
  return {
    note: (bits, depth) => {
      for (let property = 0; property < 32; property += 1) {
        if (((bits >>> property) & 1) === 0) continue;
        depths.set(property, Math.min(depth, depths.get(property) ?? depth));
      }
    },
    isStopping: (mask, depth) =>
      [...depths].some(([property, at]) => ((mask >>> property) & 1) === 1 && at <= depth),
    list: () =>
      [...depths]
        .map(([property, depth]) => ({ property, depth }))
        .sort((left, right) => left.property - right.property),
  };
}

/**
 * Explores a system breadth first. Memory and time grow with its states: meant for 10^5 of them at
 * most.
 */
export function searchReference(
  system: SuccessorFunction,
  options: ReferenceOptions,
): ReferenceResult {
  const visited = new Set<string>();
  const violations = makeViolations();
  const ownViolations = makeViolations();
  const details = new Set<number>();
  const levels: number[] = [];
  let transitions = 0;

  const addNew = (states: readonly Uint8Array[], depth: number): Uint8Array[] => {
    const fresh: Uint8Array[] = [];
    for (const state of states) {
      const key = keyOf(state);
      if (visited.has(key)) continue;
      visited.add(key);
      violations.note(system.check(state), depth);
      ownViolations.note(system.own?.(state) ?? 0, depth);
      fresh.push(state);
    }
    return fresh;
  };

  const expandLevel = (level: readonly Uint8Array[], depth: number): Uint8Array[] => {
    const next: Uint8Array[] = [];
    for (const state of level) {
      const { successors, finished } = system.expand(state);
      violations.note(finished, depth);
      transitions += successors.length;
      for (const { label } of successors) details.add((label >>> 8) & 0xffff);
      next.push(
        ...addNew(
          successors.map((successor) => successor.state),
          depth + 1,
        ),
      );
    }
    return next;
  };

  const mustStop = (depth: number): boolean =>
    violations.isStopping(options.stopMask, depth) ||
    ownViolations.isStopping(options.ownStopMask ?? 0, depth) ||
    depth >= (options.depth ?? Number.POSITIVE_INFINITY) ||
    visited.size > (options.states ?? Number.POSITIVE_INFINITY);

  let level = addNew(system.initial(), 0);
  levels.push(level.length);
  let stopped = mustStop(0);
  for (let depth = 0; !stopped; depth += 1) {
    level = expandLevel(level, depth);
    if (level.length === 0) break;
    levels.push(level.length);
    stopped = mustStop(depth + 1);
  }
  return {
    complete: !stopped,
    distinctStates: visited.size,
    transitions,
    depth: levels.length - 1,
    levels,
    violations: violations.list(),
    ownViolations: ownViolations.list(),
    details,
  };
}
