import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChosenTrace, Engine } from '../../src/engine/engine.ts';
import { FC, SEED_TITLE } from '../support/fc.ts';
import { anyGraph, encodeGraph, type Graph, open } from './systems.ts';

interface Path {
  readonly initial: number;
  readonly ordinals: readonly number[];
  readonly threads: readonly number[];
}

function switchesOf({ threads }: Path): number {
  return threads.filter((thread, at) => at > 0 && thread !== threads[at - 1]).length;
}

/** The order of choice, for paths of equal length. */
function compare(left: Path, right: Path): number {
  const keys = (path: Path): number[] => [
    switchesOf(path),
    path.initial,
    ...path.threads.flatMap((thread, at) => [thread, path.ordinals[at] ?? -1]),
  ];
  const other = keys(right);
  const at = keys(left).findIndex((key, index) => key !== other[index]);
  return at < 0 ? 0 : (keys(left)[at] ?? 0) - (other[at] ?? 0);
}

/** Tries every path, shortest first: the first one in the order of choice among the shortest. */
function bestPath(graph: Graph, isTarget: (node: number) => boolean, depth: number): Path | null {
  let paths = graph.initial.map((node, initial) => ({
    initial,
    node,
    ordinals: [],
    threads: [],
  })) as (Path & {
    node: number;
  })[];
  for (let step = 0; step < depth; step += 1) {
    paths = paths.flatMap((path) =>
      (graph.nodes[path.node]?.edges ?? []).map((edge, ordinal) => ({
        ...path,
        node: edge.to,
        ordinals: [...path.ordinals, ordinal],
        threads: [...path.threads, edge.label & 0xff],
      })),
    );
  }
  return paths.filter(({ node }) => isTarget(node)).sort(compare)[0] ?? null;
}

function stateNumber(engine: Engine): number {
  return new DataView(engine.replay.state().buffer).getUint32(0, true);
}

function follow(engine: Engine, trace: ChosenTrace): number {
  engine.replay.initial(trace.initial);
  for (const ordinal of trace.ordinals) {
    expect(engine.replay.take(ordinal)).toBeGreaterThanOrEqual(0);
  }
  return stateNumber(engine);
}

const NO_TRACE: ChosenTrace = { initial: 0, ordinals: [] };

describe(`choice of a trace (${SEED_TITLE})`, () => {
  it('finds the planted bug at depth 8, always by the same steps', async () => {
    const engine = open('daxhp', [2, 2, 2, 1], { stopMask: 7 });

    const result = await engine.search();
    const trace = await engine.traceTo(0);

    expect(result.stoppedBy).toBe('violation');
    expect(result.violations).toEqual([{ property: 0, depth: 8 }]);
    expect(trace).toMatchObject({ initial: 0, ordinals: [4, 3, 3, 3, 3, 4, 3, 3] });
    follow(engine, trace ?? NO_TRACE);
    expect(engine.replay.violated()).toBe(1);
  });

  it('is the best of all shortest paths, for every violated property of a graph', async () => {
    await fc.assert(
      fc.asyncProperty(anyGraph, async (graph) => {
        const engine = open('graph.debug', encodeGraph(graph), { stopMask: 63 });
        const { violations } = await engine.search();
        for (const { property, depth } of violations) {
          fc.pre(depth <= 7);
          const wanted = 1 << property;
          const isTarget = (node: number): boolean => {
            const { check, finish } = graph.nodes[node] ?? { check: 0, finish: 0 };
            return ((check | finish) & wanted) !== 0;
          };
          const best = bestPath(graph, isTarget, depth);

          const trace = await engine.traceTo(property);

          expect(trace).toMatchObject({ initial: best?.initial, ordinals: best?.ordinals });
          expect(trace?.indices).toHaveLength(depth);
          expect(isTarget(follow(engine, trace ?? NO_TRACE))).toBe(true);
        }
      }),
      FC,
    );
  });

  it('answers null for a property that holds', async () => {
    const engine = open('twoPhase', [3]);
    await engine.search();

    expect(await engine.traceTo(0)).toBeNull();
  });
});

describe(`reachability of marked states (${SEED_TITLE})`, () => {
  /** Nodes from which one of `goals` can be reached. */
  const reaching = (graph: Graph, goals: ReadonlySet<number>): Set<number> => {
    const known = new Set(goals);
    for (let size = -1; size !== known.size; ) {
      size = known.size;
      graph.nodes.forEach(({ edges }, node) => {
        if (edges.some(({ to }) => known.has(to))) known.add(node);
      });
    }
    return known;
  };

  /** Node numbers of the engine's states, in its order. */
  const nodesOf = (engine: Engine): number[] =>
    [...engine.states()].flatMap(({ count, bytes }) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      return Array.from({ length: count }, (_, at) => view.getUint32(at * engine.stateBytes, true));
    });

  it('marks what a naive fixpoint marks, and leads to the nearest state that is left', async () => {
    await fc.assert(
      fc.asyncProperty(anyGraph, fc.array(fc.nat(59), { maxLength: 4 }), async (graph, goals) => {
        const engine = open('graph.debug', encodeGraph(graph));
        const { levels } = await engine.search();
        const nodes = nodesOf(engine);
        const expected = reaching(graph, new Set(goals));

        const marks = await engine.markReach(
          Uint8Array.from(nodes, (node) => (goals.includes(node) ? 1 : 0)),
        );
        const lost = marks.map((mark) => (mark === 0 ? 1 : 0));
        const trace = await engine.traceToMarked(lost);

        expect([...marks]).toEqual(nodes.map((node) => (expected.has(node) ? 1 : 0)));
        const first = lost.indexOf(1);
        expect(trace === null).toBe(first < 0);
        if (trace === null) return;
        expect(expected.has(follow(engine, trace))).toBe(false);
        const before = levels.slice(0, trace.ordinals.length).reduce((sum, size) => sum + size, 0);
        expect(first).toBeGreaterThanOrEqual(before);
        expect(first).toBeLessThan(before + (levels[trace.ordinals.length] ?? 0));
      }),
      FC,
    );
  });

  it('claims nothing of states whose successors were never found', async () => {
    const engine = open('grid', [3, 10], { limits: { depth: 5 } });
    const { distinctStates } = await engine.search();

    const marks = await engine.markReach(new Uint8Array(distinctStates));

    expect(marks).toEqual(new Uint8Array(distinctStates).fill(1));
  });
});
