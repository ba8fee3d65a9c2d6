/** What `--coverage` tells, against what the search and its statistics say of the same runs. */
import { describe, expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/program.js';
import { cover } from '../../src/coverage.js';
import { explore } from '../../src/explore.js';
import { FEATURES } from '../../src/kernel/features.js';
import type { Model } from '../../src/model/model.js';
import { renderCoverage } from '../../src/report/coverage.js';
import { collect } from '../cli/terminal.ts';
import { checkAll, MODEL_FILES, modelNamed, modelPath, openModel } from './models.ts';

const sumOf = (rows: readonly { readonly steps: number }[]): number =>
  rows.reduce((sum, { steps }) => sum + steps, 0);

/** Models whose search ends soon; the first of each folder and some more are enough. */
const SOME = MODEL_FILES.filter(
  (name, at) => /^(lifecycle|properties)\//.test(name) || at % 6 === 0,
);

describe('commands', () => {
  it.each(SOME)(
    '%s: those of no step are those that the verdict calls never done',
    async (name) => {
      const model = { ...modelNamed(name), limits: { states: 20_000, depth: null } };
      const verdict = await explore(model);
      const coverage = await cover(model);
      expect(coverage.states).toBe(verdict.distinctStates);
      if (verdict.stoppedBy !== null || !coverage.isComplete) return;
      const undone = coverage.commands.filter((command) => command.undone > 0);
      const told = verdict.vacuous.filter((line) => line.startsWith('never done: '));
      const lines = undone.map(
        ({ text, place }) => `never done: ${text} (${place.file}:${place.line})`,
      );
      expect(new Set(lines.map(squeezed))).toEqual(new Set(told.map(squeezed)));
    },
  );

  it('add up to all steps, where only commands move', async () => {
    const model = modelNamed('lifecycle/readme.yaml');
    const { transitions } = await explore({ ...model, continueAfterViolation: true });
    const coverage = await cover({ ...model, continueAfterViolation: true });
    expect(sumOf(coverage.commands)).toBe(transitions);
  });
});

const squeezed = (text: string): string => text.replace(/\s+/g, ' ');

describe('program points', () => {
  it('are those that steps begin at, where every step is one', async () => {
    const model = modelNamed('bugs/toctou-unbind.yaml');
    const { measured } = await explore(model, { stats: true });
    const begun = (measured.stats?.points ?? []).filter(({ name }) => name !== 'user level');
    const { points } = await cover(model);
    const passed = points.filter(({ steps }) => steps > 0);
    const counts = passed.map(({ name, steps }): [string, number] => [name, steps]);
    expect(new Map(counts)).toEqual(new Map(begun.map(({ name, count }) => [name, count])));
  });

  it('are passed inside a call too', async () => {
    const { points } = await cover(modelNamed('lifecycle/readme.yaml'));
    const passed = points.filter(({ steps }) => steps > 0).map(({ name }) => name);
    expect(passed).toContain('bind_store(): lock');
    expect(passed).toContain('add_memory_resource(): begin');
  });
});

describe('features', () => {
  const countsOf = async (model: Model) => {
    const { distinctStates, transitions, levels } = await openModel(checkAll(model)).search();
    return { distinctStates, transitions, levels };
  };

  it.each(['lifecycle/readme.yaml', 'bugs/toctou-unbind.yaml', 'lifecycle/unbind-overtaken.yaml'])(
    '%s: one that nobody asked for can be taken away, and nothing changes',
    async (name) => {
      const model = modelNamed(name);
      const before = await countsOf(model);
      const { features } = await cover(checkAll(model));
      const unasked = new Set(features.filter(({ isAsked }) => !isAsked).map(({ id }) => id));
      const present = features.filter(({ isPresent, id }) => isPresent && unasked.has(id));
      expect(present.length).toBeGreaterThan(0);
      for (const { id } of present) {
        const dependents = FEATURES.filter(({ requires }) => requires.includes(id));
        if (dependents.some((row) => !unasked.has(row.id) && row.bit !== null)) continue;
        const without = [...model.kernel.without, id];
        const after = await countsOf({ ...model, kernel: { ...model.kernel, without } });
        expect({ id, ...after }).toEqual({ id, ...before });
      }
    },
  );

  it('are the same for any number of workers', async () => {
    const model = modelNamed('lifecycle/unload-takes-cxl.yaml');
    expect(await cover(model, { workers: 2 })).toEqual(await cover(model));
  });
});

describe('explore --coverage', () => {
  it('tells it before the verdict, and as JSON in a line of its own', async () => {
    const path = modelPath('lifecycle/readme.yaml');
    const text = collect();
    await runCommandLine(['explore', '--coverage', '--quiet', path], text);
    expect(text.out()).toMatch(/^Coverage of the whole model, 125 states\n/);
    expect(text.out()).toContain('Commands that were done: 8 of 8 (100 %)');
    expect(text.out()).toContain('VIOLATED: 1 kernel defect');
    const json = collect();
    await runCommandLine(['explore', '--coverage', '--json', path], json);
    const kinds = json
      .out()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).kind);
    expect(kinds).toEqual(['coverage', 'violation', 'verdict']);
  });

  it('says of a command that was never enabled that it was not', async () => {
    const model = modelNamed('lifecycle/readme.yaml');
    const coverage = await cover(model);
    const commands = coverage.commands.map((command) => ({
      ...command,
      steps: 0,
      undone: command.calls,
    }));
    expect(renderCoverage({ ...coverage, commands })).toContain('never enabled  line 23: echo');
    const cut = renderCoverage({ ...coverage, commands, isComplete: false });
    expect(cut).toContain('not done before the run ended  line 23: echo');
  });

  it.each([
    ['--storage', 'bitstate'],
    ['--strategy', 'random'],
    ['--max-switches', '2'],
  ])('does not go with %s %s', async (...words) => {
    const terminal = collect();
    const path = modelPath('lifecycle/readme.yaml');
    expect(await runCommandLine(['explore', '--coverage', ...words, path], terminal)).toBe(2);
    expect(terminal.error()).toContain('--coverage');
  });
});
