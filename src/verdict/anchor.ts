/**
 * Finds a behaviour again in a model that is no longer the one it was written for: its steps are
 * known by who moves, by which command and by what that returns, not by their places among the
 * enabled ones.
 *
 * The way with the fewest edits is looked for. An edit is a step that the behaviour does not tell
 * (of a command that it does not know, or inside one), or a step left out (of a command that the
 * model has no more, or inside one). What a command returns is never given up.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Scenario } from '../compile/scenario.js';
import type { Engine } from '../engine/engine.js';
import { keyOf } from './inevitable.js';
import { describeStep, takeStep, viewReplay } from './steps.js';
import type { StepEvent, TraceStep } from './trace.js';

/** What a step is known by; what is undefined is not asked for. */
export interface WantedStep {
  readonly thread: string;
  /** null: none, as for threads of the kernel. */
  readonly command: string | null | undefined;
  readonly starts?: boolean | undefined;
  /** What a system call returned in it: 'ok', an errno name; '' for nothing. */
  readonly result?: string | undefined;
  /** What a read gave. */
  readonly value?: string | null | undefined;
  /** All that it told when it was written down; it decides between steps that are alike. */
  readonly events?: readonly StepEvent[] | undefined;
}

/** A step of the behaviour as it is now. */
export interface AnchoredStep {
  readonly ordinal: number;
  /** Index of the wanted step that it is; null for one that is new. */
  readonly wanted: number | null;
}

export interface Anchoring {
  /** The whole behaviour, or its longest part that there is without an edit. */
  readonly steps: readonly AnchoredStep[];
  /** Indices of wanted steps that are left out. */
  readonly leftOut: readonly number[];
  /** Where the model goes another way; null where the behaviour was found and ends as it must. */
  readonly divergence: Divergence | null;
}

export interface Divergence {
  /** Index of the first wanted step that cannot be; their number when only the end is not right. */
  readonly at: number;
  /** What can be done instead, each step once. */
  readonly enabled: readonly WantedStep[];
}

/** What a trace tells of a step. */
export function wantedOf(step: TraceStep): WantedStep {
  const answer = step.events.findLast((event) => event.kind === 'return');
  const isAnswer = answer?.kind === 'return';
  return {
    thread: step.thread,
    command: step.command?.text ?? null,
    starts: step.starts,
    result: isAnswer ? answer.result : '',
    value: isAnswer ? answer.value : null,
    events: step.events,
  };
}

interface Node {
  readonly state: Uint8Array;
  /** How many of the wanted steps are done or left out. */
  readonly at: number;
  readonly edits: number;
  /** Steps that tell other events than they did; fewer are better, all else equal. */
  readonly differing: number;
  /** Threads that are inside a command that is new, and such whose wanted command is left out. */
  readonly inNew: ReadonlySet<string>;
  readonly inLeftOut: ReadonlySet<string>;
  readonly before: Node | null;
  readonly step: AnchoredStep | null;
  readonly leftOut: number | null;
}

const EDITS_MAX = 12;
const NODES_MAX = 4000;
const ENDS_MAX = 16;

const dearer = (left: Node, right: Node): number =>
  left.edits - right.edits || left.differing - right.differing || right.at - left.at;

const keyOfNode = ({ state, at, inNew, inLeftOut }: Node): string =>
  `${at} ${[...inNew].join(',')} ${[...inLeftOut].join(',')} ${keyOf(state)}`;

const withThread = (set: ReadonlySet<string>, thread: string, isIn: boolean) => {
  if (set.has(thread) === isIn) return set;
  return new Set(isIn ? [...set, thread].sort() : [...set].filter((name) => name !== thread));
};

/** A step that a state offers. */
interface Offer {
  readonly ordinal: number;
  readonly step: TraceStep;
  readonly wanted: WantedStep;
  readonly after: Uint8Array;
}

class Search {
  readonly #texts: ReadonlySet<string>;
  readonly #told: ReadonlySet<string>;

  constructor(
    readonly engine: Engine,
    readonly scenario: Scenario,
    readonly wanted: readonly WantedStep[],
  ) {
    const { instructions } = scenario;
    this.#texts = new Set(instructions.flatMap((one) => (one === null ? [] : [one.text])));
    this.#told = new Set(wanted.map(({ thread, command }) => `${thread} ${command ?? ''}`));
  }

  /** Steps of a state; of one thread where one is named. */
  offers(state: Uint8Array, thread: string | null): Offer[] {
    const { engine, scenario } = this;
    const { successors } = engine.successors.expand(state);
    return successors.flatMap(({ label }, ordinal) => {
      const name = scenario.threads[label & 0xff]?.name;
      if (thread !== null && name !== thread) return [];
      new Uint8Array(engine.memory.buffer).set(state, engine.replay.address());
      const taken = takeStep(engine, ordinal);
      if (taken === null) return [];
      const step = describeStep(taken, viewReplay(engine, scenario), scenario);
      return [{ ordinal, step, wanted: wantedOf(step), after: taken.after }];
    });
  }

  next(node: Node): Node[] {
    const wanted = this.wanted[node.at];
    if (wanted === undefined) return [];
    const followed = this.offers(node.state, wanted.thread).flatMap((offer) =>
      this.#follow(node, wanted, offer),
    );
    return [...followed, ...this.#leaveOut(node, wanted)];
  }

  #follow(node: Node, wanted: WantedStep, { ordinal, wanted: now, after }: Offer): Node[] {
    const { thread } = wanted;
    const common = { state: after, before: node, leftOut: null };
    if (isSame(wanted, now)) {
      const isOther = wanted.events !== undefined && !isDeepStrictEqual(wanted.events, now.events);
      return [
        {
          ...common,
          at: node.at + 1,
          edits: node.edits,
          differing: node.differing + (isOther ? 1 : 0),
          inNew: withThread(node.inNew, thread, false),
          inLeftOut: withThread(node.inLeftOut, thread, false),
          step: { ordinal, wanted: node.at },
        },
      ];
    }
    if (!this.#mayBeNew(node, now)) return [];
    const isNew = now.starts === true || node.inNew.has(thread);
    return [
      {
        ...common,
        at: node.at,
        edits: node.edits + 1,
        differing: node.differing,
        inNew: withThread(node.inNew, thread, isNew && now.result === ''),
        inLeftOut: node.inLeftOut,
        step: { ordinal, wanted: null },
      },
    ];
  }

  /** A command that nobody wants, or more steps inside one than there were. */
  #mayBeNew({ inNew }: Node, now: WantedStep): boolean {
    if (inNew.has(now.thread)) return true;
    if (now.starts === true) return !this.#told.has(`${now.thread} ${now.command ?? ''}`);
    return now.result === '';
  }

  #leaveOut(node: Node, wanted: WantedStep): Node[] {
    const { thread, command } = wanted;
    const isGone = command != null && !this.#texts.has(command);
    const isInside = wanted.starts === false && wanted.result === '';
    if (!isGone && !isInside && !node.inLeftOut.has(thread)) return [];
    return [
      {
        ...node,
        at: node.at + 1,
        edits: node.edits + 1,
        inLeftOut: withThread(node.inLeftOut, thread, isGone),
        before: node,
        step: null,
        leftOut: node.at,
      },
    ];
  }
}

/** Whether a step is the wanted one: who moves, by which command, and what that returns. */
function isSame(wanted: WantedStep, now: WantedStep): boolean {
  return (
    wanted.thread === now.thread &&
    isAsked(wanted.command, now.command) &&
    isAsked(wanted.starts, now.starts) &&
    isAsked(wanted.result, now.result) &&
    isAsked(wanted.value, now.value)
  );
}

const isAsked = (wanted: unknown, now: unknown): boolean => wanted === undefined || wanted === now;

function pathOf(end: Node): Pick<Anchoring, 'steps' | 'leftOut'> {
  const nodes: Node[] = [];
  for (let node: Node | null = end; node !== null; node = node.before) nodes.unshift(node);
  return {
    steps: nodes.flatMap(({ step }) => step ?? []),
    leftOut: nodes.flatMap(({ leftOut }) => leftOut ?? []),
  };
}

/** The nodes that are still to be looked at, the cheapest first; of equal ones the oldest. */
class Frontier {
  readonly #nodes: Node[] = [];

  push(node: Node): void {
    const at = this.#nodes.findLastIndex((other) => dearer(other, node) <= 0);
    this.#nodes.splice(at + 1, 0, node);
  }

  pop(): Node | undefined {
    return this.#nodes.shift();
  }
}

/**
 * Finds the wanted steps in a model.
 *
 * @param initial number of the initial state.
 * @param isEnd whether the behaviour with these steps ends as it must.
 */
export function anchor(
  engine: Engine,
  scenario: Scenario,
  { initial, wanted }: { readonly initial: number; readonly wanted: readonly WantedStep[] },
  isEnd: (anchored: readonly AnchoredStep[]) => boolean,
): Anchoring {
  const search = new Search(engine, scenario, wanted);
  engine.replay.initial(initial);
  const first: Node = {
    state: engine.replay.state(),
    at: 0,
    edits: 0,
    differing: 0,
    inNew: new Set(),
    inLeftOut: new Set(),
    before: null,
    step: null,
    leftOut: null,
  };
  const frontier = new Frontier();
  const known = new Set<string>();
  let furthest = first;
  let ends = 0;
  frontier.push(first);
  for (let node = frontier.pop(); node !== undefined; node = frontier.pop()) {
    const key = keyOfNode(node);
    if (known.has(key)) continue;
    known.add(key);
    if (node.edits === 0 && node.at > furthest.at) furthest = node;
    if (node.at === wanted.length) {
      const path = pathOf(node);
      if (isEnd(path.steps)) return { ...path, divergence: null };
      ends += 1;
      if (ends >= ENDS_MAX) break;
    }
    if (known.size >= NODES_MAX) break;
    for (const next of search.next(node)) if (next.edits <= EDITS_MAX) frontier.push(next);
  }
  return { ...pathOf(furthest), divergence: divergenceAt(search, furthest) };
}

const ENABLED_MAX = 8;

function divergenceAt(search: Search, { state, at }: Node): Divergence {
  const enabled: WantedStep[] = [];
  for (const { wanted } of search.offers(state, null)) {
    const isKnown = enabled.some((other) => isSame(other, wanted));
    if (!isKnown) enabled.push(wanted);
  }
  return { at, enabled: enabled.slice(0, ENABLED_MAX) };
}
