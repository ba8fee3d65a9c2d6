/**
 * What is known about a script at one of its points, before it ever runs.
 *
 * A variable is known text, or known only at run time. Where two ways meet, what differs becomes
 * known at run time only; both ways hold the instructions that assign it, so the program is right.
 */

import type { Function as FunctionNode } from 'unbash';

export type Value =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'runtime' }
  /** Set by what is not understood: nothing may use it. */
  | { readonly kind: 'unknown' }
  /** The name of the device of a udev event. */
  | { readonly kind: 'event-device' };

/**
 * The exit status of the last command: known, in the program's status at run time, or 'lost' (a
 * loop's own jumps have overwritten it, and nothing may ask for it).
 */
export type Status = 0 | 1 | 'runtime' | 'lost';

/** A word that a script or function was given; a value at run time is in a variable of its own. */
export type Argument =
  | Exclude<Value, { readonly kind: 'runtime' }>
  | { readonly kind: 'variable'; readonly name: string };

/** What runs when the script ends: `trap '…' EXIT`. */
export interface ExitTrap {
  readonly text: string;
  readonly at: { readonly pos: number; readonly end: number };
}

export interface Environment {
  readonly variables: ReadonlyMap<string, Value>;
  /** Defined so far, by name; null where two ways disagree. */
  readonly functions: ReadonlyMap<string, FunctionNode | null>;
  /** $1, $2 …; of a script they are not given; 'differs' where two ways disagree. */
  readonly positional: readonly Argument[] | 'not given' | 'differs';
  /** 'differs' where two ways disagree. */
  readonly exitTrap: ExitTrap | null | 'differs';
  /** Absolute; null where two ways with different directories met. */
  readonly directory: string | null;
  /** `set -e`; null where two ways disagree. */
  readonly exitOnError: boolean | null;
  readonly status: Status;
}

/** The environment at the start of a script. */
export const EMPTY_ENVIRONMENT: Environment = {
  variables: new Map(),
  functions: new Map(),
  positional: 'not given',
  exitTrap: null,
  directory: '/',
  exitOnError: false,
  status: 0,
};

/** Returns the environment with one variable set. */
export function withVariable(env: Environment, name: string, value: Value): Environment {
  return { ...env, variables: new Map([...env.variables, [name, value]]) };
}

/** Joins the environments of ways that meet; null when no way arrives. */
export function joinAll(environments: readonly Environment[]): Environment | null {
  const [first, ...rest] = environments;
  if (first === undefined) return null;
  return rest.reduce(join, first);
}

/** Writes an environment as text, equal exactly for equal environments. */
export function environmentKey(env: Environment): string {
  const variables = [...env.variables].sort(([left], [right]) => (left < right ? -1 : 1));
  const functions = [...env.functions].map(([name, node]) => [name, node?.pos ?? null]).sort();
  const { directory, exitOnError, status, positional, exitTrap } = env;
  return JSON.stringify([
    ...[variables, directory, exitOnError, status],
    ...[functions, positional, exitTrap],
  ]);
}

function join(left: Environment, right: Environment): Environment {
  const names = new Set([...left.variables.keys(), ...right.variables.keys()]);
  const variables = new Map<string, Value>();
  for (const name of names) {
    const [one, other] = [left.variables.get(name), right.variables.get(name)];
    const isUnknown = one?.kind === 'unknown' || other?.kind === 'unknown';
    const open: Value = { kind: isUnknown ? 'unknown' : 'runtime' };
    variables.set(name, one && other && sameValue(one, other) ? one : open);
  }
  return {
    variables,
    functions: joinFunctions(left, right),
    positional: isEqual(left.positional, right.positional) ? left.positional : 'differs',
    exitTrap: isEqual(left.exitTrap, right.exitTrap) ? left.exitTrap : 'differs',
    directory: left.directory === right.directory ? left.directory : null,
    exitOnError: left.exitOnError === right.exitOnError ? left.exitOnError : null,
    status: joinStatus(left.status, right.status),
  };
}

const isEqual = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

function joinFunctions(left: Environment, right: Environment): Environment['functions'] {
  const names = new Set([...left.functions.keys(), ...right.functions.keys()]);
  return new Map(
    [...names].map((name) => {
      const [one, other] = [left.functions.get(name), right.functions.get(name)];
      return [name, one !== undefined && one === other ? one : null];
    }),
  );
}

/** Joins two statuses; every known one has been stored in the program's status by its own way. */
export function joinStatus(left: Status, right: Status): Status {
  if (left === right) return left;
  return left === 'lost' || right === 'lost' ? 'lost' : 'runtime';
}

function sameValue(left: Value, right: Value): boolean {
  if (left.kind === 'text' && right.kind === 'text') return left.text === right.text;
  return left.kind === right.kind;
}
