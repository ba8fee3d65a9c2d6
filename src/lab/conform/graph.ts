/**
 * The model's states within so many commands of the initial one, and what every command leads to.
 *
 * A row has a word for each command: the state that follows, or one of the marks below. 10^5 states
 * of 80 commands take 32 MB, beside the states themselves.
 */
import type { Predictor } from './predictor.js';
import { UNKNOWN } from './predictor.js';

/** The command waits for ever. */
export const WAITS = -1;
/** Words below this one stand for several states: `several` tells them. */
const SEVERAL_FROM = UNKNOWN - 1;

export interface Graph {
  readonly predictor: Predictor;
  /** Numbers below it are states whose transitions a tour covers. */
  readonly stateCount: number;
  readonly commandCount: number;
  /** What the commands of a state lead to; outside the depth only states met before are told. */
  row(state: number): Int32Array;
  /** The states that a word of a row stands for. */
  several(word: number): readonly number[];
  /** Transitions from a state to another one, among all. */
  readonly changing: number;
  /** Commands of a shortest way from the initial state; null when none is known. */
  pathTo(state: number): readonly number[] | null;
}

/** Whether a word of a row is one state. */
export const isState = (word: number): boolean => word >= 0;

/** Explores the model to a depth: the transitions of every state within it. */
export function makeGraph(predictor: Predictor, depth: number): Graph {
  const rows: Int32Array[] = [];
  const many: (readonly number[])[] = [];
  const parents: { readonly state: number; readonly command: number }[] = [];
  let changing = 0;

  const wordOf = (next: readonly number[]): number => {
    const [only] = next;
    if (only === undefined) return WAITS;
    if (next.length === 1) return only;
    many.push(next);
    return SEVERAL_FROM - many.length + 1;
  };
  const rowOf = (state: number, onlyKnown: boolean): Int32Array =>
    Int32Array.from(predictor.expand(state, onlyKnown).map(wordOf));
  const several = (word: number): readonly number[] =>
    isState(word) ? [word] : (many[SEVERAL_FROM - word] ?? []);

  let end = 1;
  for (let level = 0, from = 0; level <= depth && from < end; level++) {
    const to = end;
    for (let state = from; state < to; state++) {
      const row = rowOf(state, false);
      rows.push(row);
      for (const [command, word] of row.entries()) {
        if (word !== state && !predictor.isDead(state)) changing++;
        for (const next of several(word)) parents[next] ??= { state, command };
      }
    }
    from = to;
    end = Math.max(to, predictor.count());
  }
  const stateCount = rows.length;

  const pathTo = (state: number): readonly number[] | null => {
    const commands: number[] = [];
    for (let at = state; at !== predictor.initial; ) {
      const parent = parents[at];
      if (parent === undefined) return null;
      commands.push(parent.command);
      at = parent.state;
    }
    return commands.reverse();
  };
  return {
    predictor,
    stateCount,
    commandCount: predictor.commands.length,
    row: (state) => {
      rows[state] ??= rowOf(state, true);
      return rows[state];
    },
    several,
    changing,
    pathTo,
  };
}
