/** The machinery of the bench, on systems so small that no time is looked at. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundleBench } from '../../bench/bundle.mjs';
import { document, measureAll, resultsSchema, tables } from '../../bench/measure.ts';
import { median, ratio } from '../../bench/results.ts';
import { SUBJECTS, type Subject } from '../../bench/subjects.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Two digits below three. */
const GRID: Subject = {
  system: 'grid',
  size: '2/3',
  scenario: [2, 3],
  states: 9,
  transitions: 24,
  levels: 5,
  texts: { promela: 'grid.pml', defines: { N: 2, B: 3 }, murphi: 'grid.m', tla: null },
  bench: 'peers',
};

const measure = (subject: Subject, peers: boolean): ReturnType<typeof measureAll> => {
  const told: string[] = [];
  const part = { rounds: 1, workers: [1, 2], only: ['grid'], peers, large: false };
  const options = { ...part, root: ROOT, optimise: '-O0' as const };
  const results = measureAll({ ...options, subjects: [subject] }, (text) => told.push(text));
  for (const text of told.filter((line) => line.includes('does not run'))) {
    process.stdout.write(`bench: ${text}\n`);
  }
  return results;
};

describe('the bench', () => {
  beforeAll(() => bundleBench(ROOT));

  it('measures daxcheck with each number of workers, and the peers that are there', () => {
    const results = resultsSchema.parse(measure(GRID, true));
    const tools = results.peers.filter(({ version }) => version !== null).map(({ tool }) => tool);
    const expected = [
      'daxcheck 1',
      'daxcheck 2',
      ...(tools.includes('SPIN') ? ['SPIN 1'] : []),
      ...(tools.includes('rumur') ? ['rumur 1', 'rumur 2'] : []),
    ];

    expect(results.systems.map(({ tool, workers }) => `${tool} ${workers}`)).toEqual(expected);
    for (const row of results.systems) expect(row.states).toBe(9);
    expect(results.models).toEqual([]);
  });

  it('ends when a count differs from the one that is known', () => {
    expect(() => measure({ ...GRID, states: 10 }, false)).toThrow(
      'grid 2/3: daxcheck found 9 states and 24 transitions; 10 and 24 are known',
    );
  });

  it('shows a line for every row, with ratios to daxcheck with one worker', () => {
    const results = measure(GRID, false);
    const [first] = results.systems;
    if (first === undefined) throw new Error('no row');
    const slow = { ...first, tool: 'SPIN' as const, wallSeconds: [4], searchSeconds: [2] };
    const fast = { ...first, wallSeconds: [2], searchSeconds: [0.5] };
    const { systems = '' } = tables({ ...results, systems: [fast, slow] });

    expect(systems).toMatch(/^\| grid 2\/3 \| 9 \| SPIN .* \| 2\.00; search 4\.00 \|$/m);
  });

  it('compares what ran in the same round, and the middle of the rounds', () => {
    expect(ratio([1, 2, 1], [2, 2, 3])).toBe(2);
    expect(ratio([1, 2, 3], [8])).toBe(4);
    expect(median([5, 1, 4, 2])).toBe(4);
  });

  it('writes between the marks of a name and nowhere else', () => {
    const text = 'a\n<!-- bench: growth -->\nold\n<!-- bench: growth ends -->\nb\n';
    const written = document(text, 'growth', '| new |');

    expect(written).toBe(
      'a\n<!-- bench: growth -->\n\n| new |\n\n<!-- bench: growth ends -->\nb\n',
    );
    expect(document(written, 'growth', '| new |')).toBe(written);
    expect(() => document(text, 'models', '')).toThrow('no place for models');
  });

  it('has results of the shape that is declared, and the document shows them', () => {
    const text = readFileSync(join(ROOT, 'bench', 'results.json'), 'utf8');
    const results = resultsSchema.parse(JSON.parse(text));
    const page = readFileSync(join(ROOT, 'docs', 'benchmarks.md'), 'utf8');

    for (const [name, table] of Object.entries(tables(results))) {
      expect(document(page, name, table)).toBe(page);
    }
    for (const { system, size, states } of results.systems) {
      const known = SUBJECTS.find((one) => one.system === system && one.size === size);
      expect(states).toBe(known?.states);
    }
  });
});
