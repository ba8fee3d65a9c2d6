/**
 * State graphs of the models against the engine's search, and what is written of them against the
 * programs that read it.
 */
import { Graphviz } from '@hpcc-js/wasm-graphviz';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileModel } from '../../src/compile/scenario.js';
import { explore } from '../../src/explore.js';
import type { Model } from '../../src/model/model.js';
import { searchReference } from '../../src/reference/search.js';
import { renderAut } from '../../src/report/aut.js';
import { renderDot } from '../../src/report/dot.js';
import { graphSummary, stepsOnEdges } from '../../src/report/graphLabels.js';
import { makeStateGraph, type StateGraph } from '../../src/stateGraph.js';
import { checkAll, MODEL_FILES, modelNamed, openModel } from '../explore/models.ts';

const STATES_MAX = 150;

function graphOf(model: Model, options: Parameters<typeof makeStateGraph>[1] = {}): StateGraph {
  const graph = makeStateGraph(model, options);
  if ('tooLarge' in graph) throw new Error(`${model.file} is too large to be drawn`);
  return graph;
}

/** All of models/ that are small, explored to the end. */
const SMALL: readonly string[] = MODEL_FILES.filter((name) => {
  const graph = makeStateGraph(modelNamed(name), { statesMax: STATES_MAX });
  return !('tooLarge' in graph) && !graph.isCut;
});

/** Reads a file of transitions as its definition has it. */
function readAut(text: string) {
  const [head = '', ...rows] = text.trimEnd().split('\n');
  const counts = /^des \((\d+), (\d+), (\d+)\)$/.exec(head)?.slice(1).map(Number) ?? [];
  const edges = rows.map((row) => {
    const match = /^\((\d+), (i|"[^"]*"), (\d+)\)$/.exec(row);
    if (match === null) throw new Error(`not a transition: ${row}`);
    return { from: Number(match[1]), label: match[2], to: Number(match[3]) };
  });
  const [first = 0, transitions = 0, states = 0] = counts;
  return { first, transitions, states, edges };
}

describe('the graph of every small model', () => {
  it('is asked of most of them', () => {
    expect(SMALL.length).toBeGreaterThan(200);
  });

  it.each(SMALL)('%s counts as the search and the reference search do', async (name) => {
    const model = checkAll(modelNamed(name));
    const found = await openModel(model).search();
    const slow = searchReference(openModel(model).successors, { stopMask: 0 });
    const graph = graphOf(model, { isCollapsed: false });
    expect(graph.isCut).toBe(false);
    expect([graph.states, graph.transitions]).toEqual([found.distinctStates, found.transitions]);
    expect([graph.states, graph.transitions]).toEqual([slow.distinctStates, slow.transitions]);
    const { transitions, states, edges, first } = readAut(renderAut(graph));
    const more = graph.initial.length === 1 ? 0 : graph.initial.length;
    expect([states, transitions]).toEqual([found.distinctStates + (more && 1), edges.length]);
    expect(transitions).toBe(found.transitions + more);
    expect(first).toBe(more === 0 ? 0 : found.distinctStates);
  });

  it.each(SMALL)('%s marks what the verdict says is violated', async (name) => {
    const model = checkAll(modelNamed(name));
    const { violations } = await explore(model);
    const nameOf = ({ finding }: (typeof violations)[number]): string =>
      finding.device !== null && finding.property === 'recoverable'
        ? `recoverable(${finding.device})`
        : finding.property;
    const scenario = compileModel(model);
    const temporal = new Set(scenario.own.temporal.map((own) => own.name));
    const told = violations.map(nameOf).filter((property) => !temporal.has(property));
    const graph = graphOf(model, { traces: violations });
    const marked = new Set(graph.nodes.flatMap(({ violates }) => violates));
    const states = told.filter((property) => property !== 'no-livelock');
    expect([...marked].sort()).toEqual([...new Set(states)].sort());
    expect(graph.paths).toHaveLength(violations.length);
  });
});

describe('the collapsed graph', () => {
  const model = modelNamed('lifecycle/readme.yaml');

  it('has a node for all states that userland cannot tell apart', () => {
    const graph = graphOf(model);
    expect(graphSummary(graph)).toMatchInlineSnapshot(
      `"125 states, 576 transitions, collapsed by what userland sees to 29 nodes, 136 edges"`,
    );
    const sum = graph.nodes.reduce((all, { states }) => all + states, 0);
    expect(sum).toBe(graph.states);
  });

  it('numbers the steps of the counterexample', async () => {
    const { violations } = await explore(model);
    const graph = graphOf(model, { traces: violations });
    expect([...stepsOnEdges(graph).values()].flat()).toEqual(['1', '2', '3']);
    const [path] = graph.paths;
    expect(graph.nodes[path?.end ?? -1]?.violates).toEqual(['recoverable(dax0.0)']);
  });

  it('keeps a way of userland, step by step, whatever interleaves unseen', () => {
    const seen = graphOf(modelNamed('lifecycle/unbind-overtaken.yaml'));
    expect(renderAut(seen).replaceAll('/sys/bus/dax/drivers/', '')).toMatchInlineSnapshot(`
      "des (0, 11, 10)
      (0, "other: echo online_movable > /sys/devices/system/memory/memory32/state = ok", 1)
      (0, i, 2)
      (2, "admin: echo dax0.0 > kmem/unbind", 3)
      (3, "admin: echo dax0.0 > kmem/unbind", 4)
      (3, "other: echo online_movable > /sys/devices/system/memory/memory32/state = ENOENT", 5)
      (4, "admin: echo dax0.0 > kmem/unbind = ok", 6)
      (4, "other: echo online_movable > /sys/devices/system/memory/memory32/state = ENOENT", 7)
      (5, "admin: echo dax0.0 > kmem/unbind", 7)
      (1, "admin: echo dax0.0 > kmem/unbind = ok [violates recoverable(dax0.0)]", 8)
      (6, "other: echo online_movable > /sys/devices/system/memory/memory32/state = ENOENT", 9)
      (7, "admin: echo dax0.0 > kmem/unbind = ok", 9)
      "
    `);
  });
});

describe('limits', () => {
  it('gives up with numbers beyond its own', () => {
    const graph = makeStateGraph(modelNamed('lifecycle/readme.yaml'), { statesMax: 50 });
    expect(graph).toEqual({ tooLarge: { states: expect.any(Number), depth: expect.any(Number) } });
  });

  it('stops at the depth of the model, and says what was not explored', () => {
    const whole = modelNamed('lifecycle/readme.yaml');
    const graph = graphOf({ ...whole, limits: { states: null, depth: 2 } }, { isCollapsed: false });
    expect(graph.isCut).toBe(true);
    expect(graph.nodes.some(({ isExpanded }) => !isExpanded)).toBe(true);
    const unexpanded = new Set(
      [...graph.nodes.keys()].filter((at) => graph.nodes[at]?.isExpanded === false),
    );
    expect(graph.edges.some(({ from }) => unexpanded.has(from))).toBe(false);
  });
});

describe('the text for Graphviz', () => {
  let graphviz: Graphviz;
  beforeAll(async () => {
    graphviz = await Graphviz.load();
  });

  it.each([
    'lifecycle/readme.yaml',
    'bugs/dl6-delete-against-unbind.yaml',
    'properties/leads-to.yaml',
    'lifecycle/script-loses-device.yaml',
  ])('%s is read by it, every node and edge', async (name) => {
    const model = modelNamed(name);
    const { violations } = await explore(model);
    for (const isCollapsed of [true, false]) {
      const graph = graphOf(model, { isCollapsed, traces: violations });
      const read = JSON.parse(graphviz.layout(renderDot(graph), 'json', 'dot'));
      const { length } = graph.initial;
      expect(read.objects).toHaveLength(graph.nodes.length + length);
      expect(read.edges).toHaveLength(graph.edges.length + length);
      const thick = read.edges.filter(({ penwidth }: { penwidth?: string }) => penwidth === '2');
      expect(thick).toHaveLength(stepsOnEdges(graph).size);
    }
  });

  it('takes texts with quotes, backslashes and line feeds', () => {
    const graph = graphOf(modelNamed('lifecycle/readme.yaml'));
    const strange = 'a "b" \\n c';
    const edges = graph.edges.map((edge) => ({ ...edge, command: strange }));
    const read = JSON.parse(graphviz.layout(renderDot({ ...graph, edges }), 'json', 'dot'));
    // Graphviz keeps the escape of a backslash until it draws the text.
    expect(read.edges[1].tooltip).toContain('a "b" \\\\n c');
  });
});
