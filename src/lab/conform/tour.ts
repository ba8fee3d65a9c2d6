/**
 * Plans tours: which commands to play so that every transition within the depth is played once,
 * with few steps and few resets in between.
 *
 * In a state first all commands that leave it as it is, then one that changes it, preferably into
 * a state with transitions left; when none is left, the nearest state that has some, by what the
 * model says, or a reset where that is nearer. Several guests share one plan: what one has been
 * given, another one is not.
 */
import { type Graph, isState, WAITS } from './graph.js';

/** Commands that are played in one go. */
const BATCH = 48;
/** Steps that a reset is worth. */
export const RESET_STEPS = 15;
/** States outside the depth that are looked at for a way back. */
const OUTSIDE_MAX = 40;

/** A command in a state. */
export interface Move {
  readonly state: number;
  readonly command: number;
}

/** A move of a plan. */
export interface PlannedMove extends Move {
  /** It covers a transition; else it is on the way to one. */
  readonly covers: boolean;
}

export interface Plan {
  /** The guest has to be in the initial state first. */
  readonly reset: boolean;
  readonly moves: readonly PlannedMove[];
}

export interface Tour {
  /** Transitions in all, and those that are neither played nor given to a guest. */
  readonly all: number;
  open(): number;
  /** What to play in a state (null: the guest must be reset); null when nothing can be reached. */
  plan(state: number | null): Plan | null;
  /** Gives back a move that was planned and not played. */
  release(move: PlannedMove): void;
  /** A transition that the kernel does otherwise: it is played, and not travelled on. */
  avoid(move: Move): void;
  /** A transition that an earlier run has played. */
  close(transition: number): void;
  /** Whether a transition is one that the tour covers. */
  has(move: Move): boolean;
  transitionOf(move: Move): number;
  moveOf(transition: number): Move;
  /** The same tour as it is now, for itself. */
  copy(): Tour;
}

const OPEN = 0;
const GIVEN = 1;
const AVOIDED = 2;

interface Marks {
  readonly graph: Graph;
  readonly marks: Uint8Array;
  /** Avoided transitions of states outside the depth. */
  readonly avoided: Set<number>;
  /** Open transitions of each state. */
  readonly left: Int32Array;
  open: number;
}

const transitionIn = ({ commandCount }: Graph, { state, command }: Move): number =>
  state * commandCount + command;

function moveIn({ commandCount }: Graph, transition: number): Move {
  const command = transition % commandCount;
  return { state: (transition - command) / commandCount, command };
}

function give(marks: Marks, move: Move, mark: number): void {
  const at = transitionIn(marks.graph, move);
  if (marks.marks[at] === OPEN) {
    marks.left[move.state] = (marks.left[move.state] ?? 0) - 1;
    marks.open--;
  }
  marks.marks[at] = mark;
}

/** Makes the tour of a graph, with all its transitions open; a dead state has none. */
export function makeTour(graph: Graph): Tour {
  const marks = freshMarks(graph);
  return tourOf(marks, marks.open);
}

function freshMarks(graph: Graph): Marks {
  const { stateCount, commandCount, predictor } = graph;
  const marks: Marks = {
    graph,
    marks: new Uint8Array(stateCount * commandCount),
    avoided: new Set(),
    left: new Int32Array(stateCount).fill(commandCount),
    open: stateCount * commandCount,
  };
  for (let state = 0; state < stateCount; state++) {
    if (!predictor.isDead(state)) continue;
    for (let command = 0; command < commandCount; command++) give(marks, { state, command }, GIVEN);
  }
  return marks;
}

function tourOf(marks: Marks, all: number): Tour {
  const { graph } = marks;
  const { stateCount } = graph;
  const moveOf = (transition: number): Move => moveIn(graph, transition);
  return {
    all,
    open: () => marks.open,
    plan: (state) => planFrom(marks, state),
    release: (move) => {
      const at = transitionIn(graph, move);
      if (!move.covers || marks.marks[at] !== GIVEN) return;
      marks.marks[at] = OPEN;
      marks.left[move.state] = (marks.left[move.state] ?? 0) + 1;
      marks.open++;
    },
    avoid: (move) => {
      if (move.state < stateCount) give(marks, move, AVOIDED);
      else marks.avoided.add(transitionIn(graph, move));
    },
    close: (transition) => {
      if (!isAvoided(marks, moveOf(transition))) give(marks, moveOf(transition), GIVEN);
    },
    has: (move) => move.state < stateCount,
    moveOf,
    copy: () => tourOf({ ...marks, marks: marks.marks.slice(), left: marks.left.slice() }, all),
    transitionOf: (move) => transitionIn(graph, move),
  };
}

function planFrom(marks: Marks, state: number | null): Plan | null {
  if (marks.open === 0) return null;
  const here = state === null ? [] : movesFrom(marks, state, RESET_STEPS);
  if (here.length > 0) return { reset: false, moves: here };
  const moves = movesFrom(marks, marks.graph.predictor.initial, Number.POSITIVE_INFINITY);
  return moves.length === 0 ? null : { reset: true, moves };
}

/** Collects moves until the batch is full, a way is left open, or nothing is near. */
function movesFrom(marks: Marks, start: number, far: number): readonly PlannedMove[] {
  const { graph } = marks;
  const moves: PlannedMove[] = [];
  let state = start;
  while (moves.length < BATCH) {
    moves.push(...loopsOf(marks, state).map((move) => ({ ...move, covers: true })));
    const move = changeOf(marks, state);
    if (move === null) {
      const way = wayToOpen(marks, state, moves.length === 0 ? far : RESET_STEPS);
      if (way === null) break;
      moves.push(...way.moves.map((move) => ({ ...move, covers: false })));
      state = way.end;
      continue;
    }
    give(marks, move, GIVEN);
    moves.push({ ...move, covers: true });
    const next = graph.row(state)[move.command] ?? WAITS;
    if (!isState(next) || graph.predictor.isDead(next)) break;
    state = next;
  }
  return moves;
}

const isOpen = (marks: Marks, move: Move): boolean =>
  move.state < marks.graph.stateCount && marks.marks[transitionIn(marks.graph, move)] === OPEN;

/** Open commands that leave the state as it is; they are given. */
function loopsOf(marks: Marks, state: number): readonly Move[] {
  if (state >= marks.graph.stateCount || marks.left[state] === 0) return [];
  const moves: Move[] = [];
  for (const [command, next] of marks.graph.row(state).entries()) {
    const move = { state, command };
    if (next !== state || !isOpen(marks, move)) continue;
    give(marks, move, GIVEN);
    moves.push(move);
  }
  return moves;
}

/** The open command to do next: best into a state with open ones, last where all ends. */
function changeOf(marks: Marks, state: number): Move | null {
  const { graph, left } = marks;
  if (state >= graph.stateCount || left[state] === 0) return null;
  let best: Move | null = null;
  let bestWorth = -1;
  for (const [command, next] of graph.row(state).entries()) {
    const move = { state, command };
    if (!isOpen(marks, move)) continue;
    const isEnd = !isState(next) || graph.predictor.isDead(next);
    const worth = isEnd ? 0 : next < graph.stateCount ? ((left[next] ?? 0) > 0 ? 3 : 2) : 1;
    if (worth <= bestWorth) continue;
    best = move;
    bestWorth = worth;
  }
  return best;
}

interface Way {
  readonly moves: readonly Move[];
  readonly end: number;
}

/** The shortest way to a state with open transitions, of at most so many commands. */
function wayToOpen(marks: Marks, start: number, far: number): Way | null {
  const { graph, left } = marks;
  const { stateCount, commandCount } = graph;
  // For each state met, the transition by which it was.
  const cameBy = new Map<number, number>([[start, -1]]);
  let outside = 0;
  let level = [start];
  for (let steps = 0; steps < far && level.length > 0; steps++) {
    const following: number[] = [];
    for (const state of level) {
      if (state >= stateCount && ++outside > OUTSIDE_MAX) continue;
      const row = graph.row(state);
      for (let command = 0; command < commandCount; command++) {
        const next = row[command] ?? WAITS;
        if (next === state || !isState(next) || cameBy.has(next)) continue;
        if (next >= stateCount && outside > OUTSIDE_MAX) continue;
        if (isAvoided(marks, { state, command })) continue;
        cameBy.set(next, state * commandCount + command);
        if (next < stateCount && (left[next] ?? 0) > 0) return wayBack(graph, cameBy, next);
        if (!graph.predictor.isDead(next)) following.push(next);
      }
    }
    level = following;
  }
  return null;
}

function isAvoided({ graph, marks, avoided }: Marks, move: Move): boolean {
  const at = transitionIn(graph, move);
  return move.state < graph.stateCount ? marks[at] === AVOIDED : avoided.has(at);
}

function wayBack(graph: Graph, cameBy: ReadonlyMap<number, number>, end: number): Way {
  const moves: Move[] = [];
  for (let at = cameBy.get(end) ?? -1; at >= 0; ) {
    const move = moveIn(graph, at);
    moves.push(move);
    at = cameBy.get(move.state) ?? -1;
  }
  return { moves: moves.reverse(), end };
}

/** What a tour takes when the kernel does as the model says. */
export interface Estimate {
  readonly steps: number;
  readonly resets: number;
}

/** Plays a tour against the model alone. */
export function estimateTour(graph: Graph, from: Tour): Estimate {
  const tour = from.copy();
  let state: number | null = graph.predictor.initial;
  let steps = 0;
  let resets = 0;
  for (let plan = tour.plan(state); plan !== null; plan = tour.plan(state)) {
    steps += plan.moves.length;
    if (plan.reset) resets++;
    const last = plan.moves.at(-1);
    const word: number =
      last === undefined ? WAITS : (graph.row(last.state)[last.command] ?? WAITS);
    const next: number | undefined = graph.several(word)[0];
    state = next === undefined || graph.predictor.isDead(next) ? null : next;
  }
  return { steps, resets };
}
