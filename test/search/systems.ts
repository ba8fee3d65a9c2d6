/**
 * The small systems under test, opened by name; graphs are written out edge by edge.
 */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import {
  type Engine,
  type EngineOptions,
  openEngine,
  type SearchResult,
} from '../../src/engine/engine.ts';

export type SystemName =
  | 'daxhp'
  | 'grid'
  | 'twoPhase'
  | 'philosophers'
  | 'peterson'
  | 'hanoi'
  | 'graph'
  | 'graph.debug';

/** Options of a search with defaults: one worker, no limits, nothing stops it. */
export type SearchOptions = Partial<Omit<EngineOptions, 'wasm' | 'scenario'>>;

const modules = new Map<SystemName, WebAssembly.Module>();

function moduleOf(name: SystemName): WebAssembly.Module {
  const known = modules.get(name);
  if (known !== undefined) return known;
  const file = new URL(`../../build/systems/${name}.wasm`, import.meta.url);
  const module = new WebAssembly.Module(Uint8Array.from(readFileSync(file)));
  modules.set(name, module);
  return module;
}

/** Opens a system over scenario bytes. */
export function open(
  name: SystemName,
  scenario: readonly number[] | Uint8Array,
  options: SearchOptions = {},
): Engine {
  return openEngine({
    wasm: moduleOf(name),
    scenario: Uint8Array.from(scenario),
    workers: 1,
    stopMask: 0,
    limits: {},
    ...options,
  });
}

/** What must be the same for any number of workers. */
export function outcome(result: SearchResult): object {
  const { memoryBytes: _memory, seconds: _seconds, labelsSeen, ...rest } = result;
  return {
    ...rest,
    labels: [...labelsSeen.entries()].filter(([, seen]) => seen).map(([at]) => at),
  };
}

/** Searches, and chooses a trace for every violation. */
export async function searchAll(engine: Engine): Promise<object> {
  const result = await engine.search();
  const traces = [];
  for (const { property } of result.violations) {
    const trace = await engine.traceTo(property);
    // Indices differ with the number of workers, the steps do not.
    traces.push(trace && { initial: trace.initial, ordinals: trace.ordinals });
  }
  return { ...outcome(result), traces };
}

/** A graph for the system `graph`; `label` is thread + detail * 256. */
export interface Graph {
  readonly initial: readonly number[];
  readonly stateBytes: number;
  readonly nodes: readonly {
    readonly edges: readonly { readonly label: number; readonly to: number }[];
    readonly check: number;
    readonly finish: number;
  }[];
}

/** Encodes a graph as the scenario of the system `graph`. */
export function encodeGraph(graph: Graph): Uint8Array {
  const rows = 3 + graph.initial.length;
  const words = [graph.nodes.length, graph.initial.length, graph.stateBytes, ...graph.initial];
  const edges: number[] = [];
  for (const node of graph.nodes) {
    const at = rows + graph.nodes.length * 4 + edges.length;
    words.push(at, node.edges.length, node.check, node.finish);
    for (const edge of node.edges) edges.push(edge.label, edge.to);
  }
  return new Uint8Array(Uint32Array.from([...words, ...edges]).buffer);
}

/**
 * Random graphs: sparse enough for depth, with rare violations, several threads and initial states.
 */
export const anyGraph: fc.Arbitrary<Graph> = fc.integer({ min: 1, max: 60 }).chain((count) => {
  const node = fc.nat({ max: count - 1 });
  const bits = fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, fc.nat({ max: 7 }));
  const label = fc
    .record({ thread: fc.nat({ max: 3 }), detail: fc.nat({ max: 5 }) })
    .map(({ thread, detail }) => thread + detail * 256);
  return fc.record({
    initial: fc.array(node, { minLength: 1, maxLength: 3 }),
    stateBytes: fc.constantFrom(8, 16, 40),
    nodes: fc.array(
      fc.record({
        edges: fc.array(fc.record({ label, to: node }), { maxLength: 4 }),
        check: bits,
        finish: bits.map((value) => value * 8),
      }),
      { minLength: count, maxLength: count },
    ),
  });
});
