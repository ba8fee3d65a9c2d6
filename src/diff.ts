/**
 * What one kernel can show to userland and another cannot, on the same model.
 *
 * Both graphs are walked at once, at granularity `call`, as the automata of what userland sees: a
 * label for each system call that returns, none for a step that nobody sees. A breadth-first search
 * over pairs of sets of states (the subset construction on both sides) finds the shortest words
 * that one automaton has and the other has not. Where the search ends without one, both kernels
 * show the same behaviours, to the last label: sound and complete for finite behaviours.
 */
import { compileModel, type Scenario } from './compile/scenario.js';
import type { Engine } from './engine/engine.js';
import { openKernelEngine } from './kernelEngine.js';
import type { Model } from './model/model.js';
import { OBSERVED, type Observable } from './verdict/observables.js';
import { describeStep, takeStep, viewReplay } from './verdict/steps.js';
import type { MachineView, TraceStep } from './verdict/trace.js';

/** One system call as userland sees it. */
export interface Seen {
  readonly thread: string;
  /** The command; empty where the machine changed by itself. */
  readonly command: string;
  /** 'ok', an errno, or '' where nothing returned. */
  readonly result: string;
  /** What a read gave. */
  readonly value: string | null;
  /** What the machine shows after it, a line each. */
  readonly machine: readonly string[];
}

/** A shortest behaviour that one kernel has and the other has not: its last call makes it so. */
export interface Distinction {
  readonly calls: readonly Seen[];
  /** What the other kernel can show instead of the last call, by the same thread and command. */
  readonly instead: readonly Seen[];
}

export interface Comparison {
  /** The shortest behaviour of the first kernel that the second has not. */
  readonly onlyFirst: Distinction | null;
  readonly onlySecond: Distinction | null;
  /** Both graphs were walked to their end, or to a distinction on each side. */
  readonly complete: boolean;
  /** Pairs of sets of states that were looked at. */
  readonly pairs: number;
}

export interface CompareOptions {
  readonly observe?: readonly Observable[];
  /** Most pairs of sets of states; 100,000 by default. */
  readonly pairs?: number;
  readonly signal?: AbortSignal;
}

const PAIRS_MAX = 100_000;

const hex = (value: bigint): string => value.toString(16);

function linesOf(view: MachineView, observe: ReadonlySet<Observable>): string[] {
  const named = observe.has('iomem');
  const iomem = view.iomem.map(
    ({ start, end, name, depth }) =>
      `${'  '.repeat(depth)}${hex(start)}-${hex(end)}${named ? ` : ${name}` : ''}`,
  );
  const blocks = view.blocks.map(({ index, state, zones }) => `memory${index}: ${state}, ${zones}`);
  const drivers = view.devices
    .filter(({ present }) => present)
    .map(({ name, driver, size }) => `${name}: ${driver ?? 'no driver'}, size ${size}`);
  return [
    ...(named || observe.has('ranges') ? iomem : []),
    ...(observe.has('blocks') ? blocks : []),
    ...(observe.has('drivers') ? drivers : []),
  ];
}

/** What a step shows; null when userland sees nothing of it. */
function seenOf(
  step: TraceStep,
  before: readonly string[],
  machine: readonly string[],
  observe: ReadonlySet<Observable>,
): Seen | null {
  const answer = step.events.find((event) => event.kind === 'return');
  const isSame = before.join('\n') === machine.join('\n');
  const { thread } = step;
  const command = step.command?.text ?? '';
  if (answer?.kind !== 'return' || command === '') {
    return isSame ? null : { thread, command, result: '', value: null, machine };
  }
  const isHeard = observe.has('results');
  const { result, value } = answer;
  return { thread, command, result: isHeard ? result : '', value: isHeard ? value : null, machine };
}

interface Edge {
  /** Key of the label; null for a step that nobody sees. */
  readonly label: string | null;
  readonly to: number;
}

/** A kernel's graph, expanded where somebody looks. */
interface Graph {
  readonly initial: readonly number[];
  readonly edges: (state: number) => readonly Edge[];
  readonly seen: ReadonlyMap<string, Seen>;
}

function makeGraph(model: Model, observe: ReadonlySet<Observable>): Graph {
  const scenario: Scenario = compileModel({ ...model, granularity: 'call' });
  const engine: Engine = openKernelEngine(scenario);
  const numbers = new Map<string, number>();
  const states: Uint8Array[] = [];
  const known = new Map<number, readonly Edge[]>();
  const seen = new Map<string, Seen>();
  const numberOf = (state: Uint8Array): number => {
    const key = Buffer.from(state).toString('latin1');
    const number = numbers.get(key);
    if (number !== undefined) return number;
    numbers.set(key, states.length);
    return states.push(state) - 1;
  };
  const expand = (state: Uint8Array): readonly Edge[] => {
    const count = engine.successors.expand(state).successors.length;
    const before = linesOf(viewReplay(engine, scenario), observe);
    return Array.from({ length: count }, (_, ordinal): Edge => {
      // Checking a state puts it where the replay takes its steps from.
      engine.successors.check(state);
      const taken = takeStep(engine, ordinal);
      if (taken === null) throw new Error(`a successor has no step ${ordinal}`);
      const view = viewReplay(engine, scenario);
      const told = describeStep(taken, view, scenario);
      const shown = seenOf(told, before, linesOf(view, observe), observe);
      const label = shown === null ? null : JSON.stringify(shown);
      if (shown !== null && label !== null) seen.set(label, shown);
      return { label, to: numberOf(taken.after) };
    });
  };
  const edges = (number: number): readonly Edge[] => {
    const found = known.get(number);
    if (found !== undefined) return found;
    const state = states[number];
    const fresh = state === undefined ? [] : expand(state);
    known.set(number, fresh);
    return fresh;
  };
  return { initial: engine.successors.initial().map(numberOf), edges, seen };
}

/** Adds what can be reached by steps that nobody sees; sorted. */
function closed(graph: Graph, from: Iterable<number>): readonly number[] {
  const found = new Set(from);
  for (const state of found) {
    for (const { label, to } of graph.edges(state)) if (label === null) found.add(to);
  }
  return [...found].sort((left, right) => left - right);
}

/** The states after each label that a set of states has. */
function after(graph: Graph, states: readonly number[]): Map<string, Set<number>> {
  const next = new Map<string, Set<number>>();
  for (const state of states) {
    for (const { label, to } of graph.edges(state)) {
      if (label === null) continue;
      const targets = next.get(label);
      if (targets === undefined) next.set(label, new Set([to]));
      else targets.add(to);
    }
  }
  return next;
}

interface Pair {
  readonly first: readonly number[];
  readonly second: readonly number[];
  readonly from: Pair | null;
  readonly label: string | null;
}

/** The word that leads to a pair, as labels. */
function wordTo(pair: Pair): string[] {
  const labels: string[] = [];
  for (let at: Pair | null = pair; at !== null; at = at.from) {
    if (at.label !== null) labels.unshift(at.label);
  }
  return labels;
}

function distinctionOf(
  pair: Pair,
  label: string,
  has: Graph,
  other: { readonly graph: Graph; readonly labels: Iterable<string> },
): Distinction {
  const seenIn = (graph: Graph, labels: readonly string[]): Seen[] =>
    labels.flatMap((key) => graph.seen.get(key) ?? []);
  const calls = seenIn(has, [...wordTo(pair), label]);
  const last = calls.at(-1);
  const instead = seenIn(other.graph, [...other.labels]).filter(
    ({ thread, command }) => thread === last?.thread && command === last.command,
  );
  return { calls, instead };
}

/**
 * Compares two kernels on a model: what userland can see on one and not on the other.
 *
 * @param first,second the model as explored on each; they differ in their kernel.
 */
export function compareKernels(
  first: Model,
  second: Model,
  options: CompareOptions = {},
): Comparison {
  const observe = new Set(options.observe ?? OBSERVED);
  const [a, b] = [makeGraph(first, observe), makeGraph(second, observe)];
  const start: Pair = {
    first: closed(a, a.initial),
    second: closed(b, b.initial),
    from: null,
    label: null,
  };
  const keyOf = (pair: Pair): string => `${pair.first.join()}/${pair.second.join()}`;
  const visited = new Set([keyOf(start)]);
  const queue = [start];
  let onlyFirst: Distinction | null = null;
  let onlySecond: Distinction | null = null;
  for (const pair of queue) {
    if (queue.length > (options.pairs ?? PAIRS_MAX) || options.signal?.aborted === true) {
      return { onlyFirst, onlySecond, complete: false, pairs: visited.size };
    }
    const [left, right] = [after(a, pair.first), after(b, pair.second)];
    for (const label of [...new Set([...left.keys(), ...right.keys()])].sort()) {
      const [inFirst, inSecond] = [left.get(label), right.get(label)];
      if (inSecond === undefined) {
        onlyFirst ??= distinctionOf(pair, label, a, { graph: b, labels: right.keys() });
      } else if (inFirst === undefined) {
        onlySecond ??= distinctionOf(pair, label, b, { graph: a, labels: left.keys() });
      } else {
        const next = { first: closed(a, inFirst), second: closed(b, inSecond), from: pair, label };
        if (visited.has(keyOf(next))) continue;
        visited.add(keyOf(next));
        queue.push(next);
      }
    }
    if (onlyFirst !== null && onlySecond !== null) break;
  }
  return { onlyFirst, onlySecond, complete: true, pairs: visited.size };
}
