/**
 * Random walks over a graph in plain TypeScript, with the published generators in bigint: what the
 * engine's walks are compared with.
 */
import type { Graph } from '../search/systems.ts';

const MASK = (1n << 64n) - 1n;
const GOLDEN = 0x9e3779b97f4a7c15n;

/** splitmix64's output function. */
function scramble(word: bigint): bigint {
  let mixed = ((word ^ (word >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
  mixed = ((mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn) & MASK;
  return mixed ^ (mixed >> 31n);
}

const rotl = (word: bigint, by: bigint): bigint => ((word << by) | (word >> (64n - by))) & MASK;

/** xoshiro256** for one run: a function that picks one of so many numbers. */
export function streamOf(seed: number, run: number): (count: number) => number {
  const start = scramble((BigInt(seed) + GOLDEN) & MASK) + BigInt(run) * 0xda942042e4dd58b5n;
  let [a, b, c, d] = [1n, 2n, 3n, 4n].map((at) => scramble((start + GOLDEN * at) & MASK)) as [
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  return (count) => {
    const result = (rotl((b * 5n) & MASK, 7n) * 9n) & MASK;
    const shifted = (b << 17n) & MASK;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotl(d, 45n);
    return Number(((result >> 32n) * BigInt(count)) >> 32n);
  };
}

/** One walk: the nodes it visits, and the ordinals of its steps. */
export interface NaiveWalk {
  readonly nodes: readonly number[];
  readonly ordinals: readonly number[];
  /** Bits of check() and finish() of each node. */
  readonly violated: readonly number[];
}

/** Walks until nothing moves, so many steps are taken, or a bit of the stop mask is violated. */
export function naiveWalk(
  graph: Graph,
  asked: { readonly seed: number; readonly run: number; readonly depth: number },
  stopMask: number,
): NaiveWalk {
  const pick = streamOf(asked.seed, asked.run);
  const nodes = [graph.initial[pick(graph.initial.length)] ?? 0];
  const ordinals: number[] = [];
  const violated: number[] = [];
  for (;;) {
    const at = nodes.at(-1) ?? 0;
    const node = graph.nodes[at];
    const bits = (node?.check ?? 0) | (node?.finish ?? 0);
    violated.push(bits);
    const moves = (node?.edges ?? [])
      .map((edge, ordinal) => ({ ...edge, ordinal, thread: edge.label & 0xff }))
      .filter(({ to }) => to !== at);
    const threads = [...new Set(moves.map(({ thread }) => thread))];
    if ((bits & stopMask) !== 0 || ordinals.length === asked.depth || threads.length === 0) break;
    const thread = threads[pick(threads.length)];
    const own = moves.filter((move) => move.thread === thread);
    const move = own[pick(own.length)];
    nodes.push(move?.to ?? 0);
    ordinals.push(move?.ordinal ?? 0);
  }
  return { nodes, ordinals, violated };
}
