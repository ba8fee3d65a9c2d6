/**
 * The picture of a state graph: what must stand in it, and the one that docs/state-graph.md shows;
 * DOCS_UPDATE=1 draws that one again.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { explore } from '../../src/explore.js';
import { drawGraph, undrawable } from '../../src/report/graphSvg.js';
import { makeStateGraph, type StateGraph } from '../../src/stateGraph.js';
import { modelNamed } from '../explore/models.ts';

async function graphOf(name: string): Promise<StateGraph> {
  const model = modelNamed(name);
  const { violations } = await explore(model);
  const graph = makeStateGraph(model, { traces: violations });
  if ('tooLarge' in graph) throw new Error(`${name} is too large to be drawn`);
  return graph;
}

/** Whether every tag that is opened is closed, in order. */
function isWellFormed(svg: string): boolean {
  const open: string[] = [];
  for (const [, end = '', name = '', single = ''] of svg.matchAll(/<(\/?)([\w-]+)[^>]*?(\/?)>/g)) {
    if (end === '/') {
      if (open.pop() !== name) return false;
    } else if (single === '') open.push(name);
  }
  return open.length === 0 && !/&(?!amp;|lt;|gt;|quot;)/.test(svg);
}

const count = (text: string, part: string): number => text.split(part).length - 1;

describe('the picture of a state graph', () => {
  it.each([
    'lifecycle/readme.yaml',
    'lifecycle/unbind-overtaken.yaml',
    'bugs/dl6-delete-against-unbind.yaml',
    'properties/leads-to.yaml',
  ])('%s has every node, every arrow, and words for those who cannot see it', async (name) => {
    const graph = await graphOf(name);
    expect(undrawable(graph)).toBeNull();
    const { svg } = drawGraph(graph, { id: 'g' });
    expect(isWellFormed(svg)).toBe(true);
    const arrows = new Set(
      graph.edges.filter(({ from, to }) => from !== to).map(({ from, to }) => `${from} ${to}`),
    );
    expect(count(svg, 'rx="6"')).toBe(graph.nodes.length);
    expect(count(svg, 'marker-end=')).toBe(arrows.size + graph.initial.length);
    expect(svg).toMatch(/<title id="g-title">State graph: .*<desc id="g-desc">\d+ states/);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('has numbers and a legend where there are many arrows', async () => {
    const { svg, legend } = drawGraph(await graphOf('lifecycle/readme.yaml'), { id: 'g' });
    expect(legend).toHaveLength(8);
    expect(svg).toContain('>step 3: 3<');
  });

  it('is not drawn where nobody could read it, and says so', async () => {
    const graph = await graphOf('lifecycle/readme.yaml');
    const nodes = Array.from({ length: 300 }, () => graph.nodes[0] ?? graph.nodes[1]);
    const large = { ...graph, nodes: nodes.flatMap((node) => node ?? []) };
    expect(undrawable(large)).toMatch(/^Not drawn: 300 nodes and \d+ arrows are more than/);
  });

  it('in the documents is the one that is drawn now', async () => {
    const graph = await graphOf('lifecycle/unbind-overtaken.yaml');
    const { svg } = drawGraph(graph, { id: 'state-graph', isAlone: true });
    const file = new URL('../../docs/pictures/state-graph.svg', import.meta.url);
    if (process.env.DOCS_UPDATE === '1') writeFileSync(file, `${svg}\n`);
    expect(readFileSync(file, 'utf8')).toBe(`${svg}\n`);
  });
});
