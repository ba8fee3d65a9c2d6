/** What stands below the summary of an HTML report. */
import { describe, expect, it } from 'vitest';
import { cover } from '../../src/coverage.js';
import { explore } from '../../src/explore.js';
import { makeDocument, runOfVerdict } from '../../src/htmlReport.js';
import { sectionsOf } from '../../src/reportSections.js';
import { scopeModel } from '../../src/scope/cut.js';
import { modelNamed } from '../explore/models.ts';

async function sections(name: string, options: { states?: number; coverage?: boolean } = {}) {
  const model = { ...modelNamed(name), continueAfterViolation: true };
  const limited = { ...model, limits: { states: options.states ?? null, depth: null } };
  const verdict = await explore(limited);
  const coverage = options.coverage === true ? await cover(model) : null;
  return sectionsOf(model, verdict, { coverage, run: 3 });
}

describe('the sections of a run', () => {
  it('are graph, growth, coverage where it was asked for, and capacity', async () => {
    const all = await sections('lifecycle/readme.yaml', { coverage: true });
    expect(all.map(({ id }) => id)).toEqual(['state-graph', 'growth', 'coverage', 'capacity']);
    const [graph, growth, coverage] = all;
    expect(graph?.svg).toContain('id="graph3-title"');
    expect(graph?.text).toMatch(/^125 states, 576 transitions, collapsed by what userland sees/);
    expect(growth?.svg).toContain('id="growth3-title"');
    expect(growth?.text).toMatch(/^125 states in 11 levels;/);
    expect(coverage?.text).toMatch(/^8 of 8 commands were done, \d+ of \d+ program points passed/);
    expect(coverage?.lines?.[0]).toBe('Commands that were done: 8 of 8 (100 %)');
  });

  it('say why a large graph is not drawn, and how to have it', async () => {
    const [graph] = await sections('lifecycle/any-two-devices-call.yaml', { states: 100 });
    expect(graph?.svg).toBeUndefined();
    expect(graph?.text).toBe(
      'Not drawn: the model has more than 2,000 states. ' +
        'daxcheck explore --graph FILE.dot writes it for Graphviz.',
    );
  });

  it('tell the capacity of the whole machine, also where it was cut', async () => {
    const { model } = scopeModel(modelNamed('lifecycle/readme.yaml'), 2);
    const verdict = await explore(model);
    const capacity = sectionsOf(model, verdict, { coverage: null, run: 0 }).at(-1);
    expect(model.machine.devices[0]?.ranges).not.toEqual(model.cut?.machine.devices[0]?.ranges);
    expect(capacity?.lines?.at(-1)).toMatch(/^dax0\.0 .* 1258M +9 +1152M +106M +0$/);
  });

  it('have addresses of their own in a report of several runs', async () => {
    const model = modelNamed('bugs/with-class-compat.yaml');
    const verdict = await explore(model);
    const run = {
      ...runOfVerdict(verdict),
      sections: [{ id: 'growth', title: 'Growth', text: '' }],
    };
    const { runs } = makeDocument([run, run]);
    expect(runs.flatMap(({ sections = [] }) => sections.map(({ id }) => id))).toEqual([
      'growth',
      'growth-2',
    ]);
  });

  it('have no growth where there are hardly any levels', async () => {
    const all = await sections('bugs/with-class-compat.yaml');
    expect(all.map(({ id }) => id)).toEqual(['state-graph', 'capacity']);
  });
});
