/**
 * Classes of states that are branching bisimilar: they look the same, and whatever one of them can
 * show later the others can show too, step for step, at every point with the same things left open.
 * Steps that show nothing are not counted, not even without end.
 *
 * By signatures (Blom and Orzan, 2003): a state's signature is what it can do from inside its
 * class, by way of silent steps that stay there; classes are divided by signatures until nothing
 * changes. Cycles of silent steps are one state from the start. Coarsest, hence exact.
 */
import type { Graph } from '../engine/engine.js';
import { componentsOf } from '../verdict/temporal/behaviours.js';

/** States that have a look, and steps with a label. */
export interface Labelled {
  /** What each state shows; equal numbers look the same. */
  readonly look: readonly number[];
  /** `label` null: the step shows nothing; it leads to a state of the same look. */
  readonly steps: readonly (readonly { readonly label: string | null; readonly to: number }[])[];
}

function silentGraph({ look, steps }: Labelled): Graph {
  const first = new Uint32Array(look.length + 1);
  const target: number[] = [];
  for (const [state, own] of steps.entries()) {
    for (const { label, to } of own) if (label === null) target.push(to);
    first[state + 1] = target.length;
  }
  const label = new Uint32Array(target.length);
  return { states: look.length, initial: [], first, target: Uint32Array.from(target), label };
}

/** Members of each component; a component's number is larger than those that it leads to. */
function membersOf(components: { readonly count: number; readonly of: Int32Array }): number[][] {
  const members = Array.from({ length: components.count }, (): number[] => []);
  for (const [state, own] of components.of.entries()) members[own]?.push(state);
  return members;
}

/** Numbers keys in the order in which they come. */
function numbering(): (key: string) => number {
  const numbers = new Map<string, number>();
  return (key) => {
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return number;
  };
}

/** Returns the number of each state's class; they are counted in the order of the states. */
export function collapse(graph: Labelled): readonly number[] {
  const components = componentsOf(silentGraph(graph), {
    hasState: () => true,
    hasEdge: () => true,
  });
  const members = membersOf(components);
  let blocks = members.map(([state = 0]) => graph.look[state] ?? 0);
  for (let count = 0; ; ) {
    const next = refine(graph, { of: components.of, members, blocks });
    const found = new Set(next).size;
    blocks = next;
    if (found === count) break;
    count = found;
  }
  const number = numbering();
  return graph.look.map((_, state) => number(String(blocks[components.of[state] ?? 0])));
}

interface Partition {
  readonly of: Int32Array;
  readonly members: readonly (readonly number[])[];
  /** The block of each component. */
  readonly blocks: readonly number[];
}

/** Divides every block by the signatures of its components. */
function refine({ steps }: Labelled, { of, members, blocks }: Partition): number[] {
  const signatures: Set<string>[] = [];
  const number = numbering();
  return members.map((states, own) => {
    const signature = new Set<string>();
    for (const { label, to } of states.flatMap((state) => steps[state] ?? [])) {
      const target = of[to] ?? 0;
      if (label !== null) signature.add(`${label}\n${blocks[target]}`);
      else if (blocks[target] !== blocks[own]) signature.add(`${blocks[target]}`);
      else for (const part of signatures[target] ?? []) signature.add(part);
    }
    signatures.push(signature);
    return number(`${blocks[own]}\n${[...signature].sort().join('\n')}`);
  });
}
